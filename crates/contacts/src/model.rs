//! What a contact is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use telephony::{E164, Party};

use crate::label::Label;
use crate::text::fold;

/// A contact's number in the database. Not given again after a deletion; a synchronised contact may get a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ContactId(pub i64);

/// One import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BatchId(pub i64);

/// A contact of the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Contact {
    /// Which one.
    pub id: ContactId,
    /// Where it comes from.
    pub source: Source,
    /// What it says.
    pub card: Card,
    /// The person marked it.
    pub favourite: bool,
    /// Since when the book has it from there.
    pub since: Timestamp,
    /// When it last changed here.
    pub updated_at: Timestamp,
}

/// Where a contact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Written here.
    Local,
    /// Read from a file, once. It is the person's own since.
    Import {
        /// The import that last wrote it.
        batch: BatchId,
        /// The file's name.
        file: String,
    },
    /// A file of the watched folder.
    Folder {
        /// The folder.
        folder: String,
        /// The file's name in it.
        file: String,
    },
    /// A CardDAV collection.
    CardDav {
        /// Its address.
        collection: String,
    },
    /// A company directory.
    Ldap {
        /// Its address.
        directory: String,
    },
}

impl Source {
    /// It may be changed and deleted here; the others are changed where they come from.
    pub fn is_own(&self) -> bool {
        matches!(self, Self::Local | Self::Import { .. })
    }
}

/// What a contact says, made harmless and bounded; built from a [`crate::Draft`]. Its JSON is the `body` in the database.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Card {
    /// What its source knows it by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uid: Option<String>,
    /// The person.
    #[serde(skip_serializing_if = "Name::is_empty")]
    pub name: Name,
    /// The company.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// In the order of its source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<Number>,
    /// E-mail addresses, as written.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    /// Plain text, may have several lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// A web address as written. Nothing has checked it: open `https:` and `http:` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// A person's name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Name {
    /// As it is shown; composed from the parts when the source gives those only.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub full: String,
    /// First name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub given: String,
    /// Further first names.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub additional: String,
    /// Family name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub family: String,
    /// `Dr`, `Mme`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// `fils`, `MBA`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub suffix: String,
}

impl Name {
    /// Nothing is given.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A number of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Number {
    /// What it is for.
    pub label: Label,
    /// The label in the source's own words, where they say more than [`Number::label`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<String>,
    /// As written; one of several numbers of a text is in international form here.
    pub text: String,
    /// What it is found by: a public number, or the digits of a short number or an extension. `None`: it couldn't be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<Party>,
    /// To ask for behind the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
}

impl Number {
    /// In international form, when it is a public number.
    pub fn e164(&self) -> Option<&E164> {
        match &self.party {
            Some(Party::Number(number)) => Some(number),
            _ => None,
        }
    }

    /// The key in the index.
    pub(crate) fn key(&self) -> Option<&str> {
        match self.party.as_ref()? {
            Party::Number(number) => Some(number.as_str()),
            Party::Other(digits) => Some(digits),
        }
    }

    /// What makes it the same number as another one.
    pub(crate) fn same(&self) -> &str {
        self.key().unwrap_or(&self.text)
    }
}

impl Card {
    /// Person, else company, else number, else e-mail address. Never empty for a contact of the book.
    pub fn display_name(&self) -> &str {
        let number = self.numbers.first().map(|number| number.text.as_str());
        Some(self.name.full.as_str())
            .filter(|name| !name.is_empty())
            .or(self.company.as_deref())
            .or(number)
            .or(self.emails.first().map(String::as_str))
            .unwrap_or_default()
    }

    /// It has nothing to be shown by.
    pub(crate) fn is_blank(&self) -> bool {
        self.display_name().is_empty()
    }

    /// The name for comparing and for the order of lists.
    pub(crate) fn name_key(&self) -> String {
        fold(self.display_name())
    }

    /// By what its source knows it again: its UID, else its name and first number.
    pub(crate) fn identity(&self) -> String {
        match &self.uid {
            Some(uid) => uid.clone(),
            None => {
                let number = self.numbers.first().map_or("", Number::same);
                format!("{}\u{1f}{number}", self.name_key())
            }
        }
    }

    /// All that is searched by words, folded.
    pub(crate) fn searchable(&self) -> String {
        let Name {
            full, given, family, ..
        } = &self.name;
        let mut text = full.clone();
        let parts = [
            given.as_str(),
            family.as_str(),
            self.company.as_deref().unwrap_or_default(),
        ];
        for part in parts.into_iter().chain(self.emails.iter().map(String::as_str)) {
            if !part.is_empty() && !text.contains(part) {
                text.push(' ');
                text.push_str(part);
            }
        }
        fold(&text)
    }

    /// A newer card about the same contact: what it says wins, what it leaves out stays.
    /// With `whole`, its numbers and e-mail addresses replace the known ones; else they are added to them.
    pub(crate) fn updated_by(&self, newer: Card, whole: bool) -> Card {
        let mut card = newer;
        card.uid = self.uid.clone().or(card.uid);
        if card.name.full.is_empty() {
            card.name = self.name.clone();
        }
        card.company = card.company.or_else(|| self.company.clone());
        card.note = card.note.or_else(|| self.note.clone());
        card.url = card.url.or_else(|| self.url.clone());
        if !whole || card.numbers.is_empty() {
            let mut numbers = self.numbers.clone();
            for number in card.numbers {
                match numbers.iter_mut().find(|known| known.same() == number.same()) {
                    Some(known) => *known = number,
                    None => numbers.push(number),
                }
            }
            card.numbers = numbers;
        }
        if !whole || card.emails.is_empty() {
            let mut emails = self.emails.clone();
            emails.extend(card.emails.into_iter().filter(|mail| !self.emails.contains(mail)));
            card.emails = emails;
        }
        card
    }
}
