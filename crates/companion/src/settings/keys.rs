//! The settings by name.

use super::Settings;
#[cfg(doc)]
use super::{CardDav, Ldap};

/// A row a key: its variant, its name in the control protocol, its path in the file, and the field that holds its value.
macro_rules! keys {
    ($($(#[$doc:meta])* $key:ident = $name:literal, $path:literal, $($field:ident).+;)*) => {
        /// The settings by name: what can be changed, and what a company can lock.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Key {
            $($(#[$doc])* $key,)*
        }

        impl Key {
            /// Every key, in the order of a file written from nothing.
            pub const ALL: [Self; [$(Self::$key),*].len()] = [$(Self::$key),*];

            /// The name in the control protocol: `relay_url`.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$key => $name,)*
                }
            }

            /// The path in the file: `relay.url`.
            pub fn path(self) -> &'static str {
                match self {
                    $(Self::$key => $path,)*
                }
            }

            /// The key of that name.
            pub fn of_name(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|key| key.name() == name)
            }

            /// Puts the value that it has in `before` into the settings.
            pub(super) fn keep(self, settings: &mut Settings, before: &Settings) {
                match self {
                    $(Self::$key => settings.$($field).+.clone_from(&before.$($field).+),)*
                }
            }
        }
    };
}

keys! {
    /// [`Settings::mode`]: `mode = "unset" | "relay" | "direct"`
    Mode = "mode", "mode", mode;
    /// [`Settings::language`]: `language = "system" | "fr" | "en"`
    Language = "language", "language", language;
    /// [`Settings::theme`]: `theme = "system" | "light" | "dark"`
    Theme = "theme", "theme", theme;
    /// [`Settings::default_account`]: `default_account`
    DefaultAccount = "default_account", "default_account", default_account;
    /// [`Settings::autostart`]: `autostart`
    Autostart = "autostart", "autostart", autostart;
    /// [`Settings::relay_url`]: `relay.url`
    RelayUrl = "relay_url", "relay.url", relay_url;
    /// [`Settings::account_id`]: `direct.account_id`
    AccountId = "account_id", "direct.account_id", account_id;
    /// [`Settings::authentication`]: `direct.authentication = "api_key" | "account_password"`
    Authentication = "authentication", "direct.authentication", authentication;
    /// [`Settings::platform_url`]: `direct.platform_url`
    PlatformUrl = "platform_url", "direct.platform_url", platform_url;
    /// [`Settings::platform_method`]: `direct.method = "get" | "post"`
    PlatformMethod = "platform_method", "direct.method", platform_method;
    /// [`Settings::platform_plus`]: `direct.plus`
    PlatformPlus = "platform_plus", "direct.plus", platform_plus;
    /// [`Settings::outside_prefix`]: `dial.outside_prefix`
    OutsidePrefix = "outside_prefix", "dial.outside_prefix", outside_prefix;
    /// [`Settings::dial_hotkey`]: `dial.hotkey = "Ctrl+Alt+D"`
    DialHotkey = "dial_hotkey", "dial.hotkey", dial_hotkey;
    /// [`Settings::notify_incoming`]: `notify.incoming`
    NotifyIncoming = "notify_incoming", "notify.incoming", notify_incoming;
    /// [`Settings::notify_missed`]: `notify.missed`
    NotifyMissed = "notify_missed", "notify.missed", notify_missed;
    /// [`Settings::sound`]: `notify.sound`
    Sound = "sound", "notify.sound", sound;
    /// [`Settings::notify_outgoing`]: `notify.outgoing`
    NotifyOutgoing = "notify_outgoing", "notify.outgoing", notify_outgoing;
    /// [`Settings::click_to_call_only`]: `notify.click_to_call_only`
    ClickToCallOnly = "click_to_call_only", "notify.click_to_call_only", click_to_call_only;
    /// [`Settings::quiet`]: `notify.quiet = { from = "20:00", to = "08:00", days = ["mon"] }`
    Quiet = "quiet_hours", "notify.quiet", quiet;
    /// [`Settings::respect_dnd`]: `notify.respect_dnd`
    RespectDnd = "respect_dnd", "notify.respect_dnd", respect_dnd;
    /// [`Settings::discreet_when_locked`]: `notify.discreet_when_locked`
    DiscreetWhenLocked = "discreet_when_locked", "notify.discreet_when_locked", discreet_when_locked;
    /// [`Settings::silenced`]: `notify.silenced = ["+33142685300"]`
    Silenced = "silenced", "notify.silenced", silenced;
    /// [`Settings::pop_when`]: `pop.when = "never" | "ringing" | "answered" | "request"`
    PopWhen = "pop_when", "pop.when", pop_when;
    /// [`Settings::pop_directions`]: `pop.directions = ["incoming", "outgoing"]`
    PopDirections = "pop_directions", "pop.directions", pop_directions;
    /// [`Settings::pop_schemes`]: `pop.schemes = ["crm"]`
    PopSchemes = "pop_schemes", "pop.schemes", pop_schemes;
    /// [`Settings::pop_url`]: `pop.url = "https://crm.example/search?tel={e164}"`
    PopUrl = "pop_url", "pop.url", pop_url;
    /// [`Settings::pop_program`]: `pop.program`
    PopProgram = "pop_program", "pop.program", pop_program;
    /// [`Settings::keep_days`]: `journal.keep_days`
    KeepDays = "keep_days", "journal.keep_days", keep_days;
    /// [`Settings::keep_private`]: `journal.keep_private`
    KeepPrivate = "keep_private", "journal.keep_private", keep_private;
    /// [`Settings::contacts_folder`]: `contacts.folder`
    ContactsFolder = "contacts_folder", "contacts.folder", contacts_folder;
    /// [`CardDav::url`]: `carddav.url`
    CardDavUrl = "carddav_url", "carddav.url", carddav.url;
    /// [`CardDav::user`]: `carddav.user`
    CardDavUser = "carddav_user", "carddav.user", carddav.user;
    /// [`CardDav::books`]: `carddav.books = ["Contacts"]`
    CardDavBooks = "carddav_books", "carddav.books", carddav.books;
    /// [`CardDav::every_minutes`]: `carddav.every_minutes`
    CardDavEvery = "carddav_every_minutes", "carddav.every_minutes", carddav.every_minutes;
    /// [`Ldap::url`]: `ldap.url`
    LdapUrl = "ldap_url", "ldap.url", ldap.url;
    /// [`Ldap::base`]: `ldap.base`
    LdapBase = "ldap_base", "ldap.base", ldap.base;
    /// [`Ldap::user`]: `ldap.user`
    LdapUser = "ldap_user", "ldap.user", ldap.user;
    /// [`Ldap::filter`]: `ldap.filter`
    LdapFilter = "ldap_filter", "ldap.filter", ldap.filter;
    /// [`Ldap::numbers`]: `ldap.numbers = ["telephoneNumber"]`
    LdapNumbers = "ldap_numbers", "ldap.numbers", ldap.numbers;
    /// [`Ldap::names`]: `ldap.names = ["displayName"]`
    LdapNames = "ldap_names", "ldap.names", ldap.names;
    /// [`Ldap::companies`]: `ldap.companies = ["company"]`
    LdapCompanies = "ldap_companies", "ldap.companies", ldap.companies;
    /// [`Settings::extension_prefix`]: `extensions.prefix`
    ExtensionPrefix = "extension_prefix", "extensions.prefix", extension_prefix;
    /// [`Settings::extension_length`]: `extensions.length`
    ExtensionLength = "extension_length", "extensions.length", extension_length;
    /// [`Settings::window_linger_s`]: `window.linger_s`
    WindowLinger = "window_linger_s", "window.linger_s", window_linger_s;
}

