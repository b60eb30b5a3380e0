//! What can be wrong with a server.

use std::error::Error;

/// Why a server wasn't read. Each has its own sentence, which names the server beside it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Trouble {
    /// A secret would travel unencrypted.
    #[error("the way to the server is not encrypted")]
    Insecure,
    /// The name can't be resolved, nothing answers there, or the connection broke.
    #[error("the server can't be reached")]
    Unreachable,
    /// It didn't answer in time.
    #[error("the server doesn't answer in time")]
    TimedOut,
    /// Its certificate isn't trusted, or TLS failed otherwise.
    #[error("the server's certificate isn't trusted, or TLS failed otherwise")]
    Certificate,
    /// It refuses the name or the password.
    #[error("the server refuses the name or the password")]
    Password,
    /// It knows who asks, and doesn't let them read.
    #[error("the server doesn't allow it")]
    Forbidden,
    /// It wants to be asked under another address, which isn't followed with a password in hand.
    #[error("the server sends to {host}")]
    Elsewhere {
        /// The other server.
        host: String,
    },
    /// It answers with an error of its own.
    #[error("the server answers with an error: {code}")]
    Refused {
        /// An HTTP status, or a result code of LDAP (RFC 4511, 4.1.9).
        code: u32,
    },
    /// It answers, but not as such a server does.
    #[error("this is no such server")]
    NotOne,
    /// Its answer is larger than an honest one.
    #[error("the server's answer is too large")]
    TooLarge,
    /// A CardDAV server on which this user has no address book, or none of those that are wanted.
    #[error("there is no address book there")]
    NoBook,
    /// A directory that doesn't have what it is to search in.
    #[error("the directory doesn't have the base to search in")]
    NoBase,
    /// A directory that can't make sense of the filter.
    #[error("the filter can't be used")]
    Filter,
}

impl Trouble {
    /// One of each, so that a test can hold the words to them.
    pub fn all() -> Vec<Self> {
        vec![
            Self::Insecure,
            Self::Unreachable,
            Self::TimedOut,
            Self::Certificate,
            Self::Password,
            Self::Forbidden,
            Self::Elsewhere { host: String::new() },
            Self::Refused { code: 0 },
            Self::NotOne,
            Self::TooLarge,
            Self::NoBook,
            Self::NoBase,
            Self::Filter,
        ]
    }

    /// Stable, for words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Insecure => "insecure",
            Self::Unreachable => "unreachable",
            Self::TimedOut => "timed-out",
            Self::Certificate => "certificate",
            Self::Password => "password",
            Self::Forbidden => "forbidden",
            Self::Elsewhere { .. } => "elsewhere",
            Self::Refused { .. } => "refused",
            Self::NotOne => "not-one",
            Self::TooLarge => "too-large",
            Self::NoBook => "no-book",
            Self::NoBase => "no-base",
            Self::Filter => "filter",
        }
    }

    /// The server refuses who asks: it waits for a person, and asking again may lock an account.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Password | Self::Forbidden)
    }

    /// It may well be over in a few minutes.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unreachable | Self::TimedOut)
            || matches!(self, Self::Refused { code } if *code == 429 || (500..600).contains(code))
    }
}

/// Whether TLS is what failed, somewhere in an error's chain.
pub(crate) fn is_tls(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<rustls::Error>() {
            return true;
        }
        // An I/O error gives the cause of its inner error as its own, and skips the inner one.
        let inner = error
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref);
        if inner.is_some_and(|inner| inner.is::<rustls::Error>()) {
            return true;
        }
        next = error.source();
    }
    false
}
