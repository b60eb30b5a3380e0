//! Preview, import, import again, undo.

use std::sync::atomic::{AtomicBool, Ordering};

use contacts::import::{
    Compared, Hint, LARGEST_CARD, MOST_COLUMNS, MOST_ENTRIES, MOST_NUMBERS_OF_FILE, Progress, Unreadable,
    Watch, Why,
};
use contacts::{ContactsError, Draft, Label, Numbering, Source};

use super::{Book, at, cards, person, preview, try_preview};

const FILE: &str =
    "Nom;Société;Tél. mobile;Note\nMarie Roux;Atelier;06 39 98 00 11;une note\nPaul Roux;;06 39 98 00 12;\n";

fn compared(added: usize, updated: usize, unchanged: usize) -> Compared {
    Compared {
        added,
        updated,
        unchanged,
    }
}

#[test]
fn a_preview_writes_nothing_and_the_same_file_again_doubles_nothing() {
    let mut book = Book::new();
    let first = preview(FILE.as_bytes());
    assert_eq!(
        book.store.read().compare(&first, &mut Watch::none()).unwrap(),
        compared(2, 0, 0)
    );
    assert_eq!(book.store.read().count().unwrap(), 0);
    assert_eq!(book.import(&first, 1).count, compared(2, 0, 0));
    assert_eq!(
        book.store.read().compare(&first, &mut Watch::none()).unwrap(),
        compared(0, 0, 2)
    );
    assert_eq!(book.import(&first, 2).count, compared(0, 0, 2));
    assert_eq!(book.store.read().count().unwrap(), 2);
    // A newer state of the file: by name and number.
    let newer = preview(
        FILE.replace("une note", "autre")
            .replace("Paul Roux;;", "Paul Roux;Mairie;")
            .as_bytes(),
    );
    assert_eq!(book.import(&newer, 3).count, compared(0, 2, 0));
    assert_eq!(book.store.read().count().unwrap(), 2);
    let marie = &book.store.read().search("marie", 1).unwrap().contacts[0].card;
    assert_eq!(
        (marie.note.as_deref(), marie.company.as_deref()),
        (Some("autre"), Some("Atelier"))
    );
}

#[test]
fn a_uid_is_known_again_whatever_else_changed() {
    let mut book = Book::new();
    let card = |name: &str, number: &str| {
        format!("BEGIN:VCARD\r\nVERSION:3.0\r\nUID:u-1\r\nFN:{name}\r\nTEL:{number}\r\nEND:VCARD\r\n")
    };
    book.import(&preview(card("Marie Roux", "0639980011").as_bytes()), 1);
    let again = book.import(&preview(card("Marie Lambert", "0639980012").as_bytes()), 2);
    assert_eq!(again.count, compared(0, 1, 0));
    assert_eq!(book.names("+33639980012"), ["Marie Lambert"]);
    // The number that the newer card leaves out is gone.
    assert_eq!(book.names("+33639980011"), [] as [&str; 0]);
}

#[test]
fn duplicates_in_a_file_are_joined_and_told() {
    let file = "BEGIN:VCARD\nVERSION:3.0\nFN:Marie Roux\nTEL:0639980011\nEND:VCARD\n\
                BEGIN:VCARD\nVERSION:3.0\nFN:MARIE ROUX\nTEL:+33639980011\nEMAIL:m@example.com\nEND:VCARD\n\
                BEGIN:VCARD\nVERSION:3.0\nFN:Marie Roux\nTEL:0639980099\nEND:VCARD\n";
    let preview = preview(file.as_bytes());
    assert_eq!((preview.len(), preview.rejected.len()), (2, 0));
    assert_eq!((preview.duplicates[0].line, preview.duplicates[0].entry), (6, 0));
    assert_eq!(cards(&preview)[0].emails, ["m@example.com"]);
    let mut book = Book::new();
    assert_eq!(book.import(&preview, 1).count, compared(2, 0, 0));
}

