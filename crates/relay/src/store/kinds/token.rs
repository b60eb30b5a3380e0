//! `token` and `token_account`: the desktops that may listen.
//!
//! | column | |
//! |---|---|
//! | `token.id` | a name for people and logs, no secret: `tok_…` |
//! | `token.hash` | SHA-256 of the bearer token; the token itself is kept nowhere |
//! | `token.label` | given at enrolment |
//! | `token.created_at`, `token.last_used_at`, `token.revoked_at` | |
//! | `token.may_dial` | 1: watch and dial, 0: watch only |
//! | `token.issued_at` | when the bearer token of `hash` was made, if not at `created_at` |
//! | `token.next_hash`, `token.next_issued_at` | a renewal: the bearer token that takes the place of `hash` at its first use |
//! | `token_account.token`, `token_account.account` | whose calls it hears |
//!
//! Until a renewed bearer token was used once, the old one stays good: an answer that got lost locks nobody out. Name, label
//! and accounts stay, so streams and `Idempotency-Key`s go on through a renewal.
//!
//! A revoked token stays in the list, without its accounts, so that people see what became of it: for `keep.dials`, as the
//! audit trail that names it.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;
use rusqlite::{Connection, params};
use telephony::AccountId;

use super::{Sql, time};
use crate::secret::Hash;

pub(crate) const TABLE: &str = "
    CREATE TABLE token (
        id           TEXT PRIMARY KEY,
        hash         BLOB NOT NULL UNIQUE,
        label        TEXT NOT NULL,
        created_at   INTEGER NOT NULL,
        last_used_at INTEGER,
        revoked_at   INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE token_account (
        token   TEXT NOT NULL REFERENCES token (id),
        account TEXT NOT NULL,
        PRIMARY KEY (token, account)
    ) STRICT, WITHOUT ROWID;";

/// Scopes and renewal.
pub(crate) const TO_VERSION_4: &str = "
    ALTER TABLE token ADD COLUMN may_dial INTEGER NOT NULL DEFAULT 1;
    ALTER TABLE token ADD COLUMN issued_at INTEGER;
    ALTER TABLE token ADD COLUMN next_hash BLOB;
    ALTER TABLE token ADD COLUMN next_issued_at INTEGER;";

/// A desktop that may listen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// A name for people and logs.
    pub id: String,
    /// Of the bearer token.
    pub hash: Hash,
    /// Given at enrolment.
    pub label: String,
    /// Whose calls it hears.
    pub accounts: BTreeSet<AccountId>,
    /// Whether it may place calls too.
    pub may_dial: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the bearer token in force was made.
    pub issued_at: Timestamp,
    /// A renewal that wasn't used yet.
    pub next: Option<Renewal>,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// A bearer token that was handed out and not used yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Renewal {
    /// Of the bearer token.
    pub hash: Hash,
    /// When it was made.
    pub issued_at: Timestamp,
}

pub(crate) fn insert(db: &Connection, token: &Token) -> Sql<()> {
    db.prepare_cached(
        "INSERT INTO token (id, hash, label, created_at, may_dial) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![
        token.id,
        token.hash.0,
        token.label,
        token.created_at.as_millisecond(),
        token.may_dial
    ])?;
    for account in &token.accounts {
        db.prepare_cached("INSERT INTO token_account (token, account) VALUES (?1, ?2)")?
            .execute([&token.id, &account.0])?;
    }
    Ok(())
}

