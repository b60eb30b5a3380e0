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

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use jiff::Timestamp;
use rusqlite::{Connection, Rows, params};
use telephony::{AccountId, Call, CallId, CallState};

use super::{Sql, around, document, token};
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

/// `body` is its document.
pub(crate) fn put(db: &Connection, call: &Call, body: &str) -> Sql<()> {
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
        body
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

/// The most bytes of live calls that are told at once: a desktop reads a list of 4 MiB.
const LIVE_BYTES: usize = 3 * 1024 * 1024;

/// The live calls of a token's accounts, oldest first: the newest ones, should there be more than is told at once.
pub(crate) fn live(db: &Connection, token: &str) -> Sql<Vec<Call>> {
    let mut query = db.prepare_cached(
        "SELECT call.body FROM call JOIN token_account ON token_account.account = call.account
         WHERE token_account.token = ?1 AND call.live = 1 ORDER BY call.since DESC, call.call_id DESC",
    )?;
    let mut rows = query.query([token])?;
    let (mut calls, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let body = row.get_ref(0)?.as_str()?;
        bytes += body.len();
        if bytes > LIVE_BYTES {
            tracing::warn!("more calls live than can be told at once; the oldest are left off");
            break;
        }
        calls.push(document(body)?);
    }
    calls.reverse();
    Ok(calls)
}

/// Both states by the index `call_waiting`: of all calls that are kept, few live.
const ALL_LIVE: &str = "SELECT body FROM call WHERE state IN (0, 1) ORDER BY since, call_id, account";

/// All live calls of all accounts, oldest first.
pub(crate) fn all_live(db: &Connection) -> Sql<Vec<Call>> {
    let mut query = db.prepare_cached(ALL_LIVE)?;
    let rows = query.query_map([], |row| row.get::<_, String>(0))?;
    rows.map(|body| document(&body?)).collect()
}

/// Newest first, straight off the index `call_account`.
const ENDED: &str = "SELECT since, call_id, body FROM call WHERE account = ?1 AND live = 0
     ORDER BY since DESC, call_id DESC";

/// The ended calls of a token's accounts that are kept, newest first, as many as fit into `bytes` of JSON; and whether
/// older ones were left off.
///
/// Each account's come in order from an index and are merged here, so that a list costs what is in it, however much is kept.
pub(crate) fn ended(db: &Connection, token: &str, bytes: usize) -> Sql<(Vec<Call>, bool)> {
    let accounts = token::accounts(db, token)?;
    let mut queries = accounts
        .iter()
        .map(|_| db.prepare(ENDED))
        .collect::<Sql<Vec<_>>>()?;
    let mut rows = queries
        .iter_mut()
        .zip(&accounts)
        .map(|(query, account)| query.query([&account.0]))
        .collect::<Sql<Vec<_>>>()?;
    let next = |rows: &mut Rows<'_>| -> Sql<Option<((i64, String), String)>> {
        rows.next()?
            .map(|row| Ok(((row.get(0)?, row.get(1)?), row.get(2)?)))
            .transpose()
    };
    // The newest of each account; of calls at one moment and of one name, the first account's.
    let mut heads = BinaryHeap::new();
    for (place, rows) in rows.iter_mut().enumerate() {
        heads.extend(next(rows)?.map(|(at, body)| (at, Reverse(place), body)));
    }
    let (mut calls, mut left) = (Vec::new(), bytes);
    while let Some((_, Reverse(place), body)) = heads.pop() {
        // Each is followed by a comma.
        match left.checked_sub(body.len() + 1) {
            Some(rest) => left = rest,
            None => return Ok((calls, true)),
        }
        calls.push(document(&body)?);
        heads.extend(next(&mut rows[place])?.map(|(at, body)| (at, Reverse(place), body)));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::secret::Hash;
    use crate::store::kinds::to_document;
    use crate::store::kinds::token::Token;
    use crate::store::schema;

    fn database() -> Connection {
        schema::in_memory(Timestamp::UNIX_EPOCH).unwrap()
    }

    fn plan(db: &Connection, query: &str) -> String {
        let mut explained = db.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let nothing = vec![rusqlite::types::Null; explained.parameter_count()];
        let steps = explained
            .query_map(rusqlite::params_from_iter(nothing), |row| row.get::<_, String>(3))
            .unwrap();
        steps.collect::<Sql<Vec<_>>>().unwrap().join("; ")
    }

    #[test]
    fn neither_a_list_nor_a_look_at_what_lives_reads_all_that_is_kept() {
        let db = database();
        let list = plan(&db, ENDED);
        assert!(
            list.contains("INDEX call_account") && !list.contains("TEMP B-TREE"),
            "{list}"
        );
        let live = plan(&db, ALL_LIVE);
        assert!(live.contains("INDEX call_waiting (state=?)"), "{live}");
    }

    fn call_at(number: usize, account: u8, state: &str, second: i64) -> Call {
        let at = Timestamp::from_second(second).unwrap();
        let call = json!({
            "call_id": format!("c{number}"), "account_id": format!("100{account}"), "direction": "incoming",
            "state": state, "started_at": at, "ended_at": at,
        });
        serde_json::from_value(call).unwrap()
    }

    proptest! {
        /// The merged list is what one sorted look at everything would give, to the byte where it is cut.
        #[test]
        fn the_ended_calls_come_newest_first_whatever_the_accounts(
            calls in prop::collection::vec((0u8..5, prop::bool::weighted(0.8), 0i64..12), 0..60),
            heard in prop::collection::btree_set(0u8..5, 0..5),
            bytes in 0usize..4000,
        ) {
            let db = database();
            let token = Token {
                id: "tok_1".to_owned(),
                hash: Hash::of(b"a token"),
                label: "Accueil".to_owned(),
                accounts: heard.iter().map(|account| AccountId(format!("100{account}"))).collect::<BTreeSet<_>>(),
                may_dial: true,
                issued_at: Timestamp::UNIX_EPOCH,
                next: None,
                created_at: Timestamp::UNIX_EPOCH,
                last_used_at: None,
                revoked_at: None,
            };
            token::insert(&db, &token).unwrap();
            for (number, (account, is_over, second)) in calls.iter().enumerate() {
                let state = if *is_over { "ended" } else { "ringing" };
                // Some calls are on two accounts.
                let call = call_at(number / 2, *account, state, *second);
                put(&db, &call, &to_document(&call).unwrap()).unwrap();
            }
            let mut all = db
                .prepare(
                    "SELECT call.body FROM call JOIN token_account ON token_account.account = call.account
                     WHERE token_account.token = 'tok_1' AND call.live = 0
                     ORDER BY call.since DESC, call.call_id DESC, call.account",
                )
                .unwrap();
            let all: Vec<String> = all.query_map([], |row| row.get(0)).unwrap().collect::<Sql<_>>().unwrap();
            let (mut fit, mut left) = (0, bytes);
            while let Some(rest) = all.get(fit).and_then(|body| left.checked_sub(body.len() + 1)) {
                (fit, left) = (fit + 1, rest);
            }
            let (calls, is_cut) = ended(&db, "tok_1", bytes).unwrap();
            let calls: Vec<String> = calls.iter().map(|call| to_document(call).unwrap()).collect();
            prop_assert_eq!(&calls[..], &all[..fit]);
            prop_assert_eq!(is_cut, fit < all.len());
        }
    }
}