#[test]
fn an_import_is_taken_back_whole_and_changes_made_since_stay() {
    let mut book = Book::new();
    book.save(person("Marie Roux", &[(Label::Mobile, "06 39 98 00 11")]));
    let before = book.store.read().search("marie", 1).unwrap().contacts;
    let imported = book.import(&preview(FILE.as_bytes()), 2);
    assert_eq!(imported.count, compared(1, 1, 0));
    let marie = book.store.read().search("marie", 1).unwrap().contacts.remove(0);
    assert_eq!(marie.card.company.as_deref(), Some("Atelier"));
    assert!(matches!(marie.source, Source::Import { .. }));
    let undone = book.store.undo(imported.batch).unwrap();
    assert_eq!((undone.removed, undone.restored, undone.kept), (1, 1, 0));
    assert_eq!(book.store.read().search("", 10).unwrap().contacts, before);
    assert_eq!(book.finds("mairie"), [] as [&str; 0]);
    assert!(matches!(
        book.store.undo(imported.batch),
        Err(ContactsError::NoSuchImport)
    ));

    let again = book.import(&preview(FILE.as_bytes()), 4);
    let paul = book.store.read().search("paul", 1).unwrap().contacts.remove(0);
    let mut draft = Draft::from(&paul.card);
    draft.note = "changé ici".to_owned();
    book.store.save(Some(paul.id), draft, at(5)).unwrap();
    let undone = book.store.undo(again.batch).unwrap();
    assert_eq!((undone.removed, undone.restored, undone.kept), (0, 1, 1));
    assert_eq!(book.finds("paul"), ["Paul Roux"]);
}

#[test]
fn a_cancelled_import_leaves_nothing() {
    let mut book = Book::new();
    let file = contacts::synthetic::vcards(1_000);
    let preview = preview(file.as_bytes());
    let cancel = AtomicBool::new(false);
    let mut steps = Vec::new();
    let mut told = |progress: Progress| {
        steps.push((progress.done, progress.total));
        cancel.store(progress.done >= 500, Ordering::Relaxed);
    };
    let cancelled = book
        .store
        .import(&preview, at(1), &mut Watch::new(&mut told, &cancel));
    assert!(matches!(cancelled, Err(ContactsError::Cancelled)));
    assert_eq!(steps, [(0, 1000), (0, 1000), (250, 1000), (500, 1000)]);
    assert_eq!(book.store.read().count().unwrap(), 0);
    assert_eq!(book.finds("a"), [] as [&str; 0]);
}

#[test]
fn what_is_too_large_is_refused_by_its_line() {
    let huge = vec![b' '; contacts::import::LARGEST_FILE + 1];
    let refused = try_preview(&huge);
    assert_eq!(refused.unwrap_err(), Unreadable::TooLarge);
    let photo = "QUJD\n ".repeat(LARGEST_CARD / 4);
    let small = "BEGIN:VCARD\nVERSION:3.0\nFN:Marie\nTEL:0639980011\nEND:VCARD\n";
    let file =
        format!("{small}BEGIN:VCARD\nVERSION:3.0\nFN:Photo\nPHOTO;ENCODING=b:{photo}\nEND:VCARD\n{small}");
    let preview = preview(file.as_bytes());
    let rejected: Vec<_> = preview.rejected.iter().map(|one| (one.line, one.why)).collect();
    assert_eq!(rejected, [(6, Why::TooLarge)]);
    assert_eq!((preview.len(), preview.duplicates.len()), (1, 1));
}

#[test]
fn broken_borders_cost_their_own_card() {
    let file = "quatsch\n\nBEGIN:VCARD\nVERSION:3.0\nFN:Ohne Ende\nBEGIN:VCARD\nVERSION:3.0\nFN:Marie\nEND:VCARD\n\
                VERSION:3.0\nFN:Ohne Anfang\nEND:VCARD\nBEGIN:VCARD\nVERSION:2.1\nFN:Chef\nTEL:0142685300\nAGENT:\n\
                BEGIN:VCARD\nVERSION:2.1\nFN:Assistent\nEND:VCARD\nEND:VCARD\n\
                BEGIN:VCARD\nVERSION:3.0\nFN:A\nVERSION:3.0\nFN:B\nEND:VCARD\nBEGIN:VCARD\nFN:letzte";
    let preview = preview(file.as_bytes());
    let rejected: Vec<_> = preview.rejected.iter().map(|one| (one.line, one.why)).collect();
    assert_eq!(
        rejected,
        [
            (1, Why::OutsideCard),
            (3, Why::Unterminated),
            (10, Why::OutsideCard),
            (23, Why::RunTogether),
            (29, Why::Unterminated)
        ]
    );
    let names: Vec<_> = cards(&preview)
        .iter()
        .map(|card| card.display_name().to_owned())
        .collect();
    assert_eq!(names, ["Marie", "Chef"]);
}

