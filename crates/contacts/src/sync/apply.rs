//! One synchronisation, resource by resource.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::{Content, RejectedCard, Resource, SourceId, Synced, row};
use crate::draft::Draft;
use crate::error::ContactsError;
use crate::import::{LARGEST_FILE, Why, read_vcards};
use crate::model::{Card, ContactId};
use crate::numbering::Numbering;
use crate::store::{Place, insert, remove, update};

/// A synchronisation under way.
pub(super) struct Sync<'a> {
    db: &'a Transaction<'a>,
    numbering: &'a Numbering,
    id: i64,
    now_us: i64,
    synced: Synced,
}

/// One that is done but for its commit.
pub(super) struct Done(Synced);

impl Done {
    pub(super) fn commit(self, transaction: Transaction<'_>) -> Result<Synced, ContactsError> {
        transaction.commit()?;
        Ok(self.0)
    }
}

/// A contact that a resource had.
struct Former {
    id: ContactId,
    since_us: i64,
    identity: String,
    body: String,
}

impl<'a> Sync<'a> {
    pub(super) fn begin(
        db: &'a Transaction<'a>,
        source: &SourceId,
        numbering: &'a Numbering,
        now: Timestamp,
    ) -> Result<Self, ContactsError> {
        Ok(Self {
            db,
            numbering,
            id: row(db, source)?,
            now_us: now.as_microsecond(),
            synced: Synced::default(),
        })
    }

    pub(super) fn etags(&self) -> Result<HashMap<String, Option<String>>, ContactsError> {
        let mut query = self
            .db
            .prepare("SELECT href, etag FROM resource WHERE source = ?1")?;
        let etags = query.query_map([self.id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(etags.collect::<Result<_, _>>()?)
    }

    pub(super) fn upsert(&mut self, resource: &Resource) -> Result<(), ContactsError> {
        let (drafts, rejected) = match &resource.content {
            // Not fetched although it isn't known: it is asked for the next time.
            Content::Known => return Ok(()),
            Content::Cards(cards) if cards.len() <= LARGEST_FILE => read_vcards(cards),
            Content::Unreadable => (Vec::new(), vec![(1, Why::Unreadable)]),
            Content::Cards(_) | Content::TooLarge => (Vec::new(), vec![(1, Why::TooLarge)]),
        };
        let mut cards = Vec::new();
        for draft in drafts {
            let (card, _) = Draft::finish(draft, self.numbering);
            match card.is_blank() {
                true => self.synced.rejected.push(rejected_card(resource, 1, Why::Blank)),
                false => cards.push(card),
            }
        }
        // What can't be read is tried, and told, each time.
        let is_read = rejected.is_empty();
        let is_something = is_read || !cards.is_empty();
        for (line, why) in rejected {
            self.synced.rejected.push(rejected_card(resource, line, why));
        }
        self.db.execute(
            "INSERT INTO resource (source, href, etag) VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET etag = ?3",
            params![self.id, resource.href, resource.etag.as_ref().filter(|_| is_read)],
        )?;
        match is_something {
            true => self.put(&resource.href, cards),
            // Perhaps half written: what was there before is better than nothing.
            false => Ok(()),
        }
    }

    fn put(&mut self, href: &str, cards: Vec<Card>) -> Result<(), ContactsError> {
        let mut former = self.former(href)?;
        for card in cards {
            let identity = card.identity();
            let known = former.iter().position(|one| one.identity == identity);
            let known = known.map(|index| former.swap_remove(index));
            let place = Place {
                source: self.id,
                batch: None,
                href: Some(href),
                since_us: known.as_ref().map_or(self.now_us, |known| known.since_us),
                updated_us: self.now_us,
            };
            match known {
                None => {
                    insert(self.db, place, &card)?;
                    self.synced.added += 1;
                }
                Some(known) if known.body == serde_json::to_string(&card)? => {}
                Some(known) => {
                    update(self.db, known.id, place, &card)?;
                    self.synced.updated += 1;
                }
            }
        }
        for gone in former {
            remove(self.db, gone.id)?;
            self.synced.removed += 1;
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, href: &str) -> Result<(), ContactsError> {
        self.put(href, Vec::new())?;
        self.db.execute(
            "DELETE FROM resource WHERE source = ?1 AND href = ?2",
            params![self.id, href],
        )?;
        Ok(())
    }

    fn former(&self, href: &str) -> Result<Vec<Former>, ContactsError> {
        let mut query = self.db.prepare_cached(
            "SELECT id, since_us, identity, body FROM contact WHERE source = ?1 AND href = ?2 ORDER BY id",
        )?;
        let former = query.query_map(params![self.id, href], |row| {
            Ok(Former {
                id: ContactId(row.get(0)?),
                since_us: row.get(1)?,
                identity: row.get(2)?,
                body: row.get(3)?,
            })
        })?;
        Ok(former.collect::<Result<_, _>>()?)
    }

    pub(super) fn finish(self, token: Option<&str>) -> Result<Done, ContactsError> {
        self.db.execute(
            "UPDATE source SET synced_us = ?2, trouble = NULL, token = ?3 WHERE id = ?1",
            params![self.id, self.now_us, token],
        )?;
        Ok(Done(self.synced))
    }
}

fn rejected_card(resource: &Resource, line: u64, why: Why) -> RejectedCard {
    RejectedCard {
        href: resource.href.clone(),
        line,
        why,
    }
}
