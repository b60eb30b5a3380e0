//! What the person said about contacts (favourites, and which of several is meant), out to a file and back.
//!
//! The file is JSON in UTF-8: `{"format": "centrex-tray-marks", "version": 1, "favourites": […], "choices": [{"number":
//! "+33142685300", "contact": …}]}`. A contact in it has `identity` (what its source knows it by), `name`, `number` (its first one
//! as it is indexed, when it has one), and `server` when it is from an address book on a server. All else of a later
//! version 1 is passed over; another version is refused.

use std::io::Write;

use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};
use telephony::E164;

use crate::error::ContactsError;
use crate::export::ExportError;
use crate::model::Card;
use crate::store::{OWN, Reader, Store};
use crate::sync::{self, Kind, SourceId};
use crate::text::fold;

const FORMAT: &str = "centrex-tray-marks";
const VERSION: u32 = 1;

/// Why a file of marks wasn't taken. No text of the file is in it.
#[derive(Debug, thiserror::Error)]
pub enum MarksError {
    /// It isn't such a file.
    #[error("not a file of marks")]
    Unreadable,
    /// It is of a later version.
    #[error("the marks were written by a newer version (format {0}, this one knows {VERSION})")]
    Newer(u32),
    /// They can't be written.
    #[error(transparent)]
    Book(#[from] ContactsError),
}

/// What taking marks did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TakenMarks {
    /// Marks that hold now.
    pub taken: usize,
    /// Marks of contacts that aren't here.
    pub skipped: usize,
}

#[derive(Serialize, Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Marks {
    #[serde(flatten)]
    head: Head,
    #[serde(default)]
    favourites: Vec<Marked>,
    #[serde(default)]
    choices: Vec<Choice>,
}

#[derive(Serialize, Deserialize)]
struct Choice {
    number: E164,
    contact: Marked,
}

/// A contact, as another book finds it again.
#[derive(Serialize, Deserialize)]
struct Marked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    server: Option<String>,
    identity: String,
    #[serde(default)]
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    number: Option<String>,
}

impl Marked {
    /// From a row of kind, source, identity and body; `None` for a mark that waits for a contact of this computer's.
    fn of(row: &Row<'_>) -> rusqlite::Result<Option<Self>> {
        let (kind, source): (String, String) = (row.get(0)?, row.get(1)?);
        let card = row
            .get::<_, Option<String>>(3)?
            .and_then(|body| serde_json::from_str::<Card>(&body).ok());
        let server = (kind == Kind::CardDav.code()).then_some(source);
        if server.is_none() && card.is_none() {
            return Ok(None);
        }
        let card = card.unwrap_or_default();
        Ok(Some(Self {
            server,
            identity: row.get(2)?,
            name: card.display_name().to_owned(),
            number: card
                .numbers
                .first()
                .and_then(|number| number.key())
                .map(str::to_owned),
        }))
    }

    /// Its source and identity here. One of an address book on a server is known before it is read; all others are one's own.
    fn find(
        &self,
        db: &Transaction<'_>,
        servers: &impl Fn(&str) -> bool,
    ) -> Result<Option<(i64, String)>, ContactsError> {
        if let Some(name) = &self.server {
            if !servers(name) {
                return Ok(None);
            }
            let source = SourceId {
                kind: Kind::CardDav,
                name: name.clone(),
            };
            return Ok(Some((sync::row(db, &source)?, self.identity.clone())));
        }
        let by_identity = format!("SELECT identity FROM contact WHERE source = {OWN} AND identity = ?1");
        let by_name = format!(
            "SELECT c.identity FROM contact c LEFT JOIN number n ON n.contact = c.id
             WHERE c.source = {OWN} AND c.name_key = ?1 AND n.key IS ?2 ORDER BY c.id LIMIT 1"
        );
        let known = db
            .prepare_cached(&by_identity)?
            .query_row([&self.identity], |row| row.get(0))
            .optional()?;
        let known = match known {
            None => db
                .prepare_cached(&by_name)?
                .query_row(params![fold(&self.name), self.number], |row| row.get(0))
                .optional()?,
            known => known,
        };
        Ok(known.map(|identity| (OWN, identity)))
    }
}

