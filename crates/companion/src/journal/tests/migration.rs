use std::fs;

use rusqlite::Connection;
use telephony::Direction;

use super::{call, key, missed, talked, text};
use crate::journal::schema::LAYOUT_1;
use crate::journal::{CallBack, Change, Journal, Opened};
use crate::testing::at;
use crate::view::Outcome;

/// A file as version 1 wrote it.
fn version_1(file: &std::path::Path) {
    let db = Connection::open(file).unwrap();
    db.pragma_update(None, "journal_mode", "WAL").unwrap();
    db.execute_batch(LAYOUT_1).unwrap();
    let mut insert = db
        .prepare("INSERT INTO call (account, call, started_us, unread, body) VALUES ('1001', ?1, ?2, ?3, ?4)")
        .unwrap();
    let calls = [
        (missed("old", "+33142685300", 0), true),
        (missed("called back", "+33142685301", 0), true),
        (
            talked(call("out", Direction::Outgoing, Some("+33142685301"), 100), 110),
            false,
        ),
        (missed("seen", "+33142685302", 0), false),
    ];
    for (call, unread) in calls {
        let body = serde_json::to_string(&call).unwrap();
        insert
            .execute((&call.call_id.0, call.started_at.as_microsecond(), unread, body))
            .unwrap();
    }
    insert
        .execute(("unreadable", at(5).as_microsecond(), false, "{}"))
        .unwrap();
    db.execute_batch("INSERT INTO position VALUES ('https://relay.example/', '7'); PRAGMA user_version = 1;")
        .unwrap();
}

#[test]
fn version_1_is_brought_forward_and_a_copy_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    version_1(&file);
    let (journal, opened) = Journal::open(&file, at(1000)).unwrap();
    assert_eq!(opened, Opened::Existing);
    assert_eq!(
        journal.position("https://relay.example/").unwrap().as_deref(),
        Some("7")
    );
    let row = |id| journal.call(&key(id)).unwrap().unwrap();
    assert!(row("old").unread);
    assert_eq!(row("old").outcome, Outcome::Missed);
    assert!(row("old").call_back.is_wanted());
    assert_eq!(row("called back").call_back, CallBack::Settled { at: at(110) });
    assert_eq!(row("seen").call_back, CallBack::None);
    assert_eq!(journal.recent(10).unwrap().len(), 4);
    assert_eq!(journal.search(&text("0142685300")).unwrap().rows, [row("old")]);

    let copy = folder.path().join("journal.db.before-3");
    let db = Connection::open(copy).unwrap();
    let version: u32 = db
        .pragma_query_value(None, "user_version", |row| row.get(0))
        .unwrap();
    let (calls, event): (u32, String) = db
        .query_row(
            "SELECT count(*), (SELECT event FROM position) FROM call",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!((version, calls, event.as_str()), (1, 5, "7"));
    drop(journal);
    let (journal, opened) = Journal::open(&file, at(1000)).unwrap();
    assert_eq!(opened, Opened::Existing);
    assert_eq!(journal.recent(10).unwrap().len(), 4);
    let carried: u32 = journal
        .db
        .query_row("SELECT count(*) FROM call WHERE call = 'unreadable'", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(carried, 1, "what can't be read is carried over");
}

#[cfg(unix)]
#[test]
fn the_copy_is_private_and_an_interrupted_migration_begins_anew() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    version_1(&file);
    let copy = folder.path().join("journal.db.before-3");
    fs::write(&copy, "half of a copy").unwrap();
    fs::write(folder.path().join("journal.db.before-3.partial"), "less").unwrap();
    Journal::open(&file, at(1000)).unwrap();
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(
        Connection::open(copy)
            .unwrap()
            .prepare("SELECT body FROM call")
            .is_ok()
    );
    assert!(!folder.path().join("journal.db.before-3.partial").exists());
}

#[test]
fn a_damaged_version_1_is_set_aside_without_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    version_1(&file);
    let mut bytes = fs::read(&file).unwrap();
    for byte in bytes.iter_mut().skip(4096) {
        *byte = 0xff;
    }
    fs::write(&file, bytes).unwrap();
    let (_, opened) = Journal::open(&file, at(1000)).unwrap();
    assert!(matches!(opened, Opened::SetAside(_)), "{opened:?}");
    assert!(!folder.path().join("journal.db.before-3").exists());
}

#[test]
fn version_2_is_brought_forward_and_a_copy_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, at(0)).unwrap();
    let call = Box::new(missed("old", "+33142685300", 0));
    journal
        .apply(&[Change::Record { call, unread: true }], None)
        .unwrap();
    journal
        .db
        .execute_batch("DROP TABLE dialled; PRAGMA user_version = 2;")
        .unwrap();
    drop(journal);
    let (journal, opened) = Journal::open(&file, at(1000)).unwrap();
    assert_eq!(opened, Opened::Existing);
    assert!(journal.call(&key("old")).unwrap().unwrap().unread);
    assert_eq!(journal.dialled(at(1000)).unwrap(), []);
    let copy = Connection::open(folder.path().join("journal.db.before-3")).unwrap();
    let (version, calls): (u32, u32) = copy
        .query_row(
            "SELECT (SELECT user_version FROM pragma_user_version), count(*) FROM call",
            [],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .unwrap();
    assert_eq!((version, calls), (2, 1));
}