impl Key {
    /// What stands behind it in the file, by its values or an example; in no language.
    pub fn form(self) -> &'static str {
        match self {
            Self::Mode => r#""unset", "relay", "direct""#,
            Self::Language => r#""system", "fr", "en""#,
            Self::Theme => r#""system", "light", "dark""#,
            Self::Authentication => r#""api_key", "account_password""#,
            Self::PlatformMethod => r#""get", "post""#,
            Self::PopWhen => r#""never", "ringing", "answered", "request""#,
            Self::PopDirections => r#"["incoming", "outgoing"]"#,
            Self::RelayUrl | Self::PlatformUrl | Self::CardDavUrl => r#""https://…""#,
            Self::LdapUrl => r#""ldaps://…""#,
            Self::PopUrl => r#""https://…?tel={e164}""#,
            Self::PopSchemes => r#"["crm"]"#,
            Self::Quiet => r#"{ from = "20:00", to = "08:00", days = ["mon"] }"#,
            Self::Silenced => r#"["+33142685300"]"#,
            Self::DialHotkey => r#""Ctrl+Alt+D""#,
            Self::PopProgram | Self::ContactsFolder if cfg!(windows) => r#"'C:\…'"#,
            Self::PopProgram | Self::ContactsFolder => r#""/…""#,
            Self::KeepDays => "0 … 36500",
            Self::CardDavEvery => "0, 5 … 1440",
            Self::ExtensionPrefix => r#""+3314268""#,
            Self::ExtensionLength => "0, 2 … 8",
            Self::OutsidePrefix => r#""0""#,
            Self::WindowLinger => "0 … 86400",
            Self::LdapFilter => r#""(&(objectClass=person){number})""#,
            Self::CardDavBooks | Self::LdapNumbers | Self::LdapNames | Self::LdapCompanies => r#"["…"]"#,
            Self::AccountId | Self::DefaultAccount | Self::CardDavUser | Self::LdapBase | Self::LdapUser => {
                r#""…""#
            }
            Self::NotifyIncoming
            | Self::NotifyMissed
            | Self::Sound
            | Self::NotifyOutgoing
            | Self::ClickToCallOnly
            | Self::RespectDnd
            | Self::DiscreetWhenLocked
            | Self::KeepPrivate
            | Self::PlatformPlus
            | Self::Autostart => "true, false",
        }
    }
}
