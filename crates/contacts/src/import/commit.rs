//! The import of what a preview showed, and its undoing.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Preview, Watch};
use crate::error::ContactsError;
use crate::model::{BatchId, Card, ContactId};
use crate::store::{OWN, Place, Reader, Store, insert, remove, update, with_uid};

/// Imports that can be taken back.
const KEPT_UNDO: i64 = 10;
/// Entries between two reports of progress.
const STEP: usize = 250;

/// What an import would do to the book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// New contacts.
    pub added: usize,
    /// Known ones that change.
    pub updated: usize,
    /// Known ones that are so already.
    pub unchanged: usize,
}

/// What an import did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// To take it back.
    pub batch: BatchId,
    /// How many contacts it touched.
    pub count: Compared,
}

/// What taking an import back did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undone {
    /// The file's name.
    pub file: String,
    /// When it was imported.
    pub at: Timestamp,
    /// Contacts that it had added, now deleted.
    pub removed: usize,
    /// Contacts that it had changed, now as before.
    pub restored: usize,
    /// Contacts left alone, as they were changed or deleted since.
    pub kept: usize,
}

/// A contact before an import, as it stands in `undo`.
#[derive(Serialize, Deserialize)]
struct Before {
    batch: Option<i64>,
    since_us: i64,
    updated_us: i64,
    card: Card,
}

/// A contact of one's own that a card is about.
struct Known {
    id: ContactId,
    by_uid: bool,
    before: Before,
}

impl Reader {
    /// What importing the preview would do; as of now. The watch is told how many entries are compared.
    ///
    /// # Errors
    /// [`ContactsError::Sql`], or [`ContactsError::Cancelled`] when it was to stop.
    pub fn compare(&self, preview: &Preview, watch: &mut Watch<'_>) -> Result<Compared, ContactsError> {
        let mut count = Compared::default();
        let own = format!("SELECT EXISTS (SELECT 1 FROM contact WHERE source = {OWN})");
        if !self.db().query_row(&own, [], |row| row.get::<_, bool>(0))? {
            // Nothing that a card could be about.
            count.added = preview.len();
            return Ok(count);
        }
        watch.begin(preview.len());
        for (done, (_, card)) in preview.entries().enumerate() {
            step(watch, done)?;
            match known(self.db(), &card)? {
                None => count.added += 1,
                Some(known) => match known.before.card.updated_by(card, known.by_uid) == known.before.card {
                    true => count.unchanged += 1,
                    false => count.updated += 1,
                },
            }
        }
        Ok(count)
    }
}

impl Store {
    /// Imports what the preview showed, as one's own contacts. A card about a known one (the same UID, else the same name and a
    /// number in common) changes it: what the card says wins, what it leaves out stays. All or nothing. The watch is told how
    /// many entries are written.
    ///
    /// # Errors
    /// [`ContactsError::Cancelled`] when it was to stop, or it can't be written; then nothing was.
    pub fn import(
        &mut self,
        preview: &Preview,
        now: Timestamp,
        watch: &mut Watch<'_>,
    ) -> Result<Imported, ContactsError> {
        self.widen()?;
        let imported = self.import_all(preview, now, watch);
        self.narrow();
        imported
    }

    fn import_all(
        &mut self,
        preview: &Preview,
        now: Timestamp,
        watch: &mut Watch<'_>,
    ) -> Result<Imported, ContactsError> {
        let now_us = now.as_microsecond();
        watch.begin(preview.len());
        let transaction = self.transaction()?;
        transaction.execute(
            "INSERT INTO batch (at_us, file) VALUES (?1, ?2)",
            params![now_us, preview.file],
        )?;
        let batch = transaction.last_insert_rowid();
        let mut count = Compared::default();
        for (done, (_, card)) in preview.entries().enumerate() {
            step(watch, done)?;
            take(&transaction, card, batch, now_us, &mut count)?;
        }
        transaction.execute("DELETE FROM undo WHERE batch <= ?1", [batch - KEPT_UNDO])?;
        transaction.commit()?;
        watch.end();
        Ok(Imported {
            batch: BatchId(batch),
            count,
        })
    }

