//! From when to when this desktop could hear of calls, and what became of those that it couldn't hear.
//!
//! Times are by this computer's clock. An interval begins when the relay's stream is live and ends when it is lost; between
//! two of them lies a hole, which the relay's replay fills or not. A crash leaves the last interval open: the next start
//! closes it at the last sign of life, which is written at most once a minute, and with each event.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::row::timestamp;
use super::{Journal, JournalError};

/// A sign of life sooner after the last one isn't written.
const ALIVE_EVERY_S: i64 = 60;

/// What changed in hearing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hearing {
    /// The relay's stream is live.
    Live(Timestamp),
    /// It still is: a heartbeat, or an event.
    Alive(Timestamp),
    /// It is lost; when it last gave a sign of life.
    Lost(Timestamp),
    /// The relay has told everything up to now: the holes before are filled.
    Filled,
    /// The relay no longer knew what had happened: calls of the holes before may be missing.
    Gap,
}

/// What is known of a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hole {
    /// Not yet filled: there is no connection, or the replay hasn't come so far.
    Open,
    /// The relay told everything that happened meanwhile.
    Filled,
    /// The relay no longer knew: calls may be missing.
    Gap,
}

/// A piece of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Its begin.
    pub from: Timestamp,
    /// Its end, not included.
    pub until: Timestamp,
    /// `None`: every call was heard; else what became of the hole.
    pub hole: Option<Hole>,
}

/// An interval of hearing as it stands in the journal and in its export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// Live since.
    pub from: Timestamp,
    /// Until then; while it lasts, the last sign of life.
    pub until: Timestamp,
    /// What is known of the hole before it.
    pub hole_before: Hole,
}

const HOLES: [(Hole, &str); 3] = [(Hole::Open, "open"), (Hole::Filled, "filled"), (Hole::Gap, "gap")];

fn hole(word: &str) -> Hole {
    let known = HOLES.iter().find(|(_, known)| *known == word);
    known.map_or(Hole::Open, |(hole, _)| *hole)
}

fn word(hole: Hole) -> &'static str {
    let known = HOLES.iter().find(|(known, _)| *known == hole);
    known.map_or("open", |(_, word)| word)
}

