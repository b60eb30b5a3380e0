//! Whether the person can see an alert and wants it: the screen's lock and do-not-disturb, as far as the desktop tells.

#[cfg(target_os = "linux")]
mod dnd;
#[cfg(target_os = "linux")]
mod hint;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "unknown.rs"]
mod imp;
#[cfg(target_os = "linux")]
mod saver;

pub(super) use imp::watch;

/// What the desktop says of the person. `None` where it doesn't say: nothing is guessed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Presence {
    /// The screen is locked, or a screen saver covers it. Systems that don't tell their session manager of the lock, and have
    /// no screen saver on the bus (a bare `i3lock`), count as unlocked wherever a session manager runs.
    pub locked: Option<bool>,
    /// Do-not-disturb is on.
    pub dnd: Option<bool>,
}
