//! `answered`: what the operator last said about this relay's key, which can't be tried without ringing a phone.
//!
//! | column | |
//! |---|---|
//! | `at` | when it answered |
//! | `outcome` | `accepted`, `wrong-key` (401) or `forbidden` (403) |
//! | `key` | 16 bits of the key's SHA-256: enough to see that it was changed, too little to look for it |
//!
//! One row at most.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};
use secrecy::{ExposeSecret as _, SecretString};

use super::{Sql, time};
use crate::secret::Hash;

pub(crate) const TO_VERSION_9: &str = "
    CREATE TABLE answered (
        only    INTEGER PRIMARY KEY CHECK (only = 1),
        at      INTEGER NOT NULL,
        outcome TEXT NOT NULL,
        key     INTEGER NOT NULL
    ) STRICT;";

/// The key was taken.
pub const ACCEPTED: &str = "accepted";

/// The outcomes that tell something about the key: [`ACCEPTED`], and `centrex::Error::code` of the refusals.
const ABOUT_THE_KEY: [&str; 3] = [ACCEPTED, "wrong-key", "forbidden"];

/// Tells one key from another, and nothing else about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark(u16);

impl Mark {
    /// Of a key.
    pub fn of(key: &SecretString) -> Self {
        let [first, second, ..] = Hash::of(key.expose_secret().as_bytes()).0;
        Self(u16::from_be_bytes([first, second]))
    }
}

/// What the operator said last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// When.
    pub at: Timestamp,
    /// What.
    pub outcome: String,
    /// To which key.
    pub key: Mark,
}

/// Writes an answer down, if it tells something about the key.
pub(crate) fn put(db: &Connection, key: Mark, outcome: &str, at: Timestamp) -> Sql<()> {
    if !ABOUT_THE_KEY.contains(&outcome) {
        return Ok(());
    }
    db.prepare_cached("INSERT OR REPLACE INTO answered (only, at, outcome, key) VALUES (1, ?1, ?2, ?3)")?
        .execute(params![at.as_millisecond(), outcome, key.0])?;
    Ok(())
}

pub(crate) fn get(db: &Connection) -> Sql<Option<Answered>> {
    let mut query = db.prepare_cached("SELECT at, outcome, key FROM answered")?;
    query
        .query_row([], |row| {
            Ok(Answered {
                at: time(row.get(0)?)?,
                outcome: row.get(1)?,
                key: Mark(row.get(2)?),
            })
        })
        .optional()
}
