//! HTTP/1.1.
//!
//! Where the next request begins is known as long as a request's body has a length (RFC 9112 section 6.3: without
//! `Content-Length` and `Transfer-Encoding` there is none). After another one a connection passes as it is until it ends: a body
//! must never be taken for a request. Such a connection is [for one answer only](has_unknown_end).

use http::Request;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING, UPGRADE};

use super::{LONGEST, Rewrite, encode};

/// A longer callback is given on without its end: the library would answer a target above 64 KiB by itself, and the callback
/// would be lost without a trace. What is left is longer than any that is taken, and told as such. Of other targets nothing is
/// cut: a query that lost its end would be answered as if it were whole.
const TARGET: usize = 40 * 1024;
const CALLBACK: &[u8] = b"/callback/";
/// What is held of a request line that isn't whole: its beginning, and its end with the version.
const HELD: usize = 64 * 1024;
const END: usize = 16;
/// A request line that hasn't ended after so many bytes is none.
const MOST: usize = 1024 * 1024;

/// Whether nobody knows here where this request ends: what follows it on its connection would pass as it is.
pub(in crate::listener) fn has_unknown_end<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    let is_path = request.uri().scheme().is_none() && request.uri().path().starts_with('/');
    !is_path
        || headers.contains_key(TRANSFER_ENCODING)
        || headers.contains_key(UPGRADE)
        || headers.get_all(CONTENT_LENGTH).iter().count() > 1
}

/// Where in a request the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a request line, or before one.
    Line,
    /// In the headers, with what they told so far.
    Headers(Length),
    /// In a body, with so many bytes to come.
    Body(u64),
    /// Where bodies may be: nothing is looked at any more.
    Anywhere,
}

/// How long a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    /// Nothing tells of a body.
    None,
    Known(u64),
    Unknown,
}

impl Length {
    /// What it is after one more line of headers.
    fn after(self, line: &[u8]) -> Self {
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &b""[..]),
        };
        let is = |header: &str| name.trim_ascii().eq_ignore_ascii_case(header.as_bytes());
        if is("transfer-encoding") || is("upgrade") {
            return Self::Unknown;
        }
        if !is("content-length") {
            // What goes on from the line before may be a part of that.
            let goes_on = matches!(line.first(), Some(b' ' | b'\t'));
            return if goes_on && self != Self::None {
                Self::Unknown
            } else {
                self
            };
        }
        let value = value.trim_ascii();
        let is_plain = self == Self::None && name.len() == "content-length".len();
        let digits = std::str::from_utf8(value)
            .ok()
            .filter(|text| is_plain && text.bytes().all(|byte| byte.is_ascii_digit()));
        digits
            .and_then(|text| text.parse().ok())
            .map_or(Self::Unknown, Self::Known)
    }
}

/// Takes a connection's bytes, in whatever pieces, and gives them on with request targets that are URLs.
#[derive(Debug)]
pub(in crate::listener) struct Lines {
    place: Place,
    /// The line that isn't whole yet.
    line: Vec<u8>,
    /// So many bytes of it were left out between its beginning and its end.
    dropped: usize,
}

impl Default for Lines {
    fn default() -> Self {
        Self {
            place: Place::Line,
            line: Vec::new(),
            dropped: 0,
        }
    }
}

impl Lines {
    /// Adds to the line that isn't whole. Gives whether that is still worth doing.
    fn hold(&mut self, bytes: &[u8]) -> bool {
        self.line.extend_from_slice(bytes);
        if self.place != Place::Line {
            return self.line.len() <= LONGEST;
        }
        let more = self.line.len().saturating_sub(HELD + END);
        if more > 0 {
            self.line.drain(HELD..HELD + more);
        }
        self.dropped += more;
        self.dropped <= MOST
    }
}

impl Rewrite for Lines {
    fn passes(&self) -> bool {
        self.place == Place::Anywhere
    }

    fn give_up(&mut self) -> Vec<u8> {
        self.place = Place::Anywhere;
        std::mem::take(&mut self.line)
    }

    fn take(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while self.place != Place::Anywhere {
            if let Place::Body(left) = self.place {
                let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                out.extend_from_slice(&bytes[..count]);
                bytes = &bytes[count..];
                self.place = behind(left - count as u64);
                if bytes.is_empty() {
                    return;
                }
            }
            let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else {
                if !self.hold(bytes) {
                    out.append(&mut self.give_up());
                }
                return;
            };
            let (line, rest) = bytes.split_at(end + 1);
            bytes = rest;
            if self.line.is_empty() {
                self.place = whole(self.place, line, out);
            } else {
                self.hold(line);
                self.dropped = 0;
                let held = std::mem::take(&mut self.line);
                self.place = whole(self.place, &held, out);
            }
        }
        out.extend_from_slice(bytes);
    }
}

