//! The model's door: what people type and what files say becomes a card, harmless and bounded.

use telephony::{Party, neutralise};

use crate::label::Label;
use crate::model::{Card, Name, Number};
use crate::numbering::Numbering;
use crate::text::fold;

/// Longest name or company, in characters; what is longer is cut there and ends in an ellipsis.
pub const LONGEST_NAME: usize = 200;
/// Longest note, in characters.
pub const LONGEST_NOTE: usize = 4_000;
/// Longest number as written, its label and an e-mail address, in characters.
pub const LONGEST_FIELD: usize = 254;
/// Longest web address and UID, in characters. A longer UID isn't cut but dropped: cut, it could be another one's.
pub const LONGEST_ADDRESS: usize = 1_000;
/// Most numbers, and most e-mail addresses, of a contact.
pub const MOST_NUMBERS: usize = 50;
/// Most numbers of a contact that are looked at, repetitions included.
const MOST_READ: usize = 4 * MOST_NUMBERS;

/// A contact as typed or as a file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What its source knows it by.
    pub uid: Option<String>,
    /// The person. An empty [`Name::full`] is composed from the parts.
    pub name: Name,
    /// The company; may be empty.
    pub company: String,
    /// The numbers.
    pub numbers: Vec<DraftNumber>,
    /// E-mail addresses.
    pub emails: Vec<String>,
    /// Plain text.
    pub note: String,
    /// A web address.
    pub url: String,
}

/// A number as typed or as a file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DraftNumber {
    /// What it is for.
    pub label: Label,
    /// The source's own words for that; may be empty.
    pub written: String,
    /// As typed. Several numbers in one text become several numbers of the contact.
    pub text: String,
}

/// What had to be cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cut {
    /// A part of the name.
    Name,
    /// The company.
    Company,
    /// A number or its label, or there were too many.
    Number,
    /// An e-mail address, or there were too many.
    Email,
    /// The note.
    Note,
    /// The web address.
    Url,
    /// The UID; it is dropped, and the contact known by name and number.
    Uid,
}

impl Cut {
    /// All of them, so that a test can hold the words to them.
    pub const ALL: [Self; 7] = [
        Self::Name,
        Self::Company,
        Self::Number,
        Self::Email,
        Self::Note,
        Self::Url,
        Self::Uid,
    ];

    /// Stable, for words: `name`, `company`, `number`, `email`, `note`, `url`, `uid`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Company => "company",
            Self::Number => "number",
            Self::Email => "email",
            Self::Note => "note",
            Self::Url => "url",
            Self::Uid => "uid",
        }
    }
}

/// Remembers what was cut.
#[derive(Default)]
struct Shears {
    cut: Vec<Cut>,
}

impl Shears {
    fn note(&mut self, what: Cut) {
        if !self.cut.contains(&what) {
            self.cut.push(what);
        }
    }

    /// One line, harmless, at most `longest` characters and an ellipsis.
    fn line(&mut self, text: &str, longest: usize, what: Cut) -> String {
        let clean = neutralise(text, longest);
        if clean.chars().count() > longest {
            self.note(what);
        }
        clean
    }

    /// Several lines, each harmless; at most `longest` characters and an ellipsis.
    fn lines(&mut self, text: &str, longest: usize, what: Cut) -> String {
        let lines: Vec<String> = text.lines().map(|line| neutralise(line, longest)).collect();
        let clean = lines.join("\n").trim().to_owned();
        if clean.chars().count() <= longest {
            return clean;
        }
        self.note(what);
        let kept: String = clean.chars().take(longest).collect();
        format!("{}…", kept.trim_end())
    }
}

