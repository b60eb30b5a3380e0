//! The journal `journal.db`: every call that this desktop heard of, what the person and the contacts know of it, when calls
//! could be heard, and how far the relay's history was read.
//!
//! SQLite, blocking: one owner on a thread of its own; exports read beside it. Write-ahead log with `synchronous = NORMAL`: a
//! power cut may lose the last transactions whole, and the relay then sends them again. Layout, version 3
//! (`PRAGMA user_version`; times `…_us` are microseconds since 1970):
//!
//! - `call`: one row a call and account. `id` is its start in milliseconds since 1970, or the next one free, so that the
//!   newest stands last here and in the search index. `body` is the whole [`Call`] in its JSON wire form; `started_us`,
//!   `connected_us`, `direction` (`incoming`, `outgoing`) and `party` (the other party in E.164, else null) repeat it.
//!   `outcome`: `ringing`, `talking`, `answered`, `missed`, `no_answer`, `unknown`. `name`, `company`: as last known, with
//!   `name_source` and `name_since_us`. `note`: the person's. `call_back`: `none`, `hand` or `missed` (wanted since
//!   `call_back_us`), `settled` (at `call_back_us`). `unread`: 1 for a missed call that nobody has seen.
//!   A call that rang on several lines has a row for each, of which `outcome` tells that line alone; on which other line it was
//!   answered is looked up when rows are listed or exported.
//! - `search`: FTS5 without content, row ids as in `call`. It holds finished terms, see `text.rs`.
//! - `deleted`: account and id of calls that the person deleted, so that a replay doesn't bring them back; kept 400 days.
//! - `heard`: intervals in which calls could be heard. `open` is 1 while it lasts; `hole` tells what became of the time since
//!   the interval before: `open`, `filled`, `gap`.
//! - `erased` and `erased_search`: `call` and `search` as they were when every call was deleted, while they are overwritten
//!   step by step; that `erased` exists is the mark of it. Calls in it count as deleted.
//! - `dialled`: calls that were asked for here, so that the own phone, ringing for one, is no caller after a restart either:
//!   `press` (a UUID), `account`, `at_us` (by this computer's clock), `call` (the platform's id, once it named one), `own_leg`
//!   (the incoming call that was taken for the own phone). No number. Kept a day.
//! - `position`: one row a relay: the id of the last event handled, as the relay wrote it.
//!
//! A position is written in the same transaction as what its event changed, so a crash loses or repeats nothing. Deleted
//! rows are overwritten (`secure_delete`, also in the index).
//!
//! Version 1 had `call` with account, call, started_us, unread and body only, and `position`; version 2 had no `dialled`. They
//! are brought forward when opened, after they were copied to `journal.db.before-3`; nothing reads that copy, and it goes with
//! [`Journal::delete_all`] or when it is older than what is kept. A damaged file is set aside as `journal.db.damaged-YYYYMMDD-HHMMSS` (with its log)
//! and a new journal begun, which takes over what can be read. Opening looks at little (`check.rs`); the whole is read beside
//! it by [`Journal::check_whole`].

mod check;
mod coverage;
mod damage;
mod dialled;
mod elsewhere;
mod erase;
mod export;
mod import;
mod person;
mod row;
mod salvage;
mod sample;
mod schema;
mod search;
mod store;
#[cfg(test)]
mod tests;
mod text;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use telephony::Call;

pub use coverage::{Heard, Hearing, Hole, Stretch};
pub use erase::Keeping;
pub use export::{Csv, Exporter, Format, Written};
pub use import::{Entry, ImportError, Item, Taken, read_export};
pub use row::{CallBack, LONGEST_NAME, LONGEST_NOTE, Name, Row, Why};
pub use salvage::Salvage;
pub use sample::sample_calls;
pub use search::{Cursor, Filter, LONGEST_PAGE, Page, Query};

use crate::dialled::Dialled;
use crate::event::{CallKey, DialId};
use crate::words::Message;

/// The open journal. One owner, on a thread of its own.
#[derive(Debug)]
pub struct Journal {
    db: Connection,
    path: PathBuf,
    keeping: Keeping,
    /// The last sign of life that was written.
    alive: Option<Timestamp>,
    /// Somebody who read kept the log from being emptied.
    log_stays: bool,
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

impl Opened {
    /// The sentence for people, when there is something to say.
    pub fn message(&self) -> Option<Message> {
        match self {
            Self::Existing | Self::Fresh => None,
            Self::SetAside(file) => {
                Some(Message::new("journal-set-aside").with("file", file.display().to_string()))
            }
        }
    }
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
    /// It is no call: its row goes.
    Unrecord(CallKey),
    /// A call was asked for here, or more is known of it.
    Dialled(Dialled),
    /// Nothing rang for it.
    NotDialled(DialId),
    /// Every missed call was seen.
    MarkAllRead,
    /// Calls can be heard, or no longer.
    Heard(Hearing),
}

/// How far a relay's history was read: the id of the last event handled, as the relay wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// Which relay's history: its base address.
    pub relay: String,
    /// The last event id.
    pub event: String,
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
    /// A call can't be written as JSON.
    #[error("a call can't be written to the journal: {0}")]
    Json(#[from] serde_json::Error),
}

impl JournalError {
    /// There is no room on the disk. What could not be written is tried again.
    pub fn is_full(&self) -> bool {
        match self {
            Self::Sql(error) => error.sqlite_error_code() == Some(ErrorCode::DiskFull),
            Self::Io(error) => matches!(
                error.kind(),
                std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded
            ),
            Self::Newer { .. } | Self::Json(_) => false,
        }
    }

