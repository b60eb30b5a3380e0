//! Server-Sent Events from bytes (WHATWG HTML, 9.2), one line at a time, bounded.
//!
//! The lines are sseer's; the event is put together here, because the bound on its size and the position belong together.

use std::time::Duration;

use bytes::{Buf as _, BytesMut};
use sseer::parser::{FieldName, ValidatedEventLine, parse_line_from_buffer};

use crate::wire::CAUGHT_UP;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// What the stream says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Item {
    /// A whole event.
    Event(Frame),
    /// [`crate::wire::CAUGHT_UP`]: what was missed has been told.
    CaughtUp,
}

/// A whole event of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Its `id:` field, when it had one.
    pub(crate) id: Option<String>,
    /// Its `data:` lines, joined by line feeds.
    pub(crate) data: String,
}

/// The stream can't be read any further.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    /// More bytes than allowed without the end of an event.
    #[error("an event is longer than {0} bytes")]
    TooLong(usize),
    /// A field that isn't UTF-8.
    #[error("an event is not UTF-8")]
    NotUtf8,
}

/// Takes bytes as they come, gives events as they are whole. What a broken connection left unfinished is dropped with it.
pub(crate) struct Frames {
    limit: usize,
    buffer: BytesMut,
    scanned: usize,
    started: bool,
    id: Option<String>,
    data: String,
    has_data: bool,
    caught_up: bool,
    retry: Option<Duration>,
}

