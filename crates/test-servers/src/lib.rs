//! Real servers for tests and benchmarks: Radicale (CardDAV) and slapd (LDAP), each on a free port of the loopback interface, on
//! data of its own in a temporary folder, and gone when its handle is dropped. Linux only; `cargo xtask test` installs both.
//!
//! A server that can't be started panics with the reason: to its callers that is a failed test.

#![cfg(target_os = "linux")]
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is a test's failure message"
)]

mod process;
mod radicale;
mod slapd;

pub use radicale::{Radicale, tools};
pub use slapd::{BASE, Slapd, Tls};
