//! The call board: every call that is known, and which of them the person has been told about.
//!
//! Whatever is repeated, reordered, late or lost: one alert for a call and account, none for a call that is over, none that
//! stands for ever, and the last state is right. The board decides; [`crate::notify`] finds the words.

mod merge;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};

use jiff::Timestamp;
use telephony::{Call, CallState, Direction, Party};

use crate::event::{CallKey, Origin};
use crate::time::{after, seconds_between};
use crate::view::Outcome;

/// Older news of a ringing phone goes to the journal without an alert.
pub(crate) const FRESH_S: i64 = 30;
/// An incoming call rings no longer than this, counted from its start: its end was lost.
pub(crate) const RING_LIMIT_S: i64 = 120;
/// The same for outgoing calls, which may wait in somebody's queue.
const OUTGOING_RING_LIMIT_S: i64 = 600;
/// A connected call without an end lasts no longer than this.
const TALK_LIMIT_S: i64 = 12 * 3600;
/// Missed calls that arrive late (after sleep, or a lost network) are gathered this long into one notification.
const GATHER_S: i64 = 2;
/// Ended calls kept in memory; the journal has them all.
const KEPT: usize = 500;
/// Own legs of dialled calls remembered, so that their later news stays unheard.
const OWN_LEGS: usize = 64;

/// What the person wants to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Policy {
    pub incoming: bool,
    pub missed: bool,
}

/// What follows from news of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Alert: this call rings.
    Ring(CallKey),
    /// Take this call's notification away.
    Withdraw(CallKey),
    /// Tell that this call was missed.
    Missed(CallKey),
    /// Tell that these calls were missed, newest first; the notification belongs to the first one.
    MissedMany(Vec<CallKey>),
    /// Its state or read flag changed: to the journal.
    Record(CallKey),
}

/// Which notification of a call stands, as far as we know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Nothing,
    Incoming,
    Missed,
}

#[derive(Clone, Debug)]
struct Entry {
    call: Call,
    /// When its present state began, by this computer's clock.
    since: Timestamp,
    /// No news for too long: not live any more as far as people are told, though nobody said that it ended.
    silent: bool,
    shown: Shown,
    /// Which other missed calls its notification tells of, newest first.
    told_with: Vec<CallKey>,
    /// Its being missed was noticed (told, or counted, or known from before).
    missed_noticed: bool,
    unread: bool,
}

/// All calls that are known.
#[derive(Debug, Default)]
pub(crate) struct Board {
    entries: HashMap<CallKey, Entry>,
    own_legs: VecDeque<CallKey>,
    /// Missed calls that arrived late, and when to tell them.
    late: Vec<CallKey>,
    late_due: Option<Timestamp>,
}

impl Board {
    /// Takes the state of a call. `age_s`: seconds since its last change.
    pub fn take(
        &mut self,
        call: Call,
        origin: Origin,
        age_s: i64,
        now: Timestamp,
        policy: Policy,
    ) -> Vec<Step> {
        let key = CallKey::of(&call);
        if self.is_own_leg(&call, &key) {
            return Vec::new();
        }
        let age_s = age_s.max(0);
        let mut steps = Vec::new();
        if let Some(entry) = self.entries.get_mut(&key) {
            let merged = merge::merge(&entry.call, call);
            if merged == entry.call {
                return steps;
            }
            if merged.state > entry.call.state {
                entry.since = after(now, -age_s);
                entry.silent = false;
            }
            entry.call = merged;
        } else {
            let entry = Entry::new(call, origin, age_s, now);
            let rings = origin == Origin::Relay && entry.rings_in() && age_s <= FRESH_S && policy.incoming;
            self.entries.insert(key.clone(), entry);
            if rings && let Some(entry) = self.entries.get_mut(&key) {
                entry.shown = Shown::Incoming;
                steps.push(Step::Ring(key.clone()));
            }
        }
        self.settle(&key, origin, age_s, now, policy, &mut steps);
        if !matches!(origin, Origin::Journal { .. }) {
            steps.push(Step::Record(key));
        }
        self.forget_oldest();
        steps
    }

