//! What a person should have seen, worked out from the world itself: it knows which legs are one call, and the board doesn't.

use std::collections::HashSet;

use telephony::Party;

use super::world::{Real, State, Switch};
use crate::event::DeskState;
use crate::testing::OWN;
use crate::view::Outcome;

#[derive(Clone, Debug, Default)]
struct Leg {
    /// The most that was told: ringing, connected, ended by guess, ended.
    best: Option<u8>,
    connected: bool,
    /// Without news it counts as over then.
    limit: i64,
    silent: bool,
    last_change: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Told {
    #[default]
    No,
    Waiting,
    /// By a notification of its own.
    Alone,
    /// With all others that waited.
    Together,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    legs: Vec<Leg>,
    rang: bool,
    was_missed: bool,
    pub alert: bool,
    pub placed: bool,
    /// It began while the relay told what was missed; whether it is worth an alert shows at the end of that.
    held: bool,
    pub unread: bool,
    pub told: Told,
    /// It is known for the own phone, ringing for what was dialled: nobody calls.
    pub own: bool,
}

pub(super) struct Model<'a> {
    real: &'a [Real],
    pub seen: Vec<Seen>,
    pub screen: DeskState,
    pub incoming: bool,
    pub missed: bool,
    pub outgoing: bool,
    pub click_only: bool,
    pub respect_dnd: bool,
    pub quiet: bool,
    silenced: HashSet<Party>,
    /// While the relay tells what was missed: when it last told something.
    pub behind: Option<i64>,
    ready_since: Option<i64>,
    now: i64,
    /// This process dialled.
    dialled: bool,
    /// The platform's answer named the own phone's call.
    named_own: bool,
    /// The relay's clock is ahead of ours by this much; a new process knows times by that clock only.
    skew: i64,
}

impl<'a> Model<'a> {
    pub fn new(real: &'a [Real], skew: i64) -> Self {
        let seen = real.iter().map(|real| Seen {
            legs: vec![Leg::default(); real.legs.len()],
            ..Seen::default()
        });
        Self {
            real,
            seen: seen.collect(),
            screen: DeskState::default(),
            incoming: true,
            missed: true,
            outgoing: false,
            click_only: false,
            respect_dnd: true,
            quiet: false,
            silenced: HashSet::new(),
            behind: None,
            ready_since: None,
            now: 0,
            dialled: false,
            named_own: false,
            skew,
        }
    }

    /// Time goes on: limits pass, and what waited is told.
    pub fn at(&mut self, now: i64) {
        self.now = now;
        for call in 0..self.seen.len() {
            for leg in 0..self.seen[call].legs.len() {
                let leg = &mut self.seen[call].legs[leg];
                leg.silent |= leg.best.is_some_and(|best| best < 2) && now >= leg.limit;
            }
            self.judge(call, 0, false);
        }
        // A relay that says nothing for so long has told everything, even if it doesn't say so.
        if self.behind.is_some_and(|told| now >= told + 5) {
            self.caught_up();
        }
        self.review();
    }

    /// The relay tells something.
    pub fn told(&mut self) {
        self.behind = self.behind.map(|_| self.now);
    }

    /// It has told everything that was missed: of that, only what still goes on is worth an alert.
    pub fn caught_up(&mut self) {
        self.behind = None;
        for call in 0..self.seen.len() {
            if std::mem::take(&mut self.seen[call].held) {
                self.begin(call);
            }
        }
        self.review();
    }

    /// A call began, as far as is known now.
    fn begin(&mut self, call: usize) {
        let (rings, lives) = (self.rings(call), self.lives(call));
        let quiet = self.click_only || self.holds() || self.is_silenced(call);
        let seen = &mut self.seen[call];
        if self.behind.is_some() {
            seen.held = true;
        } else if self.real[call].incoming {
            seen.alert = rings && self.incoming && !quiet;
        } else {
            seen.placed = lives && self.outgoing && !quiet && !self.screen.locked;
        }
    }

    /// A call is being asked for, and hasn't been answered.
    pub fn dial(&mut self) {
        self.dialled = true;
    }

    /// The platform has taken it.
    pub fn answered_dial(&mut self, named: Option<&str>) {
        self.named_own = named == Some("own");
        for call in 0..self.seen.len() {
            if self.is_own(call) {
                self.turn_out_own(call);
            }
        }
        self.review();
    }

    /// Nobody calls from the own number but the own phone; by another number, only the platform's answer tells it.
    fn is_own(&self, call: usize) -> bool {
        let real = &self.real[call];
        real.own && (real.party == Some(Party::from(OWN.to_owned())) || self.named_own)
    }

