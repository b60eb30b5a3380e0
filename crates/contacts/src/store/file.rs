//! The file itself: private, sound, in the layout of this version.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::error::ContactsError;

/// What opening found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A book in order.
    Existing,
    /// None; a new one was begun.
    Fresh,
    /// One of an older version, brought to this one's layout. It was copied first.
    Migrated {
        /// The copy.
        backup: PathBuf,
    },
    /// A damaged one; it was set aside under this name and a new one begun.
    SetAside(PathBuf),
}

/// Opens the file, or begins one; `steps` are the layouts' steps. A damaged file is set aside.
pub(super) fn open(
    path: &Path,
    steps: &[&str],
    now: Timestamp,
) -> Result<(Connection, Opened), ContactsError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    match begin(path, steps, now) {
        Err(ContactsError::Sql(error)) if is_damage(&error) => {
            let aside = set_aside(path, now)?;
            let (db, _) = begin(path, steps, now)?;
            Ok((db, Opened::SetAside(aside)))
        }
        other => other,
    }
}

/// For reading, beside the owner.
pub(super) fn open_to_read(path: &Path) -> Result<Connection, ContactsError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    tune(&db)?;
    Ok(db)
}

fn begin(path: &Path, steps: &[&str], now: Timestamp) -> Result<(Connection, Opened), ContactsError> {
    keep_private(path)?;
    let mut db = Connection::open(path)?;
    tune(&db)?;
    db.pragma_update(None, "journal_mode", "WAL")?;
    db.pragma_update(None, "synchronous", "NORMAL")?;
    // After an import the log shrinks again.
    db.pragma_update(None, "journal_size_limit", 1024 * 1024)?;
    // Reads every page once: damage shows now and not in the middle of a call.
    let sound: String = db.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if sound != "ok" {
        return Err(damaged().into());
    }
    let opened = migrate(&mut db, path, steps, now)?;
    Ok((db, opened))
}

/// At most 1 MiB of pages in memory: the book itself stays on the disk.
fn tune(db: &Connection) -> Result<(), ContactsError> {
    db.busy_timeout(Duration::from_secs(5))?;
    db.pragma_update(None, "cache_size", -1024)?;
    // More statements than that are in use at once during an import; each would be read anew for each contact.
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(
    db: &mut Connection,
    path: &Path,
    steps: &[&str],
    now: Timestamp,
) -> Result<Opened, ContactsError> {
    let found: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found > known {
        return Err(ContactsError::Newer { found, known });
    }
    if found == known {
        return Ok(Opened::Existing);
    }
    let opened = match found {
        0 => Opened::Fresh,
        _ => Opened::Migrated {
            backup: back_up(db, path, found, now)?,
        },
    };
    let migration = db.transaction()?;
    for step in steps.iter().skip(usize::try_from(found).unwrap_or(usize::MAX)) {
        migration.execute_batch(step)?;
    }
    migration.pragma_update(None, "user_version", known)?;
    migration.commit()?;
    Ok(opened)
}

/// Copies the database beside it, as `contacts.db.v1-YYYYMMDD-HHMMSS`.
fn back_up(db: &Connection, path: &Path, version: u32, now: Timestamp) -> Result<PathBuf, ContactsError> {
    let backup = free_name(path, &format!("v{version}"), now);
    keep_private(&backup)?;
    db.backup("main", &backup, None::<fn(rusqlite::backup::Progress)>)?;
    Ok(backup)
}

/// Makes the file for this user only, or takes it back from others: it tells who is known. SQLite gives its `-wal` and
/// `-shm` files the same mode. On Windows the person's data folder is private by itself.
#[cfg(unix)]
fn keep_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
    let file = std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn keep_private(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn damaged() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, None)
}

pub(crate) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// Renames the file and its log; gives the new name.
fn set_aside(path: &Path, now: Timestamp) -> io::Result<PathBuf> {
    let aside = free_name(path, "damaged", now);
    std::fs::rename(path, &aside)?;
    for log in ["-wal", "-shm"] {
        match std::fs::rename(with_suffix(path, log), with_suffix(&aside, log)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

fn free_name(path: &Path, why: &str, now: Timestamp) -> PathBuf {
    let stamp = now.strftime("%Y%m%d-%H%M%S").to_string();
    let mut name = with_suffix(path, &format!(".{why}-{stamp}"));
    let mut count = 1;
    while name.exists() {
        count += 1;
        name = with_suffix(path, &format!(".{why}-{stamp}-{count}"));
    }
    name
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIRST: &str = "CREATE TABLE thing (name TEXT)";
    const SECOND: &str = "ALTER TABLE thing ADD COLUMN kind TEXT";

    fn now() -> Timestamp {
        "2026-11-24T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn an_older_layout_is_copied_and_then_migrated() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.db");
        let (db, opened) = open(&path, &[FIRST], now()).unwrap();
        assert_eq!(opened, Opened::Fresh);
        db.execute("INSERT INTO thing VALUES ('kept')", []).unwrap();
        drop(db);
        let (db, opened) = open(&path, &[FIRST, SECOND], now()).unwrap();
        let Opened::Migrated { backup } = opened else {
            panic!("{opened:?}")
        };
        assert_eq!(backup, folder.path().join("contacts.db.v1-20261124-100000"));
        let kept: (String, Option<String>) = db
            .query_row("SELECT name, kind FROM thing", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .unwrap();
        assert_eq!(kept, ("kept".to_owned(), None));
        drop(db);
        // The copy is the old layout with its content, and private.
        let (old, opened) = open(&backup, &[FIRST], now()).unwrap();
        assert_eq!(opened, Opened::Existing);
        let kept: String = old
            .query_row("SELECT * FROM thing", [], |row| row.get(0))
            .unwrap();
        assert_eq!(kept, "kept");
        #[cfg(unix)]
        for file in [&path, &backup] {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                std::fs::metadata(file).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        // And the older program leaves the newer file alone.
        let refused = open(&path, &[FIRST], now());
        assert!(matches!(
            refused,
            Err(ContactsError::Newer { found: 2, known: 1 })
        ));
        assert!(path.exists());
    }

    #[test]
    fn a_step_that_fails_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.db");
        drop(open(&path, &[FIRST], now()).unwrap());
        assert!(open(&path, &[FIRST, SECOND, "nonsense"], now()).is_err());
        let (_, opened) = open(&path, &[FIRST], now()).unwrap();
        assert_eq!(opened, Opened::Existing);
    }
}
