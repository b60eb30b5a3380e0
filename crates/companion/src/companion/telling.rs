//! From the board's news to what is done outside: alerts, journal, look-ups.

use jiff::Timestamp;
use telephony::{Call, E164};

use super::Companion;
use crate::alerts::{Policy, Step, What};
use crate::board::{GroupId, News};
use crate::effect::{Effect, Notification};
use crate::event::{CallKey, NoteAction};
use crate::known::Known;
use crate::notify::{Style, Told};
use crate::numbers;

impl Companion {
    pub(super) fn policy(&self) -> Policy {
        let settings = &self.settings;
        let wanted = !settings.click_to_call_only;
        Policy {
            incoming: wanted && settings.notify_incoming,
            missed: wanted && settings.notify_missed,
            outgoing: wanted && settings.notify_outgoing,
            hold: self.quiet_until.is_some() || (settings.respect_dnd && self.screen.dnd),
            away: self.screen.locked,
            behind: self.ear.is_behind(),
        }
    }

    pub(super) fn style(&self) -> Style {
        Style {
            lang: self.language(),
            sound: self.settings.sound,
            discreet: self.settings.discreet_when_locked && self.screen.locked,
            can_dial: self.cannot_dial().is_none(),
        }
    }

    /// What follows from the board's news.
    pub(super) fn follow_news(&mut self, news: Vec<News>, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        for news in news {
            if self.ear.is_behind() && news.begins_something() {
                self.held.push(news);
                continue;
            }
            if let News::Missed { group, .. } = &news
                && self.is_silenced(*group)
            {
                // Nobody is to be bothered with it, in the tray neither.
                let read = self.board.read(*group);
                effects.extend(self.follow_news(read, now));
            }
            let policy = self.policy();
            // The card shows what was dialled here.
            let dialled = |id| self.board.lead(id).is_some_and(|key| self.desk.is_dialled(key));
            let silenced = group_of(&news).is_some_and(|id| self.is_silenced(id) || dialled(id));
            let steps = self.alerts.on(&news, silenced, &self.board, policy);
            effects.extend(self.carry_out(steps));
            match &news {
                News::Changed(key) => effects.extend(self.record(key)),
                News::Rings(id) | News::Placed(id) => effects.extend(self.pop_begun(*id, now)),
                News::Answered { group, fresh: true } => effects.extend(self.pop_answered(*group, now)),
                _ => {}
            }
        }
        effects
    }

    /// The relay has told everything that was missed: of what began meanwhile, what still goes on is news.
    pub(super) fn told_all(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut held = std::mem::take(&mut self.held);
        held.retain(|news| self.board.still_holds(news));
        self.follow_news(held, now)
    }

    /// What time, settings, screen and names change in what stands. After every event.
    pub(super) fn review(&mut self, now: Timestamp) -> Vec<Effect> {
        self.quiet_until = self
            .settings
            .quiet
            .as_ref()
            .and_then(|quiet| quiet.until(now, &self.zone));
        let policy = self.policy();
        let (board, settings) = (&self.board, &self.settings);
        let silenced = |id: GroupId| {
            let number = board
                .face(id)
                .and_then(|call| numbers::number(call.other_party()));
            number.is_some_and(|number| settings.silenced.contains(number))
        };
        let steps = self.alerts.review(silenced, board, policy, now);
        let mut effects = self.carry_out(steps);
        effects.extend(self.pops_due(now));
        let alerts = &self.alerts;
        self.board.forget_oldest(|id| alerts.has(id));
        effects
    }

    /// Says all that stands again where its words have changed: in place, and without a sound.
    pub(super) fn say_again(&mut self) -> Vec<Effect> {
        let steps = self.alerts.standing().into_iter().map(Step::Again).collect();
        self.carry_out(steps)
    }

    pub(super) fn carry_out(&mut self, steps: Vec<Step>) -> Vec<Effect> {
        steps
            .into_iter()
            .filter_map(|step| self.carry_out_one(step))
            .collect()
    }

