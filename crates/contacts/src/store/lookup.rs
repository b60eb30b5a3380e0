//! Who has a number, and which of several is meant.

use rusqlite::{OptionalExtension as _, params};
use telephony::E164;

use super::row::{self, COLUMNS, JOINS};
use super::{Reader, Store};
use crate::error::ContactsError;
use crate::model::{Contact, ContactId, Number, Source};

/// More contacts with one number aren't told apart by anybody.
const MOST_MATCHES: i64 = 100;

/// A contact that has the number. Why it is shown stands in it: [`Contact::source`] and [`Contact::since`].
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// The contact.
    pub contact: Contact,
    /// The number as the contact has it, with its label.
    pub number: Number,
    /// The person chose it among several.
    pub chosen: bool,
}

/// Whether several matches have different names.
pub fn is_shared(matches: &[Match]) -> bool {
    let mut names = matches.iter().map(|one| one.contact.card.name_key());
    let first = names.next();
    names.any(|name| Some(&name) != first.as_ref())
}

/// Whether the first of several matches is only a guess: they have different names, and the person chose none.
pub fn is_ambiguous(matches: &[Match]) -> bool {
    !matches.iter().any(|one| one.chosen) && is_shared(matches)
}

impl Reader {
    /// Everyone who has exactly this number, best first: the chosen one, then one's own contacts, then the latest changed.
    /// At most 100.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn lookup(&self, number: &E164) -> Result<Vec<Match>, ContactsError> {
        let key = number.as_str();
        let chosen = self.chosen(key)?;
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS}, n.position FROM number n CROSS JOIN contact c ON c.id = n.contact {JOINS} WHERE n.key = ?1
             ORDER BY c.id <> ?2, n.contact LIMIT {MOST_MATCHES}"
        ))?;
        let mut rows = query.query(params![key, chosen.map(|id| id.0)])?;
        let mut matches: Vec<Match> = Vec::new();
        while let Some(found) = rows.next()? {
            let position = usize::try_from(found.get::<_, i64>(10)?).unwrap_or(usize::MAX);
            let Some(contact) = row::read(found)? else {
                continue;
            };
            let known = matches.iter().any(|one| one.contact.id == contact.id);
            let Some(number) = contact.card.numbers.get(position).filter(|_| !known).cloned() else {
                continue;
            };
            matches.push(Match {
                chosen: chosen == Some(contact.id),
                contact,
                number,
            });
        }
        matches.sort_by_key(|one| {
            let latest = std::cmp::Reverse(one.contact.updated_at);
            (!one.chosen, rank(&one.contact.source), latest, one.contact.id)
        });
        Ok(matches)
    }

    fn chosen(&self, key: &str) -> Result<Option<ContactId>, ContactsError> {
        let mut query = self.db.prepare_cached(
            "SELECT c.id FROM choice h
             JOIN contact c ON c.source = h.source AND c.identity = h.identity
             JOIN number n ON n.key = h.key AND n.contact = c.id
             WHERE h.key = ?1 ORDER BY c.id LIMIT 1",
        )?;
        Ok(query
            .query_row([key], |row| row.get(0))
            .optional()?
            .map(ContactId))
    }
}

fn rank(source: &Source) -> u8 {
    match source {
        Source::Local | Source::Import { .. } => 0,
        Source::CardDav { .. } => 1,
        Source::Folder { .. } => 2,
        Source::Ldap { .. } => 3,
    }
}

impl Store {
    /// Of several contacts with this number, this one is meant from now on, also after a synchronisation.
    ///
    /// # Errors
    /// [`ContactsError::NotItsNumber`], [`ContactsError::Sql`]
    pub fn choose(&mut self, number: &E164, id: ContactId) -> Result<(), ContactsError> {
        let changed = self.reader.db.execute(
            "INSERT INTO choice (key, source, identity)
             SELECT n.key, c.source, c.identity FROM number n JOIN contact c ON c.id = n.contact
             WHERE n.key = ?1 AND c.id = ?2 LIMIT 1
             ON CONFLICT DO UPDATE SET source = excluded.source, identity = excluded.identity",
            params![number.as_str(), id.0],
        )?;
        match changed {
            0 => Err(ContactsError::NotItsNumber),
            _ => Ok(()),
        }
    }
}
