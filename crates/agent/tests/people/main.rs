//! The contacts' threads and their sources, against a real book and real servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is a test's failure message"
)]

mod book;
#[cfg(target_os = "linux")]
mod carddav;
#[cfg(target_os = "linux")]
mod directory;
mod folder;
mod world;
