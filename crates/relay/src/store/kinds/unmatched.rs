//! `unmatched`: callbacks that could not be used, as they came, for a person to look at.
//!
//! | column | |
//! |---|---|
//! | `id` | counts up |
//! | `at` | when it came |
//! | `reason` | a stable word, see [`crate::ingest::Reason`] |
//! | `detail` | what stood out, for a person |
//! | `method` | HTTP method |
//! | `raw` | the query, and after it the form body, as bytes |
//!
//! Kept for `keep.unmatched`, and the newest 10,000 at most.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sql, time};

pub(crate) const TABLE: &str = "
    CREATE TABLE unmatched (
        id     INTEGER PRIMARY KEY AUTOINCREMENT,
        at     INTEGER NOT NULL,
        reason TEXT NOT NULL,
        detail TEXT NOT NULL,
        method TEXT NOT NULL,
        raw    BLOB NOT NULL
    ) STRICT;";

/// How many are kept.
const KEPT: i64 = 10_000;

/// One callback that could not be used.
#[derive(Clone, Debug)]
pub struct Unmatched {
    /// Its number, 0 before it is stored.
    pub id: i64,
    /// When it came.
    pub at: Timestamp,
    /// A stable word.
    pub reason: String,
    /// What stood out.
    pub detail: String,
    /// HTTP method.
    pub method: String,
    /// The query, and after it the form body.
    pub raw: Vec<u8>,
}

pub(crate) fn insert(db: &Connection, one: &Unmatched) -> Sql<()> {
    db.prepare_cached("INSERT INTO unmatched (at, reason, detail, method, raw) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![
            one.at.as_millisecond(),
            one.reason,
            one.detail,
            one.method,
            one.raw
        ])?;
    let newest = db.last_insert_rowid();
    // A few at a time, so that no callback pays for many.
    db.prepare_cached("DELETE FROM unmatched WHERE id <= ?1")?
        .execute([newest - KEPT])?;
    Ok(())
}

/// Forgets up to `limit` of those that came before `before`.
pub(crate) fn forget(db: &Connection, before: Timestamp, limit: usize) -> Sql<usize> {
    db.prepare_cached(
        "DELETE FROM unmatched WHERE id IN (SELECT id FROM unmatched WHERE at < ?1 ORDER BY id LIMIT ?2)",
    )?
    .execute(params![
        before.as_millisecond(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    ])
}

/// How many are kept.
pub(crate) fn count(db: &Connection) -> Sql<u64> {
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM unmatched")?
        .query_row([], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

pub(crate) fn list(db: &Connection, limit: i64) -> Sql<Vec<Unmatched>> {
    let mut query = db.prepare_cached(
        "SELECT id, at, reason, detail, method, raw FROM unmatched ORDER BY id DESC LIMIT ?1",
    )?;
    let rows = query.query_map([limit], read)?;
    rows.collect()
}

pub(crate) fn get(db: &Connection, id: i64) -> Sql<Option<Unmatched>> {
    let mut query =
        db.prepare_cached("SELECT id, at, reason, detail, method, raw FROM unmatched WHERE id = ?1")?;
    query.query_row([id], read).optional()
}

fn read(row: &Row<'_>) -> Sql<Unmatched> {
    Ok(Unmatched {
        id: row.get(0)?,
        at: time(row.get(1)?)?,
        reason: row.get(2)?,
        detail: row.get(3)?,
        method: row.get(4)?,
        raw: row.get(5)?,
    })
}
