//! The values of the file: read into settings, written from changes. One place that knows what each key may hold.

use telephony::AccountId;
use toml_edit::{Array, Item, Value};
use url::Url;

use super::{
    Authentication, Change, Given, Key, LanguageChoice, Ldap, Mode, PlatformMethod, Settings, Theme, alerts,
    sources,
};
use crate::hotkey::{Hotkey, HotkeyError};
use crate::words::{Language, Message};

/// The value can't be used for its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unusable;

/// Longest that the window may linger, in seconds: a day.
const LONGEST_LINGER_S: u32 = 86_400;

/// Calls can't be kept longer than a hundred years by number; 0 keeps them always.
const LONGEST_KEEP_DAYS: u32 = 36_500;

/// Puts the value of a key into the settings.
pub(super) fn read(settings: &mut Settings, key: Key, item: &Item) -> Result<(), Unusable> {
    match key {
        Key::Mode => settings.mode = mode(text(item)?).ok_or(Unusable)?,
        Key::Language => settings.language = language(text(item)?).ok_or(Unusable)?,
        Key::Theme => settings.theme = theme(text(item)?).ok_or(Unusable)?,
        Key::Authentication => settings.authentication = authentication(text(item)?).ok_or(Unusable)?,
        Key::RelayUrl => settings.relay_url = address(text(item)?).map_err(|_| Unusable)?,
        Key::PlatformUrl => settings.platform_url = address(text(item)?).map_err(|_| Unusable)?,
        Key::PlatformMethod => settings.platform_method = method(text(item)?).ok_or(Unusable)?,
        Key::PlatformPlus => settings.platform_plus = switch(item)?,
        Key::AccountId => settings.account_id = account(text(item)?).ok_or(Unusable)?,
        Key::DefaultAccount => settings.default_account = account(text(item)?).ok_or(Unusable)?,
        Key::NotifyIncoming => settings.notify_incoming = switch(item)?,
        Key::NotifyMissed => settings.notify_missed = switch(item)?,
        Key::Sound => settings.sound = switch(item)?,
        Key::DialHotkey => settings.dial_hotkey = hotkey(text(item)?).map_err(|_| Unusable)?,
        Key::Autostart => settings.autostart = switch(item)?,
        Key::NotifyOutgoing => settings.notify_outgoing = switch(item)?,
        Key::ClickToCallOnly => settings.click_to_call_only = switch(item)?,
        Key::RespectDnd => settings.respect_dnd = switch(item)?,
        Key::DiscreetWhenLocked => settings.discreet_when_locked = switch(item)?,
        Key::Quiet => settings.quiet = alerts::quiet(item)?,
        Key::Silenced => settings.silenced = alerts::silenced(item)?,
        Key::PopWhen => settings.pop_when = alerts::pop_when(text(item)?).ok_or(Unusable)?,
        Key::PopDirections => settings.pop_directions = alerts::directions(item)?,
        Key::PopSchemes => settings.pop_schemes = alerts::schemes(item)?,
        Key::PopUrl => settings.pop_url = alerts::pop_url(text(item)?).map_err(|_| Unusable)?,
        Key::PopProgram => settings.pop_program = alerts::pop_program(text(item)?).ok_or(Unusable)?,
        Key::KeepDays => {
            let days = item.as_integer().and_then(|days| u32::try_from(days).ok());
            settings.keep_days = days.filter(|days| *days <= LONGEST_KEEP_DAYS).ok_or(Unusable)?;
        }
        Key::KeepPrivate => settings.keep_private = switch(item)?,
        Key::ContactsFolder => settings.contacts_folder = sources::folder(text(item)?).ok_or(Unusable)?,
        Key::CardDavUrl => settings.carddav.url = address(text(item)?).map_err(|_| Unusable)?,
        Key::CardDavUser => settings.carddav.user = sources::line(text(item)?).ok_or(Unusable)?,
        Key::CardDavBooks => settings.carddav.books = sources::books(item)?,
        Key::CardDavEvery => {
            let minutes = item.as_integer().and_then(|minutes| u32::try_from(minutes).ok());
            settings.carddav.every_minutes = minutes
                .filter(|minutes| sources::is_interval(*minutes))
                .ok_or(Unusable)?;
        }
        Key::LdapUrl => settings.ldap.url = sources::directory(text(item)?).map_err(|_| Unusable)?,
        Key::LdapBase => settings.ldap.base = sources::line(text(item)?).ok_or(Unusable)?,
        Key::LdapUser => settings.ldap.user = sources::line(text(item)?).ok_or(Unusable)?,
        Key::LdapFilter => settings.ldap.filter = sources::filter(text(item)?).ok_or(Unusable)?,
        Key::LdapNumbers => settings.ldap.numbers = sources::attributes(item, Ldap::default().numbers)?,
        Key::LdapNames => settings.ldap.names = sources::attributes(item, Ldap::default().names)?,
        Key::LdapCompanies => settings.ldap.companies = sources::attributes(item, Ldap::default().companies)?,
        Key::OutsidePrefix => {
            settings.outside_prefix = sources::outside_prefix(text(item)?).ok_or(Unusable)?.to_owned();
        }
        Key::ExtensionPrefix => {
            settings.extension_prefix = sources::prefix(text(item)?).ok_or(Unusable)?.to_owned();
        }
        Key::ExtensionLength => {
            let length = item.as_integer().and_then(|length| u32::try_from(length).ok());
            settings.extension_length = length
                .filter(|length| sources::is_length(*length))
                .ok_or(Unusable)?;
        }
        Key::WindowLinger => {
            let seconds = item.as_integer().and_then(|seconds| u32::try_from(seconds).ok());
            settings.window_linger_s = seconds.filter(|s| *s <= LONGEST_LINGER_S).ok_or(Unusable)?;
        }
    }
    Ok(())
}

