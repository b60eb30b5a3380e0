//! `dial`: what became of each `Idempotency-Key`, so that one press rings a phone at most once, restarts included.
//!
//! | column | |
//! |---|---|
//! | `token`, `key` | who asked, and the key |
//! | `request` | SHA-256 of what was asked |
//! | `begun_at` | written before the platform is asked |
//! | `status`, `body` | the answer; null while it isn't known |
//! | `retry_at` | before when another press is in vain, if that was answered (`Retry-After`); else null |
//!
//! A row without an answer whose relay was restarted stays without: whether the platform was asked can't be known any more,
//! so it is never asked again for that key. Kept for two days.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Sql, time};
use crate::secret::Hash;

pub(crate) const TABLE: &str = "
    CREATE TABLE dial (
        token    TEXT NOT NULL,
        key      TEXT NOT NULL,
        request  BLOB NOT NULL,
        begun_at INTEGER NOT NULL,
        status   INTEGER,
        body     TEXT,
        PRIMARY KEY (token, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX dial_begun ON dial (begun_at);";

pub(crate) const TO_VERSION_13: &str = "ALTER TABLE dial ADD COLUMN retry_at INTEGER;";

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// JSON document.
    pub body: String,
}

/// A dial that was begun.
#[derive(Clone, Debug)]
pub struct Dial {
    /// Of what was asked.
    pub request: Hash,
    /// What was answered.
    pub answer: Option<Answer>,
    /// Before when another press is in vain.
    pub retry_at: Option<Timestamp>,
}

pub(crate) fn get(db: &Connection, token: &str, key: &str) -> Sql<Option<Dial>> {
    let mut query =
        db.prepare_cached("SELECT request, status, body, retry_at FROM dial WHERE token = ?1 AND key = ?2")?;
    query
        .query_row([token, key], |row| {
            let status: Option<u16> = row.get(1)?;
            let body: Option<String> = row.get(2)?;
            let answer = status.zip(body).map(|(status, body)| Answer { status, body });
            Ok(Dial {
                request: Hash(row.get(0)?),
                answer,
                retry_at: row.get::<_, Option<i64>>(3)?.map(time).transpose()?,
            })
        })
        .optional()
}

pub(crate) fn begin(db: &Connection, token: &str, key: &str, request: &Hash, now: Timestamp) -> Sql<()> {
    db.prepare_cached("INSERT INTO dial (token, key, request, begun_at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![token, key, request.0, now.as_millisecond()])?;
    Ok(())
}

pub(crate) fn finish(
    db: &Connection,
    (token, key): (&str, &str),
    answer: &Answer,
    retry_at: Option<Timestamp>,
) -> Sql<()> {
    let retry_at = retry_at.map(Timestamp::as_millisecond);
    db.prepare_cached("UPDATE dial SET status = ?3, body = ?4, retry_at = ?5 WHERE token = ?1 AND key = ?2")?
        .execute(params![token, key, answer.status, answer.body, retry_at])?;
    Ok(())
}

/// Forgets up to `limit` of those that were begun before `before`.
pub(crate) fn forget(db: &Connection, before: Timestamp, limit: usize) -> Sql<usize> {
    db.prepare_cached(
        "DELETE FROM dial WHERE (token, key) IN
         (SELECT token, key FROM dial WHERE begun_at < ?1 ORDER BY begun_at LIMIT ?2)",
    )?
    .execute(params![
        before.as_millisecond(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    ])
}
