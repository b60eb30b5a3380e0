//! What waits to be sent to one client of the control socket.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use control::protocol::{Answer, Change, Error, ServerLine};
use tokio::sync::Notify;

/// Lines ahead of a client that doesn't read; beyond, it is cut off: it can come back and fetch everything again.
const LIMIT: usize = 256;

/// Filled by the controller without waiting, emptied by the client's own task. Of several states in a row only the newest
/// is kept, and of several words of how far something is.
#[derive(Clone, Default)]
pub(crate) struct Outbox(Arc<Shared>);

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Notify,
    /// The client was cut off.
    cut: Notify,
}

#[derive(Default)]
struct State {
    lines: VecDeque<ServerLine>,
    closed: bool,
}

impl Outbox {
    /// Sends a change.
    pub(crate) fn change(&self, change: Change) {
        self.push(ServerLine::Change { change });
    }

    /// Answers a request.
    pub(crate) fn reply(&self, id: u64, result: Result<Answer, Error>) {
        self.push(ServerLine::Reply { id, result });
    }

    /// No more lines; those that wait are still sent.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.0.changed.notify_one();
    }

    /// The next line; `None` once closed and empty.
    pub(crate) async fn next(&self) -> Option<ServerLine> {
        loop {
            {
                let mut state = self.lock();
                if let Some(line) = state.lines.pop_front() {
                    return Some(line);
                }
                if state.closed {
                    return None;
                }
            }
            self.0.changed.notified().await;
        }
    }

    /// Once the client is cut off: whoever still sends to it needn't wait any longer.
    pub(crate) async fn cut_off(&self) {
        self.0.cut.notified().await;
    }

    fn push(&self, line: ServerLine) {
        let mut state = self.lock();
        if state.closed {
            return;
        }
        if state.lines.back().is_some_and(|last| replaces(&line, last)) {
            state.lines.pop_back();
        }
        if state.lines.len() < LIMIT {
            state.lines.push_back(line);
        } else {
            tracing::warn!("a client of the control socket doesn't read: it is cut off");
            state.lines.clear();
            state.closed = true;
            // Kept for whoever asks later; there is only the client's one task.
            self.0.cut.notify_one();
        }
        drop(state);
        self.0.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has heard the newer line needn't hear the older.
fn replaces(newer: &ServerLine, older: &ServerLine) -> bool {
    let (ServerLine::Change { change: newer }, ServerLine::Change { change: older }) = (newer, older) else {
        return false;
    };
    let is_latest = matches!(
        newer,
        Change::Snapshot { .. } | Change::ImportProgress { .. } | Change::PreviewProgress { .. }
    );
    is_latest && std::mem::discriminant(newer) == std::mem::discriminant(older)
}

/// Owes one client one answer. Given to whoever can answer, now or later.
#[must_use]
pub(crate) struct Reply {
    outbox: Outbox,
    id: u64,
}

impl Reply {
    /// For the request with this id.
    pub(crate) fn new(outbox: Outbox, id: u64) -> Self {
        Self { outbox, id }
    }

    /// Answers.
    pub(crate) fn send(self, result: Result<Answer, Error>) {
        self.outbox.reply(self.id, result);
    }
}

#[cfg(test)]
mod tests {
    use control::protocol::Place;

    use super::*;

    fn show() -> Change {
        Change::Show {
            place: Place::Pad,
            anchor: None,
            fill: None,
        }
    }

    #[tokio::test]
    async fn lines_come_out_in_order_and_then_the_end() {
        let outbox = Outbox::default();
        outbox.reply(1, Ok(Answer::Done));
        outbox.change(Change::Quitting);
        outbox.close();
        outbox.change(show());
        assert!(matches!(
            outbox.next().await,
            Some(ServerLine::Reply { id: 1, .. })
        ));
        assert!(matches!(
            outbox.next().await,
            Some(ServerLine::Change {
                change: Change::Quitting
            })
        ));
        assert!(outbox.next().await.is_none());
    }

    #[tokio::test]
    async fn of_what_says_how_far_something_is_only_the_newest_waits() {
        let outbox = Outbox::default();
        for done in 0..=2 * LIMIT {
            let done = u32::try_from(done).unwrap();
            outbox.change(Change::ImportProgress { done, total: 512 });
        }
        outbox.reply(1, Ok(Answer::Done));
        assert!(matches!(
            outbox.next().await,
            Some(ServerLine::Change {
                change: Change::ImportProgress { done: 512, .. }
            })
        ));
        assert!(matches!(
            outbox.next().await,
            Some(ServerLine::Reply { id: 1, .. })
        ));
    }

    #[tokio::test]
    async fn a_client_that_never_reads_is_cut_off() {
        let outbox = Outbox::default();
        for _ in 0..=LIMIT {
            outbox.change(show());
        }
        assert!(outbox.next().await.is_none());
    }
}
