//! A copy of the database, taken while the relay runs or while it doesn't; looking at one; and putting one back.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};

use super::kinds::event;
use super::{FILE, StoreError, schema, sqlite};
use crate::lock::DataLock;

/// Copies the database of a data folder into the new file `to`, as it is at one moment, and checks the copy. The file
/// appears once it is whole and sound; a relay started on it goes on from there. Gives its size in bytes.
///
/// The callback secret isn't in the database; its file has to be kept as well.
///
/// # Errors
/// [`StoreError::Backup`] when `to` can't be made or the copy isn't sound, else [`StoreError::Sqlite`].
pub fn backup(data_dir: &Path, to: &Path) -> Result<u64, StoreError> {
    let from = data_dir.join(FILE);
    let failed = |cause: Error| StoreError::Backup {
        path: to.to_owned(),
        cause: Arc::new(cause),
    };
    if !from.exists() {
        let what = format!("there is no database {}; check data_dir", from.display());
        return Err(failed(Error::new(ErrorKind::NotFound, what)));
    }
    if to.exists() {
        let what = "it exists already and isn't overwritten; name another file";
        return Err(failed(Error::new(ErrorKind::AlreadyExists, what)));
    }
    let partial = beside(to, ".partial");
    let source = schema::open_read_only(&from).map_err(sqlite(&from))?;
    // What a backup that was killed left behind.
    forget_file(&partial).map_err(failed)?;
    create(&partial).map_err(failed)?;
    let done = fill(&source, &partial, &failed)
        .and_then(|()| verify(&partial))
        .and_then(|_| {
            std::fs::File::open(&partial)
                .and_then(|file| file.sync_all())
                .and_then(|()| std::fs::rename(&partial, to))
                .and_then(|()| sync_folder(folder_of(to)))
                .and_then(|()| std::fs::metadata(to))
                .map_err(failed)
        });
    if done.is_err() {
        // What is left of it helps nobody; that it can't be removed either changes nothing.
        let _ = std::fs::remove_file(&partial);
    }
    Ok(done?.len())
}

/// A new file that only this user may read: it tells who called whom.
fn create(path: &Path) -> Result<(), Error> {
    let mut options = std::fs::File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn fill(source: &Connection, path: &Path, failed: &dyn Fn(Error) -> StoreError) -> Result<(), StoreError> {
    let in_file = sqlite(path);
    let mut copy = Connection::open(path).map_err(&in_file)?;
    {
        // In one step: a copy in several begins anew whenever a running relay writes between two of them. Writing
        // goes on meanwhile.
        let backup = Backup::new(source, &mut copy).map_err(&in_file)?;
        if backup.step(-1).map_err(&in_file)? != StepResult::Done {
            let what = "the database was locked by another program; try again";
            return Err(failed(Error::new(ErrorKind::WouldBlock, what)));
        }
    }
    // One file, without a write-ahead log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")
        .map_err(&in_file)?;
    copy.close().map_err(|(_, cause)| in_file(cause))
}

/// What a backup holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Facts {
    /// The version of its layout; one older than ours is brought up at the next start.
    pub schema_version: i64,
    /// Of the newest event; what else was written, tokens and codes, may be newer.
    pub last_written_at: Option<Timestamp>,
    /// Desktops that may listen.
    pub tokens: i64,
    /// Calls that are kept, live ones included.
    pub calls: i64,
    /// Events that are kept.
    pub events: i64,
}

/// Reads a backup from end to end: that it is a relay's database, of a version that this relay knows, and sound.
///
/// # Errors
/// [`StoreError::Unsound`], [`StoreError::Newer`], or [`StoreError::Backup`] when it is something else.
pub fn verify(file: &Path) -> Result<Facts, StoreError> {
    read(file).map_err(|error| match error {
        StoreError::Damaged { path, cause } => StoreError::Unsound { path, cause },
        other => other,
    })
}

