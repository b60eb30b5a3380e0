//! What one subscriber gets, in order: what it missed, then what happens.

use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use jiff::Timestamp;
use relay_api::wire::{CAUGHT_UP, Event, EventBody, EventId};
use tokio::time::timeout;

use crate::hub::Listener;
use crate::store::kinds::event::StoredEvent;
use crate::store::{Page, Reader, StoreError};

/// Where a subscriber wants to resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// It named none: it starts with a snapshot.
    Unnamed,
    /// Everything after this one.
    After(EventId),
    /// It named something that is no position: it can't be continued.
    Unreadable,
}

/// Live events that are put into one write, in bytes.
const CHUNK: usize = 64 * 1024;

/// The id of a gap event, a position that there never is: resuming there gives the gap and the snapshot again. It isn't the
/// beginning of all (0), from which everything can be told as long as nothing was forgotten.
const GAP: EventId = EventId(1);

#[derive(Debug)]
enum Phase {
    /// Nothing was sent yet.
    Begin(Position),
    /// Stored events after the position, up to where live ones take over.
    Replay { after: EventId },
    /// Live events after the position.
    Live { after: EventId },
}

/// Where the time comes from.
pub type Clock = fn() -> Timestamp;

/// A live event as it goes to all who hear it.
#[derive(Debug)]
pub struct Framed {
    /// What it tells.
    pub event: StoredEvent,
    /// The Server-Sent Event, as a chunk of HTTP/1.1 (RFC 9112, 7.1).
    chunk: Bytes,
    /// Where in the chunk the event is.
    frame: Range<usize>,
}

impl Framed {
    /// Words it, once.
    pub(crate) fn new(event: StoredEvent) -> Self {
        let mut text = String::with_capacity(event.body.len() + 48);
        frame(&mut text, event.id, &event.body);
        let (chunk, from) = chunk_of(&text);
        let frame = from..from + text.len();
        Self { event, chunk, frame }
    }
}

/// A text as a chunk of HTTP/1.1, and where in it the text begins.
fn chunk_of(text: &str) -> (Bytes, usize) {
    let mut chunk = format!("{:x}\r\n", text.len());
    let from = chunk.len();
    chunk.reserve_exact(text.len() + 2);
    chunk.push_str(text);
    chunk.push_str("\r\n");
    (chunk.into(), from)
}

/// How the bytes of a stream go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// As they are.
    Plain,
    /// In chunks of HTTP/1.1.
    Chunks,
}

/// What is sent on a stream that was quiet.
const SIGN_OF_LIFE: &str = ": still here\n\n";

/// One subscriber's events.
#[derive(Debug)]
pub struct Feed {
    listener: Listener,
    reader: Reader,
    token: String,
    clock: Clock,
    phase: Phase,
    form: Form,
}

impl Feed {
    /// For a listener that was registered before the store is read: nothing published from then on is missed.
    pub fn new(listener: Listener, reader: &Reader, token: &str, position: Position, clock: Clock) -> Self {
        Self {
            listener,
            reader: reader.clone(),
            token: token.to_owned(),
            clock,
            phase: Phase::Begin(position),
            form: Form::Plain,
        }
    }

    /// The same, with its bytes in another form.
    pub fn in_form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// The next bytes of the stream: events, or a comment after `heartbeat` without any. `None` ends it: it was
    /// cut (the relay stops, which says when to come back; the token was revoked; the subscriber was too slow), or the store
    /// failed. It may resume.
    pub async fn frames(&mut self, heartbeat: Duration) -> Option<Bytes> {
        match timeout(heartbeat, self.next()).await {
            Ok(bytes) => bytes,
            // A look at the store that takes so long is begun again.
            Err(_) => Some(self.sign_of_life()),
        }
    }

    /// What is sent on a stream that was quiet for long.
    pub fn sign_of_life(&self) -> Bytes {
        match self.form {
            Form::Plain => Bytes::from_static(SIGN_OF_LIFE.as_bytes()),
            Form::Chunks => chunk_of(SIGN_OF_LIFE).0,
        }
    }

    /// The next events of the stream, as [`frames`](Self::frames). Cancel safe.
    pub async fn next(&mut self) -> Option<Bytes> {
        // What is done once in a stream's life shouldn't take room in it for ever.
        if !matches!(self.phase, Phase::Live { .. }) {
            return Box::pin(self.before_live()).await;
        }
        match self.next_live().await {
            Some(event) => Some(self.burst(&event)),
            None => self.farewell(),
        }
    }

    /// When its subscriber may come back, if the relay stops; the last that it is told.
    fn farewell(&mut self) -> Option<Bytes> {
        let wait = self.listener.take_back_in()?;
        Some(self.out(&format!("retry: {}\n\n", wait.as_millis())))
    }

    /// What is told before live events: as much as one look at the store gives.
    async fn before_live(&mut self) -> Option<Bytes> {
        let mut text = String::new();
        if let Phase::Begin(_) = self.phase {
            // A first comment even when there is nothing to tell: a byte reaches the client at once.
            text.push_str(": this is a stream\n\n");
        } else if self.listener.is_cut() {
            return self.farewell();
        }
        let events = self.logged(Self::stored).await?;
        for (id, body) in &events {
            frame(&mut text, *id, body);
        }
        if let Phase::Live { .. } = self.phase {
            caught_up(&mut text);
        }
        Some(self.out(&text))
    }

    /// What the store has to tell now: the gap and the snapshot if they are due, or the next page.
    async fn stored(&mut self) -> Result<Vec<(EventId, Arc<str>)>, StoreError> {
        let mut events = self.begin().await?;
        if let Phase::Replay { .. } = self.phase {
            let page = self.replay_page().await?;
            events.extend(page.into_iter().map(|event| (event.id, event.body)));
            // Nothing, unless the position wasn't known.
            events.extend(self.begin().await?);
        }
        Ok(events)
    }

