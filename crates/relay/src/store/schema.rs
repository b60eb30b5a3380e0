//! Opening a database, and its version.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{FILE, StoreError, integrity, kinds, sqlite};
use crate::lock::DataLock;

/// The version that this relay writes (`PRAGMA user_version`).
pub const SCHEMA_VERSION: i64 = 1 + kinds::STEPS.len() as i64;

/// How long a connection waits for another process's commit.
const BUSY: Duration = Duration::from_secs(5);

/// What the copy is called that a restore makes, before it takes its place.
pub(super) const RESTORING: &str = ".restoring";

/// Opens the database of a data folder for writing; makes folder and database when they don't exist.
pub(super) fn open(data_dir: &Path, now: Timestamp) -> Result<(Connection, PathBuf), StoreError> {
    make_folder(data_dir)?;
    let path = data_dir.join(FILE);
    refuse_half_a_restore(data_dir)?;
    keep_private(&path).map_err(|cause| StoreError::Folder {
        path: path.clone(),
        cause: Arc::new(cause),
    })?;
    let mut connection = Connection::open(&path).map_err(sqlite(&path))?;
    configure(&connection).map_err(sqlite(&path))?;
    let version = version(&connection).map_err(sqlite(&path))?;
    if version > SCHEMA_VERSION {
        return Err(StoreError::Newer {
            path,
            found: version,
            known: SCHEMA_VERSION,
        });
    }
    if version < SCHEMA_VERSION {
        bring_up(&mut connection, now).map_err(sqlite(&path))?;
    }
    integrity::at_start(&connection, &path)?;
    Ok((connection, path))
}

/// Opens the database of a data folder to look at it: none is made, and one of an older relay stays as it is.
pub(crate) fn open_to_look(data_dir: &Path) -> Result<(Connection, PathBuf), StoreError> {
    let path = data_dir.join(FILE);
    refuse_half_a_restore(data_dir)?;
    refuse_none(data_dir)?;
    let connection = open_read_only(&path).map_err(sqlite(&path))?;
    let found = version(&connection).map_err(sqlite(&path))?;
    let known = SCHEMA_VERSION;
    if found == known {
        integrity::at_start(&connection, &path)?;
        return Ok((connection, path));
    }
    Err(match found {
        // Empty: it is being made at this moment, at best.
        0 => StoreError::Absent { path },
        _ if found > known => StoreError::Newer { path, found, known },
        _ if DataLock::is_taken(data_dir) => StoreError::InUse { path, found, known },
        _ => StoreError::Older { path, found, known },
    })
}

/// For what has a database to look at, or to change.
///
/// # Errors
/// [`StoreError::Absent`], and [`StoreError::Folder`] when it can't be seen whether there is one.
pub(super) fn refuse_none(data_dir: &Path) -> Result<(), StoreError> {
    let path = data_dir.join(FILE);
    match path.try_exists() {
        Ok(true) => Ok(()),
        Ok(false) => Err(StoreError::Absent { path }),
        Err(cause) => Err(StoreError::Folder {
            path: data_dir.to_owned(),
            cause: Arc::new(cause),
        }),
    }
}

/// An empty database in the place of one that is being restored would tell every desktop that it was revoked.
fn refuse_half_a_restore(data_dir: &Path) -> Result<(), StoreError> {
    let restoring = data_dir.join(format!("{FILE}{RESTORING}"));
    if restoring.exists() && !data_dir.join(FILE).exists() {
        return Err(StoreError::Restoring { path: restoring });
    }
    Ok(())
}

