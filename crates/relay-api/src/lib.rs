//! What relay and desktop say to each other: the wire types of the relay's HTTP surface, a client of it, and the
//! subscriber that resumes.
//!
//! Whoever uses [`client`] or [`subscribe`] installs a rustls provider first
//! (`rustls::crypto::ring::default_provider().install_default()`), or building a client fails.

pub mod client;
pub mod error;
pub mod reading;
pub mod subscribe;
pub mod wire;

mod backoff;
mod http;
mod sse;

pub use backoff::{Jitter, ThreadJitter};
pub use client::{ClientOptions, RelayClient, RelayUrl};
pub use error::{ClientError, SetupError};
pub use subscribe::{DownReason, SubscribeOptions, Subscription, Update};