    /// Takes the relay's list of live calls, true at `at` by its clock: ours that aren't in it are over.
    pub fn reconcile(
        &mut self,
        calls: Vec<Call>,
        at: Timestamp,
        now: Timestamp,
        policy: Policy,
    ) -> Vec<Step> {
        let listed: Vec<CallKey> = calls.iter().map(CallKey::of).collect();
        let mut steps = Vec::new();
        for call in calls {
            let age_s = age_at(&call, at);
            steps.extend(self.take(call, Origin::Relay, age_s, now, policy));
        }
        for key in
            self.keys_where(|entry| entry.call.state != CallState::Ended && entry.call.started_at <= at)
        {
            if !listed.contains(&key)
                && let Some(entry) = self.entries.get_mut(&key)
            {
                entry.end_unheard(at);
                self.settle(&key, Origin::Relay, 0, now, policy, &mut steps);
                steps.push(Step::Record(key));
            }
        }
        steps
    }

    /// The relay that told of these calls is gone for good (another one was set): none of them is live any more.
    pub fn forget_live(&mut self, now: Timestamp, policy: Policy) -> Vec<Step> {
        self.reconcile(Vec::new(), Timestamp::MAX, now, policy)
    }

    /// The switches of the settings changed: alerts that aren't wanted any more go away.
    pub fn apply_policy(&mut self, policy: Policy) -> Vec<Step> {
        let unwanted = |shown| match shown {
            Shown::Nothing => false,
            Shown::Incoming => !policy.incoming,
            Shown::Missed => !policy.missed,
        };
        let mut steps = Vec::new();
        for key in self.keys_where(|entry| unwanted(entry.shown)) {
            self.withdraw(&key, &mut steps);
        }
        if !policy.missed {
            self.late.clear();
            self.late_due = None;
        }
        steps
    }

    /// Calls whose notification stands; to be said again when the language changes.
    pub fn standing(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for key in self.keys_where(|entry| entry.shown != Shown::Nothing) {
            match self
                .entries
                .get(&key)
                .map(|entry| (entry.shown, &entry.told_with))
            {
                Some((Shown::Incoming, _)) => steps.push(Step::Ring(key)),
                Some((Shown::Missed, with)) => steps.push(told_missed(key, with)),
                _ => {}
            }
        }
        steps
    }

