//! Request targets that are no URLs, made into some before the HTTP library sees them.
//!
//! A careless sender puts a name or a number into a query as it is: with accents in Latin-1, quotes, blanks. The library
//! refuses such a request by itself, so a callback would be lost without a trace. Here every byte of a request target that
//! can't stand in a URL is percent-encoded instead, which is what the sender should have done; what comes after the request
//! line, or beside the path, passes untouched.

mod frames;
mod hpack;
mod lines;

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

pub(super) use frames::Frames;
pub(super) use lines::{Lines, has_unknown_end};

/// Longer heads of requests are refused by the library: room for the longest address that it takes (64 KiB), and for headers.
pub(super) const LONGEST: usize = 80 * 1024;

/// What is read of the socket at a time.
const CHUNK: usize = 4096;

/// A connection's bytes, taken in whatever pieces and given on with request targets that are URLs.
pub(super) trait Rewrite {
    /// Whether nothing is looked at or held any more.
    fn passes(&self) -> bool;
    /// Looks at nothing any more; gives what is held of something that isn't whole.
    fn give_up(&mut self) -> Vec<u8>;
    /// Takes the next bytes, and adds to `out` what is to be given on.
    fn take(&mut self, bytes: &[u8], out: &mut Vec<u8>);
}

/// A connection whose requests have targets that are URLs.
pub(super) struct Targets<S, R> {
    inner: S,
    rewrite: R,
    /// Ready to be read. Empty, and without memory of its own, whenever nothing is.
    ready: Vec<u8>,
    taken: usize,
}

impl<S, R: Default> Targets<S, R> {
    pub(super) fn new(inner: S) -> Self {
        Self {
            inner,
            rewrite: R::default(),
            ready: Vec::new(),
            taken: 0,
        }
    }
}

impl<S, R> Targets<S, R> {
    /// The connection itself, once nothing more is asked on it.
    pub(super) fn into_inner(self) -> S {
        self.inner
    }

    fn hand_out(&mut self, buffer: &mut ReadBuf<'_>) {
        let waiting = &self.ready[self.taken..];
        let count = waiting.len().min(buffer.remaining());
        buffer.put_slice(&waiting[..count]);
        self.taken += count;
        if self.taken == self.ready.len() {
            self.ready = Vec::new();
            self.taken = 0;
        }
    }
}

impl<S: AsyncRead + Unpin, R: Rewrite + Unpin> AsyncRead for Targets<S, R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        while this.ready.is_empty() {
            if this.rewrite.passes() {
                return Pin::new(&mut this.inner).poll_read(context, buffer);
            }
            let mut chunk = [MaybeUninit::uninit(); CHUNK];
            let mut read = ReadBuf::uninit(&mut chunk);
            ready!(Pin::new(&mut this.inner).poll_read(context, &mut read))?;
            if read.filled().is_empty() {
                // The end; what was begun goes on as it is.
                this.ready = this.rewrite.give_up();
                if this.ready.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            } else {
                this.rewrite.take(read.filled(), &mut this.ready);
            }
        }
        this.hand_out(buffer);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin, R: Unpin> AsyncWrite for Targets<S, R> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}

/// A target with every byte percent-encoded that can't stand in one.
fn encode(target: &[u8], out: &mut Vec<u8>) {
    for byte in target {
        if stands_in_urls(*byte) {
            out.push(*byte);
        } else {
            let digit = |half: u8| b"0123456789ABCDEF"[usize::from(half)];
            out.extend([b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// What the HTTP library takes in a target; a fragment's `#` it would cut off with all that follows.
fn stands_in_urls(byte: u8) -> bool {
    byte.is_ascii_graphic() && !matches!(byte, b'"' | b'#' | b'<' | b'>')
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[tokio::test]
    async fn a_small_buffer_reads_all_of_it() {
        let (mut sender, receiver) = tokio::io::duplex(7);
        let sent = async move {
            sender
                .write_all(b"GET /?n=\xe9\xe8 HTTP/1.1\r\n\r\nrest")
                .await
                .unwrap();
        };
        let mut received = Vec::new();
        let mut targets = Targets::<_, Lines>::new(receiver);
        let read = async {
            let mut buffer = [0; 3];
            loop {
                match targets.read(&mut buffer).await.unwrap() {
                    0 => break,
                    count => received.extend_from_slice(&buffer[..count]),
                }
            }
        };
        tokio::join!(sent, read);
        assert_eq!(received, b"GET /?n=%E9%E8 HTTP/1.1\r\n\r\nrest");
    }
}
