//! What the streams heard.

use std::cell::{Cell, RefCell};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use crate::sse::which;
use crate::target::{Callback, Row, Spec};

/// How long what is on its way is waited for at the end.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is noted of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Note {
    /// That it came.
    Count,
    /// How long it took.
    Time,
    /// Which it was, for each stream apart.
    Each,
}

/// What one stream heard.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Where it is.
    pub position: Vec<u8>,
    /// The calls, as they came.
    pub calls: Vec<u64>,
}

/// The counters that all share.
#[derive(Debug)]
pub(crate) struct Meter {
    note: Note,
    first_call: u64,
    sent: RefCell<Vec<Option<Instant>>>,
    /// Milliseconds.
    took: RefCell<Vec<f64>>,
    /// Times are noted.
    pub is_noting: Cell<bool>,
    /// Each stream's, where each is noted apart.
    pub heard: Vec<RefCell<Heard>>,
    /// Events that came.
    pub delivered: Cell<u64>,
    /// Events that nobody sent, or that came again.
    pub wrong: Cell<u64>,
    /// Something came.
    pub came: Notify,
}

impl Meter {
    pub(crate) fn new(spec: &Spec) -> Self {
        let note = match spec.row {
            Row::Idle | Row::Fan { .. } => Note::Count,
            Row::Rate { .. } | Row::Flat { .. } => Note::Time,
            Row::Return { .. } => Note::Each,
        };
        let apart = if note == Note::Each { spec.streams } else { 0 };
        Self {
            note,
            first_call: spec.first_call,
            sent: RefCell::default(),
            took: RefCell::default(),
            is_noting: Cell::new(true),
            heard: (0..apart).map(|_| RefCell::default()).collect(),
            delivered: Cell::new(0),
            wrong: Cell::new(0),
            came: Notify::new(),
        }
    }

    /// A callback is about to be sent.
    pub(crate) fn sends(&self, callback: Callback) {
        if self.note != Note::Time {
            return;
        }
        let mut sent = self.sent.borrow_mut();
        let place = self.place(callback.call, callback.event);
        if sent.len() <= place {
            sent.resize(place + 1, None);
        }
        sent[place] = Some(Instant::now());
    }

    fn place(&self, call: u64, event: usize) -> usize {
        usize::try_from(call.wrapping_sub(self.first_call)).unwrap_or(usize::MAX / 8) * 3 + event
    }

    /// An event came on a stream.
    pub(crate) fn take(&self, stream: usize, id: &[u8], data: &[u8]) {
        match self.note {
            Note::Count => {}
            Note::Time => {
                let Some((call, event)) = which(data) else { return };
                let place = self.place(call, event);
                let Some(sent) = self.sent.borrow_mut().get_mut(place).and_then(Option::take) else {
                    return self.wrong.set(self.wrong.get() + 1);
                };
                if self.is_noting.get() {
                    self.took.borrow_mut().push(sent.elapsed().as_secs_f64() * 1000.0);
                }
            }
            Note::Each => {
                let mut heard = self.heard[stream].borrow_mut();
                heard.position.clear();
                heard.position.extend_from_slice(id);
                match which(data) {
                    Some((call, _)) => heard.calls.push(call),
                    None => return,
                }
            }
        }
        self.delivered.set(self.delivered.get() + 1);
        self.came.notify_waiters();
    }

    /// Waits until so many events came, or nothing more can be hoped for; gives how many didn't.
    pub(crate) async fn until(&self, wanted: u64) -> u64 {
        let all = async {
            while self.delivered.get() < wanted {
                self.came.notified().await;
            }
        };
        // What didn't come by then is counted.
        let _ = tokio::time::timeout(PATIENCE, all).await;
        wanted.saturating_sub(self.delivered.get())
    }

    /// Times at these shares of their sorted list, in milliseconds.
    pub(crate) fn times<const N: usize>(&self, shares: [f64; N]) -> [f64; N] {
        let mut took = self.took.borrow_mut();
        took.sort_by(f64::total_cmp);
        shares.map(|share| {
            let rank = (share * took.len() as f64).ceil() as usize;
            took.get(rank.saturating_sub(1)).copied().unwrap_or_default()
        })
    }
}