    /// What has become due.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Step> {
        let mut steps = Vec::new();
        for key in self.keys_where(|entry| entry.silent_at().is_some_and(|at| at <= now)) {
            if let Some(entry) = self.entries.get_mut(&key) {
                entry.silent = true;
            }
            self.withdraw(&key, &mut steps);
        }
        if self.late_due.is_some_and(|due| due <= now) {
            self.late_due = None;
            self.tell_late(&mut steps);
        }
        steps
    }

    /// When [`Board::tick`] is wanted next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.entries
            .values()
            .filter_map(Entry::silent_at)
            .chain(self.late_due)
            .min()
    }

    /// The person saw the missed calls; true when one of them was unread.
    pub fn read_all(&mut self) -> (Vec<Step>, bool) {
        let mut steps = Vec::new();
        let keys = self.keys_where(|entry| entry.unread || entry.shown == Shown::Missed);
        let mut any = false;
        for key in keys {
            if let Some(entry) = self.entries.get_mut(&key) {
                any |= entry.unread;
                entry.unread = false;
            }
            self.withdraw(&key, &mut steps);
        }
        self.late.clear();
        self.late_due = None;
        (steps, any)
    }

    /// The person dealt with one missed call (calls back).
    pub fn read_one(&mut self, key: &CallKey) -> Vec<Step> {
        let mut steps = Vec::new();
        self.mark_read(key, &mut steps);
        steps
    }

    /// This incoming call is the own phone, ringing for a call that we dialled: it is never heard of.
    pub fn ignore_own_leg(&mut self, key: CallKey) {
        if !self.own_legs.contains(&key) {
            self.own_legs.push_back(key);
            if self.own_legs.len() > OWN_LEGS {
                self.own_legs.pop_front();
            }
        }
    }

    /// A call's last known state.
    pub fn call(&self, key: &CallKey) -> Option<&Call> {
        self.entries.get(key).map(|entry| &entry.call)
    }

    /// What is known of a call's course.
    pub fn outcome(&self, key: &CallKey) -> Option<Outcome> {
        self.entries.get(key).map(Entry::outcome)
    }

    /// Whether it is a missed call that nobody has seen.
    pub fn unread(&self, key: &CallKey) -> bool {
        self.entries.get(key).is_some_and(|entry| entry.unread)
    }

    /// How many missed calls nobody has seen.
    pub fn missed(&self) -> usize {
        self.entries.values().filter(|entry| entry.unread).count()
    }

    /// Ringing and connected calls, newest first.
    pub fn live(&self) -> Vec<CallKey> {
        self.keys_where(Entry::is_live)
    }

    /// All other calls, newest first.
    pub fn past(&self) -> Vec<CallKey> {
        self.keys_where(|entry| !entry.is_live())
    }

    /// Keys of the entries for which `wanted` holds, newest first.
    fn keys_where(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<CallKey> {
        let mut found: Vec<_> = self.entries.iter().filter(|(_, entry)| wanted(entry)).collect();
        found.sort_by(|(a, x), (b, y)| y.call.started_at.cmp(&x.call.started_at).then_with(|| a.cmp(b)));
        found.into_iter().map(|(key, _)| key.clone()).collect()
    }

    /// An own leg that was recognised before. One that turns out to be the outgoing call itself is none.
    fn is_own_leg(&mut self, call: &Call, key: &CallKey) -> bool {
        let known = self.own_legs.contains(key);
        if known && call.direction == Direction::Outgoing {
            self.own_legs.retain(|leg| leg != key);
            return false;
        }
        known
    }

    /// Brings what the person sees in line with a call's state.
    fn settle(
        &mut self,
        key: &CallKey,
        origin: Origin,
        age_s: i64,
        now: Timestamp,
        policy: Policy,
        steps: &mut Vec<Step>,
    ) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let was_ringing = entry.shown == Shown::Incoming;
        if was_ringing && !entry.rings_in() {
            entry.shown = Shown::Nothing;
            steps.push(Step::Withdraw(key.clone()));
        }
        let missed = entry.call.is_missed();
        if missed && !entry.missed_noticed {
            entry.missed_noticed = true;
            entry.unread = origin == Origin::Relay;
            if origin == Origin::Relay && policy.missed {
                if was_ringing || age_s <= FRESH_S {
                    entry.shown = Shown::Missed;
                    steps.push(Step::Missed(key.clone()));
                } else {
                    self.late.push(key.clone());
                    self.late_due.get_or_insert(after(now, GATHER_S));
                }
            }
        } else if !missed && entry.missed_noticed {
            entry.missed_noticed = false;
            entry.unread = false;
            self.late.retain(|late| late != key);
            self.withdraw(key, steps);
        }
        self.clear_missed_by(key, steps);
    }

    /// Somebody talked with this party: earlier missed calls from it are dealt with.
    fn clear_missed_by(&mut self, key: &CallKey, steps: &mut Vec<Step>) {
        let Some(entry) = self.entries.get(key) else {
            return;
        };
        let (Some(connected_at), Some(Party::Number(party))) =
            (entry.call.connected_at, entry.call.other_party())
        else {
            return;
        };
        let same = |other: &Entry| {
            other.unread
                && other.call.started_at < connected_at
                && matches!(other.call.other_party(), Some(Party::Number(number)) if number == party)
        };
        for earlier in self.keys_where(same) {
            self.mark_read(&earlier, steps);
        }
    }

    fn mark_read(&mut self, key: &CallKey, steps: &mut Vec<Step>) {
        let Some(entry) = self.entries.get_mut(key) else {
            return;
        };
        let was_unread = std::mem::take(&mut entry.unread);
        self.late.retain(|late| late != key);
        self.withdraw(key, steps);
        if was_unread {
            steps.push(Step::Record(key.clone()));
        }
    }

    fn withdraw(&mut self, key: &CallKey, steps: &mut Vec<Step>) {
        if let Some(entry) = self.entries.get_mut(key)
            && std::mem::replace(&mut entry.shown, Shown::Nothing) != Shown::Nothing
        {
            entry.told_with.clear();
            steps.push(Step::Withdraw(key.clone()));
        }
    }

    /// Tells the gathered late missed calls: one as itself, several as one.
    fn tell_late(&mut self, steps: &mut Vec<Step>) {
        let late = std::mem::take(&mut self.late);
        let mut keys = self.keys_where(|entry| entry.unread);
        keys.retain(|key| late.contains(key));
        if keys.is_empty() {
            return;
        }
        let newest = keys.remove(0);
        if let Some(entry) = self.entries.get_mut(&newest) {
            entry.shown = Shown::Missed;
            entry.told_with.clone_from(&keys);
        }
        steps.push(told_missed(newest, &keys));
    }

    /// Keeps memory bounded: the oldest calls that are over and of which nothing is shown go first.
    fn forget_oldest(&mut self) {
        if self.entries.len() <= KEPT + KEPT / 10 {
            return;
        }
        let over = self.keys_where(|entry| !entry.is_live() && entry.shown == Shown::Nothing);
        for key in over.into_iter().skip(KEPT) {
            self.entries.remove(&key);
        }
    }
}

