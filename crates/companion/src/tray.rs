//! The tray's icon, tooltip and menu: a pure function of the state.

use telephony::E164;

use crate::effect::Place;

/// What the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// Which drawing.
    pub icon: TrayIcon,
    /// One line of plain text: the state, or who calls.
    pub tooltip: String,
    /// The menu, top to bottom.
    pub menu: Vec<MenuItem>,
}

/// The drawings of the tray, one for each state that a glance must tell apart. Earlier ones win.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrayIcon {
    /// A phone rings.
    Ringing,
    /// A call is connected.
    InCall,
    /// A call was missed and not yet seen.
    Missed,
    /// Calls can't be heard now though they should be.
    NotConnected,
    /// All is well, nothing happens.
    Idle,
}

/// A line of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuItem {
    /// A line between groups.
    Separator,
    /// Words that can't be pressed (the state).
    Text(String),
    /// Words that do something.
    Action {
        /// The words.
        label: String,
        /// What they do.
        action: MenuAction,
    },
}

/// What a menu line does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MenuAction {
    /// Shows the window.
    Open(Place),
    /// Fills the pad with a number (the last callers); the person presses call.
    FillPad(E164),
    /// Ends the agent.
    Quit,
}
