//! What holds for every write, seen from beside the writer.

use std::sync::mpsc;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use relay_api::wire::EventId;
use rusqlite::Connection;
use serde_json::json;
use telephony::{AccountId, Call};

use super::kinds::event::StoredEvent;
use super::kinds::token::Token;
use super::kinds::{event, history};
use super::*;
use crate::correlate::Limits;
use crate::purge::{self, Keep, SLICE};

/// Tells of each event that is handed out whether another connection finds it in the database.
struct Onlooker {
    path: PathBuf,
    seen: mpsc::Sender<(EventId, bool)>,
}

impl Committed for Onlooker {
    fn events(&self, events: Vec<StoredEvent>) {
        let database = Connection::open(&self.path).unwrap();
        for event in events {
            let id = kinds::column(event.id);
            let count = "SELECT count(*) FROM event WHERE id = ?1";
            let count: i64 = database.query_row(count, [id], |row| row.get(0)).unwrap();
            self.seen.send((event.id, count == 1)).unwrap();
        }
    }

    fn forgotten(&self, _: EventId) {}

    fn tokens(&self, _: Vec<Token>) {}
}

fn call() -> Call {
    call_on("1001")
}

fn call_on(account: &str) -> Call {
    let call = json!({
        "call_id": "c1", "account_id": account, "direction": "incoming", "state": "ringing",
        "started_at": Timestamp::UNIX_EPOCH,
    });
    serde_json::from_value(call).unwrap()
}

fn document(call: &Call) -> String {
    kinds::to_document(call).unwrap()
}

#[tokio::test]
async fn what_is_handed_out_is_on_disk_and_what_failed_never_is() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, seen) = mpsc::channel();
    let committed = Box::new(Onlooker {
        path: folder.path().join(FILE),
        seen: sender,
    });
    let now = Timestamp::UNIX_EPOCH;
    let (writer, _, begun) = Writer::start(folder.path(), WriterOptions { committed }, now).unwrap();
    let write = |fails| {
        writer.run(move |batch| {
            batch.publish(call().account_id, &document(&call()), now)?;
            if fails {
                Err(rusqlite::Error::InvalidQuery)
            } else {
                Ok(())
            }
        })
    };
    // Side by side, so that good and bad may share a commit.
    let (first, bad, second) = tokio::join!(write(false), write(true), write(false));
    first.unwrap();
    bad.unwrap_err();
    second.unwrap();
    // An answer comes after the handing out, so all of it is here.
    let seen: Vec<_> = seen.try_iter().collect();
    let wanted = [EventId(begun.head.0 + 1), EventId(begun.head.0 + 2)];
    assert_eq!(seen, wanted.map(|id| (id, true)));
}

/// Whether all are done together or each in a savepoint.
#[test]
fn of_the_jobs_of_one_commit_one_that_fails_is_undone_alone() {
    for repeatable in [false, true] {
        let (told, heard) = mpsc::channel();
        let job = |name: &'static str| {
            let work = move |batch: &mut Batch<'_>| {
                batch.publish(AccountId(name.to_owned()), "{}", Timestamp::UNIX_EPOCH)?;
                match name {
                    "bad" => Err(rusqlite::Error::InvalidQuery),
                    name => Ok(name),
                }
            };
            let told = told.clone();
            let then = move |name: &&'static str| told.send(*name).unwrap();
            if repeatable {
                job::repeatable(work, then)
            } else {
                job::once(work)
            }
        };
        let mut store = InMemory::new(Timestamp::UNIX_EPOCH);
        let head = store.head().0;
        let (jobs, answers): (Vec<_>, Vec<_>) = ["first", "bad", "second"].map(job).into_iter().unzip();
        let events = store.commit_all(jobs);
        let events: Vec<_> = events
            .iter()
            .map(|event| (event.id.0, &*event.account.0))
            .collect();
        assert_eq!(events, [(head + 1, "first"), (head + 2, "second")]);
        assert_eq!(store.head().0, head + 2);
        let kept = store
            .ask(|db| Ok((positions(db), history::range(db)?.head.0)))
            .unwrap();
        assert_eq!(kept, (vec![head, head + 1, head + 2], head + 2));
        let answers = answers
            .into_iter()
            .map(|mut answer| answer.try_recv().unwrap().ok());
        assert!(answers.eq([Some("first"), None, Some("second")]));
        let follows: &[_] = if repeatable { &["first", "second"] } else { &[] };
        assert!(heard.try_iter().eq(follows.iter().copied()));
        // A job that fails alone in its commit.
        let (bad, mut answer) = job("bad");
        assert!(store.commit_all(vec![bad]).is_empty());
        answer.try_recv().unwrap().unwrap_err();
        assert_eq!(
            store.ask(|db| Ok(positions(db))).unwrap(),
            [head, head + 1, head + 2]
        );
    }
}

