//! Whether the database is sound: what can be told at once when it is opened, and the whole of it later.
//!
//! At the start the relay has to listen within a second, whatever it keeps. So that look is bounded: the small tables, without
//! which nothing works, are checked whole; of the large ones (events, calls, callbacks set aside) the oldest and the newest
//! rows are read. The rest is read in the background once the relay listens, with a connection of its own; what is found then
//! is told by `/readyz`, the log and a metric. Wherever SQLite itself meets damage, the write or read fails and says so.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::{StoreError, sqlite};

/// Tables that don't grow with the calls.
const SMALL: [&str; 5] = ["history", "token", "token_account", "enrolment", "early"];
/// How many rows at each end of a large table are read.
const ENDS: usize = 100;

/// The look at the start.
pub(super) fn at_start(connection: &Connection, path: &Path) -> Result<(), StoreError> {
    let in_file = sqlite(path);
    let mut names = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .map_err(&in_file)?;
    let names = names
        .query_map([], |row| row.get::<_, String>(0))
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(&in_file)?;
    for name in names {
        if !SMALL.contains(&name.as_str()) {
            ends(connection, &name).map_err(&in_file)?;
            continue;
        }
        let verdict: String = connection
            .query_row(&format!("PRAGMA quick_check('{name}')"), [], |row| row.get(0))
            .map_err(&in_file)?;
        sound(path, verdict)?;
    }
    Ok(())
}

/// Reads the first and the last rows of a table, in the order of its key.
fn ends(connection: &Connection, table: &str) -> Result<(), rusqlite::Error> {
    let key = "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk";
    let mut key = connection.prepare(key)?;
    let key = key
        .query_map([table], |row| row.get::<_, String>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    for order in ["ASC", "DESC"] {
        let by: Vec<String> = key.iter().map(|column| format!("\"{column}\" {order}")).collect();
        let by = if by.is_empty() {
            format!("rowid {order}")
        } else {
            by.join(", ")
        };
        let query = format!("SELECT * FROM \"{table}\" ORDER BY {by} LIMIT {ENDS}");
        let mut rows = connection.prepare(&query)?;
        let width = rows.column_count();
        let mut rows = rows.query([])?;
        while let Some(row) = rows.next()? {
            (0..width).try_for_each(|column| row.get_ref(column).map(drop))?;
        }
    }
    Ok(())
}

/// Reads the whole database; takes some seconds for each gigabyte, while others read and write.
///
/// # Errors
/// [`StoreError::Damaged`]
pub fn whole(path: &Path) -> Result<(), StoreError> {
    let in_file = sqlite(path);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(&in_file)?;
    connection
        .pragma_update(None, "query_only", true)
        .map_err(&in_file)?;
    let verdict: String = connection
        .query_row("PRAGMA quick_check(1)", [], |row| row.get(0))
        .map_err(&in_file)?;
    sound(path, verdict)
}

fn sound(path: &Path, verdict: String) -> Result<(), StoreError> {
    if verdict == "ok" {
        return Ok(());
    }
    Err(StoreError::Damaged {
        path: path.into(),
        cause: verdict.into(),
    })
}
