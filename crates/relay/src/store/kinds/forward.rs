//! `forward` and `forward_state`: callbacks that wait to be passed on to other programs, as they came, and how each of those
//! destinations does.
//!
//! | column | |
//! |---|---|
//! | `forward.id` | counts up, in the order in which the callbacks were taken |
//! | `forward.destination` | the destination's name in the configuration |
//! | `forward.call_id` | those of one call go out one after the other; empty: in no order |
//! | `forward.at` | when it came |
//! | `forward.method`, `forward.query`, `forward.content_type`, `forward.body` | the request, byte for byte; body null when it had none |
//! | `forward_state.destination` | its name |
//! | `forward_state.delivered`, `forward_state.delivered_at` | how many arrived, and when the last one did |
//! | `forward_state.failed_at`, `forward_state.failure` | the last try that failed, and why, without secrets |
//! | `forward_state.waiting` | how many rows of `forward` it has; kept by triggers, so that it is right whoever writes them |
//! | `forward_state.dropped_full`, `forward_state.dropped_old`, `forward_state.dropped_refused` | how many never arrived: no room in the queue, waited too long, refused for good |
//!
//! Written in the same transaction as the callback itself, removed once the destination has answered 2xx (or it is given
//! up). A relay that dies between the answer and the removal sends it again: at least once, in order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Sql, time};

pub(crate) const TO_VERSION_7: &str = "
    CREATE TABLE forward (
        id           INTEGER PRIMARY KEY AUTOINCREMENT,
        destination  TEXT NOT NULL,
        call_id      TEXT NOT NULL,
        at           INTEGER NOT NULL,
        method       TEXT NOT NULL,
        query        BLOB NOT NULL,
        content_type TEXT,
        body         BLOB
    ) STRICT;
    CREATE INDEX forward_destination ON forward (destination, id);
    CREATE TABLE forward_state (
        destination     TEXT PRIMARY KEY,
        delivered       INTEGER NOT NULL DEFAULT 0,
        delivered_at    INTEGER,
        failed_at       INTEGER,
        failure         TEXT,
        dropped_full    INTEGER NOT NULL DEFAULT 0,
        dropped_old     INTEGER NOT NULL DEFAULT 0,
        dropped_refused INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;";

pub(crate) const TO_VERSION_10: &str = "
    ALTER TABLE forward_state ADD COLUMN waiting INTEGER NOT NULL DEFAULT 0;
    INSERT INTO forward_state (destination, waiting)
        SELECT destination, count(*) FROM forward WHERE true GROUP BY destination
        ON CONFLICT DO UPDATE SET waiting = excluded.waiting;
    CREATE TRIGGER forward_comes AFTER INSERT ON forward BEGIN
        INSERT INTO forward_state (destination, waiting) VALUES (new.destination, 1)
            ON CONFLICT DO UPDATE SET waiting = waiting + 1;
    END;
    CREATE TRIGGER forward_goes AFTER DELETE ON forward BEGIN
        UPDATE forward_state SET waiting = waiting - 1 WHERE destination = old.destination;
    END;";

/// A callback as it came, for one destination or several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// HTTP method.
    pub method: String,
    /// The query, without the question mark.
    pub query: Vec<u8>,
    /// The `Content-Type`, if there was one.
    pub content_type: Option<String>,
    /// The body of a POST.
    pub body: Option<Vec<u8>>,
}

/// One that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Its call; empty when it has none.
    pub call_id: String,
    /// When it came.
    pub at: Timestamp,
}

/// How a destination does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// How many arrived.
    pub delivered: u64,
    /// When the last one did.
    pub delivered_at: Option<Timestamp>,
    /// The last try that failed, and why.
    pub failed: Option<(Timestamp, String)>,
    /// Never queued: there was no room.
    pub dropped_full: u64,
    /// Waited too long.
    pub dropped_old: u64,
    /// Refused for good by the destination.
    pub dropped_refused: u64,
}

/// Why a callback was never delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dropped {
    /// No room in the queue.
    Full,
    /// It waited too long.
    Old,
    /// The destination refused it for good.
    Refused,
}

impl Dropped {
    /// A stable word for metrics and logs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Old => "old",
            Self::Refused => "refused",
        }
    }
}

pub(crate) fn insert(
    db: &Connection,
    destination: &str,
    call_id: &str,
    request: &Request,
    now: Timestamp,
) -> Sql<()> {
    db.prepare_cached(
        "INSERT INTO forward (destination, call_id, at, method, query, content_type, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        destination,
        call_id,
        now.as_millisecond(),
        request.method,
        request.query,
        request.content_type,
        request.body
    ])?;
    Ok(())
}

/// How many wait for a destination, those of the transaction under way included.
pub(crate) fn count_waiting(db: &Connection, destination: &str) -> Sql<u64> {
    let mut query = db.prepare_cached("SELECT waiting FROM forward_state WHERE destination = ?1")?;
    let found: Option<i64> = query.query_row([destination], |row| row.get(0)).optional()?;
    Ok(found
        .and_then(|count| u64::try_from(count).ok())
        .unwrap_or_default())
}

