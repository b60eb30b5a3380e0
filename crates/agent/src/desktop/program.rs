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
    let own = at_its_place(std::env::current_exe()?);
    if cfg!(windows) {
        let twin = own.with_file_name("centrex-trayw.exe");
        if twin.is_file() {
            return Ok(twin);
        }
    }
    Ok(own)
}

/// Linux says `… (deleted)` of a program whose file was replaced while it ran, as an upgrade does: the new one is meant.
fn at_its_place(told: PathBuf) -> PathBuf {
    let replaced = told.to_str().and_then(|told| told.strip_suffix(" (deleted)"));
    match replaced.map(PathBuf::from) {
        Some(place) if place.is_file() && !told.exists() => place,
        _ => told,
    }
}

/// Starts this program once more, as a process that outlives this one and says nothing where it was started. To be called
/// inside a Tokio runtime.
///
/// # Errors
/// The system doesn't tell where this program lies, or refuses a new process.
pub(crate) fn start_apart(arguments: &[&str]) -> io::Result<Child> {
    detached(&without_console()?).args(arguments).spawn()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_was_replaced_is_the_one_at_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("centrex-tray");
        let told = folder.path().join("centrex-tray (deleted)");
        assert_eq!(at_its_place(told.clone()), told, "nothing is there any more");
        std::fs::write(&place, "").unwrap();
        assert_eq!(at_its_place(told.clone()), place);
        assert_eq!(at_its_place(place.clone()), place);
        // Somebody calls a program so.
        std::fs::write(&told, "").unwrap();
        assert_eq!(at_its_place(told.clone()), told);
    }
}
