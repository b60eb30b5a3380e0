//! What can go wrong with a simulator, each with what to do about it.

use std::net::SocketAddr;
use std::time::Duration;

/// Why the simulator could not do what was asked. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum SimError {
    /// The configuration can't be used.
    #[error("the simulator can't start like this: {0}")]
    Config(String),
    /// The faults can't be used; nothing was changed.
    #[error("these faults can't be used, nothing was changed: {0}")]
    Faults(String),
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}. Choose another address, or port 0 for a free port")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// The HTTP client for callbacks can't be made.
    #[error("can't prepare the client that sends callbacks: {0}")]
    Client(reqwest::Error),
    /// There is no such account.
    #[error("there is no account {0} on this simulator; `phones` lists those that exist")]
    NoSuchAccount(String),
    /// What was asked does not fit what the phone is doing.
    #[error("{0}")]
    NotNow(String),
    /// A value of the request can't be used.
    #[error("{0}")]
    Request(String),
    /// Time can only be moved by hand when it was configured so.
    #[error("time passes by itself here; start the simulator with manual time to move it")]
    RealTime,
    /// The simulator was shut down.
    #[error("the simulator has stopped")]
    Stopped,
    /// The awaited event did not come.
    #[error("nothing of the kind happened within {} s; the record's end:\n{tail}", waited.as_secs_f64())]
    NotSeen {
        /// How long was waited.
        waited: Duration,
        /// The last entries of the record, as JSON lines.
        tail: String,
    },
}