    fn turn_out_own(&mut self, call: usize) {
        self.seen[call] = Seen {
            legs: vec![Leg::default(); self.real[call].legs.len()],
            own: true,
            ..Seen::default()
        };
    }

    pub fn heard(&mut self, call: usize, leg: usize, state: &State, age: i64) {
        if self.is_own(call) {
            return self.turn_out_own(call);
        }
        let incoming = self.real[call].incoming;
        let known = &mut self.seen[call].legs[leg];
        let first = known.best.is_none();
        let goes_on = known.best.is_none_or(|best| state.rank > best);
        let answer = state.call.connected_at.is_some() && !known.connected;
        if !goes_on && !answer {
            return;
        }
        if known.best.is_none_or(|best| state.rank.min(2) > best.min(2)) {
            let limit = match state.rank {
                0 if incoming => 120,
                0 => 600,
                _ => 12 * 3600,
            };
            known.limit = self.now - age + limit;
            known.silent = false;
        }
        if goes_on {
            known.best = Some(state.rank);
            known.last_change = known.last_change.max(state.made);
        }
        known.connected |= answer;
        self.judge(call, age, first);
        self.deal(call, leg);
        self.review();
    }

    /// Those not in the list are over, nobody knows how.
    pub fn listed(&mut self, list: &[(usize, usize, usize)], when: i64) {
        for (call, leg, state) in list {
            let state = &self.real[*call].legs[*leg].states[*state];
            self.heard(*call, *leg, state, when - state.made);
        }
        for call in 0..self.seen.len() {
            for leg in 0..self.seen[call].legs.len() {
                let listed = list.iter().any(|(c, l, _)| (*c, *l) == (call, leg));
                let known = &mut self.seen[call].legs[leg];
                let live = known.best.is_some_and(|best| best < 2);
                if live && !listed && self.real[call].legs[leg].start <= when {
                    known.best = Some(2);
                    self.judge(call, 0, false);
                    self.deal(call, leg);
                }
            }
        }
        self.review();
    }

    /// The process ends, and a new one knows what the journal knows.
    pub fn restart(&mut self) {
        for seen in &mut self.seen {
            seen.alert = false;
            seen.placed = false;
            seen.held = false;
            seen.told = Told::No;
            for leg in &mut seen.legs {
                let Some(best) = leg.best else {
                    continue;
                };
                seen.rang = true;
                leg.silent = false;
                let limit = if best == 0 { 120 } else { 12 * 3600 };
                leg.limit = (leg.last_change + self.skew).min(self.now) + limit;
            }
        }
        for (real, seen) in self.real.iter().zip(&mut self.seen) {
            for leg in seen
                .legs
                .iter_mut()
                .filter(|leg| leg.best == Some(0) && !real.incoming)
            {
                leg.limit += 480;
            }
        }
        self.ready_since = None;
        // It doesn't know that a call was dialled here; which one is the own phone, it does.
        self.dialled = false;
        self.at(self.now);
    }

    pub fn read(&mut self) {
        for seen in &mut self.seen {
            seen.unread = false;
            seen.told = Told::No;
        }
    }

    pub fn silence(&mut self, call: usize) {
        let Some(party) = self.real[call].party.clone() else {
            return;
        };
        self.silenced.insert(party);
        for call in 0..self.seen.len() {
            if self.is_silenced(call) && self.seen[call].unread {
                self.seen[call].unread = false;
                self.seen[call].told = Told::No;
            }
        }
        self.review();
    }

    pub fn set(&mut self, switch: Switch) {
        match switch {
            Switch::Incoming(on) => self.incoming = on,
            Switch::Missed(on) => self.missed = on,
            Switch::Outgoing(on) => self.outgoing = on,
            Switch::ClickToCallOnly(on) => self.click_only = on,
            Switch::RespectDnd(on) => self.respect_dnd = on,
            Switch::Quiet(on) => self.quiet = on,
        }
        self.review();
    }

    /// Alerts are held back now.
    fn holds(&self) -> bool {
        (self.quiet && (120..360).contains(&self.now)) || (self.respect_dnd && self.screen.dnd)
    }

    fn is_silenced(&self, call: usize) -> bool {
        let party = self.real[call].party.as_ref();
        party.is_some_and(|party| self.silenced.contains(party))
    }

    fn answered(&self, call: usize) -> bool {
        self.seen[call].legs.iter().any(|leg| leg.connected)
    }

    fn rings(&self, call: usize) -> bool {
        let told_ringing = |leg: &Leg| leg.best == Some(0) && !leg.silent;
        !self.answered(call) && self.seen[call].legs.iter().any(told_ringing)
    }

    fn lives(&self, call: usize) -> bool {
        let talks = |leg: &Leg| leg.best == Some(1) && !leg.silent;
        self.rings(call) || self.seen[call].legs.iter().any(talks)
    }