/// A database with events at these positions, each of an account and of a second since the epoch.
fn with_events(events: &[(u64, &str, i64)]) -> (tempfile::TempDir, Connection) {
    let folder = tempfile::tempdir().unwrap();
    let (database, _) = schema::open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
    let tx = database.unchecked_transaction().unwrap();
    for (id, account, at) in events {
        let at = Timestamp::from_second(*at).unwrap();
        let call = call_on(account);
        event::insert(&tx, EventId(*id), call.account_id.clone(), &document(&call), at).unwrap();
    }
    tx.commit().unwrap();
    (folder, database)
}

fn listens_to(database: &Connection, accounts: &[&str]) {
    let token = "INSERT INTO token (id, hash, label, created_at) VALUES ('tok_1', x'00', 'Accueil', 0)";
    database.execute(token, []).unwrap();
    for account in accounts {
        let account_of = "INSERT INTO token_account (token, account) VALUES ('tok_1', ?1)";
        database.execute(account_of, [account]).unwrap();
    }
}

fn positions(database: &Connection) -> Vec<u64> {
    let mut query = database.prepare("SELECT id FROM event ORDER BY id").unwrap();
    let ids = query.query_map([], |row| row.get(0)).unwrap();
    ids.map(|id| kinds::event_id(id.unwrap()).0).collect()
}

#[test]
fn what_is_old_goes_in_slices_and_the_floor_follows() {
    let many: Vec<_> = (1..=SLICE as u64 + 10).map(|id| (id, "1001", 100)).collect();
    let (_folder, database) = with_events(&[&many[..], &[(9_000, "1001", 5_000)]].concat());
    let (before, now) = (
        Timestamp::from_second(4_000).unwrap(),
        Timestamp::from_second(5_000).unwrap(),
    );
    let forget = || event::forget(&database, before, now, SLICE).unwrap();
    assert_eq!((forget(), forget(), forget()), (SLICE, 10, 0));
    assert_eq!(positions(&database), [9_000]);
    assert_eq!(
        history::range(&database).unwrap().floor,
        EventId(SLICE as u64 + 10)
    );
}

/// More of the future than a slice holds keep nothing behind them, and go no faster than a slice at a time.
#[test]
fn what_a_wrong_clock_wrote_keeps_nothing_that_is_old() {
    const FUTURE: u64 = 2 * SLICE as u64;
    let mut events: Vec<_> = (1..=FUTURE).map(|id| (id, "1001", 1_000_000)).collect();
    events.extend([(9_000, "1001", 100), (9_001, "1001", 5_000)]);
    let (_folder, database) = with_events(&events);
    let (before, now) = (
        Timestamp::from_second(4_000).unwrap(),
        Timestamp::from_second(5_000).unwrap(),
    );
    let forget = || event::forget(&database, before, now, SLICE).unwrap();
    assert_eq!((forget(), forget(), forget(), forget()), (SLICE, SLICE, 1, 0));
    assert_eq!(positions(&database), [9_001]);
}

