//! The settings: their meaning, their TOML form, their layers (defaults, the person's file, the company's file).

use std::collections::BTreeSet;
use std::path::PathBuf;

use telephony::{AccountId, E164};
use url::Url;

use crate::pop;
use crate::quiet::QuietHours;

use crate::words::{Language, Message};

mod alerts;
mod sources;
mod store;
#[cfg(test)]
mod tests;
mod unknown;
mod values;

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
            autostart: false,
            window_linger_s: 120,
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

/// The settings by name: what can be changed, and what a company can lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// [`Settings::mode`]: `mode = "unset" | "relay" | "direct"`
    Mode,
    /// [`Settings::language`]: `language = "system" | "fr" | "en"`
    Language,
    /// [`Settings::theme`]: `theme = "system" | "light" | "dark"`
    Theme,
    /// [`Settings::relay_url`]: `relay.url`
    RelayUrl,
    /// [`Settings::account_id`]: `direct.account_id`
    AccountId,
    /// [`Settings::authentication`]: `direct.authentication = "api_key" | "account_password"`
    Authentication,
    /// [`Settings::platform_url`]: `direct.platform_url`
    PlatformUrl,
    /// [`Settings::default_account`]: `default_account`
    DefaultAccount,
    /// [`Settings::notify_incoming`]: `notify.incoming`
    NotifyIncoming,
    /// [`Settings::notify_missed`]: `notify.missed`
    NotifyMissed,
    /// [`Settings::sound`]: `notify.sound`
    Sound,
    /// [`Settings::notify_outgoing`]: `notify.outgoing`
    NotifyOutgoing,
    /// [`Settings::click_to_call_only`]: `notify.click_to_call_only`
    ClickToCallOnly,
    /// [`Settings::quiet`]: `notify.quiet = { from = "20:00", to = "08:00", days = ["mon"] }`
    Quiet,
    /// [`Settings::respect_dnd`]: `notify.respect_dnd`
    RespectDnd,
    /// [`Settings::discreet_when_locked`]: `notify.discreet_when_locked`
    DiscreetWhenLocked,
    /// [`Settings::silenced`]: `notify.silenced = ["+33142685300"]`
    Silenced,
    /// [`Settings::pop_when`]: `pop.when = "never" | "ringing" | "answered" | "request"`
    PopWhen,
    /// [`Settings::pop_directions`]: `pop.directions = ["incoming", "outgoing"]`
    PopDirections,
    /// [`Settings::pop_schemes`]: `pop.schemes = ["crm"]`
    PopSchemes,
    /// [`Settings::pop_url`]: `pop.url = "https://crm.example/search?tel={e164}"`
    PopUrl,
    /// [`Settings::pop_program`]: `pop.program`
    PopProgram,
    /// [`Settings::keep_days`]: `journal.keep_days`
    KeepDays,
    /// [`Settings::keep_private`]: `journal.keep_private`
    KeepPrivate,
    /// [`Settings::contacts_folder`]: `contacts.folder`
    ContactsFolder,
    /// [`CardDav::url`]: `carddav.url`
    CardDavUrl,
    /// [`CardDav::user`]: `carddav.user`
    CardDavUser,
    /// [`CardDav::books`]: `carddav.books = ["Contacts"]`
    CardDavBooks,
    /// [`CardDav::every_minutes`]: `carddav.every_minutes`
    CardDavEvery,
    /// [`Ldap::url`]: `ldap.url`
    LdapUrl,
    /// [`Ldap::base`]: `ldap.base`
    LdapBase,
    /// [`Ldap::user`]: `ldap.user`
    LdapUser,
    /// [`Ldap::filter`]: `ldap.filter`
    LdapFilter,
    /// [`Ldap::numbers`]: `ldap.numbers = ["telephoneNumber"]`
    LdapNumbers,
    /// [`Ldap::names`]: `ldap.names = ["displayName"]`
    LdapNames,
    /// [`Ldap::companies`]: `ldap.companies = ["company"]`
    LdapCompanies,
    /// [`Settings::extension_prefix`]: `extensions.prefix`
    ExtensionPrefix,
    /// [`Settings::extension_length`]: `extensions.length`
    ExtensionLength,
    /// [`Settings::autostart`]: `autostart`
    Autostart,
    /// [`Settings::window_linger_s`]: `window.linger_s`
    WindowLinger,
}

