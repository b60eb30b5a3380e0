//! What can be changed.

use std::collections::BTreeSet;

use telephony::E164;

#[cfg(doc)]
use super::{CardDav, Ldap, Settings, Store};
use super::{Key, Mode};

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
    /// `get` or `post`.
    PlatformMethod(String),
    /// See [`Settings::platform_plus`].
    PlatformPlus(bool),
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
    /// All of [`CardDav::books`].
    CardDavBooks(Vec<String>),
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
    /// All of [`Ldap::numbers`]; none: the usual ones.
    LdapNumbers(Vec<String>),
    /// All of [`Ldap::names`]; none: the usual ones.
    LdapNames(Vec<String>),
    /// All of [`Ldap::companies`]; none: the usual ones.
    LdapCompanies(Vec<String>),
    /// See [`Settings::extension_prefix`].
    ExtensionPrefix(String),
    /// See [`Settings::extension_length`].
    ExtensionLength(u32),
    /// See [`Settings::outside_prefix`].
    OutsidePrefix(String),
    /// See [`Settings::dial_hotkey`].
    DialHotkey(String),
    /// See [`Settings::autostart`].
    Autostart(bool),
    /// See [`Settings::window_linger_s`].
    WindowLinger(u32),
}

impl Change {
    /// Which setting it changes.
    pub fn key(&self) -> Key {
        match self {
            Self::Mode(_) => Key::Mode,
            Self::Language(_) => Key::Language,
            Self::Theme(_) => Key::Theme,
            Self::RelayUrl(_) => Key::RelayUrl,
            Self::AccountId(_) => Key::AccountId,
            Self::Authentication(_) => Key::Authentication,
            Self::PlatformUrl(_) => Key::PlatformUrl,
            Self::PlatformMethod(_) => Key::PlatformMethod,
            Self::PlatformPlus(_) => Key::PlatformPlus,
            Self::DefaultAccount(_) => Key::DefaultAccount,
            Self::NotifyIncoming(_) => Key::NotifyIncoming,
            Self::NotifyMissed(_) => Key::NotifyMissed,
            Self::Sound(_) => Key::Sound,
            Self::DialHotkey(_) => Key::DialHotkey,
            Self::Autostart(_) => Key::Autostart,
            Self::NotifyOutgoing(_) => Key::NotifyOutgoing,
            Self::ClickToCallOnly(_) => Key::ClickToCallOnly,
            Self::Quiet(_) => Key::Quiet,
            Self::RespectDnd(_) => Key::RespectDnd,
            Self::DiscreetWhenLocked(_) => Key::DiscreetWhenLocked,
            Self::Silenced(_) => Key::Silenced,
            Self::PopWhen(_) => Key::PopWhen,
            Self::PopDirections(_) => Key::PopDirections,
            Self::PopSchemes(_) => Key::PopSchemes,
            Self::WindowLinger(_) => Key::WindowLinger,
            Self::PopUrl(_) => Key::PopUrl,
            Self::PopProgram(_) => Key::PopProgram,
            Self::KeepDays(_) => Key::KeepDays,
            Self::KeepPrivate(_) => Key::KeepPrivate,
            Self::ContactsFolder(_) => Key::ContactsFolder,
            Self::CardDavUrl(_) => Key::CardDavUrl,
            Self::CardDavUser(_) => Key::CardDavUser,
            Self::CardDavBooks(_) => Key::CardDavBooks,
            Self::CardDavEvery(_) => Key::CardDavEvery,
            Self::LdapUrl(_) => Key::LdapUrl,
            Self::LdapBase(_) => Key::LdapBase,
            Self::LdapUser(_) => Key::LdapUser,
            Self::LdapFilter(_) => Key::LdapFilter,
            Self::LdapNumbers(_) => Key::LdapNumbers,
            Self::LdapNames(_) => Key::LdapNames,
            Self::LdapCompanies(_) => Key::LdapCompanies,
            Self::OutsidePrefix(_) => Key::OutsidePrefix,
            Self::ExtensionPrefix(_) => Key::ExtensionPrefix,
            Self::ExtensionLength(_) => Key::ExtensionLength,
        }
    }
}
