//! HTTP/2 (RFC 9113): the path stands in a compressed block of headers (HPACK, RFC 7541).
//!
//! Blocks pass as they came, and are read beside, up to the first with a path that is no URL: the library would refuse that
//! one with the whole connection. From there on each is written anew, path percent-encoded, without compression. What the
//! sender's compression refers to is known here, the library is told to forget it. Whatever isn't HTTP/2 as it should be
//! passes as it is, for the library to judge: read wrongly it isn't, for nothing refers to what was written anew.

use super::hpack::Reader;
use super::{LONGEST, Rewrite, encode, stands_in_urls};

/// What a connection begins with (section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// A frame's head (section 4.1): length, type, flags, stream.
const FRAME: usize = 9;
/// The longest frame that the library lets in; it says nothing else in its settings.
const LONGEST_FRAME: usize = 16_384;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 0x1;
const END_HEADERS: u8 = 0x4;
const PADDED: u8 = 0x8;
const PRIORITY: u8 = 0x20;
/// Tells the library's table of earlier headers to hold nothing (HPACK, section 6.3).
const FORGET: u8 = 0x20;

/// Where in a connection the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Preface,
    /// Between two frames, or in a head, or in a block of headers.
    Frames,
    /// In another frame, of which so much passes.
    Passing(usize),
    /// Nothing is looked at any more.
    Anywhere,
}

/// Takes a connection's bytes, in whatever pieces, and gives them on with paths that are URLs.
pub(in crate::listener) struct Frames {
    place: Place,
    /// What isn't whole yet: the preface, or a block's frames.
    held: Vec<u8>,
    /// Where in it the last frame begins, which may not be whole.
    last: usize,
    reader: Reader,
    /// Blocks are written anew.
    is_anew: bool,
}

impl Default for Frames {
    fn default() -> Self {
        Self {
            place: Place::Preface,
            held: Vec::new(),
            last: 0,
            reader: Reader::default(),
            is_anew: false,
        }
    }
}

impl Rewrite for Frames {
    fn passes(&self) -> bool {
        self.place == Place::Anywhere
    }

    fn give_up(&mut self) -> Vec<u8> {
        self.place = Place::Anywhere;
        std::mem::take(&mut self.held)
    }

    fn take(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while !bytes.is_empty() {
            match self.place {
                Place::Anywhere => {
                    out.extend_from_slice(bytes);
                    return;
                }
                Place::Passing(left) => {
                    let (passing, rest) = bytes.split_at(left.min(bytes.len()));
                    out.extend_from_slice(passing);
                    bytes = rest;
                    self.place = match left - passing.len() {
                        0 => Place::Frames,
                        left => Place::Passing(left),
                    };
                }
                Place::Preface => {
                    if self.hold(&mut bytes, PREFACE.len()) {
                        let is_right = self.held == PREFACE;
                        out.append(&mut self.give_up());
                        if is_right {
                            self.place = Place::Frames;
                        }
                    }
                }
                Place::Frames => {
                    if self.hold(&mut bytes, self.last + FRAME) {
                        self.on_head(&mut bytes, out);
                    }
                }
            }
        }
    }
}

impl Frames {
    /// Takes what is lacking to have so much held; whether it is all there.
    fn hold(&mut self, bytes: &mut &[u8], wanted: usize) -> bool {
        let lacking = wanted.saturating_sub(self.held.len());
        let (taken, rest) = bytes.split_at(lacking.min(bytes.len()));
        self.held.extend_from_slice(taken);
        *bytes = rest;
        self.held.len() >= wanted
    }

    /// The last frame's head is there.
    fn on_head(&mut self, bytes: &mut &[u8], out: &mut Vec<u8>) {
        let Some(Frame {
            length,
            kind,
            flags,
            stream,
        }) = Frame::of(&self.held[self.last..])
        else {
            return;
        };
        let is_first = self.last == 0;
        let is_next = is_first || (kind == CONTINUATION && stream == &self.held[5..FRAME]);
        if is_first && kind != HEADERS {
            // None of a block.
            out.append(&mut self.held);
            self.held = Vec::new();
            if length > 0 {
                self.place = Place::Passing(length);
            }
            return;
        }
        let end = self.last + FRAME + length;
        if !is_next || end > LONGEST {
            out.append(&mut self.give_up());
        } else if self.hold(bytes, end) {
            if flags & END_HEADERS == 0 {
                self.last = end;
            } else {
                self.on_block(out);
            }
        }
    }

    /// A whole block is held.
    fn on_block(&mut self, out: &mut Vec<u8>) {
        let frames = std::mem::take(&mut self.held);
        self.last = 0;
        let read = block(&frames).and_then(|block| read(&mut self.reader, &block));
        match read {
            Some((_, true)) if !self.is_anew => out.extend_from_slice(&frames),
            Some((mut anew, _)) => {
                if !self.is_anew {
                    self.is_anew = true;
                    anew.insert(0, FORGET);
                }
                write(&frames[..FRAME], &anew, out);
            }
            None => {
                self.place = Place::Anywhere;
                out.extend_from_slice(&frames);
            }
        }
    }
}

