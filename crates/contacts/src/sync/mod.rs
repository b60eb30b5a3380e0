//! Sources that are synchronised: a folder of cards, a CardDAV collection, a directory.
//!
//! Their contacts are those of the source: they come, change and go with it. What the person said about them (favourite,
//! choice) is kept beside and holds again when they come back.

mod apply;

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use self::apply::Sync;
use crate::error::ContactsError;
use crate::import::Why;
use crate::model::ContactId;
use crate::store::{OWN, Reader, Store, remove, time};

/// Kinds of synchronised sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A folder with files of cards; named by its path.
    Folder,
    /// A CardDAV collection; named by its address.
    CardDav,
    /// A company directory; named by its address.
    Ldap,
}

impl Kind {
    /// As it stands in the database: `folder`, `carddav`, `ldap`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::CardDav => "carddav",
            Self::Ldap => "ldap",
        }
    }

    fn read(code: &str) -> Option<Self> {
        [Self::Folder, Self::CardDav, Self::Ldap]
            .into_iter()
            .find(|kind| kind.code() == code)
    }
}

/// A synchronised source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SourceId {
    /// What it is.
    pub kind: Kind,
    /// Its path or address. Never with a password in it: it is shown.
    pub name: String,
}

/// One resource of a source: a file, an item of a collection. It may hold several cards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its name within the source.
    pub href: String,
    /// Changes whenever its content does.
    pub etag: Option<String>,
    /// What is in it.
    pub content: Content,
}

/// What is in a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// It wasn't read, as its entity tag is the known one.
    Known,
    /// Its cards (vCard).
    Cards(Vec<u8>),
    /// More than is read: nobody's contacts are so large.
    TooLarge,
    /// It is there, and can't be read.
    Unreadable,
}

/// What a synchronisation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Contacts that are new.
    pub added: usize,
    /// Contacts that changed.
    pub updated: usize,
    /// Contacts that are gone.
    pub removed: usize,
    /// What couldn't be read. A resource that can't be read at all keeps its former contacts, and is tried again.
    pub rejected: Vec<RejectedCard>,
}

impl Synced {
    /// Adds what another part of it did.
    pub fn add(&mut self, part: Self) {
        self.added += part.added;
        self.updated += part.updated;
        self.removed += part.removed;
        self.rejected.extend(part.rejected);
    }
}

/// A card of a resource that can't be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedCard {
    /// The resource.
    pub href: String,
    /// Where the card begins in it, from 1.
    pub line: u64,
    /// Why.
    pub why: Why,
}

/// A source and how it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceState {
    /// Which one; `None`: one's own contacts.
    pub source: Option<SourceId>,
    /// How many contacts are from there.
    pub contacts: u64,
    /// When it was last read in full.
    pub synced_at: Option<Timestamp>,
    /// What is wrong with it, as [`Store::set_trouble`] was told.
    pub trouble: Option<String>,
    /// What the source calls that state (RFC 6578).
    pub token: Option<String>,
}

impl Store {
    /// Makes the source's contacts those of these resources, all of them: what isn't among them goes. A resource with the known
    /// entity tag isn't read again. Clears the source's trouble.
    ///
    /// # Errors
    /// What the iterator gives (a source that can't be read to its end changes nothing), or it can't be written.
    pub fn replace_source<E: From<ContactsError>>(
        &mut self,
        source: &SourceId,
        resources: impl IntoIterator<Item = Result<Resource, E>>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Synced, E> {
        let numbering = self.read().numbering().clone();
        let transaction = self.transaction()?;
        let mut sync = Sync::begin(&transaction, source, &numbering, now)?;
        let mut known = sync.etags()?;
        let mut kept = HashSet::new();
        for resource in resources {
            let resource = resource?;
            let same = resource.etag.is_some() && known.get(&resource.href) == Some(&resource.etag);
            kept.insert(resource.href.clone());
            if !same {
                sync.upsert(&resource)?;
            }
        }
        known.retain(|href, _| !kept.contains(href));
        for href in known.keys() {
            sync.remove(href)?;
        }
        Ok(sync.finish(token)?.commit(transaction)?)
    }

    /// Changes some of the source's contacts. Clears the source's trouble.
    ///
    /// # Errors
    /// It can't be written; then nothing was.
    pub fn apply_changes<'a>(
        &mut self,
        source: &SourceId,
        upserts: impl IntoIterator<Item = Resource>,
        removed: impl IntoIterator<Item = &'a str>,
        token: Option<&str>,
        now: Timestamp,
    ) -> Result<Synced, ContactsError> {
        let numbering = self.read().numbering().clone();
        let transaction = self.transaction()?;
        let mut sync = Sync::begin(&transaction, source, &numbering, now)?;
        for resource in upserts {
            sync.upsert(&resource)?;
        }
        for href in removed {
            sync.remove(href)?;
        }
        sync.finish(token)?.commit(transaction)
    }

