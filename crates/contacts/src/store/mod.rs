//! The book `contacts.db`: every contact that this desktop knows, found by number and by word.
//!
//! SQLite, blocking: one owner ([`Store`]) on a thread of its own, and beside it any number of [`Reader`]s (write-ahead log).
//! Each connection keeps at most 1 MiB of pages in memory. Layout, version 1 (`PRAGMA user_version`, its SQL in `layout.rs`);
//! times are microseconds since 1970:
//!
//! - `source`: where contacts come from; row 1 is one's own (typed and imported), the others are synchronised: `kind`
//!   (`folder`, `carddav`, `ldap`) and `name` (path, address), the `token` of the last synchronisation and what went wrong.
//! - `contact`: one row a contact. `body` is the whole [`crate::Card`] as JSON; `identity` is by what its source knows it again
//!   (UID, else name and first number), `name_key` its name for order and comparison; `batch` the import that last wrote it,
//!   `href` the resource of its source that holds it.
//! - `number`: the index from `+33142685300` (or the digits of a short number or extension) to contacts; `position` counts
//!   [`crate::Card::numbers`].
//! - `word`: the full text of names, companies and e-mail addresses, folded; its rowid is the contact's.
//! - `favourite` and `choice`: what the person said, kept by source and identity, so that it outlives a synchronisation.
//! - `resource`: the entity tags of what was synchronised.
//! - `batch` and `undo`: imports, and for the latest ones how each contact was before (`NULL`: it wasn't).
//! - `setting`: `numbering`, by which the numbers were indexed.
//!
//! Before a migration the file is copied beside itself as `contacts.db.vN-YYYYMMDD-HHMMSS`. A damaged file is set aside as
//! `contacts.db.damaged-YYYYMMDD-HHMMSS` (with its log) and a new book begun. The file is its user's alone (mode 0600).

mod edit;
mod file;
mod layout;
mod lookup;
mod row;
mod search;

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

pub(crate) use edit::with_uid;
pub use file::Opened;
pub(crate) use file::is_damage;
pub use lookup::{Match, is_ambiguous, is_shared};
pub(crate) use row::{OWN, Place, insert, remove, time, update};
pub use search::Found;

use crate::draft::Draft;
use crate::error::ContactsError;
use crate::model::{Card, Contact, ContactId};
use crate::numbering::Numbering;

/// Asks the book; opened beside its owner, on any thread.
#[derive(Debug)]
pub struct Reader {
    db: Connection,
    numbering: Numbering,
}

/// Owns the book.
#[derive(Debug)]
pub struct Store {
    reader: Reader,
    path: PathBuf,
}

impl Store {
    /// Opens the book, or begins one; its folder is made when missing. A damaged file is set aside under a dated name. With
    /// another numbering than the last time, all numbers are read again (a second or two for 50,000 contacts).
    ///
    /// # Errors
    /// [`ContactsError`] when the folder can't be written or the file is a newer version's.
    pub fn open(path: &Path, numbering: Numbering, now: Timestamp) -> Result<(Self, Opened), ContactsError> {
        let (db, opened) = file::open(path, &layout::STEPS, now)?;
        let mut store = Self {
            reader: Reader { db, numbering },
            path: path.to_owned(),
        };
        store.keep_numbering()?;
        Ok((store, opened))
    }

