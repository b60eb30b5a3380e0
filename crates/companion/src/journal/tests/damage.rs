use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use super::{Desk, key, missed, text};
use crate::journal::{Hearing, Journal, Opened, Salvage};
use crate::testing::at;

const PARTY: &str = "+33142685300";

/// Writes over the page in the middle of the file that holds this text.
fn spoil(file: &Path, text: &str) {
    let mut file = fs::File::options().read(true).write(true).open(file).unwrap();
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).unwrap();
    let found = bytes
        .windows(text.len())
        .position(|window| window == text.as_bytes())
        .unwrap();
    file.seek(SeekFrom::Start((found / 4096 * 4096) as u64)).unwrap();
    file.write_all(&[0xa5; 4096]).unwrap();
}

fn empty_log(journal: &Journal) {
    journal
        .db
        .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
}

fn salvage(journal: &mut Journal, file: &Path) -> u64 {
    let mut salvage = Salvage::open(file).unwrap();
    let mut added = 0;
    loop {
        let items = salvage.next_calls(7);
        if items.is_empty() {
            return added;
        }
        added += journal.take_salvaged(file, &items).unwrap().unwrap().added;
    }
}

#[test]
fn damage_in_the_middle_is_found_by_the_whole_check_and_the_rest_is_saved() {
    let mut desk = Desk::new();
    desk.journal.coverage(Hearing::Live(at(0))).unwrap();
    for n in 0..400 {
        desk.record(missed(&format!("call-{n}-"), PARTY, n * 60), true);
    }
    desk.journal.set_note(&key("call-399-"), "Devis").unwrap();
    desk.journal.delete(&key("call-3-"), at(30_000)).unwrap();
    let relay = crate::journal::Position {
        relay: "https://relay.example/".into(),
        event: "7".into(),
    };
    desk.journal.apply(&[], Some(&relay)).unwrap();
    empty_log(&desk.journal);
    assert!(Journal::check_whole(&desk.file()).is_ok());
    let file = desk.file();
    desk.reopen(at(30_000));
    spoil(&file, "call-200-\",");
    desk.reopen(at(30_000));
    let error = Journal::check_whole(&file).unwrap_err();
    assert!(error.is_damage(), "{error}");

    // Written after the damage was done and before it was found.
    desk.record(missed("late", "+33142685301", 29_000), true);
    let (journal, opened) = desk.journal.replace_damaged(at(30_001)).unwrap();
    desk.journal = journal;
    let Opened::SetAside(aside) = opened else {
        panic!("{opened:?}")
    };
    assert!(aside.is_file());
    assert_eq!(desk.journal.position("https://relay.example/").unwrap(), None);
    assert!(!desk.journal.coverage_between(at(0), at(10)).unwrap().is_empty());
    let added = salvage(&mut desk.journal, &aside);
    assert!((385..400).contains(&added), "{added}");
    assert_eq!(desk.found(&text("devis")), ["call-399-"]);
    assert!(desk.journal.call(&key("late")).unwrap().is_some());
    assert!(desk.journal.call(&key("call-0-")).unwrap().is_some());
    assert!(desk.journal.call(&key("call-200-")).unwrap().is_none());
    desk.record(missed("call-3-", PARTY, 180), true);
    assert!(
        desk.journal.call(&key("call-3-")).unwrap().is_none(),
        "deleted stays deleted"
    );
    assert!(Journal::check_whole(&file).is_ok());
}

#[test]
fn what_was_deleted_or_set_aside_with_everything_is_not_saved() {
    let mut desk = Desk::new();
    for id in ["a", "b"] {
        desk.record(missed(id, PARTY, 0), true);
    }
    desk.journal.delete_all(at(10)).unwrap();
    desk.record(missed("c", PARTY, 20), true);
    let (journal, opened) = desk.journal.replace_damaged(at(30)).unwrap();
    desk.journal = journal;
    let Opened::SetAside(aside) = opened else {
        panic!("{opened:?}")
    };
    for id in ["a", "b"] {
        desk.record(missed(id, PARTY, 0), true);
    }
    assert!(
        desk.found(&text("")).is_empty(),
        "an erasing that was under way counts"
    );
    let mut salvage = Salvage::open(&aside).unwrap();
    let items = salvage.next_calls(10);
    assert_eq!(items.len(), 1);
    let file = salvage.file().to_owned();
    if cfg!(windows) {
        // What is open can't be removed there: the person is told, all calls are still there, and another try helps.
        desk.journal.delete_all(at(40)).unwrap_err();
        drop(salvage);
    }
    desk.journal.delete_all(at(40)).unwrap();
    assert_eq!(desk.journal.take_salvaged(&file, &items).unwrap(), None);
    assert!(desk.found(&text("")).is_empty());
}

#[test]
fn damage_to_the_index_is_found_by_the_whole_check() {
    let mut desk = Desk::new();
    desk.journal.fill_with_samples(300, at(0)).unwrap();
    desk.journal
        .db
        .execute_batch("UPDATE search_data SET block = zeroblob(100) WHERE id > 100")
        .unwrap();
    assert!(Journal::check_whole(&desk.file()).unwrap_err().is_damage());
    let (mut journal, opened) = desk.journal.replace_damaged(at(10)).unwrap();
    let Opened::SetAside(aside) = opened else {
        panic!("{opened:?}")
    };
    assert_eq!(salvage(&mut journal, &aside), 300);
    assert!(Journal::check_whole(&desk.folder.path().join("journal.db")).is_ok());
}

#[test]
fn opening_finds_damage_at_either_end_at_once() {
    for id in ["first", "last"] {
        let mut desk = Desk::new();
        let file = desk.file();
        desk.record(missed("first", PARTY, 0), true);
        desk.journal.fill_with_samples(300, at(1_000_000)).unwrap();
        desk.record(missed("last", PARTY, 1_000_000), true);
        empty_log(&desk.journal);
        drop(desk.journal);
        spoil(&file, &format!("\"{id}\""));
        let (mut journal, opened) = Journal::open(&file, at(1_000_000)).unwrap();
        let Opened::SetAside(aside) = opened else {
            panic!("{id}: {opened:?}")
        };
        assert!(salvage(&mut journal, &aside) > 250);
    }
}
