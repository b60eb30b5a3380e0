//! The one thread that writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use relay_api::wire::EventId;
use rusqlite::{Connection, TransactionBehavior};
use telephony::Call;
use tokio::sync::oneshot;

use super::checkpoint::Checkpoints;
use super::kinds::event::StoredEvent;
use super::kinds::token::Token;
use super::kinds::{Sql, event, history, token};
use super::{Reader, StoreError, Trouble, schema, sqlite};

/// How often the thread looks whether another process wrote.
const LOOK: Duration = Duration::from_millis(500);
/// The most jobs of one commit.
const BATCH: usize = 512;
/// A failing disk is believed again once it takes so much: more than the largest callback writes.
const ROOM: u32 = 256 * 1024;
/// The most jobs that wait; beyond, the store says that it can't keep up.
const QUEUE: usize = 8192;

/// Who hears of commits. Called by the writing thread, in the order of the commits, before the jobs are answered.
pub trait Committed: Send + 'static {
    /// These events are on disk.
    fn events(&self, events: Vec<StoredEvent>);
    /// Events up to this position were forgotten.
    fn forgotten(&self, floor: EventId);
    /// These are the tokens now, after a change by this or another process.
    fn tokens(&self, tokens: Vec<Token>);
}

/// What a writer starts with.
pub struct WriterOptions {
    /// Who hears of commits.
    pub committed: Box<dyn Committed>,
}

/// What a store was found with.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// The newest position, this start's own.
    pub head: EventId,
    /// When something was last written before this start.
    pub last_written: Option<Timestamp>,
}

/// A handle to the writing thread. Dropping the last one ends it, after the jobs that wait.
#[derive(Debug)]
pub struct Writer {
    jobs: Option<SyncSender<Job>>,
    thread: Option<JoinHandle<()>>,
    path: PathBuf,
    trouble: Arc<AtomicU8>,
}

type Reply = Box<dyn FnOnce(Result<(), StoreError>) + Send>;
type Job = Box<dyn FnOnce(&mut Batch<'_>) -> (Sql<()>, Reply) + Send>;

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
    fn new(db: &'tx Connection, head: EventId) -> Self {
        Self {
            db,
            head,
            events: Vec::new(),
            tokens_changed: false,
            floor: None,
            callback_at: None,
        }
    }

    #[cfg(test)]
    pub(super) fn of(db: &'tx Connection) -> Self {
        Self::new(db, EventId(0))
    }

    /// The database, inside the batch's transaction.
    pub(crate) fn db(&self) -> &Connection {
        self.db
    }

    /// Adds an event with the next position; it is streamed once the batch is on disk.
    pub(crate) fn publish(&mut self, call: Call, at: Timestamp) -> Sql<()> {
        let id = EventId(self.head.0 + 1);
        self.events.push(event::insert(self.db, id, call, at)?);
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

impl Writer {
    /// Opens the database of a data folder, makes it when there is none, and starts the thread. Before it returns,
    /// `committed` has been told the tokens. Gives also what it was
    /// found with.
    ///
    /// # Errors
    /// [`StoreError`]
    pub fn start(
        data_dir: &Path,
        options: WriterOptions,
        now: Timestamp,
    ) -> Result<(Self, Reader, Begun), StoreError> {
        let (mut connection, path) = schema::open(data_dir, now)?;
        let begun = start(&mut connection, now).map_err(sqlite(&path))?;
        let trouble = Arc::new(AtomicU8::new(0));
        let checkpoints = Checkpoints::begin(&mut connection, &path).map_err(sqlite(&path))?;
        let thread = Thread {
            checkpoints,
            trouble: Arc::clone(&trouble),
            seen: data_version(&connection).map_err(sqlite(&path))?,
            connection,
            path: path.clone(),
            head: begun.head,
            committed: options.committed,
        };
        // Without the tokens every desktop would be told that its own was revoked.
        let tokens = token::list(&thread.connection).map_err(sqlite(&path))?;
        thread.committed.tokens(tokens);
        let (jobs, waiting) = sync_channel(QUEUE);
        let handle = std::thread::Builder::new()
            .name("store".to_owned())
            .spawn(move || thread.run(&waiting))
            .map_err(|cause| StoreError::Folder {
                path: path.clone(),
                cause: cause.into(),
            })?;
        let reader = Reader::new(&path);
        Ok((
            Self {
                jobs: Some(jobs),
                thread: Some(handle),
                path,
                trouble,
            },
            reader,
            begun,
        ))
    }

    /// Has `work` done by the writing thread; returns once it is on disk. An error of `work` undoes its writes alone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Batch<'_>) -> Sql<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (job, answered) = job(work);
        self.jobs
            .as_ref()
            .ok_or(StoreError::Closed)?
            .try_send(job)
            .map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Closed,
            })?;
        answered.await.map_err(|_| StoreError::Lost)?
    }

    /// Whether the thread is there.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Why the last commit failed; `None` while all is well. The thread tries by itself, so that this passes once the disk has
    /// room again.
    pub fn trouble(&self) -> Option<Trouble> {
        let code = self.trouble.load(Ordering::Relaxed);
        Trouble::ALL.into_iter().find(|trouble| *trouble as u8 == code)
    }

    /// The database's file.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's thread had failed");
        }
    }
}