/// The last interval: begin, end, and whether it lasts.
fn last(db: &Connection) -> rusqlite::Result<Option<(i64, i64, bool)>> {
    db.prepare_cached("SELECT from_us, until_us, open FROM heard ORDER BY from_us DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()
}

fn extend(db: &Connection, from_us: i64, until_us: i64, open: bool) -> rusqlite::Result<()> {
    db.prepare_cached("UPDATE heard SET until_us = max(until_us, ?2), open = ?3 WHERE from_us = ?1")?
        .execute(params![from_us, until_us, open])
        .map(drop)
}

/// Writes one change, in the caller's transaction.
pub(super) fn write(db: &Connection, change: Hearing) -> rusqlite::Result<()> {
    let last = last(db)?;
    match change {
        Hearing::Live(at) => {
            let at_us = at.as_microsecond();
            match last {
                Some((from_us, _, true)) => extend(db, from_us, at_us, true),
                _ => {
                    // A clock that was set back doesn't make two intervals overlap.
                    let from_us =
                        last.map_or(at_us, |(_, until_us, _)| at_us.max(until_us.saturating_add(1)));
                    db.prepare_cached(
                        "INSERT INTO heard (from_us, until_us, open, hole) VALUES (?1, ?1, 1, 'open')",
                    )?
                    .execute([from_us])
                    .map(drop)
                }
            }
        }
        Hearing::Alive(at) | Hearing::Lost(at) => match last {
            Some((from_us, _, true)) => extend(
                db,
                from_us,
                at.as_microsecond(),
                matches!(change, Hearing::Alive(_)),
            ),
            _ => Ok(()),
        },
        Hearing::Filled | Hearing::Gap => {
            let became = if change == Hearing::Gap {
                Hole::Gap
            } else {
                Hole::Filled
            };
            db.prepare_cached("UPDATE heard SET hole = ?1 WHERE hole = 'open'")?
                .execute([word(became)])
                .map(drop)
        }
    }
}

/// The intervals that touch a time, oldest first; the last value tells whether it lasts.
pub(super) fn intervals(
    db: &Connection,
    from_us: i64,
    until_us: i64,
) -> rusqlite::Result<Vec<(Heard, bool)>> {
    // The one before the time and the one after it are wanted too: they bound its holes.
    let mut query = db.prepare_cached(
        "SELECT from_us, until_us, hole, open FROM heard
         WHERE from_us >= coalesce((SELECT max(from_us) FROM heard WHERE from_us <= ?1), ?1)
           AND from_us <= coalesce((SELECT min(from_us) FROM heard WHERE from_us >= ?2), ?2)
         ORDER BY from_us",
    )?;
    let rows = query.query_map([from_us, until_us], |row| {
        let heard = Heard {
            from: timestamp(row.get(0)?),
            until: timestamp(row.get(1)?),
            hole_before: hole(&row.get::<_, String>(2)?),
        };
        Ok((heard, row.get(3)?))
    })?;
    rows.collect()
}

/// Adds an interval from an export, unless one is known that touches it. Gives whether it was added.
pub(super) fn add(db: &Connection, heard: &Heard) -> rusqlite::Result<bool> {
    let (from_us, until_us) = (heard.from.as_microsecond(), heard.until.as_microsecond());
    if until_us < from_us {
        return Ok(false);
    }
    db.prepare_cached(
        "INSERT INTO heard (from_us, until_us, open, hole) SELECT ?1, ?2, 0, ?3
         WHERE NOT EXISTS (SELECT 1 FROM heard WHERE from_us <= ?2 AND until_us >= ?1)",
    )?
    .execute(params![from_us, until_us, word(heard.hole_before)])
    .map(|added| added > 0)
}

impl Journal {
    /// When something was last heard or written, as far as calls and coverage tell; `None` in a new journal.
    ///
    /// # Errors
    /// [`JournalError`]
    pub fn last_sign_of_life(&self) -> Result<Option<Timestamp>, JournalError> {
        let newest: Option<i64> = self
            .db
            .prepare_cached(
                "SELECT max(at) FROM (SELECT max(until_us) AS at FROM heard UNION ALL SELECT max(started_us) FROM call)",
            )?
            .query_row([], |row| row.get(0))?;
        Ok(newest.and_then(|at| Timestamp::from_microsecond(at).ok()))
    }

    /// Writes a change in hearing by itself; [`super::Change::Heard`] writes it together with calls. A sign of life within a
    /// minute of the one before is let go.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written.
    pub fn coverage(&mut self, change: Hearing) -> Result<(), JournalError> {
        if let Hearing::Alive(at) = change {
            let since = self.alive.map(|last| at.duration_since(last).as_secs());
            // A clock that was set back counts as long ago.
            if since.is_some_and(|since| (0..ALIVE_EVERY_S).contains(&since)) {
                return Ok(());
            }
        }
        self.apply(&[super::Change::Heard(change)], None)
    }

    /// The time from `from` to `until` in pieces, oldest first: when calls were heard, and holes. What lies before the first
    /// connection of this journal is in none. The interval that lasts is taken to reach to `until`: don't ask beyond now.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn coverage_between(&self, from: Timestamp, until: Timestamp) -> Result<Vec<Stretch>, JournalError> {
        let found = intervals(&self.db, from.as_microsecond(), until.as_microsecond())?;
        let mut pieces = Vec::new();
        let mut before: Option<Timestamp> = None;
        let clipped = |start: Timestamp, end: Timestamp, hole| {
            let piece = Stretch {
                from: start.max(from),
                until: end.min(until),
                hole,
            };
            (piece.from < piece.until).then_some(piece)
        };
        for (heard, lasts) in &found {
            if let Some(before) = before {
                pieces.extend(clipped(before, heard.from, Some(heard.hole_before)));
            }
            let end = if *lasts {
                until.max(heard.until)
            } else {
                heard.until
            };
            pieces.extend(clipped(heard.from, end, None));
            before = Some(end);
        }
        if let Some(before) = before {
            pieces.extend(clipped(before, until, Some(Hole::Open)));
        }
        Ok(pieces)
    }
}
