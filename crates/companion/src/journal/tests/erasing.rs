use std::fs;

use telephony::{Call, CallState, Direction};

use super::{Desk, call, key, missed, talked, text};
use crate::journal::{Change, Entry, Hearing, Item, Keeping, Query, Row};
use crate::testing::at;
use crate::view::Outcome;

const PARTY: &str = "+33142685300";
const DAY: i64 = 24 * 3600;

impl Desk {
    /// Whether some bytes stand in any of the journal's files.
    fn holds(&self, bytes: &str) -> bool {
        fs::read_dir(self.folder.path()).unwrap().any(|entry| {
            let content = fs::read(entry.unwrap().path()).unwrap();
            content
                .windows(bytes.len())
                .any(|window| window == bytes.as_bytes())
        })
    }

    /// Whether the index knows a term that begins so.
    fn knows(&self, beginning: &str) -> bool {
        let db = &self.journal.db;
        db.execute_batch("CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms USING fts5vocab(main, search, row)")
            .unwrap();
        db.prepare("SELECT 1 FROM temp.terms WHERE term LIKE ?1 || '%'")
            .unwrap()
            .exists([beginning])
            .unwrap()
    }

    fn erase(&mut self) -> usize {
        let mut steps = 1;
        while self.journal.erase(at(100)).unwrap() {
            steps += 1;
        }
        steps
    }

    fn tidy(&mut self, now: i64) -> usize {
        let mut steps = 1;
        while self.journal.tidy(at(now), 3).unwrap() {
            steps += 1;
        }
        steps
    }
}

#[test]
fn a_deleted_call_leaves_no_trace_and_no_replay_brings_it_back() {
    let mut desk = Desk::new();
    for id in ["a", "b"] {
        desk.record(missed(id, PARTY, 0), true);
    }
    desk.journal.set_note(&key("a"), "Zyxwvutsr").unwrap();
    assert!(desk.holds("Zyxwvutsr") && desk.knows("zyx"));
    assert!(desk.journal.delete(&key("a"), at(100)).unwrap());
    assert!(!desk.holds("Zyxwvutsr"), "in the file or its log");
    assert!(!desk.knows("zyx"), "in the index");
    desk.record(missed("a", PARTY, 0), true);
    desk.reopen(at(200));
    desk.record(missed("a", PARTY, 0), true);
    assert_eq!(desk.found(&text("")), ["b"]);
    assert!(!desk.journal.delete(&key("a"), at(100)).unwrap());
    assert_eq!(desk.found(&text("0142")), ["b"]);
}

#[test]
fn a_mark_of_deletion_goes_after_its_time() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    desk.journal.delete(&key("a"), at(0)).unwrap();
    desk.tidy(399 * DAY);
    desk.record(missed("a", PARTY, 0), true);
    assert!(desk.found(&text("")).is_empty());
    desk.tidy(401 * DAY);
    desk.record(missed("a", PARTY, 0), true);
    assert_eq!(desk.found(&text("")), ["a"]);
}

#[test]
fn delete_all_deletes_the_copies_too_and_gives_the_room_back() {
    let mut desk = Desk::new();
    desk.journal.coverage(Hearing::Live(at(0))).unwrap();
    let position = crate::journal::Position {
        relay: "https://relay.example/".into(),
        event: "7".into(),
    };
    desk.journal.apply(&[], Some(&position)).unwrap();
    desk.journal.fill_with_samples(2000, at(0)).unwrap();
    desk.record(missed("a", PARTY, 0), true);
    desk.journal.set_note(&key("a"), "Zyxwvutsr").unwrap();
    for copy in ["journal.db.before-3", "journal.db.damaged-20261123-102030"] {
        fs::write(desk.folder.path().join(copy), "Zyxwvutsr").unwrap();
    }
    fs::write(desk.folder.path().join("journal.database"), "someone else's").unwrap();
    desk.journal
        .db
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    let before = fs::metadata(desk.file()).unwrap().len();
    desk.journal.delete_all(at(100)).unwrap();
    assert!(desk.found(&text("")).is_empty(), "at once");
    let steps = desk.erase();
    assert!(steps > 2001 / 200 + 2, "{steps}: none takes long");
    assert!(!desk.holds("Zyxwvutsr") && !desk.knows("zyx") && !desk.knows("#0142"));
    assert!(desk.folder.path().join("journal.database").exists());
    let after = fs::metadata(desk.file()).unwrap().len();
    assert!(after < before / 4, "{after} of {before} bytes");
    desk.record(missed("a", PARTY, 0), true);
    assert!(desk.found(&text("")).is_empty());
    desk.record(missed("new", PARTY, 200), true);
    assert_eq!(desk.found(&text("0142")), ["new"]);
    assert_eq!(
        desk.journal
            .position("https://relay.example/")
            .unwrap()
            .as_deref(),
        Some("7")
    );
    assert_eq!(desk.journal.coverage_between(at(0), at(10)).unwrap().len(), 1);
}

