//! The tray's icon, tooltip and menu: a pure function of the state.

use telephony::{Direction, E164};

use crate::effect::Place;
use crate::settings::Mode;
use crate::view::{CallLine, Connection, ConnectionState, Outcome};
use crate::words::{Language, Message, say};

/// How many of the last callers the menu offers.
pub(crate) const CALLERS: usize = 3;
/// How many of the calls that go on the menu names.
pub(crate) const LIVE: usize = 10;
/// Calls named in the tooltip; a tooltip is one line.
const NAMED: usize = 2;

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
    /// Calls can't be heard now though they should be, or nothing is set up to work with; what was missed before stands in
    /// tooltip and menu.
    NotConnected,
    /// A call was missed and not yet seen.
    Missed,
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

/// What the tray depends on.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    pub lang: Language,
    pub mode: Mode,
    /// Something is set up to work with.
    pub set_up: bool,
    pub connection: Connection,
    /// Ringing and connected calls, newest first, at most [`LIVE`].
    pub live: Vec<CallLine>,
    /// How many there are in all.
    pub live_count: usize,
    /// One of them rings.
    pub rings: bool,
    pub missed: u32,
    /// The last callers, newest first: as shown, and the number.
    pub callers: Vec<(String, E164)>,
}

/// The tray for these facts.
pub(crate) fn tray(facts: &Facts) -> Tray {
    Tray {
        icon: facts.icon(),
        tooltip: facts.tooltip(),
        menu: facts.menu(),
    }
}

impl Facts {
    fn say(&self, message: &Message) -> String {
        say(self.lang, message)
    }

    /// Calls can't be heard now though they should be.
    fn deaf(&self) -> bool {
        self.mode == Mode::Relay && self.connection.state != ConnectionState::Live
    }

    fn icon(&self) -> TrayIcon {
        if self.rings {
            TrayIcon::Ringing
        } else if self.live_count > 0 {
            TrayIcon::InCall
        } else if self.deaf() || !self.set_up {
            TrayIcon::NotConnected
        } else if self.missed > 0 {
            TrayIcon::Missed
        } else {
            TrayIcon::Idle
        }
    }

    /// Who calls, else what was missed; and always what is wrong.
    fn tooltip(&self) -> String {
        let mut parts: Vec<String> = self
            .live
            .iter()
            .take(NAMED)
            .map(|call| self.say(&about_call(call)))
            .collect();
        parts.extend(self.more_than(NAMED));
        if self.missed > 0 {
            parts.push(self.say(&self.missed_message()));
        }
        if parts.is_empty() || self.deaf() {
            parts.push(self.say(&self.state()));
        }
        format!("{} – {}", self.say(&Message::new("app-name")), parts.join(" · "))
    }

    /// That more calls go on than these.
    fn more_than(&self, named: usize) -> Option<String> {
        let more = self.live_count.checked_sub(named).filter(|more| *more > 0)?;
        Some(self.say(&Message::new("tray-more").with("count", more.to_string())))
    }

    fn missed_message(&self) -> Message {
        Message::new("tray-missed").with("count", self.missed.to_string())
    }

    /// The state in a few words; the window has the whole sentence.
    fn state(&self) -> Message {
        Message::new(match (self.mode, self.connection.state) {
            (Mode::Unset, _) => "tray-unset",
            (Mode::Direct, _) => "tray-direct",
            (Mode::Relay, ConnectionState::Live) => "tray-live",
            (Mode::Relay, ConnectionState::Refused) => "tray-refused",
            (Mode::Relay, ConnectionState::Down) => "tray-down",
            (Mode::Relay, ConnectionState::None | ConnectionState::Connecting) => "tray-connecting",
        })
    }

    fn menu(&self) -> Vec<MenuItem> {
        let open = |id: &str, place| MenuItem::Action {
            label: self.say(&Message::new(id)),
            action: MenuAction::Open(place),
        };
        let mut menu = vec![MenuItem::Text(self.say(&self.state()))];
        menu.extend(self.live.iter().map(|call| MenuItem::Action {
            label: self.say(&about_call(call)),
            action: MenuAction::Open(Place::Calls),
        }));
        menu.extend(self.more_than(LIVE).map(|label| MenuItem::Action {
            label,
            action: MenuAction::Open(Place::Calls),
        }));
        menu.push(MenuItem::Separator);
        menu.push(open("tray-menu-pad", Place::Pad));
        menu.push(match self.missed {
            0 => open("tray-menu-calls", Place::Calls),
            missed => MenuItem::Action {
                label: self.say(&Message::new("tray-menu-calls-missed").with("count", missed.to_string())),
                action: MenuAction::Open(Place::Calls),
            },
        });
        if !self.callers.is_empty() {
            menu.push(MenuItem::Separator);
            menu.push(MenuItem::Text(self.say(&Message::new("tray-menu-callers"))));
        }
        menu.extend(self.callers.iter().map(|(display, number)| MenuItem::Action {
            label: display.clone(),
            action: MenuAction::FillPad(number.clone()),
        }));
        menu.push(MenuItem::Separator);
        menu.push(open("tray-menu-settings", Place::Settings));
        menu.push(MenuItem::Action {
            label: self.say(&Message::new("tray-menu-quit")),
            action: MenuAction::Quit,
        });
        menu
    }
}

/// A live call in a few words.
fn about_call(call: &CallLine) -> Message {
    let id = match (call.outcome, call.direction) {
        (Outcome::Talking, Direction::Outgoing) => "tray-talking",
        // It may have rung elsewhere too, and nobody tells on which phone it was taken.
        (Outcome::Talking, Direction::Incoming) => "tray-answered",
        (_, Direction::Incoming) => "tray-ringing",
        (_, Direction::Outgoing) => "tray-calling",
    };
    match &call.name {
        Some(name) => Message::new(id).with("party", name.as_str()),
        None if call.withheld => Message::new(&format!("{id}-withheld")),
        None => Message::new(id).with("party", call.party.as_str()),
    }
}
