//! Real servers for tests and benchmarks: Radicale (CardDAV), slapd (LDAP) and Pebble (ACME), each on a free port of the loopback interface, on
//! data of its own in a temporary folder, and gone when its handle is dropped. Linux only; `cargo xtask test` installs them.
//!
//! A server that can't be started panics with the reason: to its callers that is a failed test.

#![cfg(target_os = "linux")]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is a test's failure message"
)]

mod gate;
mod pebble;
mod process;
mod radicale;
mod slapd;

pub use gate::Gate;
pub use pebble::Pebble;
pub use process::free_port;
pub use radicale::{Radicale, tools};
pub use slapd::{BASE, Slapd, Tls};
