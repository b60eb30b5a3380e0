//! How the agent is started and what it does first.

use std::time::Duration;

use companion::words::Language;
use control::profile::Profile;
use control::protocol::{Place, Secret};
use relay_api::SubscribeOptions;
use tokio::sync::mpsc;

use super::{Controller, Input, requests};
use crate::links;
use crate::paths::Paths;
use crate::ports::Ports;
use crate::window::Wish;

/// What a controller starts with.
pub struct Setup {
    /// The profile.
    pub profile: Profile,
    /// Its files.
    pub paths: Paths,
    /// The system's language.
    pub system: Language,
    /// The pad is shown as soon as everything stands: not for `--hidden`.
    pub show: bool,
    /// How long others may take.
    pub limits: Limits,
}

/// How long others may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// After so much silence the relay counts as gone.
    pub relay_silence: Duration,
    /// Before a relay that no longer accepts the token is asked again, for the first time.
    pub turned_away: Duration,
    /// For the platform's answer to a call that is placed without a relay.
    pub platform_answer: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            relay_silence: SubscribeOptions::default().watchdog,
            turned_away: Duration::from_secs(60),
            platform_answer: Duration::from_secs(20),
        }
    }
}

/// What the system or a person wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The pad, as it is.
    Pad,
    /// The pad with a number or a URI.
    Fill(String),
    /// An enrolment link.
    Link(Secret),
}

impl Start {
    /// What a text stands for that came as an argument or a link.
    pub fn of(text: String) -> Self {
        if links::is_own(&text) {
            Self::Link(text.into())
        } else {
            Self::Fill(text)
        }
    }
}

/// Sends the controller's own inputs from outside: signals.
#[derive(Clone)]
pub struct Handle(pub(super) mpsc::Sender<Input>);

impl Handle {
    /// Ends the agent in good order.
    pub async fn quit(&self) {
        // Fails only when it has ended already.
        let _ = self.0.send(Input::Quit).await;
    }
}

impl<P: Ports> Controller<P> {
    /// What is asked of the world at the start.
    pub(super) fn begin(&mut self) {
        let settings = self.companion.settings();
        self.journal.keep(settings.keep_days, settings.keep_private);
        self.look_at_zone();
        self.ask_keychain();
        self.start_with_session();
        if self.companion.settings().dial_hotkey.is_some() {
            self.set_hotkey();
        }
        self.fill_contacts();
        self.fill_from_directories(None);
        if self.starts_shown {
            self.show_start(Start::Pad);
        }
    }

    /// Shows what the system or a person started us for.
    pub(super) fn show_start(&mut self, start: Start) {
        match start {
            Start::Pad => self.show_or_log(Wish::place(Place::Pad)),
            Start::Fill(text) => self.show_or_log(requests::fill(&text)),
            Start::Link(uri) => {
                // Told in the window, and in the log.
                let _ = self.open_link(&uri);
            }
        }
    }
}
