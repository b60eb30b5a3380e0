//! Databases of former versions, brought up by a relay that dies under way.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use centrex_relay::secret::Hash;
use centrex_relay::store;
use jiff::Timestamp;
use relay_api::wire::{EventBody, EventId};
use rusqlite::{Connection, params};

use crate::support::{SECRET, http, page, start_of};
use crate::support_process::{MAKES_A_DATABASE, Process, command, succeed};

/// How many moments of each old version's migration the relay is killed at, unless the environment's `MIGRATIONS` says
/// otherwise.
const MOMENTS: u64 = 6;
/// Enough for a migration to read and write some megabytes.
const EVENTS: i64 = 20_000;
const PRESSES: i64 = 40_000;
const FORWARDS: i64 = 5_000;
/// The bearer token of the desktop that the old relay knew.
const TOKEN: &str = "ctr_a_token_of_before_0123456789abcdef";

/// A former version's tables, and what a relay of it has acknowledged.
struct Former {
    version: i64,
    tables: &'static str,
    has_forwards: bool,
}

const FORMER: [Former; 2] = [
    Former {
        version: 1,
        tables: include_str!("../../src/store/former/1.sql"),
        has_forwards: false,
    },
    Former {
        version: 9,
        tables: include_str!("../../src/store/former/9.sql"),
        has_forwards: true,
    },
];

/// An event of each number up to the first parameter, at the second one, and an ended call for each fourth.
const HISTORY: [&str; 2] = [
    "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)
     INSERT INTO event (id, account, at, body)
     SELECT id, '100' || (id % 5), ?2, json_object('id', '' || id, 'at', '2027-01-15T08:00:00Z', 'kind', 'call', 'call',
         json_object('call_id', 'c' || id, 'account_id', '100' || (id % 5), 'direction', 'incoming', 'state', 'ended',
             'started_at', '2027-01-15T08:00:00Z', 'ended_at', '2027-01-15T08:01:00Z', 'extra', json_object())) FROM n",
    "INSERT INTO call (call_id, account, live, state, since, body)
     SELECT 'c' || id, account, 0, 2, ?2, json_extract(body, '$.call') FROM event WHERE id % 4 = 0 AND id <= ?1",
];

impl Former {
    /// Makes a database of it, as its relay left it.
    fn make(&self, file: &Path) {
        let old = Connection::open(file).unwrap();
        old.execute_batch("PRAGMA journal_mode = WAL; BEGIN").unwrap();
        old.execute_batch(self.tables).unwrap();
        let now = Timestamp::now().as_millisecond();
        old.execute(
            "INSERT INTO history (only, floor, head) VALUES (1, 0, ?1)",
            [EVENTS],
        )
        .unwrap();
        for rows in HISTORY {
            old.execute(rows, [EVENTS, now]).unwrap();
        }
        old.execute(
            "INSERT INTO token (id, hash, label, created_at) VALUES ('tok_1', ?1, 'Accueil', ?2)",
            params![Hash::of(TOKEN.as_bytes()).0, now],
        )
        .unwrap();
        old.execute_batch("INSERT INTO token_account VALUES ('tok_1', '1001')")
            .unwrap();
        if self.has_forwards {
            let presses = "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)
                INSERT INTO dialled (at, token, label, account, number, outcome)
                SELECT ?2, 'tok_1', 'Accueil', '1001', '+33199000012', iif(id % 2, 'accepted', 'rule-refused') FROM n";
            old.execute(presses, [PRESSES, now]).unwrap();
            let forwards = "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < ?1)
                INSERT INTO forward (destination, call_id, at, method, query) SELECT 'crm', 'c' || id, ?2, 'GET', x'61' FROM n";
            old.execute(forwards, [FORWARDS, now]).unwrap();
        }
        old.execute_batch(&format!(
            "PRAGMA user_version = {}; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)",
            self.version
        ))
        .unwrap();
    }

    /// Holds what a whole migrated store of it has, and how many callbacks came since.
    fn assert_whole(&self, data: &Path, since: i64) {
        store::integrity::whole(&data.join(store::FILE)).unwrap();
        let numbers = store::look(data, |db| {
            let number = |query: &str| db.query_row(query, [], |row| row.get::<_, i64>(0));
            Ok([
                number("PRAGMA user_version")?,
                number(&format!("SELECT count(*) FROM event WHERE id <= {EVENTS}"))?,
                number(&format!("SELECT sum(id) FROM event WHERE id <= {EVENTS}"))?,
                number("SELECT count(*) FROM call")?,
                number("SELECT count(*) FROM dialled")?,
                number("SELECT count(*) FROM forward")?,
                number("SELECT coalesce(sum(waiting), 0) FROM forward_state")?,
            ])
        });
        let (presses, forwards) = if self.has_forwards {
            (PRESSES, FORWARDS)
        } else {
            (0, 0)
        };
        let wanted = [
            store::SCHEMA_VERSION,
            EVENTS,
            EVENTS * (EVENTS + 1) / 2,
            EVENTS / 4 + since,
            presses,
            forwards + since,
            forwards + since,
        ];
        assert_eq!(numbers.unwrap(), wanted);
    }
}

