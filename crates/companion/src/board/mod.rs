//! The call board: every call that is known, and what became of it.
//!
//! Whatever is repeated, reordered, late or lost: a call is news once, never rings for ever, and its last state is right. The
//! board knows nothing of alerts; [`crate::alerts`] decides which there are.
//!
//! A **leg** is a call on one account. Legs of several accounts of this desktop that tell of the same incoming call (by the
//! platform's id, or the same caller, called line and moment) are one **group**: one alert, one line, one missed call.
//!
//! | a leg told as | is shown as ([`Outcome`]) | until |
//! |---|---|---|
//! | ringing | `Ringing` | it changes; incoming 2 min, outgoing 10 min after its start, then `Unknown`: its end was lost |
//! | ringing, another leg of its group answered | `Answered`, and on which line | |
//! | connected | `Talking`: one that came in was taken, on which of the phones that rang isn't told | it changes; 12 h, then `Unknown` |
//! | ended, connected before | `Answered`: by whom isn't told, and isn't guessed | |
//! | ended, another leg of its group was connected | `Answered`, and on which line | |
//! | incoming, ended, never connected | `Missed`; its group is missed once every leg is | a late "connected" makes it `Answered` |
//! | outgoing, ended, never connected | `NoAnswer`: given up, by whichever side | the same |
//! | closed by the relay for want of news, or missing in its list of live calls | `Unknown` | its true end arrives |
//! | the own phone, ringing for what was dialled | nothing | |
//!
//! Whether a caller gave up, was sent away or waited until the line's time was over isn't told: the vocabulary of the platform's
//! `status` is not documented. All of them are `Missed`, with how long it rang; the `status` itself is shown beside, as it came.
//!
//! States only go forward (ringing → connected → ended by guess → ended). News is what the relay tells; what the journal knew
//! at the start is no news, and neither is history from before this desktop listened. Only the first news of a leg can ring,
//! if it is at most [`FRESH_S`] old by the relay's clock.
//!
//! Whatever a relay tells, at most [`LIVE`] legs are live, and of calls that are over [`KEPT`] are known, with as many missed
//! ones that nobody has seen: those stay until they are read, however many calls came since.

mod group;
mod leg;
mod merge;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use jiff::Timestamp;
use telephony::{Call, CallState, Direction};

use crate::event::{CallKey, Origin};
use crate::numbers;
use crate::time::{after, seconds_between};
use crate::view::MOST_MISSED;
#[cfg(doc)]
use crate::view::Outcome;
use group::{Facts, Group};
pub(crate) use group::{TOGETHER_S, is_same_call};
use leg::Leg;

/// Older news of a ringing phone goes to the journal without an alert.
pub(crate) const FRESH_S: i64 = 30;
/// An incoming call rings no longer than this, counted from its start: its end was lost.
pub(crate) const RING_LIMIT_S: i64 = 120;
/// The same for outgoing calls, which may wait in somebody's queue.
const OUTGOING_RING_LIMIT_S: i64 = 600;
/// A connected call without an end lasts no longer than this.
const TALK_LIMIT_S: i64 = 12 * 3600;
/// Calls that are over kept in memory, and as many missed ones that nobody has seen, however old; the journal has them all.
const KEPT: usize = MOST_MISSED;
/// Own legs of dialled calls remembered, so that their later news stays unheard.
const OWN_LEGS: usize = 64;
/// Live legs known at once. A desktop has a few; of what is told beyond, only the end is taken, for the journal.
const LIVE: usize = 500;
/// A list of live calls that comes this long after a call was first heard of is newer than that call, whenever the relay says
/// that it started.
const LATE_LIST_S: i64 = 60;

/// One call to a person. Ids grow and are never used again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct GroupId(u64);

/// What has changed, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// A phone rings, as of a moment ago. Once a group.
    Rings(GroupId),
    /// It rings no more.
    Quiet(GroupId),
    /// One of our phones calls somebody, as of a moment ago.
    Placed(GroupId),
    /// Somebody answered; `fresh`: a moment ago.
    Answered { group: GroupId, fresh: bool },
    /// It was missed; `fresh`: a moment ago.
    Missed { group: GroupId, fresh: bool },
    /// It isn't a missed call that somebody should see, not any more: read, dealt with, or answered after all.
    Settled(GroupId),
    /// It is over.
    Over(GroupId),
    /// This leg's state or read flag changed: to the journal.
    Changed(CallKey),
}