/// A frame's head.
struct Frame<'a> {
    length: usize,
    kind: u8,
    flags: u8,
    stream: &'a [u8],
}

impl<'a> Frame<'a> {
    fn of(bytes: &'a [u8]) -> Option<Self> {
        let [a, b, c, kind, flags, ..] = *bytes else {
            return None;
        };
        Some(Self {
            length: usize::from_be_bytes([0, 0, 0, 0, 0, a, b, c]),
            kind,
            flags,
            stream: bytes.get(5..FRAME)?,
        })
    }
}

/// The block that stands in these frames; `None` when they contradict themselves.
fn block(mut frames: &[u8]) -> Option<Vec<u8>> {
    let mut block = Vec::with_capacity(frames.len());
    while !frames.is_empty() {
        let frame = Frame::of(frames)?;
        let (mut part, rest) = frames.get(FRAME..)?.split_at_checked(frame.length)?;
        frames = rest;
        if frame.kind == HEADERS && frame.flags & PADDED != 0 {
            let (padding, padded) = part.split_first()?;
            part = &padded[..padded.len().checked_sub(usize::from(*padding))?];
        }
        if frame.kind == HEADERS && frame.flags & PRIORITY != 0 {
            part = part.get(5..)?;
        }
        block.extend_from_slice(part);
    }
    Some(block)
}

/// The same headers without compression, with a path that is a URL; and whether it was one. `None` when they can't be read, or
/// are more than a request may have.
fn read(reader: &mut Reader, block: &[u8]) -> Option<(Vec<u8>, bool)> {
    let (mut anew, mut is_url, mut path) = (Vec::new(), true, Vec::new());
    let each = |name: &[u8], value: &[u8]| {
        // A literal that isn't remembered, under a new name (HPACK, section 6.2.2).
        anew.push(0);
        text(name, &mut anew);
        if name == b":path" && value.first() == Some(&b'/') && !value.iter().all(|byte| stands_in_urls(*byte))
        {
            is_url = false;
            path.clear();
            encode(value, &mut path);
            text(&path, &mut anew);
        } else {
            text(value, &mut anew);
        }
        anew.len() <= LONGEST
    };
    reader.read(block, each)?;
    Some((anew, is_url))
}

/// A string as it is, behind its length (HPACK, section 5).
fn text(text: &[u8], out: &mut Vec<u8>) {
    let mut length = text.len();
    if length < 127 {
        out.extend(u8::try_from(length));
    } else {
        out.push(127);
        length -= 127;
        while length >= 128 {
            out.extend(u8::try_from(length % 128 + 128));
            length /= 128;
        }
        out.extend(u8::try_from(length));
    }
    out.extend_from_slice(text);
}

