//! Fills a data folder as a relay that was busy for long has filled it: for benchmarks and tests. Ten million events take
//! some two minutes, 6 GB of disk and 150 MB of memory.
//!
//! `cargo run --release -p centrex-relay --example fill -- DIR EVENTS`

use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use centrex_relay::store;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Transaction, params};

/// Accounts that share the calls evenly.
const ACCOUNTS: i64 = 5_000;
/// A call rings, is connected and ends.
const EVENTS_OF_A_CALL: i64 = 3;
/// The events are of so long, evenly: none is too old to be kept.
const SPAN: SignedDuration = SignedDuration::from_hours(6 * 24);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let usage = "usage: fill DIR EVENTS";
    let folder: PathBuf = arguments.next().ok_or(usage)?.into();
    let events = arguments.next().ok_or(usage)?;
    let events = events.to_str().ok_or(usage)?.parse()?;
    fill(&folder, events)
}

/// Adds this many events of the last days behind what is there, and their calls. No relay may run on the folder meanwhile; one
/// that dies leaves nothing that can be used.
///
/// # Errors
/// What the store says.
pub fn fill(folder: &Path, events: u64) -> Result<(), Box<dyn Error>> {
    let now = Timestamp::now();
    // The tables are the relay's own.
    store::direct(folder, now, |_| Ok(()))?;
    let mut db = Connection::open(folder.join(store::FILE))?;
    // No log and no sync: who dies here begins again.
    db.execute_batch(
        "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536",
    )?;
    let tx = db.transaction()?;
    // Built at once afterwards, from what is sorted, instead of row by row all over the file.
    let indices = indices(&tx)?;
    for (name, _) in &indices {
        tx.execute_batch(&format!("DROP INDEX {name}"))?;
    }
    add(&tx, i64::try_from(events)?, now)?;
    for (_, made) in &indices {
        tx.execute_batch(made)?;
    }
    tx.commit()?;
    db.execute_batch("PRAGMA journal_mode = WAL")?;
    Ok(())
}

/// Of events and calls: names, and how they are made.
fn indices(db: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut query = db.prepare(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND tbl_name IN ('event', 'call') AND sql IS NOT NULL",
    )?;
    query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

fn add(tx: &Transaction<'_>, events: i64, now: Timestamp) -> Result<(), Box<dyn Error>> {
    let head: i64 = tx.query_row("SELECT head FROM history", [], |row| row.get(0))?;
    let mut event = tx.prepare("INSERT INTO event (id, account, at, body) VALUES (?1, ?2, ?3, ?4)")?;
    let mut call = tx.prepare(
        "INSERT INTO call (call_id, account, live, state, since, body) VALUES (?1, ?2, 0, 2, ?3, ?4)",
    )?;
    let (newest, each) = (
        now.as_millisecond() - 1000,
        SPAN.as_millis() / i128::from(events.max(1)),
    );
    let (mut body, mut document) = (String::new(), String::new());
    for number in 0..events {
        let at = newest - i64::try_from(each * i128::from(events - 1 - number))?;
        let (of, step) = (number / EVENTS_OF_A_CALL, number % EVENTS_OF_A_CALL);
        let account = (4_200_000 + of % ACCOUNTS).to_string();
        let moment = Timestamp::from_millisecond(at)?;
        let more = match step {
            0 => String::new(),
            1 => format!(r#","connected_at":"{moment}""#),
            _ => format!(
                r#","connected_at":"{moment}","ended_at":"{moment}","status":"NORMAL","billable_duration":55"#
            ),
        };
        document.clear();
        write!(
            document,
            r#"{{"call_id":"{head}-{of:010}","account_id":"{account}","direction":"incoming","state":"{state}","calling_number":"+33199000012","called_number":"+33199000034","started_at":"{moment}"{more},"extra":{{}}}}"#,
            state = ["ringing", "connected", "ended"][usize::try_from(step)?],
        )?;
        let id = head + 1 + number;
        body.clear();
        write!(
            body,
            r#"{{"id":"{id}","at":"{moment}","kind":"call","call":{document}}}"#
        )?;
        event.execute(params![id, account, at, body])?;
        if step == EVENTS_OF_A_CALL - 1 {
            call.execute(params![format!("{head}-{of:010}"), account, at, document])?;
        }
    }
    tx.execute("UPDATE history SET head = ?1", [head + events])?;
    Ok(())
}
