//! The agent's half: one listener a profile, one [`Connection`] a client.

use std::fs::{File, TryLockError};
use std::io;

use interprocess::local_socket::{
    ListenerOptions, tokio::Listener, tokio::Stream, traits::tokio::Listener as _,
};
use serde::Deserialize;

use super::address::Address;
use super::frame::{LineError, LineReader, LineWriter, check_peer, lines};
use crate::protocol::{ClientLine, Error, ErrorCode, Message, Request, ServerLine, VERSION};

/// The listening side. While it lives, no other agent of the profile can start.
pub struct Server {
    // Dropped before the lock: the socket's file goes while nobody else may make one.
    listener: Listener,
    _lock: File,
}

/// Why the agent can't listen.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Another agent of this profile runs, or is just starting: talk to that one.
    #[error("another agent of this profile is running")]
    AlreadyRunning,
    /// The folder is another user's, or others may write to it: they could put a socket there that isn't ours.
    #[error("the folder {folder} is not this user's alone", folder = folder.display())]
    NotPrivate {
        /// The folder.
        folder: std::path::PathBuf,
    },
    /// The folder, the lock or the socket can't be made.
    #[error("the control socket {path} can't be made: {error}", path = path.display())]
    Io {
        /// The socket's file.
        path: std::path::PathBuf,
        /// What the system said.
        #[source]
        error: io::Error,
    },
}

impl Server {
    /// Becomes the only agent of the profile, or learns that there is one. A socket that a dead agent left is replaced.
    /// Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`BindError::AlreadyRunning`] while another process holds the profile; [`BindError::NotPrivate`] where others could
    /// stand in for it; [`BindError::Io`] otherwise.
    pub fn bind(address: &Address) -> Result<Self, BindError> {
        let failed = |error| BindError::Io {
            path: address.socket_file(),
            error,
        };
        make_private_folder(address.folder()).map_err(failed)?;
        if !is_private(address.folder()).map_err(failed)? {
            return Err(BindError::NotPrivate {
                folder: address.folder().to_owned(),
            });
        }
        let lock = open_lock(address).map_err(failed)?;
        // The lock, not the socket, decides who is first: the system frees it however its holder ends.
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BindError::AlreadyRunning),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        remove_stale_socket(address).map_err(failed)?;
        let name = address.os_name().map_err(failed)?;
        let options = restrict(ListenerOptions::new().name(name)).map_err(failed)?;
        let listener = options.create_tokio().map_err(failed)?;
        Ok(Self {
            listener,
            _lock: lock,
        })
    }

    /// The next client of this user. Peers of other users are turned away without a word.
    ///
    /// # Errors
    /// The listener's own; a caller may go on after a pause.
    pub async fn accept(&mut self) -> io::Result<Connection> {
        loop {
            let stream = self.listener.accept().await?;
            match check_peer(&stream) {
                Ok(()) => return Ok(Connection::new(stream)),
                Err(error) => tracing::warn!(%error, "a control connection was turned away"),
            }
        }
    }
}