impl News {
    /// It tells of something that goes on from now, and is old news once that is over.
    pub fn begins_something(&self) -> bool {
        matches!(self, Self::Rings(_) | Self::Placed(_) | Self::Answered { .. })
    }
}

/// All calls that are known.
#[derive(Debug, Default)]
pub(crate) struct Board {
    legs: HashMap<CallKey, Leg>,
    groups: BTreeMap<GroupId, Group>,
    last_group: u64,
    own_legs: VecDeque<CallKey>,
}

/// Where news came from, and how old it is.
#[derive(Clone, Copy)]
struct Heard {
    origin: Origin,
    age_s: i64,
    /// The leg wasn't known before.
    first: bool,
}

impl Heard {
    /// What the board found out by itself.
    const HERE: Self = Self {
        origin: Origin::Relay,
        age_s: 0,
        first: false,
    };

    fn is_fresh(self) -> bool {
        self.origin == Origin::Relay && self.age_s <= FRESH_S
    }
}

impl Board {
    /// Takes the state of a call. `age_s`: seconds since its last change.
    pub fn take(&mut self, call: Call, origin: Origin, age_s: i64, now: Timestamp) -> Vec<News> {
        let key = CallKey::of(&call);
        if self.is_own_leg(&call, &key) {
            return Vec::new();
        }
        let age_s = age_s.max(0);
        let mut news = Vec::new();
        let first = !self.legs.contains_key(&key);
        if first && call.state != CallState::Ended && self.is_full() {
            return news;
        }
        if first {
            self.add(&key, call, origin, age_s, now);
        } else if !self.update(&key, call, age_s, now, &mut news) {
            return news;
        }
        let heard = Heard { origin, age_s, first };
        self.settle(&key, heard, &mut news);
        if self.legs.get(&key).is_some_and(|leg| leg.own) {
            // No call to a person: no row of the journal.
            return news;
        }
        let changed = News::Changed(key);
        if !matches!(origin, Origin::Journal { .. }) && !news.contains(&changed) {
            news.push(changed);
        }
        news
    }

    fn add(&mut self, key: &CallKey, call: Call, origin: Origin, age_s: i64, now: Timestamp) {
        let same = self
            .legs
            .values()
            .filter(|leg| group::is_same_call(&leg.call, &call));
        let elsewhere = |id: &GroupId| {
            let group = self.groups.get(id);
            group.is_some_and(|group| group.legs.iter().all(|leg| leg.account != call.account_id))
        };
        let known = same.map(|leg| leg.group).filter(elsewhere).min();
        let id = known.unwrap_or_else(|| self.new_group());
        let group = self.groups.entry(id).or_default();
        group.legs.push(key.clone());
        if let Origin::Journal { unread } = origin {
            group.rang = true;
            group.unread |= unread && call.is_missed();
        }
        self.legs
            .insert(key.clone(), Leg::new(call, id, origin, age_s, now));
    }

    /// No further live leg is taken.
    fn is_full(&self) -> bool {
        self.legs.len() >= LIVE && self.legs.values().filter(|leg| leg.is_live()).count() >= LIVE
    }

    fn new_group(&mut self) -> GroupId {
        self.last_group += 1;
        GroupId(self.last_group)
    }

    /// False: it told nothing new.
    fn update(
        &mut self,
        key: &CallKey,
        call: Call,
        age_s: i64,
        now: Timestamp,
        news: &mut Vec<News>,
    ) -> bool {
        let Some(leg) = self.legs.get_mut(key) else {
            return false;
        };
        let merged = merge::merge(&leg.call, call);
        if merged == leg.call {
            return false;
        }
        if merged.state > leg.call.state {
            leg.since = after(now, -age_s);
            leg.silent = false;
        }
        let turned = merged.direction != leg.call.direction;
        leg.call = merged;
        if turned {
            self.set_apart(key, news);
        }
        true
    }

    /// Told from both its ends, and it runs the other way than was thought: a call of its own.
    fn set_apart(&mut self, key: &CallKey, news: &mut Vec<News>) {
        let id = self.new_group();
        let Some(leg) = self.legs.get_mut(key) else {
            return;
        };
        let before = std::mem::replace(&mut leg.group, id);
        let group = Group {
            legs: vec![key.clone()],
            rang: true,
            ..Group::default()
        };
        self.groups.insert(id, group);
        if let Some(group) = self.groups.get_mut(&before) {
            group.legs.retain(|leg| leg != key);
            self.judge(before, Heard::HERE, news);
        }
        self.groups.retain(|_, group| !group.legs.is_empty());
    }

