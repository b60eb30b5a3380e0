//! The file and single contacts.

use contacts::{ContactsError, Draft, Label, Numbering, Opened, Source, Store};

use super::{Book, at, e164, person};

#[test]
fn what_is_saved_is_there_after_reopening_and_the_file_is_private() {
    let mut book = Book::new();
    let saved = book.save(person("Élodie Lefèvre", &[(Label::Mobile, "06 12 34 56 78")]));
    assert_eq!(saved.source, Source::Local);
    let path = book.folder.path().join("contacts.db");
    drop(book.store);
    let (store, opened) = Store::open(&path, Numbering::default(), at(2)).unwrap();
    assert_eq!(opened, Opened::Existing);
    assert_eq!(store.read().contact(saved.id).unwrap(), Some(saved));
    #[cfg(unix)]
    for file in std::fs::read_dir(book.folder.path()).unwrap() {
        use std::os::unix::fs::PermissionsExt as _;
        let file = file.unwrap();
        assert_eq!(
            file.metadata().unwrap().permissions().mode() & 0o777,
            0o600,
            "{file:?}"
        );
    }
}

#[test]
fn a_damaged_file_is_set_aside_and_a_new_book_begun() {
    let book = Book::new();
    let path = book.folder.path().join("contacts.db");
    drop(book.store);
    let mut bytes = std::fs::read(&path).unwrap();
    let half = bytes.len() / 2;
    bytes[..half].fill(0x5a);
    std::fs::write(&path, &bytes).unwrap();
    let (store, opened) = Store::open(&path, Numbering::default(), at(0)).unwrap();
    let Opened::SetAside(aside) = opened else {
        panic!("{opened:?}")
    };
    assert!(
        aside
            .file_name()
            .unwrap()
            .to_string_lossy()
            .starts_with("contacts.db.damaged-2026")
    );
    assert_eq!(std::fs::read(aside).unwrap(), bytes);
    assert_eq!(store.read().count().unwrap(), 0);
}

#[test]
fn contacts_are_changed_and_deleted() {
    let mut book = Book::new();
    let saved = book.save(person("Paul", &[(Label::Work, "01 42 68 53 00")]));
    let mut draft = Draft::from(&saved.card);
    draft.name.full = "Paul Roux".to_owned();
    draft.numbers[0].text = "01 42 68 53 01".to_owned();
    let changed = book.store.save(Some(saved.id), draft, at(5)).unwrap();
    assert_eq!(changed.id, saved.id);
    assert_eq!((changed.since, changed.updated_at), (at(1), at(5)));
    assert_eq!(book.names("+33142685300"), [] as [&str; 0]);
    assert_eq!(book.names("+33142685301"), ["Paul Roux"]);
    book.store.delete(saved.id).unwrap();
    assert_eq!(book.names("+33142685301"), [] as [&str; 0]);
    assert_eq!(book.finds("roux"), [] as [&str; 0]);
    assert!(matches!(
        book.store.delete(saved.id),
        Err(ContactsError::NoSuchContact)
    ));
    let blank = book.store.save(None, person(" \u{202e} ", &[]), at(6));
    assert!(matches!(blank, Err(ContactsError::Blank)));
}

#[test]
fn a_reader_on_another_thread_sees_what_was_committed() {
    let mut book = Book::new();
    let reader = book.store.reader().unwrap();
    book.save(person("Marie", &[(Label::Mobile, "06 12 34 56 78")]));
    let matches = std::thread::spawn(move || reader.lookup(&e164("+33612345678")).unwrap());
    assert_eq!(matches.join().unwrap()[0].contact.card.display_name(), "Marie");
}

#[test]
fn hostile_text_is_kept_harmless_and_bounded() {
    let mut book = Book::new();
    let mut draft = person(
        "<img src=x onerror=alert(1)>\u{202e}gpj.exe\u{0}\r\n=cmd",
        &[(Label::Mobile, "06 12 34 56 78")],
    );
    draft.company = "x".repeat(10_000);
    draft.note = format!("a\u{1b}[31m\nb{}", "y".repeat(10_000));
    let (_, cut) = draft.clone().finish(&Numbering::default());
    assert_eq!(cut, [contacts::Cut::Company, contacts::Cut::Note]);
    let card = book.save(draft).card;
    assert_eq!(card.name.full, "<img src=x onerror=alert(1)>gpj.exe =cmd");
    assert_eq!(card.company.as_ref().unwrap().chars().count(), 201);
    assert!(card.company.unwrap().ends_with('…'));
    let note = card.note.unwrap();
    assert!(note.starts_with("a[31m\nb") && note.chars().count() == 4_001);
}
