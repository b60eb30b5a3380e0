//! Starting with the session, hidden in the tray.
//!
//! Own lines instead of `auto-launch`: that crate quotes no path and looks for XDG's folder in one place only.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod imp;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod imp;

use super::{APP_ID, program};

/// Starting with the session can't be changed.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {cause}")]
pub struct AutostartError {
    /// What was tried, and where.
    what: String,
    /// Why it failed, in the system's words.
    cause: std::io::Error,
}

/// Says for [`std::io::Error`]s what was tried.
fn trying<E: Into<std::io::Error>>(what: impl Into<String>) -> impl FnOnce(E) -> AutostartError {
    move |cause| AutostartError {
        what: what.into(),
        cause: cause.into(),
    }
}

/// Whether this profile starts with the session.
///
/// # Errors
/// The system's folder or registry can't be read.
pub fn is_on(profile: &str) -> Result<bool, AutostartError> {
    imp::is_on(&entry(profile))
}

/// From now on, this profile starts with the session, or doesn't any more. Saying twice is saying once.
///
/// # Errors
/// The system's folder or registry can't be written.
pub fn set(profile: &str, on: bool) -> Result<(), AutostartError> {
    if !on {
        return imp::remove(&entry(profile));
    }
    let program = program::without_console().map_err(trying("the path of this program can't be told"))?;
    let mut command = vec![program.to_string_lossy().into_owned(), "--hidden".to_owned()];
    if profile != "default" {
        command.extend(["--profile".to_owned(), profile.to_owned()]);
    }
    imp::write(&entry(profile), &command)
}

/// The name of a profile's entry: each profile starts on its own.
fn entry(profile: &str) -> String {
    if profile == "default" {
        APP_ID.to_owned()
    } else {
        format!("{APP_ID}-{profile}")
    }
}