    /// Takes the relay's list of live calls, true at `at` by its clock: ours that aren't in it are over.
    pub fn reconcile(&mut self, calls: Vec<Call>, at: Timestamp, now: Timestamp) -> Vec<News> {
        let listed: HashSet<CallKey> = calls.iter().map(CallKey::of).collect();
        let mut news = Vec::new();
        for call in calls {
            let age_s = age_at(&call, at);
            news.extend(self.take(call, Origin::Relay, age_s, now));
        }
        // One that began later than the list isn't in it. That it began in the future is no reason to ring for ever.
        let before = |leg: &Leg| leg.call.started_at <= at || after(leg.heard, LATE_LIST_S) <= now;
        let over = |leg: &Leg| leg.call.state != CallState::Ended && before(leg);
        for key in self.legs_where(over) {
            if !listed.contains(&key)
                && let Some(leg) = self.legs.get_mut(&key)
            {
                leg.end_unheard(at);
                self.settle(&key, Heard::HERE, &mut news);
                news.push(News::Changed(key));
            }
        }
        news
    }

    /// The relay that told of these calls is gone for good (another one was set): none of them is live any more.
    pub fn forget_live(&mut self, now: Timestamp) -> Vec<News> {
        self.reconcile(Vec::new(), Timestamp::MAX, now)
    }

    /// What has become due.
    pub fn tick(&mut self, now: Timestamp) -> Vec<News> {
        let mut news = Vec::new();
        for key in self.legs_where(|leg| leg.silent_at().is_some_and(|at| at <= now)) {
            if let Some(leg) = self.legs.get_mut(&key) {
                leg.silent = true;
                let id = leg.group;
                self.judge(id, Heard::HERE, &mut news);
            }
        }
        news
    }

