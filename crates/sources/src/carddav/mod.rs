//! Address books on a server (CardDAV, RFC 6352): found, and read one way.
//!
//! [`Client::books`] finds them; [`Client::plan`] says what of a book is to be fetched and what is gone, by its sync token
//! (RFC 6578), else by its ctag and the cards' entity tags; [`Client::fetch`] gets cards. What comes of it is the caller's: it
//! hands them to its book in pieces, and keeps [`Plan::token`] once it has all of them. What was fetched before an interruption
//! isn't fetched again: its entity tag is known.

mod client;
mod discovery;
mod plan;

use secrecy::SecretString;
use url::Url;

pub use client::Client;
pub use plan::{Known, Plan};

/// Where address books are, and who asks.
#[derive(Clone, Debug)]
pub struct Account {
    /// A book, or its server. `https`, or `http` on this computer alone.
    pub url: Url,
    /// Who asks.
    pub user: String,
    /// Their password; goes to [`Self::url`]'s server only.
    pub password: SecretString,
}

/// An address book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Book {
    /// Its address.
    pub url: Url,
    /// Its name for people; may be empty.
    pub name: String,
    /// The path by which the server is asked for it.
    href: String,
    /// It tells what changed since a token.
    supports_sync: bool,
}

impl Book {
    /// The same, as on a server that doesn't tell what changed since a token.
    #[must_use]
    pub fn without_sync(self) -> Self {
        Self {
            supports_sync: false,
            ..self
        }
    }
}
