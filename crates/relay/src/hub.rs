//! Passing events that are on disk to the streams that are open.
//!
//! The seam between replay and live is exact because both sides use one lock: [`Hub::publish`] moves the head and hands
//! the events out under it, [`Hub::listen`] reads the head and registers under it. A listener gets every event after
//! [`Listener::from`]; everything up to it was committed before and can be read from the store.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use relay_api::wire::EventId;
use telephony::AccountId;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::store::kinds::event::StoredEvent;

/// Who listens, and how far publication is.
#[derive(Debug)]
pub struct Hub {
    inner: Mutex<Inner>,
    buffer: usize,
}

#[derive(Debug)]
struct Inner {
    head: EventId,
    next: u64,
    listeners: HashMap<u64, Entry>,
    by_account: HashMap<AccountId, HashSet<u64>>,
}

#[derive(Debug)]
struct Entry {
    token: String,
    accounts: Arc<BTreeSet<AccountId>>,
    sender: mpsc::Sender<StoredEvent>,
    cut: CancellationToken,
}

/// A registered listener; dropping it unregisters.
#[derive(Debug)]
pub struct Listener {
    /// Everything up to this position is in the store; everything after it comes from [`events`](Self::events).
    pub from: EventId,
    /// The live events of its accounts, in order. Ends when the listener was too slow.
    pub events: mpsc::Receiver<StoredEvent>,
    /// Cancelled when the listener may not listen any more, or was too slow.
    pub cut: CancellationToken,
    id: u64,
    hub: Arc<Hub>,
}

impl Hub {
    /// A hub without history; [`begin`](Self::begin) says where it stands. Each listener may lag by `buffer` events.
    pub fn new(buffer: usize) -> Self {
        Self {
            inner: Mutex::new(Inner {
                head: EventId(0),
                next: 0,
                listeners: HashMap::new(),
                by_account: HashMap::new(),
            }),
            buffer: buffer.max(1),
        }
    }

    /// Says where the stored history ends, before anything is published.
    pub(crate) fn begin(&self, head: EventId) {
        self.lock().head = head;
    }

    /// Registers a listener for some accounts, in the name of a token.
    pub fn listen(self: &Arc<Self>, token: &str, accounts: Arc<BTreeSet<AccountId>>) -> Listener {
        let (sender, events) = mpsc::channel(self.buffer);
        let cut = CancellationToken::new();
        let mut inner = self.lock();
        let id = inner.next;
        inner.next += 1;
        for account in accounts.iter() {
            inner.by_account.entry(account.clone()).or_default().insert(id);
        }
        inner.listeners.insert(
            id,
            Entry {
                token: token.to_owned(),
                accounts,
                sender,
                cut: cut.clone(),
            },
        );
        metrics::gauge!("centrex_relay_streams").set(inner.listeners.len() as f64);
        Listener {
            from: inner.head,
            events,
            cut,
            id,
            hub: Arc::clone(self),
        }
    }

    /// Hands out events that are on disk, in their order. Who can't keep up is cut, and resumes from the store.
    pub(crate) fn publish(&self, events: Vec<StoredEvent>) {
        let mut inner = self.lock();
        for event in events {
            inner.head = event.id;
            let ids: Vec<u64> = inner
                .by_account
                .get(&event.account)
                .into_iter()
                .flatten()
                .copied()
                .collect();
            for id in ids {
                let sent = inner
                    .listeners
                    .get(&id)
                    .is_none_or(|entry| entry.sender.try_send(event.clone()).is_ok());
                if !sent {
                    inner.cut(id, "slow");
                }
            }
        }
    }

    /// Cuts the streams of tokens that aren't in `valid`.
    pub(crate) fn keep_only(&self, valid: &HashSet<&str>) {
        let mut inner = self.lock();
        let gone: Vec<u64> = inner
            .listeners
            .iter()
            .filter(|(_, entry)| !valid.contains(entry.token.as_str()))
            .map(|(id, _)| *id)
            .collect();
        for id in gone {
            inner.cut(id, "revoked");
        }
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
    fn cut(&mut self, id: u64, reason: &'static str) {
        if let Some(entry) = self.remove(id) {
            entry.cut.cancel();
            metrics::counter!("centrex_relay_streams_cut_total", "reason" => reason).increment(1);
        }
    }

    fn remove(&mut self, id: u64) -> Option<Entry> {
        let entry = self.listeners.remove(&id)?;
        for account in entry.accounts.iter() {
            if let Some(ids) = self.by_account.get_mut(account) {
                ids.remove(&id);
                if ids.is_empty() {
                    self.by_account.remove(account);
                }
            }
        }
        metrics::gauge!("centrex_relay_streams").set(self.listeners.len() as f64);
        Some(entry)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.hub.lock().remove(self.id);
    }
}
