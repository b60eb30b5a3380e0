//! Files as Outlook, Google, iCloud, Thunderbird and a French customer database write them.

use contacts::import::{Field, Format, Why};
use contacts::{Card, Label};

use super::{cards, preview};

fn numbers(card: &Card) -> Vec<(Label, &str)> {
    let found = card.numbers.iter().map(|number| {
        let e164 = number.e164().map_or("", |number| number.as_str());
        (number.label, e164)
    });
    found.collect()
}

#[test]
fn outlook_vcard_2_1() {
    let preview = preview(include_bytes!("../fixtures/outlook-2.1.vcf"));
    assert_eq!(preview.format, Format::VCard(Some("2.1".to_owned())));
    assert_eq!(preview.encoding, "windows-1252");
    assert_eq!((preview.len(), preview.rejected.len()), (2, 0));
    let cards = cards(&preview);
    assert_eq!(cards[0].name.full, "Élodie Lefèvre");
    assert_eq!(cards[0].name.prefix, "Mme");
    assert_eq!(cards[0].company.as_deref(), Some("Ateliers du Chêne"));
    assert_eq!(
        cards[0].note.as_deref(),
        Some("Cliente depuis 2019\nPréfère le matin")
    );
    assert_eq!(
        numbers(&cards[0]),
        [
            (Label::Work, "+33142685300"),
            (Label::Mobile, "+33612345678"),
            (Label::Fax, "+33142685301")
        ]
    );
    assert_eq!(cards[1].name.full, "Jérôme Dupré");
    assert_eq!(cards[1].name.family, "Dupré");
    assert_eq!(numbers(&cards[1]), [(Label::Home, "+33556000001")]);
}

#[test]
fn google_vcard() {
    let preview = preview(include_bytes!("../fixtures/google-3.0.vcf"));
    let cards = cards(&preview);
    assert_eq!(cards[0].numbers[0].written.as_deref(), Some("Ligne directe"));
    assert_eq!(
        numbers(&cards[0]),
        [(Label::Work, "+33199001234"), (Label::Mobile, "+33639980011")]
    );
    assert_eq!(
        cards[0].note.as_deref(),
        Some("Première ligne\nseconde ligne, avec virgule")
    );
    assert_eq!(cards[1].display_name(), "Garage Lambert");
}

#[test]
fn icloud_vcard() {
    let preview = preview(include_bytes!("../fixtures/icloud-3.0.vcf"));
    let cards = cards(&preview);
    assert_eq!(preview.len(), 2);
    assert_eq!(preview.rejected.len(), 1);
    assert_eq!(
        (preview.rejected[0].line, preview.rejected[0].why),
        (25, Why::Group)
    );
    assert_eq!(
        numbers(&cards[0]),
        [
            (Label::Mobile, "+33639980012"),
            (Label::Mobile, "+33756000012"),
            (Label::Main, "+33199000012")
        ]
    );
    assert_eq!(cards[0].url.as_deref(), Some("https://clinique.example"));
    assert_eq!(cards[0].uid.as_deref(), Some("6B0E3F5C-0001"));
    // A company's card has no person.
    assert!(cards[1].name.is_empty());
    assert_eq!(cards[1].display_name(), "Boulangerie Roux");
}

#[test]
fn thunderbird_vcard_4_0() {
    let preview = preview(include_bytes!("../fixtures/thunderbird-4.0.vcf"));
    let cards = cards(&preview);
    assert_eq!(preview.format, Format::VCard(Some("4.0".to_owned())));
    assert_eq!(
        numbers(&cards[0]),
        [
            (Label::Work, "+33199000020"),
            (Label::Home, "+33556000020"),
            (Label::Mobile, "+33639980020")
        ]
    );
    assert_eq!(cards[0].numbers[0].extension.as_deref(), Some("204"));
}

/// As Windows-1252 without a word of it, the company first, numbers with points, and nothing that tells one card from another.
#[test]
fn vcard_of_a_french_customer_database() {
    let preview = preview(include_bytes!("../fixtures/crm-fr.vcf"));
    assert_eq!(
        (preview.format.clone(), preview.encoding),
        (Format::VCard(Some("3.0".to_owned())), "windows-1252")
    );
    assert_eq!((preview.len(), preview.rejected.len()), (2, 0));
    let cards = cards(&preview);
    assert_eq!(cards[0].name.full, "HÉBRARD Zoé");
    assert_eq!(
        (cards[0].name.family.as_str(), cards[0].name.given.as_str()),
        ("HÉBRARD", "Zoé")
    );
    assert_eq!(cards[0].company.as_deref(), Some("Fonderie de l’Étang"));
    assert_eq!(cards[0].uid, None);
    assert_eq!(
        cards[0].note.as_deref(),
        Some("Cliente n° 4711\nÀ rappeler : lundi")
    );
    assert_eq!(
        numbers(&cards[0]),
        [
            (Label::Work, "+33199000070"),
            (Label::Mobile, "+33639980070"),
            (Label::Fax, "+33199000071")
        ]
    );
    assert_eq!(cards[1].display_name(), "Crémerie Noël");
    assert_eq!(numbers(&cards[1]), [(Label::Work, "+33199000072")]);
}

