//! `history`: one row, the range of event positions that this database knows.
//!
//! | column | |
//! |---|---|
//! | `floor` | the oldest position that can be resumed from: every later event is still kept |
//! | `head` | the newest position: of an event or of a start |
//! | `last_callback_at` | when the platform's last callback came, whatever became of it; since version 2 |
//! | `began` | the first `floor`; as long as the two are the same nothing was ever forgotten. Null in a database that is older than version 11 |
//!
//! A fresh database starts both positions at its time of creation in microseconds since the epoch: 16 digits, below 2^53;
//! and so does each start of a relay (see [`super::event`]). Events then count up by one, far slower than microseconds
//! pass; so positions grow even across a database that was set aside or came back from a backup, and sort alike as
//! numbers and as strings. A position that this database never gave out belongs to one that was lost: it is answered by
//! a gap.

use jiff::Timestamp;
use relay_api::wire::EventId;
use rusqlite::{Connection, params};

use super::{Sql, column, event, event_id, time};

pub(crate) const TABLE: &str = "
    CREATE TABLE history (
        only  INTEGER PRIMARY KEY CHECK (only = 1),
        floor INTEGER NOT NULL,
        head  INTEGER NOT NULL
    ) STRICT;";

/// From version 1 to version 2.
pub(crate) const TO_VERSION_2: &str = "ALTER TABLE history ADD COLUMN last_callback_at INTEGER;";

/// From version 10 to version 11.
pub(crate) const TO_VERSION_11: &str = "ALTER TABLE history ADD COLUMN began INTEGER;";

/// Where somebody begins who knows nothing: everything that this database ever held comes after it.
pub(crate) const BEGINNING: EventId = EventId(0);

/// The positions that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The oldest one to resume from.
    pub floor: EventId,
    /// The newest.
    pub head: EventId,
}

/// Makes the row of a fresh database, which has gone through all the steps.
pub(crate) fn begin(db: &Connection, now: Timestamp) -> Sql<()> {
    let start = now.as_microsecond();
    db.execute(
        "INSERT INTO history (only, floor, head, began) VALUES (1, ?1, ?1, ?1)",
        [start],
    )?;
    Ok(())
}

pub(crate) fn range(db: &Connection) -> Sql<Range> {
    let mut query = db.prepare_cached("SELECT floor, head FROM history")?;
    query.query_row([], |row| {
        Ok(Range {
            floor: event_id(row.get(0)?),
            head: event_id(row.get(1)?),
        })
    })
}

/// Whether a subscriber that has everything up to `position` can be given everything since.
pub(crate) fn knows(db: &Connection, position: EventId) -> Sql<bool> {
    if position == BEGINNING {
        return db
            .prepare_cached("SELECT began IS floor FROM history")?
            .query_row([], |row| row.get(0));
    }
    Ok(position == range(db)?.floor || event::is_kept(db, position)?)
}

/// Begins a relay's run: a position of its own, later than all before, those of a database that this one replaces included.
pub(crate) fn start(db: &Connection, now: Timestamp) -> Sql<EventId> {
    let next = range(db)?.head.0 + 1;
    let clock = u64::try_from(now.as_microsecond()).unwrap_or_default();
    let id = EventId(next.max(clock));
    event::insert_start(db, id, now)?;
    set_head(db, id)?;
    Ok(id)
}

pub(crate) fn last_callback(db: &Connection) -> Sql<Option<Timestamp>> {
    let at: Option<i64> = db
        .prepare_cached("SELECT last_callback_at FROM history")?
        .query_row([], |row| row.get(0))?;
    at.map(time).transpose()
}

pub(crate) fn set_head(db: &Connection, head: EventId) -> Sql<()> {
    note(db, head, None)
}

/// Notes, once for all that is written together, the newest position, and when the platform's last callback came if one did.
pub(crate) fn note(db: &Connection, head: EventId, callback_at: Option<Timestamp>) -> Sql<()> {
    db.prepare_cached("UPDATE history SET head = ?1, last_callback_at = coalesce(?2, last_callback_at)")?
        .execute(params![column(head), callback_at.map(Timestamp::as_millisecond)])?;
    Ok(())
}

pub(crate) fn raise_floor(db: &Connection, floor: EventId) -> Sql<()> {
    db.prepare_cached("UPDATE history SET floor = max(floor, ?1)")?
        .execute([column(floor)])?;
    Ok(())
}
