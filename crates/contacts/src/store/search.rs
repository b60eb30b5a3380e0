//! Search as you type.

use std::collections::HashSet;

use rusqlite::{Params, params};

use super::Reader;
use super::row::{self, BY_NAME, COLUMNS, JOINS};
use crate::error::ContactsError;
use crate::model::{Card, Contact, ContactId};
use crate::text::{fold, words};

/// Contacts with a word of the search that are put in order; what a single letter finds beyond them is left out.
const MOST_CANDIDATES: usize = 400;
/// Most characters of a search.
const LONGEST_SEARCH: usize = 200;
/// Fewer digits aren't searched in the middle of numbers: they are everywhere.
const FEWEST_INSIDE: usize = 3;

/// What a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Favourites first, then names that begin as the search does, then by name.
    pub contacts: Vec<Contact>,
    /// There are more.
    pub more: bool,
}

/// What is searched.
struct Search {
    folded: String,
    words: Vec<String>,
    /// The text is a number or a part of one: its digits.
    digits: Option<String>,
}

impl Search {
    fn read(text: &str) -> Self {
        let text: String = text.chars().take(LONGEST_SEARCH).collect();
        let folded = fold(&text);
        let is_number = |c: char| c.is_ascii_digit() || "+-./() ".contains(c);
        let digits = (folded.contains(|c: char| c.is_ascii_digit()) && folded.chars().all(is_number))
            .then(|| only_digits(&folded.replace("(0)", "")));
        let words = words(&folded).map(str::to_owned).collect();
        Self {
            folded,
            words,
            digits,
        }
    }

    /// Whether the card has what is searched; slower than the index, for few cards.
    fn finds(&self, card: &Card) -> bool {
        let has_number = |digits: &str| {
            card.numbers
                .iter()
                .filter_map(|number| number.key())
                .any(|key| shows(key, digits))
        };
        let searchable = card.searchable();
        let has_word = |word: &String| {
            let begins = words(&searchable).any(|own| own.starts_with(word.as_str()));
            begins || (word.bytes().all(|b| b.is_ascii_digit()) && has_number(word))
        };
        self.digits.as_deref().is_some_and(has_number) || self.words.iter().all(has_word)
    }

    /// For FTS5: every one of these words, or its beginning.
    fn expression<'a>(words: impl Iterator<Item = &'a String>) -> Option<String> {
        let terms: Vec<String> = words.map(|word| format!("\"{word}\"*")).collect();
        (!terms.is_empty()).then(|| terms.join(" "))
    }
}

fn only_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether the digits stand in a number as it is written at home or abroad: `0142…`, `33142…`, `0033142…`.
fn shows(key: &str, digits: &str) -> bool {
    let Some(international) = key.strip_prefix('+') else {
        return key.contains(digits);
    };
    // Overseas numbers are written as at home; those of Saint-Pierre-et-Miquelon repeat their country code.
    let national = ["33", "262", "590", "594", "596"]
        .iter()
        .find_map(|code| international.strip_prefix(code))
        .or_else(|| international.strip_prefix("508").map(|_| international));
    format!("00{international}").contains(digits)
        || national.is_some_and(|national| format!("0{national}").contains(digits))
}

/// How keys of numbers that begin with these digits begin.
fn beginnings(digits: &str) -> Vec<String> {
    match (digits.strip_prefix("00"), digits.strip_prefix('0')) {
        (Some(international), _) => vec![format!("+{international}")],
        (None, Some(national)) => vec![format!("+33{national}")],
        (None, None) => vec![format!("+{digits}"), format!("+33{digits}"), digits.to_owned()],
    }
}

