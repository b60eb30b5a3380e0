mod closed;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use companion::event::CallKey;
use companion::journal::{Change, Format, Hearing, Journal, Name, Opened, Position, Query};
use companion::words::Message;
use jiff::{SignedDuration, Timestamp};
use telephony::{AccountId, Call, CallId, CallState, Direction, E164, Party};
use tokio::sync::{mpsc, watch};

use super::thread::Job;
use super::writer::{HELD, Writer};
use super::{AskError, JournalHandle};
use crate::controller::Input;

const RELAY: &str = "https://relay.example/";

fn missed(id: usize) -> Change {
    let at = Timestamp::from_second(1_800_000_000).unwrap();
    Change::Record {
        call: Box::new(Call {
            call_id: CallId(id.to_string()),
            account_id: AccountId("1001".into()),
            direction: Direction::Incoming,
            state: CallState::Ended,
            calling_number: None,
            called_number: None,
            started_at: at,
            connected_at: None,
            ended_at: Some(at),
            status: None,
            billable_duration: None,
            end_unknown: false,
            extension: None,
            extra: Default::default(),
        }),
        unread: true,
    }
}

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn position(event: usize) -> Option<Position> {
    Some(Position {
        relay: RELAY.into(),
        event: event.to_string(),
    })
}

/// A journal, and a second hand on its file that can make it refuse calls.
fn journal() -> (tempfile::TempDir, Writer, rusqlite::Connection) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (journal, _) = Journal::open(&file, Timestamp::now()).unwrap();
    (
        folder,
        Writer::new(Some(journal), watch::channel(None).0),
        rusqlite::Connection::open(file).unwrap(),
    )
}

fn refuse(hand: &rusqlite::Connection) {
    hand.execute_batch("CREATE TRIGGER full BEFORE INSERT ON call BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
}

fn accept(hand: &rusqlite::Connection) {
    hand.execute_batch("DROP TRIGGER full").unwrap();
}

fn stands(writer: &mut Writer) -> (usize, Option<String>) {
    let journal = writer.journal().unwrap();
    let calls = journal.recent(HELD * 2).unwrap().len();
    (calls, journal.position(RELAY).unwrap())
}

#[test]
fn a_call_that_could_not_be_written_comes_with_the_next_one() {
    let (_folder, mut writer, hand) = journal();
    refuse(&hand);
    writer.apply(vec![missed(1)], position(1), now());
    writer.apply(Vec::new(), position(2), now());
    assert_eq!(stands(&mut writer), (0, None), "no position without its calls");
    accept(&hand);
    writer.apply(vec![missed(3)], position(3), now());
    assert_eq!(stands(&mut writer), (2, Some("3".into())));
}

#[test]
fn the_last_ones_are_written_when_the_journal_is_flushed() {
    let (_folder, mut writer, hand) = journal();
    refuse(&hand);
    writer.apply(vec![missed(1)], position(1), now());
    accept(&hand);
    writer.write_held();
    assert_eq!(stands(&mut writer), (1, Some("1".into())));
}

#[test]
fn a_forgotten_position_does_not_come_back() {
    let (_folder, mut writer, hand) = journal();
    refuse(&hand);
    writer.apply(vec![missed(1)], position(1), now());
    writer.forget(RELAY.to_owned());
    accept(&hand);
    writer.apply(vec![missed(2)], None, now());
    assert_eq!(stands(&mut writer), (2, None));
}

#[test]
fn beyond_what_can_be_held_the_position_stays_for_the_next_start() {
    let (_folder, mut writer, hand) = journal();
    writer.apply(vec![missed(0)], position(1), now());
    refuse(&hand);
    writer.apply((1..HELD).map(missed).collect(), position(2), now());
    writer.apply((HELD..HELD + 2).map(missed).collect(), position(3), now());
    accept(&hand);
    writer.apply(vec![missed(HELD + 2)], position(4), now());
    assert_eq!(stands(&mut writer), (HELD + 1, Some("2".into())));
}

#[test]
fn trouble_is_said_until_it_is_over() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (journal, _) = Journal::open(&file, now()).unwrap();
    let (says, mut trouble) = watch::channel(None);
    let mut writer = Writer::new(Some(journal), says);
    let hand = rusqlite::Connection::open(file).unwrap();
    refuse(&hand);
    for id in 0..2 {
        writer.apply(vec![missed(id)], position(id), now());
    }
    assert!(trouble.has_changed().unwrap());
    let said = trouble.borrow_and_update().clone().unwrap();
    assert_eq!(said.message, Message::new("journal-unusable"));
    assert!(
        said.why.as_ref().is_some_and(|why| why.contains("no room")),
        "{said:?}"
    );
    accept(&hand);
    writer.write_held();
    assert!(trouble.has_changed().unwrap());
    assert_eq!(*trouble.borrow_and_update(), None);
    writer.apply(vec![missed(3)], position(3), now());
    assert!(!trouble.has_changed().unwrap(), "said once");
    assert_eq!(stands(&mut writer), (3, Some("3".into())));
}

