//! Moving what was committed from the log beside the database into the database (a checkpoint), beside the writing thread.
//!
//! SQLite does it within the commit that makes the log too long: thousands of pages and two syncs, for which every callback of
//! that moment would wait. Here a thread of its own does it; a passive checkpoint holds up neither writers nor readers. What
//! was written meanwhile is a few pages: those the writing thread moves itself, so that the log begins anew and doesn't grow
//! for as long as callbacks come without a pause.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::Connection;

use super::kinds::Sql;
use super::schema;

/// The log is moved when it has so many pages (of 4 KiB).
const LONG: usize = 4000;

/// The thread, and what the writing one has to know. Dropping it ends the thread.
#[derive(Debug)]
pub(super) struct Checkpoints {
    /// Pages in the log, as of the last commit.
    pages: Arc<AtomicUsize>,
    wanted: Option<SyncSender<()>>,
    /// The thread has moved what there was.
    moved: Arc<AtomicBool>,
    is_under_way: bool,
    thread: Option<JoinHandle<()>>,
}

impl Checkpoints {
    /// Of the writer's connection, in its place from now on.
    pub(super) fn begin(connection: &mut Connection, path: &Path) -> Sql<Self> {
        let pages = Arc::new(AtomicUsize::new(0));
        let told = Arc::clone(&pages);
        connection.wal_hook(Some(move |_: &mut _, pages| {
            told.store(usize::try_from(pages).unwrap_or_default(), Ordering::Relaxed);
            Ok(())
        }))?;
        let own = schema::open_for_checkpoints(path)?;
        let (wanted, wishes) = sync_channel(1);
        let moved = Arc::new(AtomicBool::new(false));
        let done = Arc::clone(&moved);
        let thread = std::thread::Builder::new()
            .name("checkpoint".to_owned())
            .spawn(move || {
                for () in wishes {
                    if let Err(cause) = checkpoint(&own) {
                        tracing::warn!(%cause, "the log could not be moved into the database; it is tried again");
                    }
                    done.store(true, Ordering::Release);
                }
            });
        // Without the thread the writing one does all of it.
        let (wanted, thread) = thread.map_or((None, None), |thread| (Some(wanted), Some(thread)));
        Ok(Self {
            pages,
            wanted,
            moved,
            is_under_way: false,
            thread,
        })
    }

    /// To be called by the writing thread after each commit, once all that waited for it is answered.
    pub(super) fn after_commit(&mut self, connection: &Connection) {
        if self.is_under_way {
            if self.moved.swap(false, Ordering::Acquire) {
                self.is_under_way = false;
                self.finish(connection);
            }
        } else if self.pages.load(Ordering::Relaxed) >= LONG {
            match &self.wanted {
                Some(wanted) => self.is_under_way = wanted.try_send(()).is_ok(),
                None => self.finish(connection),
            }
        }
    }

    fn finish(&self, connection: &Connection) {
        if let Err(cause) = checkpoint(connection) {
            tracing::warn!(%cause, "the log could not be moved into the database; it is tried again");
        }
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread for checkpoints had failed");
        }
    }
}

fn checkpoint(connection: &Connection) -> Sql<()> {
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    /// However much is written without a pause, the log stays within a small multiple of its bound, and all of it is there.
    #[test]
    fn the_log_begins_anew_although_the_writer_never_rests() {
        let folder = tempfile::tempdir().unwrap();
        let (mut connection, path) = schema::open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        let mut checkpoints = Checkpoints::begin(&mut connection, &path).unwrap();
        connection.pragma_update(None, "synchronous", "OFF").unwrap();
        let (mut begun_anew, mut longest, mut last) = (0, 0, 0);
        let body = "x".repeat(40_000);
        let mut rows = 0_i64;
        while begun_anew < 3 {
            rows += 1;
            connection
                .execute(
                    "INSERT INTO event (id, account, at, body) VALUES (?1, '1001', 5, ?2)",
                    rusqlite::params![rows, body],
                )
                .unwrap();
            checkpoints.after_commit(&connection);
            let pages = checkpoints.pages.load(Ordering::Relaxed);
            begun_anew += u32::from(pages < last);
            (longest, last) = (longest.max(pages), pages);
            assert!(rows < 1_000_000, "it never began anew: {longest} pages");
        }
        drop(checkpoints);
        drop(connection);
        let (connection, _) = schema::open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        let kept: i64 = connection
            .query_row("SELECT count(*) FROM event WHERE account = '1001'", [], |row| {
                row.get(0)
            })
            .unwrap();
        assert_eq!(kept, rows);
    }
}