    fn carry_out_one(&mut self, step: Step) -> Option<Effect> {
        let (key, sound, again) = match step {
            Step::Say { key, sound } => (key, sound, false),
            Step::Again(key) => (key, false, true),
            Step::Withdraw(key) => {
                self.said.remove(&key);
                return Some(Effect::Withdraw(key.into()));
            }
        };
        let mut note = self.note(&key)?;
        note.sound &= sound;
        note.news = !again;
        let mut words = note.clone();
        (words.sound, words.news) = (false, false);
        if self.said.insert(key, words.clone()).as_ref() == Some(&words) && again {
            return None;
        }
        Some(Effect::Notify(note))
    }

    /// The words of a standing notification as they are now.
    fn note(&self, key: &CallKey) -> Option<Notification> {
        let style = self.style();
        match self.alerts.what(key)? {
            What::Ringing(id) => Some(style.incoming(key.clone(), &self.told(*id)?)),
            What::Placed(id) => Some(style.placed(key.clone(), &self.told(*id)?)),
            What::Missed { calls, absent, .. } => {
                let told: Vec<Told<'_>> = calls.iter().filter_map(|id| self.told(*id)).collect();
                style.missed(key.clone(), &told, *absent)
            }
        }
    }

    fn told(&self, id: GroupId) -> Option<Told<'_>> {
        Some(self.told_call(self.board.face(id)?))
    }

    pub(super) fn told_call<'a>(&'a self, call: &'a Call) -> Told<'a> {
        Told {
            call,
            known: self.known(call),
            has_record: self.has_record(call),
        }
    }

    /// What contacts and directories know of a call's other party.
    pub(super) fn known(&self, call: &Call) -> Option<&Known> {
        numbers::number(call.other_party()).and_then(|number| self.names.of(number))
    }

    fn record(&self, key: &CallKey) -> Option<Effect> {
        Some(Effect::Record {
            call: Box::new(self.board.call_of_a_person(key)?.clone()),
            unread: self.board.unread(key),
        })
    }

    pub(super) fn is_silenced(&self, id: GroupId) -> bool {
        self.board
            .face(id)
            .is_some_and(|call| self.is_silenced_call(call))
    }

    pub(super) fn is_silenced_call(&self, call: &Call) -> bool {
        numbers::number(call.other_party()).is_some_and(|number| self.settings.silenced.contains(number))
    }

    /// Whom a call's party is, if that isn't known. Nobody asks for a call that the board didn't take.
    pub(super) fn look_up_call(&mut self, key: &CallKey) -> Option<Effect> {
        let number = numbers::number(self.board.call(key)?.other_party())?.clone();
        self.look_up_number(&number)
    }

    /// Who has a number, if that isn't known.
    pub(super) fn look_up_number(&mut self, number: &E164) -> Option<Effect> {
        self.names.wants(number).then(|| Effect::LookUp(number.clone()))
    }

    /// The calls that a notification tells of; of one that doesn't stand any more, its own.
    pub(super) fn groups_of_note(&self, key: &CallKey) -> Vec<GroupId> {
        match self.alerts.what(key) {
            Some(What::Missed { calls, .. }) => calls.clone(),
            Some(What::Ringing(id) | What::Placed(id)) => vec![*id],
            None => self.board.group_of(key).into_iter().collect(),
        }
    }

    /// The one party that all of these calls are with.
    pub(super) fn party_of(&self, groups: &[GroupId]) -> Option<&Call> {
        let mut calls = groups.iter().filter_map(|id| self.board.face(*id));
        let first = calls.next()?;
        calls
            .all(|call| numbers::is_same_party(call.other_party(), first.other_party()))
            .then_some(first)
    }

    /// Whether a button may still do something for a call.
    pub(super) fn works(&self, action: NoteAction, call: &Call) -> bool {
        match action {
            NoteAction::Open | NoteAction::Unsilence => true,
            NoteAction::CallBack | NoteAction::CopyNumber => numbers::callable(call.other_party()).is_some(),
            NoteAction::OpenRecord => self.has_record(call),
            NoteAction::Silence => numbers::number(call.other_party()).is_some(),
        }
    }
}

fn group_of(news: &News) -> Option<GroupId> {
    match news {
        News::Rings(id) | News::Quiet(id) | News::Placed(id) | News::Settled(id) | News::Over(id) => {
            Some(*id)
        }
        News::Answered { group, .. } | News::Missed { group, .. } => Some(*group),
        News::Changed(_) => None,
    }
}