#[test]
fn a_clock_that_was_wrong_once_drags_no_event_along() {
    const DAY: i64 = 86_400;
    let (before, now) = (100 * DAY, 107 * DAY);
    for (times, left) in [
        // Back for a moment: what came before it isn't old.
        (&[50 * DAY, 101 * DAY, 3, 102 * DAY][..], &[2, 3, 4][..]),
        // Ahead for a moment: it doesn't keep what is old.
        (&[50 * DAY, 900 * DAY, 60 * DAY, 102 * DAY], &[4]),
        (&[50 * DAY, 900 * DAY, 102 * DAY], &[2, 3]),
        (&[101 * DAY, 50 * DAY], &[1, 2]),
    ] {
        let events: Vec<_> = (1..).zip(times).map(|(id, at)| (id, "1001", *at)).collect();
        let (_folder, database) = with_events(&events);
        let [before, now] = [before, now].map(|second| Timestamp::from_second(second).unwrap());
        event::forget(&database, before, now, SLICE).unwrap();
        assert_eq!(positions(&database), left, "{times:?}");
    }
}

/// A start is no event: who has all up to it has missed nothing, however long ago that was.
#[test]
fn a_quiet_relay_forgets_no_start() {
    let (_folder, database) = with_events(&[]);
    let start = history::start(&database, Timestamp::UNIX_EPOCH).unwrap();
    let much_later = Timestamp::from_second(1_000_000_000).unwrap();
    event::forget(&database, much_later, much_later, SLICE).unwrap();
    event::forget_oldest(&database, SLICE).unwrap();
    assert!(history::knows(&database, start).unwrap());
}

/// Labels name people: of desktops and codes that count no more they go with the audit trail.
#[test]
fn labels_of_former_desktops_and_codes_are_forgotten_and_of_others_never() {
    let (_folder, database) = with_events(&[]);
    let old = Timestamp::from_second(100).unwrap();
    let now = Timestamp::from_second(400 * 24 * 3600).unwrap();
    let rows = "INSERT INTO token (id, hash, label, created_at, revoked_at) VALUES
            ('in force', x'01', 'A', 0, NULL), ('revoked', x'02', 'B', 0, 100000), ('just revoked', x'03', 'C', 0, ?1);
         INSERT INTO enrolment (id, hash, label, accounts, created_at, expires_at, used_at, token) VALUES
            ('of one in force', x'01', 'A', '[]', 0, ?1, 100000, 'in force'), ('of one revoked', x'02', 'B', '[]', 0, ?1, 100000, 'revoked'),
            ('over', x'03', 'D', '[]', 0, 100000, NULL, NULL), ('open', x'04', 'E', '[]', 0, ?1, NULL, NULL)";
    let rows = rows.replace("?1", &now.as_millisecond().to_string());
    database.execute_batch(&rows).unwrap();
    let names = |table: &str| -> Vec<String> {
        let mut query = database
            .prepare(&format!("SELECT id FROM {table} ORDER BY id"))
            .unwrap();
        let ids = query.query_map([], |row| row.get(0)).unwrap();
        ids.map(Result::unwrap).collect()
    };
    // Young enough still.
    let mut batch = Batch::of(&database);
    purge::slice(&mut batch, &Keep::default(), old).unwrap();
    assert_eq!((names("token").len(), names("enrolment").len()), (3, 4));
    purge::slice(&mut batch, &Keep::default(), now).unwrap();
    assert_eq!(names("token"), ["in force", "just revoked"]);
    assert_eq!(names("enrolment"), ["open"]);
}

