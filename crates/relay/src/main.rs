//! `centrex-relay`: the relay as a program, and the commands of those who run it.

mod cli;

use std::process::ExitCode;

/// What a callback takes is mostly given back by another thread than the one that asked for it; this allocator does that in
/// half the time of the system's (`docs/bench-relay.md`).
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // One crypto provider for the whole product; whoever came first installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    cli::run()
}