    /// The file itself is damaged.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Sql(error) if damage::is_damage(error))
    }

    /// Its sentence names the cause; of the others only the system knows it.
    pub fn is_explained(&self) -> bool {
        matches!(self, Self::Newer { .. }) || self.is_full()
    }

    /// The sentence for people.
    pub fn message(&self) -> Message {
        Message::new(match self {
            Self::Newer { .. } => "journal-newer",
            error if error.is_full() => "journal-full",
            Self::Io(_) | Self::Sql(_) | Self::Json(_) => "journal-unusable",
        })
    }

    /// The sentence for people when this kept the journal from being opened: what comes meanwhile waits.
    pub fn opening_message(&self) -> Message {
        match self.is_full() {
            true => Message::new("journal-full-unopened"),
            false => self.message(),
        }
    }

    /// The sentence for people when this kept an export from being written.
    pub fn export_message(&self) -> Message {
        Message::new("journal-export-failed")
    }
}

impl Journal {
    /// Opens the journal, or begins one; its folder is made when missing. A damaged file is set aside under a dated name.
    ///
    /// # Errors
    /// [`JournalError`] when the folder can't be written or the file is a newer version's.
    pub fn open(path: &Path, now: Timestamp) -> Result<(Self, Opened), JournalError> {
        if let Some(folder) = path.parent() {
            crate::private::make_folder(folder)?;
        }
        let existed = path.exists();
        match Self::begin(path, now) {
            Ok(journal) if existed => Ok((journal, Opened::Existing)),
            Ok(journal) => Ok((journal, Opened::Fresh)),
            Err(error) if error.is_damage() => Self::begin_anew(path, now),
            Err(error) => Err(error),
        }
    }

    /// Sets the journal aside, since it was found to be damaged, and begins a new one, with the marks of deletion and the
    /// coverage that could be read; calls are read from the file by [`Salvage`].
    ///
    /// # Errors
    /// [`JournalError`] when the file can't be renamed or no new one written; then there is no journal.
    pub fn replace_damaged(self, now: Timestamp) -> Result<(Self, Opened), JournalError> {
        let Self {
            db, path, keeping, ..
        } = self;
        // What of the log can't be copied into a damaged file goes aside with it.
        if let Err((_, error)) = db.close() {
            tracing::info!(%error, "the damaged journal can't be closed in good order");
        }
        let (mut journal, opened) = Self::begin_anew(&path, now)?;
        journal.keeping = keeping;
        Ok((journal, opened))
    }

    fn begin_anew(path: &Path, now: Timestamp) -> Result<(Self, Opened), JournalError> {
        let aside = damage::set_aside(path, now)?;
        let journal = Self::begin(path, now).inspect_err(|_| {
            // On a full disk, for one. The next try is to find it, and to save what can be read.
            if let Err(error) = damage::put_back(&aside, path) {
                tracing::warn!(%error, "the damaged journal can't be put back in its place");
            }
        })?;
        salvage::take_marks(&journal.db, &aside);
        Ok((journal, Opened::SetAside(aside)))
    }

    fn begin(path: &Path, now: Timestamp) -> Result<Self, JournalError> {
        let db = schema::open(path, now)?;
        db.set_prepared_statement_cache_capacity(32);
        Ok(Self {
            db,
            path: path.to_owned(),
            keeping: Keeping::default(),
            alive: None,
            log_stays: false,
        })
    }

    /// Writes the changes of one event together with its position, in one transaction: after a crash both are there or neither.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing was.
    pub fn apply(&mut self, changes: &[Change], position: Option<&Position>) -> Result<(), JournalError> {
        let transaction = self.db.transaction()?;
        for change in changes {
            match change {
                Change::Record { call, unread } => {
                    store::record(&transaction, &self.keeping, call, *unread)?;
                }
                Change::Unrecord(key) => store::unrecord(&transaction, key)?,
                Change::Heard(hearing) => coverage::write(&transaction, *hearing)?,
                Change::Dialled(dialled) => dialled::write(&transaction, dialled)?,
                Change::NotDialled(id) => dialled::remove(&transaction, *id)?,
                Change::MarkAllRead => {
                    transaction
                        .prepare_cached("UPDATE call SET unread = 0 WHERE unread = 1")?
                        .execute([])?;
                }
            }
        }
        if let Some(Position { relay, event }) = position {
            transaction
                .prepare_cached(
                    "INSERT INTO position (relay, event) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET event = ?2",
                )?
                .execute(params![relay, event])?;
        }
        transaction.commit()?;
        for change in changes {
            match change {
                Change::Heard(Hearing::Live(at) | Hearing::Alive(at)) => self.alive = Some(*at),
                Change::Heard(Hearing::Lost(_)) => self.alive = None,
                _ => {}
            }
        }
        Ok(())
    }

    /// How far that relay's history was read; `None`: never, or forgotten.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn position(&self, relay: &str) -> Result<Option<String>, JournalError> {
        let mut query = self
            .db
            .prepare_cached("SELECT event FROM position WHERE relay = ?1")?;
        Ok(query.query_row([relay], |row| row.get(0)).optional()?)
    }

    /// Forgets how far a relay's history was read (a new enrolment may hear other accounts).
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn forget_position(&mut self, relay: &str) -> Result<(), JournalError> {
        self.db
            .execute("DELETE FROM position WHERE relay = ?1", [relay])?;
        Ok(())
    }
}