    /// When [`Board::tick`] is wanted next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.legs.values().filter_map(Leg::silent_at).min()
    }

    /// The person saw the missed calls.
    pub fn read_all(&mut self) -> Vec<News> {
        let mut news = Vec::new();
        let ids = self.unread_groups();
        for id in &ids {
            if let Some(group) = self.groups.get_mut(id) {
                group.unread = false;
            }
            news.push(News::Settled(*id));
        }
        news
    }

    /// The person dealt with this missed call.
    pub fn read(&mut self, id: GroupId) -> Vec<News> {
        let mut news = Vec::new();
        if let Some(group) = self.groups.get_mut(&id)
            && std::mem::take(&mut group.unread)
        {
            news.push(News::Settled(id));
            news.extend(group.legs.iter().cloned().map(News::Changed));
        }
        news
    }

    /// This incoming call is the own phone, ringing for a call that we dialled: it is never heard of, or from now on no more.
    pub fn ignore_own_leg(&mut self, key: &CallKey) -> Vec<News> {
        let mut news = Vec::new();
        if let Some(leg) = self.legs.get_mut(key) {
            leg.own = true;
            let id = leg.group;
            self.judge(id, Heard::HERE, &mut news);
            news.retain(|news| *news != News::Changed(key.clone()));
        }
        if !self.own_legs.contains(key) {
            self.own_legs.push_back(key.clone());
            if self.own_legs.len() > OWN_LEGS {
                self.own_legs.pop_front();
            }
        }
        news
    }

    /// An own leg that was recognised before. One that turns out to be the outgoing call itself is none.
    fn is_own_leg(&mut self, call: &Call, key: &CallKey) -> bool {
        let outgoing = call.direction == Direction::Outgoing;
        if let Some(leg) = self.legs.get_mut(key) {
            leg.own &= !outgoing;
            return false;
        }
        let known = self.own_legs.contains(key);
        if known && outgoing {
            self.own_legs.retain(|leg| leg != key);
            return false;
        }
        known
    }

    /// What a leg's new state means.
    fn settle(&mut self, key: &CallKey, heard: Heard, news: &mut Vec<News>) {
        let Some(id) = self.legs.get(key).map(|leg| leg.group) else {
            return;
        };
        self.judge(id, heard, news);
        self.settle_earlier(key, news);
    }

    /// Compares what a group's legs say now with what they said before.
    fn judge(&mut self, id: GroupId, heard: Heard, news: &mut Vec<News>) {
        let Some(group) = self.groups.get_mut(&id) else {
            return;
        };
        let legs = group.legs.iter().filter_map(|key| self.legs.get(key));
        let outgoing = legs.clone().any(|leg| leg.call.direction == Direction::Outgoing);
        let facts = Facts::of(legs.clone());
        // A talk that came after it may have been told before it.
        let dealt_with = facts.missed && self.legs.values().any(|later| settles(later, legs.clone()));
        let before = std::mem::replace(&mut group.facts, facts);
        let told = !matches!(heard.origin, Origin::Journal { .. });
        let fresh = heard.is_fresh();
        if before.rings && !facts.rings {
            news.push(News::Quiet(id));
        }
        if facts.rings && !group.rang && heard.first && fresh {
            group.rang = true;
            news.push(News::Rings(id));
        }
        if heard.first && fresh && facts.live && outgoing {
            news.push(News::Placed(id));
        }
        if told && facts.answered && !before.answered {
            news.push(News::Answered { group: id, fresh });
        }
        if facts.missed && !before.missed && heard.origin == Origin::Relay && !dealt_with {
            group.unread = true;
            news.push(News::Missed { group: id, fresh });
        }
        if before.missed && !facts.missed {
            group.unread = false;
            news.push(News::Settled(id));
        }
        // Which row bears the mark of a missed call depends on all of them.
        if told && group.legs.len() > 1 && (group.unread || before.missed || facts.missed) {
            news.extend(group.legs.iter().cloned().map(News::Changed));
        }
        if told && !facts.live && (before.live || heard.first) {
            news.push(News::Over(id));
        }
    }

    /// Somebody talked with this party, or calls it: earlier missed calls from it are dealt with.
    fn settle_earlier(&mut self, key: &CallKey, news: &mut Vec<News>) {
        let Some(later) = self.legs.get(key) else {
            return;
        };
        let dealt_with = |group: &Group| {
            let legs = group.legs.iter().filter_map(|key| self.legs.get(key));
            group.unread && settles(later, legs)
        };
        let settled: Vec<GroupId> = self
            .groups
            .iter()
            .filter(|(_, group)| dealt_with(group))
            .map(|(id, _)| *id)
            .collect();
        for id in settled {
            news.extend(self.read(id));
        }
    }

    /// Forgets calls that are over.
    pub fn drop_groups(&mut self, ids: &[GroupId]) {
        for id in ids {
            for key in self.groups.remove(id).into_iter().flat_map(|group| group.legs) {
                self.legs.remove(&key);
            }
        }
    }

    /// Keeps memory bounded: the oldest calls that are over go first, of those that nobody has seen and of the others apart.
    /// Those that are `pinned` (in an alert) stay.
    pub fn forget_oldest(&mut self, pinned: impl Fn(GroupId) -> bool) {
        let over = self.groups.values().filter(|group| !group.facts.live);
        let (unread, all) = over.fold((0, 0), |(unread, all), group| {
            (unread + usize::from(group.unread), all + 1)
        });
        if unread.max(all - unread) <= KEPT + KEPT / 10 {
            return;
        }
        // Own legs too, which no list shows.
        let (mut unread, mut read): (Vec<_>, Vec<_>) =
            self.over(None).into_iter().partition(|id| self.is_unread(*id));
        self.newest_first(&mut unread);
        self.newest_first(&mut read);
        let oldest = unread.into_iter().skip(KEPT).chain(read.into_iter().skip(KEPT));
        let forgotten: Vec<GroupId> = oldest.filter(|id| !pinned(*id)).collect();
        self.drop_groups(&forgotten);
    }
}

/// Whether a call is reason enough to think no more of an earlier one: its party was talked to, or called.
fn settles<'a>(later: &Leg, mut earlier: impl Iterator<Item = &'a Leg>) -> bool {
    let call = &later.call;
    let since = match call.direction {
        Direction::Incoming => call.connected_at,
        Direction::Outgoing => Some(call.started_at),
    };
    let (Some(since), false) = (since, later.own) else {
        return false;
    };
    earlier.all(|leg| {
        leg.call.started_at < since && numbers::is_same_party(leg.call.other_party(), call.other_party())
    })
}

/// Seconds from a call's last change to `at`, both by the relay's clock.
pub(crate) fn age_at(call: &Call, at: Timestamp) -> i64 {
    seconds_between(call.last_change(), at)
}
