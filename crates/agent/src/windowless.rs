//! `centrex-trayw`: `centrex-tray` without a console, as `pythonw` is to `python`. On Windows the system starts this one,
//! with the session and for links, so that no console window flashes; what the command line prints needs the other one.

#![windows_subsystem = "windows"]

use std::process::ExitCode;

fn main() -> ExitCode {
    // See `main.rs`.
    let _ = rustls::crypto::ring::default_provider().install_default();
    centrex_tray::cli::main()
}