/// `serve`, with a program that callbacks are passed on to and that never answers.
fn serve(data: &Path) -> Command {
    let config = data.join("relay.toml");
    let text = "[[forward]]\nname = \"crm\"\nurl = \"http://127.0.0.1:9/in\"\n";
    std::fs::write(&config, text).unwrap();
    let mut serve = command(data);
    serve.env("CENTREX_RELAY_CONFIG", config);
    serve.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ]);
    serve
}

/// How many bytes a process has read and written so far, of files and of whatever else; none once it is gone.
fn moved(child: &Child) -> Option<u64> {
    let told = std::fs::read_to_string(format!("/proc/{}/io", child.id())).ok()?;
    let number = |name| {
        told.lines()
            .find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok())
    };
    Some(number("rchar:")? + number("wchar:")?)
}

/// How many bytes a command moves that brings the database up and does little else.
fn moved_by_a_migration(data: &Path) -> u64 {
    let mut command = command(data);
    let mut child = command
        .args(MAKES_A_DATABASE)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut last = 0;
    loop {
        last = moved(&child).unwrap_or_default().max(last);
        if let Some(status) = child.try_wait().unwrap() {
            assert!(status.success());
            return last;
        }
        std::thread::yield_now();
    }
}

/// Starts a relay and kills it once it has moved so many bytes, or once it listens.
fn killed_at(data: &Path, bytes: u64) {
    let mut child = serve(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let listens = Arc::new(AtomicBool::new(false));
    let (mut out, told) = (child.stdout.take().unwrap(), Arc::clone(&listens));
    let reader = std::thread::spawn(move || {
        let count = std::io::Read::read(&mut out, &mut [0; 16]).unwrap();
        told.store(count > 0, Ordering::Release);
    });
    while !listens.load(Ordering::Acquire)
        && child.try_wait().unwrap().is_none()
        && moved(&child).is_some_and(|now| now < bytes)
    {
        std::thread::yield_now();
    }
    assert_eq!(child.try_wait().unwrap(), None, "it ended by itself");
    child.kill().unwrap();
    child.wait().unwrap();
    reader.join().unwrap();
}

/// The version of a copy: to open the database itself would already set it right.
fn version_of_copy(data: &Path) -> i64 {
    let place = tempfile::tempdir().unwrap();
    for suffix in ["", "-wal"] {
        let name = format!("{}{suffix}", store::FILE);
        if data.join(&name).exists() {
            std::fs::copy(data.join(&name), place.path().join(&name)).unwrap();
        }
    }
    let copy = Connection::open(place.path().join(store::FILE)).unwrap();
    copy.pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap()
}

/// An event of before and all after it reach the desktop that the old relay knew.
async fn assert_resumes(base: &str) {
    let told = page(base, TOKEN, Some(EventId((EVENTS - 49) as u64))).await;
    let calls: Vec<&str> = told
        .events
        .iter()
        .map(|event| match &event.body {
            EventBody::Call { call } => &*call.call_id.0,
            other => panic!("no call: {other:?}"),
        })
        .collect();
    let before: Vec<String> = (EVENTS - 48..=EVENTS)
        .filter(|id| id % 5 == 1)
        .map(|id| format!("c{id}"))
        .collect();
    assert_eq!(calls[..before.len()], before);
    assert_eq!(calls[before.len()..], ["since"]);
}

/// At moments that lie evenly between its start and a while after the migration, by what it has read and written: reading the old
/// tables, writing the log, moving it into the database, starting. Each time it is killed in the same way at another moment of
/// the start that finds what was left.
#[tokio::test]
async fn killed_at_any_moment_of_a_migration_it_comes_up_whole_and_has_lost_nothing() {
    let moments =
        std::env::var("MIGRATIONS").map_or(MOMENTS, |text| text.parse().expect("MIGRATIONS is a number"));
    for former in FORMER {
        let place = tempfile::tempdir().unwrap();
        let template = place.path().join("old.db");
        former.make(&template);
        let fresh = || {
            let folder = tempfile::tempdir().unwrap();
            std::fs::copy(&template, folder.path().join(store::FILE)).unwrap();
            folder
        };
        // What the manual tells to have before an upgrade.
        let backup = place.path().join("backup.db");
        store::backup(fresh().path(), &backup).unwrap();
        // A fifth more: beyond the commit, whatever it moves by chance.
        let all = moved_by_a_migration(fresh().path()) * 6 / 5;
        let (mut before, mut after) = (0, 0);
        for moment in 0..moments {
            let folder = fresh();
            let data = folder.path();
            let is_last = moment + 1 == moments;
            killed_at(data, if is_last { u64::MAX } else { all * moment / moments });
            match version_of_copy(data) {
                version if version == former.version => before += 1,
                store::SCHEMA_VERSION => after += 1,
                other => panic!("version {other} is in between"),
            }
            killed_at(data, all * (moment * 7 % moments) / moments);
            if moment % 2 == 1 {
                // One who looks before starting again.
                let copy = data.join("copy.db");
                succeed(data, &["backup", "--to", copy.to_str().unwrap()]);
                assert_eq!(store::verify(&copy).unwrap().events, EVENTS);
            }
            let facts = store::verify(&backup).unwrap();
            assert_eq!((facts.schema_version, facts.events), (former.version, EVENTS));

            let mut relay = Process::start(&mut serve(data));
            let callback = format!("{}/callback/{SECRET}?{}", relay.base, start_of("since", "1001"));
            assert_eq!(http().get(callback).send().await.unwrap().status(), 200);
            relay.kill();
            let mut relay = Process::start(&mut serve(data));
            assert_resumes(&relay.base).await;
            relay.kill();
            former.assert_whole(data, 1);
        }
        println!(
            "version {}: {moments} moments over {all} bytes; {before} before the commit, {after} after it",
            former.version
        );
        assert!(
            before > 0 && after > 0,
            "{before} before the commit, {after} after it"
        );

        // The way back, from the middle of it.
        let folder = fresh();
        killed_at(folder.path(), all / 2);
        succeed(
            folder.path(),
            &["restore", "--yes", "--from", backup.to_str().unwrap()],
        );
        Process::start(&mut serve(folder.path())).kill();
        former.assert_whole(folder.path(), 0);
    }
}

/// A database of the first version that holds events alone.
fn of_version_1(folder: &Path, events: u32) {
    let old = Connection::open(folder.join(store::FILE)).unwrap();
    old.execute_batch(include_str!("../../src/store/former/1.sql"))
        .unwrap();
    old.execute_batch(&format!(
        "PRAGMA journal_mode = WAL; BEGIN;
         INSERT INTO history (only, floor, head) VALUES (1, 0, {events});
         WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {events})
         INSERT INTO event (id, account, at, body) SELECT id, '1001', id, '{{}}' FROM n;
         PRAGMA user_version = 1; COMMIT; PRAGMA wal_checkpoint(TRUNCATE)"
    ))
    .unwrap();
}

