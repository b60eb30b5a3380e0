//! The program that the system starts for us: with the session, and for a link.

use std::io;
use std::path::PathBuf;

use tokio::process::Child;

use super::programs::detached;

/// Where the program lies that opens no console window: on Windows `centrex-trayw` beside this one, where it is installed;
/// everywhere else this program.
///
/// # Errors
/// The system doesn't tell where this program lies.
pub(super) fn without_console() -> io::Result<PathBuf> {
    let own = std::env::current_exe()?;
    if cfg!(windows) {
        let twin = own.with_file_name("centrex-trayw.exe");
        if twin.is_file() {
            return Ok(twin);
        }
    }
    Ok(own)
}

/// Starts this program once more, as a process that outlives this one and says nothing where it was started. To be called
/// inside a Tokio runtime.
///
/// # Errors
/// The system doesn't tell where this program lies, or refuses a new process.
pub(crate) fn start_apart(arguments: &[&str]) -> io::Result<Child> {
    detached(&without_console()?).args(arguments).spawn()
}
