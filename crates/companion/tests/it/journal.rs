use std::fs;

use companion::event::CallKey;
use companion::journal::{Change, Hearing, Hole, Journal, JournalError, Opened, Position};
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
        extension: None,
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
    let rows = journal.recent(10).unwrap();
    let calls: Vec<_> = rows.iter().map(|row| (&row.call, row.unread)).collect();
    assert_eq!(calls, [(&second, true), (&first, false)]);
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
fn damage_in_the_middle_is_found_beside_the_owner() {
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
    let (journal, _) = Journal::open(&file, now()).unwrap();
    let error = Journal::check_whole(&file).unwrap_err();
    assert!(error.is_damage(), "{error}");
    let (journal, opened) = journal.replace_damaged(now()).unwrap();
    assert!(matches!(opened, Opened::SetAside(_)), "{opened:?}");
    assert!(journal.recent(1).unwrap().is_empty());
    Journal::check_whole(&file).unwrap();
}

#[test]
fn a_newer_journal_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    drop(Journal::open(&file, now()).unwrap());
    rusqlite::Connection::open(&file)
        .unwrap()
        .pragma_update(None, "user_version", 4)
        .unwrap();
    let error = Journal::open(&file, now()).unwrap_err();
    assert!(matches!(error, JournalError::Newer { found: 4, known: 3 }));
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

const CHILD: &str = "CENTREX_TRAY_TEST_JOURNAL";
const RELAY: &str = "https://relay.example/";

/// Not a test of its own: what [`killed_at_any_moment_the_journal_holds_what_its_position_says`] kills. Writes calls, each with
/// its position and a sign of life, and says each one that is written.
#[test]
fn writes_until_it_is_killed() {
    let Some(file) = std::env::var_os(CHILD) else {
        return;
    };
    let (mut journal, _) = Journal::open(file.as_ref(), now()).unwrap();
    let start = Timestamp::from_second(1_800_000_000).unwrap();
    let first: i64 = journal
        .position(RELAY)
        .unwrap()
        .map_or(0, |event| event.parse().unwrap());
    let live = Timestamp::from_second(1_800_000_000 + first).unwrap();
    journal.coverage(Hearing::Live(live)).unwrap();
    for n in first + 1.. {
        let mut heard = call(&format!("{n}"), "1001", n);
        heard.state = CallState::Ended;
        let at = start + jiff::SignedDuration::from_secs(n);
        let changes = [record(&heard, true), Change::Heard(Hearing::Alive(at))];
        journal.apply(&changes, Some(&position(&n.to_string()))).unwrap();
        let key = CallKey::of(&heard);
        journal.set_note(&key, "note").unwrap();
        println!("written {n}");
    }
}

#[test]
fn killed_at_any_moment_the_journal_holds_what_its_position_says() {
    use std::io::{BufRead as _, BufReader};
    use std::process::{Command, Stdio};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let mut said = std::collections::BTreeSet::new();
    for round in 1..=5u32 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "journal::writes_until_it_is_killed", "--nocapture"])
            .env(CHILD, &file)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut heard = 0;
        for line in lines {
            if let Some((_, n)) = line.unwrap().split_once("written ") {
                said.insert(n.to_owned());
                heard += 1;
                if heard == 7 * round {
                    break;
                }
            }
        }
        assert_eq!(heard, 7 * round, "the child ended by itself");
        child.kill().unwrap();
        child.wait().unwrap();

        let (journal, opened) = Journal::open(&file, now()).unwrap();
        assert_eq!(opened, Opened::Existing);
        let position: i64 = journal.position(RELAY).unwrap().unwrap().parse().unwrap();
        let rows = journal.recent(10_000).unwrap();
        assert_eq!(rows.len(), usize::try_from(position).unwrap());
        // What was said to be written is there whole; a call that wasn't may lack its note.
        let noted = rows.iter().filter(|row| row.note == "note");
        let noted: std::collections::BTreeSet<_> = noted.map(|row| row.call.call_id.0.clone()).collect();
        assert!(said.is_subset(&noted), "{said:?} of {noted:?}");
        // Heard until the last call, and no longer.
        let last = rows[0].call.started_at;
        let later = last + jiff::SignedDuration::from_secs(60);
        let begin = rows[rows.len() - 1].call.started_at;
        let stretches = journal.coverage_between(begin, later).unwrap();
        let hole = stretches.last().unwrap();
        assert_eq!(
            (hole.from, hole.until, hole.hole),
            (last, later, Some(Hole::Open))
        );
    }
}
