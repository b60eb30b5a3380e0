//! `enrolment`: one-time codes that a new desktop trades for a token.
//!
//! | column | |
//! |---|---|
//! | `id` | a name for people, no secret: `enr_…` |
//! | `hash` | SHA-256 of the code in its plain form; the code itself is kept nowhere |
//! | `label`, `accounts` | what the token will have; accounts as a JSON list |
//! | `created_at`, `expires_at`, `used_at`, `revoked_at` | |
//! | `token` | the token that it was traded for |
//! | `may_dial` | whether that token may place calls too |
//!
//! Kept for `keep.dials` after it was traded, revoked or over.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use telephony::AccountId;

use super::{Sql, document, time, to_document};
use crate::secret::Hash;

pub(crate) const TABLE: &str = "
    CREATE TABLE enrolment (
        id         TEXT PRIMARY KEY,
        hash       BLOB NOT NULL UNIQUE,
        label      TEXT NOT NULL,
        accounts   TEXT NOT NULL,
        created_at INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        used_at    INTEGER,
        revoked_at INTEGER,
        token      TEXT REFERENCES token (id)
    ) STRICT, WITHOUT ROWID;";

/// Scopes.
pub(crate) const TO_VERSION_5: &str = "ALTER TABLE enrolment ADD COLUMN may_dial INTEGER NOT NULL DEFAULT 1;";

/// A one-time code, without the code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// A name for people.
    pub id: String,
    /// Of the code.
    pub hash: Hash,
    /// What the token will be called.
    pub label: String,
    /// Whose calls it will hear.
    pub accounts: BTreeSet<AccountId>,
    /// Whether it will be able to place calls too.
    pub may_dial: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is worth nothing.
    pub expires_at: Timestamp,
    /// When it was traded.
    pub used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// What it was traded for.
    pub token: Option<String>,
}

/// Where a code stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// May be traded.
    Open,
    /// Was traded.
    Used,
    /// Was revoked.
    Revoked,
    /// Too old.
    Expired,
}

impl Standing {
    /// A stable word for lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl Enrolment {
    /// Where it stands at `now`.
    pub fn standing(&self, now: Timestamp) -> Standing {
        if self.used_at.is_some() {
            Standing::Used
        } else if self.revoked_at.is_some() {
            Standing::Revoked
        } else if now >= self.expires_at {
            Standing::Expired
        } else {
            Standing::Open
        }
    }
}

const COLUMNS: &str =
    "id, hash, label, accounts, created_at, expires_at, used_at, revoked_at, token, may_dial";

pub(crate) fn insert(db: &Connection, enrolment: &Enrolment) -> Sql<()> {
    db.prepare_cached(
        "INSERT INTO enrolment (id, hash, label, accounts, created_at, expires_at, may_dial)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        enrolment.id,
        enrolment.hash.0,
        enrolment.label,
        to_document(&enrolment.accounts)?,
        enrolment.created_at.as_millisecond(),
        enrolment.expires_at.as_millisecond(),
        enrolment.may_dial
    ])?;
    Ok(())
}

pub(crate) fn by_hash(db: &Connection, hash: &Hash) -> Sql<Option<Enrolment>> {
    let mut query = db.prepare_cached(&format!("SELECT {COLUMNS} FROM enrolment WHERE hash = ?1"))?;
    query.query_row([hash.0], read).optional()
}

pub(crate) fn list(db: &Connection) -> Sql<Vec<Enrolment>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM enrolment ORDER BY created_at, label, id"
    ))?;
    let rows = query.query_map([], read)?;
    rows.collect()
}

pub(crate) fn set_used(db: &Connection, id: &str, token: &str, now: Timestamp) -> Sql<()> {
    db.prepare_cached("UPDATE enrolment SET used_at = ?2, token = ?3 WHERE id = ?1")?
        .execute(params![id, now.as_millisecond(), token])?;
    Ok(())
}

/// Forgets up to `limit` codes that were traded, revoked or over before `before`.
pub(crate) fn forget(db: &Connection, before: Timestamp, limit: usize) -> Sql<usize> {
    db.prepare_cached(
        "DELETE FROM enrolment WHERE id IN
         (SELECT id FROM enrolment WHERE coalesce(used_at, revoked_at, expires_at) < ?1 LIMIT ?2)",
    )?
    .execute(params![
        before.as_millisecond(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    ])
}

/// Revokes an open code; false when there is none.
pub(crate) fn revoke(db: &Connection, id: &str, now: Timestamp) -> Sql<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE enrolment SET revoked_at = ?2 WHERE id = ?1 AND used_at IS NULL AND revoked_at IS NULL",
        )?
        .execute(params![id, now.as_millisecond()])?;
    Ok(changed > 0)
}

fn read(row: &Row<'_>) -> Sql<Enrolment> {
    Ok(Enrolment {
        id: row.get(0)?,
        hash: Hash(row.get(1)?),
        label: row.get(2)?,
        accounts: document(&row.get::<_, String>(3)?)?,
        created_at: time(row.get(4)?)?,
        expires_at: time(row.get(5)?)?,
        used_at: row.get::<_, Option<i64>>(6)?.map(time).transpose()?,
        revoked_at: row.get::<_, Option<i64>>(7)?.map(time).transpose()?,
        token: row.get(8)?,
        may_dial: row.get(9)?,
    })
}
