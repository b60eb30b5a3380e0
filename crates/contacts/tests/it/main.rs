//! The address book as its owner uses it: a real file, real cards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

mod broken;
mod csv_properties;
mod export;
mod files;
mod folder;
mod import;
mod lookup;
mod search;
mod store;
mod sync;

use contacts::import::{Hint, Preview, Unreadable, Watch};
use contacts::{Card, Draft, DraftNumber, Label, Name, Numbering, Store};
use jiff::Timestamp;
use telephony::E164;
use tempfile::TempDir;

/// A book in a folder of its own.
struct Book {
    store: Store,
    folder: TempDir,
}

impl Book {
    fn new() -> Self {
        Self::with(Numbering::default())
    }

    fn with(numbering: Numbering) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (store, _) = Store::open(&folder.path().join("contacts.db"), numbering, at(0)).unwrap();
        Self { store, folder }
    }

    fn save(&mut self, draft: Draft) -> contacts::Contact {
        self.store.save(None, draft, at(1)).unwrap()
    }

    /// The names that a search finds.
    fn finds(&self, text: &str) -> Vec<String> {
        let found = self.store.read().search(text, 50).unwrap();
        let names = found
            .contacts
            .iter()
            .map(|contact| contact.card.display_name().to_owned());
        names.collect()
    }

    fn names(&self, number: &str) -> Vec<String> {
        let matches = self.store.read().lookup(&e164(number)).unwrap();
        matches
            .iter()
            .map(|one| one.contact.card.display_name().to_owned())
            .collect()
    }

    fn import(&mut self, preview: &Preview, minute: i64) -> contacts::import::Imported {
        self.store
            .import(preview, at(minute), &mut Watch::none())
            .unwrap()
    }
}

/// So many minutes after the beginning.
fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_790_000_000 + minutes * 60).unwrap()
}

fn e164(text: &str) -> E164 {
    E164::parse(text).unwrap()
}

fn person(name: &str, numbers: &[(Label, &str)]) -> Draft {
    Draft {
        name: Name {
            full: name.to_owned(),
            ..Name::default()
        },
        numbers: numbers
            .iter()
            .map(|(label, text)| DraftNumber {
                label: *label,
                written: String::new(),
                text: (*text).to_owned(),
            })
            .collect(),
        ..Draft::default()
    }
}

fn preview(bytes: &[u8]) -> Preview {
    try_preview(bytes).unwrap()
}

fn try_preview(bytes: &[u8]) -> Result<Preview, Unreadable> {
    contacts::import::preview(bytes, &Hint::default(), &Numbering::default(), &mut Watch::none())
}

fn cards(preview: &Preview) -> Vec<Card> {
    preview.entries().map(|(_, card)| card).collect()
}