#[test]
fn a_table_without_known_headings_says_so_and_a_hint_helps() {
    let numbering = Numbering::default();
    let file = b"x|y\nMarie|0639980011\n";
    let refused = try_preview(file);
    assert!(matches!(refused, Err(Unreadable::UnknownColumns(_))));
    let hint = Hint {
        separator: Some(b'|'),
        columns: Some(vec![
            Some(contacts::import::Field::FullName),
            Some(contacts::import::Field::Number(Label::Mobile)),
        ]),
        ..Hint::default()
    };
    let preview = contacts::import::preview(file, &hint, &numbering, &mut Watch::none()).unwrap();
    assert_eq!(cards(&preview)[0].display_name(), "Marie");
    for (bytes, wanted) in [
        (&b" \r\n"[..], Unreadable::Empty),
        (&b"\x7fELF\0\0\0\x01"[..], Unreadable::NotContacts),
    ] {
        let refused = try_preview(bytes);
        assert_eq!(refused.unwrap_err(), wanted);
    }
}

#[test]
fn texts_that_were_cut_are_told_by_line() {
    let file = format!(
        "BEGIN:VCARD\nVERSION:3.0\nFN:{}\nTEL:0639980011\nEND:VCARD\n",
        "é".repeat(10_000)
    );
    let preview = preview(file.as_bytes());
    assert_eq!(
        (preview.shortened[0].line, preview.shortened[0].what.as_slice()),
        (1, &[contacts::Cut::Name][..])
    );
    assert_eq!(cards(&preview)[0].name.full.chars().count(), 201);
}

#[test]
fn numbers_that_cannot_be_used_are_named_with_their_contact_and_line() {
    let file =
        "Nom;Mobile;Téléphone\nRoux;06 39 98 00 11;voir secrétariat\nBlanc;01 99;\nBlanc;0199000020;\n";
    let preview = preview(file.as_bytes());
    let odd: Vec<_> = preview
        .odd_numbers
        .iter()
        .map(|odd| (odd.line, odd.contact.as_str(), odd.number.as_str()))
        .collect();
    assert_eq!(odd, [(2, "Roux", "voir secrétariat"), (3, "Blanc", "01 99")]);
    assert_eq!(preview.odd_number_count, 2);
    assert!(
        cards(&preview)[0]
            .numbers
            .iter()
            .any(|number| number.text == "voir secrétariat")
    );

    let many = format!("Nom;Mobile\n{}", "Roux;01 99\n".repeat(250));
    let preview = super::preview(many.as_bytes());
    assert_eq!((preview.odd_numbers.len(), preview.odd_number_count), (100, 250));
}

#[test]
fn the_last_import_is_taken_back_first_and_none_is_said() {
    let mut book = Book::new();
    assert!(matches!(
        book.store.undo_last(),
        Err(ContactsError::NothingToUndo)
    ));
    book.import(&preview(FILE.as_bytes()), 1);
    let other = "Nom;Mobile\nOdile;0639980013\n";
    book.import(&preview(other.as_bytes()), 2);
    // Nothing new in it, so nothing to take back: the one before it isn't meant, until it is asked for.
    for again in [3, 4] {
        book.import(&preview(other.as_bytes()), again);
    }
    assert!(matches!(
        book.store.undo_last(),
        Err(ContactsError::ChangedNothing)
    ));
    assert_eq!(book.finds("odile"), ["Odile"]);
    let undone = book.store.undo_last().unwrap();
    assert_eq!((undone.at, undone.removed), (at(2), 1));
    assert_eq!(book.finds("odile"), [] as [&str; 0]);
    let undone = book.store.undo_last().unwrap();
    assert_eq!((undone.at, undone.removed), (at(1), 2));
    assert_eq!(book.finds(""), [] as [&str; 0]);
    assert!(matches!(
        book.store.undo_last(),
        Err(ContactsError::NothingToUndo)
    ));
}

