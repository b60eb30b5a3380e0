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

use jiff::{SignedDuration, Timestamp};
use relay_api::wire::EventId;
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use telephony::AccountId;

use super::{Sql, column, event_id, history, time, token};

pub(crate) const TABLE: &str = "
    CREATE TABLE event (
        id      INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        at      INTEGER NOT NULL,
        body    TEXT NOT NULL
    ) STRICT;
    CREATE INDEX event_account ON event (account, id);
    CREATE INDEX event_at ON event (at);";

/// From version 2 to version 3: events are forgotten in their own order, and one index less is written with each.
pub(crate) const TO_VERSION_3: &str = "DROP INDEX event_at;";

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

/// Of a call on this account, given as the document that it is kept as.
pub(crate) fn insert(
    db: &Connection,
    id: EventId,
    account: AccountId,
    call: &str,
    at: Timestamp,
) -> Sql<StoredEvent> {
    let body = of_call(id, call, at);
    db.prepare_cached("INSERT INTO event (id, account, at, body) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![column(id), account.0, at.as_millisecond(), body])?;
    Ok(StoredEvent {
        id,
        account,
        body: body.into(),
    })
}

/// `relay_api::wire::Event` of a call as JSON. The call's document is there already, and each callback makes one of these: it
/// is put together, which a test holds to the wire's own form.
fn of_call(id: EventId, call: &str, at: Timestamp) -> String {
    format!("{{\"id\":\"{id}\",\"at\":\"{at}\",\"kind\":\"call\",\"call\":{call}}}")
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
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM event WHERE account > ''")?
        .query_row([], |row| row.get(0))?;
    let oldest: Option<i64> = db
        .prepare_cached("SELECT at FROM event WHERE account <> '' ORDER BY id LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok((
        u64::try_from(count).unwrap_or_default(),
        oldest.map(time).transpose()?,
    ))
}

/// When the newest row was written.
pub(crate) fn newest_at(db: &Connection) -> Sql<Option<Timestamp>> {
    let at: Option<i64> = db
        .prepare_cached("SELECT at FROM event ORDER BY id DESC LIMIT 1")?
        .query_row([], |row| row.get(0))
        .optional()?;
    at.map(time).transpose()
}

/// Events of a token's accounts after `after`, up to and with `until`, oldest first: at most `limit`, and no more than
/// `bytes` of JSON unless a single one is longer. Whether that is all of them.
///
/// Each account's positions come from an index and are merged here, so that a page costs a page, however much was missed.
pub(crate) fn page(
    db: &Connection,
    token: &str,
    after: EventId,
    until: EventId,
    (limit, bytes): (usize, usize),
) -> Sql<(Vec<StoredEvent>, bool)> {
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let accounts = token::accounts(db, token)?;
    let mut taken = Taken::new(bytes);
    if let [account] = &accounts[..] {
        // Nearly every desktop has one: nothing to merge.
        let mut rows = db.prepare_cached(
            "SELECT id, account, body FROM event WHERE account = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ?4",
        )?;
        let rows = rows.query_map(params![account.0, column(after), column(until), most + 1], stored)?;
        for (count, event) in rows.enumerate() {
            if count == limit || !taken.take(event?) {
                return Ok((taken.events, false));
            }
        }
        return Ok((taken.events, true));
    }
    let mut positions = db.prepare_cached(
        "SELECT id FROM event WHERE account = ?1 AND id > ?2 AND id <= ?3 ORDER BY id LIMIT ?4",
    )?;
    let mut ids: Vec<i64> = Vec::new();
    for account in accounts {
        let rows = positions.query_map(
            params![account.0, column(after), column(until), most + 1],
            |row| row.get(0),
        )?;
        for id in rows {
            ids.push(id?);
        }
    }
    ids.sort_unstable();
    let is_all = ids.len() <= limit;
    let mut body = db.prepare_cached("SELECT id, account, body FROM event WHERE id = ?1")?;
    for id in ids.into_iter().take(limit) {
        if !taken.take(body.query_row([id], stored)?) {
            return Ok((taken.events, false));
        }
    }
    Ok((taken.events, is_all))
}

fn stored(row: &Row<'_>) -> Sql<StoredEvent> {
    Ok(StoredEvent {
        id: event_id(row.get(0)?),
        account: AccountId(row.get(1)?),
        body: row.get(2)?,
    })
}

/// Events of a page, within its bytes.
pub(crate) struct Taken {
    pub(crate) events: Vec<StoredEvent>,
    left: usize,
}

