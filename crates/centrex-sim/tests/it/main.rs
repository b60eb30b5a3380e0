//! The simulator through real HTTP, and its program.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of the tests are tests too: a panic there is the failure message"
)]

mod answers;
mod api;
mod calls;
mod control;
mod faults;
mod groups;
mod program;
mod repeat;
mod support;
