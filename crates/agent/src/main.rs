//! `centrex-tray`: see the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Fails only when there is one already. One TLS provider for the whole program; without it no client can be built.
    let _ = rustls::crypto::ring::default_provider().install_default();
    centrex_tray::cli::main()
}
