//! Links of other programs: `tel:`, `callto:` and `sip:` for numbers, `centrex-tray:` for enrolment.
//!
//! Linux and macOS learn of them from what is installed: the desktop entry, and the `Info.plist` of the application. On
//! Windows the program says it itself, for this person only. For numbers it is offered, never imposed: the person chooses
//! it in the system's settings (*Default apps*), as Windows wants it. Links are opened by the default profile.

#[cfg(not(target_os = "windows"))]
#[path = "none.rs"]
mod imp;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod imp;

/// The system's list of links can't be changed; in the system's words.
#[derive(Debug, thiserror::Error)]
#[error("the links of other programs can't be registered or removed: {0}")]
pub struct LinksError(#[from] std::io::Error);

/// Has the system offer links to this program from now on, where it lies now. Saying twice is saying once. `about` is one
/// line about the program, in the person's language, as the system shows it beside the name.
///
/// # Errors
/// The registry can't be written.
pub fn register(about: &str) -> Result<(), LinksError> {
    Ok(imp::register(about)?)
}

/// Takes it back. Fine when nothing was registered.
///
/// # Errors
/// The registry can't be written.
pub fn unregister() -> Result<(), LinksError> {
    Ok(imp::unregister()?)
}