#[cfg(unix)]
fn make_private_folder(folder: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(windows)]
fn make_private_folder(folder: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Whether the folder is ours and nobody else may put anything there. It may have been made by somebody else.
#[cfg(unix)]
fn is_private(folder: &std::path::Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(folder)?;
    Ok(found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o022 == 0)
}

/// The pipe doesn't lie there, and has a security descriptor of its own.
#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "the other half can fail")]
fn is_private(_: &std::path::Path) -> io::Result<bool> {
    Ok(true)
}

fn open_lock(address: &Address) -> io::Result<File> {
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(address.lock_file())
}

/// Only called with the lock held: whoever made the file is gone.
fn remove_stale_socket(address: &Address) -> io::Result<()> {
    match std::fs::remove_file(address.socket_file()) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// For this user only. macOS knows no mode of a socket; the folder's does it there.
#[cfg(unix)]
#[expect(clippy::unnecessary_wraps, reason = "the Windows half can fail")]
fn restrict(options: ListenerOptions<'_>) -> io::Result<ListenerOptions<'_>> {
    use interprocess::os::unix::local_socket::ListenerOptionsExt;
    Ok(if cfg!(target_os = "linux") {
        options.mode(0o600)
    } else {
        options
    })
}

/// For this user only: full access for the pipe's owner (`OW`), inherited access entries cut off (`P`).
#[cfg(windows)]
fn restrict(options: ListenerOptions<'_>) -> io::Result<ListenerOptions<'_>> {
    use interprocess::os::windows::local_socket::ListenerOptionsExt;
    use interprocess::os::windows::security_descriptor::SecurityDescriptor;
    let descriptor = SecurityDescriptor::deserialize(widestring::u16cstr!("D:P(A;;GA;;;OW)"))?;
    Ok(options.security_descriptor(descriptor))
}

/// One client.
pub struct Connection {
    /// What it asks.
    pub requests: Requests,
    /// What it is told.
    pub outgoing: Outgoing,
}

impl Connection {
    fn new(stream: Stream) -> Self {
        let (reader, writer) = lines(stream);
        Self {
            requests: Requests(reader),
            outgoing: Outgoing(writer),
        }
    }
}

/// The requests of one client.
pub struct Requests(LineReader);

/// A line of a client.
#[derive(Debug)]
pub enum Incoming {
    /// It asks for something: owes one reply with this id.
    Request {
        /// The request's.
        id: u64,
        /// What it wants.
        request: Request,
    },
    /// The line can't be obeyed: send this as the reply.
    Refused {
        /// The line's, or 0 when it has none that can be read.
        id: u64,
        /// Why.
        error: Error,
    },
}

impl Requests {
    /// The next line; `None` once the client has gone.
    pub async fn next(&mut self) -> Option<Incoming> {
        match self.0.next().await? {
            Ok(line) => Some(read(&line)),
            Err(LineError::TooLong) => Some(refused(0, ErrorCode::BadRequest, "control-line-too-long")),
            Err(LineError::Io(error)) => {
                tracing::debug!(%error, "a control connection broke");
                None
            }
        }
    }
}

/// What every version's line has.
#[derive(Deserialize)]
struct Head {
    v: u32,
    #[serde(default)]
    id: u64,
}

fn read(line: &str) -> Incoming {
    let Ok(head) = serde_json::from_str::<Head>(line) else {
        return refused(0, ErrorCode::BadRequest, "control-bad-request");
    };
    if head.v != VERSION {
        return refused(head.id, ErrorCode::Version, "control-version");
    }
    match serde_json::from_str::<ClientLine>(line) {
        Ok(line) => Incoming::Request {
            id: line.id,
            request: line.request,
        },
        Err(_) => refused(head.id, ErrorCode::BadRequest, "control-bad-request"),
    }
}

fn refused(id: u64, code: ErrorCode, message: &str) -> Incoming {
    Incoming::Refused {
        id,
        error: failed(code, message),
    }
}

fn failed(code: ErrorCode, message: &str) -> Error {
    let message = Message {
        id: message.to_owned(),
        args: Default::default(),
    };
    Error { code, message }
}

/// The way to one client.
pub struct Outgoing(LineWriter);

impl Outgoing {
    /// Sends one line; waits while the client doesn't read. An answer longer than the protocol allows becomes an error that
    /// says so, and a change as long is left out.
    ///
    /// # Errors
    /// When the client has gone.
    pub async fn send(&mut self, line: &ServerLine) -> io::Result<()> {
        match self.0.send(line).await {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!(%error, "not everything is told to a client of the control socket");
                match line {
                    ServerLine::Reply { id, .. } => {
                        let error = failed(ErrorCode::Failed, "control-answer-too-long");
                        let result = Err(error);
                        self.0.send(&ServerLine::Reply { id: *id, result }).await
                    }
                    ServerLine::Change { .. } => Ok(()),
                }
            }
            sent => sent,
        }
    }
}
