//! What others may ask the board.

use jiff::Timestamp;
use telephony::{AccountId, Call, CallState, Direction, E164};

use super::group::Group;
use super::leg::Leg;
use super::{Board, GroupId, News};
use crate::event::CallKey;
use crate::numbers;
use crate::view::Outcome;

impl Board {
    /// A call's last known state.
    pub fn call(&self, key: &CallKey) -> Option<&Call> {
        self.legs.get(key).map(|leg| &leg.call)
    }

    /// The same, unless it is only the own phone, ringing for what was dialled: that has no row in the journal.
    pub fn call_of_a_person(&self, key: &CallKey) -> Option<&Call> {
        let leg = self.legs.get(key).filter(|leg| !leg.own)?;
        Some(&leg.call)
    }

    /// Whether a call placed by this account at `since` or later rang no more at `until`, by the relay's clock.
    pub fn rang_out(&self, account: &AccountId, since: Timestamp, until: Timestamp) -> bool {
        self.legs.values().map(|leg| &leg.call).any(|call| {
            let put_through = call.connected_at.or(call.ended_at);
            call.direction == Direction::Outgoing
                && call.account_id == *account
                && call.started_at >= since
                && put_through.is_some_and(|at| at < until)
        })
    }

    /// What is known of a call's course.
    pub fn outcome(&self, key: &CallKey) -> Option<Outcome> {
        let leg = self.legs.get(key)?;
        let facts = self.groups.get(&leg.group)?.facts;
        match leg.outcome(facts.answered || leg.is_answered()) {
            // Another leg of the same call may have been answered unheard, or still rings.
            Outcome::Missed if !facts.missed => Some(Outcome::Unknown),
            outcome => Some(outcome),
        }
    }

    /// On which account a call was answered that rang here too; `None`: on this one, on none, or nobody told.
    pub fn answered_on(&self, key: &CallKey) -> Option<&AccountId> {
        let leg = self.legs.get(key).filter(|leg| !leg.is_answered())?;
        let others = self.groups.get(&leg.group)?.legs.iter();
        let answered = others
            .filter_map(|key| self.legs.get(key))
            .find(|leg| !leg.own && leg.is_answered())?;
        Some(&answered.call.account_id)
    }

    /// Whether it is a missed call that nobody has seen. Of several legs of one call the first one counts for all.
    pub fn unread(&self, key: &CallKey) -> bool {
        let group = self.group_of(key).and_then(|id| self.groups.get(&id));
        group.is_some_and(|group| group.unread && self.earliest(group) == Some(key))
    }

    /// Whether this group is a missed call that nobody has seen.
    pub fn is_unread(&self, id: GroupId) -> bool {
        self.groups.get(&id).is_some_and(|group| group.unread)
    }

    /// Whether what news told of goes on; true of news that tells of nothing that could.
    pub fn still_holds(&self, news: &News) -> bool {
        let facts = |id| self.groups.get(id).map(|group| group.facts).unwrap_or_default();
        match news {
            News::Rings(id) => facts(id).rings,
            News::Placed(id) | News::Answered { group: id, .. } => facts(id).live,
            _ => true,
        }
    }

    /// The missed calls that nobody has seen.
    pub fn unread_groups(&self) -> Vec<GroupId> {
        let unread = self.groups.iter().filter(|(_, group)| group.unread);
        unread.map(|(id, _)| *id).collect()
    }

    /// How many missed calls nobody has seen.
    pub fn missed(&self) -> usize {
        self.groups.values().filter(|group| group.unread).count()
    }

    /// The group of a leg.
    pub fn group_of(&self, key: &CallKey) -> Option<GroupId> {
        self.legs.get(key).map(|leg| leg.group)
    }

