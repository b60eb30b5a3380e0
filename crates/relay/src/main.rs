//! `centrex-relay`: the relay as a program, and the commands of those who run it.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    // One crypto provider for the whole product; whoever came first installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    cli::run()
}
