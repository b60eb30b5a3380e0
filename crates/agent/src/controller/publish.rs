//! What is shown: the tray to the person, the state to whoever subscribed to it.

use control::protocol::{self as wire, Change};

use super::Controller;
use crate::desktop::TrayPort;
use crate::outbox::Outbox;
use crate::people::Imports;
use crate::ports::Ports;
use crate::view::{self, Around};

/// A client of the control socket.
pub(super) struct Client {
    pub(super) outbox: Outbox,
    /// Whether it hears changes, and whether it is the window.
    pub(super) subscribed: Option<Subscriber>,
    /// Its own; what is under way stops when the client goes.
    pub(super) imports: Imports,
}

impl Client {
    /// One that has just come.
    pub(super) fn new(outbox: Outbox) -> Self {
        Self {
            outbox,
            subscribed: None,
            imports: Imports::default(),
        }
    }

    /// Tells it something, on whatever thread, should it hear changes.
    pub(super) fn teller(&self) -> impl Fn(Change) + Send + use<> {
        let outbox = self.subscribed.map(|_| self.outbox.clone());
        move |change| {
            if let Some(outbox) = &outbox {
                outbox.change(change);
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Subscriber {
    Other,
    Window,
}

impl<P: Ports> Controller<P> {
    /// Shows what has changed: the tray to the person, the state to whoever subscribed.
    pub(super) fn publish(&mut self) {
        let tray = self.companion.tray();
        if self.shown.as_ref() != Some(&tray) {
            self.ports.tray().show(tray.clone());
            self.shown = Some(tray);
        }
        if self.clients.values().all(|client| client.subscribed.is_none()) {
            self.told = None;
            return;
        }
        let snapshot = self.snapshot();
        let same = self.told.as_ref().is_some_and(|told| {
            *told
                == wire::Snapshot {
                    at: told.at.clone(),
                    revision: told.revision,
                    ..snapshot.clone()
                }
        });
        if !same {
            self.tell(|_| {
                Some(Change::Snapshot {
                    snapshot: Box::new(snapshot.clone()),
                })
            });
            self.told = Some(snapshot);
        }
    }

    pub(super) fn snapshot(&mut self) -> wire::Snapshot {
        self.revision += 1;
        let trouble = self
            .journal_trouble
            .borrow()
            .as_ref()
            .map(|trouble| trouble.message.clone());
        let around = Around {
            journal_problem: trouble.or_else(|| self.journal_found.clone()),
            contacts_problem: self.contacts_problem.clone(),
            profile: self.profile.name(),
            files: &self.files,
            settings_file: &self.paths.settings,
            hotkey_problem: self.hotkey_works.clone().and_then(Result::err),
            pending_enrolment: self.enrolment_link.as_ref().map(|link| &link.pending),
            link_problem: self.link_problem.clone(),
            tray_shown: self.tray_shown,
            journal_revision: self.journal_revision,
            contacts_revision: self.contacts_revision,
            revision: self.revision,
        };
        view::snapshot(&self.companion, &around, self.now.wall)
    }

    /// Sends subscribers what `change` gives for each.
    pub(super) fn tell(&self, change: impl Fn(Subscriber) -> Option<Change>) {
        for client in self.clients.values() {
            if let Some(change) = client.subscribed.and_then(&change) {
                client.outbox.change(change);
            }
        }
    }
}
