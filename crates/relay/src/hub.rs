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

/// Streams that end while the relay stops are this far apart, as long as that fits into the window.
const APART: Duration = Duration::from_millis(2);

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
                inner.cut(id, "slow");
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
            inner.cut(id, "revoked");
        }
    }

    /// Lets nobody in any more, and ends all that listen, one after the other in the order that `shuffle` gives, within
    /// `window`: those who are cut at the same moment come back at the same moment.
    pub(crate) async fn drain(&self, window: Duration, shuffle: impl FnOnce(&mut [u64])) {
        let mut ids: Vec<u64> = {
            let mut inner = self.lock();
            inner.stopping = true;
            inner.listeners.keys().copied().collect()
        };
        ids.sort_unstable();
        shuffle(&mut ids);
        let count = u32::try_from(ids.len()).unwrap_or(u32::MAX);
        let apart = APART.min(window / count.max(1));
        let mut next = Instant::now();
        for id in ids {
            sleep_until(next).await;
            next += apart;
            self.lock().cut(id, "stopping");
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

    fn cut(&mut self, id: u64, reason: &'static str) {
        if let Some(entry) = self.remove(id) {
            entry.queue.cut();
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

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::queue::BUFFER_BYTES;
    use super::*;

    fn hub(bounds: Bounds) -> Arc<Hub> {
        Arc::new(Hub::new(bounds))
    }

    const ROOMY: Bounds = Bounds {
        buffer: 4,
        recent: 1000,
        all: 100,
        per_token: 100,
        per_address: 100,
    };

    fn who(token: &str, from: u8) -> Who {
        Who {
            token: token.to_owned(),
            accounts: Arc::new(BTreeSet::from([AccountId("1001".to_owned())])),
            address: Some(Ipv4Addr::new(192, 0, 2, from).into()),
        }
    }

    fn event(id: u64, length: usize) -> StoredEvent {
        StoredEvent {
            id: EventId(id),
            account: AccountId("1001".to_owned()),
            body: "x".repeat(length).into(),
        }
    }

    #[test]
    fn each_bound_holds_and_a_place_that_is_free_is_given_again() {
        for (bounds, second, full) in [
            (Bounds { all: 1, ..ROOMY }, who("b", 2), Full::All),
            (
                Bounds {
                    per_token: 1,
                    ..ROOMY
                },
                who("a", 2),
                Full::Token,
            ),
            (
                Bounds {
                    per_address: 1,
                    ..ROOMY
                },
                who("b", 1),
                Full::Address,
            ),
        ] {
            let hub = hub(bounds);
            let first = hub.listen(who("a", 1)).unwrap();
            assert_eq!(hub.listen(second.clone()).unwrap_err(), full);
            assert!(!first.is_cut(), "nobody makes room");
            drop(first);
            drop(hub.listen(second).unwrap());
            let inner = hub.lock();
            assert!(
                inner.by_token.0.is_empty() && inner.by_address.0.is_empty() && inner.by_account.is_empty()
            );
        }
        // An address that tells nothing isn't counted.
        let hub = hub(Bounds {
            per_address: 1,
            ..ROOMY
        });
        let nowhere = Who {
            address: None,
            ..who("a", 1)
        };
        let _held = [hub.listen(nowhere.clone()).unwrap(), hub.listen(nowhere).unwrap()];
    }

    #[test]
    fn what_waits_for_one_is_bounded_in_events_and_bytes_and_others_get_all() {
        for (length, fit) in [(10, 4), (BUFFER_BYTES / 2, 2), (BUFFER_BYTES * 2, 1)] {
            let hub = hub(ROOMY);
            let mut slow = hub.listen(who("a", 1)).unwrap();
            let mut quick = hub.listen(who("b", 1)).unwrap();
            for id in 1..=5 {
                hub.publish(vec![event(id, length)]);
                assert_eq!(quick.try_next().unwrap().event.id, EventId(id));
                assert_eq!(slow.is_cut(), id > fit, "{length} {id}");
            }
            assert!(!quick.is_cut());
            let got: Vec<_> = std::iter::from_fn(|| slow.try_next())
                .map(|event| event.event.id.0)
                .collect();
            assert_eq!(got, (1..=fit).collect::<Vec<_>>(), "what fitted was handed over");
        }
    }

    #[test]
    fn who_comes_back_is_told_its_own_accounts_from_memory_until_the_store_forgets() {
        let hub = hub(Bounds {
            recent: 10_000,
            ..ROOMY
        });
        hub.begin(EventId(10));
        let other = StoredEvent {
            account: AccountId("1002".to_owned()),
            ..event(12, 5)
        };
        hub.publish(vec![event(11, 5), other, event(13, 5)]);
        let listener = hub.listen(who("a", 1)).unwrap();
        let told = |after| {
            let page = listener.recent(EventId(after), listener.from)?;
            assert!(page.is_all);
            Some(page.events.iter().map(|event| event.id.0).collect::<Vec<_>>())
        };
        assert_eq!(told(10), Some(vec![11, 13]));
        assert_eq!(told(11), Some(vec![13]));
        assert_eq!(told(9), None, "that was before");
        hub.forget(EventId(11));
        assert_eq!(told(10), None);
        assert_eq!(told(11), Some(vec![13]));
        hub.keep_only(&HashSet::new());
        assert_eq!(told(11), None, "a revoked token is told nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn a_drain_lets_nobody_in_and_ends_all_within_its_window_never_many_at_a_time() {
        for (count, window) in [(1u32, 10_000), (100, 10_000), (5000, 10_000), (5000, 1000)] {
            let window = Duration::from_millis(window);
            let hub = hub(Bounds {
                all: 10_000,
                per_token: 10_000,
                per_address: 10_000,
                ..ROOMY
            });
            let listeners: Vec<_> = (0..count).map(|_| hub.listen(who("a", 1)).unwrap()).collect();
            let begun = Instant::now();
            let ends = listeners.into_iter().map(|mut listener| async move {
                assert!(listener.next().await.is_none());
                begun.elapsed()
            });
            let (mut ends, ()) = tokio::join!(
                futures_util::future::join_all(ends),
                hub.drain(window, |ids| ids.reverse())
            );
            assert_eq!(hub.listen(who("b", 2)).unwrap_err(), Full::Stopping);
            assert!(ends.is_sorted_by(|a, b| a >= b), "in the order that was given");
            ends.sort();
            assert!(*ends.last().unwrap() <= window + Duration::from_millis(1));
            let most = ends
                .iter()
                .map(|end| {
                    ends.iter()
                        .filter(|other| **other >= *end && **other < *end + Duration::from_secs(1))
                        .count()
                })
                .step_by(97)
                .max();
            let fair =
                (1000 / 2).max(count as usize * 1000 / usize::try_from(window.as_millis()).unwrap()) + 2;
            assert!(most.unwrap() <= fair, "{count}: {most:?} in one second");
        }
    }
}
