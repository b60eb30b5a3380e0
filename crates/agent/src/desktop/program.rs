//! The program that the system starts for us: with the session, and for a link.

use std::io;
use std::path::PathBuf;

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
