//! Passing events that are on disk to the streams that are open.
//!
//! What is sent is made once for all that hear it: the queues hold the same bytes.
//!
//! The seam between replay and live is exact because both sides use one lock: [`Hub::publish`] moves the head and hands
//! the events out under it, [`Hub::listen`] reads the head and registers under it. A listener gets every event after
//! [`Listener::from`]; everything up to it was committed before and can be read from the store.
//!
//! Who can't keep up is cut, and resumes from the store: what waits for one listener is bounded, in events and in bytes.
//! Who comes when there are too many is told to come later; nobody is cut to make room.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use relay_api::wire::EventId;
use telephony::AccountId;
use tokio::time::{Instant, sleep_until};

use self::queue::Queue;
use self::recent::Recent;
use crate::feed::Framed;
use crate::store::Page;
use crate::store::kinds::event::StoredEvent;

mod queue;
mod recent;
#[cfg(test)]
mod tests;

/// Streams that end while the relay stops are this far apart, as long as that fits into the window.
const APART: Duration = Duration::from_millis(2);
/// Those that a stopping relay has cut come back within this, or within [`APART`] for each of them.
const LEAST_SPREAD: Duration = Duration::from_secs(1);

/// How many listeners there may be, and how far each may lag.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// By how many events one may lag.
    pub buffer: usize,
    /// How many bytes of the newest events are kept for those who come back.
    pub recent: usize,
    /// In all.
    pub all: usize,
    /// With one token.
    pub per_token: usize,
    /// From one address.
    pub per_address: usize,
}

/// Why somebody may not listen now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// There are as many as there may be.
    All,
    /// There are as many with this token.
    Token,
    /// There are as many from this address.
    Address,
    /// The relay is stopping.
    Stopping,
}

impl Full {
    /// A stable word for metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Token => "token",
            Self::Address => "address",
            Self::Stopping => "stopping",
        }
    }
}

/// In whose name somebody listens.
#[derive(Clone, Debug)]
pub struct Who {
    /// The token's public name.
    pub token: String,
    /// Whose calls it hears.
    pub accounts: Arc<BTreeSet<AccountId>>,
    /// Where it comes from; `None` when that tells nothing, and isn't counted.
    pub address: Option<IpAddr>,
}

/// Who listens, and how far publication is.
#[derive(Debug)]
pub struct Hub {
    inner: Mutex<Inner>,
    bounds: Bounds,
}

#[derive(Debug)]
struct Inner {
    head: EventId,
    recent: Recent,
    next: u64,
    stopping: bool,
    listeners: HashMap<u64, Entry>,
    by_account: HashMap<AccountId, Vec<(u64, Arc<Queue>)>>,
    by_token: Counts<String>,
    by_address: Counts<IpAddr>,
}

#[derive(Debug)]
struct Entry {
    who: Who,
    queue: Arc<Queue>,
}

/// A registered listener; dropping it unregisters.
#[derive(Debug)]
pub struct Listener {
    /// Everything up to this position is in the store; everything after it comes from [`next`](Self::next).
    pub from: EventId,
    queue: Arc<Queue>,
    id: u64,
    hub: Arc<Hub>,
}

impl Listener {
    /// The next live event of its accounts, in order. `None` once it may not listen any more, or was too slow. Cancel safe.
    pub async fn next(&mut self) -> Option<Arc<Framed>> {
        self.queue.next().await
    }

    /// The next one if it is there already.
    pub fn try_next(&mut self) -> Option<Arc<Framed>> {
        self.queue.try_next()
    }

    /// Whether everything after this position can be told from memory.
    pub(crate) fn knows(&self, position: EventId) -> bool {
        self.hub.lock().recent.knows(position)
    }

    /// The next events after `after`, up to and with `until`, from memory; `None` when the store must be asked.
    pub(crate) fn recent(&self, after: EventId, until: EventId) -> Option<Page> {
        let inner = self.hub.lock();
        let entry = inner.listeners.get(&self.id)?;
        inner.recent.page(&entry.who.accounts, after, until)
    }

    /// In how long it may come back, if it was cut by a relay that stops. Said once.
    pub fn take_back_in(&mut self) -> Option<Duration> {
        self.queue.take_back_in()
    }

    /// Whether it may not listen any more, or was too slow.
    pub fn is_cut(&self) -> bool {
        self.queue.is_cut()
    }
}

impl Hub {
    /// A hub without history; [`begin`](Self::begin) says where it stands.
    pub fn new(bounds: Bounds) -> Self {
        Self {
            inner: Mutex::new(Inner {
                head: EventId(0),
                recent: Recent::new(EventId(0), bounds.recent),
                next: 0,
                stopping: false,
                listeners: HashMap::new(),
                by_account: HashMap::new(),
                by_token: Counts::default(),
                by_address: Counts::default(),
            }),
            bounds,
        }
    }

    /// Says where the stored history ends, before anything is published.
    pub(crate) fn begin(&self, head: EventId) {
        let mut inner = self.lock();
        inner.head = head;
        inner.recent = Recent::new(head, self.bounds.recent);
    }

    /// Registers a listener.
    ///
    /// # Errors
    /// [`Full`] when there are too many already.
    pub fn listen(self: &Arc<Self>, who: Who) -> Result<Listener, Full> {
        let mut inner = self.lock();
        if let Some(full) = inner.full_for(&who, &self.bounds) {
            metrics::counter!("centrex_relay_streams_refused_total", "reason" => full.word()).increment(1);
            return Err(full);
        }
        let queue = Arc::new(Queue::new(self.bounds.buffer.max(1)));
        let id = inner.next;
        inner.next += 1;
        for account in who.accounts.iter() {
            let heard_by = inner.by_account.entry(account.clone()).or_default();
            heard_by.push((id, Arc::clone(&queue)));
        }
        inner.by_token.add(&who.token);
        who.address
            .iter()
            .for_each(|address| inner.by_address.add(address));
        inner.listeners.insert(
            id,
            Entry {
                who,
                queue: Arc::clone(&queue),
            },
        );
        metrics::gauge!("centrex_relay_streams").set(inner.listeners.len() as f64);
        Ok(Listener {
            from: inner.head,
            queue,
            id,
            hub: Arc::clone(self),
        })
    }

