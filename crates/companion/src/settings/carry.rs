//! Settings that go along to another computer.

use std::collections::BTreeSet;
use std::path::Path;

use toml_edit::{Item, Value};

use super::store::{self, Broken, ChangeError, Store};
use super::{Key, Loaded, Settings, alerts, values};
use crate::words::Message;

/// What another computer's settings file says of what goes along, in values that can be used.
#[derive(Clone, Debug)]
pub struct Carried(Vec<(Key, Value)>);

/// What taking over did.
#[derive(Clone, Debug)]
pub struct TakenOver {
    /// The settings in force.
    pub loaded: Loaded,
    /// Settings that were taken over.
    pub taken: usize,
    /// Settings that the company fixes otherwise here, which stay.
    pub locked: usize,
}

impl Key {
    /// It says how this desk reaches the company, or names a file of this computer: it doesn't go along to another.
    fn stays(self) -> bool {
        matches!(
            self,
            Self::Mode
                | Self::RelayUrl
                | Self::AccountId
                | Self::Authentication
                | Self::PlatformUrl
                | Self::PlatformMethod
                | Self::PlatformPlus
                | Self::DefaultAccount
                | Self::ContactsFolder
                | Self::PopProgram
        )
    }
}

impl Carried {
    /// Reads a settings file; nothing is carried by one that isn't there. What can't be used, or isn't known, is left out.
    ///
    /// # Errors
    /// The sentence that says why the file can't be read.
    pub fn read(file: &Path) -> Result<Self, Message> {
        let told = |id: &str| Message::new(id).with("file", file.display().to_string());
        let document = match store::parse(file) {
            Ok(Some(document)) => document.into_mut(),
            Ok(None) => return Ok(Self(Vec::new())),
            Err(Broken::Line(line)) => {
                return Err(told("settings-change-broken").with("line", line.to_string()));
            }
            Err(Broken::Unreadable) => return Err(told("settings-change-unreadable")),
            Err(Broken::Unfit) => return Err(told("settings-change-unfit")),
        };
        let usable = |key: Key| {
            let item = store::find(document.as_table(), key).ok().flatten()?.clone();
            values::read(&mut Settings::default(), key, &item).ok()?;
            let mut value = item.into_value().ok()?;
            value.decor_mut().clear();
            Some((key, value))
        };
        Ok(Self(
            Key::ALL
                .into_iter()
                .filter(|key| !key.stays())
                .filter_map(usable)
                .collect(),
        ))
    }
}

impl Store {
    /// Writes what was carried into the person's file, all or nothing. What the company fixes stays, and so does what would
    /// take something away that is here: calls by keeping fewer, contacts by reading another server. Silenced numbers come
    /// beside those that are here.
    ///
    /// # Errors
    /// As [`Store::change`], but for what is fixed.
    pub fn take_over(&self, carried: &Carried) -> Result<TakenOver, ChangeError> {
        let loaded = self.load();
        let mut document = self.changeable()?;
        let (mut taken, mut locked) = (0, 0);
        for (key, value) in &carried.0 {
            let value = match key {
                Key::Silenced => beside(&loaded.settings, value),
                _ => value.clone(),
            };
            if store::in_force(&loaded.settings, *key, &value) || takes_away(&loaded.settings, *key, &value) {
                continue;
            }
            if loaded.files.locked.contains(key) {
                locked += 1;
                continue;
            }
            store::set(&mut document, *key, value)
                .map_err(|store::InTheWay| self.broken_at(&document, *key))?;
            taken += 1;
        }
        if taken > 0 {
            self.put(&document)?;
        }
        Ok(TakenOver {
            loaded: self.load(),
            taken,
            locked,
        })
    }
}

/// Whether calls or contacts of this computer would go with the setting of another one.
fn takes_away(here: &Settings, key: Key, value: &Value) -> bool {
    let mut carried = Settings::default();
    if values::read(&mut carried, key, &Item::Value(value.clone())).is_err() {
        return true;
    }
    match key {
        Key::KeepDays => {
            carried.keep_days != 0 && (here.keep_days == 0 || carried.keep_days < here.keep_days)
        }
        Key::KeepPrivate => here.keep_private && !carried.keep_private,
        Key::CardDavUrl | Key::CardDavUser | Key::CardDavBooks | Key::CardDavEvery => {
            here.carddav.url.is_some()
        }
        Key::LdapUrl
        | Key::LdapBase
        | Key::LdapUser
        | Key::LdapFilter
        | Key::LdapNumbers
        | Key::LdapNames
        | Key::LdapCompanies => here.ldap.url.is_some(),
        _ => false,
    }
}

/// The silenced numbers of both, as many as there may be.
fn beside(settings: &Settings, value: &Value) -> Value {
    let carried = alerts::silenced(&Item::Value(value.clone())).unwrap_or_default();
    let here = &settings.silenced;
    let room = alerts::MOST_SILENCED.saturating_sub(here.len());
    let all: BTreeSet<_> = carried.difference(here).take(room).chain(here).collect();
    all.into_iter().map(|number| number.as_str()).collect()
}
