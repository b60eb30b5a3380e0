//! The whole journal as a file of another kind, oldest call first. Read beside the owner in one snapshot, written a call at a
//! time.
//!
//! **JSON**, version 1, is the form that is read back by [`super::read_export`]:
//!
//! ```json
//! {"format": "centrex-tray-journal", "version": 1, "exported_at": "2026-11-23T10:20:30Z",
//!  "calls": [{"call": {…}, "unread": false, "name": {"display": …, "company": …, "source": …, "since": …}, "note": "…",
//!             "call_back": {"state": "none" | "wanted" | "settled", "why": "hand" | "missed", "since": …, "at": …}}],
//!  "coverage": [{"from": …, "until": …, "hole_before": "open" | "filled" | "gap"}]}
//! ```
//!
//! `call` is the [`telephony::Call`] of the relay's wire; times are RFC 3339. `format` and `version` come first. What a later
//! version adds is passed over by an earlier one; a change that isn't so raises `version`. **CSV** is for spreadsheets, see
//! [`Csv`]; **iCalendar** (RFC 5545) has one event a call.

mod calendar;
mod csv;

use std::io::{BufWriter, Write};
use std::path::Path;

use jiff::Timestamp;
use rusqlite::Connection;
use telephony::{Direction, Language, Party};
use tempfile::NamedTempFile;

pub use self::csv::Csv;
use super::import::Entry;
use super::row::{self, Row};
use super::{JournalError, coverage, elsewhere, schema};
use crate::numbers;
use crate::words::{Message, say};

/// The word that the JSON form begins with.
pub(super) const FORMAT: &str = "centrex-tray-journal";
/// The version of the JSON form.
pub(super) const VERSION: u32 = 1;

/// Longest text from outside in one cell or line, in characters.
const LONGEST: usize = 200;

/// As what.
#[derive(Clone, Debug)]
pub enum Format {
    /// For spreadsheets.
    Csv(Csv),
    /// To be read back.
    Json,
    /// iCalendar, its words in this language.
    Calendar(Language),
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// So many calls.
    pub calls: u64,
}

/// Reads a journal beside its owner, for one export. Blocking: on a thread of its own.
#[derive(Debug)]
pub struct Exporter {
    db: Connection,
}

/// One form of writing calls.
trait Form {
    fn call(&mut self, out: &mut dyn Write, row: &Row) -> std::io::Result<()>;
    fn end(&mut self, out: &mut dyn Write, coverage: &[coverage::Heard]) -> std::io::Result<()>;
}

impl Exporter {
    /// Opens the journal at that path, which its owner has opened before.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be read.
    pub fn open(journal: &Path) -> Result<Self, JournalError> {
        Ok(Self {
            db: schema::open_read_only(journal)?,
        })
    }

    /// Writes every call to a file that only this user may read; an existing one is replaced once the new one is whole.
    ///
    /// # Errors
    /// [`JournalError`] when the journal can't be read or the file can't be written; then no file was changed.
    pub fn write(&mut self, to: &Path, format: &Format, now: Timestamp) -> Result<Written, JournalError> {
        // Under a name that nobody can know before, in the same folder and for this user only: no file of the person's is
        // touched, no link followed.
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
        let beside = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
        let mut out = BufWriter::new(beside);
        let written = self.write_to(&mut out, format, now)?;
        let beside = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        beside.as_file().sync_all()?;
        beside.persist(to).map_err(|failed| failed.error)?;
        Ok(written)
    }

    /// The same to any writer.
    ///
    /// # Errors
    /// [`JournalError`] when the journal can't be read or the writer refuses.
    pub fn write_to(
        &mut self,
        out: &mut dyn Write,
        format: &Format,
        now: Timestamp,
    ) -> Result<Written, JournalError> {
        let snapshot = self.db.transaction()?;
        let mut form: Box<dyn Form> = match format {
            Format::Csv(csv) => Box::new(csv::begin(out, csv)?),
            Format::Json => Box::new(Json::begin(out, now)?),
            Format::Calendar(language) => Box::new(calendar::begin(out, *language, now)?),
        };
        let mut calls = 0;
        let mut query = snapshot.prepare(&format!("SELECT {} FROM call ORDER BY id", row::COLUMNS))?;
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            if let Some(mut stored) = row::read(row)? {
                elsewhere::look(&snapshot, &mut stored.row)?;
                form.call(out, &stored.row)?;
                calls += 1;
            }
        }
        let coverage: Vec<_> = coverage::intervals(&snapshot, i64::MIN, i64::MAX)?
            .into_iter()
            .map(|(heard, _)| heard)
            .collect();
        form.end(out, &coverage)?;
        Ok(Written { calls })
    }
}

struct Json {
    first: bool,
}

impl Json {
    fn begin(out: &mut dyn Write, now: Timestamp) -> std::io::Result<Self> {
        write!(
            out,
            "{{\"format\":\"{FORMAT}\",\"version\":{VERSION},\"exported_at\":\"{now}\",\"calls\":["
        )?;
        Ok(Self { first: true })
    }
}

impl Form for Json {
    fn call(&mut self, out: &mut dyn Write, row: &Row) -> std::io::Result<()> {
        let comma = if std::mem::take(&mut self.first) {
            "\n"
        } else {
            ",\n"
        };
        out.write_all(comma.as_bytes())?;
        serde_json::to_writer(&mut *out, &Entry::from(row.clone()))?;
        Ok(())
    }

    fn end(&mut self, out: &mut dyn Write, coverage: &[coverage::Heard]) -> std::io::Result<()> {
        out.write_all(b"\n],\"coverage\":")?;
        serde_json::to_writer(&mut *out, coverage)?;
        out.write_all(b"}\n")
    }
}

/// The other party's number for the eye, in one line without no-break spaces; empty when it is withheld.
fn number(row: &Row, language: Language) -> String {
    numbers::show_other(&row.call, language)
        .map(|shown| shown.replace('\u{a0}', " "))
        .unwrap_or_default()
}

/// The own line, or what the platform wrote there.
fn line(row: &Row, language: Language) -> String {
    let own = match row.call.direction {
        Direction::Incoming => row.call.called_number.as_ref(),
        Direction::Outgoing => row.call.calling_number.as_ref(),
    };
    numbers::show_party(own, language)
        .map(|shown| shown.replace('\u{a0}', " "))
        .unwrap_or_default()
}

/// Who it was, as well as is known.
fn who(row: &Row, language: Language) -> String {
    let name = row.name.as_ref();
    let known = name.and_then(|name| name.display.clone().or_else(|| name.company.clone()));
    known
        .or_else(|| Some(number(row, language)).filter(|number| !number.is_empty()))
        .unwrap_or_else(|| {
            let id = match row.call.direction {
                Direction::Incoming => "party-withheld",
                Direction::Outgoing => "party-unknown",
            };
            say(language, &Message::new(id))
        })
}

/// Text from outside in one harmless line.
fn one_line(text: &str) -> String {
    numbers::neutralise(text, LONGEST)
}

/// The other party in E.164, or what the platform wrote instead.
fn raw_party(row: &Row) -> String {
    match row.call.other_party() {
        None => String::new(),
        Some(Party::Number(number)) => number.as_str().to_owned(),
        Some(Party::Other(text)) => one_line(text),
    }
}
