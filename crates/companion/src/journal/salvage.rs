//! What can be read of a journal that was set aside.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::import::{Entry, Item, Taken};
use super::row::{self, Stored};
use super::{Journal, JournalError, schema};

/// Reads what can be read of the calls of a journal that was set aside, newest first.
#[derive(Debug)]
pub struct Salvage {
    db: Connection,
    file: PathBuf,
    /// Calls not yet read.
    left: BTreeSet<i64>,
}

impl Salvage {
    /// Opens a file that [`super::Opened::SetAside`] names, and looks what is in it. Blocking: on a thread of its own.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be opened.
    pub fn open(file: &Path) -> Result<Self, JournalError> {
        let db = schema::open_read_only(file)?;
        // Each way leads up to what is damaged on it; together they name every call that some way leads to.
        let mut left = BTreeSet::new();
        for way in [
            "SELECT id FROM call INDEXED BY sqlite_autoindex_call_1",
            "SELECT id FROM call NOT INDEXED ORDER BY id",
            "SELECT id FROM call NOT INDEXED ORDER BY id DESC",
        ] {
            if let Err(error) = collect(&db, way, &mut left) {
                tracing::info!(%error, "a way to the calls of the damaged journal ends");
            }
        }
        Ok(Self {
            db,
            file: file.to_owned(),
            left,
        })
    }

    /// The next calls that can be read, at most `limit`; none: there are no more.
    pub fn next_calls(&mut self, limit: usize) -> Vec<Item> {
        let mut items = Vec::new();
        while items.len() < limit
            && let Some(id) = self.left.pop_last()
        {
            // What can't be read can't be helped.
            if let Ok(Some(stored)) = read(&self.db, id) {
                items.push(Item::Call(Box::new(Entry::from(stored.row))));
            }
        }
        items
    }

    /// The file. Who deletes every call deletes it too: then nothing of it may be taken any more.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

fn collect(db: &Connection, way: &str, ids: &mut BTreeSet<i64>) -> rusqlite::Result<()> {
    let mut query = db.prepare(way)?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        ids.insert(row.get(0)?);
    }
    Ok(())
}

fn read(db: &Connection, id: i64) -> rusqlite::Result<Option<Stored>> {
    db.prepare_cached(&format!("SELECT {} FROM call WHERE id = ?1", row::COLUMNS))?
        .query_row([id], row::read)
}

impl Journal {
    /// Takes calls that were read from the file `from`. What is known already stays, and what was deleted stays deleted.
    /// `None`: the file is gone, since every call was deleted; nothing was taken.
    ///
    /// # Errors
    /// [`JournalError`] when they can't be written; then nothing was.
    pub fn take_salvaged(&mut self, from: &Path, items: &[Item]) -> Result<Option<Taken>, JournalError> {
        if !from.try_exists()? {
            return Ok(None);
        }
        self.take_items(items, false).map(Some)
    }
}

/// Takes over, before anything is told again, which calls were deleted, when calls could be heard and what was dialled.
pub(super) fn take_marks(new: &Connection, file: &Path) {
    let marks = || -> Result<(), JournalError> {
        let old = schema::open_read_only(file)?;
        let transaction = new.unchecked_transaction()?;
        for (from, into) in [
            (
                "SELECT from_us, until_us, open, hole FROM heard",
                "heard VALUES (?1, ?2, ?3, ?4)",
            ),
            (
                "SELECT account, call, deleted_us FROM deleted",
                "deleted VALUES (?1, ?2, ?3)",
            ),
            (
                "SELECT account, call, started_us FROM erased",
                "deleted VALUES (?1, ?2, ?3)",
            ),
            (
                "SELECT press, account, at_us, call, own_leg FROM dialled",
                "dialled VALUES (?1, ?2, ?3, ?4, ?5)",
            ),
        ] {
            if let Err(error) = copy_rows(&old, &transaction, from, into) {
                tracing::info!(%error, "not all of a damaged table could be read");
            }
        }
        Ok(transaction.commit()?)
    };
    if let Err(error) = marks() {
        tracing::warn!(%error, "nothing could be read of the damaged journal");
    }
}

fn copy_rows(old: &Connection, new: &Connection, from: &str, into: &str) -> rusqlite::Result<()> {
    let mut insert = new.prepare(&format!("INSERT OR IGNORE INTO {into}"))?;
    let mut query = old.prepare(from)?;
    let width = query.column_count();
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..width)
            .map(|column| row.get::<_, rusqlite::types::Value>(column))
            .collect::<rusqlite::Result<Vec<_>>>()?;
        insert.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(())
}