impl Reader {
    /// Writes favourites and choices. Gives how many.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn export_marks(&self, to: &mut impl Write) -> Result<usize, ExportError> {
        let marks = self.marks()?;
        serde_json::to_writer_pretty(&mut *to, &marks).map_err(std::io::Error::from)?;
        to.flush()?;
        Ok(marks.favourites.len() + marks.choices.len())
    }

    fn marks(&self) -> Result<Marks, ContactsError> {
        const OF: &str = "s.kind, s.name, m.identity, c.body";
        // Not what waits for a source that isn't read any more.
        const JOINS: &str = "JOIN source s ON s.id = m.source
                 AND (s.id = 1 OR s.synced_us IS NOT NULL OR s.trouble IS NOT NULL)
             LEFT JOIN contact c ON c.source = m.source AND c.identity = m.identity";
        let mut favourites = self.db().prepare(&format!(
            "SELECT {OF} FROM favourite m {JOINS} GROUP BY m.source, m.identity"
        ))?;
        let favourites = favourites
            .query_map([], Marked::of)?
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        let mut choices = self.db().prepare(&format!(
            "SELECT {OF}, m.key FROM choice m {JOINS} GROUP BY m.key"
        ))?;
        let choices = choices
            .query_map([], |row| {
                let number = E164::parse(&row.get::<_, String>(4)?).ok();
                let contact = Marked::of(row)?;
                Ok(number
                    .zip(contact)
                    .map(|(number, contact)| Choice { number, contact }))
            })?
            .filter_map(Result::transpose)
            .collect::<Result<_, _>>()?;
        Ok(Marks {
            head: Head {
                format: FORMAT.to_owned(),
                version: VERSION,
            },
            favourites,
            choices,
        })
    }
}

impl Store {
    /// Takes favourites and choices from a file, beside those that are here; a choice that was made here stays. `servers`:
    /// whether an address book is one that this computer reads.
    ///
    /// # Errors
    /// [`MarksError`]; then nothing was taken.
    pub fn take_marks(
        &mut self,
        file: &[u8],
        servers: impl Fn(&str) -> bool,
    ) -> Result<TakenMarks, MarksError> {
        let head: Head = serde_json::from_slice(file).map_err(|_| MarksError::Unreadable)?;
        match head.version {
            _ if head.format != FORMAT => return Err(MarksError::Unreadable),
            VERSION => {}
            newer => return Err(MarksError::Newer(newer)),
        }
        let marks: Marks = serde_json::from_slice(file).map_err(|_| MarksError::Unreadable)?;
        self.take_all(&marks, &servers).map_err(MarksError::Book)
    }

    fn take_all(
        &mut self,
        marks: &Marks,
        servers: &impl Fn(&str) -> bool,
    ) -> Result<TakenMarks, ContactsError> {
        let transaction = self.transaction()?;
        let mut count = TakenMarks::default();
        for marked in &marks.favourites {
            let Some((source, identity)) = marked.find(&transaction, servers)? else {
                count.skipped += 1;
                continue;
            };
            transaction.execute(
                "INSERT INTO favourite (source, identity) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                params![source, identity],
            )?;
            count.taken += 1;
        }
        for choice in &marks.choices {
            let Some((source, identity)) = choice.contact.find(&transaction, servers)? else {
                count.skipped += 1;
                continue;
            };
            // One whose contact isn't here any more says nothing.
            transaction.execute(
                "INSERT INTO choice (key, source, identity) VALUES (?1, ?2, ?3)
                 ON CONFLICT (key) DO UPDATE SET source = excluded.source, identity = excluded.identity
                 WHERE NOT EXISTS (SELECT 1 FROM contact c WHERE c.source = choice.source AND c.identity = choice.identity)",
                params![choice.number.as_str(), source, identity],
            )?;
            count.taken += 1;
        }
        transaction.commit()?;
        Ok(count)
    }
}
