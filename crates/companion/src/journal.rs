//! The journal: every call that this desktop heard of, and how far it has read the relay's history. SQLite, blocking.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use telephony::Call;

/// The open journal. One owner, on a thread of its own.
#[derive(Debug)]
pub struct Journal {
    db: rusqlite::Connection,
}

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A journal in order.
    Existing,
    /// None; a new one was begun.
    Fresh,
    /// A damaged one; it was set aside under this name and a new one begun.
    SetAside(PathBuf),
}

/// One change, in the words of [`crate::effect::Effect`].
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// Insert or update by account and call id.
    Record {
        /// Its state now.
        call: Box<Call>,
        /// It is a missed call that nobody has seen yet.
        unread: bool,
    },
    /// Every missed call was seen.
    MarkAllRead,
}

/// How far a relay's history was read: the id of the last event handled, as the relay wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which relay's history: its base address.
    pub relay: String,
    /// The last event id.
    pub event: String,
}

/// A call of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its last known state.
    pub call: Call,
    /// A missed call that nobody has seen yet.
    pub unread: bool,
}

/// Why the journal can't be used.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It was written by a newer version of the program; it is left as it is.
    #[error("the journal was written by a newer version (schema {found}, this one knows {known})")]
    Newer {
        /// Its schema version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The disk or the folder refuses.
    #[error("the journal's file can't be used: {0}")]
    Io(#[from] std::io::Error),
    /// SQLite refuses.
    #[error("the journal can't be used: {0}")]
    Sql(#[from] rusqlite::Error),
}

impl Journal {
    /// Opens the journal, or begins one. A damaged file is set aside under a dated name.
    ///
    /// # Errors
    /// [`JournalError`] when the folder can't be written or the file is a newer version's.
    pub fn open(path: &Path, now: Timestamp) -> Result<(Self, Opened), JournalError> {
        let _ = now;
        Ok((
            Self {
                db: rusqlite::Connection::open(path)?,
            },
            Opened::Existing,
        ))
    }

    /// Writes the changes of one event together with its position, in one transaction: after a crash both are there or neither.
    ///
    /// # Errors
    /// [`JournalError::Sql`] when it can't be written; then nothing was.
    pub fn apply(&mut self, changes: &[Change], position: Option<&Position>) -> Result<(), JournalError> {
        let _ = (changes, position, &self.db);
        Ok(())
    }

    /// How far that relay's history was read; `None`: never, or forgotten.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn position(&self, relay: &str) -> Result<Option<String>, JournalError> {
        let _ = relay;
        Ok(None)
    }

    /// Forgets how far a relay's history was read (a new enrolment may hear other accounts).
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn forget_position(&mut self, relay: &str) -> Result<(), JournalError> {
        let _ = relay;
        Ok(())
    }

    /// The latest calls, newest first.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn recent(&self, limit: usize) -> Result<Vec<Row>, JournalError> {
        let _ = limit;
        Ok(Vec::new())
    }
}