    /// Takes one of the last ten imports back: what it added goes, what it changed is as before. Contacts that were changed
    /// since stay as they are.
    ///
    /// # Errors
    /// [`ContactsError::NoSuchImport`], or it can't be written; then nothing was.
    pub fn undo(&mut self, batch: BatchId) -> Result<Undone, ContactsError> {
        let transaction = self.transaction()?;
        let imported = transaction
            .query_row("SELECT file, at_us FROM batch WHERE id = ?1", [batch.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        let (file, at_us) = imported.ok_or(ContactsError::NoSuchImport)?;
        let mut undone = Undone {
            file,
            at: Timestamp::from_microsecond(at_us).unwrap_or(Timestamp::UNIX_EPOCH),
            removed: 0,
            restored: 0,
            kept: 0,
        };
        let changes: Vec<(i64, Option<String>, bool)> = transaction
            .prepare(
                "SELECT u.contact, u.before, c.id IS NOT NULL FROM undo u JOIN batch b ON b.id = u.batch
                 LEFT JOIN contact c ON c.id = u.contact AND c.batch = u.batch AND c.updated_us = b.at_us
                 WHERE u.batch = ?1",
            )?
            .query_map([batch.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        if changes.is_empty() {
            return Err(ContactsError::NoSuchImport);
        }
        for (id, before, untouched) in changes {
            let id = ContactId(id);
            match before {
                _ if !untouched => undone.kept += 1,
                None => {
                    remove(&transaction, id)?;
                    undone.removed += 1;
                }
                Some(before) => {
                    let before: Before = serde_json::from_str(&before)?;
                    let place = own_place(before.batch, before.since_us, before.updated_us);
                    update(&transaction, id, place, &before.card)?;
                    undone.restored += 1;
                }
            }
        }
        transaction.execute("DELETE FROM undo WHERE batch = ?1", [batch.0])?;
        forget_traceless(&transaction)?;
        transaction.commit()?;
        Ok(undone)
    }
}

impl Store {
    /// Takes back the last import that wasn't yet, as [`Store::undo`] does. When the last one had changed nothing, neither does
    /// this: the one before it isn't meant, unless the person asks again.
    ///
    /// # Errors
    /// [`ContactsError::NothingToUndo`], [`ContactsError::ChangedNothing`], or it can't be written; then nothing was.
    pub fn undo_last(&mut self) -> Result<Undone, ContactsError> {
        let last: Option<i64> = self.read().db().query_row(LAST, [], |row| row.get(0))?;
        let last = last.ok_or(ContactsError::NothingToUndo)?;
        let transaction = self.transaction()?;
        let traceless = forget_traceless(&transaction)?;
        transaction.commit()?;
        match traceless {
            0 => self.undo(BatchId(last)),
            _ => Err(ContactsError::ChangedNothing),
        }
    }
}

/// The last import that can be taken back.
const LAST: &str = "SELECT max(batch) FROM undo";

/// Forgets the imports after the last one that can be taken back, of which no trace is left: they changed nothing, or were taken
/// back. Gives their number.
fn forget_traceless(db: &Transaction<'_>) -> Result<usize, ContactsError> {
    let later = format!(
        "DELETE FROM batch WHERE id > coalesce(({LAST}), 0)
         AND NOT EXISTS (SELECT 1 FROM contact WHERE contact.batch = batch.id)"
    );
    Ok(db.execute(&later, [])?)
}

/// So many entries are done.
fn step(watch: &mut Watch<'_>, done: usize) -> Result<(), ContactsError> {
    if done.is_multiple_of(STEP) {
        watch.reach(done);
        watch.tell();
        if watch.is_cancelled() {
            return Err(ContactsError::Cancelled);
        }
    }
    Ok(())
}

fn own_place(batch: Option<i64>, since_us: i64, updated_us: i64) -> Place<'static> {
    Place {
        source: OWN,
        batch,
        href: None,
        since_us,
        updated_us,
    }
}

fn take(
    db: &Transaction<'_>,
    card: Card,
    batch: i64,
    now_us: i64,
    count: &mut Compared,
) -> Result<(), ContactsError> {
    let place = own_place(Some(batch), now_us, now_us);
    let (id, before) = match known(db, &card)? {
        None => {
            count.added += 1;
            (insert(db, place, &with_uid(card))?, None)
        }
        Some(Known { id, by_uid, before }) => {
            let card = before.card.updated_by(card, by_uid);
            if card == before.card {
                count.unchanged += 1;
                return Ok(());
            }
            count.updated += 1;
            update(db, id, place, &card)?;
            (id, Some(serde_json::to_string(&before)?))
        }
    };
    // A contact that two cards of the file are about keeps what was before the first.
    db.prepare_cached(
        "INSERT INTO undo (batch, contact, before) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?
    .execute(params![batch, id.0, before])?;
    Ok(())
}

/// The contact of one's own that the card is about: by UID, else by the same name and a number in common; a card without a
/// number, by the name of one without.
fn known(db: &Connection, card: &Card) -> Result<Option<Known>, ContactsError> {
    const COLUMNS: &str = "c.id, c.batch, c.since_us, c.updated_us, c.body";
    if let Some(uid) = &card.uid {
        let sql =
            format!("SELECT {COLUMNS} FROM contact c WHERE c.source = {OWN} AND c.identity = ?1 LIMIT 1");
        if let Some(known) = one(db, &sql, params![uid], true)? {
            return Ok(Some(known));
        }
    }
    let name = card.name_key();
    for key in card.numbers.iter().filter_map(|number| number.key()) {
        let sql = format!(
            "SELECT {COLUMNS} FROM number n JOIN contact c ON c.id = n.contact
             WHERE n.key = ?1 AND c.name_key = ?2 AND c.source = {OWN} LIMIT 1"
        );
        if let Some(known) = one(db, &sql, params![key, name], false)? {
            return Ok(Some(known));
        }
    }
    // Numbers that can't be read aren't in the index: compared as they are written.
    let sql = format!(
        "SELECT {COLUMNS} FROM contact c WHERE c.name_key = ?1 AND c.source = {OWN}
         AND NOT EXISTS (SELECT 1 FROM number n WHERE n.contact = c.id) LIMIT 1"
    );
    let unnumbered = match card.numbers.iter().all(|number| number.key().is_none()) {
        true => one(db, &sql, params![name], false)?,
        false => None,
    };
    Ok(unnumbered.filter(|known| {
        let theirs = &known.before.card.numbers;
        let in_common = |ours: &crate::Number| theirs.iter().any(|one| one.same() == ours.same());
        (card.numbers.is_empty() && theirs.is_empty()) || card.numbers.iter().any(in_common)
    }))
}

fn one(
    db: &Connection,
    sql: &str,
    params: impl rusqlite::Params,
    by_uid: bool,
) -> Result<Option<Known>, ContactsError> {
    let found = db
        .prepare_cached(sql)?
        .query_row(params, |row| {
            let ids: (i64, Option<i64>) = (row.get(0)?, row.get(1)?);
            Ok((ids, row.get(2)?, row.get(3)?, row.get::<_, String>(4)?))
        })
        .optional()?;
    let Some(((id, batch), since_us, updated_us, body)) = found else {
        return Ok(None);
    };
    Ok(Some(Known {
        id: ContactId(id),
        by_uid,
        before: Before {
            batch,
            since_us,
            updated_us,
            card: serde_json::from_str(&body)?,
        },
    }))
}
