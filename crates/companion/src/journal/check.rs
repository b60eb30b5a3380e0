//! Whether the file is sound: a glance when it is opened, and the whole of it beside its owner.
//!
//! Whatever waits for the journal waits for its opening, so the glance is bounded: the small tables whole, of the large ones
//! both ends. The whole takes about a second for 100,000 calls.

use std::path::Path;

use rusqlite::Connection;

use super::{Journal, JournalError, damage, schema};

/// Tables that grow with the calls, and what they are ordered by.
const LARGE: [(&str, &str); 5] = [
    ("call", "id"),
    ("deleted", "account, call"),
    ("erased", "id"),
    ("search_data", "id"),
    ("heard", "from_us"),
];
/// Rows that are read at each end of a large table.
const ENDS: usize = 50;
/// The other tables, which stay small.
const SMALL: [&str; 2] = ["position", "search_config"];

/// Looks at the tables whose damage would be met first.
pub(super) fn glance(db: &Connection) -> Result<(), JournalError> {
    let exists = |table: &str| {
        db.prepare_cached("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1")?
            .exists([table])
    };
    for table in SMALL {
        if exists(table)? {
            verdict(db, &format!("PRAGMA quick_check('{table}')"))?;
        }
    }
    for (table, order) in LARGE {
        if exists(table)? {
            ends(db, table, order)?;
        }
    }
    Ok(())
}

/// Reads every page.
pub(super) fn whole(db: &Connection) -> Result<(), JournalError> {
    verdict(db, "PRAGMA quick_check(1)")
}

fn verdict(db: &Connection, check: &str) -> Result<(), JournalError> {
    let verdict: String = db.query_row(check, [], |row| row.get(0))?;
    if verdict == "ok" {
        Ok(())
    } else {
        Err(damage::damaged().into())
    }
}

/// Reads the first and the last rows of a table.
fn ends(db: &Connection, table: &str, order: &str) -> Result<(), JournalError> {
    let backwards = order.replace(',', " DESC,");
    for order in [order.to_owned(), format!("{backwards} DESC")] {
        let mut query = db.prepare(&format!("SELECT * FROM {table} ORDER BY {order} LIMIT {ENDS}"))?;
        let width = query.column_count();
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..width {
                row.get_ref(column)?;
            }
        }
    }
    Ok(())
}

impl Journal {
    /// Reads the whole journal at that path beside its owner, who has opened it before. Blocking: on a thread of its own.
    ///
    /// # Errors
    /// [`JournalError::is_damage`] when it is damaged; others when it can't be read.
    pub fn check_whole(path: &Path) -> Result<(), JournalError> {
        whole(&schema::open_read_only(path)?)
    }
}
