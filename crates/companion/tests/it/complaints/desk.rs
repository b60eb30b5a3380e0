//! A desktop at work that watches the companion, and the calls that are told to it.

use companion::Companion;
use companion::effect::{Effect, Notification};
use companion::event::{CallKey, DialId, DialRequest, Event, Link, NoteAction, Origin};
use companion::known::Known;
use companion::settings::{Mode, Settings};
use companion::view::CallLine;
use companion::words::Language;
use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, CallState, Direction, E164, Party};

pub(super) const CALLER: &str = "+33199000001";
pub(super) const SHOWN: &str = "01\u{a0}99\u{a0}00\u{a0}00\u{a0}01";
pub(super) const LINE: &str = "+33199000099";
pub(super) const LINE_SHOWN: &str = "01\u{a0}99\u{a0}00\u{a0}00\u{a0}99";

pub(super) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

pub(super) fn settings() -> Settings {
    Settings {
        mode: Mode::Relay,
        relay_url: "https://relay.example".parse().ok(),
        ..Settings::default()
    }
}

/// A desktop at work: French, connected, two lines.
pub(super) struct Desk {
    pub(super) companion: Companion,
    pub(super) now: i64,
    pub(super) standing: Vec<Notification>,
    pub(super) last: Vec<Effect>,
}

impl Desk {
    pub(super) fn new(settings: Settings) -> Self {
        let mut desk = Self {
            companion: Companion::new(settings, Language::Fr, at(0)),
            now: 0,
            standing: Vec::new(),
            last: Vec::new(),
        };
        desk.feed(live());
        desk
    }

    pub(super) fn feed(&mut self, event: Event) {
        self.last = self.companion.on(event, at(self.now));
        for effect in &self.last {
            match effect {
                Effect::Notify(note) => {
                    self.standing.retain(|standing| standing.key != note.key);
                    self.standing.push(note.clone());
                }
                Effect::Withdraw(key) => self.standing.retain(|standing| standing.key != *key),
                _ => {}
            }
        }
    }

    pub(super) fn tell(&mut self, call: &Call) {
        self.tell_late(call, 0);
    }

    pub(super) fn tell_late(&mut self, call: &Call, age_s: i64) {
        self.feed(Event::Call {
            call: Box::new(call.clone()),
            origin: Origin::Relay,
            age_s,
        });
    }

    /// Time passes; what is due happens when it is due.
    pub(super) fn wait_until(&mut self, second: i64) {
        while let Some(due) = self.companion.next_deadline().filter(|due| *due <= at(second)) {
            self.now = due.as_second() - at(0).as_second();
            self.feed(Event::Tick);
        }
        self.now = second;
    }

    pub(super) fn press(&mut self, id: &str, action: NoteAction) {
        self.feed(Event::NoteAction {
            key: key(id).into(),
            action,
            press: DialId(uuid::Uuid::from_u128(99)),
        });
    }

    pub(super) fn dial(&mut self, id: u128, input: &str) {
        self.feed(Event::Dial(DialRequest {
            id: DialId(uuid::Uuid::from_u128(id)),
            input: input.into(),
            account: None,
            confirmed: false,
        }));
    }

    pub(super) fn note(&self) -> &Notification {
        assert_eq!(self.standing.len(), 1, "{:?}", self.standing);
        &self.standing[0]
    }

    pub(super) fn places(&self) -> usize {
        self.last
            .iter()
            .filter(|effect| matches!(effect, Effect::PlaceCall { .. }))
            .count()
    }

    pub(super) fn line(&self, id: &str) -> CallLine {
        let lines = self
            .companion
            .live()
            .into_iter()
            .chain(self.companion.recent(100));
        lines.into_iter().find(|line| line.key == key(id)).unwrap()
    }
}

pub(super) fn live() -> Event {
    Event::Link(Link::Live {
        can_dial: true,
        accounts: vec![AccountId("1001".into()), AccountId("1002".into())],
    })
}

pub(super) fn key(id: &str) -> CallKey {
    CallKey {
        account: AccountId("1001".into()),
        call: CallId(id.into()),
    }
}

pub(super) fn rings(id: &str, from: &str, second: i64) -> Call {
    Call {
        call_id: CallId(id.into()),
        account_id: AccountId("1001".into()),
        direction: Direction::Incoming,
        state: CallState::Ringing,
        calling_number: Some(Party::from(from.to_owned())),
        called_number: Some(Party::from(LINE.to_owned())),
        started_at: at(second),
        connected_at: None,
        ended_at: None,
        status: None,
        billable_duration: None,
        end_unknown: false,
        extension: None,
        extra: Default::default(),
    }
}

pub(super) fn goes_out(id: &str, to: &str, second: i64) -> Call {
    Call {
        direction: Direction::Outgoing,
        calling_number: Some(Party::from(LINE.to_owned())),
        called_number: Some(Party::from(to.to_owned())),
        ..rings(id, to, second)
    }
}

pub(super) fn talks(call: &Call, second: i64) -> Call {
    Call {
        state: CallState::Connected,
        connected_at: Some(at(second)),
        ..call.clone()
    }
}

pub(super) fn over(call: &Call, second: i64) -> Call {
    Call {
        state: CallState::Ended,
        ended_at: Some(at(second)),
        ..call.clone()
    }
}

pub(super) fn known(name: &str, company: Option<&str>) -> Known {
    Known {
        name: name.into(),
        company: company.map(str::to_owned),
        label: Some("standard".into()),
        source: "carnet".into(),
        since: at(0),
        contact: "42".into(),
        ambiguous: false,
        shared: false,
        several: false,
    }
}

pub(super) fn named(number: &str, known: Option<Known>) -> Event {
    Event::Named {
        number: E164::parse(number).unwrap(),
        known,
    }
}