/// Those of a destination after the number `after`, in order.
pub(crate) fn waiting(db: &Connection, destination: &str, after: i64, limit: i64) -> Sql<Vec<Waiting>> {
    let mut query = db.prepare_cached(
        "SELECT id, call_id, at FROM forward WHERE destination = ?1 AND id > ?2 ORDER BY id LIMIT ?3",
    )?;
    let rows = query.query_map(params![destination, after, limit], |row| {
        Ok(Waiting {
            id: row.get(0)?,
            call_id: row.get(1)?,
            at: time(row.get(2)?)?,
        })
    })?;
    rows.collect()
}

pub(crate) fn request(db: &Connection, id: i64) -> Sql<Option<Request>> {
    let mut query =
        db.prepare_cached("SELECT method, query, content_type, body FROM forward WHERE id = ?1")?;
    query
        .query_row([id], |row| {
            Ok(Request {
                method: row.get(0)?,
                query: row.get(1)?,
                content_type: row.get(2)?,
                body: row.get(3)?,
            })
        })
        .optional()
}

pub(crate) fn remove(db: &Connection, id: i64) -> Sql<()> {
    db.prepare_cached("DELETE FROM forward WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// How many wait for each destination, and since when the oldest one does.
pub(crate) fn backlog(db: &Connection) -> Sql<BTreeMap<String, (u64, Timestamp)>> {
    let mut query =
        db.prepare_cached("SELECT destination, count(*), min(at) FROM forward GROUP BY destination")?;
    let rows = query.query_map([], |row| {
        let count: i64 = row.get(1)?;
        Ok((
            row.get(0)?,
            (u64::try_from(count).unwrap_or_default(), time(row.get(2)?)?),
        ))
    })?;
    rows.collect()
}

/// What is left of the queues of others is found by their counts and by the index, however much waits.
const OTHERS: &str = "DELETE FROM forward WHERE id IN (
         SELECT id FROM forward WHERE destination IN (
             SELECT destination FROM forward_state
             WHERE waiting > 0 AND destination NOT IN (SELECT value FROM json_each(?1)))
         LIMIT ?2)";

/// Forgets up to `limit` of what waits for destinations that aren't in `names`; gives how many.
pub(crate) fn keep_only(db: &Connection, names: &[String], limit: usize) -> Sql<usize> {
    let names = super::to_document(&names)?;
    db.prepare_cached(OTHERS)?
        .execute(params![names, i64::try_from(limit).unwrap_or(i64::MAX)])
}

pub(crate) fn note_delivered(db: &Connection, destination: &str, now: Timestamp) -> Sql<()> {
    db.prepare_cached(
        "INSERT INTO forward_state (destination, delivered, delivered_at) VALUES (?1, 1, ?2)
         ON CONFLICT DO UPDATE SET delivered = delivered + 1, delivered_at = excluded.delivered_at",
    )?
    .execute(params![destination, now.as_millisecond()])?;
    Ok(())
}

pub(crate) fn note_failed(db: &Connection, destination: &str, failure: &str, now: Timestamp) -> Sql<()> {
    db.prepare_cached(
        "INSERT INTO forward_state (destination, failed_at, failure) VALUES (?1, ?2, ?3)
         ON CONFLICT DO UPDATE SET failed_at = excluded.failed_at, failure = excluded.failure",
    )?
    .execute(params![destination, now.as_millisecond(), failure])?;
    Ok(())
}

pub(crate) fn note_dropped(db: &Connection, destination: &str, why: Dropped) -> Sql<()> {
    db.prepare_cached(
        "INSERT INTO forward_state (destination, dropped_full, dropped_old, dropped_refused) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET dropped_full = dropped_full + excluded.dropped_full,
             dropped_old = dropped_old + excluded.dropped_old,
             dropped_refused = dropped_refused + excluded.dropped_refused",
    )?
    .execute(params![
        destination,
        why == Dropped::Full,
        why == Dropped::Old,
        why == Dropped::Refused
    ])?;
    Ok(())
}

pub(crate) fn state(db: &Connection, destination: &str) -> Sql<State> {
    let mut query = db.prepare_cached(
        "SELECT delivered, delivered_at, failed_at, failure, dropped_full, dropped_old, dropped_refused
         FROM forward_state WHERE destination = ?1",
    )?;
    let count = |value: i64| u64::try_from(value).unwrap_or_default();
    let found = query
        .query_row([destination], |row| {
            let failed_at = row.get::<_, Option<i64>>(2)?.map(time).transpose()?;
            Ok(State {
                delivered: count(row.get(0)?),
                delivered_at: row.get::<_, Option<i64>>(1)?.map(time).transpose()?,
                failed: failed_at.zip(row.get(3)?),
                dropped_full: count(row.get(4)?),
                dropped_old: count(row.get(5)?),
                dropped_refused: count(row.get(6)?),
            })
        })
        .optional()?;
    Ok(found.unwrap_or_default())
}