impl Reader {
    /// Searches names, companies and e-mail addresses by the beginning of each word, without regard to accents, and numbers by
    /// any of their digits, as written at home or abroad; an empty text finds all. At most `limit`.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn search(&self, text: &str, limit: usize) -> Result<Found, ContactsError> {
        let search = Search::read(text);
        if search.folded.is_empty() {
            return self.first(limit);
        }
        let mut found = Candidates::default();
        match &search.digits {
            Some(digits) => {
                self.numbers_beginning(digits, limit, &mut found)?;
                self.with_words(&search, limit, &mut found)?;
                if found.ids.len() <= limit {
                    self.numbers_with(digits, limit, &mut found)?;
                }
            }
            None => {
                self.names_beginning(&search.folded, limit, &mut found)?;
                self.with_words(&search, MOST_CANDIDATES, &mut found)?;
            }
        }
        self.ordered(&search, found, limit)
    }

    /// The favourites that a search finds; an empty text finds all.
    ///
    /// # Errors
    /// [`ContactsError::Sql`]
    pub fn favourites(&self, text: &str, limit: usize) -> Result<Found, ContactsError> {
        let search = Search::read(text);
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM favourite m CROSS JOIN contact c ON c.source = m.source AND c.identity = m.identity
             {JOINS} ORDER BY c.name_key, c.id"
        ))?;
        let mut rows = query.query([])?;
        let mut contacts = Vec::new();
        while let Some(found) = rows.next()? {
            match row::read(found)? {
                Some(contact) if !search.finds(&contact.card) => {}
                Some(_) if contacts.len() == limit => return Ok(Found { contacts, more: true }),
                Some(contact) => contacts.push(contact),
                None => {}
            }
        }
        Ok(Found {
            contacts,
            more: false,
        })
    }

    /// The beginning of the book: the favourites, then by name.
    fn first(&self, limit: usize) -> Result<Found, ContactsError> {
        let mut contacts = self.favourites("", limit)?.contacts;
        let marked: HashSet<ContactId> = contacts.iter().map(|contact| contact.id).collect();
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {COLUMNS} FROM {BY_NAME} {JOINS} ORDER BY c.name_key"
        ))?;
        let mut rows = query.query([])?;
        while let Some(found) = rows.next()? {
            match row::read(found)? {
                Some(contact) if marked.contains(&contact.id) => {}
                Some(_) if contacts.len() >= limit => return Ok(Found { contacts, more: true }),
                Some(contact) => contacts.push(contact),
                None => {}
            }
        }
        Ok(Found {
            contacts,
            more: false,
        })
    }

    fn names_beginning(
        &self,
        folded: &str,
        limit: usize,
        found: &mut Candidates,
    ) -> Result<(), ContactsError> {
        let end = format!("{folded}\u{10ffff}");
        let sql = "SELECT id FROM contact WHERE name_key >= ?1 AND name_key < ?2 ORDER BY name_key LIMIT ?3";
        self.collect(sql, params![folded, end, count(limit)], found)
    }

    fn numbers_beginning(
        &self,
        digits: &str,
        limit: usize,
        found: &mut Candidates,
    ) -> Result<(), ContactsError> {
        for beginning in beginnings(digits) {
            // `:` follows the digits in ASCII.
            let end = format!("{beginning}:");
            let sql = "SELECT contact FROM number WHERE key >= ?1 AND key < ?2 LIMIT ?3";
            self.collect(sql, params![beginning, end, count(limit)], found)?;
        }
        Ok(())
    }

    fn numbers_with(&self, digits: &str, limit: usize, found: &mut Candidates) -> Result<(), ContactsError> {
        let core = digits.trim_start_matches('0');
        if core.len() < FEWEST_INSIDE {
            return Ok(());
        }
        let mut query = self
            .db
            .prepare_cached("SELECT key, contact FROM number WHERE instr(key, ?1) > 0")?;
        let mut rows = query.query([core])?;
        while let Some(row) = rows.next()? {
            if shows(row.get_ref(0)?.as_str().unwrap_or_default(), digits) {
                found.add(ContactId(row.get(1)?));
            }
            if found.ids.len() > limit {
                break;
            }
        }
        Ok(())
    }

    /// Contacts with all words; words of digits may also stand in their numbers.
    fn with_words(&self, search: &Search, most: usize, found: &mut Candidates) -> Result<(), ContactsError> {
        if let Some(terms) = Search::expression(search.words.iter()) {
            let sql = "SELECT rowid FROM word WHERE word MATCH ?1 LIMIT ?2";
            self.collect(sql, params![terms, count(most)], found)?;
        }
        let is_digits = |word: &&String| word.bytes().all(|b| b.is_ascii_digit());
        let (digits, letters): (Vec<_>, Vec<_>) = search.words.iter().partition(is_digits);
        let Some(letters) = Search::expression(letters.into_iter()) else {
            return Ok(());
        };
        for part in &digits {
            let mut likely = Candidates::default();
            self.numbers_with_letters(part, &letters, most, &mut likely)?;
            for id in likely.ids {
                // With one there is nothing more to look at.
                if digits.len() == 1
                    || self
                        .contact(id)?
                        .is_some_and(|contact| search.finds(&contact.card))
                {
                    found.add(id);
                }
            }
        }
        Ok(())
    }

    /// Contacts whose words are found by `letters`, an expression of FTS5, with the digits in a number.
    fn numbers_with_letters(
        &self,
        digits: &str,
        letters: &str,
        most: usize,
        found: &mut Candidates,
    ) -> Result<(), ContactsError> {
        let mut query = self.db.prepare_cached(
            "SELECT key, contact FROM number
             WHERE instr(key, ?1) > 0 AND contact IN (SELECT rowid FROM word WHERE word MATCH ?2)",
        )?;
        let mut rows = query.query([digits.trim_start_matches('0'), letters])?;
        while found.ids.len() < most
            && let Some(row) = rows.next()?
        {
            if shows(row.get_ref(0)?.as_str().unwrap_or_default(), digits) {
                found.add(ContactId(row.get(1)?));
            }
        }
        Ok(())
    }

    fn collect(&self, sql: &str, params: impl Params, found: &mut Candidates) -> Result<(), ContactsError> {
        let mut query = self.db.prepare_cached(sql)?;
        let mut rows = query.query(params)?;
        while let Some(row) = rows.next()? {
            found.add(ContactId(row.get(0)?));
        }
        Ok(())
    }

    fn ordered(&self, search: &Search, found: Candidates, limit: usize) -> Result<Found, ContactsError> {
        let mut query = self.db.prepare_cached(
            "SELECT name_key, EXISTS (SELECT 1 FROM favourite f WHERE f.source = c.source AND f.identity = c.identity)
             FROM contact c WHERE id = ?1",
        )?;
        let mut order = Vec::with_capacity(found.ids.len());
        for id in found.ids {
            let (name, favourite): (String, bool) =
                query.query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            order.push((!favourite, !name.starts_with(&search.folded), name, id));
        }
        order.sort();
        let more = order.len() > limit;
        let mut contacts = Vec::with_capacity(order.len().min(limit));
        for (.., id) in order.into_iter().take(limit) {
            contacts.extend(self.contact(id)?);
        }
        Ok(Found { contacts, more })
    }
}

/// Contacts found so far, each once.
#[derive(Default)]
struct Candidates {
    ids: Vec<ContactId>,
    known: HashSet<ContactId>,
}

impl Candidates {
    fn add(&mut self, id: ContactId) {
        if self.known.insert(id) {
            self.ids.push(id);
        }
    }
}

/// One more than asked for tells whether there are more.
fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_a_number_as_it_is_written_at_home_and_abroad() {
        for digits in ["0142685300", "33142", "0033142685300", "6853", "1426"] {
            assert!(shows("+33142685300", digits), "{digits}");
        }
        assert!(!shows("+33614200000", "0142"));
        assert!(shows("+262262412345", "0262 41".replace(' ', "").as_str()));
        assert!(shows("+508411234", "050841"));
        assert!(!shows("+442079460000", "0207946"));
        assert!(shows("5300", "530"));
    }
}