#[test]
fn a_long_reading_tells_how_far_it_is_and_stops_when_told_to() {
    let file = contacts::synthetic::vcards(9_000);
    let cancel = AtomicBool::new(false);
    let mut steps = Vec::new();
    let mut told = |progress: Progress| {
        assert_eq!(progress.total, file.len());
        steps.push(progress.done);
        cancel.store(progress.done > file.len() / 3, Ordering::Relaxed);
    };
    let (hint, numbering) = (Hint::default(), Numbering::default());
    let mut watch = Watch::new(&mut told, &cancel);
    let read = contacts::import::preview(file.as_bytes(), &hint, &numbering, &mut watch);
    assert_eq!(read.unwrap_err(), Unreadable::Cancelled);
    assert!(steps.is_sorted() && steps.len() == 3, "{steps:?}");
    assert!(steps[2] < file.len() / 2, "it went on after the word to stop");
}

#[test]
fn deleting_all_leaves_nothing_of_ones_own_in_the_file_and_what_others_hold_stays() {
    let mut book = Book::new();
    let imported = book.import(&preview(FILE.as_bytes()), 1);
    let mut odile = person("Odile Unique", &[(Label::Mobile, "06 39 98 00 13")]);
    odile.company = "Quincaillerie".to_owned();
    book.save(odile);
    let id = book.store.read().search("odile", 1).unwrap().contacts[0].id;
    book.store.set_favourite(id, true).unwrap();
    let folder = contacts::sync::SourceId {
        kind: contacts::sync::Kind::Folder,
        name: "/partagé".to_owned(),
    };
    let card = "BEGIN:VCARD\nVERSION:3.0\nFN:Collègue Partagé\nTEL:0639980014\nEND:VCARD\n";
    let resource = contacts::sync::Resource {
        href: "a.vcf".to_owned(),
        etag: None,
        content: contacts::sync::Content::Cards(card.into()),
    };
    book.store
        .replace_source(&folder, [Ok::<_, ContactsError>(resource)], None, at(2))
        .unwrap();

    assert_eq!(book.store.delete_all().unwrap(), 3);
    assert_eq!(book.finds(""), ["Collègue Partagé"]);
    assert_eq!(book.names("+33639980013"), [] as [&str; 0]);
    assert!(matches!(
        book.store.undo(imported.batch),
        Err(ContactsError::NoSuchImport)
    ));
    let folder = std::fs::read_dir(book.folder.path()).unwrap();
    for file in folder.map(|file| file.unwrap().path()) {
        let bytes = std::fs::read(&file).unwrap();
        for left in [
            "Odile",
            "odile",
            "Quincaillerie",
            "quincaillerie",
            "Atelier",
            "639980013",
        ] {
            let found = bytes.windows(left.len()).any(|part| part == left.as_bytes());
            assert!(!found, "{left} is left in {}", file.display());
        }
    }
    assert_eq!(book.store.delete_all().unwrap(), 0);
}

#[test]
fn what_would_take_minutes_is_refused_instead() {
    let wide = |columns: usize| format!("Nom{}\n", ";Mobile".repeat(columns - 1));
    assert!(try_preview(wide(MOST_COLUMNS).as_bytes()).is_ok());
    let refused = |file: String| try_preview(file.as_bytes()).unwrap_err();
    assert_eq!(refused(wide(MOST_COLUMNS + 1)), Unreadable::TooWide);
    // Rows that can't be read count like all others.
    let long = format!("Nom;Mobile\n{}", "a;b;c\n".repeat(MOST_ENTRIES + 1));
    assert_eq!(refused(long), Unreadable::TooMany);
    let cards = "BEGIN:VCARD\nEND:VCARD\n".repeat(MOST_ENTRIES + 1);
    assert_eq!(refused(cards), Unreadable::TooMany);
    // Millions of numbers in some rows, each row within its limit.
    let row = format!("Marie;{}\n", "1 ::: ".repeat(LARGEST_CARD / 8));
    let numbers = format!(
        "Nom;Mobile\n{}",
        row.repeat(MOST_NUMBERS_OF_FILE / (LARGEST_CARD / 8) + 1)
    );
    assert_eq!(refused(numbers), Unreadable::TooMany);
}