impl Frames {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            buffer: BytesMut::new(),
            scanned: 0,
            started: false,
            id: None,
            data: String::new(),
            has_data: false,
            caught_up: false,
            retry: None,
        }
    }

    /// How long the stream last asked to wait before the next connection (`retry:`).
    pub(crate) fn retry(&self) -> Option<Duration> {
        self.retry
    }

    /// Adds what came from the network; then call [`next`](Self::next) until it gives nothing.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// What comes next.
    pub(crate) fn next(&mut self) -> Result<Option<Item>, FrameError> {
        if !self.started && !self.skip_bom() {
            return Ok(None);
        }
        while let Some(line) = parse_line_from_buffer(&mut self.buffer, &mut self.scanned) {
            match line.validate().map_err(|_| FrameError::NotUtf8)? {
                ValidatedEventLine::Empty => {
                    if let Some(item) = self.finish() {
                        return Ok(Some(item));
                    }
                }
                ValidatedEventLine::Field {
                    field_name,
                    field_value,
                } => {
                    self.field(field_name, field_value.as_deref().unwrap_or_default());
                    if self.data.len() > self.limit {
                        return Err(FrameError::TooLong(self.limit));
                    }
                }
                ValidatedEventLine::Comment => {}
            }
        }
        if self.buffer.len() + self.data.len() > self.limit {
            return Err(FrameError::TooLong(self.limit));
        }
        Ok(None)
    }

    fn field(&mut self, name: FieldName, value: &str) {
        match name {
            FieldName::Data => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(value);
            }
            FieldName::Id if !value.contains('\0') => self.id = Some(value.to_owned()),
            FieldName::Event => self.caught_up = value == CAUGHT_UP,
            // Digits alone; anything else isn't meant (WHATWG HTML, 9.2.6).
            FieldName::Retry if value.bytes().all(|byte| byte.is_ascii_digit()) => {
                self.retry = value.parse().ok().map(Duration::from_millis).or(self.retry);
            }
            FieldName::Id | FieldName::Retry | FieldName::Ignored => {}
        }
    }

    fn finish(&mut self) -> Option<Item> {
        let data = std::mem::take(&mut self.data);
        let id = self.id.take();
        let caught_up = std::mem::take(&mut self.caught_up);
        if std::mem::take(&mut self.has_data) {
            return Some(Item::Event(Frame { id, data }));
        }
        caught_up.then_some(Item::CaughtUp)
    }

    /// Whether the first bytes are known, a byte-order mark taken off.
    fn skip_bom(&mut self) -> bool {
        if self.buffer.len() < BOM.len() && BOM.starts_with(&self.buffer) {
            return false;
        }
        if self.buffer.starts_with(BOM) {
            self.buffer.advance(BOM.len());
        }
        self.started = true;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn all(frames: &mut Frames) -> Vec<Frame> {
        std::iter::from_fn(|| frames.next().unwrap())
            .map(|item| match item {
                Item::Event(frame) => frame,
                Item::CaughtUp => panic!("no such word was written"),
            })
            .collect()
    }

    fn frame(id: &str, data: &str) -> Frame {
        Frame {
            id: Some(id.to_owned()),
            data: data.to_owned(),
        }
    }

    #[test]
    fn the_word_that_all_was_told_comes_in_its_place() {
        let mut frames = Frames::new(1024);
        frames.push(b"id: 1\ndata: a\n\nevent: caught-up\n\nid: 2\ndata: b\n\n");
        let said: Vec<_> = std::iter::from_fn(|| frames.next().unwrap()).collect();
        assert_eq!(
            said,
            [
                Item::Event(frame("1", "a")),
                Item::CaughtUp,
                Item::Event(frame("2", "b"))
            ]
        );
    }

    #[test]
    fn comments_and_unknown_fields_are_no_events() {
        let mut frames = Frames::new(1024);
        frames.push(b":\n\n: heartbeat\n\nretry: 5\n\nid: 1\ndata: a\nwhatever: x\n\n");
        assert_eq!(all(&mut frames), [frame("1", "a")]);
    }

    #[test]
    fn the_wait_before_a_new_connection_is_the_last_one_that_can_be_read() {
        for (said, wanted) in [
            ("", None),
            ("retry: 1500\n\n", Some(1500)),
            ("retry:0\nretry: 7\n", Some(7)),
            (
                "retry: 7\nretry: soon\nretry: -1\nretry:\nretry: 99999999999999999999\n",
                Some(7),
            ),
        ] {
            let mut frames = Frames::new(1024);
            frames.push(said.as_bytes());
            assert_eq!(all(&mut frames), []);
            assert_eq!(frames.retry(), wanted.map(Duration::from_millis), "{said:?}");
        }
    }

    #[test]
    fn line_ends_of_all_three_kinds_and_a_byte_order_mark() {
        let mut frames = Frames::new(1024);
        frames.push(b"\xef\xbb\xbfid: 1\r\ndata: a\r\n\r\nid: 2\rdata: b\rdata: c\r\rid: 3\ndata: d\n\n");
        assert_eq!(
            all(&mut frames),
            [frame("1", "a"), frame("2", "b\nc"), frame("3", "d")]
        );
    }

    #[test]
    fn an_event_that_never_ends_is_refused() {
        let mut frames = Frames::new(64);
        frames.push(b"data: ");
        frames.push(&[b'x'; 100]);
        assert_eq!(frames.next(), Err(FrameError::TooLong(64)));

        let mut frames = Frames::new(64);
        for _ in 0..100 {
            frames.push(b"data: xxxxxxxx\n");
        }
        assert_eq!(frames.next(), Err(FrameError::TooLong(64)));
    }

    #[test]
    fn heartbeats_never_add_up() {
        let mut frames = Frames::new(64);
        for _ in 0..1000 {
            frames.push(b": heartbeat\n\n");
            assert_eq!(frames.next(), Ok(None));
        }
    }

    #[test]
    fn broken_encoding_is_said() {
        let mut frames = Frames::new(64);
        frames.push(b"data: \xff\n\n");
        assert_eq!(frames.next(), Err(FrameError::NotUtf8));
    }

    proptest! {
        /// However the network cuts the bytes, the events are the same.
        #[test]
        fn cuts_change_nothing(texts in proptest::collection::vec("[^\r\n]{0,12}", 1..8), cuts in proptest::collection::vec(1usize..9, 1..20)) {
            let mut bytes = Vec::new();
            for (n, text) in texts.iter().enumerate() {
                bytes.extend_from_slice(format!(": beat\n\nid: {n}\ndata: {text}\n\n").as_bytes());
            }
            let mut frames = Frames::new(4096);
            let mut got = Vec::new();
            let mut rest: &[u8] = &bytes;
            for cut in cuts.iter().cycle() {
                if rest.is_empty() { break; }
                let (head, tail) = rest.split_at((*cut).min(rest.len()));
                frames.push(head);
                got.extend(all(&mut frames));
                rest = tail;
            }
            let want: Vec<Frame> = texts.iter().enumerate().map(|(n, text)| frame(&n.to_string(), text)).collect();
            prop_assert_eq!(got, want);
        }
    }
}