impl Key {
    /// Every key, in the order of a file written from nothing.
    pub const ALL: [Self; 40] = [
        Self::Mode,
        Self::Language,
        Self::Theme,
        Self::DefaultAccount,
        Self::Autostart,
        Self::RelayUrl,
        Self::AccountId,
        Self::Authentication,
        Self::PlatformUrl,
        Self::NotifyIncoming,
        Self::NotifyMissed,
        Self::Sound,
        Self::NotifyOutgoing,
        Self::ClickToCallOnly,
        Self::Quiet,
        Self::RespectDnd,
        Self::DiscreetWhenLocked,
        Self::Silenced,
        Self::PopWhen,
        Self::PopDirections,
        Self::PopSchemes,
        Self::PopUrl,
        Self::PopProgram,
        Self::KeepDays,
        Self::KeepPrivate,
        Self::ContactsFolder,
        Self::CardDavUrl,
        Self::CardDavUser,
        Self::CardDavBooks,
        Self::CardDavEvery,
        Self::LdapUrl,
        Self::LdapBase,
        Self::LdapUser,
        Self::LdapFilter,
        Self::LdapNumbers,
        Self::LdapNames,
        Self::LdapCompanies,
        Self::ExtensionPrefix,
        Self::ExtensionLength,
        Self::WindowLinger,
    ];

    /// The name in the control protocol: `relay_url`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mode => "mode",
            Self::Language => "language",
            Self::Theme => "theme",
            Self::RelayUrl => "relay_url",
            Self::AccountId => "account_id",
            Self::Authentication => "authentication",
            Self::PlatformUrl => "platform_url",
            Self::DefaultAccount => "default_account",
            Self::NotifyIncoming => "notify_incoming",
            Self::NotifyMissed => "notify_missed",
            Self::Sound => "sound",
            Self::NotifyOutgoing => "notify_outgoing",
            Self::ClickToCallOnly => "click_to_call_only",
            Self::Quiet => "quiet_hours",
            Self::RespectDnd => "respect_dnd",
            Self::DiscreetWhenLocked => "discreet_when_locked",
            Self::Silenced => "silenced",
            Self::PopWhen => "pop_when",
            Self::PopDirections => "pop_directions",
            Self::PopSchemes => "pop_schemes",
            Self::PopUrl => "pop_url",
            Self::PopProgram => "pop_program",
            Self::KeepDays => "keep_days",
            Self::KeepPrivate => "keep_private",
            Self::ContactsFolder => "contacts_folder",
            Self::CardDavUrl => "carddav_url",
            Self::CardDavUser => "carddav_user",
            Self::CardDavBooks => "carddav_books",
            Self::CardDavEvery => "carddav_every_minutes",
            Self::LdapUrl => "ldap_url",
            Self::LdapBase => "ldap_base",
            Self::LdapUser => "ldap_user",
            Self::LdapFilter => "ldap_filter",
            Self::LdapNumbers => "ldap_numbers",
            Self::LdapNames => "ldap_names",
            Self::LdapCompanies => "ldap_companies",
            Self::ExtensionPrefix => "extension_prefix",
            Self::ExtensionLength => "extension_length",
            Self::Autostart => "autostart",
            Self::WindowLinger => "window_linger_s",
        }
    }

    /// The path in the file: `relay.url`.
    pub fn path(self) -> &'static str {
        match self {
            Self::Mode => "mode",
            Self::Language => "language",
            Self::Theme => "theme",
            Self::RelayUrl => "relay.url",
            Self::AccountId => "direct.account_id",
            Self::Authentication => "direct.authentication",
            Self::PlatformUrl => "direct.platform_url",
            Self::DefaultAccount => "default_account",
            Self::NotifyIncoming => "notify.incoming",
            Self::NotifyMissed => "notify.missed",
            Self::Sound => "notify.sound",
            Self::NotifyOutgoing => "notify.outgoing",
            Self::ClickToCallOnly => "notify.click_to_call_only",
            Self::Quiet => "notify.quiet",
            Self::RespectDnd => "notify.respect_dnd",
            Self::DiscreetWhenLocked => "notify.discreet_when_locked",
            Self::Silenced => "notify.silenced",
            Self::PopWhen => "pop.when",
            Self::PopDirections => "pop.directions",
            Self::PopSchemes => "pop.schemes",
            Self::PopUrl => "pop.url",
            Self::PopProgram => "pop.program",
            Self::KeepDays => "journal.keep_days",
            Self::KeepPrivate => "journal.keep_private",
            Self::ContactsFolder => "contacts.folder",
            Self::CardDavUrl => "carddav.url",
            Self::CardDavUser => "carddav.user",
            Self::CardDavBooks => "carddav.books",
            Self::CardDavEvery => "carddav.every_minutes",
            Self::LdapUrl => "ldap.url",
            Self::LdapBase => "ldap.base",
            Self::LdapUser => "ldap.user",
            Self::LdapFilter => "ldap.filter",
            Self::LdapNumbers => "ldap.numbers",
            Self::LdapNames => "ldap.names",
            Self::LdapCompanies => "ldap.companies",
            Self::ExtensionPrefix => "extensions.prefix",
            Self::ExtensionLength => "extensions.length",
            Self::Autostart => "autostart",
            Self::WindowLinger => "window.linger_s",
        }
    }
}