#[test]
fn outlook_tables() {
    let french = preview(include_bytes!("../fixtures/outlook-fr.csv"));
    assert_eq!(
        (french.format.clone(), french.encoding),
        (Format::Csv(b','), "windows-1252")
    );
    let found = cards(&french);
    assert_eq!(found[0].name.full, "Élodie Lefèvre");
    assert_eq!(found[0].note.as_deref(), Some("Deux\nlignes"));
    assert_eq!(
        numbers(&found[0]),
        [
            (Label::Fax, "+33142685301"),
            (Label::Work, "+33142685300"),
            (Label::Mobile, "+33612345678")
        ]
    );
    assert_eq!(french.entries().map(|(line, _)| line).collect::<Vec<_>>(), [2, 4]);
    let english = preview(include_bytes!("../fixtures/outlook-en.csv"));
    assert_eq!(
        (english.format.clone(), english.encoding),
        (Format::Csv(b','), "UTF-16LE")
    );
    assert_eq!(
        numbers(&cards(&english)[0]),
        [
            (Label::Work, "+33199000030"),
            (Label::Work, "+33199000031"),
            (Label::Mobile, "+33639980030")
        ]
    );
}

#[test]
fn google_and_thunderbird_tables() {
    let google = cards(&preview(include_bytes!("../fixtures/google.csv")));
    assert_eq!(google[0].name.full, "Maëlys Girard");
    assert_eq!(google[0].emails, ["maelys@example.com"]);
    assert_eq!(
        numbers(&google[0]),
        [
            (Label::Mobile, "+33639980040"),
            (Label::Work, "+33199000040"),
            (Label::Work, "+33199000041")
        ]
    );
    let thunderbird = cards(&preview(include_bytes!("../fixtures/thunderbird-fr.csv")));
    assert_eq!(
        thunderbird[0].emails,
        ["karim@example.com", "k.mercier@example.com"]
    );
    assert_eq!(
        numbers(&thunderbird[0]),
        [
            (Label::Work, "+33199000050"),
            (Label::Home, "+33556000050"),
            (Label::Fax, "+33199000051"),
            (Label::Mobile, "+33639980050")
        ]
    );
}

#[test]
fn a_customer_database_with_its_scars() {
    let preview = preview(include_bytes!("../fixtures/crm-fr.csv"));
    assert_eq!(
        (preview.format.clone(), preview.encoding),
        (Format::Csv(b';'), "UTF-8")
    );
    let fields: Vec<_> = preview.columns.iter().map(|column| column.field).collect();
    assert_eq!(fields[0], None);
    assert_eq!(fields[1], Some(Field::Company));
    assert_eq!(fields[6], Some(Field::Number(Label::Mobile)));
    let rejected: Vec<_> = preview.rejected.iter().map(|one| (one.line, one.why)).collect();
    assert_eq!(
        rejected,
        [(5, Why::TooManyCells), (6, Why::OpenQuote), (10, Why::Blank)]
    );
    let cards = cards(&preview);
    assert_eq!(cards.len(), 3);
    // Excel wrapped one number and ate the zero of the other.
    assert_eq!(
        numbers(&cards[0]),
        [(Label::Other, "+33199000060"), (Label::Mobile, "+33639980060")]
    );
    assert_eq!(cards[0].numbers[0].written.as_deref(), Some("Tél. fixe"));
    assert_eq!(cards[0].note.as_deref(), Some("Rappeler ; le lundi"));
    assert_eq!(cards[1].display_name(), "Transports Bœuf");
    assert_eq!(
        numbers(&cards[1]),
        [(Label::Other, "+33199000061"), (Label::Other, "+33199000062")]
    );
    // A number that a spreadsheet rounded is kept as it is and found by nothing.
    assert_eq!(cards[2].numbers[0].text, "3,31427E+10");
    assert_eq!(cards[2].numbers[0].party, None);
}
