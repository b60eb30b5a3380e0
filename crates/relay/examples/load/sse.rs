//! Reading Server-Sent Events, in HTTP's chunks or until the connection's end.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::ready;

use tokio::io::{AsyncRead as _, AsyncWriteExt as _, ReadBuf};
use tokio::net::TcpStream;

use crate::{Result, Target};

/// The longest head of an answer.
const HEAD: usize = 16 * 1024;

thread_local! {
    /// Nobody keeps it across a wait.
    static BUFFER: RefCell<Vec<u8>> = RefCell::new(vec![0; 256 * 1024]);
}

/// An open stream.
#[derive(Debug)]
pub(crate) struct Stream {
    socket: TcpStream,
    decoder: Decoder,
}

impl Stream {
    /// Opens the stream of this number, from a position if there is one.
    pub(crate) async fn open(target: &Target, number: usize, after: &[u8]) -> Result<Self> {
        let mut socket = TcpStream::connect(target.spec.address).await?;
        socket.set_nodelay(true)?;
        socket
            .write_all(target.subscribe(number, after).as_bytes())
            .await?;
        let decoder = Decoder::default();
        Ok(Self { socket, decoder })
    }

    /// Reads until the answer's head is there. Events that came with it go to `take`.
    pub(crate) async fn opened(&mut self, take: &mut impl FnMut(&[u8], &[u8])) -> Result<()> {
        while !matches!(self.decoder.place, Place::Size(_) | Place::Data(_) | Place::Break) {
            if !self.read(take).await? {
                return Err("a stream ended before it began".into());
            }
        }
        Ok(())
    }

    /// What is there, or what comes next: id and data of each event. False at the end of the stream.
    pub(crate) async fn read(&mut self, take: &mut impl FnMut(&[u8], &[u8])) -> Result<bool> {
        poll_fn(|context| {
            BUFFER.with_borrow_mut(|buffer| {
                let mut buffer = ReadBuf::new(buffer);
                if let Err(error) = ready!(Pin::new(&mut self.socket).poll_read(context, &mut buffer)) {
                    return Err(error.into()).into();
                }
                let bytes = buffer.filled();
                if bytes.is_empty() {
                    return Ok(false).into();
                }
                self.decoder.take_in(bytes, take).into()
            })
        })
        .await
    }
}

/// Where in the answer the next byte is.
#[derive(Debug, Default)]
enum Place {
    #[default]
    Head,
    /// In a chunk's size.
    Size(usize),
    /// In a chunk, with so many bytes to come.
    Data(usize),
    /// In the line break behind a chunk.
    Break,
    End,
}

#[derive(Debug, Default)]
struct Decoder {
    place: Place,
    /// The head, or a line that isn't whole.
    part: Vec<u8>,
    id: Vec<u8>,
}

impl Decoder {
    /// False at the end.
    fn take_in(&mut self, mut bytes: &[u8], take: &mut impl FnMut(&[u8], &[u8])) -> Result<bool> {
        while let [first, rest @ ..] = bytes {
            match &mut self.place {
                Place::Head => {
                    self.part.push(*first);
                    bytes = rest;
                    if self.part.ends_with(b"\r\n\r\n") {
                        self.place = if is_chunked(&self.part)? {
                            Place::Size(0)
                        } else {
                            // All that comes until the connection's end.
                            Place::Data(usize::MAX)
                        };
                        self.part = Vec::new();
                    } else if self.part.len() > HEAD {
                        return Err("an answer without an end of its head".into());
                    }
                }
                Place::Size(size) => {
                    bytes = rest;
                    if let Some(digit) = char::from(*first).to_digit(16) {
                        *size = *size * 16 + digit as usize;
                    } else if *first == b'\n' {
                        self.place = if *size == 0 {
                            Place::End
                        } else {
                            Place::Data(*size)
                        };
                    }
                }
                Place::Data(left) => {
                    let (text, rest) = bytes.split_at(bytes.len().min(*left));
                    *left -= text.len();
                    if *left == 0 {
                        self.place = Place::Break;
                    }
                    bytes = rest;
                    self.lines(text, take);
                }
                Place::Break => {
                    bytes = rest;
                    if *first == b'\n' {
                        self.place = Place::Size(0);
                    }
                }
                Place::End => return Ok(false),
            }
        }
        Ok(!matches!(self.place, Place::End))
    }

    fn lines(&mut self, mut text: &[u8], take: &mut impl FnMut(&[u8], &[u8])) {
        while let Some(end) = text.iter().position(|byte| *byte == b'\n') {
            let (line, rest) = (&text[..end], &text[end + 1..]);
            text = rest;
            if self.part.is_empty() {
                Self::line(&mut self.id, line, take);
            } else {
                self.part.extend_from_slice(line);
                Self::line(&mut self.id, &self.part, take);
                self.part.clear();
            }
        }
        self.part.extend_from_slice(text);
    }

    /// Both servers write an event's id before its data, and one line of data.
    fn line(id: &mut Vec<u8>, line: &[u8], take: &mut impl FnMut(&[u8], &[u8])) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if let Some(new) = line.strip_prefix(b"id: ") {
            id.clear();
            id.extend_from_slice(new);
        } else if let Some(data) = line.strip_prefix(b"data: ") {
            take(id, data);
        }
    }
}

/// Of the head of a good answer.
fn is_chunked(head: &[u8]) -> Result<bool> {
    let text = String::from_utf8_lossy(head).to_ascii_lowercase();
    if !text.starts_with("http/1.1 200") {
        return Err(format!("a stream was refused: {}", text.lines().next().unwrap_or("")).into());
    }
    Ok(text.contains("transfer-encoding: chunked"))
}

/// The call and which of its events this is; `None` for what isn't one of ours.
pub(crate) fn which(data: &[u8]) -> Option<(u64, usize)> {
    // Not a snapshot, which has calls in it too.
    let call = after(data, b"\"kind\":\"call\"")?;
    let call = after(call, b"\"call_id\":\"c")?;
    let end = call.iter().position(|byte| !byte.is_ascii_digit())?;
    let number = std::str::from_utf8(&call[..end]).ok()?.parse().ok()?;
    let event = match after(call, b"\"state\":\"")? {
        [b'r', ..] => 0,
        [b'c', ..] => 1,
        [b'e', ..] => 2,
        _ => return None,
    };
    Some((number, event))
}

fn after<'a>(data: &'a [u8], what: &[u8]) -> Option<&'a [u8]> {
    let place = data.windows(what.len()).position(|window| window == what)?;
    data.get(place + what.len()..)
}
