//! Synchronised sources.

use contacts::import::Why;
use contacts::sync::{Content, Kind, Resource, SourceId, Synced};
use contacts::{ContactsError, Draft, Label, Source};

use super::{Book, at, e164, person};

fn collection() -> SourceId {
    SourceId {
        kind: Kind::CardDav,
        name: "https://dav.example/carnet/".to_owned(),
    }
}

fn card(uid: &str, name: &str, number: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:4.0\r\nUID:{uid}\r\nFN:{name}\r\nTEL:{number}\r\nEND:VCARD\r\n")
}

fn resource(href: &str, etag: &str, vcard: &str) -> Resource {
    Resource {
        href: href.to_owned(),
        etag: Some(etag.to_owned()),
        content: Content::Cards(vcard.as_bytes().to_vec()),
    }
}

fn replace(book: &mut Book, resources: Vec<Resource>, minute: i64) -> Synced {
    let resources = resources.into_iter().map(Ok::<_, ContactsError>);
    book.store
        .replace_source(&collection(), resources, Some("t"), at(minute))
        .unwrap()
}

fn counts(synced: &Synced) -> (usize, usize, usize) {
    (synced.added, synced.updated, synced.removed)
}

#[test]
fn a_source_is_what_it_was_replaced_by() {
    let mut book = Book::new();
    book.save(person("Propre", &[(Label::Work, "0142685399")]));
    let a = resource("a.vcf", "1", &card("a", "Marie", "0142685300"));
    let b = resource("b.vcf", "1", &card("b", "Paul", "0142685301"));
    assert_eq!(counts(&replace(&mut book, vec![a.clone(), b], 1)), (2, 0, 0));
    let state = &book.store.read().sources().unwrap()[1];
    assert_eq!((state.source.as_ref(), state.contacts), (Some(&collection()), 2));
    assert_eq!(
        (state.synced_at, state.token.as_deref()),
        (Some(at(1)), Some("t"))
    );
    // Known tags aren't read again; what is missing goes.
    let unread = Resource {
        content: Content::Known,
        ..a
    };
    let c = resource("c.vcf", "1", &card("c", "Zoé", "0142685302"));
    assert_eq!(counts(&replace(&mut book, vec![unread, c], 2)), (1, 0, 1));
    assert_eq!(book.names("+33142685301"), [] as [&str; 0]);
    let marie = &book.store.read().lookup(&e164("+33142685300")).unwrap()[0].contact;
    assert_eq!(marie.since, at(1));
    assert!(matches!(&marie.source, Source::CardDav { collection } if collection.starts_with("https")));
    assert_eq!(book.names("+33142685399"), ["Propre"]);
    // It is changed where it comes from.
    let id = marie.id;
    assert!(matches!(book.store.delete(id), Err(ContactsError::NotOwn)));
    let saved = book.store.save(Some(id), person("x", &[]), at(3));
    assert!(matches!(saved, Err(ContactsError::NotOwn)));
}

#[test]
fn changes_are_applied_with_their_token() {
    let mut book = Book::new();
    let a = resource("a.vcf", "1", &card("a", "Marie", "0142685300"));
    replace(
        &mut book,
        vec![a, resource("b.vcf", "1", &card("b", "Paul", "0142685301"))],
        1,
    );
    let changed = resource("a.vcf", "2", &card("a", "Marie Roux", "0142685300"));
    let synced = book
        .store
        .apply_changes(&collection(), [changed], ["b.vcf", "never"], Some("t2"), at(2))
        .unwrap();
    assert_eq!(counts(&synced), (0, 1, 1));
    assert_eq!(book.names("+33142685300"), ["Marie Roux"]);
    let etags = book.store.read().etags(&collection()).unwrap();
    assert_eq!(etags.len(), 1);
    assert_eq!(etags["a.vcf"].as_deref(), Some("2"));
    assert_eq!(
        book.store.read().sources().unwrap()[1].token.as_deref(),
        Some("t2")
    );
}

#[test]
fn choices_and_favourites_survive_even_a_source_that_was_empty_for_a_while() {
    let mut book = Book::new();
    let cards = || {
        vec![
            resource("a.vcf", "1", &card("a", "Marie", "0142685300")),
            resource("b.vcf", "1", &card("b", "Paul", "0142685300")),
        ]
    };
    let number = e164("+33142685300");
    replace(&mut book, cards(), 1);
    let last = book.store.read().lookup(&number).unwrap().pop().unwrap().contact;
    book.store.choose(&number, last.id).unwrap();
    book.store.set_favourite(last.id, true).unwrap();
    replace(&mut book, Vec::new(), 2);
    assert!(book.names("+33142685300").is_empty());
    replace(&mut book, cards(), 3);
    let first = &book.store.read().lookup(&number).unwrap()[0];
    assert!(first.chosen && first.contact.favourite);
    assert_eq!(first.contact.card, last.card);
}

