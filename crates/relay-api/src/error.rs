//! What can go wrong between a desktop and its relay, told so that the caller can decide and a person can act.
//!
//! No variant carries an address with its query, a token or an enrolment code.

use std::time::Duration;

use crate::wire::{Problem, problem};

/// A client can't be made from these settings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// Not an absolute `http` or `https` address.
    #[error("the relay's address can't be read: {0}; write it like https://relay.example.org")]
    Address(String),
    /// Without TLS everyone on the way could read the token.
    #[error(
        "the relay's address starts with http://, which would send the token readable over the network; use https://"
    )]
    Plain,
    /// The TLS or proxy set-up failed.
    #[error("the HTTP client could not be set up: {0}")]
    Http(String),
}

/// One request to the relay failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The relay answered with its reason.
    #[error("the relay refused: {}", problem.detail.as_deref().unwrap_or(&problem.title))]
    Refused {
        /// The relay's own document; branch on its `type`.
        problem: Box<Problem>,
        /// When the relay asks to come back no earlier.
        retry_after: Option<Duration>,
    },
    /// No connection: nothing was sent.
    #[error("the relay can't be reached: {why}")]
    Unreachable {
        /// The cause, from the network.
        why: String,
    },
    /// No trusted TLS connection: nothing was sent.
    #[error("no trusted TLS connection to the relay: {why}")]
    Tls {
        /// The TLS library's words: an unknown issuer, an expired certificate.
        why: String,
    },
    /// No answer in time, after the request was sent.
    #[error("the relay did not answer in time")]
    TimedOut,
    /// The connection broke while the answer was awaited or read.
    #[error("the connection to the relay broke: {why}")]
    Interrupted {
        /// The cause, from the network.
        why: String,
    },
    /// Something answers at this address, but not as a relay does: a proxy, a sign-in page, another program.
    #[error("what answers at this address is not a relay (HTTP status {status})")]
    NotARelay {
        /// The HTTP status that came.
        status: u16,
    },
    /// A relay's answer that this version can't read.
    #[error("the relay's answer can't be understood: {why}")]
    Unreadable {
        /// Where reading stopped; never the content itself.
        why: String,
    },
}

impl ClientError {
    /// The relay's own document, when it sent one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused { problem, .. } => Some(problem),
            _ => None,
        }
    }

    /// The name of the relay's problem (`forbidden`), one of [`problem`]'s constants.
    pub fn problem_name(&self) -> Option<&str> {
        self.problem().and_then(Problem::name)
    }

    /// The token isn't accepted (any more): enrol again.
    pub fn is_unauthorized(&self) -> bool {
        self.problem_name() == Some(problem::UNAUTHORIZED)
    }

    /// After a failed `place_call`: whether a phone may have rung all the same. When in doubt, yes: the stream of events
    /// settles it.
    pub fn may_have_rung(&self) -> bool {
        match self {
            Self::Refused { problem, .. } => problem.may_have_rung.unwrap_or(problem.status >= 500),
            Self::Unreachable { .. } | Self::Tls { .. } => false,
            Self::NotARelay { status } => !(300..500).contains(status),
            Self::TimedOut | Self::Interrupted { .. } | Self::Unreadable { .. } => true,
        }
    }

    /// Trying the same again later may work. Never a reason to place a call again by itself.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused { problem, .. } => problem.status == 429 || problem.status >= 500,
            Self::Unreachable { .. } | Self::TimedOut | Self::Interrupted { .. } => true,
            Self::NotARelay { status } => *status == 429 || *status >= 500,
            Self::Tls { .. } | Self::Unreadable { .. } => false,
        }
    }

    /// Sorts an error of the HTTP library. Its address is dropped first: an enrolment code stands in it.
    pub(crate) fn from_http(error: reqwest::Error) -> Self {
        let error = error.without_url();
        // Only while connecting: a TLS error later comes after the request.
        let tls = causes(&error).find_map(|cause| cause.downcast_ref::<rustls::Error>());
        if let Some(tls) = tls.filter(|_| error.is_connect()) {
            return Self::Tls { why: tls.to_string() };
        }
        if error.is_connect() || error.is_builder() {
            return Self::Unreachable {
                why: innermost(&error),
            };
        }
        if error.is_timeout() {
            return Self::TimedOut;
        }
        Self::Interrupted {
            why: innermost(&error),
        }
    }
}

/// An error and what caused it, from the outside in.
fn causes<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(Some(error), |error| {
        match error.downcast_ref::<std::io::Error>() {
            // io::Error leaves out the error that it wraps and goes on to that one's source.
            Some(io) => io
                .get_ref()
                .map(|inner| inner as &(dyn std::error::Error + 'static)),
            None => error.source(),
        }
    })
}

/// The cause at the bottom of an error's chain: "Connection refused (os error 111)".
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
