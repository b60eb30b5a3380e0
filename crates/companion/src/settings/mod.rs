//! The settings: their meaning, their TOML form, their layers (defaults, the person's file, the company's file).

use std::collections::BTreeSet;
use std::path::PathBuf;

use telephony::{AccountId, E164, ExtensionRange, Extensions, Rules};
use url::Url;

use crate::hotkey::Hotkey;
use crate::pop;
use crate::quiet::QuietHours;

use crate::words::{Language, Message};

mod alerts;
mod carry;
mod changes;
mod keys;
mod problem;
mod sources;
mod store;
#[cfg(test)]
mod tests;
mod unknown;
mod values;

pub use carry::{Carried, TakenOver};
pub use changes::{Change, Given};
pub use keys::Key;
pub use problem::FileProblem;
pub use sources::{CardDav, Ldap};
pub use store::{ChangeError, Store};

/// The settings in force, all layers taken together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How calls are placed and heard.
    pub mode: Mode,
    /// The language of tray, notifications and window.
    pub language: LanguageChoice,
    /// The window's colours.
    pub theme: Theme,
    /// Relay mode: the relay's base address. `https`, or `http` on this computer alone.
    pub relay_url: Option<Url>,
    /// Direct mode: the Centrex account whose phone rings first.
    pub account_id: Option<AccountId>,
    /// Direct mode: which secret the platform gets.
    pub authentication: Authentication,
    /// Direct mode: the platform's base address, when it isn't the operator's usual one.
    pub platform_url: Option<Url>,
    /// Direct mode: the HTTP method of requests to the platform.
    pub platform_method: PlatformMethod,
    /// Direct mode: numbers go to the platform with their `+`.
    pub platform_plus: bool,
    /// Of several accounts, the one that rings when nothing else is said.
    pub default_account: Option<AccountId>,
    /// Alert when a phone rings.
    pub notify_incoming: bool,
    /// Alert after a missed call.
    pub notify_missed: bool,
    /// The desktop's sound with alerts. Off unless wanted: the phone itself rings.
    pub sound: bool,
    /// A line about one's own calls that were placed elsewhere.
    pub notify_outgoing: bool,
    /// No alert at all: the app only dials.
    pub click_to_call_only: bool,
    /// Hours in which alerts are held back, by the wall clock here.
    pub quiet: Option<QuietHours>,
    /// Hold alerts back while the desktop is set not to disturb.
    pub respect_dnd: bool,
    /// Neither name nor number in alerts while the screen is locked.
    pub discreet_when_locked: bool,
    /// Numbers without alerts.
    pub silenced: BTreeSet<E164>,
    /// When the record of a call opens by itself.
    pub pop_when: pop::When,
    /// For which calls it does.
    pub pop_directions: pop::Directions,
    /// Schemes of record addresses that are allowed beside `https`.
    pub pop_schemes: BTreeSet<String>,
    /// The record's address.
    pub pop_url: Option<pop::Template>,
    /// A program that is run with the call in its environment: an absolute path.
    pub pop_program: Option<PathBuf>,
    /// Calls are kept so many days; 0: always.
    pub keep_days: u32,
    /// Calls with a withheld number are kept too.
    pub keep_private: bool,
    /// A folder whose vCard files are contacts too, read again when they change: an absolute path.
    pub contacts_folder: Option<PathBuf>,
    /// An address book on a server, read from time to time.
    pub carddav: CardDav,
    /// A company directory, asked for callers that no contact names.
    pub ldap: Ldap,
    /// How the company's direct numbers begin, up to the extension: `+3314268`. Empty: extensions aren't public numbers.
    pub extension_prefix: String,
    /// How many digits follow it; 0: extensions aren't public numbers.
    pub extension_length: u32,
    /// Digits that people type before an outside number; empty: none.
    pub outside_prefix: String,
    /// Pressed anywhere, it fills the pad with what is selected. Off unless set.
    pub dial_hotkey: Option<Hotkey>,
    /// Start with the session.
    pub autostart: bool,
    /// Seconds that the window's process stays, hidden, after the window was closed.
    pub window_linger_s: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            mode: Mode::Unset,
            language: LanguageChoice::System,
            theme: Theme::System,
            relay_url: None,
            account_id: None,
            authentication: Authentication::ApiKey,
            platform_url: None,
            platform_method: PlatformMethod::Get,
            platform_plus: false,
            default_account: None,
            notify_incoming: true,
            notify_missed: true,
            sound: false,
            notify_outgoing: false,
            click_to_call_only: false,
            quiet: None,
            respect_dnd: true,
            discreet_when_locked: false,
            silenced: BTreeSet::new(),
            pop_when: pop::When::Never,
            pop_directions: pop::Directions::default(),
            pop_schemes: BTreeSet::new(),
            pop_url: None,
            pop_program: None,
            keep_days: 0,
            keep_private: true,
            contacts_folder: None,
            carddav: CardDav::default(),
            ldap: Ldap::default(),
            extension_prefix: String::new(),
            extension_length: 0,
            outside_prefix: String::new(),
            dial_hotkey: None,
            autostart: false,
            window_linger_s: 120,
        }
    }
}