/// The value to write for a change, or the sentence that says why it can't be used. `before`: the settings in force, which
/// say what an address may begin with.
pub(super) fn write(change: &Change, before: &Settings) -> Result<Value, Message> {
    let Change { key, given } = change;
    let refused = || refusal(*key, given);
    let value = worded(*key, given).ok_or_else(refused)?;
    let mut asked = before.clone();
    read(&mut asked, *key, &Item::Value(value.clone())).map_err(|Unusable| refused())?;
    if *key == Key::PopUrl
        && let Some(template) = asked.pop_url
    {
        template
            .check_scheme(&before.pop_schemes)
            .map_err(|error| error.message())?;
    }
    Ok(value)
}

/// What a person gave, as the file has it; [`read`] judges it. `None`: it can't be written at all.
fn worded(key: Key, given: &Given) -> Option<Value> {
    Some(match (key, given) {
        (Key::Quiet, Given::Text(text)) => alerts::write_quiet(text.trim())?,
        (Key::DialHotkey, Given::Text(text)) => {
            let hotkey = hotkey(text).ok()?.map(|hotkey| hotkey.to_string());
            hotkey.unwrap_or_default().into()
        }
        (Key::ExtensionPrefix, Given::Text(text)) => text.replace([' ', '\u{a0}', '.'], "").into(),
        (Key::PopSchemes, Given::List(schemes)) => alerts::write_schemes(schemes)?,
        (_, Given::Text(text)) => text.trim().into(),
        (_, Given::Switch(on)) => (*on).into(),
        (_, Given::Count(count)) => i64::from(*count).into(),
        (_, Given::List(texts)) => sources::named(texts).collect::<Array>().into(),
    })
}

