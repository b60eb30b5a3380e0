//! A hotkey that works everywhere, and the text that is selected wherever it is.
//!
//! Nothing runs and no display is opened while no hotkey is set. The clipboard is never touched: the selection is read where
//! the system has one of its own (X11, and Wayland where the compositor hands it out).

mod selection;
#[cfg(not(target_os = "linux"))]
mod unknown;
#[cfg(target_os = "linux")]
mod x11;

use std::sync::{Mutex, PoisonError};

use companion::hotkey::Hotkey;
use companion::words::Message;
use tokio::sync::mpsc::UnboundedSender;

pub use selection::{SelectionError, selected};
#[cfg(not(target_os = "linux"))]
use unknown as system;
#[cfg(target_os = "linux")]
use x11 as system;

use super::DesktopEvent;

/// Why no hotkey works, or this one doesn't.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HotkeyProblem {
    /// Another program has these keys.
    #[error("another program has taken {0}")]
    Taken(Hotkey),
    /// The keyboard has no such key.
    #[error("no key of this keyboard gives {0}")]
    NoKey(Hotkey),
    /// Wayland gives programs no keys that are pressed elsewhere.
    #[error("Wayland gives no hotkeys to programs")]
    Wayland,
    /// There is no display, or it was lost; in the system's words.
    #[error("the display can't be used: {0}")]
    Display(String),
    /// Not made for this system yet.
    #[error("there are no hotkeys on this system yet")]
    NotHere,
}

impl HotkeyProblem {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::Taken(hotkey) => Message::new("hotkey-taken").with("keys", hotkey.to_string()),
            Self::NoKey(hotkey) => Message::new("hotkey-not-on-keyboard").with("keys", hotkey.to_string()),
            Self::Wayland => Message::new("hotkey-wayland"),
            Self::Display(why) => Message::new("hotkey-no-display").with("why", why),
            Self::NotHere => Message::new("hotkey-not-here"),
        }
    }
}

/// Why no hotkey could work in this session, whichever it is; `None`: one can.
pub fn obstacle() -> Option<HotkeyProblem> {
    system::obstacle()
}

/// The hotkey of the settings.
pub struct Hotkeys {
    events: UnboundedSender<DesktopEvent>,
    /// One that was shut stays until the next: that waits until its keys are free.
    running: Mutex<Option<system::Running>>,
}

impl Hotkeys {
    /// None yet.
    pub fn new(events: UnboundedSender<DesktopEvent>) -> Self {
        Self {
            events,
            running: Mutex::default(),
        }
    }

    /// From now on this one, or none. Never blocks: whether it works comes as [`DesktopEvent::Hotkey`], and that it was pressed
    /// as [`DesktopEvent::HotkeyPressed`].
    pub fn set(&self, hotkey: Option<Hotkey>) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = &*running {
            running.shut();
        }
        if let Some(hotkey) = hotkey {
            let former = running.take();
            *running = system::start(hotkey, former, self.events.clone());
        }
    }
}

impl Drop for Hotkeys {
    fn drop(&mut self) {
        self.set(None);
    }
}
