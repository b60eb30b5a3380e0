//! The one thread that writes.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use metrics::{Counter, Histogram};
use relay_api::wire::EventId;
use rusqlite::{Connection, TransactionBehavior};

use super::batch::{Batch, Written, write};
use super::checkpoint::Checkpoints;
use super::job::{Answer, Job, once, repeatable};
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
    jobs: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
    path: PathBuf,
    trouble: Arc<AtomicU8>,
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
            measures: Measures::new(),
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

    /// Has `work` done by the writing thread: it waits there when this returns, and is done whether its answer is waited for
    /// or not. The answer comes once it is on disk. An error of `work` undoes its writes alone.
    pub(crate) fn run<T, W>(&self, work: W) -> impl Future<Output = Result<T, StoreError>> + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&mut Batch<'_>) -> Sql<T> + Send + 'static,
    {
        self.send(once(work))
    }

    /// The same for work that may be done again, after what it wrote was undone: much of it at a time costs less. What follows
    /// once it is on disk is done by the writing thread as well.
    pub(crate) fn run_again<T, W, F>(
        &self,
        work: W,
        then: F,
    ) -> impl Future<Output = Result<T, StoreError>> + use<T, W, F>
    where
        T: Send + 'static,
        W: FnMut(&mut Batch<'_>) -> Sql<T> + Send + 'static,
        F: FnOnce(&T) + Send + 'static,
    {
        self.send(repeatable(work, then))
    }

    fn send<T>(
        &self,
        (job, answer): (Box<dyn Job>, Answer<T>),
    ) -> impl Future<Output = Result<T, StoreError>> + use<T> {
        let sent = self.jobs.as_ref().ok_or(StoreError::Closed).and_then(|jobs| {
            jobs.try_send(job).map_err(|error| match error {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Closed,
            })
        });
        async move {
            sent?;
            answer.await.map_err(|_| StoreError::Lost)?
        }
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

pub(super) fn start(connection: &mut Connection, now: Timestamp) -> Sql<Begun> {
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
    measures: Measures,
}

/// What is counted of every commit; looked up once.
struct Measures {
    seconds: Histogram,
    jobs_of_one: Histogram,
    jobs: Counter,
    events: Counter,
}

impl Measures {
    fn new() -> Self {
        Self {
            seconds: metrics::histogram!("centrex_relay_commit_seconds"),
            jobs_of_one: metrics::histogram!("centrex_relay_commit_jobs"),
            jobs: metrics::counter!("centrex_relay_store_jobs_total"),
            events: metrics::counter!("centrex_relay_events_total"),
        }
    }
}

impl Thread {
    fn run(mut self, waiting: &Receiver<Box<dyn Job>>) {
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

    fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>) {
        let begun = Instant::now();
        let count = jobs.len();
        let done = write(&mut self.connection, &self.path, &mut self.head, &mut jobs);
        self.measures.seconds.record(begun.elapsed());
        self.measures.jobs_of_one.record(count as f64);
        self.measures.jobs.increment(count as u64);
        let trouble = done.as_ref().err().map_or(0, |cause| Trouble::of(cause) as u8);
        self.trouble.store(trouble, Ordering::Relaxed);
        match done {
            Ok((written, outcomes)) => {
                let Written {
                    events,
                    tokens_changed,
                    floor,
                } = written;
                if !events.is_empty() {
                    self.measures.events.increment(events.len() as u64);
                    self.committed.events(events);
                }
                if let Some(floor) = floor {
                    self.committed.forgotten(floor);
                }
                if tokens_changed {
                    self.reload_tokens();
                }
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    job.answer(outcome);
                }
            }
            Err(cause) => {
                metrics::counter!("centrex_relay_store_failures_total").increment(1);
                tracing::error!(%cause, "a commit failed; {count} requests are answered with an error");
                let error = sqlite(&self.path)(cause);
                for job in jobs {
                    job.answer(Err(error.clone()));
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
