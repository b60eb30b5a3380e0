//! Who has a number.

use contacts::import::Watch;
use contacts::{ContactsError, Label, Numbering, Source, is_ambiguous};
use telephony::{ExtensionRange, Rules};

use super::{Book, at, cards, e164, person, preview};

#[test]
fn row_10_a_number_is_found_however_it_was_written_and_only_exactly() {
    let mut book = Book::new();
    for (name, number) in [
        ("points", "01.42.68.53.00"),
        ("zero", "+33 (0)1 42 68 53 00"),
        ("tel", "tel:+33-1-42-68-53-00"),
        ("lost zero", "142685300"),
        ("abroad", "+44 (0)20 7946 0000"),
        ("overseas", "0262 41 23 45"),
        ("short", "3639"),
        ("fragment", "685300"),
    ] {
        book.save(person(name, &[(Label::Work, number)]));
    }
    let mut names = book.names("+33142685300");
    names.sort();
    assert_eq!(names, ["lost zero", "points", "tel", "zero"]);
    assert_eq!(book.names("+442079460000"), ["abroad"]);
    assert_eq!(book.names("+262262412345"), ["overseas"]);
    assert_eq!(book.names("+33142685301"), [] as [&str; 0]);
    // Neither the end of a number nor a short number makes a name.
    assert_eq!(book.names("+49685300"), [] as [&str; 0]);
    assert_eq!(book.names("+33333003639"), [] as [&str; 0]);
}

#[test]
fn extensions_are_the_ends_of_direct_numbers() {
    let range = ExtensionRange::new("+3314268", 4).ok();
    let numbering = Numbering {
        rules: Rules {
            range,
            ..Rules::default()
        },
    };
    let mut book = Book::with(numbering);
    book.save(person("Accueil", &[(Label::Work, "5300")]));
    book.save(person("Direction", &[(Label::Work, "01 42 68 53 01")]));
    assert_eq!(book.names("+33142685300"), ["Accueil"]);
    assert_eq!(book.names("+33142685301"), ["Direction"]);
    // Without the range an extension is itself alone, and the index follows.
    book.store.set_numbering(Numbering::default()).unwrap();
    assert_eq!(book.names("+33142685300"), [] as [&str; 0]);
    assert_eq!(book.names("+33142685301"), ["Direction"]);
}

#[test]
fn of_several_the_person_chooses_one_and_why_is_told() {
    let mut book = Book::new();
    let number = e164("+33142685300");
    book.save(person("Standard", &[(Label::Main, "01 42 68 53 00")]));
    let marie = book
        .store
        .save(None, person("Marie", &[(Label::Work, "0142685300")]), at(7))
        .unwrap();
    let paul = book
        .store
        .save(None, person("Paul", &[(Label::Work, "0142685301")]), at(8))
        .unwrap();
    let matches = book.store.read().lookup(&number).unwrap();
    assert!(is_ambiguous(&matches));
    assert_eq!(matches[0].contact.card.display_name(), "Marie");
    assert_eq!(
        (&matches[0].contact.source, matches[0].contact.since),
        (&Source::Local, at(7))
    );
    assert_eq!(matches[1].number.label, Label::Main);
    let standard = matches[1].contact.id;
    book.store.choose(&number, standard).unwrap();
    let matches = book.store.read().lookup(&number).unwrap();
    assert!(matches[0].chosen && matches[0].contact.id == standard && !is_ambiguous(&matches));
    assert_eq!(matches.len(), 2);
    book.store.choose(&number, marie.id).unwrap();
    assert_eq!(book.names("+33142685300")[0], "Marie");
    assert!(matches!(
        book.store.choose(&number, paul.id),
        Err(ContactsError::NotItsNumber)
    ));
}

#[test]
fn the_same_person_twice_is_not_ambiguous() {
    let mut book = Book::new();
    book.save(person("Élodie Lefèvre", &[(Label::Mobile, "0612345678")]));
    book.save(person("elodie  lefevre", &[(Label::Mobile, "0612345678")]));
    let matches = book.store.read().lookup(&e164("+33612345678")).unwrap();
    assert_eq!(matches.len(), 2);
    assert!(!is_ambiguous(&matches));
}

#[test]
fn an_imported_contact_tells_its_file() {
    let mut book = Book::new();
    let hint = contacts::import::Hint {
        file: "clients.vcf".to_owned(),
        ..contacts::import::Hint::default()
    };
    let bytes = b"BEGIN:VCARD\nVERSION:3.0\nFN:Paul\nTEL:0142685300\nEND:VCARD\n";
    let named = contacts::import::preview(bytes, &hint, &Numbering::default(), &mut Watch::none()).unwrap();
    assert_eq!(cards(&named), cards(&preview(bytes)));
    let imported = book.import(&named, 3);
    let matches = book.store.read().lookup(&e164("+33142685300")).unwrap();
    let source = Source::Import {
        batch: imported.batch,
        file: "clients.vcf".to_owned(),
    };
    assert_eq!(
        (&matches[0].contact.source, matches[0].contact.since),
        (&source, at(3))
    );
}