/// A new value for one setting. Text comes as a person typed it and is judged by [`Store::change`]; empty text clears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// See [`Settings::mode`].
    Mode(Mode),
    /// `system`, `fr` or `en`.
    Language(String),
    /// `system`, `light` or `dark`.
    Theme(String),
    /// See [`Settings::relay_url`].
    RelayUrl(String),
    /// See [`Settings::account_id`].
    AccountId(String),
    /// `api_key` or `account_password`.
    Authentication(String),
    /// See [`Settings::platform_url`].
    PlatformUrl(String),
    /// See [`Settings::default_account`].
    DefaultAccount(String),
    /// See [`Settings::notify_incoming`].
    NotifyIncoming(bool),
    /// See [`Settings::notify_missed`].
    NotifyMissed(bool),
    /// See [`Settings::sound`].
    Sound(bool),
    /// See [`Settings::notify_outgoing`].
    NotifyOutgoing(bool),
    /// See [`Settings::click_to_call_only`].
    ClickToCallOnly(bool),
    /// See [`Settings::quiet`]: `20:00-08:00 mon,tue`, without days every day.
    Quiet(String),
    /// See [`Settings::respect_dnd`].
    RespectDnd(bool),
    /// See [`Settings::discreet_when_locked`].
    DiscreetWhenLocked(bool),
    /// All of [`Settings::silenced`].
    Silenced(BTreeSet<E164>),
    /// See [`Settings::pop_when`]: `never`, `ringing`, `answered` or `request`.
    PopWhen(String),
    /// All of [`Settings::pop_directions`]: `incoming`, `outgoing`.
    PopDirections(Vec<String>),
    /// All of [`Settings::pop_schemes`].
    PopSchemes(Vec<String>),
    /// See [`Settings::pop_url`].
    PopUrl(String),
    /// See [`Settings::pop_program`].
    PopProgram(String),
    /// See [`Settings::keep_days`].
    KeepDays(u32),
    /// See [`Settings::keep_private`].
    KeepPrivate(bool),
    /// See [`Settings::contacts_folder`].
    ContactsFolder(String),
    /// See [`CardDav::url`].
    CardDavUrl(String),
    /// See [`CardDav::user`].
    CardDavUser(String),
    /// See [`CardDav::every_minutes`].
    CardDavEvery(u32),
    /// See [`Ldap::url`].
    LdapUrl(String),
    /// See [`Ldap::base`].
    LdapBase(String),
    /// See [`Ldap::user`].
    LdapUser(String),
    /// See [`Ldap::filter`].
    LdapFilter(String),
    /// See [`Settings::extension_prefix`].
    ExtensionPrefix(String),
    /// See [`Settings::extension_length`].
    ExtensionLength(u32),
    /// See [`Settings::autostart`].
    Autostart(bool),
    /// See [`Settings::window_linger_s`].
    WindowLinger(u32),
}

/// What reading the files gave. Never nothing: what can't be used is replaced by defaults, and said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The settings in force.
    pub settings: Settings,
    /// What the company fixed.
    pub locked: BTreeSet<Key>,
    /// What a file says itself; the rest are defaults.
    pub given: BTreeSet<Key>,
    /// What a file says in a way that can't be used: the default, until [`Loaded::after`] knows better.
    pub unusable: BTreeSet<Key>,
    /// A file couldn't be read at all, so what it says is missing here: whoever has settings in force keeps them.
    pub incomplete: bool,
    /// What is wrong with a file, which line, and what is done about it; the first of several.
    pub problem: Option<Message>,
}

impl Loaded {
    /// What is in force once `self` was read while `before` was in force: a file that can't be read, or a value that can't
    /// be used, changes only what is said about it. Half a file, as an editor may leave it for a moment, shall end no call
    /// and no connection.
    #[must_use]
    pub fn after(mut self, before: &Self) -> Self {
        let problem = self.problem.take().map(|problem| {
            let id = match problem.id.as_str() {
                "settings-broken" => "settings-broken-kept",
                "settings-unreadable" => "settings-unreadable-kept",
                "settings-value" => "settings-value-kept",
                other => other,
            };
            Message {
                id: id.to_owned(),
                ..problem
            }
        });
        if self.incomplete {
            return Self {
                problem,
                incomplete: true,
                ..before.clone()
            };
        }
        for key in &self.unusable {
            values::keep(&mut self.settings, &before.settings, *key);
        }
        Self { problem, ..self }
    }
}
