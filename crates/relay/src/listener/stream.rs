//! A stream over HTTP/1.1, sent by a task that holds nothing but what it needs: there are thousands, and most of them are
//! quiet. An event goes out as the bytes that were made once for all who hear it.

use std::fmt::Write as _;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::{Instant, sleep_until};

use super::places::Place;
use crate::feed::{Feed, Form};
use crate::http::events::Granted;

/// The last chunk (RFC 9112, 7.1).
const END: &[u8] = b"0\r\n\r\n";

/// A stream that was granted.
pub(super) struct Stream<S> {
    socket: S,
    head: String,
    feed: Feed,
    heartbeat: Duration,
    place: Arc<Place>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream<S> {
    /// Over this socket, with this head before it. `None` when its feed was taken before.
    pub(super) fn new(
        socket: S,
        head: &http::response::Parts,
        granted: &Granted,
        place: Arc<Place>,
    ) -> Option<Self> {
        Some(Self {
            socket,
            head: head_of(head),
            feed: granted.take()?.in_form(Form::Chunks),
            heartbeat: granted.heartbeat,
            place,
        })
    }

    /// Sends until the feed ends, or the peer goes.
    pub(super) async fn run(self) {
        // Not `self` in the future: parts that aren't needed any more would stay.
        let Self {
            socket,
            head,
            feed,
            heartbeat,
            place,
        } = self;
        if let Err(error) = send_all(socket, head.into(), feed, heartbeat).await {
            tracing::debug!(%error, "a stream broke");
        }
        drop(place);
    }
}

async fn send_all(
    mut socket: impl AsyncRead + AsyncWrite + Unpin,
    head: Bytes,
    mut feed: Feed,
    heartbeat: Duration,
) -> std::io::Result<()> {
    send(&mut socket, head).await?;
    let mut sent = Instant::now();
    // Moved only when it is over: most of the time, an event came meanwhile.
    let mut quiet = pin!(sleep_until(sent + heartbeat));
    loop {
        let bytes = loop {
            tokio::select! {
                biased;
                bytes = feed.next() => break bytes,
                () = quiet.as_mut() => {
                    if sent.elapsed() >= heartbeat {
                        send(&mut socket, feed.sign_of_life()).await?;
                        sent = Instant::now();
                    }
                    quiet.as_mut().reset(sent + heartbeat);
                }
                over = is_over(&mut socket) => {
                    if over? {
                        return Ok(());
                    }
                }
            }
        };
        let Some(bytes) = bytes else { break };
        send(&mut socket, bytes).await?;
        sent = Instant::now();
    }
    send(&mut socket, Bytes::from_static(END)).await?;
    socket.shutdown().await
}

async fn send(socket: &mut (impl AsyncWrite + Unpin), bytes: Bytes) -> std::io::Result<()> {
    socket.write_all(&bytes).await?;
    socket.flush().await
}

/// Whether the peer is gone. What it still says isn't heard: this connection answers nothing after the stream.
async fn is_over(socket: &mut (impl AsyncRead + Unpin)) -> std::io::Result<bool> {
    Ok(socket.read(&mut [0; 64]).await? == 0)
}

fn head_of(parts: &http::response::Parts) -> String {
    let mut head = String::from("HTTP/1.1 200 OK\r\n");
    for (name, value) in &parts.headers {
        if let Ok(value) = value.to_str() {
            // Writing to a string can't fail.
            let _ = write!(head, "{name}: {value}\r\n");
        }
    }
    if let Ok(date) = DateTimePrinter::new().timestamp_to_rfc9110_string(&Timestamp::now()) {
        let _ = write!(head, "date: {date}\r\n");
    }
    head.push_str("transfer-encoding: chunked\r\nconnection: close\r\n\r\n");
    head
}
