//! The relay: receives the platform's callbacks and passes each to the right desktops.
//!
//! The way of a callback: HTTP ([`http`]) → understood ([`ingest`]) → put to its call ([`correlate`], pure) → on disk
//! ([`store`]) → answered 200, and handed ([`hub`]) to the streams ([`feed`]).
//!
//! What holds throughout: an answer of 2xx to the platform and an event on a stream both mean *on disk*; a stream carries
//! its token's accounts only; positions grow, restarts and lost databases included.

pub mod acme;
pub mod address;
mod causes;
pub mod correlate;
pub mod dial;
pub mod doctor;
pub mod enrolment;
pub mod feed;
pub mod follow;
pub mod forward;
#[cfg(test)]
mod fuzz;
pub mod http;
pub mod hub;
pub mod ingest;
mod listener;
pub mod lock;
pub mod measures;
mod owner;
pub mod problem;
pub mod proxies;
pub mod purge;
pub mod secret;
pub mod server;
pub mod sessions;
pub mod settings;
#[cfg(test)]
mod simulation;
pub mod store;
pub mod time;
pub mod tls;
pub mod told;
mod upkeep;
