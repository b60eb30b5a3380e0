//! The journal `journal.db`: every call that this desktop heard of, and how far it has read the relay's history.
//!
//! SQLite, blocking: one owner on a thread of its own. Layout, version 1 (`PRAGMA user_version`):
//!
//! - `call`: one row a call and account. `body` is the whole [`Call`] in its JSON wire form; `started_us` (microseconds since
//!   1970) repeats its start for ordering; `unread` is 1 for a missed call that nobody has seen.
//! - `position`: one row a relay: the id of the last event handled, as the relay wrote it.
//!
//! A position is written in the same transaction as what its event changed, so a crash loses or repeats nothing. Write-ahead
//! log with `synchronous = NORMAL`: a power cut may lose the last transactions whole, and the relay then sends them again.
//! A damaged file is set aside as `journal.db.damaged-YYYYMMDD-HHMMSS` (with its log) and a new journal begun.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};
use telephony::Call;

use crate::words::Message;

/// The layout that this version writes.
const SCHEMA: u32 = 1;

const LAYOUT: &str = "
    CREATE TABLE call (
        account TEXT NOT NULL,
        call TEXT NOT NULL,
        started_us INTEGER NOT NULL,
        unread INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (account, call)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX call_by_start ON call (started_us);
    CREATE INDEX call_unread ON call (unread) WHERE unread = 1;
    CREATE TABLE position (relay TEXT NOT NULL PRIMARY KEY, event TEXT NOT NULL) WITHOUT ROWID, STRICT;
";

/// The open journal. One owner, on a thread of its own.
#[derive(Debug)]
pub struct Journal {
    db: Connection,
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
    /// A call can't be written as JSON.
    #[error("a call can't be written to the journal: {0}")]
    Json(#[from] serde_json::Error),
}

impl JournalError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        Message::new(match self {
            Self::Newer { .. } => "journal-newer",
            Self::Io(_) | Self::Sql(_) | Self::Json(_) => "journal-unusable",
        })
    }
}

impl Journal {
    /// Opens the journal, or begins one; its folder is made when missing. A damaged file is set aside under a dated name.
    ///
    /// # Errors
    /// [`JournalError`] when the folder can't be written or the file is a newer version's.
    pub fn open(path: &Path, now: Timestamp) -> Result<(Self, Opened), JournalError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let existed = path.exists();
        match Self::begin(path) {
            Ok(journal) if existed => Ok((journal, Opened::Existing)),
            Ok(journal) => Ok((journal, Opened::Fresh)),
            Err(JournalError::Sql(error)) if is_damage(&error) => {
                let aside = set_aside(path, now)?;
                Ok((Self::begin(path)?, Opened::SetAside(aside)))
            }
            Err(error) => Err(error),
        }
    }

    fn begin(path: &Path) -> Result<Self, JournalError> {
        keep_private(path)?;
        let mut db = Connection::open(path)?;
        db.busy_timeout(Duration::from_secs(5))?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > SCHEMA {
            return Err(JournalError::Newer { found, known: SCHEMA });
        }
        if found == 0 {
            let layout = db.transaction()?;
            layout.execute_batch(LAYOUT)?;
            layout.pragma_update(None, "user_version", SCHEMA)?;
            layout.commit()?;
        }
        // Reads every page once: damage shows now and not in the middle of a call.
        let sound: String = db.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        if sound != "ok" {
            return Err(damaged().into());
        }
        Ok(Self { db })
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
                    let body = serde_json::to_string(call)?;
                    let started_us = call.started_at.as_microsecond();
                    transaction
                        .prepare_cached(
                            "INSERT INTO call (account, call, started_us, unread, body) VALUES (?1, ?2, ?3, ?4, ?5)
                             ON CONFLICT DO UPDATE SET started_us = ?3, unread = ?4, body = ?5",
                        )?
                        .execute(params![call.account_id.0, call.call_id.0, started_us, unread, body])?;
                }
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

    /// The latest calls, newest first. A row that can't be read (written by another version) is left out.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn recent(&self, limit: usize) -> Result<Vec<Row>, JournalError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let mut query = self.db.prepare_cached(
            "SELECT body, unread FROM call ORDER BY started_us DESC, account, call LIMIT ?1",
        )?;
        let rows = query.query_map([limit], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
        })?;
        let mut calls = Vec::new();
        for row in rows {
            let (body, unread) = row?;
            match serde_json::from_str(&body) {
                Ok(call) => calls.push(Row { call, unread }),
                // Not the error's own words: they may quote the number.
                Err(error) => tracing::warn!(
                    column = error.column(),
                    category = ?error.classify(),
                    "a call of the journal can't be read; it is left out"
                ),
            }
        }
        Ok(calls)
    }
}

/// Makes the journal's file for this user only, or takes it back from others: it tells who called. SQLite gives its `-wal`
/// and `-shm` files the same mode. On Windows the person's data folder is private by itself.
#[cfg(unix)]
fn keep_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

fn damaged() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, None)
}

fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// Renames the file and its log; gives the new name.
fn set_aside(path: &Path, now: Timestamp) -> std::io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%d-%H%M%S").to_string();
    let mut aside = with_suffix(path, &format!(".damaged-{stamp}"));
    let mut count = 1;
    while aside.exists() {
        count += 1;
        aside = with_suffix(path, &format!(".damaged-{stamp}-{count}"));
    }
    std::fs::rename(path, &aside)?;
    for log in ["-wal", "-shm"] {
        match std::fs::rename(with_suffix(path, log), with_suffix(&aside, log)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}