#[test]
fn each_event_is_a_sign_of_life_of_the_stream() {
    let (_folder, mut writer, hand) = journal();
    let at = |seconds| now() + SignedDuration::from_secs(seconds);
    writer.coverage(Hearing::Live(at(0)), at(0));
    writer.apply(Vec::new(), position(1), at(10));
    let heard = |writer: &Writer| {
        let until: i64 = hand
            .query_row("SELECT until_us FROM heard", [], |row| row.get(0))
            .unwrap();
        assert!(!writer.waits());
        (until - now().as_microsecond()) / 1_000_000
    };
    assert_eq!(heard(&writer), 10);
    writer.coverage(Hearing::Alive(at(30)), at(30));
    assert_eq!(heard(&writer), 10, "within a minute");
    writer.coverage(Hearing::Alive(at(75)), at(75));
    assert_eq!(heard(&writer), 75);
    writer.coverage(Hearing::Lost(at(80)), at(80));
    writer.apply(Vec::new(), position(2), at(90));
    assert_eq!(heard(&writer), 80);
}

#[tokio::test]
async fn trouble_that_comes_later_is_told_until_it_is_over() {
    let desk = Desk::new().await;
    let journal = &desk.journal;
    assert_eq!(journal.trouble().await, None);
    let hand = rusqlite::Connection::open(desk.path("journal.db")).unwrap();
    refuse(&hand);
    journal.apply(vec![missed(1)], position(1), now());
    let trouble = journal.trouble().await.unwrap();
    assert!(
        trouble.why.as_ref().is_some_and(|why| why.contains("no room")),
        "{trouble:?}"
    );
    accept(&hand);
    assert_eq!(journal.trouble().await, None, "what waited was written");
}

/// The thread on a journal of its own.
struct Desk {
    folder: tempfile::TempDir,
    journal: JournalHandle,
    inputs: mpsc::Receiver<Input>,
}