#[test]
fn what_cannot_be_read_is_told_and_costs_no_known_contact() {
    let mut book = Book::new();
    let whole = card("a", "Marie", "0142685300");
    replace(&mut book, vec![resource("a.vcf", "1", &whole)], 1);
    let half = &whole[..whole.len() - 20];
    let synced = replace(&mut book, vec![resource("a.vcf", "2", half)], 2);
    assert_eq!(
        (synced.rejected[0].href.as_str(), synced.rejected[0].why),
        ("a.vcf", Why::Unterminated)
    );
    assert_eq!(book.names("+33142685300"), ["Marie"]);
    // It isn't taken for read.
    assert_eq!(book.store.read().etags(&collection()).unwrap()["a.vcf"], None);
}

#[test]
fn a_source_that_breaks_off_changes_nothing_and_its_trouble_is_kept() {
    let mut book = Book::new();
    replace(
        &mut book,
        vec![resource("a.vcf", "1", &card("a", "Marie", "0142685300"))],
        1,
    );
    let broken = [
        Ok(resource("b.vcf", "1", &card("b", "Paul", "0142685301"))),
        Err(ContactsError::Io(std::io::ErrorKind::TimedOut.into())),
    ];
    assert!(
        book.store
            .replace_source(&collection(), broken, None, at(2))
            .is_err()
    );
    assert_eq!(book.names("+33142685300"), ["Marie"]);
    book.store.set_trouble(&collection(), "timeout").unwrap();
    let state = |book: &Book| book.store.read().sources().unwrap().remove(1);
    assert_eq!(state(&book).trouble.as_deref(), Some("timeout"));
    assert_eq!(state(&book).synced_at, Some(at(1)));
    replace(&mut book, Vec::new(), 3);
    assert_eq!(state(&book).trouble, None);
    book.store.forget_source(&collection()).unwrap();
    assert_eq!(book.store.read().sources().unwrap().len(), 1);
}

/// An address that was mistyped for a moment, a server that hides a book for an hour.
#[test]
fn what_was_said_of_a_source_that_was_forgotten_holds_when_it_comes_back() {
    let mut book = Book::new();
    let resources =
        || ["a", "b"].map(|name| resource(&format!("{name}.vcf"), "1", &card(name, name, "0142685300")));
    replace(&mut book, resources().into(), 1);
    let number = e164("+33142685300");
    let id = |book: &Book, name: &str| {
        let all = book.store.read().lookup(&number).unwrap();
        all.iter()
            .find(|one| one.contact.card.name.full == name)
            .unwrap()
            .contact
            .id
    };
    book.store.set_favourite(id(&book, "a"), true).unwrap();
    book.store.choose(&number, id(&book, "b")).unwrap();
    assert_eq!(book.names("+33142685300"), ["b", "a"]);

    book.store.forget_source(&collection()).unwrap();
    assert_eq!(book.names("+33142685300"), [] as [&str; 0]);
    assert_eq!(
        book.store.read().sources().unwrap().len(),
        1,
        "it is shown no more"
    );
    assert!(book.store.read().etags(&collection()).unwrap().is_empty());
    replace(&mut book, resources().into(), 2);
    assert_eq!(book.names("+33142685300"), ["b", "a"]);
    assert_eq!(book.store.read().favourites("", 9).unwrap().contacts.len(), 1);

    // Who deletes everything deletes that as well.
    book.store.forget_source(&collection()).unwrap();
    book.store.delete_all().unwrap();
    replace(&mut book, resources().into(), 3);
    assert_eq!(book.names("+33142685300"), ["a", "b"]);
    assert!(book.store.read().favourites("", 9).unwrap().contacts.is_empty());
}

#[test]
fn an_import_never_touches_a_synchronised_contact() {
    let mut book = Book::new();
    let text = card("a", "Marie", "0142685300");
    replace(&mut book, vec![resource("a.vcf", "1", &text)], 1);
    let imported = book.import(&super::preview(text.as_bytes()), 2);
    assert_eq!(imported.count.added, 1);
    assert_eq!(book.store.read().lookup(&e164("+33142685300")).unwrap().len(), 2);
    let draft = Draft::default();
    assert!(matches!(
        book.store.save(None, draft, at(3)),
        Err(ContactsError::Blank)
    ));
}
