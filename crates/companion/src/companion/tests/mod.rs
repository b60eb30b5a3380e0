mod alerts;
mod dialling;
mod own_leg;
mod policy;
mod pops;
mod reading;
mod schedules;

use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, Party};
use uuid::Uuid;

use super::*;
use crate::effect::{Notification, NotificationKind};
use crate::event::{DialFailure, DialReason, DialRequest, KeychainProblem, LinkProblem};
use crate::testing::{CALLER, OWN, at, connected, ended, incoming, key, note_key, outgoing};
use crate::view::{ConnectionState, DialCard, DialStage, Outcome, Verdict};
use crate::words::{Message, say};

/// A number to dial, and as it is shown.
const TARGET: &str = "+33261910001";
const SHOWN: &str = "02\u{a0}61\u{a0}91\u{a0}00\u{a0}01";

fn account() -> AccountId {
    AccountId("1001".into())
}

fn relay_settings() -> Settings {
    let relay_url = Some("https://relay.example".parse().unwrap());
    Settings {
        mode: Mode::Relay,
        relay_url,
        ..Settings::default()
    }
}

fn live() -> Event {
    Event::Link(Link::Live {
        can_dial: true,
        accounts: vec![account()],
    })
}

/// In relay mode, connected, in French.
fn companion() -> Companion {
    let mut companion = Companion::new(relay_settings(), Language::Fr, at(0));
    let heard = Effect::Heard(crate::journal::Hearing::Live(at(0)));
    assert_eq!(companion.on(live(), at(0)), [heard]);
    companion
}

fn direct() -> Companion {
    let settings = Settings {
        mode: Mode::Direct,
        account_id: Some(account()),
        ..Settings::default()
    };
    Companion::new(settings, Language::Fr, at(0))
}

fn press(n: u128) -> DialId {
    DialId(Uuid::from_u128(n))
}

fn dial(n: u128, input: &str, confirmed: bool) -> Event {
    Event::Dial(DialRequest {
        id: press(n),
        input: input.into(),
        account: None,
        confirmed,
    })
}

fn tell(companion: &mut Companion, call: Call, now: i64) -> Vec<Effect> {
    let event = Event::Call {
        call: Box::new(call),
        origin: Origin::Relay,
        age_s: 0,
    };
    on(companion, event, now)
}

/// The effects but for looking up who it is and keeping what was dialled, which have their own tests.
fn on(companion: &mut Companion, event: Event, now: i64) -> Vec<Effect> {
    let mut effects = companion.on(event, at(now));
    effects.retain(|effect| {
        !matches!(
            effect,
            Effect::LookUp(_) | Effect::Dialled(_) | Effect::NotDialled(_)
        )
    });
    effects
}

fn button(id: &str, action: NoteAction, n: u128) -> Event {
    Event::NoteAction {
        key: note_key(id),
        action,
        press: press(n),
    }
}

fn notifications(effects: &[Effect]) -> Vec<&Notification> {
    let notification = |effect: &'_ Effect| matches!(effect, Effect::Notify(_));
    effects
        .iter()
        .filter(|effect| notification(effect))
        .filter_map(|effect| match effect {
            Effect::Notify(notification) => Some(notification),
            _ => None,
        })
        .collect()
}

fn places(effects: &[Effect]) -> usize {
    effects
        .iter()
        .filter(|effect| matches!(effect, Effect::PlaceCall { .. }))
        .count()
}

fn card(companion: &Companion) -> DialCard {
    companion.dial().unwrap()
}

/// Stage and message of the card; every sentence must be complete.
fn stage(companion: &Companion) -> (DialStage, String) {
    let card = card(companion);
    for lang in [Language::Fr, Language::En] {
        let said = say(lang, &card.message);
        assert!(!said.contains('{') && said != card.message.id, "{said}");
    }
    (card.stage, card.message.id)
}

fn failure(reason: DialReason, may_have_rung: bool) -> Result<Option<CallId>, DialFailure> {
    Err(DialFailure {
        reason,
        may_have_rung,
    })
}

/// Dialled by relay, taken by the platform at second 1.
fn picking_up() -> Companion {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    companion
}

/// The `n`th press comes to nothing.
fn fails(
    companion: &mut Companion,
    n: u128,
    reason: DialReason,
    may_have_rung: bool,
    now: i64,
) -> Vec<Effect> {
    on(
        companion,
        Event::DialOutcome(press(n), failure(reason, may_have_rung)),
        now,
    )
}