impl Entry {
    fn new(call: Call, origin: Origin, age_s: i64, now: Timestamp) -> Self {
        let known_before = matches!(origin, Origin::Journal { .. });
        Self {
            since: if known_before {
                last_change(&call).min(now)
            } else {
                after(now, -age_s)
            },
            silent: false,
            shown: Shown::Nothing,
            told_with: Vec::new(),
            missed_noticed: known_before && call.is_missed(),
            unread: matches!(origin, Origin::Journal { unread: true }) && call.is_missed(),
            call,
        }
    }

    /// An incoming call that rings, as far as is known.
    fn rings_in(&self) -> bool {
        self.call.direction == Direction::Incoming && self.call.state == CallState::Ringing && !self.silent
    }

    fn is_live(&self) -> bool {
        self.call.state != CallState::Ended && !self.silent
    }

    /// When this call counts as over if nothing more is heard of it.
    fn silent_at(&self) -> Option<Timestamp> {
        let limit = match (self.call.state, self.call.direction) {
            _ if self.silent => return None,
            (CallState::Ringing, Direction::Incoming) => RING_LIMIT_S,
            (CallState::Ringing, Direction::Outgoing) => OUTGOING_RING_LIMIT_S,
            (CallState::Connected, _) => TALK_LIMIT_S,
            (CallState::Ended, _) => return None,
        };
        Some(after(self.since, limit))
    }

    /// It isn't live any more, and nobody said how it ended.
    fn end_unheard(&mut self, at: Timestamp) {
        self.call.state = CallState::Ended;
        self.call.end_unknown = true;
        self.call.ended_at = (at != Timestamp::MAX).then_some(at);
    }

    fn outcome(&self) -> Outcome {
        let answered = self.call.connected_at.is_some();
        match (self.call.state, self.call.direction) {
            (CallState::Ended, _) if answered => Outcome::Answered,
            (CallState::Ended, _) if self.call.end_unknown => Outcome::Unknown,
            (CallState::Ended, Direction::Incoming) => Outcome::Missed,
            (CallState::Ended, Direction::Outgoing) => Outcome::NoAnswer,
            _ if self.silent => Outcome::Unknown,
            (CallState::Connected, _) => Outcome::Talking,
            (CallState::Ringing, _) => Outcome::Ringing,
        }
    }
}

/// The notification of a missed call, and of others `with` it.
fn told_missed(newest: CallKey, with: &[CallKey]) -> Step {
    if with.is_empty() {
        Step::Missed(newest)
    } else {
        Step::MissedMany(std::iter::once(newest).chain(with.iter().cloned()).collect())
    }
}

/// Seconds from a call's last change to `at`, both by the relay's clock.
pub(crate) fn age_at(call: &Call, at: Timestamp) -> i64 {
    seconds_between(last_change(call), at)
}

/// When a call last changed, by the relay's clock.
pub(crate) fn last_change(call: &Call) -> Timestamp {
    let latest = call.connected_at.into_iter().chain(call.ended_at).max();
    latest.map_or(call.started_at, |at| at.max(call.started_at))
}