/// A command must not change the tables under a relay that runs and may be of the version that they are of. One that runs
/// and knows the newer version has brought the database up itself before it began.
///
/// # Errors
/// [`StoreError::InUse`]
pub(super) fn refuse_to_pass_a_relay(data_dir: &Path) -> Result<(), StoreError> {
    let path = data_dir.join(FILE);
    if !path.exists() || !DataLock::is_taken(data_dir) {
        return Ok(());
    }
    let found = open_read_only(&path)
        .and_then(|connection| version(&connection))
        .map_err(sqlite(&path))?;
    // 0: it is being made at this moment.
    if (1..SCHEMA_VERSION).contains(&found) {
        return Err(StoreError::InUse {
            path,
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(())
}

/// A fresh database that no file holds, as it was made at the thread's first one.
#[cfg(test)]
pub(super) fn in_memory(now: Timestamp) -> Result<Connection, rusqlite::Error> {
    use rusqlite::backup::Backup;
    thread_local! {
        // It is: for Windows, Clippy doesn't see it.
        #[allow(clippy::missing_const_for_thread_local)]
        static TEMPLATE: std::cell::OnceCell<Connection> = const { std::cell::OnceCell::new() };
    }
    let mut connection = Connection::open_in_memory()?;
    tune(&connection)?;
    TEMPLATE.with(|template| {
        if template.get().is_none() {
            let mut made = Connection::open_in_memory()?;
            bring_up(&mut made, now)?;
            // Nobody was faster: it is this thread's own.
            let _ = template.set(made);
        }
        template.get().map_or(Ok(()), |template| {
            Backup::new(template, &mut connection)?.step(-1).map(drop)
        })
    })?;
    Ok(connection)
}

/// Opens an existing database for reading.
pub(super) fn open_read_only(path: &Path) -> Result<Connection, rusqlite::Error> {
    // Read-write by flag, because a WAL database needs its shared memory; `query_only` keeps it to reading.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "query_only", true)?;
    tune(&connection)?;
    Ok(connection)
}

/// Opens an existing database for nothing but checkpoints.
pub(super) fn open_for_checkpoints(path: &Path) -> Result<Connection, rusqlite::Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY)?;
    // What is in the database by then may be gone from the log.
    connection.pragma_update(None, "synchronous", "FULL")?;
    // SQLite's own would run in the same moments.
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(connection)
}

/// Makes the data folder, for this user only, when there is none.
pub(crate) fn make_folder(data_dir: &Path) -> Result<(), StoreError> {
    let made = {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(data_dir)
    };
    made.map_err(|cause| StoreError::Folder {
        path: data_dir.to_owned(),
        cause: Arc::new(cause),
    })
}

/// Makes the database's file for this user only, or takes it back from others: it tells who called whom. SQLite gives its
/// `-wal` and `-shm` files the same mode. The data folder may have been made by others, open to all.
#[cfg(unix)]
fn keep_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    // The log and its index are given away by SQLite itself.
    crate::owner::like_its_folder(path)?;
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::metadata(&file) {
            Ok(meta) if meta.permissions().mode() & 0o077 != 0 => {
                std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600))?;
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

fn configure(connection: &Connection) -> Result<(), rusqlite::Error> {
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Each commit is on disk when it returns, power cut included.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What was forgotten is overwritten where that costs no writing of its own.
    connection.pragma_update(None, "secure_delete", "fast")?;
    // Indices are written all over; with SQLite's 2 MB most of a busy company's pages would be read again for each callback.
    connection.pragma_update(None, "cache_size", -16 * 1024)?;
    // A log that a long backup has let grow is cut again.
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    tune(connection)
}

fn tune(connection: &Connection) -> Result<(), rusqlite::Error> {
    // Without it SQLite peeks at the values and plans most statements anew each time that one is bound: a quarter of all
    // that a callback costs.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn version(connection: &Connection) -> Result<i64, rusqlite::Error> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Makes the tables, or brings those of an older relay up to our version.
fn bring_up(connection: &mut Connection, now: Timestamp) -> Result<(), rusqlite::Error> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Looked at again: another process may have done it while we waited.
    let found = version(&tx)?;
    if found == 0 {
        for table in kinds::TABLES {
            tx.execute_batch(table)?;
        }
    }
    let done = usize::try_from(found.max(1) - 1).unwrap_or_default();
    for step in kinds::STEPS.iter().skip(done) {
        tx.execute_batch(step)?;
    }
    if found == 0 {
        kinds::history::begin(&tx, now)?;
    }
    tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
    tx.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What relays of earlier versions wrote, oldest first: they hold the tables of version 1 and the first steps fast.
    const FORMER: &[(i64, &str)] = &[
        (1, include_str!("former/1.sql")),
        (2, include_str!("former/2.sql")),
        (9, include_str!("former/9.sql")),
    ];

    /// Tables with their columns and indices with theirs, as SQLite understands them.
    fn shape(database: &Connection) -> Vec<String> {
        let shape = "SELECT m.name || ' ' || c.name || ' ' || c.type || ' ' || c.\"notnull\" || ' ' || c.pk
                     FROM sqlite_schema m JOIN pragma_table_xinfo(m.name) c WHERE m.type = 'table'
                     UNION SELECT m.name || ' ' || m.tbl_name || ' ' || i.seqno || ' ' || coalesce(i.name, '')
                     FROM sqlite_schema m JOIN pragma_index_xinfo(m.name) i WHERE m.type = 'index' ORDER BY 1";
        let mut query = database.prepare(shape).unwrap();
        query
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap()
    }

    #[test]
    fn every_former_version_is_brought_up_to_what_a_fresh_one_is_and_keeps_what_it_held() {
        let fresh = tempfile::tempdir().unwrap();
        let (fresh, _) = open(fresh.path(), Timestamp::UNIX_EPOCH).unwrap();
        for (former, schema) in FORMER {
            let folder = tempfile::tempdir().unwrap();
            let old = Connection::open(folder.path().join(FILE)).unwrap();
            old.execute_batch(schema).unwrap();
            let held = format!(
                "INSERT INTO history (only, floor, head) VALUES (1, 10, 20);
                 INSERT INTO event (id, account, at, body) VALUES (20, '1001', 5, '{{}}');
                 PRAGMA user_version = {former}"
            );
            old.execute_batch(&held).unwrap();
            drop(old);
            for _ in 0..2 {
                let (database, _) = open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
                assert_eq!(version(&database).unwrap(), SCHEMA_VERSION);
                assert_eq!(shape(&database), shape(&fresh), "version {former}");
                let range = kinds::history::range(&database).unwrap();
                assert_eq!((range.floor.0, range.head.0), (10, 20));
                assert_eq!(kinds::event::kept(&database).unwrap().0, 1);
                assert_eq!(kinds::history::last_callback(&database).unwrap(), None);
            }
        }
    }

    #[test]
    fn what_waits_to_be_passed_on_is_counted_whoever_puts_it_there_or_takes_it_away() {
        use kinds::forward::{count_waiting, keep_only};
        let old = Connection::open_in_memory().unwrap();
        let put = |names: &[&str]| {
            for name in names {
                let row = "INSERT INTO forward (destination, call_id, at, method, query) VALUES (?1, '', 0, 'GET', x'')";
                old.execute(row, [name]).unwrap();
            }
        };
        for part in kinds::TABLES.iter().chain(&kinds::STEPS[..8]) {
            old.execute_batch(part).unwrap();
        }
        put(&["crm", "crm", "other"]);
        let state = "INSERT INTO forward_state (destination, delivered) VALUES ('crm', 7)";
        old.execute(state, []).unwrap();
        old.execute_batch(kinds::STEPS[8]).unwrap();
        let counts = || ["crm", "other", "new"].map(|name| count_waiting(&old, name).unwrap());
        assert_eq!(counts(), [2, 1, 0]);
        put(&["crm", "new", "new"]);
        assert_eq!(counts(), [3, 1, 2]);
        old.execute(
            "DELETE FROM forward WHERE id IN (SELECT min(id) FROM forward)",
            [],
        )
        .unwrap();
        assert_eq!(
            keep_only(&old, &["crm".to_owned(), "new".to_owned()], 10).unwrap(),
            1
        );
        assert_eq!(counts(), [2, 0, 2]);
        assert_eq!(kinds::forward::state(&old, "crm").unwrap().delivered, 7);
    }

    #[test]
    fn a_step_that_fails_leaves_the_database_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let old = Connection::open(folder.path().join(FILE)).unwrap();
        // Without the index that a later step takes away.
        let broken = FORMER[0].1.replace("CREATE INDEX event_at ON event (at);", "");
        old.execute_batch(&broken).unwrap();
        old.execute_batch("PRAGMA user_version = 1").unwrap();
        let before = shape(&old);
        open(folder.path(), Timestamp::UNIX_EPOCH).unwrap_err();
        assert_eq!((version(&old).unwrap(), shape(&old)), (1, before));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_reads_the_database_even_in_an_open_folder() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        std::fs::write(folder.path().join(FILE), "").unwrap();
        std::fs::set_permissions(folder.path().join(FILE), std::fs::Permissions::from_mode(0o644)).unwrap();
        let (_connection, _) = open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
        }
    }
}
