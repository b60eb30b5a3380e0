//! The control protocol over its real transport, and its TypeScript bindings.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests: a panic is the failure message"
)]

mod bindings;
mod documented;
mod secrets;
mod transport;
