//! The subscriber: one endless stream of the relay's events that survives every kind of broken connection.
//!
//! It reconnects for ever, resumes after the last event it received, drops repeats by id, and says the truth about the
//! connection: any byte proves life, and silence longer than the watchdog is a dead connection, whatever TCP says.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use jiff::{SignedDuration, Timestamp};
use reqwest::{Method, Response, header};
use tokio::sync::{Notify, mpsc};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use crate::backoff::{Backoff, Jitter};
use crate::client::RelayClient;
use crate::error::ClientError;
use crate::http;
use crate::reading::{Reading, Told};
use crate::wire::{Event, EventId, Problem};

/// How patient a subscription is.
#[derive(Clone, Copy, Debug)]
pub struct SubscribeOptions {
    /// Nothing received for so long: the connection is dead. More than two heartbeats of the relay (15 s each).
    pub watchdog: Duration,
    /// The ceiling of the first wait before another try.
    pub first_wait: Duration,
    /// The ceiling of every later wait.
    pub longest_wait: Duration,
    /// The largest event that is read, in bytes.
    pub event_limit: usize,
    /// How many updates wait for the consumer before reading pauses.
    pub buffer: usize,
}

impl Default for SubscribeOptions {
    fn default() -> Self {
        Self {
            watchdog: Duration::from_secs(40),
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
            event_limit: 8 * 1024 * 1024,
            buffer: 64,
        }
    }
}

/// What a subscription tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A connection is tried. Counts from 1; starts over once a connection has held.
    Connecting {
        /// The number of the try.
        attempt: u32,
    },
    /// Bytes arrive: from now on events come as they happen, after those that were missed.
    Live {
        /// How far the relay's clock is ahead of this machine's (whole seconds); `None` when it didn't say.
        clock_skew: Option<SignedDuration>,
    },
    /// The next event. Its predecessors have all been given, none twice.
    Event(Box<Event>),
    /// Everything that happened before this connection has been given; what follows happens now. Once a connection; a relay
    /// of an older version never says it.
    CaughtUp,
    /// More bytes arrived: a sign of life, or events that follow.
    Alive,
    /// No connection (any more); another try follows after `retry_in`, or at once on [`Subscription::nudge`].
    Down {
        /// Why.
        reason: DownReason,
        /// How long until the next try.
        retry_in: Duration,
    },
    /// The relay doesn't accept the token (any more). The last update: only a new enrolment helps.
    Refused(Box<Problem>),
}

/// Why a connection ended or didn't come about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DownReason {
    /// The relay ended the stream in good order; it may be restarting.
    #[error("the relay ended the stream")]
    Ended,
    /// Nothing came for as long as the watchdog allows.
    #[error("nothing came from the relay for {} s", .0.as_secs())]
    Silent(Duration),
    /// The bytes can't be read as events.
    #[error("the stream can't be read: {0}")]
    Garbled(String),
    /// [`Subscription::nudge`] was called: the old connection isn't trusted any more.
    #[error("reconnecting on request")]
    Nudged,
    /// The request failed or the connection broke.
    #[error(transparent)]
    Failed(#[from] ClientError),
}

/// A running subscription. Dropping it ends it.
pub struct Subscription {
    updates: mpsc::Receiver<Update>,
    handed_out: Option<EventId>,
    position: Option<EventId>,
    nudge: Arc<Notify>,
    _task: AbortOnDropHandle<()>,
}

impl std::fmt::Debug for Subscription {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Subscription")
            .field("position", &self.position)
            .finish_non_exhaustive()
    }
}

impl Subscription {
    /// Starts in the background (inside a Tokio runtime). `from` is the position kept from last time; without one the
    /// stream starts with a snapshot of the live calls.
    pub fn start(
        client: RelayClient,
        from: Option<EventId>,
        options: SubscribeOptions,
        jitter: impl Jitter,
    ) -> Self {
        let (sender, updates) = mpsc::channel(options.buffer.max(1));
        let nudge = Arc::new(Notify::new());
        let task = Task {
            client,
            options,
            backoff: Backoff::new(options.first_wait, options.longest_wait),
            jitter: Box::new(jitter),
            reading: Reading::new(from, options.event_limit),
            nudge: Arc::clone(&nudge),
            updates: sender,
        };
        let task = AbortOnDropHandle::new(tokio::spawn(task.run()));
        Self {
            updates,
            handed_out: None,
            position: from,
            nudge,
            _task: task,
        }
    }

    /// The next update; taking it says that the one before has been handled. `None` after [`Update::Refused`].
    /// Cancel safe: nothing is lost when the returned future is dropped.
    pub async fn next(&mut self) -> Option<Update> {
        if let Some(id) = self.handed_out.take() {
            self.position = Some(id);
        }
        let update = self.updates.recv().await;
        if let Some(Update::Event(event)) = &update {
            self.handed_out = Some(event.id);
        }
        update
    }

    /// The last event that has been handled: what to keep, and to hand to [`start`](Self::start) next time.
    /// An event that was taken but not yet followed by another [`next`](Self::next) doesn't count.
    pub fn position(&self) -> Option<EventId> {
        self.position
    }

    /// Reconnects at once: after sleep, or when the network changed. Waiting times start over.
    pub fn nudge(&self) {
        self.nudge.notify_one();
    }
}

/// How one connection ended.
enum Ending {
    Down {
        reason: DownReason,
        retry_after: Option<Duration>,
    },
    Refused(Box<Problem>),
    /// Nobody listens any more.
    Abandoned,
}

impl From<DownReason> for Ending {
    fn from(reason: DownReason) -> Self {
        Self::Down {
            reason,
            retry_after: None,
        }
    }
}

