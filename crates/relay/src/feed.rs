//! What one subscriber gets, in order: what it missed, then what happens.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use relay_api::wire::{CAUGHT_UP, Event, EventBody, EventId};
use tokio::time::{sleep, timeout};

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

/// The id of a gap event: resuming there gives the gap and the snapshot again.
const GAP: EventId = EventId(0);

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

/// One subscriber's events.
pub struct Feed {
    listener: Listener,
    reader: Reader,
    token: String,
    clock: Clock,
    phase: Phase,
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
        }
    }

    /// The next bytes of the stream: events, or a comment after `heartbeat` without any. `None` ends it: it was
    /// cut (the relay stops, the token was revoked, the subscriber was too slow), or the store failed. It may resume.
    pub async fn frames(&mut self, heartbeat: Duration) -> Option<Bytes> {
        if let Phase::Begin(_) = self.phase {
            return self.first_frames().await;
        }
        if self.listener.cut.is_cancelled() {
            return None;
        }
        if let Phase::Replay { .. } = self.phase {
            let events = self.logged(Self::replay_page).await?;
            let caught_up = matches!(self.phase, Phase::Live { .. });
            if caught_up || !events.is_empty() {
                return Some(frames_of(&events, caught_up));
            }
            if let Phase::Begin(_) = self.phase {
                return self.first_frames().await;
            }
        }
        let cut = self.listener.cut.clone();
        tokio::select! {
            biased;
            () = cut.cancelled() => None,
            event = timeout(heartbeat, self.next_live()) => match event {
                Err(_) => Some(Bytes::from_static(b": still here\n\n")),
                Ok(None) => None,
                Ok(Some(event)) => Some(self.burst(event)),
            },
        }
    }

    /// Everything after the position as one `EventPage`, waiting up to `wait` when there is nothing yet.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn page(mut self, wait: Duration) -> Result<String, StoreError> {
        let mut events = self.begin().await?;
        if let Phase::Replay { .. } = self.phase {
            let page = self.replay_page().await?;
            events.extend(page.iter().map(|event| (event.id, Arc::clone(&event.body))));
            events.extend(self.begin().await?);
        }
        if events.is_empty() {
            let cut = self.listener.cut.clone();
            let arrived = tokio::select! {
                () = cut.cancelled() => None,
                () = sleep(wait) => None,
                event = self.next_live() => event,
            };
            events.extend(arrived.map(|event| (event.id, event.body)));
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

    async fn first_frames(&mut self) -> Option<Bytes> {
        let events = self.logged(Self::begin).await?;
        // A first comment even when there is nothing to tell: the head and a byte reach the client at once.
        let mut text = String::from(": this is a stream\n\n");
        for (id, body) in &events {
            frame(&mut text, *id, body);
        }
        if let Phase::Live { .. } = self.phase {
            caught_up(&mut text);
        }
        Some(text.into())
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
        if let Position::After(after) = position
            && self.reader.knows(after).await?
        {
            let replay = after < self.listener.from;
            self.phase = if replay {
                Phase::Replay { after }
            } else {
                Phase::Live { after }
            };
            return Ok(Vec::new());
        }
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
        let Some(Page { events, is_all }) = self.reader.page(&self.token, after, until).await? else {
            self.phase = Phase::Begin(Position::After(after));
            return Ok(Vec::new());
        };
        self.phase = match events.last() {
            Some(last) if !is_all => Phase::Replay { after: last.id },
            _ => Phase::Live { after: until },
        };
        Ok(events)
    }

    /// The next live event that wasn't told yet. Cancel safe.
    async fn next_live(&mut self) -> Option<StoredEvent> {
        loop {
            let event = self.listener.next().await?;
            if self.is_news(&event) {
                return Some(event);
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
    fn burst(&mut self, first: StoredEvent) -> Bytes {
        let mut text = String::new();
        frame(&mut text, first.id, &first.body);
        while text.len() < CHUNK
            && let Some(event) = self.listener.try_next()
        {
            if self.is_news(&event) {
                frame(&mut text, event.id, &event.body);
            }
        }
        text.into()
    }
}

fn frames_of(events: &[StoredEvent], all_told: bool) -> Bytes {
    let mut text = String::new();
    for event in events {
        frame(&mut text, event.id, &event.body);
    }
    if all_told {
        caught_up(&mut text);
    }
    text.into()
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