    /// The leg that stands for a group: where somebody talks, else where it rings, else the first one.
    pub fn lead(&self, id: GroupId) -> Option<&CallKey> {
        let group = self.groups.get(&id)?;
        let in_state = |state| {
            let mut legs = group.legs.iter().filter(|key| self.legs.contains_key(*key));
            legs.find(|key| {
                self.legs
                    .get(*key)
                    .is_some_and(|leg| leg.is_live() && !leg.own && leg.call.state == state)
            })
        };
        in_state(CallState::Connected)
            .or_else(|| {
                group
                    .legs
                    .iter()
                    .find(|key| self.legs.get(*key).is_some_and(Leg::is_answered))
            })
            .or_else(|| in_state(CallState::Ringing))
            .or_else(|| self.earliest(group))
    }

    /// The state of the leg that stands for a group.
    pub fn face(&self, id: GroupId) -> Option<&Call> {
        self.lead(id).and_then(|key| self.call(key))
    }

    /// Calls that are over: the one with this leg, or all of them.
    pub fn over(&self, which: Option<&CallKey>) -> Vec<GroupId> {
        let meant = |group: &Group| which.is_none_or(|key| group.legs.contains(key));
        let over = self
            .groups
            .iter()
            .filter(|(_, group)| !group.facts.live && meant(group));
        over.map(|(id, _)| *id).collect()
    }

    /// Ringing and connected calls, newest first, each by the leg that stands for it.
    pub fn live(&self) -> Vec<CallKey> {
        self.leads_where(|group| group.facts.live)
    }

    /// How many calls ring or are connected.
    pub fn live_count(&self) -> usize {
        self.groups.values().filter(|group| group.facts.live).count()
    }

    /// Whether a call with this number rings or is connected.
    pub fn has_live_call_with(&self, number: &E164) -> bool {
        let with = |leg: &Leg| numbers::number(leg.call.other_party()) == Some(number);
        self.legs
            .values()
            .any(|leg| leg.is_live() && !leg.own && with(leg))
    }

    /// All other calls, newest first.
    pub fn past(&self) -> Vec<CallKey> {
        self.leads_where(|group| !group.facts.live)
    }

    fn leads_where(&self, wanted: impl Fn(&Group) -> bool) -> Vec<CallKey> {
        let shown = |group: &Group| {
            let mut legs = group.legs.iter().filter_map(|key| self.legs.get(key));
            legs.any(|leg| !leg.own) && wanted(group)
        };
        let groups = self.groups.iter().filter(|(_, group)| shown(group));
        let mut leads: Vec<_> = groups.filter_map(|(id, _)| self.lead(*id)).collect();
        self.sort(&mut leads);
        leads.into_iter().cloned().collect()
    }

    /// Newest first; of the same moment, in the order of their keys.
    fn sort(&self, keys: &mut [&CallKey]) {
        let start = |key: &CallKey| self.legs.get(key).map(|leg| leg.call.started_at);
        keys.sort_by(|a, b| start(b).cmp(&start(a)).then_with(|| a.cmp(b)));
    }

    /// Groups, newest first.
    pub fn newest_first(&self, groups: &mut [GroupId]) {
        let start = |id: &GroupId| self.face(*id).map(|call| call.started_at);
        groups.sort_by(|a, b| start(b).cmp(&start(a)).then_with(|| b.cmp(a)));
    }

    /// Keys of the legs for which `wanted` holds, newest first.
    pub(super) fn legs_where(&self, wanted: impl Fn(&Leg) -> bool) -> Vec<CallKey> {
        let found = self.legs.iter().filter(|(_, leg)| wanted(leg));
        let mut keys: Vec<_> = found.map(|(key, _)| key).collect();
        self.sort(&mut keys);
        keys.into_iter().cloned().collect()
    }

    /// The leg that started first: the same one after a restart.
    fn earliest<'a>(&self, group: &'a Group) -> Option<&'a CallKey> {
        let start = |key: &CallKey| self.legs.get(key).map(|leg| leg.call.started_at);
        group
            .legs
            .iter()
            .min_by(|a, b| start(a).cmp(&start(b)).then_with(|| a.cmp(b)))
    }
}