    fn is_missed(&self, call: usize) -> bool {
        let mut told = self.seen[call]
            .legs
            .iter()
            .filter(|leg| leg.best.is_some())
            .peekable();
        self.real[call].incoming
            && told.peek().is_some()
            && told.all(|leg| leg.best == Some(3))
            && !self.answered(call)
    }

    pub fn outcome(&self, call: usize) -> Option<Outcome> {
        self.seen[call].legs.iter().find(|leg| leg.best.is_some())?;
        let talks = self.lives(call) && !self.rings(call);
        let all_told = self.seen[call]
            .legs
            .iter()
            .all(|leg| leg.best.is_none_or(|best| best == 3));
        Some(match () {
            () if talks => Outcome::Talking,
            () if self.rings(call) => Outcome::Ringing,
            () if self.seen[call].legs.iter().any(|leg| leg.best == Some(1)) => Outcome::Unknown,
            () if self.answered(call) => Outcome::Answered,
            () if !all_told => Outcome::Unknown,
            () if self.real[call].incoming => Outcome::Missed,
            () => Outcome::NoAnswer,
        })
    }

    fn judge(&mut self, call: usize, age: i64, first: bool) {
        let (rings, lives, missed) = (self.rings(call), self.lives(call), self.is_missed(call));
        let (holds, silenced, away) = (self.holds(), self.is_silenced(call), self.screen.locked);
        let dealt_with = self.is_dealt_with(call);
        let news = first && age <= 30;
        let real = &self.real[call];
        let seen = &mut self.seen[call];
        seen.alert &= rings;
        seen.placed &= lives;
        let rang = real.incoming && rings && news && !seen.rang;
        seen.rang |= rang;
        if rang || (!real.incoming && lives && news && !(real.dialled && self.dialled)) {
            self.begin(call);
        }
        let seen = &mut self.seen[call];
        if missed && !seen.was_missed && !dealt_with {
            seen.unread = !silenced;
            if !silenced && self.missed && !self.click_only {
                seen.told = if age <= 30 && !holds && !away && self.behind.is_none() {
                    Told::Alone
                } else {
                    Told::Waiting
                };
            }
        }
        if !missed && seen.was_missed {
            seen.unread = false;
            seen.told = Told::No;
        }
        seen.was_missed = missed;
    }

    /// Whether something told of this leg is reason to think no more of a missed call.
    fn settles(&self, call: usize, leg: usize, missed: usize) -> bool {
        let known = &self.seen[call].legs[leg];
        let plan = &self.real[call].legs[leg];
        let since = if self.real[call].incoming {
            plan.connected.filter(|_| known.connected)
        } else {
            Some(plan.start)
        };
        let number = |call: usize| match &self.real[call].party {
            Some(Party::Number(number)) => Some(number),
            _ => None,
        };
        let told = self.seen[missed].legs.iter().zip(&self.real[missed].legs);
        let starts: Vec<i64> = told
            .filter(|(leg, _)| leg.best.is_some())
            .map(|(_, plan)| plan.start)
            .collect();
        known.best.is_some()
            && number(call).is_some()
            && number(call) == number(missed)
            && since.is_some_and(|since| starts.iter().all(|start| *start < since))
    }

    fn deal(&mut self, call: usize, leg: usize) {
        for missed in 0..self.seen.len() {
            if self.seen[missed].unread && self.settles(call, leg, missed) {
                self.seen[missed].unread = false;
                self.seen[missed].told = Told::No;
            }
        }
    }

    fn is_dealt_with(&self, missed: usize) -> bool {
        let legs = |call: usize| 0..self.seen[call].legs.len();
        (0..self.seen.len()).any(|call| legs(call).any(|leg| self.settles(call, leg, missed)))
    }

    pub fn review(&mut self) {
        for call in 0..self.seen.len() {
            let silenced = self.is_silenced(call);
            let seen = &mut self.seen[call];
            seen.alert &= self.incoming && !self.click_only && !silenced;
            seen.placed &= self.outgoing && !self.click_only && !silenced;
            if !self.missed || self.click_only || (seen.told == Told::Waiting && (silenced || !seen.unread)) {
                seen.told = Told::No;
            }
        }
        let waiting = self.seen.iter().any(|seen| seen.told == Told::Waiting);
        if !waiting || self.holds() || self.screen.locked || self.behind.is_some() {
            self.ready_since = None;
            return;
        }
        if self.now >= *self.ready_since.get_or_insert(self.now) + 2 {
            self.ready_since = None;
            for seen in self.seen.iter_mut().filter(|seen| seen.told == Told::Waiting) {
                seen.told = Told::Together;
            }
        }
    }
}