fn read(file: &Path) -> Result<Facts, StoreError> {
    let in_file = sqlite(file);
    let failed = |kind, what: &str| StoreError::Backup {
        path: file.to_owned(),
        cause: Arc::new(Error::new(kind, what)),
    };
    if !file.is_file() {
        return Err(failed(ErrorKind::NotFound, "there is no such file"));
    }
    let database = open_existing(file).map_err(&in_file)?;
    let number = |query: &str| -> Result<i64, StoreError> {
        database.query_row(query, [], |row| row.get(0)).map_err(&in_file)
    };
    let verdict: String = database
        .pragma_query_value(None, "integrity_check", |row| row.get(0))
        .map_err(&in_file)?;
    let strays = number("SELECT count(*) FROM pragma_foreign_key_check")?;
    if verdict != "ok" || strays > 0 {
        return Err(StoreError::Damaged {
            path: file.into(),
            cause: if verdict == "ok" {
                format!("{strays} rows refer to nothing")
            } else {
                verdict
            }
            .into(),
        });
    }
    let schema_version = number("PRAGMA user_version")?;
    if number("SELECT count(*) FROM sqlite_schema WHERE name IN ('history', 'token', 'event', 'call')")? != 4
    {
        return Err(failed(ErrorKind::InvalidData, "it is a database, but no relay's"));
    }
    if schema_version > schema::SCHEMA_VERSION {
        return Err(StoreError::Newer {
            path: file.to_owned(),
            found: schema_version,
            known: schema::SCHEMA_VERSION,
        });
    }
    Ok(Facts {
        schema_version,
        last_written_at: event::newest_at(&database).map_err(&in_file)?,
        tokens: number("SELECT count(*) FROM token WHERE revoked_at IS NULL")?,
        calls: number("SELECT count(*) FROM call")?,
        events: number("SELECT count(*) FROM event WHERE account > ''")?,
    })
}

fn open_existing(file: &Path) -> Result<Connection, rusqlite::Error> {
    Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
}

/// What a restore did.
#[derive(Clone, Debug)]
pub struct Restored {
    /// What is there now.
    pub facts: Facts,
    /// Where the database went that was there before.
    pub aside: Option<PathBuf>,
}

/// Puts a backup in the place of a data folder's database, while no relay runs on it. The backup is verified before and as a
/// copy; what is there, sound or damaged, is set aside under another name.
///
/// # Errors
/// [`StoreError`]; nothing has changed then, or the restore has to be run again: no relay starts in between.
pub fn restore(
    _held: &DataLock,
    data_dir: &Path,
    from: &Path,
    now: Timestamp,
) -> Result<Restored, StoreError> {
    verify(from)?;
    let file = data_dir.join(FILE);
    let failed = |cause: Error| StoreError::Backup {
        path: file.clone(),
        cause: Arc::new(cause),
    };
    let new = beside(&file, schema::RESTORING);
    forget_file(&new).map_err(failed)?;
    create(&new).map_err(failed)?;
    // Not a copy of the file: what stands in the log beside it belongs to it.
    let source = open_existing(from).map_err(sqlite(from))?;
    fill(&source, &new, &failed)?;
    drop(source);
    std::fs::File::open(&new)
        .and_then(|copy| copy.sync_all())
        .map_err(failed)?;
    let facts = verify(&new)?;
    let aside = set_aside(&file, now).map_err(failed)?;
    std::fs::rename(&new, &file).map_err(failed)?;
    sync_folder(data_dir).map_err(failed)?;
    Ok(Restored { facts, aside })
}

/// Gives a database and what belongs to it another name; `None` when there is nothing.
fn set_aside(file: &Path, now: Timestamp) -> Result<Option<PathBuf>, Error> {
    let stamp = now.strftime("%Y%m%dT%H%M%S%.3fZ").to_string();
    let aside = beside(file, &format!(".aside-{stamp}"));
    let mut is_any = false;
    for suffix in ["", "-wal", "-shm"] {
        match std::fs::rename(beside(file, suffix), beside(&aside, suffix)) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            moved => {
                moved?;
                is_any = true;
            }
        }
    }
    Ok(is_any.then_some(aside))
}

fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

fn forget_file(file: &Path) -> Result<(), Error> {
    match std::fs::remove_file(file) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        removed => removed,
    }
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// A file's new name is on disk once its folder is.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), Error> {
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kinds::told::{self, Told};

    /// What a restore has set aside may have its newest part in the log beside it, as a relay that was killed left it.
    #[test]
    fn a_database_is_restored_with_what_stands_in_its_log() {
        let (folder, copies) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let now = Timestamp::UNIX_EPOCH;
        let (live, path) = schema::open(folder.path(), now).unwrap();
        let wal = beside(&path, "-wal");
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        live.query_row(checkpoint, [], |_| Ok(())).unwrap();
        let newest = Told {
            at: now,
            address: None,
        };
        told::put(&live, &newest).unwrap();
        let aside = copies.path().join("relay.db.aside");
        std::fs::copy(&path, &aside).unwrap();
        assert!(std::fs::copy(&wal, beside(&aside, "-wal")).unwrap() > 0);
        drop(live);

        let other = tempfile::tempdir().unwrap();
        let lock = DataLock::take(other.path()).unwrap();
        restore(&lock, other.path(), &aside, now).unwrap();
        let (restored, _) = schema::open(other.path(), now).unwrap();
        assert_eq!(told::get(&restored).unwrap(), Some(newest));
    }
}