#[test]
fn what_is_too_old_goes_step_by_step_and_is_not_taken_again() {
    let mut desk = Desk::new();
    for n in 0..10 {
        desk.record(missed(&format!("{n}"), PARTY, n * DAY), true);
    }
    desk.journal.coverage(Hearing::Live(at(0))).unwrap();
    desk.journal.coverage(Hearing::Lost(at(DAY))).unwrap();
    desk.journal.keep(Keeping::days(0, true, at(10 * DAY)));
    assert_eq!(desk.tidy(10 * DAY), 1, "0 keeps all");
    assert_eq!(desk.found(&text("")).len(), 10);
    desk.journal.keep(Keeping::days(3, true, at(10 * DAY)));
    assert!(desk.tidy(10 * DAY) >= 3);
    assert_eq!(desk.found(&text("")), ["9", "8", "7"]);
    assert_eq!(desk.found(&text("014268")), ["9", "8", "7"]);
    assert!(desk.journal.coverage_between(at(0), at(DAY)).unwrap().is_empty());
    desk.record(missed("1", PARTY, DAY), true);
    assert_eq!(desk.found(&text("")), ["9", "8", "7"]);
}

#[test]
fn withheld_numbers_are_not_written_when_so_set() {
    let mut desk = Desk::new();
    let withheld = |id| call(id, Direction::Incoming, None, 0);
    let anonymous = |id| call(id, Direction::Incoming, Some("anonymous"), 0);
    let unknown = call("out", Direction::Outgoing, None, 0);
    for id in ["a", "b", "c", "d", "e"] {
        desk.record(withheld(id), true);
    }
    desk.record(anonymous("f"), true);
    desk.record(unknown, false);
    desk.record(missed("told", PARTY, 5), true);
    desk.journal.keep(Keeping::days(0, false, at(10)));
    desk.record(withheld("later"), true);
    desk.record(anonymous("latest"), true);
    assert_eq!(desk.found(&text("")).len(), 8);
    desk.tidy(10);
    assert_eq!(desk.found(&text("")), ["told", "out"]);
}

#[test]
fn rows_that_cannot_be_read_do_not_stop_the_rest() {
    let mut desk = Desk::new();
    for n in 0..8 {
        desk.record(missed(&format!("{n}"), PARTY, n), true);
    }
    desk.journal
        .db
        .execute_batch("UPDATE call SET body = '{}' WHERE call < '5'")
        .unwrap();
    desk.journal.keep(Keeping::days(1, true, at(2 * DAY)));
    desk.tidy(2 * DAY);
    let left: u32 = desk
        .journal
        .db
        .query_row("SELECT count(*) FROM call", [], |row| row.get(0))
        .unwrap();
    assert_eq!(left, 0);
}

#[test]
fn a_full_disk_is_said_and_heals() {
    let mut desk = Desk::new();
    let pages: i64 = desk
        .journal
        .db
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    desk.journal
        .db
        .pragma_update(None, "max_page_count", pages)
        .unwrap();
    let calls: Vec<Change> = (0..50)
        .map(|n| Change::Record {
            call: Box::new(missed(&format!("{n}"), PARTY, n)),
            unread: true,
        })
        .collect();
    let error = desk.journal.apply(&calls, None).unwrap_err();
    assert!(error.is_full(), "{error}");
    assert_eq!(error.message().id, "journal-full");
    assert!(desk.found(&text("")).is_empty(), "all or nothing");
    desk.journal
        .db
        .pragma_update(None, "max_page_count", 1_000_000)
        .unwrap();
    desk.journal.apply(&calls, None).unwrap();
    assert_eq!(desk.found(&Query::default()).len(), 50);
}

#[test]
fn one_connection_keeps_little_in_memory() {
    let desk = Desk::new();
    let cache: i64 = desk
        .journal
        .db
        .pragma_query_value(None, "cache_size", |row| row.get(0))
        .unwrap();
    // Negative: KiB. Owner and export together stay under one MiB.
    assert!((-512..0).contains(&cache), "{cache}");
    drop(desk);
}

