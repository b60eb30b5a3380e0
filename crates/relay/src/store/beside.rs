//! For commands, beside a running relay or without one.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior};

use super::kinds::Sql;
use super::{StoreError, schema, sqlite};

/// A connection of one's own, and the file's path.
pub(crate) fn open(data_dir: &Path, now: Timestamp) -> Result<(Connection, PathBuf), StoreError> {
    schema::open(data_dir, now)
}

/// Reads the database of a data folder as it is at one moment, beside a running relay or without one; nobody's writes wait
/// for it.
///
/// # Errors
/// [`StoreError`]
pub fn look<T>(
    data_dir: &Path,
    now: Timestamp,
    work: impl FnOnce(&Connection) -> Sql<T>,
) -> Result<T, StoreError> {
    let (connection, path) = open(data_dir, now)?;
    let in_file = sqlite(&path);
    let snapshot = connection.unchecked_transaction().map_err(&in_file)?;
    work(&snapshot).map_err(&in_file)
}

/// Does `work` in the database of a data folder without a writer: for commands beside a running relay, or without one.
///
/// # Errors
/// [`StoreError`]
pub fn direct<T>(
    data_dir: &Path,
    now: Timestamp,
    work: impl FnOnce(&Connection) -> Sql<T>,
) -> Result<T, StoreError> {
    let (mut connection, path) = schema::open(data_dir, now)?;
    let in_file = sqlite(&path);
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(&in_file)?;
    let value = work(&tx).map_err(&in_file)?;
    tx.commit().map_err(&in_file)?;
    Ok(value)
}
