//! Carries out what the companion decides.

use companion::effect::{self, Effect, Notification};
use companion::event::Event;
use companion::journal::{self, Hearing, Position};
use companion::settings::{Change, ChangeError, Key};
use control::protocol::Place;
use futures_util::future::Either;
use relay_api::wire::PlaceCall;
use telephony::E164;

use super::contacts::name;
use super::{Controller, Input};
use crate::desktop::NotifyPort;
use crate::ports::Ports;
use crate::window::Wish;

impl<P: Ports> Controller<P> {
    /// Tells the companion, and does what it wants.
    pub(super) fn feed(&mut self, event: Event) {
        self.feed_all(vec![event], None);
    }

    /// The same for several, whose changes of the journal are written together with the position that they lead to.
    pub(super) fn feed_all(&mut self, events: Vec<Event>, position: Option<Position>) {
        let mut changes = Vec::new();
        let mut names = Vec::new();
        let mut alive = None;
        for event in events {
            for effect in self.decided(event, &mut names) {
                match self.carry_out(effect) {
                    // Changes nothing that a list shows, and needn't wait for a disk that is full.
                    Some(journal::Change::Heard(life @ Hearing::Alive(_))) => alive = Some(life),
                    Some(change) => changes.push(change),
                    None => {}
                }
            }
        }
        if !changes.is_empty() {
            self.journal_revision += 1;
        }
        if !changes.is_empty() || position.is_some() {
            self.journal.apply(changes, position, self.now.wall);
        }
        if let Some(life) = alive {
            self.journal.coverage(life);
        }
        // After the calls that they belong to, so that a search finds these by the name, also once the contact has gone.
        self.journal.set_names(names);
    }

    /// What the companion wants, callers' names looked up on the way: they take less than a millisecond.
    fn decided(&mut self, event: Event, names: &mut Vec<(E164, journal::Name)>) -> Vec<Effect> {
        names.extend(told_name(&event));
        let mut effects = self.companion.on(event, self.now.wall);
        let mut at = 0;
        while let Some(effect) = effects.get(at) {
            if let Effect::LookUp(number) = effect
                && let Some(named) = self.look_up(number.clone())
            {
                names.extend(told_name(&named));
                effects.extend(self.companion.on(named, self.now.wall));
            }
            at += 1;
        }
        shown_once(effects)
    }

    /// What belongs into the journal is given back, all else is done.
    pub(super) fn carry_out(&mut self, effect: Effect) -> Option<journal::Change> {
        match effect {
            Effect::Notify(notification) => self.ports.notify().show(notification),
            Effect::Withdraw(key) => self.ports.notify().withdraw(key),
            Effect::PlaceCall {
                id,
                number,
                account,
                route,
                confirmed,
            } => {
                let call = PlaceCall {
                    number: number.as_str().to_owned(),
                    account_id: account,
                    confirmed,
                };
                let outcome = match route {
                    effect::Route::Relay => Either::Left(self.dial_through_relay(id, call)),
                    effect::Route::Direct => Either::Right(self.dial_directly(number, call.account_id)),
                };
                let own = self.own.clone();
                tokio::spawn(async move {
                    let outcome = outcome.await;
                    // Fails only when the controller has ended.
                    let _ = own.send(Input::Dialled(id, outcome)).await;
                });
            }
            Effect::OpenWindow(place) => self.show_or_log(Wish::place(self::place(place))),
            Effect::Copy(text) => self.ports.copy(text),
            Effect::Record { call, unread } => return Some(journal::Change::Record { call, unread }),
            Effect::Unrecord(key) => return Some(journal::Change::Unrecord(key)),
            Effect::Dialled(dialled) => return Some(journal::Change::Dialled(dialled)),
            Effect::NotDialled(id) => return Some(journal::Change::NotDialled(id)),
            Effect::MarkAllRead => return Some(journal::Change::MarkAllRead),
            Effect::Heard(hearing) => return Some(journal::Change::Heard(hearing)),
            Effect::OpenUrl(url) => self.ports.open_url(url),
            Effect::Run { program, env } => self.ports.run(program, env),
            Effect::Silence { .. } => self.write_silenced(),
            // Answered already, see `decided`.
            Effect::LookUp(_) => {}
            Effect::LookUpAgain(numbers) => self.look_up_again(numbers),
        }
        None
    }

    /// The person silenced a number or took that back, which holds already; the file keeps it. One that can't be written is
    /// said, and what was pressed holds until the settings are read again.
    fn write_silenced(&mut self) {
        let silenced = self.companion.settings().silenced.clone();
        if let Err(ChangeError(why)) = self.try_settings(&[Change::new(Key::Silenced, &silenced)]) {
            tracing::warn!(why = why.id, "the silenced number isn't kept");
            self.feed(Event::NotSilenced(why));
        }
    }
}

/// The name that an event brings, as the journal keeps it.
fn told_name(event: &Event) -> Option<(E164, journal::Name)> {
    match event {
        Event::Named {
            number,
            known: Some(known),
        } if known.title().is_some() => Some((number.clone(), name(known))),
        _ => None,
    }
}

/// A notification that changes before it was shown is shown once, as it is at the end.
fn shown_once(effects: Vec<Effect>) -> Vec<Effect> {
    let mut kept: Vec<Effect> = Vec::with_capacity(effects.len());
    for effect in effects {
        if let Effect::Notify(newer) = &effect {
            let last = kept.iter_mut().rev().find(|earlier| match earlier {
                Effect::Notify(earlier) => earlier.key == newer.key,
                Effect::Withdraw(key) => *key == newer.key,
                _ => false,
            });
            if let Some(Effect::Notify(shown)) = last {
                *shown = Notification {
                    // A change makes no sound; what it changes may have been about to.
                    sound: shown.sound || newer.sound,
                    // Other words for what nobody has seen yet are news all the same.
                    news: shown.news || newer.news,
                    ..newer.clone()
                };
                continue;
            }
        }
        kept.push(effect);
    }
    kept
}

/// The same place, on the wire.
pub(super) fn place(place: effect::Place) -> Place {
    match place {
        effect::Place::Pad => Place::Pad,
        effect::Place::Calls => Place::Calls,
        effect::Place::Settings => Place::Settings,
    }
}

#[cfg(test)]
mod tests {
    use companion::effect::NotificationKind;
    use companion::event::{CallKey, NoteKey};
    use telephony::{AccountId, CallId};

    use super::*;

    fn note(title: &str, sound: bool, news: bool) -> Effect {
        Effect::Notify(Notification {
            key: NoteKey::Call(CallKey {
                account: AccountId("33199000001".into()),
                call: CallId("c1".into()),
            }),
            title: title.into(),
            body: String::new(),
            kind: NotificationKind::Incoming,
            actions: Vec::new(),
            sound,
            news,
        })
    }

    #[test]
    fn an_alert_that_gets_its_name_before_it_was_shown_is_still_news() {
        let ring = vec![note("number", true, true), note("name", false, false)];
        assert_eq!(shown_once(ring), [note("name", true, true)]);
        let words = vec![note("number", false, false), note("name", false, false)];
        assert_eq!(shown_once(words), [note("name", false, false)]);
    }
}
