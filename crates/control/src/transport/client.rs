//! The half of window, command line and tests.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use interprocess::local_socket::tokio::{Stream, prelude::*};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::address::{Address, AddressError};
use super::frame::{LineError, LineReader, LineWriter, check_peer, lines};
use crate::profile::Profile;
use crate::protocol::{Answer, Change, ClientLine, Error, Request, ServerLine, Snapshot, VERSION};

/// Changes that wait for a subscriber; beyond, the connection waits too and the agent sends the newest state only.
const CHANGES_AHEAD: usize = 64;

/// A connection to the running agent. Dropping it closes it. Reconnecting is the caller's business.
pub struct Client {
    outgoing: tokio::sync::Mutex<LineWriter>,
    next_id: AtomicU64,
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
}

/// What the reading task and the requests share.
#[derive(Default)]
struct Shared(Mutex<State>);

#[derive(Default)]
struct State {
    waiting: HashMap<u64, oneshot::Sender<Result<Answer, Error>>>,
    changes: Option<mpsc::Sender<Change>>,
    /// Dropped at the end.
    until_closed: Vec<oneshot::Sender<()>>,
    closed: bool,
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and the maps are whole after each statement.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// No agent of this profile runs.
    #[error("no agent of this profile is running")]
    NotRunning,
    /// No folder for the socket is known.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The system said something else.
    #[error("the running agent can't be reached: {0}")]
    Io(#[source] io::Error),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The agent said no, and why.
    #[error(transparent)]
    Refused(Error),
    /// The agent ended, or the connection broke: whether it still did what was asked isn't known.
    #[error("the connection to the agent was lost")]
    Lost,
    /// An answer of another kind than asked for: agent and client don't fit together.
    #[error("the agent's answer can't be understood; it may be of another version")]
    Unexpected,
}

impl Client {
    /// Connects to the agent of a profile. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`ConnectError::NotRunning`] when there is none.
    pub async fn connect(profile: &Profile) -> Result<Self, ConnectError> {
        Self::connect_to(&Address::of(profile)?).await
    }

    /// Connects to the agent that listens at an address.
    ///
    /// # Errors
    /// [`ConnectError::NotRunning`] when none does.
    pub async fn connect_to(address: &Address) -> Result<Self, ConnectError> {
        let name = address.os_name().map_err(ConnectError::Io)?;
        let stream = Stream::connect(name).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => ConnectError::NotRunning,
            _ => ConnectError::Io(error),
        })?;
        check_peer(&stream).map_err(ConnectError::Io)?;
        let (reader, writer) = lines(stream);
        let shared = Arc::new(Shared::default());
        let reader = tokio::spawn(read(reader, Arc::clone(&shared)));
        Ok(Self {
            outgoing: tokio::sync::Mutex::new(writer),
            next_id: AtomicU64::new(1),
            shared,
            reader,
        })
    }

    /// Asks for something and waits for the answer. Several may wait at once.
    ///
    /// # Errors
    /// [`RequestError::Refused`] with the agent's reason; [`RequestError::Lost`] when the connection ends first.
    pub async fn request(&self, request: Request) -> Result<Answer, RequestError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        {
            let mut state = self.shared.lock();
            if state.closed {
                return Err(RequestError::Lost);
            }
            state.waiting.insert(id, answer);
        }
        let sent = self
            .outgoing
            .lock()
            .await
            .send(&ClientLine {
                v: VERSION,
                id,
                request,
            })
            .await;
        if sent.is_err() {
            self.shared.lock().waiting.remove(&id);
            return Err(RequestError::Lost);
        }
        answered
            .await
            .map_err(|_| RequestError::Lost)?
            .map_err(RequestError::Refused)
    }

    /// Returns once the connection has ended.
    pub async fn closed(&self) {
        let (kept, ended) = oneshot::channel::<()>();
        {
            let mut state = self.shared.lock();
            if state.closed {
                return;
            }
            state.until_closed.push(kept);
        }
        // Nothing is ever sent: it is dropped.
        let _ = ended.await;
    }

    /// The whole state, now.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn snapshot(&self) -> Result<Snapshot, RequestError> {
        match self.request(Request::Snapshot).await? {
            Answer::Snapshot { snapshot } => Ok(*snapshot),
            _ => Err(RequestError::Unexpected),
        }
    }

    /// The whole state, and every change from then on; `window` for the window, which is also told to show itself.
    /// A later subscription takes the place of an earlier one.
    ///
    /// # Errors
    /// As [`Client::request`].
    pub async fn subscribe(&self, window: bool) -> Result<(Snapshot, Changes), RequestError> {
        let (sender, changes) = mpsc::channel(CHANGES_AHEAD);
        self.shared.lock().changes = Some(sender);
        match self.request(Request::Subscribe { window }).await? {
            Answer::Snapshot { snapshot } => Ok((*snapshot, Changes(changes))),
            _ => Err(RequestError::Unexpected),
        }
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// The changes of a subscription. Read on, or answers to requests wait behind them.
pub struct Changes(mpsc::Receiver<Change>);

impl Changes {
    /// The next change; `None` once the connection has ended.
    pub async fn next(&mut self) -> Option<Change> {
        self.0.recv().await
    }
}

impl futures_util::Stream for Changes {
    type Item = Change;
    fn poll_next(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Change>> {
        self.0.poll_recv(cx)
    }
}

/// Hands each line to whoever waits for it, until the connection ends.
async fn read(mut lines: LineReader, shared: Arc<Shared>) {
    // Whoever still waits learns of the end however this task ends.
    let _closing = Closing(Arc::clone(&shared));
    while let Some(line) = lines.next().await {
        let line = match line {
            Ok(line) => line,
            Err(LineError::TooLong) => continue,
            Err(LineError::Io(_)) => return,
        };
        match serde_json::from_str(&line) {
            Ok(ServerLine::Reply { id, result }) => {
                let waiting = shared.lock().waiting.remove(&id);
                if let Some(waiting) = waiting {
                    // Fails when nobody waits any more, which is fine.
                    let _ = waiting.send(result);
                }
            }
            Ok(ServerLine::Change { change }) => {
                let subscriber = shared.lock().changes.clone();
                if let Some(subscriber) = subscriber {
                    let _ = subscriber.send(change).await;
                }
            }
            // Not the error's own words: they may quote what the line holds.
            Err(error) => tracing::warn!(
                column = error.column(),
                category = ?error.classify(),
                "a line of the agent can't be read"
            ),
        }
    }
}

struct Closing(Arc<Shared>);

impl Drop for Closing {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.closed = true;
        state.waiting.clear();
        state.until_closed.clear();
        state.changes = None;
    }
}
