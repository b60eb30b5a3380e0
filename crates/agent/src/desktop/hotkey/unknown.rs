//! Systems for which there is no hotkey yet.

use companion::hotkey::Hotkey;
use tokio::sync::mpsc::UnboundedSender;

use super::HotkeyProblem;
use crate::desktop::DesktopEvent;

/// Never made.
pub(super) enum Running {}

impl Running {
    pub fn shut(&self) {
        match *self {}
    }
}

pub(super) fn obstacle() -> Option<HotkeyProblem> {
    Some(HotkeyProblem::NotHere)
}

pub(super) fn start(
    _hotkey: Hotkey,
    _former: Option<Running>,
    events: UnboundedSender<DesktopEvent>,
) -> Option<Running> {
    // Fails only when the controller has ended.
    let _ = events.send(DesktopEvent::Hotkey(Err(HotkeyProblem::NotHere)));
    None
}