fn job<T: Send + 'static>(
    work: impl FnOnce(&mut Batch<'_>) -> Sql<T> + Send + 'static,
) -> (Job, oneshot::Receiver<Result<T, StoreError>>) {
    let (answer, answered) = oneshot::channel();
    let job: Job = Box::new(move |batch| {
        let (result, value) = match work(batch) {
            Ok(value) => (Ok(()), Some(value)),
            Err(error) => (Err(error), None),
        };
        let reply: Reply = Box::new(move |outcome| {
            // Nobody waits any more when the requester went away.
            let _ = answer.send(outcome.and_then(|()| value.ok_or(StoreError::Lost)));
        });
        (result, reply)
    });
    (job, answered)
}

/// What a commit is to be told of.
#[derive(Debug)]
struct Written {
    events: Vec<StoredEvent>,
    tokens_changed: bool,
    floor: Option<EventId>,
}

/// Runs the jobs in one transaction. A job that isn't run because
/// of an error is dropped, which answers it too.
fn write(
    connection: &mut Connection,
    path: &Path,
    current: &mut EventId,
    jobs: Vec<Job>,
    replies: &mut Vec<(Reply, Result<(), StoreError>)>,
) -> Sql<Written> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut batch = Batch::new(&tx, *current);
    for job in jobs {
        let (head, events) = (batch.head, batch.events.len());
        let (floor, callback_at) = (batch.floor, batch.callback_at);
        tx.prepare_cached("SAVEPOINT job")?.execute([])?;
        let (result, reply) = job(&mut batch);
        if let Err(cause) = result {
            tracing::error!(%cause, "a write failed and was undone");
            tx.execute_batch("ROLLBACK TO job")?;
            batch.head = head;
            batch.events.truncate(events);
            batch.floor = floor;
            batch.callback_at = callback_at;
            replies.push((reply, Err(sqlite(path)(cause))));
        } else {
            replies.push((reply, Ok(())));
        }
        tx.prepare_cached("RELEASE job")?.execute([])?;
    }
    let Batch {
        head,
        events,
        tokens_changed,
        floor,
        callback_at,
        ..
    } = batch;
    if head != *current || callback_at.is_some() {
        history::note(&tx, head, callback_at)?;
    }
    tx.commit()?;
    *current = head;
    Ok(Written {
        events,
        tokens_changed,
        floor,
    })
}

fn start(connection: &mut Connection, now: Timestamp) -> Sql<Begun> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let last_written = event::newest_at(&tx)?;
    let head = history::start(&tx, now)?;
    tx.commit()?;
    Ok(Begun { head, last_written })
}

struct Thread {
    /// Ended first: the last connection that closes has the log to itself.
    checkpoints: Checkpoints,
    connection: Connection,
    path: PathBuf,
    head: EventId,
    seen: i64,
    committed: Box<dyn Committed>,
    /// See [`Writer::trouble`]; 0 for none.
    trouble: Arc<AtomicU8>,
}

