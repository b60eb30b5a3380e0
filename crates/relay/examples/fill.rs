//! Fills a data folder as a relay that was busy for long has filled it: for benchmarks and tests.
//!
//! `cargo run --release -p centrex-relay --example fill -- DIR EVENTS`

use std::error::Error;
use std::path::{Path, PathBuf};

use centrex_relay::store;
use jiff::Timestamp;

/// Rows of one commit: few enough for the log beside the database to stay small.
const COMMIT: u64 = 100_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: fill DIR EVENTS";
    let folder: PathBuf = arguments.next().ok_or(usage)?.into();
    let events = arguments.next().ok_or(usage)?;
    let events = events.to_str().ok_or(usage)?.parse()?;
    fill(&folder, events)
}

/// Adds this many events, of 5,000 accounts and of the last days, behind what is there, and an ended call for each three.
///
/// # Errors
/// What the store says.
pub fn fill(folder: &Path, events: u64) -> Result<(), Box<dyn Error>> {
    let now = Timestamp::now();
    let mut done = 0;
    while done < events {
        let (from, count) = (i64::try_from(done)?, i64::try_from(COMMIT.min(events - done))?);
        let at = now.as_millisecond() - 1000;
        store::direct(folder, now, |db| {
            let head: i64 = db.query_row("SELECT head FROM history", [], |row| row.get(0))?;
            let event = "INSERT INTO event (id, account, at, body)
                SELECT ?1 + value, 4200000 + (?2 + value) % 5000, ?3, json_object('id', ?1 + value, 'at', '2027-01-15T08:00:00Z',
                    'kind', 'call', 'call', json_object('call_id', 'c' || (?2 + value), 'account_id', '' || (4200000 + (?2 + value) % 5000),
                    'direction', 'incoming', 'state', 'ended', 'calling_number', '+33199000012', 'called_number', '+33199000034',
                    'started_at', '2027-01-15T08:00:00Z', 'connected_at', '2027-01-15T08:00:05Z',
                    'ended_at', '2027-01-15T08:01:00Z', 'status', 'NORMAL', 'billable_duration', 55, 'extra', json_object()))
                FROM (WITH RECURSIVE n (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < ?4) SELECT value FROM n)";
            db.execute(event, [head, from, at, count])?;
            let call = "INSERT INTO call (call_id, account, live, state, since, body)
                SELECT 'c' || id, account, 0, 2, at, json_extract(body, '$.call') FROM event WHERE id > ?1 AND id % 3 = 0";
            db.execute(call, [head])?;
            db.execute("UPDATE history SET head = ?1", [head + count])?;
            Ok(())
        })?;
        done += u64::try_from(count)?;
    }
    Ok(())
}
