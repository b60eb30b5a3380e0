//! What was dialled here of late, for the next run: see [`crate::dialled`]. Nobody's number is in it.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use telephony::{AccountId, CallId};
use uuid::Uuid;

use super::row::timestamp;
use super::{Journal, JournalError};
use crate::dialled::{Dialled, KEPT_S};
use crate::event::DialId;
use crate::time::after;

/// One row a press.
pub(super) const LAYOUT: &str = "
    CREATE TABLE dialled (
        press TEXT NOT NULL PRIMARY KEY,
        account TEXT NOT NULL,
        at_us INTEGER NOT NULL,
        call TEXT,
        own_leg TEXT
    ) WITHOUT ROWID, STRICT;
";

/// Writes a press, or what more is known of it.
pub(super) fn write(db: &Connection, dialled: &Dialled) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO dialled (press, account, at_us, call, own_leg) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO UPDATE SET call = ?4, own_leg = ?5",
    )?
    .execute(params![
        dialled.id.0.to_string(),
        dialled.account.0,
        dialled.at.as_microsecond(),
        dialled.call.as_ref().map(|call| &call.0),
        dialled.own_leg.as_ref().map(|leg| &leg.0),
    ])
    .map(drop)
}

/// Nothing rang for it.
pub(super) fn remove(db: &Connection, id: DialId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM dialled WHERE press = ?1")?
        .execute([id.0.to_string()])
        .map(drop)
}

/// Forgets presses that are too old to matter.
pub(super) fn forget_old(db: &Connection, now: Timestamp) -> rusqlite::Result<()> {
    db.execute(
        "DELETE FROM dialled WHERE at_us < ?1",
        [after(now, -KEPT_S).as_microsecond()],
    )
    .map(drop)
}

impl Journal {
    /// What was dialled here within the last day, oldest first.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn dialled(&self, now: Timestamp) -> Result<Vec<Dialled>, JournalError> {
        let mut query = self.db.prepare(
            "SELECT press, account, at_us, call, own_leg FROM dialled WHERE at_us >= ?1 ORDER BY at_us",
        )?;
        let rows = query.query_map([after(now, -KEPT_S).as_microsecond()], |row| {
            // One that another version wrote otherwise says nothing.
            let Ok(id) = Uuid::try_parse(&row.get::<_, String>(0)?) else {
                return Ok(None);
            };
            Ok(Some(Dialled {
                id: DialId(id),
                account: AccountId(row.get(1)?),
                at: timestamp(row.get(2)?),
                call: row.get::<_, Option<String>>(3)?.map(CallId),
                own_leg: row.get::<_, Option<String>>(4)?.map(CallId),
            }))
        })?;
        let mut found = Vec::new();
        for row in rows {
            found.extend(row?);
        }
        Ok(found)
    }
}