    /// For asking, on the owner's thread.
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// For asking on another thread; sees what was last committed.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn reader(&self) -> Result<Reader, ContactsError> {
        Ok(Reader {
            db: file::open_to_read(&self.path)?,
            numbering: self.reader.numbering.clone(),
        })
    }

    /// Reads numbers by other rules from now on; see [`Store::open`]. Readers that are open keep the old ones.
    ///
    /// # Errors
    /// [`ContactsError`] when it can't be written; then nothing was.
    pub fn set_numbering(&mut self, numbering: Numbering) -> Result<(), ContactsError> {
        let before = std::mem::replace(&mut self.reader.numbering, numbering);
        self.keep_numbering()
            .inspect_err(|_| self.reader.numbering = before)
    }

    fn keep_numbering(&mut self) -> Result<(), ContactsError> {
        let wanted = serde_json::to_string(&self.reader.numbering)?;
        let numbering = self.reader.numbering.clone();
        let transaction = self.transaction()?;
        let known: Option<String> = transaction
            .query_row("SELECT value FROM setting WHERE name = 'numbering'", [], |row| {
                row.get(0)
            })
            .optional()?;
        if known.as_ref() == Some(&wanted) {
            return Ok(());
        }
        reindex(&transaction, &numbering)?;
        transaction.execute(
            "INSERT INTO setting (name, value) VALUES ('numbering', ?1) ON CONFLICT DO UPDATE SET value = ?1",
            [wanted],
        )?;
        Ok(transaction.commit()?)
    }

    /// Lets a large change have its pages in memory: written once each and not again for every contact. Given back by
    /// [`Self::narrow`].
    pub(crate) fn widen(&self) -> Result<(), ContactsError> {
        Ok(self.reader.db.pragma_update(None, "cache_size", -32 * 1024)?)
    }

    /// As before [`Self::widen`]: the memory goes back to the system.
    pub(crate) fn narrow(&self) {
        let narrow = "PRAGMA cache_size = -1024; PRAGMA shrink_memory;";
        if let Err(error) = self.reader.db.execute_batch(narrow) {
            tracing::debug!(%error, "the book keeps its pages in memory");
        }
    }

    pub(crate) fn transaction(&mut self) -> Result<Transaction<'_>, ContactsError> {
        Ok(self.reader.db.transaction()?)
    }
}

impl Reader {
    /// One contact.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn contact(&self, id: ContactId) -> Result<Option<Contact>, ContactsError> {
        row::by_id(&self.db, id)
    }

    /// How many contacts the book has.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn count(&self) -> Result<u64, ContactsError> {
        let count: i64 = self
            .db
            .query_row("SELECT count(*) FROM contact", [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// Hands out every contact, or one's own only, in the order of their names, one at a time.
    ///
    /// # Errors
    /// [`ContactsError`], also what `each` gives.
    pub fn for_each<E: From<ContactsError>>(
        &self,
        own_only: bool,
        mut each: impl FnMut(Contact) -> Result<(), E>,
    ) -> Result<(), E> {
        let sql = format!(
            "SELECT {} FROM {} {} WHERE c.source = {OWN} OR NOT ?1 ORDER BY c.name_key",
            row::COLUMNS,
            row::BY_NAME,
            row::JOINS
        );
        let mut query = self.db.prepare_cached(&sql).map_err(ContactsError::from)?;
        let mut rows = query.query([own_only]).map_err(ContactsError::from)?;
        while let Some(row) = rows.next().map_err(ContactsError::from)? {
            if let Some(contact) = row::read(row).map_err(ContactsError::from)? {
                each(contact)?;
            }
        }
        Ok(())
    }

    pub(crate) fn db(&self) -> &Connection {
        &self.db
    }

    pub(crate) fn numbering(&self) -> &Numbering {
        &self.numbering
    }
}

/// Reads every contact's numbers again.
fn reindex(db: &Transaction<'_>, numbering: &Numbering) -> Result<(), ContactsError> {
    let mut next = db.prepare("SELECT id, body FROM contact WHERE id > ?1 ORDER BY id LIMIT 1")?;
    let mut last = 0;
    while let Some((id, body)) = next
        .query_row([last], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
        })
        .optional()?
    {
        last = id;
        let Ok(card) = serde_json::from_str::<Card>(&body) else {
            continue;
        };
        let (again, _) = Draft::from(&card).finish(numbering);
        if again.numbers == card.numbers {
            continue;
        }
        // The identity stays as it was, so that favourites and choices hold.
        db.prepare_cached("DELETE FROM number WHERE contact = ?1")?
            .execute([id])?;
        let card = Card {
            numbers: again.numbers,
            ..card
        };
        row::index_numbers(db, ContactId(id), &card)?;
        db.prepare_cached("UPDATE contact SET body = ?2 WHERE id = ?1")?
            .execute(params![id, serde_json::to_string(&card)?])?;
    }
    Ok(())
}
