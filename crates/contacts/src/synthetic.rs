//! Made-up contacts in any number, for measurements. Always the same ones.

use std::fmt::Write as _;

use crate::draft::{Draft, DraftNumber};
use crate::label::Label;
use crate::model::Name;

const GIVEN: [&str; 16] = [
    "Élodie",
    "François",
    "Zoé",
    "Jérôme",
    "Marie",
    "Paul",
    "Aïcha",
    "Noël",
    "Inès",
    "Hugo",
    "Chloé",
    "Loïc",
    "Sarah",
    "Gaël",
    "Maëlys",
    "Karim",
];
const FAMILY: [&str; 16] = [
    "Lefèvre",
    "Dupré",
    "Moreau",
    "Garçon",
    "Bélanger",
    "Lambert",
    "Müller",
    "Nguyen",
    "Roux",
    "Crête",
    "Fournier",
    "Bœuf",
    "Girard",
    "André",
    "Mercier",
    "Benoît",
];
const COMPANY: [&str; 8] = [
    "Transports",
    "Menuiserie",
    "Cabinet",
    "Garage",
    "Pharmacie",
    "Boulangerie",
    "Atelier",
    "Clinique",
];

/// `count` contacts: every one with a mobile number of its own, two of three with one at work, each seventh a company.
pub fn drafts(count: usize) -> impl Iterator<Item = Draft> {
    (0..count).map(draft)
}

/// The same as one file of vCard 3.0.
pub fn vcards(count: usize) -> String {
    let mut file = String::new();
    for draft in drafts(count) {
        let Name {
            full, given, family, ..
        } = &draft.name;
        file.push_str("BEGIN:VCARD\r\nVERSION:3.0\r\n");
        // Writing to a string can't fail.
        let _ = write!(
            file,
            "UID:{}\r\nFN:{full}\r\n",
            draft.uid.as_deref().unwrap_or_default()
        );
        let _ = write!(file, "N:{family};{given};;;\r\nORG:{}\r\n", draft.company);
        for number in &draft.numbers {
            let kind = match number.label {
                Label::Mobile => "CELL",
                _ => "WORK,VOICE",
            };
            let _ = write!(file, "TEL;TYPE={kind}:{}\r\n", number.text);
        }
        for email in &draft.emails {
            let _ = write!(file, "EMAIL;TYPE=INTERNET:{email}\r\n");
        }
        file.push_str("END:VCARD\r\n");
    }
    file
}

fn draft(index: usize) -> Draft {
    // Spreads names and numbers without a pattern that an index could profit from (Knuth's multiplier).
    let spread = index.wrapping_mul(2_654_435_761) % 4_294_967_296;
    let given = GIVEN[spread / 7 % GIVEN.len()];
    let family = format!("{}-{}", FAMILY[spread / 131 % FAMILY.len()], index % 997);
    let company = format!("{} {}", COMPANY[spread / 17 % COMPANY.len()], spread % 4999);
    let is_company = index.is_multiple_of(7);
    let mut numbers = vec![number(Label::Mobile, "6", index)];
    if !index.is_multiple_of(3) {
        numbers.push(number(Label::Work, "1", spread % 90_000_000));
    }
    let name = match is_company {
        true => Name::default(),
        false => Name {
            full: format!("{given} {family}"),
            given: given.to_owned(),
            family,
            ..Name::default()
        },
    };
    Draft {
        uid: Some(format!("synthetic-{index}")),
        name,
        company,
        numbers,
        emails: vec![format!("contact{index}@example.com")],
        ..Draft::default()
    }
}

fn number(label: Label, first: &str, index: usize) -> DraftNumber {
    let digits = format!("{:08}", 10_000_000 + index);
    let pairs: Vec<&str> = (0..4)
        .filter_map(|pair| digits.get(pair * 2..pair * 2 + 2))
        .collect();
    DraftNumber {
        label,
        written: String::new(),
        text: format!("0{first} {}", pairs.join(" ")),
    }
}