#[tokio::test]
async fn too_much_goes_whatever_its_age_oldest_first_and_a_slice_at_a_time() {
    let many: Vec<_> = (1..=4_000).map(|id| (id, "1001", 100)).collect();
    let (folder, database) = with_events(&many);
    let full = used_bytes(&database).unwrap();
    drop(database);
    let committed = Box::new(Nobody);
    let now = Timestamp::from_second(100).unwrap();
    let (writer, ..) = Writer::start(folder.path(), WriterOptions { committed }, now).unwrap();
    let keep = Keep {
        size: full / 2,
        ..Keep::default()
    };
    let gone = writer
        .run(move |batch| purge::slice(batch, &keep, now))
        .await
        .unwrap();
    assert_eq!((gone.aged, gone.crowded), (0, SLICE));
    let gone = purge::purge(&writer, keep, now).await.unwrap();
    let left = writer
        .run(|batch| Ok((positions(batch.db()), used_bytes(batch.db())?)))
        .await
        .unwrap();
    assert!(left.1 <= full / 2 && left.1 > full / 4, "{} of {full}", left.1);
    let first = (SLICE + gone) as u64 + 1;
    let kept: Vec<u64> = left.0.into_iter().filter(|id| *id <= 4_000).collect();
    assert_eq!(kept, (first..=4_000).collect::<Vec<_>>());
}

/// Whoever presses in vain fills the database with nothing that others lose something for.
#[tokio::test]
async fn room_is_made_among_refused_presses_first() {
    let many: Vec<_> = (1..=20).map(|id| (id, "1001", 100)).collect();
    let (_folder, mut database) = with_events(&many);
    let tx = database.transaction().unwrap();
    for outcome in ["forbidden", "accepted"] {
        let press = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO dialled (at, token, label, account, number, outcome)
             SELECT i, 'tok_1', 'Accueil', '1001', '+33199000012', ?1 FROM n";
        tx.execute(press, [outcome]).unwrap();
    }
    let now = Timestamp::from_second(100).unwrap();
    let keep = Keep {
        size: 0,
        ..Keep::default()
    };
    let mut batch = Batch::of(&tx);
    let left = || {
        let count = |query: &str| -> usize {
            let count: i64 = tx.query_row(query, [], |row| row.get(0)).unwrap();
            count.try_into().unwrap()
        };
        (
            count("SELECT count(*) FROM dialled WHERE outcome = 'forbidden'"),
            count("SELECT count(*) FROM event"),
            count("SELECT count(*) FROM dialled WHERE outcome = 'accepted'"),
        )
    };
    for round in 1..=2000 / SLICE {
        assert_eq!(purge::slice(&mut batch, &keep, now).unwrap().crowded, SLICE);
        assert_eq!(left(), (2000 - round * SLICE, 20, 2000));
    }
    assert_eq!(purge::slice(&mut batch, &keep, now).unwrap().crowded, 20);
    assert_eq!(left(), (0, 0, 2000));
    assert_eq!(purge::slice(&mut batch, &keep, now).unwrap().crowded, SLICE);
    assert_eq!(left(), (0, 0, 2000 - SLICE));
}

/// Ten million events are nothing to a start, a page, a sweep or a purge: none of their queries reads a whole table.
#[test]
fn nothing_that_is_done_all_the_time_reads_a_whole_table() {
    let (_folder, database) = with_events(&[]);
    let plans = [
        "SELECT at FROM event ORDER BY id DESC LIMIT 1",
        "SELECT id, at FROM event WHERE account <> '' AND at <= 5 ORDER BY id LIMIT 250",
        "SELECT max(id) FROM (SELECT id FROM event ORDER BY id LIMIT 250)",
        "SELECT id FROM event WHERE account = 'a' AND id > 1 AND id <= 9 ORDER BY id LIMIT 257",
        "SELECT 1 FROM event WHERE id = 1",
        "DELETE FROM event WHERE id <= 1",
        "SELECT call_id, account FROM call WHERE state = 2 AND since < 1 ORDER BY since LIMIT 250",
        "SELECT DISTINCT call_id FROM call
         WHERE (state = 0 AND (since <= 1 OR since >= 2)) OR (state = 1 AND (since <= 3 OR since >= 4)) LIMIT 5",
        "SELECT call_id FROM early WHERE since <= 1 OR since >= 2 LIMIT 3",
    ];
    for plan in plans {
        let mut query = database.prepare(&format!("EXPLAIN QUERY PLAN {plan}")).unwrap();
        let steps = query.query_map([], |row| row.get::<_, String>(3)).unwrap();
        for step in steps {
            let step = step.unwrap();
            let is_whole =
                step.starts_with("SCAN") && !(plan.contains("ORDER BY id") && plan.contains("LIMIT"));
            assert!(
                !is_whole && !step.contains("TEMP B-TREE FOR ORDER"),
                "{plan}: {step}"
            );
        }
    }
}