/// The system ends the program (SIGXFSZ) at the very write with which a file would grow beyond a limit, a page later each
/// time: in the middle of the log, and in the middle of what is copied from it into the database.
#[test]
fn ended_at_any_write_of_a_migration_it_finds_everything_again() {
    const MANY: u32 = 20_000;
    let template = tempfile::tempdir().unwrap();
    of_version_1(template.path(), MANY);
    let (mut before, mut after) = (0, 0);
    for page in 8..48 {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        std::fs::copy(template.path().join(store::FILE), data.join(store::FILE)).unwrap();
        let mut plain = command(data);
        plain.args(MAKES_A_DATABASE);
        let mut shell = Command::new("sh");
        shell
            .args([
                "-c",
                &format!("ulimit -c 0; ulimit -f {}; exec \"$@\"", page * 8),
                "sh",
            ])
            .arg(plain.get_program())
            .args(plain.get_args());
        let ended = shell.output().unwrap().status;
        let database = Connection::open(data.join(store::FILE)).unwrap();
        let version: i64 = database
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .unwrap();
        drop(database);
        match version {
            1 => before += 1,
            store::SCHEMA_VERSION => after += u32::from(!ended.success()),
            other => panic!("version {other} is in between"),
        }
        let all = store::direct(data, Timestamp::now(), |db| {
            db.query_row("SELECT count(*), sum(id) FROM event", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
        });
        let wanted = (MANY, i64::from(MANY) * i64::from(MANY + 1) / 2);
        assert_eq!(all.unwrap(), wanted);
        let sound = store::integrity::whole(&data.join(store::FILE));
        assert!(sound.is_ok(), "{sound:?}");
    }
    println!("ended before the commit {before} times, after it {after} times");
    assert!(
        before > 0 && after > 0,
        "{before} before the commit, {after} after it"
    );
}
