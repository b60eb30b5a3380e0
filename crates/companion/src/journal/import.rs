//! Reading an export back.

use std::io::Read;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use telephony::Call;

use super::coverage::{self, Heard};
use super::export::{FORMAT, VERSION};
use super::row::{self, CallBack, Name, Row};
use super::{Journal, JournalError, erase, store};
use crate::event::CallKey;
use crate::words::Message;

/// A call as it stands in an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its last known state.
    pub call: Call,
    /// A missed call that nobody has seen yet.
    #[serde(default)]
    pub unread: bool,
    /// The other party's name as last known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// The person's note.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Whether the other party is to be called back.
    #[serde(default)]
    pub call_back: CallBack,
}

/// One thing of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A call.
    Call(Box<Entry>),
    /// When calls could be heard.
    Heard(Heard),
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Calls that weren't there.
    pub added: u64,
    /// Calls that were there and learned something.
    pub changed: u64,
    /// Calls that were there as they are, or aren't to be kept.
    pub skipped: u64,
}

/// Why a file can't be read as an export. No text of the file is in it.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file can't be read.
    #[error("the file can't be read: {0}")]
    Io(#[from] std::io::Error),
    /// It isn't an export of this program, or was cut or changed.
    #[error("the file is no whole export of the journal (line {line})")]
    NotAnExport {
        /// Where reading ended.
        line: usize,
    },
    /// A later version wrote it.
    #[error("the export was written by a newer version (format {found}, this one knows {VERSION})")]
    Newer {
        /// Its version.
        found: u32,
    },
    /// Who took the items wanted no more.
    #[error("reading was stopped")]
    Stopped,
}

impl ImportError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Io(_) | Self::Stopped => Message::new("journal-import-unreadable"),
            Self::NotAnExport { line } => {
                Message::new("journal-import-foreign").with("line", line.to_string())
            }
            Self::Newer { .. } => Message::new("journal-import-newer"),
        }
    }
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            call: row.call,
            unread: row.unread,
            name: row.name,
            note: row.note,
            call_back: row.call_back,
        }
    }
}

/// Reads the JSON form and hands on one item after the other, holding none; `sink` gives whether it wants more.
///
/// # Errors
/// [`ImportError`]; what was handed on before stays so.
pub fn read_export(reader: impl Read, sink: &mut dyn FnMut(Item) -> bool) -> Result<(), ImportError> {
    let mut json = serde_json::Deserializer::from_reader(reader);
    let mut document = Document {
        sink,
        newer: None,
        stopped: false,
    };
    let read = (&mut document).deserialize(&mut json).and_then(|()| json.end());
    match (read, document.newer) {
        (_, Some(found)) => Err(ImportError::Newer { found }),
        (Ok(()), None) => Ok(()),
        (Err(_), None) if document.stopped => Err(ImportError::Stopped),
        (Err(error), None) if error.is_io() => Err(ImportError::Io(error.into())),
        (Err(error), None) => Err(ImportError::NotAnExport { line: error.line() }),
    }
}

struct Document<'s> {
    sink: &'s mut dyn FnMut(Item) -> bool,
    newer: Option<u32>,
    stopped: bool,
}

impl<'de> DeserializeSeed<'de> for &mut Document<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for &mut Document<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an export of the journal")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut format, mut version, mut calls) = (false, false, false);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "format" => format = map.next_value::<String>()? == FORMAT,
                "version" => {
                    let found: u32 = map.next_value()?;
                    if format && found > VERSION {
                        self.newer = Some(found);
                        return Err(A::Error::custom("newer"));
                    }
                    version = found > 0;
                }
                "calls" | "coverage" if !(format && version) => return Err(A::Error::custom("no header")),
                "calls" => {
                    calls = true;
                    map.next_value_seed(Items {
                        document: self,
                        item: |entry| Item::Call(Box::new(entry)),
                    })?;
                }
                "coverage" => map.next_value_seed(Items {
                    document: self,
                    item: Item::Heard,
                })?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        if calls {
            Ok(())
        } else {
            Err(A::Error::custom("no calls"))
        }
    }
}

/// The items of one list, each handed on as it is read.
struct Items<'d, 's, T> {
    document: &'d mut Document<'s>,
    item: fn(T) -> Item,
}

impl<'de, T: Deserialize<'de>> DeserializeSeed<'de> for Items<'_, '_, T> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Items<'_, '_, T> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(value) = list.next_element::<T>()? {
            if !(self.document.sink)((self.item)(value)) {
                self.document.stopped = true;
                return Err(A::Error::custom("stopped"));
            }
        }
        Ok(())
    }
}

impl Journal {
    /// Takes items of an export, all in one transaction; taking them again changes nothing. What is known of a call already
    /// stays, unless the export knows how it went on; a note, a name and a tick are taken where there is none. A call that was
    /// deleted comes back; what [`Journal::keep`] excludes doesn't.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing was.
    pub fn take(&mut self, items: &[Item]) -> Result<Taken, JournalError> {
        self.take_items(items, true)
    }

    /// The same; `revive`: whether deleted calls come back.
    pub(super) fn take_items(&mut self, items: &[Item], revive: bool) -> Result<Taken, JournalError> {
        let mut taken = Taken::default();
        let transaction = self.db.transaction()?;
        for item in items {
            let entry = match item {
                Item::Call(entry) => entry,
                Item::Heard(heard) => {
                    coverage::add(&transaction, heard)?;
                    continue;
                }
            };
            let key = CallKey::of(&entry.call);
            let old = store::load(&transaction, &key)?;
            let stays_deleted = !revive && store::is_deleted(&transaction, &key)?;
            if stays_deleted || (old.is_none() && !self.keeping.keeps(&entry.call)) {
                taken.skipped += 1;
                continue;
            }
            let row = merged(old.as_ref().map(|old| &old.row), entry);
            if old.as_ref().is_some_and(|old| old.row == row) {
                taken.skipped += 1;
                continue;
            }
            erase::forgive(&transaction, &key)?;
            store::write(&transaction, old.as_ref(), &row)?;
            if old.is_some() {
                taken.changed += 1;
            } else {
                taken.added += 1;
            }
        }
        transaction.commit()?;
        Ok(taken)
    }
}

fn merged(old: Option<&Row>, entry: &Entry) -> Row {
    let mut row = match old {
        None => Row::new(entry.call.clone(), entry.unread && entry.call.is_missed()),
        Some(old) => {
            let further =
                entry.call.state > old.call.state || (old.call.end_unknown && !entry.call.end_unknown);
            let mut row = old.clone();
            if further && entry.call.state >= old.call.state {
                row.call = entry.call.clone();
                row.outcome = row::outcome(&row.call);
            }
            row
        }
    };
    if row.note.is_empty() {
        row.note = row::tidy_note(&entry.note);
    }
    if row.name.is_none() {
        row.name = entry.name.as_ref().and_then(Name::tidy);
    }
    if row.call_back == CallBack::None {
        row.call_back = entry.call_back;
    }
    row
}
