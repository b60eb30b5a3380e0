//! For commands, beside a running relay or without one.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::kinds::{Sql, history, told};
use super::{StoreError, schema, sqlite};

/// Reads the database of a data folder as it is at one moment, beside a running relay or without one; nobody's writes wait
/// for it. None is made, and one of an older relay isn't brought up.
///
/// # Errors
/// [`StoreError`]
pub fn look<T>(data_dir: &Path, work: impl FnOnce(&Connection) -> Sql<T>) -> Result<T, StoreError> {
    let (connection, path) = schema::open_to_look(data_dir)?;
    let in_file = sqlite(&path);
    let snapshot = connection.unchecked_transaction().map_err(&in_file)?;
    work(&snapshot).map_err(&in_file)
}

/// Whether the platform knows an address of this data folder's relay: it called, or it was told. False when that can't be read.
pub(crate) fn was_called(data_dir: &Path) -> bool {
    let called = |db: Connection| Ok(history::last_callback(&db)?.is_some() || told::get(&db)?.is_some());
    schema::open_read_only(&data_dir.join(super::FILE))
        .and_then(called)
        .unwrap_or(false)
}

/// Does `work` in the database of a data folder without a writer, for commands that add something: beside a running relay, or
/// without one. Then the database is made or brought up, as at the relay's start.
///
/// # Errors
/// [`StoreError`]
pub fn direct<T>(
    data_dir: &Path,
    now: Timestamp,
    work: impl FnOnce(&Connection) -> Sql<T>,
) -> Result<T, StoreError> {
    schema::refuse_to_pass_a_relay(data_dir)?;
    let (mut connection, path) = schema::open(data_dir, now)?;
    let in_file = sqlite(&path);
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(&in_file)?;
    let value = work(&tx).map_err(&in_file)?;
    tx.commit().map_err(&in_file)?;
    Ok(value)
}

/// As [`direct`], for commands that take something away: where no database is, none is made for it.
///
/// # Errors
/// [`StoreError`]
pub fn change<T>(
    data_dir: &Path,
    now: Timestamp,
    work: impl FnOnce(&Connection) -> Sql<T>,
) -> Result<T, StoreError> {
    schema::refuse_none(data_dir)?;
    direct(data_dir, now, work)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lock::DataLock;

    /// Names and contents of what is in a folder.
    fn held(folder: &Path) -> Vec<(std::ffi::OsString, Vec<u8>)> {
        let mut held: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap())
            .map(|entry| (entry.file_name(), std::fs::read(entry.path()).unwrap()))
            .collect();
        held.sort();
        held
    }

    #[test]
    fn who_looks_makes_no_database_and_brings_none_up() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        let told = look(&folder, |_| Ok(())).unwrap_err();
        assert!(matches!(told, StoreError::Absent { .. }), "{told}");
        change(&folder, Timestamp::UNIX_EPOCH, |_| Ok(())).unwrap_err();
        assert!(!folder.exists());

        let older = schema::SCHEMA_VERSION - 1;
        direct(&folder, Timestamp::UNIX_EPOCH, |db| {
            db.pragma_update(None, "user_version", older)
        })
        .unwrap();
        let before = held(&folder);
        assert_eq!(before.len(), 1, "{before:?}");
        let told = look(&folder, |_| Ok(())).unwrap_err();
        assert!(
            matches!(told, StoreError::Older { found, .. } if found == older),
            "{told}"
        );
        assert_eq!(held(&folder), before);

        std::fs::rename(folder.join("relay.db"), folder.join("relay.db.restoring")).unwrap();
        let told = look(&folder, |_| Ok(())).unwrap_err();
        assert!(matches!(told, StoreError::Restoring { .. }), "{told}");
    }

    #[test]
    fn a_command_brings_no_database_up_under_a_relay_that_runs() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH;
        let version = |connection: &Connection| -> i64 {
            let version = connection.pragma_query_value(None, "user_version", |row| row.get(0));
            version.unwrap()
        };
        let older = schema::SCHEMA_VERSION - 1;
        let (connection, _) = schema::open(folder.path(), now).unwrap();
        connection.pragma_update(None, "user_version", older).unwrap();
        let lock = DataLock::take(folder.path()).unwrap();
        for refused in [
            look(folder.path(), |_| Ok(())).unwrap_err(),
            direct(folder.path(), now, |_| Ok(())).unwrap_err(),
        ] {
            assert!(refused.to_string().contains("restart the relay"), "{refused}");
        }
        assert_eq!(version(&connection), older);
        // As it is now it is read, as ever.
        connection
            .pragma_update(None, "user_version", schema::SCHEMA_VERSION)
            .unwrap();
        look(folder.path(), |_| Ok(())).unwrap();
        drop(lock);
    }
}
