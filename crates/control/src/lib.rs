//! What the agent, its window and its command line say to each other.
//!
//! [`protocol`] is the one place that documents the wire; [`transport`] carries it over a Unix socket or a named pipe.

pub mod protocol;