impl Thread {
    fn run(mut self, waiting: &Receiver<Job>) {
        let mut looked = Instant::now();
        loop {
            match waiting.recv_timeout(LOOK) {
                Ok(first) => {
                    let mut jobs = vec![first];
                    jobs.extend(waiting.try_iter().take(BATCH - 1));
                    self.commit(jobs);
                    self.checkpoints.after_commit(&self.connection);
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            if looked.elapsed() >= LOOK {
                looked = Instant::now();
                self.look();
            }
        }
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        let begun = Instant::now();
        let count = jobs.len();
        let mut replies = Vec::with_capacity(count);
        let done = write(
            &mut self.connection,
            &self.path,
            &mut self.head,
            jobs,
            &mut replies,
        );
        metrics::histogram!("centrex_relay_commit_seconds").record(begun.elapsed());
        metrics::histogram!("centrex_relay_commit_jobs").record(count as f64);
        metrics::counter!("centrex_relay_store_jobs_total").increment(count as u64);
        let trouble = done.as_ref().err().map_or(0, |cause| Trouble::of(cause) as u8);
        self.trouble.store(trouble, Ordering::Relaxed);
        match done {
            Ok(Written {
                events,
                tokens_changed,
                floor,
            }) => {
                if !events.is_empty() {
                    metrics::counter!("centrex_relay_events_total").increment(events.len() as u64);
                    self.committed.events(events);
                }
                if let Some(floor) = floor {
                    self.committed.forgotten(floor);
                }
                if tokens_changed {
                    self.reload_tokens();
                }
                for (reply, outcome) in replies {
                    reply(outcome);
                }
            }
            Err(cause) => {
                metrics::counter!("centrex_relay_store_failures_total").increment(1);
                tracing::error!(%cause, "a commit failed; {count} requests are answered with an error");
                let error = sqlite(&self.path)(cause);
                for (reply, _) in replies {
                    reply(Err(error.clone()));
                }
            }
        }
    }

    fn look(&mut self) {
        if self.trouble.load(Ordering::Relaxed) != 0 {
            self.try_again();
        }
        match data_version(&self.connection) {
            Ok(version) if version == self.seen => {}
            Ok(version) => {
                self.seen = version;
                self.reload_tokens();
            }
            Err(cause) => tracing::error!(%cause, "the database can't be looked at"),
        }
    }

    /// Writes as much as any job does, and takes it away again, to see whether the disk takes it: with the last bytes of a
    /// disk one page may fit where a callback doesn't.
    fn try_again(&mut self) {
        let mut again = || -> Sql<()> {
            let write = self
                .connection
                .transaction_with_behavior(TransactionBehavior::Immediate)?;
            // Left over if the relay died between the two.
            write.execute_batch("DROP TABLE IF EXISTS room; CREATE TABLE room (filler BLOB NOT NULL)")?;
            write.execute("INSERT INTO room VALUES (zeroblob(?1))", [ROOM])?;
            write.commit()?;
            self.connection.execute_batch("DROP TABLE room")
        };
        if again().is_ok() {
            tracing::info!("the database can be written again");
            self.trouble.store(0, Ordering::Relaxed);
        }
    }

    fn reload_tokens(&mut self) {
        match token::list(&self.connection) {
            Ok(tokens) => self.committed.tokens(tokens),
            Err(cause) => {
                tracing::error!(%cause, "the tokens can't be read; the ones known so far stay in force")
            }
        }
    }
}

fn data_version(connection: &Connection) -> Sql<i64> {
    connection
        .prepare_cached("PRAGMA data_version")?
        .query_row([], |row| row.get(0))
}

/// Nobody hears of commits, for tests.
#[cfg(test)]
pub(crate) struct Nobody;

#[cfg(test)]
impl Committed for Nobody {
    fn events(&self, _: Vec<StoredEvent>) {}
    fn forgotten(&self, _: EventId) {}
    fn tokens(&self, _: Vec<Token>) {}
}

/// The same store without its thread and its file, for simulations: what is written is there when the call returns, and
/// nothing depends on anything but what is called.
#[cfg(test)]
pub(crate) struct InMemory {
    connection: Arc<std::sync::Mutex<Connection>>,
    head: EventId,
}

#[cfg(test)]
impl InMemory {
    pub(crate) fn new(now: Timestamp) -> Self {
        let connection = schema::in_memory(now).unwrap();
        let connection = Arc::new(std::sync::Mutex::new(connection));
        let mut memory = Self {
            connection,
            head: EventId(0),
        };
        memory.start(now);
        memory
    }

    /// A relay starts on what is there.
    pub(crate) fn start(&mut self, now: Timestamp) -> EventId {
        self.head = start(&mut self.connection.lock().unwrap(), now).unwrap().head;
        self.head
    }

    /// One commit; with its events, which are to be handed out.
    pub(crate) fn commit<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Batch<'_>) -> Sql<T> + Send + 'static,
    ) -> (T, Vec<StoredEvent>) {
        let (job, mut answered) = job(work);
        let mut replies = Vec::new();
        let path = Path::new("memory");
        let connection = &mut self.connection.lock().unwrap();
        let written = write(connection, path, &mut self.head, vec![job], &mut replies).unwrap();
        for (reply, outcome) in replies {
            reply(outcome);
        }
        (answered.try_recv().unwrap().unwrap(), written.events)
    }

    /// Runs the work and dies before its commit.
    pub(crate) fn die_before_commit<T>(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Sql<T>) {
        let connection = &mut self.connection.lock().unwrap();
        let tx = connection.transaction().unwrap();
        let mut batch = Batch::new(&tx, self.head);
        work(&mut batch).unwrap();
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::in_memory(&self.connection)
    }

    /// The newest position.
    pub(crate) fn head(&self) -> EventId {
        self.head
    }

    /// Looks at what was written.
    pub(crate) fn ask<T>(&self, query: impl FnOnce(&Connection) -> Sql<T>) -> Sql<T> {
        query(&self.connection.lock().unwrap())
    }
}
