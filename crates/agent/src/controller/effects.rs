//! Carries out what the companion decides.

use std::collections::VecDeque;

use companion::effect::{self, Effect};
use companion::event::Event;
use companion::journal::{self, Position};
use companion::settings::Change;
use control::protocol::Place;
use futures_util::future::Either;
use jiff::Timestamp;
use relay_api::wire::PlaceCall;

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
        let mut events = VecDeque::from(events);
        while let Some(event) = events.pop_front() {
            let mut named = Vec::new();
            for effect in self.companion.on(event, Timestamp::now()) {
                if let Effect::LookUp(number) = effect {
                    named.extend(self.look_up(number));
                } else if let Some(change) = self.carry_out(effect) {
                    changes.push(change);
                }
            }
            // A caller's name belongs to the call that has just come, ahead of what else waits.
            for event in named.into_iter().rev() {
                events.push_front(event);
            }
        }
        if !changes.is_empty() {
            self.journal_revision += 1;
        }
        if !changes.is_empty() || position.is_some() {
            self.journal.apply(changes, position);
        }
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
            Effect::MarkAllRead => return Some(journal::Change::MarkAllRead),
            Effect::Heard(hearing) => return Some(journal::Change::Heard(hearing)),
            Effect::OpenUrl(url) => self.ports.open_url(url),
            Effect::Run { program, env } => self.ports.run(program, env),
            Effect::Silence(_) => self.write_silenced(),
            // Answered where the events come from, so that its answer is one of them.
            Effect::LookUp(_) => {}
        }
        None
    }

    /// The person silenced a number, which holds already; the file keeps it. One that can't be written is said, and the number
    /// stays silenced until the settings are read again.
    fn write_silenced(&mut self) {
        let silenced = self.companion.settings().silenced.clone();
        if let Err(error) = self.change_settings(&[Change::Silenced(silenced)]) {
            tracing::warn!(why = error.message.id, "the silenced number isn't kept");
        }
    }
}

/// The same place, on the wire.
pub(super) fn place(place: effect::Place) -> Place {
    match place {
        effect::Place::Pad => Place::Pad,
        effect::Place::Calls => Place::Calls,
        effect::Place::Settings => Place::Settings,
    }
}