impl Desk {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::at(folder, "journal.db").await
    }

    async fn at(folder: tempfile::TempDir, name: &str) -> Self {
        let (inputs, mut from) = mpsc::channel(4);
        let journal = JournalHandle::start(folder.path().join(name), inputs).unwrap();
        assert!(matches!(from.recv().await, Some(Input::Journal(_))));
        Self {
            folder,
            journal,
            inputs: from,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn count(&self, text: &str) -> usize {
        let query = Query {
            text: text.to_owned(),
            ..Query::default()
        };
        self.journal.search(query).await.unwrap().rows.len()
    }
}

fn from_number(id: usize, age_days: i64) -> Change {
    let Change::Record { mut call, unread } = missed(id) else {
        unreachable!()
    };
    call.calling_number = Some(Party::from("+33142685300".to_owned()));
    call.started_at = Timestamp::now() - SignedDuration::from_hours(24 * age_days);
    Change::Record { call, unread }
}

fn key(id: usize) -> CallKey {
    CallKey {
        account: AccountId("1001".into()),
        call: CallId(id.to_string()),
    }
}

#[tokio::test]
async fn what_is_asked_is_done_in_order() {
    let desk = Desk::new().await;
    let journal = &desk.journal;
    journal.apply(vec![from_number(1, 0), from_number(2, 0)], None, now());
    assert!(journal.note(key(1), "Devis".into()).await.unwrap());
    assert!(!journal.note(key(9), "Devis".into()).await.unwrap());
    assert_eq!(desk.count("devis 0142").await, 1);
    assert!(journal.call_back(key(1), false).await.unwrap());
    let row = journal.call(key(1)).await.unwrap().unwrap();
    assert!(!row.call_back.is_wanted());
    let now = Timestamp::now();
    journal.coverage(Hearing::Live(now));
    let later = now + SignedDuration::from_secs(5);
    assert_eq!(journal.coverage_between(now, later).await.unwrap().len(), 1);
    assert!(journal.delete(key(1)).await.unwrap());
    journal.delete_all().await.unwrap();
    assert_eq!(desk.count("").await, 0);
    assert_eq!(*journal.watch_trouble().borrow(), None);
}

#[tokio::test]
async fn a_name_reaches_every_call_and_old_calls_go() {
    let desk = Desk::new().await;
    let journal = &desk.journal;
    journal.apply((0..23).map(|id| from_number(id, 0)).collect(), None, now());
    journal.apply((23..40).map(|id| from_number(id, 10)).collect(), None, now());
    let name = Name {
        display: Some("Aurélie Lecœur".into()),
        ..Name::default()
    };
    let nobody = E164::parse("+33142685399").unwrap();
    let party = E164::parse("+33142685300").unwrap();
    journal.set_names(vec![(nobody, Name::default()), (party, name)]);
    // Every search is answered between two slices; the last slice ends it.
    while desk.count("lecoeur").await < 40 {}
    journal.keep(5, true);
    while desk.count("").await > 23 {}
    assert_eq!(desk.count("lecoeur 0142").await, 23);
}

/// A year mistyped, a virtual machine before it asks for the time: a journal that believes that is empty afterwards.
#[tokio::test]
async fn nothing_goes_for_its_age_by_a_clock_that_jumped() {
    let desk = Desk::new().await;
    // As it would be for a clock that went two years ahead since.
    let journal = &desk.journal;
    journal.apply((0..5).map(|id| from_number(id, 730)).collect(), None, now());
    journal.flush().await;
    let Desk {
        folder,
        journal,
        inputs,
    } = desk;
    drop((journal, inputs));
    let desk = Desk::at(folder, "journal.db").await;
    desk.journal.keep(90, true);
    assert_eq!(desk.count("").await, 5);
    // What comes is judged by the same clock.
    desk.journal.apply(vec![from_number(5, 700)], None, now());
    assert_eq!(desk.count("").await, 6);
}

#[tokio::test]
async fn nothing_waits_for_a_long_job() {
    let desk = Desk::new().await;
    let enough = Arc::new(AtomicBool::new(false));
    let slices = Arc::new(AtomicUsize::new(0));
    let (end, done) = tokio::sync::oneshot::channel();
    let (stop, counted) = (enough.clone(), slices.clone());
    let mut end = Some(end);
    // It has no end by itself: whoever waited for it would wait for ever.
    desk.journal.send(Job::Long(Box::new(move |_| {
        counted.fetch_add(1, Ordering::SeqCst);
        let more = !stop.load(Ordering::SeqCst);
        if !more && let Some(end) = end.take() {
            end.send(()).unwrap();
        }
        more
    })));
    desk.journal.apply(vec![from_number(1, 0)], position(1), now());
    assert!(desk.journal.flush().await);
    assert_eq!(
        desk.journal.position(RELAY.into()).await.unwrap().as_deref(),
        Some("1")
    );
    assert_eq!(desk.count("").await, 1);
    enough.store(true, Ordering::SeqCst);
    done.await.unwrap();
    assert!(slices.load(Ordering::SeqCst) > 0);
}

#[tokio::test]
async fn an_export_is_read_back_by_another_journal() {
    let desk = Desk::new().await;
    desk.journal
        .apply((0..45).map(|id| from_number(id, 0)).collect(), None, now());
    desk.journal.note(key(7), "Devis".into()).await.unwrap();
    let file = desk.path("calls.json");
    let written = desk.journal.export(file.clone(), Format::Json).await.unwrap();
    assert_eq!(written.calls, 45);
    let other = Desk::new().await;
    let taken = other.journal.import(file.clone()).await.unwrap();
    assert_eq!((taken.added, taken.skipped), (45, 0));
    assert_eq!(other.count("devis").await, 1);
    let again = other.journal.import(file.clone()).await.unwrap();
    assert_eq!((again.added, again.changed, again.skipped), (0, 0, 45));

    std::fs::write(&file, "{}").unwrap();
    let error = other.journal.import(file).await.unwrap_err();
    assert_eq!(error.message().id, "journal-import-foreign");
    let error = other.journal.import(other.path("none.json")).await.unwrap_err();
    assert_eq!(error.message().id, "journal-import-unreadable");
    let nowhere = other.path("none/calls.json");
    let error = other.journal.export(nowhere, Format::Json).await.unwrap_err();
    assert_eq!(error.message().id, "journal-export-failed");
}

#[tokio::test]
async fn without_a_journal_every_question_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let desk = Desk::at(folder, "file/journal.db").await;
    desk.journal.apply(vec![missed(1)], position(1), now());
    desk.journal.coverage(Hearing::Filled);
    desk.journal.keep(1, true);
    let party = E164::parse("+33142685300").unwrap();
    desk.journal.set_names(vec![(party, Name::default())]);
    assert!(desk.journal.flush().await);
    let reached = desk.journal.position(RELAY.into()).await.unwrap();
    assert_eq!(reached.as_deref(), Some("1"), "this run's");
    let error = desk.journal.search(Query::default()).await.unwrap_err();
    assert!(matches!(error, AskError::NotKept));
    assert!(desk.journal.trouble().await.is_some(), "it never opened");
    assert_eq!(error.message().id, "journal-unusable");
    assert!(
        desk.journal
            .export(desk.path("calls.json"), Format::Json)
            .await
            .is_err()
    );
}

