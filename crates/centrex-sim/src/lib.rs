//! The Centrex platform, simulated: a library for tests and a program for people.

mod chance;
mod config;
mod deliver;
mod engine;
mod error;
pub mod faults;
mod number;
mod query;
mod record;
pub mod seconds;
mod server;
mod sim;
mod world;

pub use config::{Account, Config, InternalCalls, StartCallback, Time, Timing};
pub use error::SimError;
pub use faults::Faults;
pub use number::E164;
pub use record::{Entry, Filter, Kind};
pub use sim::Sim;
pub use world::{Dial, Dialled, HangUp, HangUpBy, PhoneCall, PhoneState, PhoneStatus, Ring};
