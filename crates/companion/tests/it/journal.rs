use std::fs;

use companion::journal::{Change, Journal, JournalError, Opened, Position, Row};
use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

fn call(id: &str, account: &str, started_s: i64) -> Call {
    Call {
        call_id: CallId(id.into()),
        account_id: AccountId(account.into()),
        direction: Direction::Incoming,
        state: CallState::Ringing,
        calling_number: Some(Party::from("+33199000001".to_owned())),
        called_number: None,
        started_at: Timestamp::from_second(1_800_000_000 + started_s).unwrap(),
        connected_at: None,
        ended_at: None,
        status: None,
        billable_duration: None,
        end_unknown: false,
        extra: [("x".to_owned(), "é\u{202e}".to_owned())].into(),
    }
}

fn record(call: &Call, unread: bool) -> Change {
    Change::Record {
        call: Box::new(call.clone()),
        unread,
    }
}

fn position(event: &str) -> Position {
    Position {
        relay: "https://relay.example/".into(),
        event: event.into(),
    }
}

fn now() -> Timestamp {
    "2026-11-23T10:20:30Z".parse().unwrap()
}

#[test]
fn calls_and_position_are_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("data").join("journal.db");
    let (mut journal, opened) = Journal::open(&file, now()).unwrap();
    assert_eq!(opened, Opened::Fresh);
    let first = call("a", "1001", 0);
    let mut second = call("b", "1001", 60);
    journal
        .apply(
            &[record(&first, false), record(&second, false)],
            Some(&position("7")),
        )
        .unwrap();
    second.state = CallState::Ended;
    journal
        .apply(&[record(&second, true)], Some(&position("9")))
        .unwrap();
    drop(journal);

    let (journal, opened) = Journal::open(&file, now()).unwrap();
    assert_eq!(opened, Opened::Existing);
    let rows = [
        Row {
            call: second,
            unread: true,
        },
        Row {
            call: first,
            unread: false,
        },
    ];
    assert_eq!(journal.recent(10).unwrap(), rows);
    assert_eq!(journal.recent(1).unwrap(), rows[..1]);
    assert_eq!(
        journal.position("https://relay.example/").unwrap().as_deref(),
        Some("9")
    );
    assert_eq!(journal.position("https://other.example/").unwrap(), None);
}

#[test]
fn one_call_id_on_two_accounts_is_two_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(&folder.path().join("journal.db"), now()).unwrap();
    journal
        .apply(
            &[
                record(&call("a", "1001", 0), true),
                record(&call("a", "1002", 0), true),
            ],
            None,
        )
        .unwrap();
    assert_eq!(journal.recent(10).unwrap().len(), 2);
    journal.apply(&[Change::MarkAllRead], None).unwrap();
    assert!(journal.recent(10).unwrap().iter().all(|row| !row.unread));
}

#[test]
fn what_fails_half_way_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    journal
        .apply(&[record(&call("a", "1001", 0), false)], Some(&position("1")))
        .unwrap();
    // The table of positions is gone: the write that comes last fails.
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch("DROP TABLE position")
        .unwrap();
    let outcome = journal.apply(&[record(&call("b", "1001", 1), false)], Some(&position("2")));
    assert!(matches!(outcome, Err(JournalError::Sql(_))));
    assert_eq!(outcome.unwrap_err().message().id, "journal-unusable");
    assert_eq!(journal.recent(10).unwrap().len(), 1);
}

#[test]
fn a_position_can_be_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let (mut journal, _) = Journal::open(&folder.path().join("journal.db"), now()).unwrap();
    journal.apply(&[], Some(&position("1"))).unwrap();
    journal.forget_position("https://relay.example/").unwrap();
    assert_eq!(journal.position("https://relay.example/").unwrap(), None);
}

#[test]
fn a_damaged_file_is_set_aside_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    for (round, name) in [
        "journal.db.damaged-20261123-102030",
        "journal.db.damaged-20261123-102030-2",
    ]
    .iter()
    .enumerate()
    {
        let garbage = format!("no database, round {round}: {}", "x".repeat(5000));
        fs::write(&file, &garbage).unwrap();
        let (mut journal, opened) = Journal::open(&file, now()).unwrap();
        let aside = folder.path().join(name);
        assert_eq!(opened, Opened::SetAside(aside.clone()));
        assert_eq!(
            opened.message().unwrap().args["file"],
            aside.display().to_string()
        );
        assert_eq!(fs::read_to_string(aside).unwrap(), garbage);
        journal
            .apply(&[record(&call("a", "1001", 0), false)], None)
            .unwrap();
        assert_eq!(journal.recent(10).unwrap().len(), 1);
    }
}

#[test]
fn damage_in_the_middle_is_found_at_opening() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    let calls: Vec<_> = (0..500)
        .map(|n| record(&call(&format!("call-{n}"), "1001", n), false))
        .collect();
    journal.apply(&calls, None).unwrap();
    drop(journal);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0xff);
    fs::write(&file, &bytes).unwrap();
    let (_, opened) = Journal::open(&file, now()).unwrap();
    assert!(matches!(opened, Opened::SetAside(_)), "{opened:?}");
}

#[test]
fn a_newer_journal_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    drop(Journal::open(&file, now()).unwrap());
    rusqlite::Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 2)
        .unwrap();
    let error = Journal::open(&file, now()).unwrap_err();
    assert!(matches!(error, JournalError::Newer { found: 2, known: 1 }));
    assert_eq!(error.message().id, "journal-newer");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing was set aside"
    );
}

#[test]
fn a_row_that_cannot_be_read_costs_only_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    journal
        .apply(
            &[
                record(&call("a", "1001", 0), false),
                record(&call("b", "1001", 1), false),
            ],
            None,
        )
        .unwrap();
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch("UPDATE call SET body = '{}' WHERE call = 'b'")
        .unwrap();
    let rows = journal.recent(10).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].call.call_id.0, "a");
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_in_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = Journal::open(&folder.path().join("file").join("journal.db"), now()).unwrap_err();
    assert!(matches!(error, JournalError::Io(_)));
    assert_eq!(error.message().id, "journal-unusable");
}
