//! The settings by name.

#[cfg(doc)]
use super::{CardDav, Ldap, Settings};

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
    /// [`Settings::platform_method`]: `direct.method = "get" | "post"`
    PlatformMethod,
    /// [`Settings::platform_plus`]: `direct.plus`
    PlatformPlus,
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
    /// [`Settings::outside_prefix`]: `dial.outside_prefix`
    OutsidePrefix,
    /// [`Settings::dial_hotkey`]: `dial.hotkey = "Ctrl+Alt+D"`
    DialHotkey,
    /// [`Settings::autostart`]: `autostart`
    Autostart,
    /// [`Settings::window_linger_s`]: `window.linger_s`
    WindowLinger,
}

impl Key {
    /// Every key, in the order of a file written from nothing.
    pub const ALL: [Self; 44] = [
        Self::Mode,
        Self::Language,
        Self::Theme,
        Self::DefaultAccount,
        Self::Autostart,
        Self::RelayUrl,
        Self::AccountId,
        Self::Authentication,
        Self::PlatformUrl,
        Self::PlatformMethod,
        Self::PlatformPlus,
        Self::OutsidePrefix,
        Self::DialHotkey,
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
            Self::PlatformMethod => "platform_method",
            Self::PlatformPlus => "platform_plus",
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
            Self::OutsidePrefix => "outside_prefix",
            Self::DialHotkey => "dial_hotkey",
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
            Self::PlatformMethod => "direct.method",
            Self::PlatformPlus => "direct.plus",
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
            Self::OutsidePrefix => "dial.outside_prefix",
            Self::DialHotkey => "dial.hotkey",
            Self::Autostart => "autostart",
            Self::WindowLinger => "window.linger_s",
        }
    }

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
