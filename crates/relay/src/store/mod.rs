//! The relay's memory: one SQLite database (WAL, `synchronous=FULL`), written by one thread.
//!
//! Every write is a job for that thread. It takes all jobs that wait, commits once, and only then publishes the events and
//! answers: what is answered or streamed is on disk. One `fsync` serves all that waited (group commit), and a job that fails
//! is undone alone. Reads use connections of their own and never wait for a write.
//!
//! Other processes (the command line) write to the same database; the thread looks at `PRAGMA data_version` twice a second
//! and reloads the tokens when something changed.
//!
//! Each kind of thing that is kept has a file in [`kinds`], which documents its layout.

mod backup;
mod batch;
mod beside;
mod calls;
mod checkpoint;
#[cfg(test)]
mod in_memory;
pub mod integrity;
mod job;
pub mod kinds;
mod reader;
mod schema;
#[cfg(test)]
mod start_cost;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Connection, ErrorCode};

pub use backup::{Facts, Restored, backup, restore, verify};
pub use batch::Batch;
pub(crate) use beside::was_called;
pub use beside::{change, direct, look};
pub use reader::Reader;
pub use schema::SCHEMA_VERSION;
pub(crate) use schema::{make_folder, open_to_look};
pub use writer::{Begun, Committed, Writer, WriterOptions};

pub(crate) use calls::{PAGE, Page};
#[cfg(test)]
pub(crate) use in_memory::{InMemory, Nobody};

/// The database's file name in the data folder.
pub const FILE: &str = "relay.db";

/// The store can't do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// SQLite's own words.
    #[error("the database {path} failed: {cause}", path = path.display())]
    Sqlite {
        /// Which file.
        path: Arc<Path>,
        /// SQLite's error, which never holds a value.
        cause: Arc<rusqlite::Error>,
    },
    /// What is in the file is no database any more, or one with holes.
    #[error(
        "the database {path} is damaged ({cause}): stop the relay, and put a backup in its place with `centrex-relay restore \
         --from FILE`, which sets the damaged one aside; without a backup there are {FILE}, {FILE}-wal and {FILE}-shm: move all \
         three away to start afresh, then every desktop has to be enrolled again",
        path = path.display()
    )]
    Damaged {
        /// Which file.
        path: Arc<Path>,
        /// What SQLite found.
        cause: Arc<str>,
    },
    /// A backup, or what was taken for one, is no sound database. The relay's own isn't concerned.
    #[error(
        "{path} is no usable backup ({cause}). The relay's own database was not touched: make another backup with \
         `centrex-relay backup --to FILE`",
        path = path.display()
    )]
    Unsound {
        /// Which file.
        path: Arc<Path>,
        /// What SQLite found.
        cause: Arc<str>,
    },
    /// Made by a newer relay.
    #[error(
        "the database {path} has version {found}, this relay knows versions up to {known}; install the newer relay again, \
         or move the file away to start afresh",
        path = path.display()
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// There is none yet, and whoever asked makes none.
    #[error(
        "there is no database yet ({path}): the relay makes it at its first start (centrex-relay serve). If a relay runs already, \
         its data_dir is another folder than this command's",
        path = path.display()
    )]
    Absent {
        /// Where it would be.
        path: PathBuf,
    },
    /// Made by an older relay, and whoever asked only looks.
    #[error(
        "the database {path} has version {found}, and this program reads version {known}: starting the relay brings it up \
         (centrex-relay serve, or systemctl start centrex-relay). Nothing was changed",
        path = path.display()
    )]
    Older {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// It would have to be brought up, and a relay runs on it.
    #[error(
        "the database {path} has version {found} and would have to be brought up to {known} for this program, under the relay \
         that runs on it and is older: restart the relay with this program (systemctl restart centrex-relay), or use the \
         relay's own",
        path = path.display()
    )]
    InUse {
        /// Which file.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The data folder can't be made or used.
    #[error("the data folder {path} can't be used: {cause}; check that it exists and that this user may write there (setting: data_dir)", path = path.display())]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// The system's error.
        cause: Arc<std::io::Error>,
    },
    /// A restore didn't come to its end.
    #[error(
        "a restore was interrupted, and the database isn't there yet ({path} is its copy); run `centrex-relay restore` again",
        path = path.display()
    )]
    Restoring {
        /// The copy.
        path: PathBuf,
    },
    /// A backup can't be made or used.
    #[error("{path} can't be made or used: {cause}", path = path.display())]
    Backup {
        /// The file that was to be made or read.
        path: PathBuf,
        /// Why.
        cause: Arc<std::io::Error>,
    },
    /// More writes wait than can be done.
    #[error("the store can't keep up: too many writes wait; try again in a moment")]
    Busy,
    /// The write was given up because the database failed; the log says how.
    #[error("the write could not be done because the database failed; the log says why")]
    Lost,
    /// The relay is stopping.
    #[error("the store is closed: the relay is stopping")]
    Closed,
}

/// Why nothing can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Trouble {
    /// No room.
    Full = 1,
    /// The disk or the file may only be read.
    ReadOnly,
    /// The disk reports an error.
    Io,
    /// The database is damaged.
    Damaged,
    /// Something else; the log says what.
    Other,
}

impl Trouble {
    const ALL: [Self; 5] = [Self::Full, Self::ReadOnly, Self::Io, Self::Damaged, Self::Other];

    fn of(cause: &rusqlite::Error) -> Self {
        match cause.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) => Self::Io,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Damaged,
            _ => Self::Other,
        }
    }

    /// Nothing else can be written either.
    fn is_of_the_disk(self) -> bool {
        matches!(self, Self::Full | Self::ReadOnly | Self::Io)
    }

    /// What happened, and what to do.
    pub fn words(self) -> &'static str {
        match self {
            Self::Full => "the disk is full: make room",
            Self::ReadOnly => {
                "the disk or the database's file is read-only: look at how it is mounted, and who owns it"
            }
            Self::Io => "the disk doesn't take what is written (an I/O error): look at the system's log",
            Self::Damaged => {
                "the database is damaged: stop the relay and put a backup back with `centrex-relay restore`"
            }
            Self::Other => "the database can't be written: the relay's log says why",
        }
    }
}

impl StoreError {
    /// Waiting or trying again won't help: somebody has to put another file in the database's place.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Unsound { .. })
    }

    /// The relay's next start makes the database, or brings it up.
    pub fn awaits_a_start(&self) -> bool {
        matches!(self, Self::Absent { .. } | Self::Older { .. })
    }
}

/// How many bytes of the database's file are in use. What was forgotten is used again before the file grows.
pub(crate) fn used_bytes(db: &Connection) -> kinds::Sql<u64> {
    let number = |pragma: &str| -> kinds::Sql<u64> {
        let number: i64 = db.pragma_query_value(None, pragma, |row| row.get(0))?;
        Ok(u64::try_from(number).unwrap_or_default())
    };
    let pages = number("page_count")?.saturating_sub(number("freelist_count")?);
    Ok(pages.saturating_mul(number("page_size")?))
}

/// SQLite's error together with the file that it is about.
pub(crate) fn sqlite(path: &Path) -> impl Fn(rusqlite::Error) -> StoreError + '_ {
    move |cause| match cause.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Damaged {
            path: path.into(),
            cause: cause.to_string().into(),
        },
        _ => StoreError::Sqlite {
            path: path.into(),
            cause: Arc::new(cause),
        },
    }
}
