//! `early`: connected and end callbacks whose call has no start yet.
//!
//! | column | |
//! |---|---|
//! | `call_id` | the key |
//! | `since` | when the first of them came |
//! | `body` | the `correlate::Early` as JSON |
//!
//! Gone once a start comes, or after `calls.early_limit`: then it is set aside in [`super::unmatched`].

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};
use telephony::CallId;

use super::{Sql, around, document, to_document};
use crate::correlate::Early;

pub(crate) const TABLE: &str = "
    CREATE TABLE early (
        call_id TEXT PRIMARY KEY,
        since   INTEGER NOT NULL,
        body    TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX early_since ON early (since);";

pub(crate) fn get(db: &Connection, call_id: &CallId) -> Sql<Option<Early>> {
    let mut query = db.prepare_cached("SELECT body FROM early WHERE call_id = ?1")?;
    let body: Option<String> = query.query_row([&call_id.0], |row| row.get(0)).optional()?;
    body.map(|body| document(&body)).transpose()
}

/// Keeps, replaces, or with `None` forgets.
pub(crate) fn put(db: &Connection, call_id: &CallId, early: Option<&Early>) -> Sql<()> {
    match early {
        None => db
            .prepare_cached("DELETE FROM early WHERE call_id = ?1")?
            .execute([&call_id.0])?,
        Some(early) => db
            .prepare_cached(
                "INSERT INTO early (call_id, since, body) VALUES (?1, ?2, ?3)
                 ON CONFLICT (call_id) DO UPDATE SET since = ?2, body = ?3",
            )?
            .execute(params![
                call_id.0,
                early.since.as_millisecond(),
                to_document(early)?
            ])?,
    };
    Ok(())
}

/// Takes out up to `most` of what has waited for its start longer than `limit`, or longer than that is still to come (the
/// clock was set back): call id and document.
pub(crate) fn take_overdue(
    db: &Connection,
    now: Timestamp,
    limit: SignedDuration,
    most: u32,
) -> Sql<Vec<(CallId, String)>> {
    let mut query = db.prepare_cached(
        "DELETE FROM early WHERE call_id IN (SELECT call_id FROM early WHERE since <= ?1 OR since >= ?2 LIMIT ?3)
         RETURNING call_id, body",
    )?;
    let (past, ahead) = around(now, limit);
    let rows = query.query_map(params![past, ahead, most], |row| {
        Ok((CallId(row.get(0)?), row.get::<_, String>(1)?))
    })?;
    rows.collect()
}