/// Nothing is found, nothing comes back, and what is new stays, wherever the erasing stands.
#[test]
fn deleting_all_goes_on_after_a_crash_at_any_step() {
    let mut desk = Desk::new();
    for round in 0..4 {
        let mut desk_with_samples = Desk::new();
        std::mem::swap(&mut desk, &mut desk_with_samples);
        desk.journal.fill_with_samples(600, at(0)).unwrap();
        for id in ["a", "b", "c"] {
            desk.record(missed(id, PARTY, 0), true);
        }
        desk.journal.set_note(&key("a"), "Zyxwvutsr").unwrap();
        desk.journal.delete_all(at(100)).unwrap();
        for _ in 0..round * 2 {
            assert!(desk.journal.erase(at(100)).unwrap(), "step of round {round}");
        }
        desk.reopen(at(200));
        desk.record(missed("a", PARTY, 0), true);
        desk.record(missed("new", PARTY, 200), true);
        assert_eq!(desk.found(&text("")), ["new"], "round {round}");
        let revived = Item::Call(Box::new(Entry::from(Row::new(missed("b", PARTY, 0), false))));
        desk.journal.take(&[revived]).unwrap();
        desk.erase();
        assert!(!desk.journal.erase(at(100)).unwrap());
        assert!(!desk.holds("Zyxwvutsr") && !desk.knows("zyx"));
        desk.record(missed("c", PARTY, 0), true);
        let mut read = missed("b", PARTY, 0);
        read.ended_at = Some(at(30));
        desk.record(read, false);
        assert_eq!(desk.found(&text("0142")), ["new", "b"], "round {round}");
        assert_eq!(
            desk.row("b").call.ended_at,
            Some(at(30)),
            "an imported call lives on"
        );
    }
}

#[test]
fn deleting_all_again_takes_what_came_meanwhile() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    desk.journal.delete_all(at(100)).unwrap();
    desk.record(missed("b", PARTY, 100), true);
    desk.journal.delete_all(at(200)).unwrap();
    desk.erase();
    for id in ["a", "b"] {
        desk.record(missed(id, PARTY, 0), true);
    }
    assert!(desk.found(&text("")).is_empty());
}

#[test]
fn who_reads_meanwhile_keeps_nobody_waiting_and_the_log_is_emptied_later() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    desk.journal.set_note(&key("a"), "Zyxwvutsr").unwrap();
    let reader = crate::journal::schema::open_read_only(&desk.file()).unwrap();
    reader.execute_batch("BEGIN; SELECT * FROM call;").unwrap();
    reader
        .query_row("SELECT count(*) FROM call", [], |_| Ok(()))
        .unwrap();
    #[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
    let begun = std::time::Instant::now();
    desk.journal.delete(&key("a"), at(100)).unwrap();
    assert!(
        begun.elapsed().as_secs() < 4,
        "it doesn't wait for the lock's whole time"
    );
    assert!(desk.holds("Zyxwvutsr"), "the reader still reads it");
    drop(reader);
    desk.tidy(100);
    assert!(!desk.holds("Zyxwvutsr"));
}

#[test]
fn deleting_all_leaves_the_call_that_is_going_on_and_no_gap() {
    for again in [false, true] {
        let mut desk = Desk::new();
        desk.journal.coverage(Hearing::Live(at(-900))).unwrap();
        desk.journal.coverage(Hearing::Lost(at(-800))).unwrap();
        desk.journal.coverage(Hearing::Live(at(-700))).unwrap();
        desk.record(missed("over", PARTY, 0), true);
        if again {
            // While the calls of the first time are still being overwritten.
            desk.journal.delete_all(at(5)).unwrap();
        }
        let rings = |id, second| Call {
            state: CallState::Ringing,
            ended_at: None,
            ..call(id, Direction::Incoming, Some(PARTY), second)
        };
        let ringing = rings("rings", 90);
        let talking = Call {
            state: CallState::Connected,
            connected_at: Some(at(20)),
            ended_at: None,
            ..call("talks", Direction::Outgoing, Some("+33142685301"), 10)
        };
        let lost = rings("lost", -800);
        for going_on in [&ringing, &talking, &lost] {
            desk.record(going_on.clone(), false);
        }
        desk.journal.delete_all(at(100)).unwrap();
        assert_eq!(desk.found(&Query::default()), ["rings", "talks"]);
        assert_eq!(desk.found(&text("0142685301")), ["talks"]);
        while desk.journal.erase(at(100)).unwrap() {}
        // It goes on, and is kept as it ended.
        let ended = Call {
            state: CallState::Ended,
            ..talked(ringing, 110)
        };
        desk.record(ended, false);
        assert_eq!(desk.found(&Query::default()), ["rings", "talks"]);
        assert_eq!(desk.row("rings").outcome, Outcome::Answered);
        let heard = desk.journal.coverage_between(at(-1000), at(100)).unwrap();
        assert_eq!(heard.len(), 1, "the one that lasts: {heard:?}");
    }
}

#[test]
fn what_turns_out_to_be_no_call_leaves_nothing_and_may_come_back() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    let gone = Change::Unrecord(key("a"));
    desk.journal.apply(&[gone.clone(), gone], None).unwrap();
    assert_eq!(desk.journal.call(&key("a")).unwrap(), None);
    assert!(desk.found(&text("0142685300")).is_empty());
    desk.record(missed("a", PARTY, 0), true);
    assert_eq!(desk.found(&text("0142685300")), ["a"]);
}
