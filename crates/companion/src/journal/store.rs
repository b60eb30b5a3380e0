//! Writing calls: row and search index always together, in the caller's transaction.

use rusqlite::{Connection, OptionalExtension, Params, params};
use telephony::{Call, E164};

use super::row::{self, CallBack, Name, Row, Stored, Why};
use super::{JournalError, Keeping, erase, text};
use crate::event::CallKey;
use crate::numbers;
use crate::view::Outcome;

type Result<T> = std::result::Result<T, JournalError>;

/// Calls of one millisecond stand one after the other; more of them than this go to the end of their hour.
const NEIGHBOURS: i64 = 16;
/// Talk that began before a missed call and more than this is not looked for, in milliseconds.
const TALK_REACH_MS: i64 = 24 * 3600 * 1000;
/// How far [`free_id`] may put a call behind its start, unless thousands crowd one hour.
pub(super) const ID_REACH_MS: i64 = 3600 * 1000;

/// The id for a call that starts then: its start in milliseconds since 1970, or the next one free.
pub(super) fn free_id(db: &Connection, started_us: i64) -> Result<i64> {
    let taken = |id: i64| {
        db.prepare_cached("SELECT 1 FROM call WHERE id = ?1")?
            .exists([id])
    };
    let mut base = started_us.div_euclid(1000);
    loop {
        for id in base..base + NEIGHBOURS {
            if !taken(id)? {
                return Ok(id);
            }
        }
        let last: i64 = db
            .prepare_cached("SELECT max(id) FROM call WHERE id >= ?1 AND id < ?2")?
            .query_row([base, base + ID_REACH_MS], |row| row.get(0))?;
        base = last + 1;
    }
}

/// The row of a call, when there is one that can be read.
pub(super) fn load(db: &Connection, key: &CallKey) -> Result<Option<Stored>> {
    let mut query = db.prepare_cached(&format!(
        "SELECT {} FROM call WHERE account = ?1 AND call = ?2",
        row::COLUMNS
    ))?;
    Ok(query
        .query_row(params![key.account.0, key.call.0], row::read)
        .optional()?
        .flatten())
}

/// The rows for which a condition holds.
pub(super) fn stored_where(db: &Connection, condition: &str, params: impl Params) -> Result<Vec<Stored>> {
    let mut query = db.prepare_cached(&format!("SELECT {} FROM call WHERE {condition}", row::COLUMNS))?;
    let mut found = Vec::new();
    for stored in query.query_map(params, row::read)? {
        found.extend(stored?);
    }
    Ok(found)
}

/// Writes a row in the place of the `old` one, and what the search knows of it.
pub(super) fn write(db: &Connection, old: Option<&Stored>, row: &Row) -> Result<()> {
    let started_us = row.call.started_at.as_microsecond();
    let id = match old {
        Some(old) if old.row.call.started_at == row.call.started_at => old.id,
        _ => free_id(db, started_us)?,
    };
    let (call_back, call_back_us) = row.call_back.columns();
    let name = row.name.as_ref();
    let sql = match old {
        None => {
            // A row that can't be read any more gives way; the index doesn't know it.
            db.prepare_cached("DELETE FROM call WHERE account = ?1 AND call = ?2")?
                .execute(params![row.call.account_id.0, row.call.call_id.0])?;
            "INSERT INTO call (id, account, call, started_us, connected_us, direction, outcome, party, name, company,
                name_source, name_since_us, note, call_back, call_back_us, unread, body)
             VALUES (?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
             RETURNING ?1"
        }
        Some(_) => {
            "UPDATE call SET id = ?2, account = ?3, call = ?4, started_us = ?5, connected_us = ?6, direction = ?7,
                outcome = ?8, party = ?9, name = ?10, company = ?11, name_source = ?12, name_since_us = ?13, note = ?14,
                call_back = ?15, call_back_us = ?16, unread = ?17, body = ?18
             WHERE id = ?1 RETURNING ?1"
        }
    };
    db.prepare_cached(sql)?.query_row(
        params![
            old.map_or(id, |old| old.id),
            id,
            row.call.account_id.0,
            row.call.call_id.0,
            started_us,
            row.call.connected_at.map(|at| at.as_microsecond()),
            row::direction_word(row.call.direction),
            row::outcome_word(row.outcome),
            row.party().map(E164::as_str),
            name.and_then(|name| name.display.as_deref()),
            name.and_then(|name| name.company.as_deref()),
            name.map(|name| name.source.as_str()),
            name.and_then(|name| name.since)
                .map(|since| since.as_microsecond()),
            row.note,
            call_back,
            call_back_us,
            row.unread,
            serde_json::to_string(&row.call)?,
        ],
        |_| Ok(()),
    )?;
    let document = text::document(row);
    if let Some(old) = old {
        let before = text::document(&old.row);
        if before == document && old.id == id {
            return Ok(());
        }
        forget_words(db, old.id, &before)?;
    }
    db.prepare_cached("INSERT INTO search (rowid, words) VALUES (?1, ?2)")?
        .execute(params![id, document])?;
    Ok(())
}

