//! The layout on disk and the way to it.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, Transaction, params};
use telephony::Call;

use super::row::{CallBack, Row, Stored};
use super::{JournalError, check, damage, dialled, store};

/// The layout that this version writes.
pub(super) const SCHEMA: u32 = 3;

/// Pages that a connection keeps, in KiB. The agent lives all day and holds at most two connections.
const CACHE_KIB: i32 = 384;

/// A connection waits so long for another one's lock.
pub(super) const BUSY: Duration = Duration::from_secs(5);

/// After so long a call that still rings or talks here lost its end while nobody listened.
const LOST_US: i64 = 24 * 3600 * 1_000_000;

/// Version 1, as the program wrote it; for the migration and its tests.
#[cfg(test)]
pub(super) const LAYOUT_1: &str = "
    CREATE TABLE call (
        account TEXT NOT NULL,
        call TEXT NOT NULL,
        started_us INTEGER NOT NULL,
        unread INTEGER NOT NULL,
        body TEXT NOT NULL,
        PRIMARY KEY (account, call)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX call_by_start ON call (started_us);
    CREATE INDEX call_unread ON call (unread) WHERE unread = 1;
    CREATE TABLE position (relay TEXT NOT NULL PRIMARY KEY, event TEXT NOT NULL) WITHOUT ROWID, STRICT;
";

const POSITION: &str =
    "CREATE TABLE position (relay TEXT NOT NULL PRIMARY KEY, event TEXT NOT NULL) WITHOUT ROWID, STRICT;";

/// Calls, and what finds them.
pub(super) const CALLS: &str = "
    CREATE TABLE call (
        id INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        call TEXT NOT NULL,
        started_us INTEGER NOT NULL,
        connected_us INTEGER,
        direction TEXT NOT NULL,
        outcome TEXT NOT NULL,
        party TEXT,
        name TEXT,
        company TEXT,
        name_source TEXT,
        name_since_us INTEGER,
        note TEXT NOT NULL DEFAULT '',
        call_back TEXT NOT NULL DEFAULT 'none',
        call_back_us INTEGER,
        unread INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (account, call)
    ) STRICT;
    CREATE INDEX call_by_party ON call (party, id) WHERE party IS NOT NULL;
    CREATE INDEX call_unread ON call (unread) WHERE unread = 1;
    CREATE INDEX call_wanted ON call (party) WHERE call_back IN ('hand', 'missed');
    CREATE INDEX call_live ON call (started_us) WHERE outcome IN ('ringing', 'talking');
    CREATE VIRTUAL TABLE search USING fts5 (
        words, content = '', detail = none, columnsize = 0, tokenize = \"ascii tokenchars '#@'\"
    );
    INSERT INTO search (search, rank) VALUES ('secure-delete', 1);
";

/// What else is kept.
const AROUND: &str = "
    CREATE TABLE deleted (
        account TEXT NOT NULL,
        call TEXT NOT NULL,
        deleted_us INTEGER NOT NULL,
        PRIMARY KEY (account, call)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX deleted_by_time ON deleted (deleted_us);
    CREATE TABLE heard (
        from_us INTEGER PRIMARY KEY,
        until_us INTEGER NOT NULL,
        open INTEGER NOT NULL,
        hole TEXT NOT NULL
    ) STRICT;
";

/// Opens the file and brings it to the present layout.
pub(super) fn open(path: &Path, now: Timestamp) -> Result<Connection, JournalError> {
    damage::keep_private(path)?;
    let mut db = Connection::open(path)?;
    db.busy_timeout(BUSY)?;
    // Takes effect in an empty file only; see `migrate` for the others.
    db.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // Deleted calls are overwritten, not only unlinked.
    db.pragma_update(None, "secure_delete", "ON")?;
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > SCHEMA {
        return Err(JournalError::Newer { found, known: SCHEMA });
    }
    match found {
        // It will be read and written anew as a whole.
        1 => check::whole(&db)?,
        _ => check::glance(&db)?,
    }
    match found {
        0 => {
            let layout = db.transaction()?;
            layout.execute_batch(POSITION)?;
            layout.execute_batch(CALLS)?;
            layout.execute_batch(AROUND)?;
            layout.execute_batch(dialled::LAYOUT)?;
            layout.pragma_update(None, "user_version", SCHEMA)?;
            layout.commit()?;
        }
        1 => {
            damage::copy_before(&db, path, SCHEMA)?;
            migrate(&mut db)?;
        }
        2 => {
            damage::copy_before(&db, path, SCHEMA)?;
            let layout = db.transaction()?;
            layout.execute_batch(dialled::LAYOUT)?;
            layout.pragma_update(None, "user_version", SCHEMA)?;
            layout.commit()?;
        }
        _ => {}
    }
    close_what_was_open(&mut db, now)?;
    Ok(db)
}

/// Opens an existing journal for reading beside its owner.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, JournalError> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    db.busy_timeout(BUSY)?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(db)
}

/// From version 1: every row is read and written anew, in one transaction. A row whose call can't be read is carried over
/// as it is, though nothing finds or shows it.
fn migrate(db: &mut Connection) -> Result<(), JournalError> {
    let transaction = db.transaction()?;
    transaction.execute_batch(
        "ALTER TABLE call RENAME TO call_1; DROP INDEX call_by_start; DROP INDEX call_unread;",
    )?;
    transaction.execute_batch(CALLS)?;
    transaction.execute_batch(AROUND)?;
    transaction.execute_batch(dialled::LAYOUT)?;
    {
        let mut rows = transaction
            .prepare("SELECT account, call, started_us, unread, body FROM call_1 ORDER BY started_us")?;
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            let (unread, body): (bool, String) = (row.get(3)?, row.get(4)?);
            match serde_json::from_str::<Call>(&body) {
                Ok(call) => {
                    let row = Row::new(call, unread);
                    store::write(&transaction, None, &row)?;
                }
                Err(_) => {
                    let (account, call, started_us): (String, String, i64) =
                        (row.get(0)?, row.get(1)?, row.get(2)?);
                    let id = store::free_id(&transaction, started_us)?;
                    transaction.execute(
                        "INSERT INTO call (id, account, call, started_us, direction, outcome, unread, body)
                         VALUES (?1, ?2, ?3, ?4, 'incoming', 'unknown', ?5, ?6)",
                        params![id, account, call, started_us, unread, body],
                    )?;
                }
            }
        }
    }
    want_missed(&transaction)?;
    transaction.execute_batch("DROP TABLE call_1")?;
    transaction.pragma_update(None, "user_version", SCHEMA)?;
    transaction.commit()?;
    // Only a whole rewrite can give the file its way of returning free pages. Without it everything works.
    if let Err(error) = db.execute_batch("PRAGMA auto_vacuum = INCREMENTAL; VACUUM;") {
        tracing::warn!(%error, "the journal was brought to its new layout, but not compacted");
    }
    Ok(())
}

/// What nobody has seen yet is still to be called back.
fn want_missed(transaction: &Transaction<'_>) -> Result<(), JournalError> {
    let unread: Vec<Stored> = store::stored_where(transaction, "unread = 1", [])?;
    for old in unread {
        let mut row = old.row.clone();
        row.call_back = store::wanted_because_missed(transaction, &row.call)?;
        if row.call_back != CallBack::None {
            store::write(transaction, Some(&old), &row)?;
        }
    }
    Ok(())
}

/// After a crash: what was being heard was heard until the last sign of life, and calls whose end never came are not live.
fn close_what_was_open(db: &mut Connection, now: Timestamp) -> Result<(), JournalError> {
    let transaction = db.transaction()?;
    transaction.execute("UPDATE heard SET open = 0 WHERE open = 1", [])?;
    transaction.execute(
        "UPDATE call SET outcome = 'unknown' WHERE outcome IN ('ringing', 'talking') AND started_us < ?1",
        [now.as_microsecond().saturating_sub(LOST_US)],
    )?;
    transaction.commit()?;
    Ok(())
}