#[test]
fn a_call_whose_start_lies_ahead_of_the_clock_doesnt_ring_for_ever() {
    let (_folder, database) = with_events(&[]);
    let set = |second| Timestamp::from_second(second).unwrap();
    let mut ringing = call_on("1001");
    ringing.started_at = set(1_000_000);
    kinds::call::put(&database, &ringing, &document(&ringing)).unwrap();
    let limits = Limits::default();
    for (now, is_over) in [
        (1_000_010, false),
        (1_000_300, true),
        (999_990, false),
        (999_700, true),
        (5, true),
    ] {
        let found = kinds::call::overdue(&database, set(now), &limits, 5).unwrap();
        assert_eq!(!found.is_empty(), is_over, "{now}");
        let mut record = kinds::call::record(&database, &ringing.call_id).unwrap();
        let closed = record.expire(set(now), &limits);
        assert_eq!(!closed.is_empty(), is_over, "{now}");
        assert!(
            closed
                .iter()
                .all(|leg| leg.end_unknown && leg.ended_at >= Some(leg.started_at))
        );
    }
    assert_eq!(limits.ringing, SignedDuration::from_mins(5));
}

/// A desktop reads a list of 4 MiB; what is longer would leave it with nothing.
#[test]
fn the_newest_live_calls_are_told_when_there_are_more_than_a_desktop_reads() {
    let (_folder, database) = with_events(&[]);
    listens_to(&database, &["1001"]);
    for number in 0..1000 {
        let mut one = call();
        one.call_id = telephony::CallId(format!("call-{number:04}"));
        one.extra.insert("note".to_owned(), "x".repeat(10_000));
        kinds::call::put(&database, &one, &document(&one)).unwrap();
    }
    let told = kinds::call::live(&database, "tok_1").unwrap();
    let length = serde_json::to_string(&told).unwrap().len();
    assert!((2_900_000..4_000_000).contains(&length), "{length}");
    assert_eq!(told.last().unwrap().call_id.0, "call-0999");
    assert!(told.is_sorted_by(|a, b| a.call_id.0 < b.call_id.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Pages, one after the other, are what a plain look at everything gives.
    #[test]
    fn pages_put_together_are_all_that_was_missed_and_nothing_else(
        accounts in proptest::collection::vec(0usize..4, 0..60),
        after in 0u64..60, until in 0u64..70, limit in 1usize..9, bytes in 1usize..2000,
    ) {
        const NAMES: [&str; 4] = ["1001", "1002", "1003", "1004"];
        let events: Vec<_> = (1..).zip(&accounts).map(|(id, account)| (id, NAMES[*account], 1)).collect();
        let (_folder, database) = with_events(&events);
        listens_to(&database, &["1001", "1003"]);
        let wanted: Vec<u64> = events
            .iter()
            .filter(|(id, account, _)| *id > after && *id <= until && ["1001", "1003"].contains(account))
            .map(|(id, ..)| *id)
            .collect();
        let (mut got, mut position) = (Vec::new(), EventId(after));
        loop {
            let (page, is_all) = event::page(&database, "tok_1", position, EventId(until), (limit, bytes)).unwrap();
            prop_assert!(page.len() <= limit);
            let size: usize = page.iter().map(|event| event.body.len()).sum();
            prop_assert!(page.len() <= 1 || size <= bytes);
            got.extend(page.iter().map(|event| event.id.0));
            if is_all {
                break;
            }
            position = page.last().unwrap().id;
        }
        prop_assert_eq!(got, wanted);
    }
}
