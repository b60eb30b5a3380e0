//! Forgetting: one call, all calls, those too old, and those that aren't to be kept.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Params, params};
use telephony::Call;

use super::row;
use super::text::{Fact, Search};
use super::{Journal, JournalError, damage, dialled, schema, store};
use crate::event::CallKey;

/// So long a deleted call is remembered by its id, so that no replay brings it back. No relay keeps its events longer.
const TOMBSTONE_DAYS: i64 = 400;
/// Free pages given back to the system in one step.
const PAGES: u32 = 64;
/// The same while every call is overwritten: then the end of the file is mostly free.
const ERASED_PAGES: u32 = 512;
/// Blocks of the search index, of about a page each, overwritten in one step.
const ERASED_BLOCKS: u32 = 100;
/// Calls overwritten in one step.
const ERASED_CALLS: u32 = 200;
/// A call that rings or talks for longer has lost its end; in microseconds.
const RINGS_US: i64 = 600 * 1_000_000;
const TALKS_US: i64 = 12 * 3600 * 1_000_000;

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
    /// again. The last step also forgets old presses and marks of deletion, and gives free room back.
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
            dialled::forget_old(&transaction, now)?;
        }
        transaction.commit()?;
        if more {
            return Ok(true);
        }
        if let Some(before) = keeping.not_before {
            damage::remove_copies(&self.path, Some(before))?;
        }
        if self.log_stays {
            self.empty_log()?;
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

    /// Deletes every call for good but those that are going on, with the copies that the journal made of itself, what was
    /// dialled of late, and what is known of the times in which calls could be heard, up to the present one. At once none is
    /// found any more, and no replay brings one back; they are overwritten by [`Journal::erase`], which is to be called until
    /// it has nothing more to do, in this run or the next.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then all are still there.
    pub fn delete_all(&mut self, now: Timestamp) -> Result<(), JournalError> {
        damage::remove_copies(&self.path, None)?;
        let transaction = self.db.transaction()?;
        let now_us = now.as_microsecond();
        let live = store::stored_where(
            &transaction,
            "outcome = 'ringing' AND started_us > ?1 OR outcome = 'talking' AND started_us > ?2",
            [now_us.saturating_sub(RINGS_US), now_us.saturating_sub(TALKS_US)],
        )?;
        transaction.execute("DELETE FROM heard WHERE open = 0", [])?;
        transaction.execute("DELETE FROM dialled", [])?;
        if is_under_way(&transaction)? {
            // What has come since.
            transaction.execute(
                "INSERT INTO deleted (account, call, deleted_us) SELECT account, call, ?1 FROM call WHERE true
                 ON CONFLICT DO UPDATE SET deleted_us = ?1",
                [now_us],
            )?;
            transaction
                .execute_batch("DELETE FROM call; INSERT INTO search (search) VALUES ('delete-all');")?;
        } else {
            transaction.execute_batch(
                "DROP INDEX call_by_party; DROP INDEX call_unread; DROP INDEX call_wanted; DROP INDEX call_live;
                 ALTER TABLE call RENAME TO erased; ALTER TABLE search RENAME TO erased_search;",
            )?;
            transaction.execute_batch(schema::CALLS)?;
        }
        for stored in live {
            forgive(&transaction, &CallKey::of(&stored.row.call))?;
            store::write(&transaction, None, &stored.row)?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// One step of overwriting what [`Journal::delete_all`] took away: first the search index, then the calls, last the room
    /// on disk. Gives whether more is to be done: call it again.
    ///
    /// # Errors
    /// [`JournalError`] when it can't be written; then nothing of this step was.
    pub fn erase(&mut self, now: Timestamp) -> Result<bool, JournalError> {
        let transaction = self.db.transaction()?;
        if !is_under_way(&transaction)? {
            return Ok(false);
        }
        if exists(&transaction, "erased_search")? {
            // Below stands what FTS5 knows of itself, without which it doesn't let the table go.
            let gone = transaction
                .prepare_cached(
                    "DELETE FROM erased_search_data WHERE id IN
                     (SELECT id FROM erased_search_data WHERE id > 10 ORDER BY id DESC LIMIT ?1)",
                )?
                .execute([ERASED_BLOCKS])?;
            if gone == 0 {
                transaction.execute_batch("DROP TABLE erased_search")?;
            }
            transaction.commit()?;
            return Ok(true);
        }
        let last: Option<i64> = transaction
            .prepare_cached("SELECT max(id) FROM (SELECT id FROM erased ORDER BY id LIMIT ?1)")?
            .query_row([ERASED_CALLS], |row| row.get(0))?;
        if let Some(last) = last {
            transaction
                .prepare_cached(
                    "INSERT INTO deleted (account, call, deleted_us) SELECT account, call, ?1 FROM erased WHERE id <= ?2
                     ON CONFLICT DO UPDATE SET deleted_us = ?1",
                )?
                .execute([now.as_microsecond(), last])?;
            transaction
                .prepare_cached("DELETE FROM erased WHERE id <= ?1")?
                .execute([last])?;
            transaction.commit()?;
            return Ok(true);
        }
        drop(transaction);
        if self.free_pages()? > 0 {
            self.give_back(ERASED_PAGES)?;
            return Ok(true);
        }
        // Nothing is in it any more but the mark, which goes last.
        self.empty_log()?;
        self.db.execute_batch("DROP TABLE erased")?;
        Ok(false)
    }

    /// Copies the log into the file and empties it, so that nothing deleted stays in it. Somebody who reads meanwhile (an
    /// export) puts it off until it is tried again by [`Journal::tidy`].
    fn empty_log(&mut self) -> Result<(), JournalError> {
        // It would wait for who reads, and with it whoever waits for the journal.
        self.db.busy_timeout(Duration::ZERO)?;
        let busy = self
            .db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        self.db.busy_timeout(schema::BUSY)?;
        self.log_stays = busy?;
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

/// Whether calls that were all deleted are still to be overwritten. Their table is the mark of it.
pub(super) fn is_under_way(db: &Connection) -> Result<bool, JournalError> {
    exists(db, "erased")
}

fn exists(db: &Connection, table: &str) -> Result<bool, JournalError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
        .exists([table])?)
}

/// Forgets that a call was deleted.
pub(super) fn forgive(db: &Connection, key: &CallKey) -> Result<(), JournalError> {
    let forget = |table: &str| -> Result<(), JournalError> {
        db.prepare_cached(&format!("DELETE FROM {table} WHERE account = ?1 AND call = ?2"))?
            .execute(params![key.account.0, key.call.0])?;
        Ok(())
    };
    forget("deleted")?;
    if is_under_way(db)? {
        forget("erased")?;
    }
    Ok(())
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
