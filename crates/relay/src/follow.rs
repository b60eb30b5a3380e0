//! Every call of the company as it goes, for `tail`: read beside a running relay, from its database.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use relay_api::wire::{Event, EventBody, EventId};
use rusqlite::Connection;
use telephony::Call;

use crate::store::kinds::{Sql, call, document, event, history};
use crate::store::{StoreError, open_to_look, sqlite};

/// How many events are read at once.
const PAGE: u32 = 1000;

/// Reads the events of all accounts in their order.
#[derive(Debug)]
pub struct Follower {
    connection: Connection,
    path: PathBuf,
    last: EventId,
    /// SQLite's `data_version` when everything up to `last` had been read.
    seen: Option<i64>,
}

impl Follower {
    /// Begins now; gives also the calls that ring or talk, oldest first.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn begin(data_dir: &Path) -> Result<(Self, Vec<Call>), StoreError> {
        let (connection, path) = open_to_look(data_dir)?;
        let (live, last) = begin(&connection).map_err(sqlite(&path))?;
        let follower = Self {
            connection,
            path,
            last,
            seen: None,
        };
        Ok((follower, live))
    }

    /// What came since the last time, oldest first; each with its time. Doesn't wait.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn news(&mut self) -> Result<Vec<(Timestamp, Call)>, StoreError> {
        self.read().map_err(sqlite(&self.path))
    }

    fn read(&mut self) -> Sql<Vec<(Timestamp, Call)>> {
        let version: i64 = self
            .connection
            .pragma_query_value(None, "data_version", |row| row.get(0))?;
        if self.seen == Some(version) {
            return Ok(Vec::new());
        }
        let page = event::after(&self.connection, self.last, PAGE)?;
        if page.len() < PAGE as usize {
            self.seen = Some(version);
        }
        let mut calls = Vec::new();
        for stored in page {
            self.last = stored.id;
            let Event { at, body, .. } = document(&stored.body)?;
            if let EventBody::Call { call } = body {
                calls.push((at, call));
            }
        }
        Ok(calls)
    }
}

fn begin(db: &Connection) -> Sql<(Vec<Call>, EventId)> {
    // One snapshot: no event may fall between the two.
    let snapshot = db.unchecked_transaction()?;
    Ok((call::all_live(&snapshot)?, history::range(&snapshot)?.head))
}
