//! A copy of the database, taken while the relay runs or while it doesn't.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::{FILE, StoreError, schema, sqlite};

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
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let source = schema::open_read_only(&from).map_err(sqlite(&from))?;
    create(&partial).map_err(failed)?;
    let done = fill(&source, &partial, &failed).and_then(|()| {
        std::fs::File::open(&partial)
            .and_then(|file| file.sync_all())
            .and_then(|()| std::fs::rename(&partial, to))
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
    let verdict: String = copy
        .pragma_query_value(None, "integrity_check", |row| row.get(0))
        .map_err(&in_file)?;
    if verdict != "ok" {
        let what = format!("the copy isn't sound, so the database itself may be damaged: {verdict}");
        return Err(failed(Error::new(ErrorKind::InvalidData, what)));
    }
    copy.close().map_err(|(_, cause)| in_file(cause))
}
