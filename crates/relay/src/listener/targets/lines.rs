//! HTTP/1.1.
//!
//! Where the next request begins is known as long as requests have no body. After the first one that may have, a connection
//! passes as it is until it ends: a body must never be taken for a request.

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

/// Where in a request the bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// In a request line, or before one.
    Line,
    /// In the headers of a request that has no body as far as they tell.
    Headers,
    /// Where bodies may be: nothing is looked at any more.
    Anywhere,
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

/// Gives a whole line on, and tells where the next one stands.
fn whole(place: Place, line: &[u8], out: &mut Vec<u8>) -> Place {
    let is_empty = matches!(line, b"\n" | b"\r\n");
    match place {
        Place::Line if !is_empty => {
            rewrite(line, out);
            if line.starts_with(b"GET ") || line.starts_with(b"HEAD ") {
                return Place::Headers;
            }
            return Place::Anywhere;
        }
        // Empty lines before a request are none of it (RFC 9112 section 2.2).
        Place::Line => {}
        Place::Headers if is_empty => {
            out.extend_from_slice(line);
            return Place::Line;
        }
        Place::Headers => {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            let name = name.trim_ascii();
            out.extend_from_slice(line);
            let has_body = [&b"content-length"[..], b"transfer-encoding", b"upgrade"]
                .iter()
                .any(|header| name.eq_ignore_ascii_case(header));
            return if has_body { Place::Anywhere } else { Place::Headers };
        }
        Place::Anywhere => {}
    }
    out.extend_from_slice(line);
    place
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
        let get = b"\r\nGET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\nHEAD /\xe9 HTTP/1.1\n\n";
        let post = b"POST /\xe9 HTTP/1.1\r\nContent-Length: 40\r\n\r\nGET /\xe9 HTTP/1.1\r\n\r\n";
        let odd = b"GET /\xe9 HTTP/1.1\r\ncontent-LENGTH : 40\r\n\r\nGET /\xe9 HTTP/1.1\r\n\r\n";
        let told = String::from_utf8_lossy(&through(&[get, post])).into_owned();
        assert_eq!(told.matches("/%E9 ").count(), 3, "{told}");
        assert!(told.ends_with("\r\n\r\nGET /\u{fffd} HTTP/1.1\r\n\r\n"), "{told}");
        let told = String::from_utf8_lossy(&through(&[odd])).into_owned();
        assert_eq!(told.matches("/%E9 ").count(), 1, "{told}");
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
