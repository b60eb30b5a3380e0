//! The desktop app: tray, notifications, keychain, links, command line.
//!
//! [`controller::Controller`] owns all state and is fed by one channel; what it decides comes from `companion`, what it
//! touches lies behind [`ports::Ports`].

pub mod cli;
pub mod controller;
pub mod desktop;
pub mod links;
pub mod now;
pub mod paths;
pub mod people;
pub mod ports;
pub mod view;

mod apart;
mod checks;
mod control_server;
mod data_lock;
mod dial;
mod enrol;
mod journal;
mod outbox;
mod regular;
mod relay_link;
mod renew;
mod settings_file;
mod token;
mod window;
