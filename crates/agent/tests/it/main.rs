//! The agent as a whole: its controller with a fake desktop, its real control socket, journal and settings file, against
//! the real relay and the simulated platform; and the real program's command line.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is a test's failure message"
)]

mod calls;
mod command_line;
mod contacts;
mod crowd;
mod direct;
#[cfg(target_os = "linux")]
mod directories;
mod doctor;
mod enrolment;
mod everything;
mod fakes;
mod hotkey;
mod journal;
mod links;
#[path = "../common/office.rs"]
mod office;
mod resume;
mod setup;
mod token;
mod world;