/// A block in frames of its own, in the place of those that began with the head `first`.
fn write(first: &[u8], block: &[u8], out: &mut Vec<u8>) {
    let mut parts = block.chunks(LONGEST_FRAME).peekable();
    let mut kind = HEADERS;
    while let Some(part) = parts.next() {
        let mut flags = if kind == HEADERS { first[4] & END_STREAM } else { 0 };
        if parts.peek().is_none() {
            flags |= END_HEADERS;
        }
        // A frame's length has three bytes.
        out.extend_from_slice(&part.len().to_be_bytes()[5..]);
        out.extend([kind, flags]);
        out.extend_from_slice(&first[5..FRAME]);
        out.extend_from_slice(part);
        kind = CONTINUATION;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn through(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut frames, mut out) = (Frames::default(), Vec::new());
        pieces.iter().for_each(|piece| frames.take(piece, &mut out));
        out.extend(frames.give_up());
        out
    }

    fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
        let length = payload.len().to_be_bytes();
        [&length[5..], &[kind, flags, 0, 0, 0, stream], payload].concat()
    }

    /// A path as a literal that is remembered, under its name of the static table.
    fn path(path: &[u8]) -> Vec<u8> {
        let mut block = vec![0x44];
        text(path, &mut block);
        block
    }

    /// The last literal that is remembered.
    const AGAIN: u8 = 0x80 | 62;

    /// The headers of each block, and whether it ends its stream, as a reader of its own understands them.
    fn understood(mut bytes: &[u8]) -> Vec<(Vec<(String, String)>, bool)> {
        bytes = bytes.strip_prefix(PREFACE).unwrap();
        let (mut reader, mut all) = (Reader::default(), Vec::new());
        let mut open: Option<(Vec<u8>, bool)> = None;
        while !bytes.is_empty() {
            let head = Frame::of(bytes).unwrap();
            assert!(head.length <= LONGEST_FRAME);
            let (whole, rest) = bytes.split_at(FRAME + head.length);
            bytes = rest;
            match head.kind {
                HEADERS => open = Some((block(whole).unwrap(), head.flags & END_STREAM != 0)),
                CONTINUATION => open.as_mut().unwrap().0.extend(&whole[FRAME..]),
                _ => {}
            }
            if head.flags & END_HEADERS != 0 && matches!(head.kind, HEADERS | CONTINUATION) {
                let (block, is_end) = open.take().unwrap();
                let (words, mut fields) = (
                    |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap(),
                    Vec::new(),
                );
                let read = reader.read(&block, |name, value| {
                    fields.push((words(name), words(value)));
                    true
                });
                assert!(read.is_some());
                all.push((fields, is_end));
            }
        }
        all
    }

    fn of_path(path: &str) -> Vec<(String, String)> {
        vec![(":path".to_owned(), path.to_owned())]
    }

    #[test]
    fn the_first_bad_path_and_all_that_refers_to_it_are_encoded() {
        let sent = [
            PREFACE,
            &frame(4, 0, 0, b""),
            &frame(HEADERS, END_HEADERS | END_STREAM, 1, &path(b"/good")),
            &frame(
                HEADERS,
                END_HEADERS | END_STREAM,
                3,
                &path(b"/c?n=Ren\xe9 #\"1\""),
            ),
            &frame(HEADERS, END_HEADERS, 5, &[AGAIN]),
            &frame(0, END_STREAM, 5, b"body"),
            &frame(HEADERS, END_HEADERS, 7, &[AGAIN + 1]),
        ]
        .concat();
        let told = through(&[&sent]);
        let bad = "/c?n=Ren%E9%20%23%221%22";
        let wanted = [
            (of_path("/good"), true),
            (of_path(bad), true),
            (of_path(bad), false),
            (of_path("/good"), false),
        ];
        assert_eq!(understood(&told), wanted);
        assert!(told.windows(4).any(|part| part == b"body"));
        // What came before is as it came.
        let before = PREFACE.len() + 9 + 9 + path(b"/good").len();
        assert_eq!(told[..before], sent[..before]);
    }

    #[test]
    fn a_block_in_several_frames_padded_and_long_is_one() {
        let long = [b"/c?n=".to_vec(), vec![0xe9; 20_000]].concat();
        let block = path(&long);
        let padded = [&[3, 0, 0, 0, 0, 16][..], &block[..10_000], b"pad"].concat();
        let sent = [
            PREFACE,
            &frame(HEADERS, END_STREAM | PADDED | PRIORITY, 1, &padded),
            &frame(CONTINUATION, END_HEADERS, 1, &block[10_000..]),
        ]
        .concat();
        let wanted = format!("/c?n={}", "%E9".repeat(20_000));
        assert_eq!(understood(&through(&[&sent])), [(of_path(&wanted), true)]);
    }

    #[test]
    fn what_is_right_or_isnt_http_2_stays_as_it_is() {
        let good = frame(HEADERS, END_HEADERS, 1, &path(b"/good"));
        for rest in [
            b"".to_vec(),
            [
                &good[..],
                &frame(HEADERS, END_HEADERS, 3, &[AGAIN]),
                &frame(8, 0, 0, b"\0\0\0\x01"),
            ]
            .concat(),
            // Refers to nothing.
            frame(HEADERS, END_HEADERS, 1, &[AGAIN]),
            // Interrupted by another frame, or by another stream's.
            [
                frame(HEADERS, 0, 1, &path(b"/\xe9")),
                frame(6, 0, 0, b"12345678"),
                good.clone(),
            ]
            .concat(),
            [
                frame(HEADERS, 0, 1, &path(b"/\xe9")),
                frame(CONTINUATION, END_HEADERS, 3, b""),
            ]
            .concat(),
            // More padding than there is.
            frame(HEADERS, END_HEADERS | PADDED, 1, b"\x09\xe9"),
            // Too long to be looked at.
            [
                frame(HEADERS, 0, 1, &vec![0x80; 100_000]),
                frame(CONTINUATION, 0, 1, &vec![0x80; 100_000]),
            ]
            .concat(),
            frame(HEADERS, 0, 1, b"broken off"),
        ] {
            let sent = [PREFACE, &rest].concat();
            assert_eq!(through(&[&sent]), sent);
        }
        let other = b"GET /\xe9 HTTP/1.1\r\nHost: relay\r\n\r\n";
        assert_eq!(through(&[other]), other);
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference_and_nothing_panics(
            parts in prop::collection::vec(
                (prop::sample::select(vec![0u8, HEADERS, CONTINUATION, 4]), any::<u8>(), 0u8..2, prop_oneof![
                    prop::collection::vec(any::<u8>(), 0..40),
                    "/[ -~é]{0,20}".prop_map(|text| path(text.as_bytes())),
                    Just(vec![AGAIN]),
                ]),
                0..8,
            ),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let frames = parts.iter().flat_map(|(kind, flags, stream, payload)| frame(*kind, *flags, *stream, payload));
            let whole: Vec<u8> = PREFACE.iter().copied().chain(frames).collect();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(whole.len() + 1)).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &whole[cut[0]..cut[1]]).collect();
            prop_assert_eq!(through(&pieces), through(&[&whole]));
        }
    }
}
