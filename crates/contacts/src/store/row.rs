//! A contact's row.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use crate::error::ContactsError;
use crate::model::{BatchId, Card, Contact, ContactId, Source};

/// The source row of one's own contacts.
pub(crate) const OWN: i64 = 1;

/// What [`read`] reads; `contact` is `c`.
pub(super) const COLUMNS: &str =
    "c.id, c.body, c.since_us, c.updated_us, c.href, s.kind, s.name, b.id, b.file,
     EXISTS (SELECT 1 FROM favourite f WHERE f.source = c.source AND f.identity = c.identity)";

/// The tables that it reads from besides `contact c`. Outer joins, so that the planner doesn't begin with the few sources.
pub(super) const JOINS: &str = "LEFT JOIN source s ON s.id = c.source LEFT JOIN batch b ON b.id = c.batch";

/// The contacts in the order of their names, walked and not sorted: a sort would hold the whole book. (Where the walk has to
/// begin elsewhere, at a number or at the favourites, the queries say `CROSS JOIN`, which keeps SQLite to that order.)
pub(super) const BY_NAME: &str = "contact c INDEXED BY contact_by_name";

/// A contact; `None` when its body can't be read (another version wrote it).
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Option<Contact>> {
    let body: String = row.get(1)?;
    let card: Card = match serde_json::from_str(&body) {
        Ok(card) => card,
        // Not the error's own words: they may quote the name.
        Err(error) => {
            tracing::warn!(category = ?error.classify(), "a contact can't be read; it is left out");
            return Ok(None);
        }
    };
    let (kind, name): (String, String) = (row.get(5)?, row.get(6)?);
    let source = match kind.as_str() {
        "folder" => Source::Folder {
            folder: name,
            file: row.get::<_, Option<String>>(4)?.unwrap_or_default(),
        },
        "carddav" => Source::CardDav { collection: name },
        "ldap" => Source::Ldap { directory: name },
        _ => match row.get::<_, Option<i64>>(7)? {
            Some(batch) => Source::Import {
                batch: BatchId(batch),
                file: row.get(8)?,
            },
            None => Source::Local,
        },
    };
    Ok(Some(Contact {
        id: ContactId(row.get(0)?),
        source,
        card,
        favourite: row.get(9)?,
        since: time(row.get(2)?),
        updated_at: time(row.get(3)?),
    }))
}

/// From microseconds since 1970.
pub(crate) fn time(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// One contact.
pub(super) fn by_id(db: &Connection, id: ContactId) -> Result<Option<Contact>, ContactsError> {
    let contact = db
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM contact c {JOINS} WHERE c.id = ?1"
        ))?
        .query_row([id.0], read)
        .optional()?;
    Ok(contact.flatten())
}

/// What a row says besides its card.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    /// The source's row.
    pub source: i64,
    /// The import that wrote it.
    pub batch: Option<i64>,
    /// The resource of its source.
    pub href: Option<&'a str>,
    /// Since when the source has it, in microseconds since 1970.
    pub since_us: i64,
    /// When it changed.
    pub updated_us: i64,
}

/// Adds a contact.
pub(crate) fn insert(
    db: &Transaction<'_>,
    place: Place<'_>,
    card: &Card,
) -> Result<ContactId, ContactsError> {
    let body = serde_json::to_string(card)?;
    db.prepare_cached(
        "INSERT INTO contact (source, batch, href, identity, name_key, since_us, updated_us, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        place.source,
        place.batch,
        place.href,
        card.identity(),
        card.name_key(),
        place.since_us,
        place.updated_us,
        body
    ])?;
    let id = ContactId(db.last_insert_rowid());
    index(db, id, card)?;
    Ok(id)
}

/// Changes a contact.
pub(crate) fn update(
    db: &Transaction<'_>,
    id: ContactId,
    place: Place<'_>,
    card: &Card,
) -> Result<(), ContactsError> {
    let body = serde_json::to_string(card)?;
    unindex(db, id)?;
    db.prepare_cached(
        "UPDATE contact SET batch = ?2, href = ?3, identity = ?4, name_key = ?5, since_us = ?6, updated_us = ?7, body = ?8
         WHERE id = ?1",
    )?
    .execute(params![
        id.0,
        place.batch,
        place.href,
        card.identity(),
        card.name_key(),
        place.since_us,
        place.updated_us,
        body
    ])?;
    index(db, id, card)
}

/// Deletes a contact. What the person said about it (favourite, choice) stays for its return.
pub(crate) fn remove(db: &Transaction<'_>, id: ContactId) -> Result<(), ContactsError> {
    unindex(db, id)?;
    db.prepare_cached("DELETE FROM contact WHERE id = ?1")?
        .execute([id.0])?;
    Ok(())
}

fn index(db: &Transaction<'_>, id: ContactId, card: &Card) -> Result<(), ContactsError> {
    index_numbers(db, id, card)?;
    db.prepare_cached("INSERT INTO word (rowid, text) VALUES (?1, ?2)")?
        .execute(params![id.0, card.searchable()])?;
    Ok(())
}

pub(super) fn index_numbers(db: &Transaction<'_>, id: ContactId, card: &Card) -> Result<(), ContactsError> {
    let mut number = db.prepare_cached("INSERT INTO number (key, contact, position) VALUES (?1, ?2, ?3)")?;
    for (position, one) in card.numbers.iter().enumerate() {
        if let Some(key) = one.key() {
            number.execute(params![key, id.0, i64::try_from(position).unwrap_or(i64::MAX)])?;
        }
    }
    Ok(())
}

fn unindex(db: &Transaction<'_>, id: ContactId) -> Result<(), ContactsError> {
    db.prepare_cached("DELETE FROM number WHERE contact = ?1")?
        .execute([id.0])?;
    db.prepare_cached("DELETE FROM word WHERE rowid = ?1")?
        .execute([id.0])?;
    Ok(())
}
