//! The real relay, on its own listeners, over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

#[cfg(target_os = "linux")]
mod acme;
mod callback;
mod cli;
mod cli_store;
mod codes;
mod container;
mod crowd;
mod dial;
mod dial_rules;
#[cfg(target_os = "linux")]
mod disk;
mod doctor;
mod doctor_asks;
mod flood;
mod forward;
mod fuzz;
#[cfg(target_os = "linux")]
mod http_2;
mod isolation;
mod kill;
mod metrics;
#[cfg(target_os = "linux")]
mod migration;
mod openapi;
mod platform;
mod recovery;
mod restart;
mod rotation;
#[cfg(unix)]
mod secrets;
mod serve;
mod stream;
mod support;
#[cfg_attr(not(unix), allow(dead_code, reason = "the tests of signals are for Unix"))]
mod support_process;
mod tls;
mod tokens;