/// All tokens, oldest first, the revoked ones included.
pub(crate) fn list(db: &Connection) -> Sql<Vec<Token>> {
    let mut query = db.prepare_cached(
        "SELECT id, hash, label, created_at, last_used_at, revoked_at, may_dial, issued_at, next_hash, next_issued_at
         FROM token ORDER BY created_at, id",
    )?;
    let rows = query.query_map([], |row| {
        let created_at = time(row.get(3)?)?;
        let issued_at: Option<i64> = row.get(7)?;
        let next: Option<[u8; 32]> = row.get(8)?;
        let next_issued_at = row.get::<_, Option<i64>>(9)?.map(time).transpose()?;
        Ok(Token {
            id: row.get(0)?,
            hash: Hash(row.get(1)?),
            label: row.get(2)?,
            accounts: BTreeSet::new(),
            may_dial: row.get(6)?,
            created_at,
            issued_at: issued_at.map(time).transpose()?.unwrap_or(created_at),
            next: next.zip(next_issued_at).map(|(hash, issued_at)| Renewal {
                hash: Hash(hash),
                issued_at,
            }),
            last_used_at: row.get::<_, Option<i64>>(4)?.map(time).transpose()?,
            revoked_at: row.get::<_, Option<i64>>(5)?.map(time).transpose()?,
        })
    })?;
    let mut tokens: Vec<Token> = rows.collect::<Sql<_>>()?;
    // At once: there are as many as desktops.
    let mut query = db.prepare_cached("SELECT token, account FROM token_account")?;
    let mut rows = query.query([])?;
    let mut accounts: HashMap<String, BTreeSet<AccountId>> = HashMap::new();
    while let Some(row) = rows.next()? {
        accounts
            .entry(row.get(0)?)
            .or_default()
            .insert(AccountId(row.get(1)?));
    }
    for token in &mut tokens {
        token.accounts = accounts.remove(&token.id).unwrap_or_default();
    }
    Ok(tokens)
}

/// Whose calls a token hears.
pub(crate) fn accounts(db: &Connection, id: &str) -> Sql<Vec<AccountId>> {
    let mut query = db.prepare_cached("SELECT account FROM token_account WHERE token = ?1")?;
    let rows = query.query_map([id], |row| row.get(0).map(AccountId))?;
    rows.collect()
}

/// Revokes a token; false when there is none, or it was revoked before.
pub(crate) fn revoke(db: &Connection, id: &str, now: Timestamp) -> Sql<bool> {
    let changed = db
        .prepare_cached("UPDATE token SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL")?
        .execute(params![id, now.as_millisecond()])?;
    db.prepare_cached("DELETE FROM token_account WHERE token = ?1")?
        .execute([id])?;
    Ok(changed > 0)
}

/// Forgets up to `limit` tokens that were revoked before `before` and whose code is forgotten.
pub(crate) fn forget(db: &Connection, before: Timestamp, limit: usize) -> Sql<usize> {
    db.prepare_cached(
        "DELETE FROM token WHERE id IN (SELECT id FROM token WHERE revoked_at < ?1
             AND id NOT IN (SELECT token FROM enrolment WHERE token IS NOT NULL) LIMIT ?2)",
    )?
    .execute(params![
        before.as_millisecond(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    ])
}

pub(crate) fn used(db: &Connection, id: &str, now: Timestamp) -> Sql<()> {
    db.prepare_cached("UPDATE token SET last_used_at = ?2 WHERE id = ?1")?
        .execute(params![id, now.as_millisecond()])?;
    Ok(())
}

/// Hands a token in force a new bearer token, in place of a renewal that was never used; false when it isn't in force.
pub(crate) fn renew(db: &Connection, id: &str, next: &Renewal) -> Sql<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE token SET next_hash = ?2, next_issued_at = ?3 WHERE id = ?1 AND revoked_at IS NULL",
        )?
        .execute(params![id, next.hash.0, next.issued_at.as_millisecond()])?;
    Ok(changed > 0)
}

/// A renewed bearer token was used: it takes the old one's place. False when that has been done, or another renewal came.
pub(crate) fn promote(db: &Connection, id: &str, hash: &Hash) -> Sql<bool> {
    let changed = db
        .prepare_cached(
            "UPDATE token SET hash = next_hash, issued_at = next_issued_at, next_hash = NULL, next_issued_at = NULL
             WHERE id = ?1 AND next_hash = ?2",
        )?
        .execute(params![id, hash.0])?;
    Ok(changed > 0)
}
