//! Words of the trade, pure: E.164 numbers, what may be dialled, call ids, calls and their states.
//!
//! No I/O, no clock, no randomness. Everything else in the workspace depends on this crate, and it depends on none.

pub mod call;
pub mod number;

pub use call::{AccountId, Call, CallId, CallState, Direction};
pub use number::{E164, NotE164, Party};
