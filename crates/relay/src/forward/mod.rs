//! Passing callbacks on to what had them before: the operator knows one address for everybody.
//!
//! Each destination has a queue in the store ([`crate::store::kinds::forward`]), filled in the transaction that takes the
//! callback in: what was acknowledged is queued, and our own streams wait for nothing more than a row. A worker for each
//! destination sends them on, byte for byte, those of one call one after the other, and tries again until they are
//! delivered or too old. When a queue is full, what comes on top isn't queued: that is counted, logged and shown.

mod lanes;
mod send;
mod worker;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rusqlite::Connection;
use secrecy::SecretString;
use steady::Clock;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::measures;
use crate::purge::SLICE;
use crate::store::kinds::Sql;
use crate::store::kinds::forward::{self, Dropped, Request, State};
use crate::store::{Reader, StoreError, Writer, look};

pub use send::ClientError;

/// A full queue is remarked on in the log at most so often.
const REMARK: Duration = Duration::from_secs(60);

/// Another program that hears of every callback.
#[derive(Clone, Debug)]
pub struct Destination {
    /// For lists, metrics and the store.
    pub name: String,
    /// Its address. It may hold a password, so it is shown nowhere.
    pub url: SecretString,
    /// How many callbacks wait for it at most.
    pub queue: u64,
    /// How long a callback is worth delivering.
    pub keep: SignedDuration,
}

/// Puts callbacks into the queues.
#[derive(Debug)]
pub struct Forwarder {
    queues: Vec<Queue>,
    clock: Arc<Clock>,
}

#[derive(Debug)]
struct Queue {
    destination: Destination,
    wake: Notify,
    remarked: Mutex<Option<Instant>>,
}

impl Forwarder {
    /// For these destinations; as long as the clock isn't believed, nothing is too old for them.
    pub fn new(destinations: Vec<Destination>, clock: Arc<Clock>) -> Self {
        let queues = destinations.into_iter().map(|destination| Queue {
            destination,
            wake: Notify::new(),
            remarked: Mutex::default(),
        });
        Self {
            queues: queues.collect(),
            clock,
        }
    }

    /// Queues a callback for every destination that has room; runs in the writing thread, in the callback's transaction.
    pub(crate) fn enqueue(
        &self,
        db: &Connection,
        call_id: &str,
        request: &Request,
        now: Timestamp,
    ) -> Sql<()> {
        for queue in &self.queues {
            let name = &queue.destination.name;
            // Counted where it is written: a number of our own would run ahead of the commits or behind the worker.
            let waiting = forward::count_waiting(db, name)?;
            if waiting >= queue.destination.queue {
                forward::note_dropped(db, name, Dropped::Full)?;
                count_dropped(name, Dropped::Full);
                queue.remark(waiting);
                continue;
            }
            forward::insert(db, name, call_id, request, now)?;
        }
        Ok(())
    }

    /// Says that callbacks were queued and are on disk.
    pub(crate) fn wake(&self) {
        for queue in &self.queues {
            queue.wake.notify_one();
        }
    }

    /// Whether anything is passed on.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// Starts a worker for each destination. What waits for destinations that aren't configured any more is forgotten.
    ///
    /// # Errors
    /// [`ClientError`] when TLS can't be set up.
    pub fn start(
        self: &Arc<Self>,
        writer: &Arc<Writer>,
        reader: &Reader,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> Result<(), ClientError> {
        let names: Vec<String> = self
            .queues
            .iter()
            .map(|queue| queue.destination.name.clone())
            .collect();
        let forgetting = Arc::clone(writer);
        tasks.spawn(async move { forget_others(&forgetting, names).await });
        if self.is_empty() {
            return Ok(());
        }
        let client = send::Client::new()?;
        for place in 0..self.queues.len() {
            measures::begin_destination(&self.queues[place].destination.name);
            let worker = worker::Worker::new(
                Arc::clone(self),
                place,
                client.clone(),
                Arc::clone(writer),
                reader.clone(),
            );
            tasks.spawn(worker.run(stop.clone()));
        }
        Ok(())
    }
}

impl Queue {
    fn remark(&self, waiting: u64) {
        let mut remarked = self.remarked.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if remarked.is_none_or(|at| now.saturating_duration_since(at) >= REMARK) {
            *remarked = Some(now);
            tracing::warn!(
                destination = self.destination.name,
                waiting,
                "the queue of a forward is full: callbacks aren't passed on to it until it takes some; see: centrex-relay \
                 forward list"
            );
        }
    }
}

/// In slices: callbacks are written meanwhile.
async fn forget_others(writer: &Writer, names: Vec<String>) {
    let mut all = 0;
    loop {
        let names = names.clone();
        let gone = writer.run(move |batch| forward::keep_only(batch.db(), &names, SLICE));
        match gone.await {
            Ok(0) => break,
            Ok(count) => all += count,
            Err(error) => {
                tracing::error!(%error, "the queues of former forwards can't be emptied");
                break;
            }
        }
    }
    if all > 0 {
        tracing::warn!(
            count = all,
            "callbacks waited for a forward that isn't configured any more: they are forgotten"
        );
    }
}

fn count_dropped(name: &str, why: Dropped) {
    metrics::counter!(
        "centrex_relay_forward_dropped_total", "destination" => name.to_owned(), "reason" => why.word()
    )
    .increment(1);
}

/// How a destination does, for people.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its name.
    pub name: String,
    /// How many wait, and since when the oldest does.
    pub waiting: (u64, Option<Timestamp>),
    /// What became of the others.
    pub state: State,
}

/// How each of the destinations does.
///
/// # Errors
/// [`StoreError`]
pub fn list(data_dir: &Path, destinations: &[Destination]) -> Result<Vec<Standing>, StoreError> {
    look(data_dir, |db| {
        let backlog: BTreeMap<String, (u64, Timestamp)> = forward::backlog(db)?;
        let standing = |one: &Destination| {
            let waiting = backlog.get(&one.name);
            Ok(Standing {
                name: one.name.clone(),
                waiting: (
                    waiting.map_or(0, |(count, _)| *count),
                    waiting.map(|(_, oldest)| *oldest),
                ),
                state: forward::state(db, &one.name)?,
            })
        };
        destinations.iter().map(standing).collect()
    })
}