impl Taken {
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            events: Vec::new(),
            left: bytes,
        }
    }

    /// False when it doesn't fit; one alone always does.
    pub(crate) fn take(&mut self, event: StoredEvent) -> bool {
        let rest = self.left.checked_sub(event.body.len());
        if rest.is_none() && !self.events.is_empty() {
            return false;
        }
        self.left = rest.unwrap_or_default();
        self.events.push(event);
        true
    }
}

/// Events of all accounts after `after`, oldest first, at most `limit`.
pub(crate) fn after(db: &Connection, after: EventId, limit: u32) -> Sql<Vec<StoredEvent>> {
    let mut query = db.prepare_cached(
        "SELECT id, account, body FROM event WHERE id > ?1 AND account <> '' ORDER BY id LIMIT ?2",
    )?;
    let rows = query.query_map(params![column(after), limit], |row| {
        let body: String = row.get(2)?;
        Ok(StoredEvent {
            id: event_id(row.get(0)?),
            account: AccountId(row.get(1)?),
            body: body.into(),
        })
    })?;
    rows.collect()
}

/// A time so far ahead of the clock that the clock was wrong when it was written.
const AHEAD: SignedDuration = SignedDuration::from_hours(24);

/// Forgets up to `limit` of the oldest events that were made before `before`, and raises the floor over them.
///
/// It goes by position and stops at the first event that is to be kept, so that no wrong clock of the past can drag newer
/// events along. An event whose time is still to come says nothing; it goes with the old ones that follow it, however many
/// there are. A start without a later event that is forgotten stays: who has everything up to it has missed nothing.
pub(crate) fn forget(db: &Connection, before: Timestamp, now: Timestamp, limit: usize) -> Sql<usize> {
    let ahead = now
        .saturating_add(AHEAD)
        .unwrap_or(Timestamp::MAX)
        .as_millisecond();
    let before = before.as_millisecond();
    let most = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut oldest =
        db.prepare_cached("SELECT id, at FROM event WHERE account <> '' AND at <= ?1 ORDER BY id LIMIT ?2")?;
    let mut rows = oldest.query([ahead, most])?;
    let mut last = None;
    while let Some(row) = rows.next()? {
        let (id, at): (i64, i64) = (row.get(0)?, row.get(1)?);
        if at >= before {
            break;
        }
        last = Some(id);
    }
    drop(rows);
    let Some(last) = last else { return Ok(0) };
    // No more than a slice, those of the future included.
    let slice: i64 = db
        .prepare_cached("SELECT max(id) FROM (SELECT id FROM event ORDER BY id LIMIT ?1)")?
        .query_row([most], |row| row.get(0))?;
    forget_to(db, last.min(slice))
}

/// Forgets the `limit` oldest events whatever their age.
pub(crate) fn forget_oldest(db: &Connection, limit: usize) -> Sql<usize> {
    let last: Option<i64> = db
        .prepare_cached(
            "SELECT max(id) FROM (SELECT id FROM event WHERE account <> '' ORDER BY id LIMIT ?1)",
        )?
        .query_row([i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?;
    last.map_or(Ok(0), |last| forget_to(db, last))
}

fn forget_to(db: &Connection, last: i64) -> Sql<usize> {
    history::raise_floor(db, event_id(last))?;
    db.prepare_cached("DELETE FROM event WHERE id <= ?1")?
        .execute([last])
}

#[cfg(test)]
mod tests {
    use relay_api::wire::{Event, EventBody};
    use telephony::Call;

    use super::*;
    use crate::store::kinds::to_document;

    #[test]
    fn an_event_is_worded_as_on_the_wire() {
        let at: Timestamp = "2026-11-27T02:00:00.000456789Z".parse().unwrap();
        for at in [at, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
            let call: Call = serde_json::from_value(serde_json::json!({
                "call_id": "a\"b\\c\u{1}é", "account_id": "1001", "direction": "incoming", "state": "ended",
                "calling_number": "+33142685300", "called_number": "204", "started_at": at, "ended_at": at,
                "status": "NO\nANSWER", "extra": {"x[2]": "\u{2028}"},
            }))
            .unwrap();
            let told = of_call(EventId(17), &to_document(&call).unwrap(), at);
            let event = Event {
                id: EventId(17),
                at,
                body: EventBody::Call { call },
            };
            assert_eq!(told, to_document(&event).unwrap());
        }
    }
}