/// Where the bytes are with so many left of a body.
fn behind(left: u64) -> Place {
    match left {
        0 => Place::Line,
        left => Place::Body(left),
    }
}

/// Gives a whole line on, and tells where the next one stands.
fn whole(place: Place, line: &[u8], out: &mut Vec<u8>) -> Place {
    let is_empty = matches!(line, b"\n" | b"\r\n");
    if place == Place::Line && !is_empty {
        rewrite(line, out);
        // A tunnel has no end, and what is no request has none that is known.
        let is_request = parts(line).is_some() && !line.starts_with(b"CONNECT ");
        return if is_request {
            Place::Headers(Length::None)
        } else {
            Place::Anywhere
        };
    }
    out.extend_from_slice(line);
    match place {
        Place::Headers(Length::None) if is_empty => Place::Line,
        Place::Headers(Length::Known(length)) if is_empty => behind(length),
        Place::Headers(Length::Unknown) if is_empty => Place::Anywhere,
        Place::Headers(length) => Place::Headers(length.after(line)),
        // Empty lines before a request are none of it (RFC 9112 section 2.2).
        place => place,
    }
}

/// A request line with a target that is a URL. What isn't a request line stays as it is.
fn rewrite(line: &[u8], out: &mut Vec<u8>) {
    let Some((method, target, rest)) = parts(line) else {
        out.extend_from_slice(line);
        return;
    };
    out.extend_from_slice(method);
    if target.starts_with(CALLBACK) {
        let begin = out.len();
        // No longer than what it becomes, so that little is encoded in vain.
        encode(&target[..target.len().min(TARGET)], out);
        out.truncate(begin + TARGET);
    } else {
        encode(target, out);
    }
    out.extend_from_slice(rest);
}

