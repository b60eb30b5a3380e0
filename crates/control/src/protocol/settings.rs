//! What [`super::Request::ChangeSettings`] changes.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Mode;
#[cfg(doc)]
use super::Settings;

/// What to change; absent fields stay. Text fields: empty clears.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields = nullable)]
pub struct SettingsChange {
    /// See [`Settings::mode`].
    pub mode: Option<Mode>,
    /// See [`Settings::language`].
    pub language: Option<String>,
    /// See [`Settings::theme`].
    pub theme: Option<String>,
    /// See [`Settings::relay_url`].
    pub relay_url: Option<String>,
    /// See [`Settings::account_id`].
    pub account_id: Option<String>,
    /// See [`Settings::authentication`].
    pub authentication: Option<String>,
    /// See [`Settings::platform_url`].
    pub platform_url: Option<String>,
    /// See [`Settings::platform_method`].
    pub platform_method: Option<String>,
    /// See [`Settings::platform_plus`].
    pub platform_plus: Option<bool>,
    /// See [`Settings::notify_incoming`].
    pub notify_incoming: Option<bool>,
    /// See [`Settings::notify_missed`].
    pub notify_missed: Option<bool>,
    /// See [`Settings::sound`].
    pub sound: Option<bool>,
    /// See [`Settings::dial_hotkey`].
    pub dial_hotkey: Option<String>,
    /// See [`Settings::autostart`].
    pub autostart: Option<bool>,
    /// See [`Settings::notify_outgoing`].
    pub notify_outgoing: Option<bool>,
    /// See [`Settings::click_to_call_only`].
    pub click_to_call_only: Option<bool>,
    /// See [`Settings::respect_dnd`].
    pub respect_dnd: Option<bool>,
    /// See [`Settings::discreet_when_locked`].
    pub discreet_when_locked: Option<bool>,
    /// See [`Settings::quiet_hours`]: `20:00-08:00 mon,tue,wed,thu,fri`; without days: every day.
    pub quiet_hours: Option<String>,
    /// See [`Settings::pop_when`].
    pub pop_when: Option<String>,
    /// See [`Settings::pop_url`].
    pub pop_url: Option<String>,
    /// See [`Settings::pop_program`].
    pub pop_program: Option<String>,
    /// See [`Settings::keep_days`].
    pub keep_days: Option<u32>,
    /// See [`Settings::keep_private`].
    pub keep_private: Option<bool>,
    /// See [`Settings::contacts_folder`].
    pub contacts_folder: Option<String>,
    /// See [`Settings::carddav_url`].
    pub carddav_url: Option<String>,
    /// See [`Settings::carddav_user`].
    pub carddav_user: Option<String>,
    /// All of [`Settings::carddav_books`].
    pub carddav_books: Option<Vec<String>>,
    /// See [`Settings::carddav_every_minutes`].
    pub carddav_every_minutes: Option<u32>,
    /// See [`Settings::ldap_url`].
    pub ldap_url: Option<String>,
    /// See [`Settings::ldap_base`].
    pub ldap_base: Option<String>,
    /// See [`Settings::ldap_user`].
    pub ldap_user: Option<String>,
    /// See [`Settings::ldap_filter`]; empty: the usual one.
    pub ldap_filter: Option<String>,
    /// All of [`Settings::ldap_numbers`]; none: the usual ones.
    pub ldap_numbers: Option<Vec<String>>,
    /// All of [`Settings::ldap_names`]; none: the usual ones.
    pub ldap_names: Option<Vec<String>>,
    /// All of [`Settings::ldap_companies`]; none: the usual ones.
    pub ldap_companies: Option<Vec<String>>,
    /// See [`Settings::extension_prefix`].
    pub extension_prefix: Option<String>,
    /// See [`Settings::extension_length`].
    pub extension_length: Option<u32>,
    /// See [`Settings::outside_prefix`].
    pub outside_prefix: Option<String>,
    /// See [`Settings::default_account`].
    pub default_account: Option<String>,
    /// All of [`Settings::pop_directions`].
    pub pop_directions: Option<Vec<String>>,
    /// All of [`Settings::pop_schemes`].
    pub pop_schemes: Option<Vec<String>>,
    /// See [`Settings::window_linger_s`].
    pub window_linger_s: Option<u32>,
}
