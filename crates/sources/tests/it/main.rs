//! Names from the network, from real servers and from hostile ones.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is a test's failure message"
)]

mod carddav;
mod hostile;
mod ldap;
mod parts;
