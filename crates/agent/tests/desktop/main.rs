//! The desktop's parts against real D-Bus services, each test in a session of its own: own bus, own home, own display.
#![cfg(target_os = "linux")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a panic is the failure's message; what a session said is shown with it"
)]

mod alone;
mod clipboard;
mod complaints;
mod daemons;
mod dnd;
mod doctor;
mod hostile;
mod hotkey;
mod keychain;
mod links;
mod lock;
mod notifications;
#[path = "../common/office.rs"]
mod office;
mod opener;
mod presence;
mod programs;
mod session;
mod tray;
mod way;
mod world;
