//! The one owner of what the app knows.

mod dialling;
mod reading;
mod records;
mod telling;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use telephony::{AccountId, Call, CallId, E164, Rules};

use crate::alerts::Alerts;
use crate::board::{Board, News};
use crate::dial::Desk;
use crate::dialled::OwnLeg;
use crate::effect::{Effect, Notification, Place};
use crate::event::{
    CallKey, CredentialKind, CredentialState, DeskState, DialFailure, DialId, Event, Link, NoteAction,
    NoteKey, Origin, RecordProblem, RecordWay,
};
use crate::hearing::Ear;
use crate::known::{Known, Names};
use crate::numbers;
use crate::pop::Pops;
use crate::settings::{LanguageChoice, Mode, Settings};
use crate::words::Language;

/// All state of the app that isn't the desktop's. Fed by [`Companion::on`], read by the accessors.
#[derive(Debug)]
pub struct Companion {
    settings: Settings,
    /// How numbers are read, by the settings.
    rules: Rules,
    system: Language,
    board: Board,
    alerts: Alerts,
    /// Notifications that stand, as they were said last.
    said: BTreeMap<CallKey, Notification>,
    /// The number that a button silenced last: it can be taken back.
    silenced_last: Option<E164>,
    names: Names,
    pops: Pops,
    /// Why records don't open; of each way the last word.
    record_problems: BTreeMap<RecordWay, RecordProblem>,
    ear: Ear,
    /// What began while the relay told what was missed: it may be over by now.
    held: Vec<News>,
    screen: DeskState,
    zone: TimeZone,
    /// Quiet hours last until then; `None`: it isn't quiet.
    quiet_until: Option<Timestamp>,
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
            rules: settings.rules(),
            settings,
            system,
            board: Board::default(),
            alerts: Alerts::default(),
            said: BTreeMap::new(),
            silenced_last: None,
            names: Names::default(),
            pops: Pops::default(),
            record_problems: BTreeMap::new(),
            ear: Ear::default(),
            held: Vec::new(),
            screen: DeskState::default(),
            zone: TimeZone::UTC,
            quiet_until: None,
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
        // What waited for this moment comes before what happens in it.
        let mut effects = self.review(now);
        effects.extend(self.take(event, now));
        effects.extend(self.review(now));
        effects
    }

    fn take(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        match event {
            Event::Settings(settings) => self.adopt(*settings, now),
            Event::Credential(kind, state) => {
                self.credentials.insert(kind, state);
                self.say_again()
            }
            Event::Link(link) => self.link_changed(link, now),
            Event::Call { call, origin, age_s } => self.heard(*call, origin, age_s, now),
            Event::LiveCalls { calls, at } => self.reconcile(calls, at, now),
            Event::Dial(request) => self.dial_from_pad(request, now),
            Event::DialOutcome(id, result) => self.dial_settled(id, result, now),
            Event::DialledBefore(dialled) => {
                self.desk.dialled_before(dialled);
                Vec::new()
            }
            Event::NoteAction { key, action, press } => self.pressed(key, action, press, now),
            Event::MissedRead => self.missed_read(now),
            Event::Forgotten(which) => self.forgotten(which.as_ref(), now),
            Event::DialDismissed => {
                self.desk.dismiss(&self.board);
                Vec::new()
            }
            Event::Named { number, known } => self.named(vec![(number, known)]),
            Event::NamedAgain(named) => self.named(named),
            Event::ContactsChanged => vec![Effect::LookUpAgain(self.names.all())],
            Event::Desk(screen) => {
                self.screen = screen;
                self.say_again()
            }
            Event::Zone(zone) => {
                self.zone = zone;
                Vec::new()
            }
            Event::Alive => self.ear.alive(now).map(Effect::Heard).into_iter().collect(),
            Event::CatchingUp => {
                self.ear.catching_up(now);
                Vec::new()
            }
            Event::CaughtUp => {
                let hearing = self.ear.caught_up().map(Effect::Heard);
                hearing.into_iter().chain(self.told_all(now)).collect()
            }
            Event::Gap => self.ear.gap().map(Effect::Heard).into_iter().collect(),
            Event::NotSilenced(why) => vec![Effect::Notify(self.style().silence_failed(&why))],
            Event::RecordOpened(way) => self.record_opened(way),
            Event::RecordFailed(problem) => self.record_failed(problem),
            Event::Tick => self.tick(now),
        }
    }

    /// When [`Event::Tick`] is wanted next. `None`: not before something else happens.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let quiet_ends = self.quiet_until.filter(|_| self.alerts.is_waiting());
        self.board
            .next_deadline()
            .into_iter()
            .chain(self.alerts.next_deadline())
            .chain(self.pops.next_deadline())
            .chain(self.desk.next_deadline())
            .chain(self.ear.next_deadline())
            .chain(quiet_ends)
            .min()
    }

    /// The relay listens, so that its silence means something.
    fn hears(&self) -> bool {
        self.settings.mode == Mode::Relay && matches!(self.link, Link::Live { .. })
    }

    fn adopt(&mut self, settings: Settings, now: Timestamp) -> Vec<Effect> {
        let source = |settings: &Settings| (settings.mode, settings.relay_url.clone());
        let other_source = source(&self.settings) != source(&settings);
        self.record_settings(&settings);
        self.rules = settings.rules();
        self.settings = settings;
        let mut effects = self.review(now);
        if other_source {
            self.relay_accounts.clear();
            let news = self.board.forget_live(now);
            effects.extend(self.follow_news(news, now));
        }
        effects.extend(self.say_again());
        effects
    }

    fn link_changed(&mut self, link: Link, now: Timestamp) -> Vec<Effect> {
        // Trying and waiting for the next try are one state for people: "since when" spans both.
        let group = |link: &Link| match link {
            Link::None => 0,
            Link::Connecting { .. } | Link::Down(_) => 1,
            Link::Live { .. } => 2,
            Link::Refused => 3,
        };
        if group(&self.link) != group(&link) {
            // One that is lost was lost with its last sign of life.
            self.link_since = self.ear.heard_until().unwrap_or(now);
        }
        if let Link::Live { accounts, .. } = &link {
            self.relay_accounts.clone_from(accounts);
        }
        let was_behind = self.ear.is_behind();
        let hearing = self.ear.link(matches!(link, Link::Live { .. }), now);
        self.link = link;
        let mut effects: Vec<Effect> = hearing.into_iter().map(Effect::Heard).collect();
        if was_behind && !self.ear.is_behind() {
            // Nothing more comes for now: what still goes on, as far as is known, waits for no other connection.
            effects.extend(self.told_all(now));
        }
        effects.extend(self.say_again());
        effects
    }

    fn heard(&mut self, call: Call, origin: Origin, age_s: i64, now: Timestamp) -> Vec<Effect> {
        let call = match origin {
            // It was read when it came, maybe by other rules.
            Origin::Journal { .. } => self.rules.read(call),
            Origin::Relay | Origin::History => self.read(call),
        };
        if origin == Origin::Relay {
            self.ear.told(now);
        }
        let mut effects = match origin {
            Origin::Relay | Origin::History => self.relate(&call, age_s, now),
            Origin::Journal { .. } => Vec::new(),
        };
        let key = CallKey::of(&call);
        let news = self.board.take(call, origin, age_s, now);
        let look_up = self.look_up_call(&key);
        effects.extend(self.follow_news(news, now));
        effects.extend(look_up);
        effects
    }

    /// A call that the relay told, as the company's rules read it. Which extension was told is ours to say.
    fn read(&self, call: Call) -> Call {
        self.rules.read(Call {
            extension: None,
            ..call
        })
    }

    /// What a call has to do with the pending dial: its own leg, the dialled call itself, or nothing.
    fn relate(&mut self, call: &Call, age_s: i64, now: Timestamp) -> Vec<Effect> {
        let key = CallKey::of(call);
        // One that rang in and turns out to go out is news: the same call, told from both its ends.
        if self
            .board
            .call(&key)
            .is_some_and(|known| known.direction == call.direction)
        {
            return Vec::new();
        }
        match self.desk.own_leg(call, age_s, &self.board, now) {
            OwnLeg::No => {}
            OwnLeg::Yes => return self.ignore_own_leg(key, now),
            OwnLeg::Found(dialled) => {
                let mut effects = self.ignore_own_leg(key, now);
                effects.push(Effect::Dialled(dialled));
                return effects;
            }
        }
        let turn = self.desk.recognise(call, age_s, now);
        self.follow(turn)
    }

    fn reconcile(&mut self, calls: Vec<Call>, at: Timestamp, now: Timestamp) -> Vec<Effect> {
        self.ear.told(now);
        let calls: Vec<Call> = calls.into_iter().map(|call| self.read(call)).collect();
        let mut effects = Vec::new();
        for call in &calls {
            effects.extend(self.relate(call, crate::board::age_at(call, at), now));
        }
        let listed: Vec<CallKey> = calls.iter().map(CallKey::of).collect();
        let news = self.board.reconcile(calls, at, now);
        let look_ups: Vec<_> = listed.iter().filter_map(|key| self.look_up_call(key)).collect();
        effects.extend(self.follow_news(news, now));
        effects.extend(look_ups);
        effects
    }

    fn dial_settled(
        &mut self,
        id: DialId,
        result: Result<Option<CallId>, DialFailure>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let named = result.as_ref().ok().cloned().flatten();
        let kept = self.desk.settled(id, &result);
        let turn = self.desk.outcome(id, result, &self.board, now);
        let mut effects = self.follow(turn);
        effects.extend(kept);
        // The own phone may have been told before the platform's answer said which call it is.
        let own = named
            .zip(self.desk.account_of(id))
            .map(|(call, account)| CallKey { account, call });
        let incoming = |key: &CallKey| {
            let call = self.board.call(key);
            call.is_some_and(|call| call.direction == telephony::Direction::Incoming)
        };
        if let Some(key) = own.filter(incoming) {
            effects.extend(self.ignore_own_leg(key, now));
        }
        effects
    }

    /// It is the own phone, ringing for what was dialled. If it was told before that was known, its row goes.
    fn ignore_own_leg(&mut self, key: CallKey, now: Timestamp) -> Vec<Effect> {
        let told = self.board.call(&key).is_some();
        let news = self.board.ignore_own_leg(&key);
        let mut effects = self.follow_news(news, now);
        effects.extend(told.then_some(Effect::Unrecord(key)));
        effects
    }

    fn named(&mut self, named: Vec<(E164, Option<Known>)>) -> Vec<Effect> {
        let mut changed = false;
        for (number, known) in named {
            changed |= self.names.learn(number, known);
        }
        if changed { self.say_again() } else { Vec::new() }
    }

    fn pressed(&mut self, key: NoteKey, action: NoteAction, press: DialId, now: Timestamp) -> Vec<Effect> {
        match key {
            NoteKey::Call(key) => self.pressed_of_call(&key, action, press, now),
            NoteKey::Silence if action == NoteAction::Unsilence => self.unsilence(now),
            // Both say what to do there.
            NoteKey::Record | NoteKey::Silence => vec![Effect::OpenWindow(Place::Settings)],
        }
    }

    fn pressed_of_call(
        &mut self,
        key: &CallKey,
        action: NoteAction,
        press: DialId,
        now: Timestamp,
    ) -> Vec<Effect> {
        let groups = self.groups_of_note(key);
        let call = self
            .party_of(&groups)
            .filter(|call| self.works(action, call))
            .cloned();
        let number = call
            .as_ref()
            .and_then(|call| numbers::number(call.other_party()))
            .cloned();
        match (action, call, number) {
            (NoteAction::CallBack, _, Some(number)) => {
                let news: Vec<News> = groups.into_iter().flat_map(|id| self.board.read(id)).collect();
                let mut effects = self.follow_news(news, now);
                effects.extend(self.dial_from_note(key.clone(), number, press, now));
                effects
            }
            (NoteAction::CopyNumber, _, Some(number)) => {
                vec![Effect::Copy(numbers::copy_form(&number, self.language()))]
            }
            (NoteAction::OpenRecord, Some(call), _) => {
                // Who presses the button is told again why nothing opens.
                self.record_problems.clear();
                self.open_record(&call)
            }
            (NoteAction::Silence, Some(call), Some(number)) => {
                let note = self.style().silenced(&self.told_call(&call));
                let mut effects = self.silence(&number, true, now);
                // Before it is written: should that fail, the failure takes its place.
                effects.push(Effect::Notify(note));
                effects.push(Effect::Silence {
                    number: number.clone(),
                    silenced: true,
                });
                self.silenced_last = Some(number);
                effects
            }
            // Also the button of a notification that outlived what is known of its call.
            _ => vec![Effect::OpenWindow(Place::Calls)],
        }
    }

    /// In force at once; the agent writes it into the settings.
    fn silence(&mut self, number: &E164, silenced: bool, now: Timestamp) -> Vec<Effect> {
        if silenced {
            self.settings.silenced.insert(number.clone());
        } else {
            self.settings.silenced.remove(number);
        }
        let unread = self.board.unread_groups().into_iter();
        let silenced: Vec<_> = unread.filter(|id| self.is_silenced(*id)).collect();
        let news: Vec<News> = silenced.into_iter().flat_map(|id| self.board.read(id)).collect();
        let mut effects = self.follow_news(news, now);
        effects.extend(self.review(now));
        effects
    }

    /// Takes the last silencing back.
    fn unsilence(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = vec![Effect::Withdraw(NoteKey::Silence)];
        if let Some(number) = self.silenced_last.take() {
            effects.extend(self.silence(&number, false, now));
            effects.push(Effect::Silence {
                number,
                silenced: false,
            });
        }
        effects
    }

    fn missed_read(&mut self, now: Timestamp) -> Vec<Effect> {
        let steps = self.alerts.read_all();
        let mut effects = self.carry_out(steps);
        let news = self.board.read_all();
        effects.extend(self.follow_news(news, now));
        // The journal may know of more than is in memory.
        effects.push(Effect::MarkAllRead);
        effects
    }

    /// Deleted calls: no alert tells of them any more, and no list.
    fn forgotten(&mut self, which: Option<&CallKey>, now: Timestamp) -> Vec<Effect> {
        let over = self.board.over(which);
        let settled = over.iter().copied().map(News::Settled).collect();
        let effects = self.follow_news(settled, now);
        self.board.drop_groups(&over);
        effects
    }

    fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        let news = self.board.tick(now);
        let mut effects = self.follow_news(news, now);
        let turn = self.desk.tick(self.hears(), now);
        effects.extend(self.follow(turn));
        if self.ear.has_fallen_silent(now) {
            effects.extend(self.told_all(now));
        }
        effects
    }

    /// The language in force.
    pub fn language(&self) -> Language {
        match self.settings.language {
            LanguageChoice::System => self.system,
            LanguageChoice::Always(lang) => lang,
        }
    }
}