/// Why it can't be used.
fn refusal(key: Key, given: &Given) -> Message {
    let (text, list) = match given {
        Given::Text(text) => (text.trim(), &[][..]),
        Given::List(list) => ("", list.as_slice()),
        Given::Switch(_) | Given::Count(_) => ("", &[][..]),
    };
    let why = match key {
        Key::RelayUrl | Key::PlatformUrl | Key::CardDavUrl => address(text).err(),
        Key::LdapUrl => sources::directory(text).err(),
        Key::DialHotkey => hotkey(text).err().map(|error| error.message()),
        Key::PopUrl => alerts::pop_url(text).err().map(|error| error.message()),
        Key::PopProgram => Some(Message::new("settings-pop-program")),
        Key::PopSchemes => alerts::bad_scheme(list)
            .map(|scheme| Message::new("settings-pop-scheme-bad").with("scheme", scheme)),
        Key::Silenced if list.len() > alerts::MOST_SILENCED => {
            let most = alerts::MOST_SILENCED.to_string();
            Some(Message::new("settings-silenced-full").with("count", most))
        }
        Key::ContactsFolder => Some(Message::new("settings-contacts-folder")),
        Key::CardDavBooks => Some(Message::new("settings-carddav-books")),
        Key::CardDavEvery => Some(Message::new("settings-carddav-every")),
        Key::LdapNumbers | Key::LdapNames | Key::LdapCompanies => sources::bad_attribute(list)
            .map(|name| Message::new("settings-ldap-attributes").with("name", name)),
        Key::LdapFilter => Some(Message::new("settings-ldap-filter").with("number", sources::NUMBER)),
        Key::ExtensionPrefix => Some(Message::new("settings-extension-prefix")),
        Key::ExtensionLength => Some(Message::new("settings-extension-length")),
        Key::OutsidePrefix => Some(Message::new("settings-outside-prefix")),
        _ => None,
    };
    why.unwrap_or_else(|| Message::new("settings-change-value").with("key", key.path()))
}

impl Mode {
    /// As the file and the control protocol write it: `unset`, `relay` or `direct`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unset => "unset",
            Self::Relay => "relay",
            Self::Direct => "direct",
        }
    }
}

impl LanguageChoice {
    /// As the file and the control protocol write it: `system`, `fr` or `en`.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Always(lang) => lang.code(),
        }
    }
}

impl Theme {
    /// As the file and the control protocol write it: `system`, `light` or `dark`.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

impl Authentication {
    /// As the file and the control protocol write it: `api_key` or `account_password`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::AccountPassword => "account_password",
        }
    }
}

impl PlatformMethod {
    /// As the file and the control protocol write it: `get` or `post`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::Post => "post",
        }
    }
}

fn text(item: &Item) -> Result<&str, Unusable> {
    item.as_str().ok_or(Unusable)
}

fn switch(item: &Item) -> Result<bool, Unusable> {
    item.as_bool().ok_or(Unusable)
}

fn hotkey(text: &str) -> Result<Option<Hotkey>, HotkeyError> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some),
    }
}

fn mode(text: &str) -> Option<Mode> {
    Some(match text {
        "unset" | "" => Mode::Unset,
        "relay" => Mode::Relay,
        "direct" => Mode::Direct,
        _ => return None,
    })
}

fn language(text: &str) -> Option<LanguageChoice> {
    Some(match text {
        "system" | "" => LanguageChoice::System,
        "fr" => LanguageChoice::Always(Language::Fr),
        "en" => LanguageChoice::Always(Language::En),
        _ => return None,
    })
}

fn theme(text: &str) -> Option<Theme> {
    Some(match text {
        "system" | "" => Theme::System,
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        _ => return None,
    })
}

fn authentication(text: &str) -> Option<Authentication> {
    Some(match text {
        "api_key" | "" => Authentication::ApiKey,
        "account_password" => Authentication::AccountPassword,
        _ => return None,
    })
}

fn method(text: &str) -> Option<PlatformMethod> {
    Some(match text {
        "get" | "" => PlatformMethod::Get,
        "post" => PlatformMethod::Post,
        _ => return None,
    })
}

/// An account id is opaque; what can't be one is a text with white space or control characters, or without end.
fn account(text: &str) -> Option<Option<AccountId>> {
    let shaped = text.len() <= 128 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    shaped.then(|| (!text.is_empty()).then(|| AccountId(text.to_owned())))
}

/// An address that secrets may be sent to: `https`, or `http` on this computer. Empty: none.
fn address(text: &str) -> Result<Option<Url>, Message> {
    if text.is_empty() {
        return Ok(None);
    }
    let unusable = || Message::new("settings-change-url");
    let url = Url::parse(text).map_err(|_| unusable())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.has_host();
    match url.scheme() {
        "https" if plain => Ok(Some(url)),
        "http" if plain && loopback::is_loopback(&url) => Ok(Some(url)),
        "http" if plain => Err(Message::new("settings-change-url-insecure")),
        _ => Err(unusable()),
    }
}
