//! What the person does to single contacts.

use jiff::Timestamp;
use rusqlite::params;
use uuid::Uuid;

use super::{OWN, Place, Store, row};
use crate::draft::Draft;
use crate::error::ContactsError;
use crate::model::{Card, Contact, ContactId, Source};
use crate::sync::forget_unmarked;

impl Store {
    /// Adds a contact of one's own, or changes the one with that id. What a draft of an existing contact leaves empty is
    /// emptied.
    ///
    /// # Errors
    /// [`ContactsError::Blank`], [`ContactsError::NoSuchContact`], [`ContactsError::NotOwn`], or it can't be written.
    pub fn save(
        &mut self,
        id: Option<ContactId>,
        draft: Draft,
        now: Timestamp,
    ) -> Result<Contact, ContactsError> {
        let (card, _) = draft.finish(&self.reader.numbering);
        if card.is_blank() {
            return Err(ContactsError::Blank);
        }
        let now_us = now.as_microsecond();
        let known = id.map(|id| self.own(id)).transpose()?;
        let transaction = self.transaction()?;
        let id = match known {
            None => {
                let place = Place {
                    source: OWN,
                    batch: None,
                    href: None,
                    since_us: now_us,
                    updated_us: now_us,
                };
                row::insert(&transaction, place, &with_uid(card))?
            }
            Some(known) => {
                let batch = match &known.source {
                    Source::Import { batch, .. } => Some(batch.0),
                    _ => None,
                };
                let place = Place {
                    source: OWN,
                    batch,
                    href: None,
                    since_us: known.since.as_microsecond(),
                    updated_us: now_us,
                };
                let card = Card {
                    uid: known.card.uid,
                    ..card
                };
                row::update(&transaction, known.id, place, &card)?;
                known.id
            }
        };
        transaction.commit()?;
        self.reader.contact(id)?.ok_or(ContactsError::NoSuchContact)
    }

    /// Deletes a contact of one's own, with its mark and the choices for it.
    ///
    /// # Errors
    /// [`ContactsError::NoSuchContact`], [`ContactsError::NotOwn`], or it can't be written.
    pub fn delete(&mut self, id: ContactId) -> Result<(), ContactsError> {
        let identity = self.own(id)?.card.identity();
        let transaction = self.transaction()?;
        row::remove(&transaction, id)?;
        for table in ["favourite", "choice"] {
            transaction.execute(
                &format!("DELETE FROM {table} WHERE source = ?1 AND identity = ?2"),
                params![OWN, identity],
            )?;
        }
        Ok(transaction.commit()?)
    }

    /// Deletes every contact of one's own, typed and imported, with marks, choices and what imports could be taken back from,
    /// and what was said about contacts that aren't there any more; those of synchronised sources stay, for they would come back. What was deleted is overwritten in the file. Gives how
    /// many there were.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]; then nothing was deleted.
    pub fn delete_all(&mut self) -> Result<usize, ContactsError> {
        self.widen()?;
        self.reader.db.pragma_update(None, "secure_delete", true)?;
        let deleted = self.delete_own();
        self.reader.db.pragma_update(None, "secure_delete", false)?;
        self.narrow();
        let deleted = deleted?;
        // The log holds pages from before. A reader may be in the way: then the next checkpoint overwrites it.
        let emptied = self
            .reader
            .db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
        if let Err(error) = emptied {
            tracing::debug!(%error, "the log of the contacts is emptied later");
        }
        Ok(deleted)
    }

    fn delete_own(&mut self) -> Result<usize, ContactsError> {
        let transaction = self.transaction()?;
        let own: Vec<i64> = transaction
            .prepare("SELECT id FROM contact WHERE source = ?1")?
            .query_map([OWN], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for id in &own {
            row::remove(&transaction, ContactId(*id))?;
        }
        for table in ["favourite", "choice"] {
            transaction.execute(
                &format!(
                    "DELETE FROM {table} WHERE (source, identity) NOT IN (SELECT source, identity FROM contact)"
                ),
                [],
            )?;
        }
        forget_unmarked(&transaction)?;
        transaction.execute_batch(
            "DELETE FROM undo; DELETE FROM batch; INSERT INTO word (word) VALUES ('optimize');",
        )?;
        transaction.commit()?;
        Ok(own.len())
    }

    /// Marks a contact of any source as a favourite, or no longer.
    ///
    /// # Errors
    /// [`ContactsError::NoSuchContact`], [`ContactsError::Sql`]
    pub fn set_favourite(&mut self, id: ContactId, favourite: bool) -> Result<(), ContactsError> {
        self.reader.contact(id)?.ok_or(ContactsError::NoSuchContact)?;
        let sql = match favourite {
            true => {
                "INSERT INTO favourite (source, identity) SELECT source, identity FROM contact WHERE id = ?1
                 ON CONFLICT DO NOTHING"
            }
            false => {
                "DELETE FROM favourite WHERE (source, identity) = (SELECT source, identity FROM contact WHERE id = ?1)"
            }
        };
        self.reader.db.execute(sql, [id.0])?;
        Ok(())
    }

    fn own(&self, id: ContactId) -> Result<Contact, ContactsError> {
        let contact = self.reader.contact(id)?.ok_or(ContactsError::NoSuchContact)?;
        contact
            .source
            .is_own()
            .then_some(contact)
            .ok_or(ContactsError::NotOwn)
    }
}

/// One's own contacts always have a UID, so that a change of name or number leaves them what they are.
pub(crate) fn with_uid(mut card: Card) -> Card {
    card.uid.get_or_insert_with(|| Uuid::new_v4().urn().to_string());
    card
}
