//! `event`: what happened, ready to be sent.
//!
//! | column | |
//! |---|---|
//! | `id` | its position, see [`super::history`] |
//! | `account` | the account that it concerns |
//! | `at` | when it was made |
//! | `body` | the whole `relay_api::wire::Event` as JSON, as it goes on the wire |
//!
//! A row with an empty account and body is a start of the relay: it is sent to nobody, and its position is the one that
//! streams begin at until something happens.
//!
//! Kept for `events.keep`; what is dropped raises the floor.

use std::sync::Arc;

use jiff::Timestamp;
use relay_api::wire::{Event, EventBody, EventId};
use rusqlite::{Connection, OptionalExtension as _, params};
use telephony::{AccountId, Call};

use super::{Sql, column, event_id, history, time, to_document};

pub(crate) const TABLE: &str = "
    CREATE TABLE event (
        id      INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        at      INTEGER NOT NULL,
        body    TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_account ON event (account, id);
    CREATE INDEX event_at ON event (at);";

/// An event on disk.
#[derive(Clone, Debug)]
pub struct StoredEvent {
    /// Its position.
    pub id: EventId,
    /// The account that it concerns.
    pub account: AccountId,
    /// The JSON of the wire.
    pub body: Arc<str>,
}

pub(crate) fn insert(db: &Connection, id: EventId, call: Call, at: Timestamp) -> Sql<StoredEvent> {
    let account = call.account_id.clone();
    let body = to_document(&Event {
        id,
        at,
        body: EventBody::Call { call },
    })?;
    db.prepare_cached("INSERT INTO event (id, account, at, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![column(id), account.0, at.as_millisecond(), body])?;
    Ok(StoredEvent {
        id,
        account,
        body: body.into(),
    })
}

/// The position at which a relay starts.
pub(crate) fn insert_start(db: &Connection, id: EventId, at: Timestamp) -> Sql<()> {
    db.prepare_cached("INSERT INTO event (id, account, at, body) VALUES (?1, '', ?2, '')")?
        .execute(params![column(id), at.as_millisecond()])?;
    Ok(())
}

/// Whether there is an event or a start at this position.
pub(crate) fn is_kept(db: &Connection, id: EventId) -> Sql<bool> {
    db.prepare_cached("SELECT 1 FROM event WHERE id = ?1")?
        .exists([column(id)])
}

/// How many events are kept, and when the oldest was made.
pub(crate) fn kept(db: &Connection) -> Sql<(u64, Option<Timestamp>)> {
    let (count, oldest): (i64, Option<i64>) = db
        .prepare_cached("SELECT count(*), min(at) FROM event WHERE account <> ''")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((
        u64::try_from(count).unwrap_or_default(),
        oldest.map(time).transpose()?,
    ))
}

/// Events of a token's accounts after `after`, up to and with `until`, oldest first, at most `limit`.
pub(crate) fn page(
    db: &Connection,
    token: &str,
    after: EventId,
    until: EventId,
    limit: usize,
) -> Sql<Vec<StoredEvent>> {
    let mut query = db.prepare_cached(
        "SELECT event.id, event.account, event.body
         FROM event JOIN token_account ON token_account.account = event.account
         WHERE token_account.token = ?1 AND event.id > ?2 AND event.id <= ?3
         ORDER BY event.id LIMIT ?4",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query.query_map(params![token, column(after), column(until), limit], |row| {
        let body: String = row.get(2)?;
        Ok(StoredEvent {
            id: event_id(row.get(0)?),
            account: AccountId(row.get(1)?),
            body: body.into(),
        })
    })?;
    rows.collect()
}

/// Drops what was made before `before`, and raises the floor over it. A start without a later event that is dropped stays:
/// who has everything up to it has missed nothing.
pub(crate) fn prune(db: &Connection, before: Timestamp) -> Sql<usize> {
    let last: Option<i64> = db
        .prepare_cached("SELECT max(id) FROM event WHERE at < ?1 AND account <> ''")?
        .query_row([before.as_millisecond()], |row| row.get(0))
        .optional()?
        .flatten();
    let Some(last) = last else { return Ok(0) };
    history::raise_floor(db, event_id(last))?;
    db.prepare_cached("DELETE FROM event WHERE id <= ?1")?
        .execute([last])
}
