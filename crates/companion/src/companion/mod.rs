//! The one owner of what the app knows.

mod dialling;
mod reading;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use telephony::{AccountId, Call};

use crate::board::{Board, Policy, Step};
use crate::dial::{Desk, Turn};
use crate::effect::{Effect, Place};
use crate::event::{CallKey, CredentialKind, CredentialState, DialId, Event, Link, NoteAction, Origin};
use crate::notify::Style;
use crate::numbers;
use crate::settings::{LanguageChoice, Mode, Settings};
use crate::words::Language;

/// All state of the app that isn't the desktop's. Fed by [`Companion::on`], read by the accessors.
#[derive(Debug)]
pub struct Companion {
    settings: Settings,
    system: Language,
    board: Board,
    desk: Desk,
    link: Link,
    link_since: Timestamp,
    /// The accounts that the relay named last; kept while the connection is down.
    relay_accounts: Vec<AccountId>,
    credentials: BTreeMap<CredentialKind, CredentialState>,
}

impl Companion {
    /// With the settings in force, the system's language and the present time; knows no call yet.
    pub fn new(settings: Settings, system: Language, now: Timestamp) -> Self {
        Self {
            settings,
            system,
            board: Board::default(),
            desk: Desk::default(),
            link: Link::None,
            link_since: now,
            relay_accounts: Vec::new(),
            credentials: BTreeMap::new(),
        }
    }

    /// Takes what happened; the agent carries out the effects in order. After every call the accessors and
    /// [`Companion::tray`] may have changed.
    pub fn on(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        match event {
            Event::Settings(settings) => self.adopt(*settings, now),
            Event::Credential(kind, state) => {
                self.credentials.insert(kind, state);
                Vec::new()
            }
            Event::Link(link) => {
                self.link_changed(link, now);
                Vec::new()
            }
            Event::Call { call, origin, age_s } => self.heard(*call, origin, age_s, now),
            Event::LiveCalls { calls, at } => self.reconcile(calls, at, now),
            Event::Dial(request) => self.dial_from_pad(request, now),
            Event::DialOutcome(id, result) => {
                let turn = self.desk.outcome(id, result, &self.board, now);
                self.follow(turn)
            }
            Event::NoteAction { key, action, press } => self.pressed(&key, action, press, now),
            Event::MissedRead => self.missed_read(),
            Event::DialDismissed => {
                self.desk.dismiss(&self.board);
                Vec::new()
            }
            Event::Tick => self.tick(now),
        }
    }

