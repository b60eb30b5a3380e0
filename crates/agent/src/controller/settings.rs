//! Settings: changed by the window or by hand, in force at once.

use std::time::Duration;

use companion::event::Event;
use companion::settings::{Change, ChangeError, Given, Key, Loaded, Settings};
use control::protocol::{Error, ErrorCode, SettingsChange};
use serde_json::Value;
use tokio::time::Instant;

use super::Controller;
use crate::enrol::Note;
use crate::ports::Ports;
use crate::view;

/// Editors write a file in several steps; it is read once they rest.
const DEBOUNCE: Duration = Duration::from_millis(200);
/// A file that never rests is read all the same.
const LONGEST: Duration = Duration::from_secs(2);

/// When a file that changes is to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reload {
    first: Instant,
    pub at: Instant,
}

impl Reload {
    /// It changed, once more if `before` waits already.
    pub(super) fn touched(before: Option<Self>, now: Instant) -> Self {
        let first = before.map_or(now, |before| before.first);
        Self {
            first,
            at: (now + DEBOUNCE).min(first + LONGEST),
        }
    }
}

impl<P: Ports> Controller<P> {
    /// Writes changes into the file and puts them in force.
    pub(super) fn change_settings(&mut self, changes: &[Change]) -> Result<(), Error> {
        self.try_settings(changes).map_err(refusal)
    }

    /// The same, its refusal in the companion's words.
    pub(super) fn try_settings(&mut self, changes: &[Change]) -> Result<(), ChangeError> {
        let loaded = self.store.change(changes)?;
        self.put_in_force(loaded);
        Ok(())
    }

    /// A person or a company may have switched it on by file, and the session's entry may be gone.
    pub(super) fn start_with_session(&self) {
        if self.files.given.contains(&Key::Autostart) {
            self.ports.set_autostart(self.companion.settings().autostart);
        }
    }

    /// The hotkey of the settings takes the place of the one before.
    pub(super) fn set_hotkey(&mut self) {
        self.hotkey_works = None;
        self.ports.set_hotkey(self.companion.settings().dial_hotkey);
    }

    /// The file may have been changed by hand.
    pub(super) fn reload_settings(&mut self) {
        self.put_in_force(self.store.load());
    }

    /// What was read holds from now on, in place of what was pressed and couldn't be written.
    pub(super) fn put_in_force(&mut self, loaded: Loaded) {
        // A line of a file may be wrong: what it says keeps its value from before.
        let Loaded { settings, files } = loaded.after(self.companion.settings(), &self.files);
        if let Some(problem) = &files.problem
            && files.problem != self.files.problem
        {
            tracing::warn!(
                problem = problem.message().id,
                "a settings file can't be used as it is"
            );
        }
        let former = std::mem::replace(&mut self.files, files);
        self.take_over(settings);
        if former.incomplete || !former.unusable.is_empty() {
            // What couldn't be read took nothing away.
            self.forget_former_sources();
        }
    }

    fn take_over(&mut self, settings: Settings) {
        if settings == *self.companion.settings() {
            return;
        }
        let before = self.companion.settings().clone();
        let now = settings.clone();
        let language = self.companion.language();
        self.feed(Event::Settings(Box::new(settings)));
        if language != self.companion.language() {
            // Where a name comes from is told in words.
            self.contacts_changed();
        }
        if (before.keep_days, before.keep_private) != (now.keep_days, now.keep_private) {
            self.journal.keep(now.keep_days, now.keep_private);
        }
        if before.autostart != now.autostart {
            self.ports.set_autostart(now.autostart);
        }
        if platform(&before) != platform(&now) {
            self.refused = None;
        }
        if before.dial_hotkey != now.dial_hotkey {
            self.set_hotkey();
        }
        self.contacts_settings(&before);
        if before.mode != now.mode || before.relay_url != now.relay_url {
            self.disconnect();
            // What was chosen since an enrolment that didn't come to its end holds.
            self.unfinished = None;
            Note::within(self.paths.data()).remove();
        }
        if secret_places(&before) != secret_places(&now) {
            self.ask_keychain();
        }
    }
}

/// What decides whether the platform takes a call.
fn platform(settings: &Settings) -> impl PartialEq + '_ {
    (
        settings.mode,
        &settings.relay_url,
        &settings.account_id,
        settings.authentication,
        &settings.platform_url,
        settings.platform_method,
        settings.platform_plus,
    )
}

/// What decides which secrets the keychain is asked for.
fn secret_places(settings: &Settings) -> impl PartialEq + '_ {
    (
        settings.mode,
        &settings.relay_url,
        &settings.account_id,
        &settings.platform_url,
        &settings.carddav,
        &settings.ldap,
    )
}

/// Why settings aren't changed, on the wire.
pub(super) fn refusal(error: ChangeError) -> Error {
    Error {
        code: ErrorCode::Settings,
        message: view::message(error.0),
    }
}

/// The changes of a request, in the companion's words: its fields have the names of the keys.
pub(super) fn changes(wire: &SettingsChange) -> Vec<Change> {
    let Ok(Value::Object(fields)) = serde_json::to_value(wire) else {
        return Vec::new();
    };
    let change = |(name, value): (String, Value)| {
        Some(Change {
            key: Key::of_name(&name)?,
            given: given(value)?,
        })
    };
    fields.into_iter().filter_map(change).collect()
}

/// The value of a field; `None`: it stays as it is.
fn given(value: Value) -> Option<Given> {
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        _ => None,
    };
    match value {
        Value::String(text) => Some(Given::Text(text)),
        Value::Bool(on) => Some(Given::Switch(on)),
        Value::Number(count) => Some(Given::Count(u32::try_from(count.as_u64()?).ok()?)),
        Value::Array(texts) => Some(Given::List(texts.into_iter().map(text).collect::<Option<_>>()?)),
        Value::Null | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use control::protocol::Mode;

    use super::*;

    #[test]
    fn every_setting_but_the_silenced_numbers_can_be_changed_by_a_request() {
        let Ok(Value::Object(fields)) = serde_json::to_value(SettingsChange::default()) else {
            panic!("no fields")
        };
        let fields: BTreeSet<&str> = fields.keys().map(String::as_str).collect();
        // Those have a request of their own.
        let keys = Key::ALL.into_iter().filter(|key| *key != Key::Silenced);
        assert_eq!(fields, keys.map(Key::name).collect());
    }

    #[test]
    fn a_request_changes_what_it_names_and_nothing_else() {
        assert_eq!(changes(&SettingsChange::default()), []);
        let wire = SettingsChange {
            mode: Some(Mode::Relay),
            account_id: Some(String::new()),
            sound: Some(false),
            keep_days: Some(u32::MAX),
            carddav_books: Some(vec!["Équipe".into(), "Clients".into()]),
            ..SettingsChange::default()
        };
        let mut changes = changes(&wire);
        changes.sort_by_key(|change| change.key);
        assert_eq!(
            changes,
            [
                Change::new(Key::Mode, "relay"),
                Change::new(Key::AccountId, ""),
                Change::new(Key::Sound, false),
                Change::new(Key::KeepDays, u32::MAX),
                Change::new(Key::CardDavBooks, &["Équipe", "Clients"][..]),
            ]
        );
    }

    #[test]
    fn a_file_that_never_rests_is_read_all_the_same() {
        let start = Instant::now();
        let mut reload = None;
        for step in 0..100 {
            let now = start + step * DEBOUNCE / 2;
            reload = Some(Reload::touched(reload, now));
        }
        assert_eq!(reload.unwrap().at, start + LONGEST);
        assert_eq!(Reload::touched(None, start).at, start + DEBOUNCE);
    }
}
