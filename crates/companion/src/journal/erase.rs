//! Forgetting: one call, all calls, those too old, and those that aren't to be kept.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Params, params};
use telephony::Call;

use super::row;
use super::text::{Fact, Search};
use super::{Journal, JournalError, damage, store};
use crate::event::CallKey;

/// So long a deleted call is remembered by its id, so that no replay brings it back. No relay keeps its events longer.
const TOMBSTONE_DAYS: i64 = 400;
/// Free pages given back to the system in one step.
const PAGES: u32 = 64;

/// Which calls are kept. The agent says it at the start, and again when settings change or a day has gone by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keeping {
    /// Calls that started before are not kept; `None`: all are.
    pub not_before: Option<Timestamp>,
    /// Calls from withheld numbers are kept.
    pub withheld: bool,
}

impl Default for Keeping {
    /// Everything is kept.
    fn default() -> Self {
        Self {
            not_before: None,
            withheld: true,
        }
    }
}

impl Keeping {
    /// Calls of the last `days` days; 0: all.
    pub fn days(days: u32, withheld: bool, now: Timestamp) -> Self {
        let hours = SignedDuration::from_hours(24 * i64::from(days));
        let not_before = (days > 0).then(|| now.checked_sub(hours).unwrap_or(Timestamp::MIN));
        Self { not_before, withheld }
    }

    pub(super) fn keeps(&self, call: &Call) -> bool {
        self.not_before.is_none_or(|limit| call.started_at >= limit)
            && (self.withheld || !row::is_withheld(call))
    }
}

impl Journal {
    /// Says which calls are kept from now on. Others that come are not written; those that are there go with
    /// [`Journal::tidy`].
    pub fn keep(&mut self, keeping: Keeping) {
        self.keeping = keeping;
    }

    /// One step of removing what [`Journal::keep`] excludes, at most `limit` calls. Gives whether more is to be done: call it
    /// again. The last step also forgets old marks of deletion and gives free room back.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing of this step was.
    pub fn tidy(&mut self, now: Timestamp, limit: usize) -> Result<bool, JournalError> {
        let keeping = self.keeping;
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let transaction = self.db.transaction()?;
        let mut removed = 0;
        if let Some(before) = keeping.not_before {
            let old = ids(
                &transaction,
                "SELECT id FROM call WHERE id < ?1 AND started_us < ?2 ORDER BY id LIMIT ?3",
                params![before.as_millisecond(), before.as_microsecond(), most],
            )?;
            removed += remove_all(&transaction, &old)?;
        }
        if !keeping.withheld && removed < limit {
            removed += remove_all(&transaction, &withheld(&transaction, most)?)?;
        }
        let more = removed > 0;
        if !more {
            if let Some(before) = keeping.not_before {
                transaction.execute(
                    "DELETE FROM heard WHERE until_us < ?1 AND open = 0",
                    [before.as_microsecond()],
                )?;
            }
            let old = now
                .checked_sub(SignedDuration::from_hours(24 * TOMBSTONE_DAYS))
                .unwrap_or(Timestamp::MIN);
            transaction.execute(
                "DELETE FROM deleted WHERE deleted_us < ?1",
                [old.as_microsecond()],
            )?;
        }
        transaction.commit()?;
        if more {
            return Ok(true);
        }
        if let Some(before) = keeping.not_before {
            damage::remove_copies(&self.path, Some(before))?;
        }
        self.give_back(PAGES)?;
        Ok(self.free_pages()? > 0)
    }

    /// Deletes one call for good: it is overwritten on disk, and a replay doesn't bring it back. Gives whether it was there.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then it is still there.
    pub fn delete(&mut self, key: &CallKey, now: Timestamp) -> Result<bool, JournalError> {
        let transaction = self.db.transaction()?;
        let stored = store::load(&transaction, key)?;
        if let Some(stored) = &stored {
            store::remove(&transaction, stored)?;
        }
        // One that can't be read has no words in the index.
        transaction.execute(
            "DELETE FROM call WHERE account = ?1 AND call = ?2",
            params![key.account.0, key.call.0],
        )?;
        transaction.execute(
            "INSERT INTO deleted (account, call, deleted_us) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET deleted_us = ?3",
            params![key.account.0, key.call.0, now.as_microsecond()],
        )?;
        transaction.commit()?;
        self.empty_log()?;
        Ok(stored.is_some())
    }

    /// Deletes every call for good, with the copies that the journal made of itself; when calls could be heard stays known.
    /// Gives how many there were.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then all are still there.
    pub fn delete_all(&mut self, now: Timestamp) -> Result<usize, JournalError> {
        let transaction = self.db.transaction()?;
        transaction.execute(
            "INSERT INTO deleted (account, call, deleted_us) SELECT account, call, ?1 FROM call WHERE true
             ON CONFLICT DO UPDATE SET deleted_us = ?1",
            [now.as_microsecond()],
        )?;
        let count = transaction.execute("DELETE FROM call", [])?;
        transaction.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
        transaction.commit()?;
        damage::remove_copies(&self.path, None)?;
        self.give_back(u32::MAX / 2)?;
        self.empty_log()?;
        Ok(count)
    }

    /// Copies the log into the file and empties it, so that nothing deleted stays in it. Somebody who reads meanwhile (an
    /// export) puts it off until the next time.
    fn empty_log(&self) -> Result<(), JournalError> {
        self.db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn give_back(&self, pages: u32) -> Result<(), JournalError> {
        let mut statement = self.db.prepare(&format!("PRAGMA incremental_vacuum({pages})"))?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(())
    }

    /// Pages that could be given back to the system.
    fn free_pages(&self) -> Result<i64, JournalError> {
        let mode: i64 = self
            .db
            .pragma_query_value(None, "auto_vacuum", |row| row.get(0))?;
        if mode == 0 {
            return Ok(0);
        }
        Ok(self
            .db
            .pragma_query_value(None, "freelist_count", |row| row.get(0))?)
    }
}

fn ids(db: &Connection, sql: &str, params: impl Params) -> Result<Vec<i64>, JournalError> {
    let mut query = db.prepare_cached(sql)?;
    let ids = query.query_map(params, |row| row.get(0))?;
    Ok(ids.collect::<Result<_, _>>()?)
}

fn remove_all(db: &Connection, ids: &[i64]) -> Result<usize, JournalError> {
    for id in ids {
        for stored in store::stored_where(db, "id = ?1", [id])? {
            store::remove(db, &stored)?;
        }
        // One that can't be read has no words in the index.
        db.prepare_cached("DELETE FROM call WHERE id = ?1")?
            .execute([id])?;
    }
    Ok(ids.len())
}

/// Calls from withheld numbers.
fn withheld(db: &Connection, limit: i64) -> Result<Vec<i64>, JournalError> {
    let Some(expression) = Search::new("", Some(Fact::Withheld), None).expression() else {
        return Ok(Vec::new());
    };
    ids(
        db,
        "SELECT call.id FROM search CROSS JOIN call ON call.id = search.rowid
         WHERE search MATCH ?1 ORDER BY search.rowid LIMIT ?2",
        params![expression, limit],
    )
}