/// Method with its blank, target, and the rest from the blank before `HTTP/`.
fn parts(line: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let begin = line.iter().position(|byte| *byte == b' ')? + 1;
    let end = line.windows(6).rposition(|part| part == b" HTTP/")?;
    let target = line
        .get(begin..end)
        .filter(|target| target.first() == Some(&b'/'))?;
    Some((&line[..begin], target, &line[end..]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What comes out of bytes that arrive in pieces.
    fn through(pieces: &[&[u8]]) -> Vec<u8> {
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        pieces.iter().for_each(|piece| lines.take(piece, &mut out));
        out.extend(lines.give_up());
        out
    }

    #[test]
    fn what_no_url_may_hold_is_encoded() {
        for (target, wanted) in [
            (
                &b"/c?name=Ren\xe9 \xabB\xbb"[..],
                &b"/c?name=Ren%E9%20%ABB%BB"[..],
            ),
            ("/c?name=René".as_bytes(), b"/c?name=Ren%C3%A9"),
            (
                b"/c?from=\"B\" <204>&x=#1\t\x00\x7f",
                b"/c?from=%22B%22%20%3C204%3E&x=%231%09%00%7F",
            ),
            (b"/c?a=%E9&b=+{|}[]", b"/c?a=%E9&b=+{|}[]"),
            (b"/c?x= HTTP/1.0", b"/c?x=%20HTTP/1.0"),
        ] {
            let rest = b" HTTP/1.1\r\nX-Name: Ren\xe9\r\n\r\n";
            let request = |target: &[u8]| [&b"GET "[..], target, rest].concat();
            assert_eq!(through(&[&request(target)]), request(wanted));
        }
    }

    #[test]
    fn each_request_of_a_connection_is_looked_at_and_no_body() {
        let raw = b"GET /abc\xe9 HTTP/1.1\r\n\r\n";
        for (head, is_known) in [
            ("\r\nGET / HTTP/1.1\r\nHost: a", true),
            ("HEAD / HTTP/1.1\nHost: a", true),
            ("POST / HTTP/1.1\r\nHost: a", true),
            ("OPTIONS / HTTP/1.1\r\nContent-Length: 0", true),
            ("GET / HTTP/1.1\r\nContent-Length: 0", true),
            ("POST / HTTP/1.1\r\ncontent-LENGTH:22\r\nX: 1", true),
            ("GET / HTTP/1.1\r\nContent-Length: 22", true),
            // Here the library has the last word, and a body is never touched.
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked", false),
            ("GET / HTTP/1.1\r\nUpgrade: h2c", false),
            (
                "POST / HTTP/1.1\r\nContent-Length: 22\r\nContent-Length: 22",
                false,
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: 22\r\nTransfer-Encoding: chunked",
                false,
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 22",
                false,
            ),
            ("POST / HTTP/1.1\r\nContent-Length : 22", false),
            ("POST / HTTP/1.1\r\nContent-Length: 22\r\n 0", false),
            ("POST / HTTP/1.1\r\nContent-Length: +22", false),
            (
                "POST / HTTP/1.1\r\nContent-Length: 22222222222222222222222",
                false,
            ),
            ("CONNECT / HTTP/1.1\r\nHost: a", false),
        ] {
            let has_body = head.contains("22");
            let body = if has_body { &raw[..] } else { b"" };
            assert_eq!(raw.len(), 22);
            let told = through(&[head.as_bytes(), b"\r\n\r\n", body, raw, raw]);
            let told = String::from_utf8_lossy(&told);
            let rewritten = told.matches("GET /abc%E9 ").count();
            assert_eq!(rewritten, if is_known { 2 } else { 0 }, "{told}");
            assert_eq!(
                told.matches("GET /abc\u{fffd} ").count(),
                usize::from(has_body) + 2 - rewritten
            );
        }
    }

    #[test]
    fn a_body_longer_than_any_is_passed_on() {
        let head = format!("POST /a HTTP/1.1\r\nContent-Length: {}\r\n\r\n", u64::MAX);
        let mut lines = Lines::default();
        let mut out = Vec::new();
        lines.take(head.as_bytes(), &mut out);
        lines.take(b"GET /\xe9 HTTP/1.1\r\n\r\n", &mut out);
        assert!(out.ends_with(b"GET /\xe9 HTTP/1.1\r\n\r\n"));
    }

    #[test]
    fn what_is_no_request_stays_as_it_is() {
        for bytes in [
            &b"\x16\x03\x01\xe9\n"[..],
            b"GET \xe9 HTTP/1.1\r\n",
            b"GET /\xe9",
            b"GET /\xe9\n",
        ] {
            assert_eq!(through(&[bytes]), bytes);
        }
    }

    #[test]
    fn of_a_callback_that_is_too_long_the_beginning_is_given_on() {
        for filler in [b'x', 0xe9] {
            let target = [b"/callback/c?a=".to_vec(), vec![filler; 300_000]].concat();
            let request = [b"GET ", &target[..], b" HTTP/1.1\r\nHost: a\r\n\r\n"].concat();
            let cut = through(&[&request]);
            let pieces: Vec<&[u8]> = request.chunks(4096).collect();
            assert!(through(&pieces) == cut, "pieces make no difference");
            assert_eq!(cut.len(), "GET  HTTP/1.1\r\nHost: a\r\n\r\n".len() + TARGET);
            assert!(cut.starts_with(b"GET /callback/c?a="));
        }
        let other = [
            b"GET /v1/events?a=".to_vec(),
            vec![b'x'; 50_000],
            b" HTTP/1.1\r\n\r\n".to_vec(),
        ]
        .concat();
        assert!(through(&[&other]) == other, "nothing of it is cut");
        let endless = [b"GET /".to_vec(), vec![b'x'; 2 * MOST]].concat();
        let pieces: Vec<&[u8]> = endless.chunks(4096).collect();
        let (mut lines, mut out) = (Lines::default(), Vec::new());
        for piece in pieces {
            lines.take(piece, &mut out);
            assert!(lines.line.len() <= HELD + END);
        }
        assert!(lines.passes() && out.len() > HELD, "the library refuses it");
        // Headers may be as long as the library takes them.
        let header = [
            b"GET / HTTP/1.1\r\nX: ".to_vec(),
            vec![b'x'; HELD + 1000],
            b"\r\n\r\n".to_vec(),
        ]
        .concat();
        let pieces: Vec<&[u8]> = header.chunks(4096).collect();
        assert!(through(&pieces) == header);
    }

    proptest! {
        #[test]
        fn pieces_make_no_difference(
            bytes in prop::collection::vec(
                prop::sample::select(vec![
                    &b"GET /"[..],
                    b" HTTP/1.1",
                    b"\r\n",
                    b"\n",
                    b"\xe9",
                    b" ",
                    b"Content-Length: 3",
                    b"Host: a",
                    b"POST /",
                    b"x",
                ]),
                0..40,
            ),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        ) {
            let whole = bytes.concat();
            let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(whole.len() + 1)).collect();
            cuts.extend([0, whole.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &whole[cut[0]..cut[1]]).collect();
            prop_assert_eq!(through(&pieces), through(&[&whole]));
        }

        #[test]
        fn what_is_right_passes_byte_for_byte(
            requests in prop::collection::vec(("(GET|HEAD|POST)", "/[!$-;=?-~]{0,30}", "[ -9;-~]{0,20}"), 1..5),
        ) {
            let whole: String = requests
                .iter()
                .map(|(method, target, value)| format!("{method} {target} HTTP/1.1\r\nX: {value}\r\n\r\n"))
                .collect();
            prop_assert_eq!(through(&[whole.as_bytes()]), whole.as_bytes());
        }
    }
}