    fn out(&self, text: &str) -> Bytes {
        match self.form {
            Form::Plain => Bytes::copy_from_slice(text.as_bytes()),
            Form::Chunks => chunk_of(text).0,
        }
    }

    /// Everything after the position as one `EventPage`, waiting up to `wait` when there is nothing yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn page(mut self, wait: Duration) -> Result<String, StoreError> {
        let mut events = self.stored().await?;
        if events.is_empty() {
            let arrived = timeout(wait, self.next_live()).await.ok().flatten();
            events.extend(arrived.map(|framed| (framed.event.id, Arc::clone(&framed.event.body))));
        }
        let next = match self.phase {
            Phase::Replay { after } | Phase::Live { after } => after,
            Phase::Begin(_) => GAP,
        };
        let bodies: Vec<&str> = events.iter().map(|(_, body)| &**body).collect();
        Ok(format!(
            "{{\"events\":[{}],\"next\":\"{next}\"}}",
            bodies.join(",")
        ))
    }

    async fn logged<T>(&mut self, step: impl AsyncFnOnce(&mut Self) -> Result<T, StoreError>) -> Option<T> {
        match step(self).await {
            Ok(value) => Some(value),
            Err(error) => {
                tracing::error!(%error, "a stream ends because the store can't be read");
                None
            }
        }
    }

    /// Decides how to go on from the asked-for position, and gives the gap and snapshot events if they are due.
    async fn begin(&mut self) -> Result<Vec<(EventId, Arc<str>)>, StoreError> {
        let Phase::Begin(position) = self.phase else {
            return Ok(Vec::new());
        };
        match position {
            // What is no position any more is found with the first page.
            Position::After(after) if after < self.listener.from => {
                self.phase = Phase::Replay { after };
                return Ok(Vec::new());
            }
            Position::After(after) if self.listener.knows(after) || self.reader.knows(after).await? => {
                self.phase = Phase::Live { after };
                return Ok(Vec::new());
            }
            _ => {}
        }
        self.begin_anew(position).await
    }

    /// The gap, if a position was named, and the snapshot.
    async fn begin_anew(&mut self, position: Position) -> Result<Vec<(EventId, Arc<str>)>, StoreError> {
        // Before the store is read: what comes meanwhile is not in the snapshot, and must not count as older than it.
        let at = (self.clock)();
        let (head, live) = self.reader.live(&self.token).await?;
        // What was committed since we began to listen is in the snapshot: its live copy will be skipped.
        self.phase = Phase::Live { after: head };
        let event = |id, body| -> Result<(EventId, Arc<str>), StoreError> {
            let text = serde_json::to_string(&Event { id, at, body }).map_err(|_| StoreError::Lost)?;
            Ok((id, text.into()))
        };
        let mut events = Vec::new();
        if position != Position::Unnamed {
            metrics::counter!("centrex_relay_gaps_total").increment(1);
            events.push(event(GAP, EventBody::Gap)?);
        }
        events.push(event(head, EventBody::Snapshot { calls: live })?);
        Ok(events)
    }

    /// Stored events; empty once live ones take over, or when the position was forgotten meanwhile: then it begins anew
    /// with a gap.
    async fn replay_page(&mut self) -> Result<Vec<StoredEvent>, StoreError> {
        let Phase::Replay { after } = self.phase else {
            return Ok(Vec::new());
        };
        let until = self.listener.from;
        let page = match self.listener.recent(after, until) {
            Some(page) => Some(page),
            None => self.reader.page(&self.token, after, until).await?,
        };
        let Some(Page { events, is_all }) = page else {
            self.phase = Phase::Begin(Position::Unreadable);
            return Ok(Vec::new());
        };
        self.phase = match events.last() {
            Some(last) if !is_all => Phase::Replay { after: last.id },
            _ => Phase::Live { after: until },
        };
        Ok(events)
    }

    /// The next live event that wasn't told yet. Cancel safe.
    async fn next_live(&mut self) -> Option<Arc<Framed>> {
        loop {
            let framed = self.listener.next().await?;
            if self.is_news(&framed.event) {
                return Some(framed);
            }
        }
    }

    fn is_news(&mut self, event: &StoredEvent) -> bool {
        match &mut self.phase {
            Phase::Live { after } if event.id > *after => {
                *after = event.id;
                true
            }
            _ => false,
        }
    }

    /// An event, and with it those that wait already, in one write.
    fn burst(&mut self, first: &Framed) -> Bytes {
        let form = self.form;
        let bytes_of = |framed: &Framed| match form {
            Form::Plain => framed.chunk.slice(framed.frame.clone()),
            Form::Chunks => framed.chunk.clone(),
        };
        let first = bytes_of(first);
        let mut all = BytesMut::new();
        while all.len() < CHUNK
            && let Some(framed) = self.listener.try_next()
        {
            if self.is_news(&framed.event) {
                if all.is_empty() {
                    all.extend_from_slice(&first);
                }
                all.extend_from_slice(&bytes_of(&framed));
            }
        }
        if all.is_empty() { first } else { all.freeze() }
    }
}

/// Says that what was missed has been told.
fn caught_up(text: &mut String) {
    // Writing to a string can't fail.
    let _ = write!(text, "event: {CAUGHT_UP}\n\n");
}

/// One event. JSON has no line breaks, so one `data:` line holds it.
fn frame(text: &mut String, id: EventId, body: &str) {
    // Writing to a string can't fail.
    let _ = write!(text, "id: {id}\ndata: {body}\n\n");
}