fn forget_words(db: &Connection, id: i64, document: &str) -> Result<()> {
    db.prepare_cached("INSERT INTO search (search, rowid, words) VALUES ('delete', ?1, ?2)")?
        .execute(params![id, document])?;
    Ok(())
}

/// Takes a row away, and what the search knows of it.
pub(super) fn remove(db: &Connection, stored: &Stored) -> Result<()> {
    forget_words(db, stored.id, &text::document(&stored.row))?;
    db.prepare_cached("DELETE FROM call WHERE id = ?1")?
        .execute([stored.id])?;
    Ok(())
}

/// Inserts or updates a call by account and call id.
pub(super) fn record(db: &Connection, keeping: &Keeping, call: &Call, unread: bool) -> Result<()> {
    let key = CallKey::of(call);
    if is_deleted(db, &key)? {
        return Ok(());
    }
    let old = load(db, &key)?;
    if old.is_none() && !keeping.keeps(call) {
        return Ok(());
    }
    let mut row = Row::new(call.clone(), unread);
    let mut was_missed = false;
    match &old {
        Some(Stored { row: old, .. }) => {
            was_missed = old.outcome == Outcome::Missed;
            row.name.clone_from(&old.name);
            row.note.clone_from(&old.note);
            row.call_back = old.call_back;
        }
        None => {
            if let Some(party) = row.party() {
                row.name = latest_name(db, party)?;
            }
        }
    }
    let because_missed = matches!(row.call_back, CallBack::Wanted { why: Why::Missed, .. });
    if row.outcome == Outcome::Missed {
        if unread && !was_missed && row.call_back == CallBack::None {
            row.call_back = wanted_because_missed(db, call)?;
        }
    } else if because_missed {
        row.call_back = CallBack::None;
    }
    write(db, old.as_ref(), &row)?;
    if let (Some(party), Some(connected)) = (row.party(), call.connected_at) {
        settle(db, party, connected)?;
    }
    Ok(())
}

/// Takes the row of what turned out to be no call away. No mark of deletion: it may turn out to be one yet.
pub(super) fn unrecord(db: &Connection, key: &CallKey) -> Result<()> {
    match load(db, key)? {
        Some(stored) => remove(db, &stored),
        None => Ok(()),
    }
}

/// What a missed call asks for: to be called back, unless that can't be or its party was talked to since.
pub(super) fn wanted_because_missed(db: &Connection, call: &Call) -> Result<CallBack> {
    if row::outcome(call) != Outcome::Missed || numbers::callable(call.other_party()).is_none() {
        return Ok(CallBack::None);
    }
    let Some(party) = row::party(call) else {
        return Ok(CallBack::None);
    };
    let started_us = call.started_at.as_microsecond();
    let talked: Option<i64> = db
        .prepare_cached(
            "SELECT min(connected_us) FROM call WHERE party = ?1 AND id > ?2 AND connected_us > ?3",
        )?
        .query_row(
            params![
                party.as_str(),
                started_us.div_euclid(1000).saturating_sub(TALK_REACH_MS),
                started_us
            ],
            |row| row.get(0),
        )?;
    Ok(match talked {
        Some(us) => CallBack::Settled {
            at: row::timestamp(us),
        },
        None => CallBack::Wanted {
            why: Why::Missed,
            since: call.started_at,
        },
    })
}

/// The party was talked to: what was to be called back before is settled, on whichever account.
fn settle(db: &Connection, party: &E164, connected: jiff::Timestamp) -> Result<()> {
    let waiting = stored_where(
        db,
        "party = ?1 AND call_back IN ('hand', 'missed') AND call_back_us < ?2",
        params![party.as_str(), connected.as_microsecond()],
    )?;
    for old in waiting {
        let mut row = old.row.clone();
        row.call_back = CallBack::Settled { at: connected };
        write(db, Some(&old), &row)?;
    }
    Ok(())
}

/// The party's name as its latest call has it.
fn latest_name(db: &Connection, party: &E164) -> Result<Option<Name>> {
    let latest = stored_where(db, "party = ?1 ORDER BY id DESC LIMIT 1", [party.as_str()])?;
    Ok(latest.into_iter().next().and_then(|stored| stored.row.name))
}

pub(super) fn is_deleted(db: &Connection, key: &CallKey) -> Result<bool> {
    let among = |table: &str| -> Result<bool> {
        Ok(db
            .prepare_cached(&format!("SELECT 1 FROM {table} WHERE account = ?1 AND call = ?2"))?
            .exists(params![key.account.0, key.call.0])?)
    };
    Ok(among("deleted")? || (erase::is_under_way(db)? && among("erased")?))
}
