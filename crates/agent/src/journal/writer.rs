//! What is written, in its order, whatever the disk says.

use companion::journal::{Change, Hearing, Journal, JournalError, Opened, Position};
use jiff::Timestamp;
use tokio::sync::watch;

use super::Trouble;

/// Changes held while the journal can't be written; one takes about a kilobyte.
pub(super) const HELD: usize = 4096;

/// Writes changes in their order. What can't be written is held and goes first the next time, for a position must never
/// stand on disk before the calls that it covers: the relay doesn't tell those again.
pub(super) struct Writer {
    pub(super) journal: Journal,
    /// Changes that couldn't be written yet, oldest first.
    held: Vec<Change>,
    /// Where they lead.
    position: Option<Position>,
    /// When the last event came: the stream was alive then.
    alive: Option<Timestamp>,
    /// Some were too many to hold. The position on disk stays where it is for the rest of this run: the next start begins
    /// there, and the relay tells again what is missing.
    overflowed: bool,
    /// What is wrong, for people.
    trouble: watch::Sender<Option<Trouble>>,
}

impl Writer {
    pub(super) fn new(journal: Journal, trouble: watch::Sender<Option<Trouble>>) -> Self {
        Self {
            journal,
            held: Vec::new(),
            position: None,
            alive: None,
            overflowed: false,
            trouble,
        }
    }

    /// Takes changes; `now` is when they came.
    pub(super) fn apply(&mut self, changes: Vec<Change>, position: Option<Position>, now: Timestamp) {
        if self.held.len() + changes.len() > HELD {
            self.write_held();
        }
        if !self.held.is_empty() && self.held.len() + changes.len() > HELD {
            if !self.overflowed {
                tracing::error!(
                    "too many calls wait to be written: the next start asks the relay for them again"
                );
            }
            self.overflowed = true;
            return;
        }
        self.held.extend(changes);
        if position.is_some() {
            self.alive = Some(now);
            if !self.overflowed {
                self.position = position;
            }
        }
        self.write_held();
    }

    /// Calls can be heard, or no longer.
    pub(super) fn coverage(&mut self, change: Hearing, now: Timestamp) {
        // A sign of life is worth no place among what waits, and mostly not a write either: the journal decides.
        if matches!(change, Hearing::Alive(_)) && !self.waits() {
            let written = self.journal.coverage(change);
            self.tell(written.as_ref().err());
        } else if matches!(change, Hearing::Alive(_)) {
            self.write_held();
        } else {
            self.apply(vec![Change::Heard(change)], None, now);
        }
    }

    /// Something couldn't be written yet.
    pub(super) fn waits(&self) -> bool {
        !self.held.is_empty() || self.position.is_some()
    }

    pub(super) fn write_held(&mut self) {
        if !self.waits() {
            return;
        }
        let calls = self.held.len();
        self.held
            .extend(self.alive.map(|at| Change::Heard(Hearing::Alive(at))));
        let written = self.journal.apply(&self.held, self.position.as_ref());
        match &written {
            Ok(()) => {
                self.held.clear();
                self.position = None;
                self.alive = None;
            }
            Err(error) => {
                self.held.truncate(calls);
                tracing::error!(%error, waiting = calls, "the journal can't be written; it is tried again");
            }
        }
        self.tell(written.as_ref().err());
    }

    pub(super) fn forget(&mut self, relay: &str) -> Result<(), JournalError> {
        self.position.take_if(|position| position.relay == relay);
        self.journal.forget_position(relay)
    }

    /// Sets the damaged journal aside and goes on in a new one, with what waits to be written. No writer: there is no journal
    /// any more in this run.
    pub(super) fn replace_damaged(mut self, now: Timestamp) -> (Option<Self>, Result<Opened, JournalError>) {
        match self.journal.replace_damaged(now) {
            Ok((journal, opened)) => {
                self.journal = journal;
                // The relay is asked again from the beginning of what it knows.
                self.position = None;
                self.tell(None);
                self.write_held();
                (Some(self), Ok(opened))
            }
            Err(error) => {
                self.trouble.send_replace(Some(Trouble::of_opening(&error)));
                (None, Err(error))
            }
        }
    }

    /// Says what is wrong, or that it no longer is.
    fn tell(&self, error: Option<&JournalError>) {
        let trouble = error.map(Trouble::from);
        self.trouble.send_if_modified(|said| {
            let changed = *said != trouble;
            *said = trouble;
            changed
        });
    }
}
