//! The values of the file: read into settings, written from changes. One place that knows what each key may hold.

use telephony::{AccountId, E164};
use toml_edit::{Item, Value};
use url::Url;

use super::{
    Authentication, Change, Key, LanguageChoice, Ldap, Mode, PlatformMethod, Settings, Theme, alerts, sources,
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

/// The key that a change concerns and the value to write, or the sentence that says why it can't be.
/// `before`: the settings in force, which say what an address may begin with.
pub(super) fn write(change: &Change, before: &Settings) -> Result<(Key, Value), Message> {
    let key = change.key();
    let refused = || Message::new("settings-change-value").with("key", key.path());
    let checked = |text: &str, good: bool| {
        if good {
            Ok(Value::from(text))
        } else {
            Err(refused())
        }
    };
    let value = match change {
        Change::Mode(Mode::Unset) => Value::from("unset"),
        Change::Mode(Mode::Relay) => Value::from("relay"),
        Change::Mode(Mode::Direct) => Value::from("direct"),
        Change::Language(text) => checked(text, language(text).is_some())?,
        Change::Theme(text) => checked(text, theme(text).is_some())?,
        Change::Authentication(text) => checked(text, authentication(text).is_some())?,
        Change::PlatformMethod(text) => checked(text, method(text).is_some())?,
        Change::AccountId(text) | Change::DefaultAccount(text) => {
            checked(text.trim(), account(text.trim()).is_some())?
        }
        Change::RelayUrl(text) | Change::PlatformUrl(text) | Change::CardDavUrl(text) => {
            let text = text.trim();
            address(text)?;
            Value::from(text)
        }
        Change::DialHotkey(text) => {
            let hotkey = hotkey(text).map_err(|error| error.message())?;
            Value::from(hotkey.map(|hotkey| hotkey.to_string()).unwrap_or_default())
        }
        Change::Quiet(text) => alerts::write_quiet(text.trim()).ok_or_else(refused)?,
        Change::Silenced(numbers) if numbers.len() > alerts::MOST_SILENCED => {
            let most = alerts::MOST_SILENCED.to_string();
            return Err(Message::new("settings-silenced-full").with("count", most));
        }
        Change::Silenced(numbers) => numbers.iter().map(E164::as_str).collect(),
        Change::PopWhen(text) => checked(text, alerts::pop_when(text).is_some())?,
        Change::PopDirections(names) => alerts::write_directions(names).ok_or_else(refused)?,
        Change::PopSchemes(schemes) => alerts::write_schemes(schemes)
            .map_err(|scheme| Message::new("settings-pop-scheme-bad").with("scheme", scheme))?,
        Change::WindowLinger(seconds) if *seconds <= LONGEST_LINGER_S => Value::from(i64::from(*seconds)),
        Change::WindowLinger(_) => return Err(refused()),
        Change::PopUrl(text) => {
            let template = alerts::pop_url(text.trim()).map_err(|error| error.message())?;
            if let Some(template) = template {
                template
                    .check_scheme(&before.pop_schemes)
                    .map_err(|error| error.message())?;
            }
            Value::from(text.trim())
        }
        Change::PopProgram(text) => {
            let good = alerts::pop_program(text.trim()).is_some();
            checked(text.trim(), good).map_err(|_| Message::new("settings-pop-program"))?
        }
        Change::ContactsFolder(text) => {
            let good = sources::folder(text.trim()).is_some();
            checked(text.trim(), good).map_err(|_| Message::new("settings-contacts-folder"))?
        }
        Change::CardDavUser(text) | Change::LdapBase(text) | Change::LdapUser(text) => {
            checked(text.trim(), sources::line(text.trim()).is_some())?
        }
        Change::CardDavBooks(names) => {
            sources::write_books(names).ok_or_else(|| Message::new("settings-carddav-books"))?
        }
        Change::LdapNumbers(names) | Change::LdapNames(names) | Change::LdapCompanies(names) => {
            sources::write_attributes(names)
                .map_err(|name| Message::new("settings-ldap-attributes").with("name", name))?
        }
        Change::CardDavEvery(minutes) if sources::is_interval(*minutes) => Value::from(i64::from(*minutes)),
        Change::CardDavEvery(_) => return Err(Message::new("settings-carddav-every")),
        Change::LdapUrl(text) => {
            sources::directory(text.trim())?;
            Value::from(text.trim())
        }
        Change::LdapFilter(text) => {
            let good = sources::filter(text.trim()).is_some();
            checked(text.trim(), good)
                .map_err(|_| Message::new("settings-ldap-filter").with("number", sources::NUMBER))?
        }
        Change::ExtensionPrefix(text) => {
            let prefix = text.replace([' ', '\u{a0}', '.'], "");
            let good = sources::prefix(&prefix).is_some();
            checked(&prefix, good).map_err(|_| Message::new("settings-extension-prefix"))?
        }
        Change::OutsidePrefix(text) => {
            let good = sources::outside_prefix(text.trim()).is_some();
            checked(text.trim(), good).map_err(|_| Message::new("settings-outside-prefix"))?
        }
        Change::ExtensionLength(length) if sources::is_length(*length) => Value::from(i64::from(*length)),
        Change::ExtensionLength(_) => return Err(Message::new("settings-extension-length")),
        Change::KeepDays(days) if *days <= LONGEST_KEEP_DAYS => Value::from(i64::from(*days)),
        Change::KeepDays(_) => return Err(refused()),
        Change::NotifyIncoming(on)
        | Change::KeepPrivate(on)
        | Change::PlatformPlus(on)
        | Change::NotifyMissed(on)
        | Change::NotifyOutgoing(on)
        | Change::ClickToCallOnly(on)
        | Change::RespectDnd(on)
        | Change::DiscreetWhenLocked(on)
        | Change::Sound(on)
        | Change::Autostart(on) => Value::from(*on),
    };
    Ok((key, value))
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
