//! What the person, and the contacts, add to a call.

use jiff::Timestamp;
use rusqlite::params;
use telephony::E164;

use super::row::{self, CallBack, Name, Row, Why};
use super::search::Cursor;
use super::{Journal, JournalError, store};
use crate::event::CallKey;

impl Journal {
    /// Sets the person's note of a call; empty text removes it. Trimmed, and cut after [`super::LONGEST_NOTE`] characters.
    /// Gives whether the call is there.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing was.
    pub fn set_note(&mut self, key: &CallKey, note: &str) -> Result<bool, JournalError> {
        let note = row::tidy_note(note);
        self.change(key, |row| row.note = note)
    }

    /// Ticks or unticks "to call back". Ticked, it stays until the party is talked to after `now`. Gives whether the call is
    /// there.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing was.
    pub fn set_call_back(
        &mut self,
        key: &CallKey,
        wanted: bool,
        now: Timestamp,
    ) -> Result<bool, JournalError> {
        self.change(key, |row| {
            row.call_back = match (wanted, row.call_back) {
                (true, waiting @ CallBack::Wanted { .. }) => waiting,
                (true, _) => CallBack::Wanted {
                    why: Why::Hand,
                    since: now,
                },
                (false, _) => CallBack::None,
            }
        })
    }

    /// The call with that id on that account.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn call(&self, key: &CallKey) -> Result<Option<Row>, JournalError> {
        Ok(store::load(&self.db, key)?.map(|stored| stored.row))
    }

    /// One step of giving all calls of a party their name as it is known now (`None`: nobody knows one any more): the newest
    /// first, at most `limit` of them, beginning below `before`. Gives where the next step begins; `None`: done. A call that
    /// comes later takes the name of the party's latest call by itself.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing of this step was.
    pub fn set_name(
        &mut self,
        party: &E164,
        name: Option<&Name>,
        before: Option<Cursor>,
        limit: usize,
    ) -> Result<Option<Cursor>, JournalError> {
        let name = name.and_then(Name::tidy);
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let below = before.map_or(i64::MAX, |Cursor(id)| id);
        let transaction = self.db.transaction()?;
        let calls = store::stored_where(
            &transaction,
            "party = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
            params![party.as_str(), below, most],
        )?;
        for old in calls.iter().filter(|old| old.row.name != name) {
            let mut row = old.row.clone();
            row.name.clone_from(&name);
            store::write(&transaction, Some(old), &row)?;
        }
        transaction.commit()?;
        let last = calls.last().filter(|_| calls.len() >= limit);
        Ok(last.map(|last| Cursor(last.id)))
    }

    fn change(&mut self, key: &CallKey, change: impl FnOnce(&mut Row)) -> Result<bool, JournalError> {
        let transaction = self.db.transaction()?;
        let Some(old) = store::load(&transaction, key)? else {
            return Ok(false);
        };
        let mut row = old.row.clone();
        change(&mut row);
        if row != old.row {
            store::write(&transaction, Some(&old), &row)?;
            transaction.commit()?;
        }
        Ok(true)
    }
}
