//! Lines in and out of a local socket.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use interprocess::local_socket::tokio::Stream;
use serde::Serialize;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};
use tokio_util::codec::{FramedRead, LinesCodec, LinesCodecError};

use crate::protocol::MAX_LINE;

/// The lines that arrive.
pub(super) struct LineReader {
    lines: FramedRead<Receiving, LinesCodec>,
    /// `FramedRead` ends after each error and goes on when asked again; it may after a line that was only too long.
    resumes: bool,
}

/// Why a line couldn't be had.
#[derive(Debug)]
pub(super) enum LineError {
    /// Longer than [`MAX_LINE`]; it is skipped, the next one is fine.
    TooLong,
    /// Not UTF-8, or the connection broke: no more lines.
    Io(io::Error),
}

impl LineReader {
    /// The next line without its end; `None` once the other side has closed.
    pub(super) async fn next(&mut self) -> Option<Result<String, LineError>> {
        loop {
            match self.lines.next().await {
                Some(Ok(line)) => return Some(Ok(line)),
                Some(Err(LinesCodecError::MaxLineLengthExceeded)) => {
                    self.resumes = true;
                    return Some(Err(LineError::TooLong));
                }
                Some(Err(LinesCodecError::Io(error))) => return Some(Err(LineError::Io(error))),
                None if self.resumes => self.resumes = false,
                None => return None,
            }
        }
    }
}

/// The arriving direction of a shared stream, owned.
struct Receiving(Arc<Stream>);

impl AsyncRead for Receiving {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut &*self.0).poll_read(cx, buffer)
    }
}

/// The lines that leave.
pub(super) struct LineWriter(Arc<Stream>);

impl LineWriter {
    /// Writes one value as one line.
    ///
    /// # Errors
    /// `InvalidData` for a value longer than [`MAX_LINE`]; otherwise the connection's own.
    pub(super) async fn send(&mut self, value: &impl Serialize) -> io::Result<()> {
        let mut line = serde_json::to_vec(value)?;
        if line.len() > MAX_LINE {
            return Err(io::Error::new(
                io::ErrorKind::InvalidData,
                "a line longer than the protocol allows",
            ));
        }
        line.push(b'\n');
        let mut stream = &*self.0;
        stream.write_all(&line).await?;
        stream.flush().await
    }
}

/// Both directions of a connection.
pub(super) fn lines(stream: Stream) -> (LineReader, LineWriter) {
    let stream = Arc::new(stream);
    let lines = FramedRead::new(
        Receiving(Arc::clone(&stream)),
        LinesCodec::new_with_max_length(MAX_LINE),
    );
    (
        LineReader {
            lines,
            resumes: false,
        },
        LineWriter(stream),
    )
}

/// Refuses a peer that runs as another user than we do: whoever may write to the folder of the socket could put one of his own
/// there and be told what is meant for the agent. On Windows the pipe's security descriptor does it.
#[cfg(unix)]
pub(super) fn check_peer(stream: &Stream) -> io::Result<()> {
    use interprocess::local_socket::traits::StreamCommon;

    let ours = rustix::process::geteuid().as_raw();
    match stream.peer_creds()?.euid() {
        Some(peer) if peer == ours => Ok(()),
        _ => Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "the other side runs as another user",
        )),
    }
}

/// See the other one.
#[cfg(windows)]
pub(super) fn check_peer(_: &Stream) -> io::Result<()> {
    Ok(())
}