    /// Says what is wrong with a source, in the caller's own form (never with a password), until it is synchronised again.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn set_trouble(&mut self, source: &SourceId, trouble: &str) -> Result<(), ContactsError> {
        let transaction = self.transaction()?;
        let id = row(&transaction, source)?;
        transaction.execute(
            "UPDATE source SET trouble = ?2 WHERE id = ?1",
            params![id, trouble],
        )?;
        Ok(transaction.commit()?)
    }

    /// Forgets a source with its contacts. What the person said about them (favourites, choices) holds again should it come
    /// back: its address may only have been mistyped, or its server have hidden it for an hour.
    ///
    /// # Errors
    /// It can't be written; then nothing was.
    pub fn forget_source(&mut self, source: &SourceId) -> Result<(), ContactsError> {
        let transaction = self.transaction()?;
        let id = row(&transaction, source)?;
        let contacts: Vec<i64> = transaction
            .prepare("SELECT id FROM contact WHERE source = ?1")?
            .query_map([id], |row| row.get(0))?
            .collect::<Result<_, _>>()?;
        for contact in contacts {
            remove(&transaction, ContactId(contact))?;
        }
        transaction.execute("DELETE FROM resource WHERE source = ?1", [id])?;
        transaction.execute(
            "UPDATE source SET synced_us = NULL, trouble = NULL, token = NULL WHERE id = ?1",
            [id],
        )?;
        forget_unmarked(&transaction)?;
        Ok(transaction.commit()?)
    }
}

impl Reader {
    /// Every source, one's own first; none that is remembered for its marks alone.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn sources(&self) -> Result<Vec<SourceState>, ContactsError> {
        let mut query = self.db().prepare_cached(
            "SELECT s.kind, s.name, s.synced_us, s.trouble, s.token,
             (SELECT count(*) FROM contact c WHERE c.source = s.id) AS contacts FROM source s
             WHERE s.id = 1 OR s.synced_us IS NOT NULL OR s.trouble IS NOT NULL OR contacts > 0 ORDER BY s.id <> 1, s.kind, s.name",
        )?;
        let states = query.query_map([], |row| {
            let (kind, name): (String, String) = (row.get(0)?, row.get(1)?);
            Ok(SourceState {
                source: Kind::read(&kind).map(|kind| SourceId { kind, name }),
                contacts: u64::try_from(row.get::<_, i64>(5)?).unwrap_or_default(),
                synced_at: row.get::<_, Option<i64>>(2)?.map(time),
                trouble: row.get(3)?,
                token: row.get(4)?,
            })
        })?;
        Ok(states.collect::<Result<_, _>>()?)
    }

    /// The known entity tags of a source's resources.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn etags(&self, source: &SourceId) -> Result<HashMap<String, Option<String>>, ContactsError> {
        let mut query = self.db().prepare_cached(
            "SELECT r.href, r.etag FROM resource r JOIN source s ON s.id = r.source WHERE s.kind = ?1 AND s.name = ?2",
        )?;
        let etags = query.query_map(params![source.kind.code(), source.name], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        Ok(etags.collect::<Result<_, _>>()?)
    }
}

/// Sources that nothing is left of, nor said about, go.
pub(crate) fn forget_unmarked(db: &Transaction<'_>) -> Result<(), ContactsError> {
    db.execute(
        "DELETE FROM source WHERE id <> 1 AND synced_us IS NULL AND trouble IS NULL
         AND NOT EXISTS (SELECT 1 FROM contact c WHERE c.source = source.id)
         AND NOT EXISTS (SELECT 1 FROM favourite f WHERE f.source = source.id)
         AND NOT EXISTS (SELECT 1 FROM choice h WHERE h.source = source.id)",
        [],
    )?;
    Ok(())
}

/// The source's row, made when missing.
pub(crate) fn row(db: &Transaction<'_>, source: &SourceId) -> Result<i64, ContactsError> {
    let key = params![source.kind.code(), source.name];
    db.execute(
        "INSERT INTO source (kind, name) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        key,
    )?;
    let id: i64 = db.query_row(
        "SELECT id FROM source WHERE kind = ?1 AND name = ?2",
        key,
        |row| row.get(0),
    )?;
    // Kept by the kinds; a wrong row would be one's own contacts.
    (id != OWN).then_some(id).ok_or(ContactsError::NotASource)
}
