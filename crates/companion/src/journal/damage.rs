//! The journal's file: private, set aside when damaged, copied before a migration.

use std::ffi::OsString;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, ErrorCode};

use super::JournalError;

/// Makes the journal's file for this user only, or takes it back from others: it tells who called. SQLite gives its `-wal`
/// and `-shm` files the same mode. On Windows the person's data folder is private by itself.
#[cfg(unix)]
pub(super) fn keep_private(path: &Path) -> std::io::Result<()> {
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
pub(super) fn keep_private(_path: &Path) -> std::io::Result<()> {
    Ok(())
}

pub(super) fn damaged() -> rusqlite::Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, None)
}

pub(super) fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
    )
}

/// Renames the file and its log; gives the new name.
pub(super) fn set_aside(path: &Path, now: Timestamp) -> std::io::Result<PathBuf> {
    let stamp = now.strftime("%Y%m%d-%H%M%S").to_string();
    let mut aside = with_suffix(path, &format!(".damaged-{stamp}"));
    let mut count = 1;
    while aside.exists() {
        count += 1;
        aside = with_suffix(path, &format!(".damaged-{stamp}-{count}"));
    }
    std::fs::rename(path, &aside)?;
    for log in ["-wal", "-shm"] {
        match std::fs::rename(with_suffix(path, log), with_suffix(&aside, log)) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(aside)
}

/// Undoes [`set_aside`], in the place of what was begun instead.
pub(super) fn put_back(aside: &Path, path: &Path) -> std::io::Result<()> {
    let unless_missing = |result: std::io::Result<()>| match result {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    for log in ["-wal", "-shm"] {
        unless_missing(std::fs::remove_file(with_suffix(path, log)))?;
    }
    std::fs::rename(aside, path)?;
    for log in ["-wal", "-shm"] {
        unless_missing(std::fs::rename(with_suffix(aside, log), with_suffix(path, log)))?;
    }
    Ok(())
}

/// Copies the open journal to `journal.db.before-<schema>` beside it; the copy appears whole or not at all. One that an
/// interrupted migration left is replaced: the journal is still as it was then.
pub(super) fn copy_before(db: &Connection, path: &Path, schema: u32) -> Result<(), JournalError> {
    let to = with_suffix(path, &format!(".before-{schema}"));
    let partial = with_suffix(&to, ".partial");
    if let Err(error) = std::fs::remove_file(&partial)
        && error.kind() != ErrorKind::NotFound
    {
        return Err(error.into());
    }
    keep_private(&partial)?;
    let mut copy = Connection::open(&partial)?;
    // In one step: nobody else writes, and nothing waits for the journal yet.
    let step = Backup::new(db, &mut copy)?.step(-1)?;
    if step != StepResult::Done {
        return Err(Error::new(ErrorKind::WouldBlock, "the journal is in use by another program").into());
    }
    // One file, without a write-ahead log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    copy.close().map_err(|(_, error)| error)?;
    std::fs::File::options().write(true).open(&partial)?.sync_all()?;
    std::fs::rename(&partial, &to)?;
    Ok(())
}

/// Removes the copies that the journal made of itself (`.before-…`, `.damaged-…`): who deletes every call means those too.
/// With `older_than`, only the ones last written before it.
pub(super) fn remove_copies(path: &Path, older_than: Option<Timestamp>) -> std::io::Result<()> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Ok(());
    };
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let file = entry.file_name();
        let Some(rest) = file.to_str().and_then(|file| file.strip_prefix(name)) else {
            continue;
        };
        if !(rest.starts_with(".before-") || rest.starts_with(".damaged-")) {
            continue;
        }
        let young = match older_than {
            None => false,
            Some(limit) => Timestamp::try_from(entry.metadata()?.modified()?).is_ok_and(|at| at >= limit),
        };
        if !young {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(super) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path.as_os_str());
    name.push(suffix);
    PathBuf::from(name)
}