impl From<ClientError> for Ending {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused { problem, .. } if error_is_final(&problem) => Self::Refused(problem),
            ClientError::Refused { problem, retry_after } => Self::Down {
                reason: DownReason::Failed(ClientError::Refused { problem, retry_after }),
                retry_after,
            },
            error => DownReason::Failed(error).into(),
        }
    }
}

fn error_is_final(problem: &Problem) -> bool {
    problem.name() == Some(crate::wire::problem::UNAUTHORIZED)
}

struct Task {
    client: RelayClient,
    options: SubscribeOptions,
    backoff: Backoff,
    jitter: Box<dyn Jitter>,
    /// Where it is: the successors of the last event are asked for.
    reading: Reading,
    nudge: Arc<Notify>,
    updates: mpsc::Sender<Update>,
}

impl Task {
    async fn run(mut self) {
        let nudge = Arc::clone(&self.nudge);
        loop {
            let connecting = Update::Connecting {
                attempt: self.backoff.attempt(),
            };
            if self.updates.send(connecting).await.is_err() {
                return;
            }
            // What an earlier connection asked for, it asked for once.
            self.reading.reconnected();
            let ending = tokio::select! {
                ending = self.connection() => ending,
                () = nudge.notified() => DownReason::Nudged.into(),
            };
            let (reason, retry_after) = match ending {
                // A relay that stops says in the stream when each desktop may come back, so that they don't come all at once.
                Ending::Down { reason, retry_after } => (reason, retry_after.or(self.reading.retry())),
                Ending::Refused(problem) => {
                    // Whether somebody still listens makes no difference: this is the end either way.
                    let _ = self.updates.send(Update::Refused(problem)).await;
                    return;
                }
                Ending::Abandoned => return,
            };
            tracing::debug!(%reason, "stream down");
            let retry_in = if reason == DownReason::Nudged {
                self.backoff.reset();
                Duration::ZERO
            } else {
                self.backoff.after_failure(retry_after, &mut *self.jitter)
            };
            if self
                .updates
                .send(Update::Down { reason, retry_in })
                .await
                .is_err()
            {
                return;
            }
            tokio::select! {
                () = sleep(retry_in) => {}
                () = nudge.notified() => self.backoff.reset(),
            }
        }
    }

    /// One connection, from the request to its end. May be dropped at any await: the position only moves once an event has
    /// been handed on.
    async fn connection(&mut self) -> Ending {
        let response = match self.open().await {
            Ok(response) => response,
            Err(ending) => return ending,
        };
        let clock_skew = http::clock_skew(&response, Timestamp::now());
        let mut body = response.bytes_stream();
        let mut proven: Option<Instant> = None;
        loop {
            let chunk = match timeout(self.options.watchdog, body.next()).await {
                Err(_) => return DownReason::Silent(self.options.watchdog).into(),
                Ok(None) => return DownReason::Ended.into(),
                Ok(Some(Err(error))) => return ClientError::from_http(error).into(),
                Ok(Some(Ok(chunk))) => chunk,
            };
            match proven {
                None => {
                    proven = Some(Instant::now());
                    if self.updates.send(Update::Live { clock_skew }).await.is_err() {
                        return Ending::Abandoned;
                    }
                }
                Some(since) => {
                    if since.elapsed() >= self.options.watchdog {
                        // It has held for a while: the next failure is a new story.
                        self.backoff.reset();
                    }
                    if self.updates.send(Update::Alive).await.is_err() {
                        return Ending::Abandoned;
                    }
                }
            }
            tracing::trace!("the stream brings something");
            self.reading.push(&chunk);
            loop {
                match self.reading.told() {
                    Ok(Some(Told::Event(event))) => {
                        if let Err(ending) = self.hand_on(event).await {
                            return ending;
                        }
                    }
                    Ok(Some(Told::CaughtUp)) => {
                        if self.updates.send(Update::CaughtUp).await.is_err() {
                            return Ending::Abandoned;
                        }
                    }
                    Ok(None) => break,
                    Err(error) => return DownReason::Garbled(error.to_string()).into(),
                }
            }
        }
    }

    async fn open(&mut self) -> Result<Response, Ending> {
        let mut request = self
            .client
            .request(Method::GET, &["v1", "events"])
            .header(header::ACCEPT, "text/event-stream")
            .header(header::CACHE_CONTROL, "no-store")
            // A compressed stream would be held back in blocks.
            .header(header::ACCEPT_ENCODING, "identity");
        if let Some(last) = self.reading.last() {
            request = request.header("Last-Event-ID", last.to_string());
        }
        let response = match timeout(self.options.watchdog, request.send()).await {
            Err(_) => return Err(DownReason::Silent(self.options.watchdog).into()),
            Ok(Err(error)) => return Err(ClientError::from_http(error).into()),
            Ok(Ok(response)) => response,
        };
        if !response.status().is_success() {
            // A proxy before the relay may ask for patience too.
            let asked = http::retry_after(&response);
            let ending = match http::refusal(response).await.into() {
                Ending::Down { reason, .. } => Ending::Down {
                    reason,
                    retry_after: asked,
                },
                ending => ending,
            };
            return Err(ending);
        }
        if !http::has_type(&response, "text/event-stream") {
            let status = response.status().as_u16();
            return Err(ClientError::NotARelay { status }.into());
        }
        Ok(response)
    }

    /// Gives one event to the consumer.
    async fn hand_on(&mut self, event: Box<Event>) -> Result<(), Ending> {
        let id = event.id;
        self.updates
            .send(Update::Event(event))
            .await
            .map_err(|_| Ending::Abandoned)?;
        self.reading.handled(id);
        self.backoff.reset();
        Ok(())
    }
}
