//! Search as you type.

use contacts::Label;

use super::{Book, person};

fn book() -> Book {
    let mut book = Book::new();
    for (name, company, number) in [
        ("Élodie Lefèvre", "Ateliers du Chêne", "01 42 68 53 00"),
        ("Jean-Claude Bœuf", "Garage 24", "06 12 34 56 78"),
        ("Marie O’Brien", "", "+44 20 7946 0000"),
        ("", "Transports Lefebvre", "0262 41 23 45"),
    ] {
        let mut draft = person(name, &[(Label::Work, number)]);
        draft.company = company.to_owned();
        draft.emails = vec![format!("x{}@exemple.fr", number.len())];
        book.save(draft);
    }
    book
}

#[test]
fn the_beginning_of_every_word_finds_whatever_the_accents() {
    let book = book();
    for (text, wanted) in [
        ("lefe", vec!["Élodie Lefèvre", "Transports Lefebvre"]),
        ("LEFÈV", vec!["Élodie Lefèvre"]),
        ("elo lef", vec!["Élodie Lefèvre"]),
        ("lef élo", vec!["Élodie Lefèvre"]),
        ("chene", vec!["Élodie Lefèvre"]),
        ("jean-cl", vec!["Jean-Claude Bœuf"]),
        ("claude boeuf", vec!["Jean-Claude Bœuf"]),
        ("o'br", vec!["Marie O’Brien"]),
        ("brien", vec!["Marie O’Brien"]),
        (
            "exemple",
            vec![
                "Élodie Lefèvre",
                "Jean-Claude Bœuf",
                "Marie O’Brien",
                "Transports Lefebvre",
            ],
        ),
        ("fevre", vec![]),
        ("elo brien", vec![]),
        ("garage 24", vec!["Jean-Claude Bœuf"]),
        ("\"*) OR (", vec![]),
    ] {
        assert_eq!(book.finds(text), wanted, "{text}");
    }
}

#[test]
fn digits_find_inside_numbers_at_home_and_abroad() {
    let book = book();
    for (text, wanted) in [
        ("01 42", vec!["Élodie Lefèvre"]),
        ("+33 1 42 68", vec!["Élodie Lefèvre"]),
        ("+33 (0)1 42", vec!["Élodie Lefèvre"]),
        ("0033142", vec!["Élodie Lefèvre"]),
        ("6853", vec!["Élodie Lefèvre"]),
        ("53.00", vec!["Élodie Lefèvre"]),
        ("06", vec!["Jean-Claude Bœuf"]),
        ("0262 41", vec!["Transports Lefebvre"]),
        ("7946", vec!["Marie O’Brien"]),
        ("24", vec!["Jean-Claude Bœuf"]),
        ("marie 7946", vec!["Marie O’Brien"]),
        ("paul 7946", vec![]),
        ("0999", vec![]),
    ] {
        assert_eq!(book.finds(text), wanted, "{text}");
    }
}

#[test]
fn favourites_come_first_and_are_listed_alone() {
    let mut book = book();
    let marie = book.store.read().search("brien", 1).unwrap().contacts[0].id;
    book.store.set_favourite(marie, true).unwrap();
    book.store.set_favourite(marie, true).unwrap();
    assert_eq!(book.finds("")[0], "Marie O’Brien");
    assert_eq!(book.finds("").len(), 4);
    assert_eq!(book.finds("exemple")[0], "Marie O’Brien");
    let favourites = |text: &str| book.store.read().favourites(text, 10).unwrap().contacts;
    assert_eq!(favourites("").len(), 1);
    assert!(favourites("")[0].favourite);
    assert_eq!(favourites("lefevre").len(), 0);
    assert_eq!(favourites("7946").len(), 1);
    book.store.set_favourite(marie, false).unwrap();
    assert!(book.store.read().favourites("", 10).unwrap().contacts.is_empty());
}

#[test]
fn more_than_asked_for_is_said_and_every_number_has_its_label() {
    let mut book = book();
    let found = book.store.read().search("exemple", 3).unwrap();
    assert_eq!((found.contacts.len(), found.more), (3, true));
    let found = book.store.read().search("", 4).unwrap();
    assert_eq!((found.contacts.len(), found.more), (4, false));
    book.save(person(
        "Zoé",
        &[(Label::Mobile, "06 39 98 00 11"), (Label::Fax, "01 99 00 00 11")],
    ));
    let zoe = &book.store.read().search("zoe", 10).unwrap().contacts[0];
    let labels: Vec<_> = zoe.card.numbers.iter().map(|number| number.label).collect();
    assert_eq!(labels, [Label::Mobile, Label::Fax]);
}

#[test]
fn names_that_begin_as_the_search_does_come_before_the_others() {
    let mut book = book();
    book.save(person("Albert Jean", &[(Label::Mobile, "06 39 98 00 11")]));
    assert_eq!(book.finds("jean"), ["Jean-Claude Bœuf", "Albert Jean"]);
}

#[test]
fn a_name_with_a_part_of_a_number_finds_the_one_among_hundreds_of_that_name() {
    let mut book = book();
    for index in 0..450 {
        let number = format!("06 39 98 {:02} {:02}", index / 100, index % 100);
        book.save(person(&format!("Dupont Nr{index}"), &[(Label::Mobile, &number)]));
    }
    assert_eq!(book.finds("dupont 0639980449"), ["Dupont Nr449"]);
    assert_eq!(book.finds("dupont 9980449"), ["Dupont Nr449"]);
    // Both parts must be there, each in a number or as the beginning of a word.
    book.save(person("Dupont 12", &[(Label::Mobile, "06 39 98 90 77")]));
    assert_eq!(book.finds("dupont 12 9077"), ["Dupont 12"]);
    assert!(book.finds("dupont 13 9077").is_empty());
    assert!(book.finds("durand 9980449").is_empty());
}
