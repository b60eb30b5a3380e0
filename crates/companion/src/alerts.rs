//! Alerts: which of the board's news a person is told, and which notifications stand.
//!
//! - A phone that rings is told at once and once, unless alerts are off, held back (quiet hours, do-not-disturb) or its number
//!   is silenced; what was held back then isn't told later, for the tray shows it. The alert stands until it rings no more.
//! - While the relay tells what was missed, nothing is told: what rang then rings at the end of that, if it still does.
//! - A missed call is told at once, if the person is there and it is fresh. Otherwise it waits; when alerts may come again,
//!   all that waits is told as one. More of the same kind joins the notification that stands.
//! - A notification goes when its last call was read, dealt with, or turned out otherwise.
//! - However many calls there are, few notifications stand: of further ringing phones tray and window tell, and further
//!   missed calls are told as one.

use jiff::Timestamp;

use crate::board::{Board, GroupId, News};
use crate::event::CallKey;
use crate::time::after;

/// What arrives late, as after sleep, is gathered this long into one notification.
const GATHER_S: i64 = 2;
/// Notifications of calls that go on which stand at once, and as many of missed ones.
const STANDING: usize = 10;

/// What the person wants to be told now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub incoming: bool,
    pub missed: bool,
    pub outgoing: bool,
    /// Quiet hours, or the desktop is set not to disturb.
    pub hold: bool,
    /// The screen is locked: nobody reads.
    pub away: bool,
    /// The relay tells what was missed, and more of it may follow.
    pub behind: bool,
}

/// What a notification tells of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// A phone rings.
    Ringing(GroupId),
    /// A call was placed elsewhere.
    Placed(GroupId),
    /// Calls were missed, newest first.
    Missed {
        calls: Vec<GroupId>,
        /// They waited for the person.
        waited: bool,
        /// The person was away, or nothing could be heard.
        absent: bool,
    },
}

impl What {
    fn has(&self, group: GroupId) -> bool {
        match self {
            Self::Ringing(id) | Self::Placed(id) => *id == group,
            Self::Missed { calls, .. } => calls.contains(&group),
        }
    }
}

/// What to do outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Say this notification for the first time; `sound`: it may be heard.
    Say { key: CallKey, sound: bool },
    /// Say it again, for what it tells of has changed.
    Again(CallKey),
    /// Take it away.
    Withdraw(CallKey),
}

/// The notifications that stand, as far as we know, and what waits to be told.
#[derive(Debug, Default)]
pub(crate) struct Alerts {
    standing: Vec<(CallKey, What)>,
    waiting: Vec<GroupId>,
    absent: bool,
    due: Option<Timestamp>,
}

impl Alerts {
    /// Takes one piece of news. `silenced`: nothing is to be said of its number.
    pub fn on(&mut self, news: &News, silenced: bool, board: &Board, policy: Policy) -> Vec<Step> {
        match news {
            News::Rings(id) if policy.incoming && !policy.hold && !silenced && self.has_room(false) => {
                self.say(*id, What::Ringing(*id), true, board)
            }
            News::Placed(id)
                if policy.outgoing && !policy.hold && !policy.away && !silenced && self.has_room(false) =>
            {
                self.say(*id, What::Placed(*id), false, board)
            }
            News::Quiet(id) => self.withdraw_where(|what| *what == What::Ringing(*id)),
            News::Over(id) => self.withdraw_where(|what| *what == What::Placed(*id)),
            News::Missed { group, fresh } if policy.missed && !silenced => {
                let absent = policy.away || policy.behind || !*fresh;
                if !absent && !policy.hold && self.has_room(true) {
                    let what = What::Missed {
                        calls: vec![*group],
                        waited: false,
                        absent: false,
                    };
                    return self.say(*group, what, true, board);
                }
                self.waiting.push(*group);
                self.absent |= absent;
                Vec::new()
            }
            News::Settled(id) => self.settle(*id),
            _ => Vec::new(),
        }
    }

