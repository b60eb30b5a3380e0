//! What the agent, its window and its command line say to each other.
//!
//! [`protocol`] is the one place that documents the wire; [`transport`] carries it over a Unix socket or a named pipe;
//! [`profile`] tells several agents of one person apart;
//! [`bindings`] writes the wire's types down for the window's page.

pub mod bindings;
pub mod profile;
pub mod protocol;
pub mod transport;

/// Tells the window's process how many seconds (decimals allowed) it stays after the window was closed.
pub const WINDOW_LINGER_ENV: &str = "CENTREX_TRAY_WINDOW_LINGER_S";