impl Settings {
    /// How numbers are read, those that people type and those of calls and contacts. A beginning and a length of extensions
    /// that make no number together leave extensions what they are.
    pub fn rules(&self) -> Rules {
        let length = usize::try_from(self.extension_length).unwrap_or_default();
        let range = match self.extension_problem() {
            None => ExtensionRange::new(&self.extension_prefix, length).ok(),
            Some(_) => None,
        };
        Rules {
            outside_prefix: Some(self.outside_prefix.clone()).filter(|prefix| !prefix.is_empty()),
            extensions: (length > 0).then(|| Extensions {
                min_digits: length,
                max_digits: length,
                overriding: Vec::new(),
            }),
            range,
        }
    }

    /// A beginning and a length of extensions that make no phone number together: extensions stay what they are.
    pub fn extension_problem(&self) -> Option<Message> {
        if self.extension_prefix.is_empty() || self.extension_length == 0 {
            return None;
        }
        let digits = "0".repeat(usize::try_from(self.extension_length).unwrap_or_default());
        let text = format!("{}{digits}", self.extension_prefix);
        let understood = telephony::understand(&text, &telephony::Rules::default());
        match understood.meaning {
            telephony::Meaning::One(_) => None,
            _ => Some(
                Message::new("settings-extensions")
                    .with("prefix", self.extension_prefix.as_str())
                    .with("length", self.extension_length.to_string()),
            ),
        }
    }
}

/// How calls are placed and heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nothing set up yet.
    #[default]
    Unset,
    /// Through a relay.
    Relay,
    /// Straight to the platform; no alerts.
    Direct,
}

/// Which language to speak.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LanguageChoice {
    /// The system's.
    #[default]
    System,
    /// This one, whatever the system speaks.
    Always(Language),
}

/// The window's colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// Which secret the platform gets in direct mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Authentication {
    /// The customer-wide API key.
    #[default]
    ApiKey,
    /// The account's SIP password.
    AccountPassword,
}

/// The HTTP method of requests to the platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PlatformMethod {
    /// Parameters in the address.
    #[default]
    Get,
    /// Parameters in the body.
    Post,
}

/// What reading the files gave. Never nothing: what can't be used is replaced by defaults, and said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The settings in force.
    pub settings: Settings,
    /// What else the files say.
    pub files: FileState,
}

/// What the files say beside the settings themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileState {
    /// What the company fixed.
    pub locked: BTreeSet<Key>,
    /// What a file says itself; the rest are defaults.
    pub given: BTreeSet<Key>,
    /// What a file says in a way that can't be used: the default, until [`Loaded::after`] knows better.
    pub unusable: BTreeSet<Key>,
    /// A file couldn't be read at all, so what it says is missing here: whoever has settings in force keeps them.
    pub incomplete: bool,
    /// What is wrong with a file, which line, and what is done about it; the first of several.
    pub problem: Option<FileProblem>,
}

impl Loaded {
    /// What is in force once `self` was read while `settings` were in force, and the files had said `files` before: a file
    /// that can't be read, or a value that can't be used, changes only what is said about it. Half a file, as an editor may
    /// leave it for a moment, shall end no call and no connection.
    #[must_use]
    pub fn after(mut self, settings: &Settings, files: &FileState) -> Self {
        let problem = self.files.problem.take().map(FileProblem::keep);
        if self.files.incomplete {
            return Self {
                settings: settings.clone(),
                files: FileState {
                    problem,
                    incomplete: true,
                    ..files.clone()
                },
            };
        }
        for key in &self.files.unusable {
            key.keep(&mut self.settings, settings);
        }
        self.files.problem = problem;
        self
    }
}
