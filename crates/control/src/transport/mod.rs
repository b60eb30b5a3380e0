//! Carries the protocol: newline-delimited JSON over a Unix socket or a named pipe that only this user can open.
//!
//! The agent binds a [`Server`] (which is also what makes it the only one of its profile); window, command line and tests
//! connect a [`Client`].

mod address;
mod client;
mod frame;
mod server;

pub use address::{Address, AddressError, RUNTIME_DIR_ENV};
pub use client::{Changes, Client, ConnectError, RequestError};
pub use server::{BindError, Connection, Incoming, Outgoing, Requests, Server};
