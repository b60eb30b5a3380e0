//! Links of other programs: `tel:`, `callto:` and `sip:` for numbers, `centrex-tray:` for enrolment.
//!
//! Linux and macOS learn of them from what is installed: the desktop entry, and the `Info.plist` of the application. On
//! Windows the program says it itself, for this person only. For numbers it is offered, never imposed: the person chooses
//! it in the window or in the system's settings (*Default apps*), as Windows wants it. Links are opened by the default
//! profile.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod imp;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod imp;

use companion::words::Language;

/// The system's list of links can't be changed; in the system's words.
#[derive(Debug, thiserror::Error)]
#[error("the links of other programs can't be registered or removed: {0}")]
pub struct LinksError(#[from] std::io::Error);

impl LinksError {
    /// The system's words alone.
    pub fn why(&self) -> String {
        self.0.to_string()
    }
}

/// Who opens links to numbers (`tel:`), and how that can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberLinks {
    /// Who opens them now.
    pub opener: LinkOpener,
    /// How this program comes to open them.
    pub takeover: Takeover,
}

/// Who opens links to numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkOpener {
    /// This program.
    Us,
    /// Another one, with its name where the system tells it.
    Other(Option<String>),
    /// No program.
    Nobody,
    /// The system doesn't tell.
    Unknown,
}

/// How this program comes to open links to numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takeover {
    /// [`take_numbers`] does it.
    Here,
    /// [`take_numbers`] opens the system's settings, where the person chooses.
    SystemSettings,
    /// Not before it is installed: the system doesn't know this program.
    NotInstalled,
    /// The person has to find the place in the system's settings.
    Elsewhere,
}

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

/// Who opens links to numbers now, asked of the system; another program's name is given in `lang` where it has one.
pub async fn numbers(lang: Language) -> NumberLinks {
    imp::numbers(lang).await
}

/// Has links to numbers opened by this program, as [`NumberLinks::takeover`] says. Only ever on a person's wish.
///
/// # Errors
/// The system can't be told, in its own words.
pub async fn take_numbers() -> Result<(), LinksError> {
    Ok(imp::take_numbers().await?)
}
