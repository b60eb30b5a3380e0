//! One commit: what its jobs may do, and what becomes of each.

use std::path::Path;

use jiff::Timestamp;
use relay_api::wire::EventId;
use rusqlite::{Connection, TransactionBehavior};
use telephony::AccountId;

use super::job::Job;
use super::kinds::event::StoredEvent;
use super::kinds::{Sql, event, history};
use super::{StoreError, Trouble, sqlite};

/// What a job may do.
pub struct Batch<'tx> {
    db: &'tx Connection,
    head: EventId,
    events: Vec<StoredEvent>,
    tokens_changed: bool,
    floor: Option<EventId>,
    /// When the last callback of the batch came.
    callback_at: Option<Timestamp>,
}

impl<'tx> Batch<'tx> {
    pub(super) fn new(db: &'tx Connection, head: EventId) -> Self {
        Self {
            db,
            head,
            events: Vec::new(),
            tokens_changed: false,
            floor: None,
            callback_at: None,
        }
    }

    /// The last of its writes; the newest position, and what the commit is to be told of.
    fn end(self, before: EventId) -> Sql<(EventId, Written)> {
        if self.head != before || self.callback_at.is_some() {
            history::note(self.db, self.head, self.callback_at)?;
        }
        let written = Written {
            events: self.events,
            tokens_changed: self.tokens_changed,
            floor: self.floor,
        };
        Ok((self.head, written))
    }

    #[cfg(test)]
    pub(super) fn of(db: &'tx Connection) -> Self {
        Self::new(db, EventId(0))
    }

    /// The database, inside the batch's transaction.
    pub(crate) fn db(&self) -> &Connection {
        self.db
    }

    /// Adds the event of a call with the next position; it is streamed once the batch is on disk.
    pub(crate) fn publish(&mut self, account: AccountId, call: &str, at: Timestamp) -> Sql<()> {
        let id = EventId(self.head.0 + 1);
        self.events.push(event::insert(self.db, id, account, call, at)?);
        self.head = id;
        Ok(())
    }

    /// Notes that the platform called; written once for all callbacks of a commit.
    pub(crate) fn note_callback(&mut self, now: Timestamp) {
        self.callback_at = Some(now);
    }

    /// Says that events up to this position were forgotten.
    pub(crate) fn forgot(&mut self, floor: EventId) {
        self.floor = Some(floor);
    }

    /// Says that tokens were added or revoked.
    pub(crate) fn tokens_changed(&mut self) {
        self.tokens_changed = true;
    }
}

/// What a commit is to be told of.
#[derive(Debug, Default)]
pub(super) struct Written {
    pub(super) events: Vec<StoredEvent>,
    pub(super) tokens_changed: bool,
    pub(super) floor: Option<EventId>,
}

/// What became of each job.
pub(super) type Outcomes = Vec<Result<(), StoreError>>;

/// Runs the jobs in one transaction; a job's error undoes what it wrote, and nothing else.
pub(super) fn write(
    connection: &mut Connection,
    path: &Path,
    current: &mut EventId,
    jobs: &mut [Box<dyn Job>],
) -> Sql<(Written, Outcomes)> {
    if let [_] = jobs {
        return match together(connection, current, jobs)? {
            Ok(written) => Ok((written, vec![Ok(())])),
            // It is the disk that failed, and no part of the job.
            Err(cause) if Trouble::of(&cause).is_of_the_disk() => Err(cause),
            Err(cause) => Ok((Written::default(), vec![Err(undone(path, cause))])),
        };
    }
    if jobs.iter().all(|job| job.is_repeatable())
        && let Ok(written) = together(connection, current, jobs)?
    {
        return Ok((written, vec![Ok(()); jobs.len()]));
    }
    apart(connection, path, current, jobs)
}

/// All or nothing, which costs least: SQLite remembers no page for a job that may fail alone. `Err`: one did, and nothing was
/// written.
fn together(
    connection: &mut Connection,
    current: &mut EventId,
    jobs: &mut [Box<dyn Job>],
) -> Sql<Result<Written, rusqlite::Error>> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut batch = Batch::new(&tx, *current);
    for job in jobs {
        if let Err(cause) = job.work(&mut batch) {
            return Ok(Err(cause));
        }
    }
    let (head, written) = batch.end(*current)?;
    tx.commit()?;
    *current = head;
    Ok(Ok(written))
}

/// Each in a savepoint.
fn apart(
    connection: &mut Connection,
    path: &Path,
    current: &mut EventId,
    jobs: &mut [Box<dyn Job>],
) -> Sql<(Written, Outcomes)> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut batch = Batch::new(&tx, *current);
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        let (head, events) = (batch.head, batch.events.len());
        let (floor, callback_at) = (batch.floor, batch.callback_at);
        tx.prepare_cached("SAVEPOINT job")?.execute([])?;
        if let Err(cause) = job.work(&mut batch) {
            tx.execute_batch("ROLLBACK TO job")?;
            batch.head = head;
            batch.events.truncate(events);
            batch.floor = floor;
            batch.callback_at = callback_at;
            outcomes.push(Err(undone(path, cause)));
        } else {
            outcomes.push(Ok(()));
        }
        tx.prepare_cached("RELEASE job")?.execute([])?;
    }
    let (head, written) = batch.end(*current)?;
    tx.commit()?;
    *current = head;
    Ok((written, outcomes))
}

fn undone(path: &Path, cause: rusqlite::Error) -> StoreError {
    tracing::error!(%cause, "a write failed and was undone");
    sqlite(path)(cause)
}
