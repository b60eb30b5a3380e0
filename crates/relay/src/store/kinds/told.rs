//! `told`: which callback address this relay last told the operator, who can't be asked.
//!
//! | column | |
//! |---|---|
//! | `at` | when it was told |
//! | `address` | SHA-256 of the address; null after `callback clear` |
//!
//! One row at most.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{Sql, time};
use crate::secret::Hash;

pub(crate) const TO_VERSION_8: &str = "
    CREATE TABLE told (
        only    INTEGER PRIMARY KEY CHECK (only = 1),
        at      INTEGER NOT NULL,
        address BLOB
    ) STRICT;";

/// What the operator was told last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// When.
    pub at: Timestamp,
    /// Of the address; `None`: that there is none.
    pub address: Option<Hash>,
}

pub(crate) fn put(db: &Connection, told: &Told) -> Sql<()> {
    db.prepare_cached("INSERT OR REPLACE INTO told (only, at, address) VALUES (1, ?1, ?2)")?
        .execute(params![told.at.as_millisecond(), told.address.map(|hash| hash.0)])?;
    Ok(())
}

pub(crate) fn get(db: &Connection) -> Sql<Option<Told>> {
    let mut query = db.prepare_cached("SELECT at, address FROM told")?;
    query
        .query_row([], |row| {
            Ok(Told {
                at: time(row.get(0)?)?,
                address: row.get::<_, Option<[u8; 32]>>(1)?.map(Hash),
            })
        })
        .optional()
}