/// Writes over a page somewhere in the middle of the calls.
fn spoil(file: &std::path::Path) {
    let mut bytes = std::fs::read(file).unwrap();
    let text = b"call-2000-\"";
    let found = bytes
        .windows(text.len())
        .position(|window| window == text)
        .unwrap();
    let page = found / 4096 * 4096;
    bytes[page..page + 4096].fill(0xa5);
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn damage_found_beside_sets_the_journal_aside_and_saves_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    journal.fill_with_samples(2000, now()).unwrap();
    drop(journal);
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute_batch(
        "UPDATE call SET body = replace(body, 'sample-1000\"', 'call-2000-\"') WHERE call = 'sample-1000'",
    )
    .unwrap();
    drop(db);
    spoil(&file);

    let mut desk = Desk::at(folder, "journal.db").await;
    let Some(Input::Journal(found)) = desk.inputs.recv().await else {
        panic!("the check tells what it found");
    };
    let Ok(Opened::SetAside(aside)) = found.opened else {
        panic!("set aside");
    };
    assert!(aside.is_file());
    desk.journal.apply(vec![from_number(1, 0)], position(1), now());
    let saved = desk.journal.salvage(aside).await.unwrap();
    assert!((1980..2000).contains(&saved), "{saved}");
    assert_eq!(
        desk.journal.position(RELAY.into()).await.unwrap().as_deref(),
        Some("1")
    );
    assert!(desk.journal.call(key(1)).await.unwrap().is_some());
    assert_eq!(*desk.journal.watch_trouble().borrow(), None);
}

#[tokio::test]
async fn an_opening_does_not_wait_for_the_whole_check() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    journal.fill_with_samples(300, now()).unwrap();
    drop(journal);
    let db = rusqlite::Connection::open(&file).unwrap();
    db.execute_batch("UPDATE search_data SET block = zeroblob(100) WHERE id > 100")
        .unwrap();
    drop(db);
    let (inputs, mut from) = mpsc::channel(4);
    let _journal = JournalHandle::start(file, inputs).unwrap();
    let mut opened = Vec::new();
    for _ in 0..2 {
        let Some(Input::Journal(found)) = from.recv().await else {
            panic!("twice");
        };
        opened.push(found.opened.unwrap());
    }
    assert_eq!(opened[0], Opened::Existing);
    assert!(matches!(opened[1], Opened::SetAside(_)));
}

#[tokio::test]
async fn deleting_all_goes_on_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    journal.fill_with_samples(2000, now()).unwrap();
    let begun = |file: &std::path::Path| {
        let hand = rusqlite::Connection::open(file).unwrap();
        hand.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'erased'")
            .unwrap()
            .exists([])
            .unwrap()
    };
    journal.delete_all(now()).unwrap();
    drop(journal);
    assert!(begun(&file), "as after a crash");

    let desk = Desk::at(folder, "journal.db").await;
    while begun(&file) {
        assert_eq!(desk.count("").await, 0);
    }

    desk.journal.apply(vec![from_number(1, 0)], None, now());
    desk.journal.delete_all().await.unwrap();
    assert_eq!(desk.count("").await, 0);
    while begun(&file) {
        assert_eq!(desk.count("").await, 0);
    }
}
