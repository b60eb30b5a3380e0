//! What a desktop makes of a stream's bytes: whole events, each once, in order. Pure: bytes in, events out.

use std::time::Duration;

use crate::sse::{Frame, FrameError, Frames, Item};
use crate::wire::{Event, EventBody, EventId};

/// What the stream said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// An event that is new.
    Event(Box<Event>),
    /// What was missed has been told.
    CaughtUp,
}

/// The stream can't be read any further; a new connection resumes after the last event that was handled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Garbled(String);

impl From<FrameError> for Garbled {
    fn from(error: FrameError) -> Self {
        Self(error.to_string())
    }
}

/// One connection's bytes, and the position across connections.
pub struct Reading {
    frames: Frames,
    limit: usize,
    last: Option<EventId>,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading")
            .field("last", &self.last)
            .finish_non_exhaustive()
    }
}

impl Reading {
    /// After the position `from`; events longer than `limit` bytes are refused.
    pub fn new(from: Option<EventId>, limit: usize) -> Self {
        Self {
            frames: Frames::new(limit),
            limit,
            last: from,
        }
    }

    /// The last event that was handled: where a new connection resumes.
    pub fn last(&self) -> Option<EventId> {
        self.last
    }

    /// Forgets what a broken connection left unfinished.
    pub fn reconnected(&mut self) {
        self.frames = Frames::new(self.limit);
    }

    /// How long this connection asked to wait before the next one (`retry:`).
    pub fn retry(&self) -> Option<Duration> {
        self.frames.retry()
    }

    /// Adds what came from the network; then call [`told`](Self::told) until it gives nothing.
    pub fn push(&mut self, bytes: &[u8]) {
        self.frames.push(bytes);
    }

    /// What comes next. Say [`handled`](Self::handled) once an event has been.
    ///
    /// # Errors
    /// [`Garbled`]
    pub fn told(&mut self) -> Result<Option<Told>, Garbled> {
        while let Some(item) = self.frames.next()? {
            match item {
                Item::CaughtUp => return Ok(Some(Told::CaughtUp)),
                Item::Event(frame) => {
                    if let Some(event) = self.news(&frame) {
                        return Ok(Some(Told::Event(event)));
                    }
                }
            }
        }
        Ok(None)
    }

    /// The consumer has the event at this position.
    pub fn handled(&mut self, id: EventId) {
        self.last = Some(id);
    }

    /// The event of a frame, unless it is a repeat.
    fn news(&mut self, frame: &Frame) -> Option<Box<Event>> {
        let event: Event = match serde_json::from_str(&frame.data) {
            Ok(event) => event,
            Err(error) => {
                // From a newer relay, most likely. Stopping here would stop at the same event for ever.
                tracing::warn!(
                    id = frame.id,
                    line = error.line(),
                    column = error.column(),
                    "skipped an event that can't be read"
                );
                if let Some(id) = frame.id.as_ref().and_then(|id| id.parse().ok()) {
                    // Only what can be read sets the position back.
                    self.last = self.last.max(Some(id));
                }
                return None;
            }
        };
        // A gap or a snapshot sets the position anew, even backwards: the relay's history may have been replaced.
        let sets_position = matches!(event.body, EventBody::Gap | EventBody::Snapshot { .. });
        let is_news = sets_position || self.last.is_none_or(|last| event.id > last);
        is_news.then(|| Box::new(event))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: [u64; 0] = [];

    fn told(reading: &mut Reading, bytes: &str) -> Vec<u64> {
        reading.push(bytes.as_bytes());
        let mut ids = Vec::new();
        while let Some(told) = reading.told().unwrap() {
            if let Told::Event(event) = told {
                reading.handled(event.id);
                ids.push(event.id.0);
            }
        }
        ids
    }

    fn event(id: u64, kind: &str) -> String {
        format!(
            "id: {id}\ndata: {{\"id\":\"{id}\",\"at\":\"2026-11-27T10:00:00Z\",\"kind\":\"{kind}\",\"calls\":[]}}\n\n"
        )
    }

    #[test]
    fn only_a_gap_or_a_snapshot_sets_the_position_back() {
        let mut reading = Reading::new(Some(EventId(40)), 1 << 16);
        let unreadable = |id: u64| format!("id: {id}\ndata: {{\"id\":\"{id}\",\"kind\":\"call\"}}\n\n");
        assert_eq!(told(&mut reading, &event(41, "later-kind")), [41]);
        assert_eq!(told(&mut reading, &event(7, "later-kind")), NONE);
        // One that can't be read and claims to be an old one: what was told after it isn't news again.
        assert_eq!(told(&mut reading, &unreadable(3)), NONE);
        assert_eq!(reading.last(), Some(EventId(41)));
        assert_eq!(told(&mut reading, &event(41, "later-kind")), NONE);
        assert_eq!(told(&mut reading, &unreadable(42)), NONE);
        assert_eq!(reading.last(), Some(EventId(42)), "it isn't asked for again");
        // The relay's history was replaced.
        assert_eq!(told(&mut reading, &event(1, "gap")), [1]);
        assert_eq!(told(&mut reading, &event(12, "snapshot")), [12]);
        assert_eq!(told(&mut reading, &event(13, "later-kind")), [13]);
    }
}