impl Draft {
    /// The card, and what had to be cut. The card may be blank: then there is no contact in it.
    pub fn finish(self, numbering: &Numbering) -> (Card, Vec<Cut>) {
        let mut shears = Shears::default();
        let company = shears.line(&self.company, LONGEST_NAME, Cut::Company);
        let name = person(&self.name, &company, &mut shears);
        let mut numbers: Vec<Number> = Vec::new();
        if self.numbers.len() > MOST_READ {
            shears.note(Cut::Number);
        }
        for draft in self.numbers.iter().take(MOST_READ) {
            for number in draft.read(numbering, &mut shears) {
                let known = numbers.iter().any(|known| known.same() == number.same());
                match (known, numbers.len() < MOST_NUMBERS) {
                    (true, _) => {}
                    (false, true) => numbers.push(number),
                    (false, false) => shears.note(Cut::Number),
                }
            }
        }
        let mut emails: Vec<String> = Vec::new();
        for email in &self.emails {
            let email = shears.line(email, LONGEST_FIELD, Cut::Email);
            match (
                email.is_empty() || emails.contains(&email),
                emails.len() < MOST_NUMBERS,
            ) {
                (true, _) => {}
                (false, true) => emails.push(email),
                (false, false) => shears.note(Cut::Email),
            }
        }
        let note = shears.lines(&self.note, LONGEST_NOTE, Cut::Note);
        let url = shears.line(&self.url, LONGEST_ADDRESS, Cut::Url);
        // A cut UID could be another one's.
        let uid = self.uid.map(|uid| neutralise(&uid, LONGEST_ADDRESS));
        let uid = match uid {
            Some(uid) if uid.chars().count() > LONGEST_ADDRESS => {
                shears.note(Cut::Uid);
                None
            }
            uid => uid.filter(|uid| !uid.is_empty()),
        };
        let card = Card {
            uid,
            name,
            company: (!company.is_empty()).then_some(company),
            numbers,
            emails,
            note: (!note.is_empty()).then_some(note),
            url: (!url.is_empty()).then_some(url),
        };
        (card, shears.cut)
    }
}

fn person(name: &Name, company: &str, shears: &mut Shears) -> Name {
    let mut part = |text: &str| shears.line(text, LONGEST_NAME, Cut::Name);
    let mut person = Name {
        full: part(&name.full),
        given: part(&name.given),
        additional: part(&name.additional),
        family: part(&name.family),
        prefix: part(&name.prefix),
        suffix: part(&name.suffix),
    };
    if person.full.is_empty() {
        let parts = [
            &person.prefix,
            &person.given,
            &person.additional,
            &person.family,
            &person.suffix,
        ];
        let composed: Vec<&str> = parts
            .into_iter()
            .map(String::as_str)
            .filter(|part| !part.is_empty())
            .collect();
        // `M.` alone is nobody.
        if composed.as_slice() != [person.prefix.as_str()] {
            person.full = shears.line(&composed.join(" "), LONGEST_NAME, Cut::Name);
        }
    }
    // A company's card repeats its name where a person's would stand.
    let is_company =
        person.given.is_empty() && person.family.is_empty() && fold(&person.full) == fold(company);
    if is_company { Name::default() } else { person }
}

impl DraftNumber {
    fn read(&self, numbering: &Numbering, shears: &mut Shears) -> Vec<Number> {
        let text = shears.line(&self.text, LONGEST_FIELD, Cut::Number);
        let written = shears.line(&self.written, LONGEST_FIELD, Cut::Number);
        let numbers = numbering.read(&self.text).into_iter().map(|reading| {
            let label = match self.label {
                Label::Other if reading.fax => Label::Fax,
                label if reading.split => match reading.label.as_deref().map(Label::read) {
                    None | Some(Label::Other) => label,
                    Some(own) => own,
                },
                label => label,
            };
            let text = match &reading.party {
                Some(Party::Number(number)) if reading.split => number.as_str().to_owned(),
                _ => text.clone(),
            };
            Number {
                label,
                written: (!written.is_empty()).then(|| written.clone()),
                text,
                party: reading.party,
                extension: reading.extension,
            }
        });
        // Nothing but invisible characters: no number.
        numbers.filter(|number| !number.text.is_empty()).collect()
    }
}

impl From<&Card> for Draft {
    /// As it would be typed again; reads to the same card.
    fn from(card: &Card) -> Self {
        let card = card.clone();
        Self {
            uid: card.uid,
            name: card.name,
            company: card.company.unwrap_or_default(),
            numbers: card
                .numbers
                .into_iter()
                .map(|number| DraftNumber {
                    label: number.label,
                    written: number.written.unwrap_or_default(),
                    text: number.text,
                })
                .collect(),
            emails: card.emails,
            note: card.note.unwrap_or_default(),
            url: card.url.unwrap_or_default(),
        }
    }
}
