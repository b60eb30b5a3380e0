//! What waits for one listener.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;

use crate::feed::Framed;

/// What waits for one listener, at most.
pub(super) const BUFFER_BYTES: usize = 1024 * 1024;
/// Room for so many events is kept once they are gone; most listeners never have two waiting.
const ROOM: usize = 16;

/// A bounded queue with one reader. Without events it holds no memory of its own: there are thousands.
#[derive(Debug)]
pub(super) struct Queue {
    inner: Mutex<Inner>,
    /// By how many events the reader may lag.
    most: usize,
}

#[derive(Debug, Default)]
struct Inner {
    events: VecDeque<Arc<Framed>>,
    bytes: usize,
    is_cut: bool,
    /// When its reader may come back, until it is told.
    back_in: Option<Duration>,
    reader: Option<Waker>,
}

impl Queue {
    pub(super) fn new(most: usize) -> Self {
        Self {
            inner: Mutex::default(),
            most,
        }
    }

    /// Adds an event; false when it doesn't fit.
    pub(super) fn put(&self, event: &Arc<Framed>) -> bool {
        let mut inner = self.lock();
        let length = event.event.body.len();
        // One alone may be longer.
        let fits = inner.events.is_empty()
            || (inner.events.len() < self.most && inner.bytes + length <= BUFFER_BYTES);
        if !fits {
            return false;
        }
        inner.bytes += length;
        inner.events.push_back(Arc::clone(event));
        let reader = inner.reader.take();
        drop(inner);
        if let Some(reader) = reader {
            reader.wake();
        }
        true
    }

    /// Ends it: nobody is to hear more. Its reader may come back in a while.
    pub(super) fn cut(&self, back_in: Option<Duration>) {
        let mut inner = self.lock();
        inner.is_cut = true;
        inner.back_in = back_in;
        let reader = inner.reader.take();
        drop(inner);
        if let Some(reader) = reader {
            reader.wake();
        }
    }

    /// How much waits.
    pub(super) fn bytes(&self) -> usize {
        self.lock().bytes
    }

    pub(super) fn is_cut(&self) -> bool {
        self.lock().is_cut
    }

    /// When its reader was asked to come back; once.
    pub(super) fn take_back_in(&self) -> Option<Duration> {
        self.lock().back_in.take()
    }

    /// The next event; `None` once it was cut. For one reader.
    pub(super) async fn next(&self) -> Option<Arc<Framed>> {
        poll_fn(|context| {
            let mut inner = self.lock();
            if inner.is_cut {
                return Poll::Ready(None);
            }
            if let Some(event) = inner.take() {
                return Poll::Ready(Some(event));
            }
            match &mut inner.reader {
                Some(reader) => reader.clone_from(context.waker()),
                none => *none = Some(context.waker().clone()),
            }
            Poll::Pending
        })
        .await
    }

    /// The next event if one waits, whether it was cut or not.
    pub(super) fn try_next(&self) -> Option<Arc<Framed>> {
        self.lock().take()
    }

    // Held for plain memory operations only.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn take(&mut self) -> Option<Arc<Framed>> {
        let event = self.events.pop_front()?;
        self.bytes -= event.event.body.len();
        if self.events.is_empty() && self.events.capacity() > ROOM {
            self.events = VecDeque::new();
        }
        Some(event)
    }
}
