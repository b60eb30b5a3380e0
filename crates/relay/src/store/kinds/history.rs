//! `history`: one row, the range of event positions that this database knows.
//!
//! | column | |
//! |---|---|
//! | `floor` | the oldest position that can be resumed from: every later event is still kept |
//! | `head` | the position of the newest event |
//!
//! A fresh database starts both at its time of creation in microseconds since the epoch: 16 digits, below 2^53. Events
//! then count up by one, far slower than microseconds pass; so positions grow even across a database that was set aside,
//! sort alike as numbers and as strings, and one from a lost database lies below the floor: it is answered by a gap.

use jiff::Timestamp;
use relay_api::wire::EventId;
use rusqlite::Connection;

use super::{Sql, column, event_id};

pub(crate) const TABLE: &str = "
    CREATE TABLE history (
        only  INTEGER PRIMARY KEY CHECK (only = 1),
        floor INTEGER NOT NULL,
        head  INTEGER NOT NULL
    ) STRICT;";

/// The positions that are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The oldest one to resume from.
    pub floor: EventId,
    /// The newest.
    pub head: EventId,
}

impl Range {
    /// Whether a subscriber that has everything up to `position` can be given everything since.
    pub fn knows(&self, position: EventId) -> bool {
        (self.floor..=self.head).contains(&position)
    }
}

pub(crate) fn begin(db: &Connection, now: Timestamp) -> Sql<()> {
    let start = now.as_microsecond();
    db.execute(
        "INSERT INTO history (only, floor, head) VALUES (1, ?1, ?1)",
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

pub(crate) fn set_head(db: &Connection, head: EventId) -> Sql<()> {
    db.prepare_cached("UPDATE history SET head = ?1")?
        .execute([column(head)])?;
    Ok(())
}

pub(crate) fn raise_floor(db: &Connection, floor: EventId) -> Sql<()> {
    db.prepare_cached("UPDATE history SET floor = max(floor, ?1)")?
        .execute([column(floor)])?;
    Ok(())
}
