//! The desktop's parts against real D-Bus services, each test in a session of its own: own bus, own home, own display.
#![cfg(target_os = "linux")]

mod keychain;
mod notifications;
mod session;
mod tray;
mod world;
