//! `call`: the last state of each call on each account: what `/v1/calls` shows, and the memory of correlation.
//!
//! | column | |
//! |---|---|
//! | `call_id`, `account` | the key |
//! | `live` | 1 while it rings or talks |
//! | `state` | 0 ringing, 1 connected, 2 ended |
//! | `since` | when it reached that state |
//! | `body` | the `telephony::Call` as JSON |
//!
//! Live calls are kept until they end or a limit closes them; ended ones for `keep.calls`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, params};
use telephony::{AccountId, Call, CallId, CallState};

use super::{Sql, around, document, to_document};
use crate::correlate::{Limits, Record};

pub(crate) const TABLE: &str = "
    CREATE TABLE call (
        call_id TEXT NOT NULL,
        account TEXT NOT NULL,
        live    INTEGER NOT NULL,
        state   INTEGER NOT NULL,
        since   INTEGER NOT NULL,
        body    TEXT NOT NULL,
        PRIMARY KEY (call_id, account)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX call_waiting ON call (state, since);
    CREATE INDEX call_account ON call (account, live, since);";

/// The legs of a call, as a record of correlation without its early part.
pub(crate) fn record(db: &Connection, call_id: &CallId) -> Sql<Record> {
    let mut query = db.prepare_cached("SELECT body FROM call WHERE call_id = ?1")?;
    let rows = query.query_map([&call_id.0], |row| row.get::<_, String>(0))?;
    let mut legs = BTreeMap::new();
    for body in rows {
        let call: Call = document(&body?)?;
        legs.insert(call.account_id.clone(), call);
    }
    Ok(Record { legs, early: None })
}

pub(crate) fn put(db: &Connection, call: &Call) -> Sql<()> {
    let (state, since) = match call.state {
        CallState::Ringing => (0, call.started_at),
        CallState::Connected => (1, call.connected_at.unwrap_or(call.started_at)),
        CallState::Ended => (2, call.ended_at.unwrap_or(call.started_at)),
    };
    let live = i64::from(call.state != CallState::Ended);
    db.prepare_cached(
        "INSERT INTO call (call_id, account, live, state, since, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (call_id, account) DO UPDATE SET live = ?3, state = ?4, since = ?5, body = ?6",
    )?
    .execute(params![
        call.call_id.0,
        call.account_id.0,
        live,
        state,
        since.as_millisecond(),
        to_document(call)?
    ])?;
    Ok(())
}

/// Up to `most` calls that have waited for news longer than a limit allows, or whose last news is further ahead of the clock
/// than the limit: then the clock was set back.
pub(crate) fn overdue(db: &Connection, now: Timestamp, limits: &Limits, most: u32) -> Sql<Vec<CallId>> {
    let mut query = db.prepare_cached(
        "SELECT DISTINCT call_id FROM call
         WHERE (state = 0 AND (since <= ?1 OR since >= ?2)) OR (state = 1 AND (since <= ?3 OR since >= ?4)) LIMIT ?5",
    )?;
    let ((a, b), (c, d)) = (around(now, limits.ringing), around(now, limits.talking));
    let rows = query.query_map(params![a, b, c, d, most], |row| row.get(0).map(CallId))?;
    rows.collect()
}

/// The live calls of a token's accounts, oldest first.
pub(crate) fn live(db: &Connection, token: &str) -> Sql<Vec<Call>> {
    let mut query = db.prepare_cached(
        "SELECT call.body FROM call JOIN token_account ON token_account.account = call.account
         WHERE token_account.token = ?1 AND call.live = 1 ORDER BY call.since, call.call_id LIMIT 10000",
    )?;
    let rows = query.query_map([token], |row| row.get::<_, String>(0))?;
    rows.map(|body| document(&body?)).collect()
}

/// All live calls of all accounts, oldest first.
pub(crate) fn all_live(db: &Connection) -> Sql<Vec<Call>> {
    let mut query =
        db.prepare_cached("SELECT body FROM call WHERE live = 1 ORDER BY since, call_id, account")?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|body| document(&body?)).collect()
}

/// The ended calls of a token's accounts that are kept, newest first, as many as fit into `bytes` of JSON; and whether
/// older ones were left off.
pub(crate) fn ended(db: &Connection, token: &str, bytes: usize) -> Sql<(Vec<Call>, bool)> {
    let mut query = db.prepare_cached(
        "SELECT call.body FROM call JOIN token_account ON token_account.account = call.account
         WHERE token_account.token = ?1 AND call.live = 0 ORDER BY call.since DESC, call.call_id",
    )?;
    let mut rows = query.query([token])?;
    let (mut calls, mut left) = (Vec::new(), bytes);
    while let Some(row) = rows.next()? {
        let body: String = row.get(0)?;
        // Each is followed by a comma.
        match left.checked_sub(body.len() + 1) {
            Some(rest) => left = rest,
            None => return Ok((calls, true)),
        }
        calls.push(document(&body)?);
    }
    Ok((calls, false))
}

/// The accounts of all calls that are kept. Each costs one step in an index, however many calls it has.
pub(crate) fn accounts(db: &Connection) -> Sql<Vec<AccountId>> {
    let mut query = db.prepare_cached(
        "WITH RECURSIVE known (account) AS (
             SELECT min(account) FROM call
             UNION ALL
             SELECT (SELECT min(account) FROM call WHERE call.account > known.account) FROM known
             WHERE known.account IS NOT NULL)
         SELECT account FROM known WHERE account IS NOT NULL",
    )?;
    let rows = query.query_map([], |row| row.get(0).map(AccountId))?;
    rows.collect()
}

/// How many of an account's calls that are kept had news after `after`.
pub(crate) fn count(db: &Connection, account: &AccountId, after: Timestamp) -> Sql<u64> {
    let count: i64 = db
        .prepare_cached("SELECT count(*) FROM call WHERE account = ?1 AND live IN (0, 1) AND since > ?2")?
        .query_row(params![account.0, after.as_millisecond()], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Forgets up to `limit` calls that ended before `before`.
pub(crate) fn forget(db: &Connection, before: Timestamp, limit: usize) -> Sql<usize> {
    db.prepare_cached(
        "DELETE FROM call WHERE (call_id, account) IN
         (SELECT call_id, account FROM call WHERE state = 2 AND since < ?1 ORDER BY since LIMIT ?2)",
    )?
    .execute(params![
        before.as_millisecond(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    ])
}