    /// Hands out events that are on disk, in their order. Who can't keep up is cut, and resumes from the store.
    pub(crate) fn publish(&self, events: Vec<StoredEvent>) {
        let mut inner = self.lock();
        for event in events {
            inner.head = event.id;
            inner.recent.add(&event);
            let Some(heard_by) = inner.by_account.get(&event.account) else {
                continue;
            };
            let event = Arc::new(Framed::new(event));
            let slow: Vec<u64> = heard_by
                .iter()
                .filter(|(_, queue)| !queue.put(&event))
                .map(|(id, _)| *id)
                .collect();
            for id in slow {
                inner.cut(id, Cut::Slow);
            }
        }
    }

    /// The store has forgotten everything up to `floor`: so is it here.
    pub(crate) fn forget(&self, floor: EventId) {
        self.lock().recent.forget(floor);
    }

    /// Cuts the streams of tokens that aren't in `valid`.
    pub(crate) fn keep_only(&self, valid: &HashSet<&str>) {
        let mut inner = self.lock();
        let gone: Vec<u64> = inner
            .listeners
            .iter()
            .filter(|(_, entry)| !valid.contains(entry.who.token.as_str()))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            inner.cut(id, Cut::Revoked);
        }
    }

    /// The tokens that somebody listens with.
    pub(crate) fn tokens(&self) -> HashSet<String> {
        self.lock().by_token.0.keys().cloned().collect()
    }

    /// Lets nobody in any more, and ends all that listen, one after the other in the order that `shuffle` gives, within
    /// `window`: those who are cut at the same moment come back at the same moment. Each is told to come back once all are cut,
    /// and `jitter` (a time up to the one given) spreads them from then on.
    pub(crate) async fn drain(
        &self,
        window: Duration,
        shuffle: impl FnOnce(&mut [u64]),
        mut jitter: impl FnMut(Duration) -> Duration,
    ) {
        let mut ids: Vec<u64> = {
            let mut inner = self.lock();
            inner.stopping = true;
            inner.listeners.keys().copied().collect()
        };
        ids.sort_unstable();
        shuffle(&mut ids);
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let apart = APART.min(window / count.max(1));
        let spread = LEAST_SPREAD.max(APART.saturating_mul(count));
        let mut next = Instant::now();
        let over = next + apart.saturating_mul(count);
        for id in ids {
            sleep_until(next).await;
            next += apart;
            let back_in = over.saturating_duration_since(Instant::now()) + jitter(spread);
            self.lock().cut(id, Cut::Stopping(back_in));
        }
    }

    /// Bytes of events that wait for the slowest listener.
    pub(crate) fn backlog(&self) -> usize {
        let inner = self.lock();
        let waiting = inner.listeners.values().map(|entry| entry.queue.bytes());
        waiting.max().unwrap_or_default()
    }

    /// The newest position that was published.
    pub fn head(&self) -> EventId {
        self.lock().head
    }

    // Held for plain memory operations only; a panic in one leaves nothing half done that matters.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn full_for(&self, who: &Who, bounds: &Bounds) -> Option<Full> {
        let from_there = who.address.map_or(0, |address| self.by_address.of(&address));
        if self.stopping {
            Some(Full::Stopping)
        } else if self.by_token.of(&who.token) >= bounds.per_token {
            Some(Full::Token)
        } else if from_there >= bounds.per_address {
            Some(Full::Address)
        } else if self.listeners.len() >= bounds.all {
            Some(Full::All)
        } else {
            None
        }
    }

    fn cut(&mut self, id: u64, cut: Cut) {
        let (reason, back_in) = match cut {
            Cut::Slow => ("slow", None),
            Cut::Revoked => ("revoked", None),
            Cut::Stopping(back_in) => ("stopping", Some(back_in)),
        };
        if let Some(entry) = self.remove(id) {
            entry.queue.cut(back_in);
            metrics::counter!("centrex_relay_streams_cut_total", "reason" => reason).increment(1);
        }
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.listeners.remove(&id)?;
        for account in entry.who.accounts.iter() {
            if let Some(heard_by) = self.by_account.get_mut(account) {
                heard_by.retain(|(other, _)| *other != id);
                if heard_by.is_empty() {
                    self.by_account.remove(account);
                }
            }
        }
        self.by_token.take(&entry.who.token);
        entry
            .who
            .address
            .iter()
            .for_each(|address| self.by_address.take(address));
        metrics::gauge!("centrex_relay_streams").set(self.listeners.len() as f64);
        Some(entry)
    }
}

/// Why somebody hears no more.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// Too much waits for it.
    Slow,
    /// Its token isn't in force any more.
    Revoked,
    /// The relay stops; it may come back in so long.
    Stopping(Duration),
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.lock().remove(self.id);
    }
}

/// How many there are of each.
#[derive(Debug)]
struct Counts<K>(HashMap<K, usize>);

impl<K> Default for Counts<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Clone + Eq + Hash> Counts<K> {
    fn of(&self, key: &K) -> usize {
        self.0.get(key).copied().unwrap_or_default()
    }

    fn add(&mut self, key: &K) {
        *self.0.entry(key.clone()).or_default() += 1;
    }

    fn take(&mut self, key: &K) {
        if let Some(count) = self.0.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                self.0.remove(key);
            }
        }
    }
}
