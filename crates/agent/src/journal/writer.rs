//! What is written, in its order, whatever the disk says.

use companion::journal::{Change, Hearing, Journal, JournalError, Opened, Position};
use jiff::Timestamp;
use tokio::sync::watch;

use super::Trouble;

/// Changes held while the journal can't be written; one takes about a kilobyte.
pub(super) const HELD: usize = 4096;

/// Writes changes in their order. What can't be written, or not yet since the journal can't be opened, is held and goes first
/// the next time, for a position must never stand on disk before the calls that it covers: the relay doesn't tell those again.
pub(super) struct Writer {
    /// `None`: it can't be opened.
    journal: Option<Journal>,
    /// Relays whose position is to be forgotten before anything else is written.
    forgotten: Vec<String>,
    /// Changes that couldn't be written yet, oldest first.
    held: Vec<Change>,
    /// Where they lead.
    position: Option<Position>,
    /// When the last event came: the stream was alive then.
    alive: Option<Timestamp>,
    /// Some were too many to hold. The position on disk stays where it is for the rest of this run: the next start begins
    /// there, and the relay tells again what is missing.
    overflowed: bool,
    /// The connection that tells of calls began without the position on disk, which stays where it is until one begins there.
    astray: bool,
    /// How far such a connection has come, for the next one as long as the journal is closed.
    reached: Option<Position>,
    /// What is wrong, for people.
    trouble: watch::Sender<Option<Trouble>>,
}

impl Writer {
    pub(super) fn new(journal: Option<Journal>, trouble: watch::Sender<Option<Trouble>>) -> Self {
        Self {
            astray: journal.is_none(),
            journal,
            forgotten: Vec::new(),
            held: Vec::new(),
            position: None,
            alive: None,
            overflowed: false,
            reached: None,
            trouble,
        }
    }

    /// The journal, when it is open.
    pub(super) fn journal(&mut self) -> Option<&mut Journal> {
        self.journal.as_mut()
    }

    pub(super) fn is_open(&self) -> bool {
        self.journal.is_some()
    }

    /// The journal could be opened after all: what waits is written.
    pub(super) fn open(&mut self, journal: Journal) {
        self.journal = Some(journal);
        self.reached = None;
        self.tell(None);
        self.write_held();
    }

    /// It still can't be opened.
    pub(super) fn tell_closed(&self, error: &JournalError) {
        self.say(Some(Trouble::of_opening(error)));
    }

    /// Takes changes; `now` is when they came.
    pub(super) fn apply(&mut self, changes: Vec<Change>, position: Option<Position>, now: Timestamp) {
        if self.held.len() + changes.len() > HELD {
            self.write_held();
        }
        let overflows = !self.held.is_empty() && self.held.len() + changes.len() > HELD;
        if overflows && !self.overflowed {
            tracing::error!(
                "too many calls wait to be written: the next start asks the relay for them again"
            );
        }
        self.overflowed |= overflows;
        if position.is_some() {
            self.alive = Some(now);
            if self.journal.is_none() {
                self.reached = position;
            } else if !self.overflowed && !self.astray {
                self.position = position;
            }
        }
        if overflows {
            return;
        }
        if self.journal.is_some() {
            self.held.extend(changes);
            self.write_held();
        } else {
            changes.into_iter().for_each(|change| self.hold(change));
        }
    }

    /// Keeps a change for a journal that is closed: nobody has seen what stands in it.
    fn hold(&mut self, change: Change) {
        match change {
            // The calls of this run were seen; those in the journal weren't.
            Change::MarkAllRead => {
                for held in &mut self.held {
                    if let Change::Record { unread, .. } = held {
                        *unread = false;
                    }
                }
            }
            // Nor is it known what the relay has told of the time before.
            Change::Heard(Hearing::Filled | Hearing::Gap) => {}
            other => self.held.push(other),
        }
    }

    /// Calls can be heard, or no longer.
    pub(super) fn coverage(&mut self, change: Hearing, now: Timestamp) {
        let waits = self.waits();
        match (change, &mut self.journal) {
            // A sign of life is worth no place among what waits, and mostly not a write either: the journal decides.
            (Hearing::Alive(_), Some(journal)) if !waits => {
                let written = journal.coverage(change);
                self.tell(written.as_ref().err());
            }
            (Hearing::Alive(_), Some(_)) => self.write_held(),
            (Hearing::Alive(at), None) => self.alive = Some(at),
            _ => self.apply(vec![Change::Heard(change)], None, now),
        }
    }

    /// Something couldn't be written yet.
    pub(super) fn waits(&self) -> bool {
        !self.held.is_empty() || self.position.is_some() || !self.forgotten.is_empty()
    }

    pub(super) fn write_held(&mut self) {
        let waits = self.waits();
        let Some(journal) = self.journal.as_mut().filter(|_| waits) else {
            return;
        };
        let calls = self.held.len();
        self.held
            .extend(self.alive.map(|at| Change::Heard(Hearing::Alive(at))));
        let mut forgotten = self.forgotten.iter();
        let written = forgotten
            .try_for_each(|relay| journal.forget_position(relay))
            .and_then(|()| journal.apply(&self.held, self.position.as_ref()));
        match &written {
            Ok(()) => {
                self.forgotten.clear();
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

    /// How far a relay's history was read, for a connection that begins there now. The outer `None`: only a journal that is
    /// closed knows.
    pub(super) fn locate(&mut self, relay: &str) -> Result<Option<Option<String>>, JournalError> {
        let Some(journal) = &self.journal else {
            let reached = self.reached.as_ref().filter(|reached| reached.relay == relay);
            return Ok(reached.map(|reached| Some(reached.event.clone())));
        };
        let forgotten = self.forgotten.iter().any(|forgotten| forgotten == relay);
        let position = if forgotten { None } else { journal.position(relay)? };
        self.astray = false;
        Ok(Some(position))
    }

    /// Forgets how far a relay's history was read, as soon as that can be written.
    pub(super) fn forget(&mut self, relay: String) {
        let is_of_it = |position: &mut Position| position.relay == relay;
        self.position.take_if(is_of_it);
        self.reached.take_if(is_of_it);
        if !self.forgotten.contains(&relay) {
            self.forgotten.push(relay);
        }
        self.write_held();
    }

    /// Sets the damaged journal aside and goes on in a new one, with what waits to be written. When that fails there is none
    /// until it can be opened again.
    pub(super) fn replace_damaged(&mut self, now: Timestamp) -> Option<Result<Opened, JournalError>> {
        // The relay is asked again from the beginning of what it knows.
        self.position = None;
        match self.journal.take()?.replace_damaged(now) {
            Ok((journal, opened)) => {
                self.open(journal);
                Some(Ok(opened))
            }
            Err(error) => {
                self.astray = true;
                self.tell_closed(&error);
                Some(Err(error))
            }
        }
    }

    /// Says what is wrong, or that it no longer is.
    fn tell(&self, error: Option<&JournalError>) {
        self.say(error.map(Trouble::from));
    }

    fn say(&self, trouble: Option<Trouble>) {
        self.trouble.send_if_modified(|said| {
            let changed = *said != trouble;
            *said = trouble;
            changed
        });
    }
}