    /// Brings what stands and what waits in line with what is wanted now.
    pub fn review(
        &mut self,
        silenced: impl Fn(GroupId) -> bool,
        board: &Board,
        policy: Policy,
        now: Timestamp,
    ) -> Vec<Step> {
        let mut steps = self.withdraw_where(|what| match what {
            What::Ringing(id) => !policy.incoming || silenced(*id),
            What::Placed(id) => !policy.outgoing || silenced(*id),
            What::Missed { .. } => !policy.missed,
        });
        self.waiting
            .retain(|id| policy.missed && board.is_unread(*id) && !silenced(*id));
        if self.waiting.is_empty() || policy.hold || policy.away || policy.behind {
            self.due = None;
            self.absent &= !self.waiting.is_empty();
            return steps;
        }
        if *self.due.get_or_insert(after(now, GATHER_S)) <= now {
            self.due = None;
            steps.extend(self.tell(board));
        }
        steps
    }

    /// When [`Self::review`] is wanted next. Besides, when quiet hours end while something waits.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.due
    }

    /// Missed calls wait to be told.
    pub fn is_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What a standing notification tells of.
    pub fn what(&self, key: &CallKey) -> Option<&What> {
        self.standing
            .iter()
            .find(|(standing, _)| standing == key)
            .map(|(_, what)| what)
    }

    /// All that stand.
    pub fn standing(&self) -> Vec<CallKey> {
        self.standing.iter().map(|(key, _)| key.clone()).collect()
    }

    /// Whether a call is told of, or waits to be.
    pub fn has(&self, id: GroupId) -> bool {
        self.waiting.contains(&id) || self.standing.iter().any(|(_, what)| what.has(id))
    }

    /// The person saw the missed calls.
    pub fn read_all(&mut self) -> Vec<Step> {
        self.waiting.clear();
        self.withdraw_where(|what| matches!(what, What::Missed { .. }))
    }

    /// Whether one more notification may stand: of a missed call, or of one that goes on.
    fn has_room(&self, missed: bool) -> bool {
        let is_missed = |what: &What| matches!(what, What::Missed { .. });
        let alike = self.standing.iter().filter(|(_, what)| is_missed(what) == missed);
        alike.count() < STANDING
    }

    fn say(&mut self, id: GroupId, what: What, sound: bool, board: &Board) -> Vec<Step> {
        let Some(key) = board.lead(id).cloned() else {
            return Vec::new();
        };
        self.standing.retain(|(standing, _)| *standing != key);
        self.standing.push((key.clone(), what));
        vec![Step::Say { key, sound }]
    }

    /// Tells all that waits as one; in the notification of the last absence, should that stand.
    fn tell(&mut self, board: &Board) -> Vec<Step> {
        let mut news = std::mem::take(&mut self.waiting);
        let away = std::mem::take(&mut self.absent);
        for (key, what) in &mut self.standing {
            if let What::Missed {
                calls,
                waited: true,
                absent,
            } = what
            {
                calls.append(&mut news);
                board.newest_first(calls);
                *absent |= away;
                return vec![Step::Say {
                    key: key.clone(),
                    sound: true,
                }];
            }
        }
        board.newest_first(&mut news);
        let Some(newest) = news.first().copied() else {
            return Vec::new();
        };
        let what = What::Missed {
            calls: news,
            waited: true,
            absent: away,
        };
        self.say(newest, what, true, board)
    }

    fn settle(&mut self, id: GroupId) -> Vec<Step> {
        self.waiting.retain(|waiting| *waiting != id);
        let mut steps = Vec::new();
        for (key, what) in &mut self.standing {
            if let What::Missed { calls, .. } = what
                && calls.contains(&id)
            {
                calls.retain(|call| *call != id);
                if !calls.is_empty() {
                    steps.push(Step::Again(key.clone()));
                }
            }
        }
        steps.extend(
            self.withdraw_where(|what| matches!(what, What::Missed { calls, .. } if calls.is_empty())),
        );
        steps
    }

    fn withdraw_where(&mut self, unwanted: impl Fn(&What) -> bool) -> Vec<Step> {
        let gone = self.standing.extract_if(.., |(_, what)| unwanted(what));
        gone.map(|(key, _)| Step::Withdraw(key)).collect()
    }
}
