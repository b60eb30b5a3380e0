//! That a start costs the same however much is kept: a relay has to accept again within a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;

use super::kinds::{forward, history, token};
use super::{Batch, integrity, schema, writer};
use crate::correlate::Limits;
use crate::ingest;
use crate::purge::{self, Keep, SLICE};

/// So many events, half as many ended calls, callbacks that wait to be passed on, presses and answers to presses.
fn holding(rows: i64, now: Timestamp) -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let (db, _) = schema::open(folder.path(), now).unwrap();
    db.execute_batch("BEGIN").unwrap();
    for table in [
        "event (id, account, at, body) SELECT id, '100' || (id % 50), ?2, '{}'",
        "call (call_id, account, live, state, since, body) SELECT id / 2, '100' || (id % 2), 0, 2, ?2, '{}'",
        "forward (destination, call_id, at, method, query) SELECT 'crm', id, ?2, 'GET', x'61'",
        "dialled (at, token, label, account, number, outcome) SELECT ?2, 'tok', '', '1001', id, 'accepted'",
        "dial (token, key, request, begun_at) SELECT 'tok', id, x'00', ?2",
    ] {
        let rows_of = "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)";
        let insert = format!("{rows_of} INSERT INTO {table} FROM n");
        db.execute(&insert, [rows, now.as_millisecond()]).unwrap();
    }
    history::set_head(&db, super::kinds::event_id(rows)).unwrap();
    db.execute_batch("COMMIT").unwrap();
    (folder, db)
}

/// What a start asks of the database before the first callback's commit, and what runs in the writing thread right after it.
fn start(db: &mut Connection, path: &std::path::Path, now: Timestamp) {
    integrity::at_start(db, path).unwrap();
    writer::start(db, now).unwrap();
    token::list(db).unwrap();
    let mut batch = Batch::of(db);
    ingest::sweep_some(&mut batch, &Limits::default(), now).unwrap();
    let gone = purge::slice(&mut batch, &Keep::default(), now).unwrap();
    assert_eq!(gone, purge::Forgotten::default(), "all of it is kept");
    assert_eq!(forward::keep_only(db, &["crm".to_owned()], SLICE).unwrap(), 0);
}

/// How many steps SQLite's machine takes for it.
fn steps(rows: i64) -> u64 {
    let now = Timestamp::now();
    let (folder, mut db) = holding(rows, now);
    let steps = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&steps);
    let count = move || {
        counted.fetch_add(1, Ordering::Relaxed);
        false
    };
    db.progress_handler(1, Some(count)).unwrap();
    start(&mut db, &folder.path().join(super::FILE), now);
    steps.load(Ordering::Relaxed)
}

#[test]
fn a_start_costs_the_same_however_much_is_kept() {
    // Enough for both ends of each table to be read as far as they are.
    let (few, many) = (steps(1_000), steps(40_000));
    println!("{few} steps with 1,000 of each, {many} with 40,000");
    assert!(few > 1_000, "it was counted: {few}");
    assert!(
        many < few + few / 50,
        "{few} with 1,000 of each, {many} with 40,000"
    );
}