    /// When [`Event::Tick`] is wanted next. `None`: not before something else happens.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.board
            .next_deadline()
            .into_iter()
            .chain(self.desk.next_deadline())
            .min()
    }

    fn policy(&self) -> Policy {
        Policy {
            incoming: self.settings.notify_incoming,
            missed: self.settings.notify_missed,
        }
    }

    fn style(&self) -> Style {
        Style {
            lang: self.language(),
            sound: self.settings.sound,
        }
    }

    /// The relay listens, so that its silence means something.
    fn hears(&self) -> bool {
        self.settings.mode == Mode::Relay && matches!(self.link, Link::Live { .. })
    }

    fn adopt(&mut self, settings: Settings, now: Timestamp) -> Vec<Effect> {
        let spoken = self.language();
        let source = |settings: &Settings| (settings.mode, settings.relay_url.clone());
        let other_source = source(&self.settings) != source(&settings);
        self.settings = settings;
        let mut steps = self.board.apply_policy(self.policy());
        if other_source {
            self.relay_accounts.clear();
            steps.extend(self.board.forget_live(now, self.policy()));
        }
        let mut effects = self.carry_out(steps);
        if self.language() != spoken {
            // Said again in the new language, in place and without a sound.
            effects.extend(self.carry_out(self.board.standing()).into_iter().map(silenced));
        }
        effects
    }

    fn link_changed(&mut self, link: Link, now: Timestamp) {
        // Trying and waiting for the next try are one state for people: "since when" spans both.
        let group = |link: &Link| match link {
            Link::None => 0,
            Link::Connecting { .. } | Link::Down(_) => 1,
            Link::Live { .. } => 2,
            Link::Refused => 3,
        };
        if group(&self.link) != group(&link) {
            self.link_since = now;
        }
        if let Link::Live { accounts, .. } = &link {
            self.relay_accounts.clone_from(accounts);
        }
        self.link = link;
    }

    fn heard(&mut self, call: Call, origin: Origin, age_s: i64, now: Timestamp) -> Vec<Effect> {
        let turn = if origin == Origin::Relay {
            self.relate(&call, age_s, now)
        } else {
            Turn::Quiet
        };
        let mut effects = self.follow(turn);
        let steps = self.board.take(call, origin, age_s, now, self.policy());
        effects.extend(self.carry_out(steps));
        effects
    }

    /// What a call has to do with the pending dial: its own leg, the dialled call itself, or nothing.
    fn relate(&mut self, call: &Call, age_s: i64, now: Timestamp) -> Turn {
        let key = CallKey::of(call);
        // One that rang in and turns out to go out is news: the same call, told from both its ends.
        if self
            .board
            .call(&key)
            .is_some_and(|known| known.direction == call.direction)
        {
            return Turn::Quiet;
        }
        if self.desk.is_own_leg(call, &self.board, now) {
            self.board.ignore_own_leg(key);
            return Turn::Quiet;
        }
        self.desk.recognise(call, age_s, now)
    }

    fn reconcile(&mut self, calls: Vec<Call>, at: Timestamp, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        for call in &calls {
            let turn = self.relate(call, crate::board::age_at(call, at), now);
            effects.extend(self.follow(turn));
        }
        let steps = self.board.reconcile(calls, at, now, self.policy());
        effects.extend(self.carry_out(steps));
        effects
    }

    fn pressed(&mut self, key: &CallKey, action: NoteAction, press: DialId, now: Timestamp) -> Vec<Effect> {
        let number = self
            .board
            .call(key)
            .and_then(|call| numbers::callable(call.other_party()))
            .cloned();
        match (action, number) {
            (NoteAction::CallBack, Some(number)) => {
                let steps = self.board.read_one(key);
                let mut effects = self.carry_out(steps);
                effects.extend(self.dial_from_note(key.clone(), number, press, now));
                effects
            }
            (NoteAction::CopyNumber, Some(number)) => {
                vec![Effect::Copy(numbers::copy_form(&number, self.language()))]
            }
            // Also the button of a notification that outlived what is known of its call.
            (NoteAction::Open | NoteAction::CallBack | NoteAction::CopyNumber, _) => {
                vec![Effect::OpenWindow(Place::Calls)]
            }
        }
    }

    fn missed_read(&mut self) -> Vec<Effect> {
        let (steps, any) = self.board.read_all();
        let mut effects = self.carry_out(steps);
        if any {
            effects.push(Effect::MarkAllRead);
        }
        effects
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        let steps = self.board.tick(now);
        let mut effects = self.carry_out(steps);
        let turn = self.desk.tick(self.hears(), now);
        effects.extend(self.follow(turn));
        effects
    }

    /// The board's decisions in words.
    fn carry_out(&self, steps: Vec<Step>) -> Vec<Effect> {
        let style = self.style();
        let call = |key: &CallKey| self.board.call(key);
        let effect = |step| match step {
            Step::Ring(key) => Some(Effect::Notify(style.incoming(call(&key)?))),
            Step::Missed(key) => Some(Effect::Notify(style.missed(call(&key)?))),
            Step::MissedMany(keys) => {
                let calls: Vec<&Call> = keys.iter().filter_map(call).collect();
                Some(Effect::Notify(style.missed_many(calls.first()?, &calls)))
            }
            Step::Withdraw(key) => Some(Effect::Withdraw(key)),
            Step::Record(key) => {
                let unread = self.board.unread(&key);
                Some(Effect::Record {
                    call: Box::new(call(&key)?.clone()),
                    unread,
                })
            }
        };
        steps.into_iter().filter_map(effect).collect()
    }
}

fn silenced(effect: Effect) -> Effect {
    match effect {
        Effect::Notify(mut notification) => {
            notification.sound = false;
            Effect::Notify(notification)
        }
        other => other,
    }
}

impl Companion {
    /// The language in force.
    pub fn language(&self) -> Language {
        match self.settings.language {
            LanguageChoice::System => self.system,
            LanguageChoice::Always(lang) => lang,
        }
    }
}
