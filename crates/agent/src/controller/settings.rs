//! Settings: changed by the window or by hand, in force at once.

use std::time::Duration;

use companion::event::Event;
use companion::settings::{Change, ChangeError, Key, Loaded, Mode};
use control::protocol::{Error, ErrorCode, Mode as WireMode, SettingsChange};

use tokio::time::Instant;

use super::Controller;
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
        self.files = files;
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
        let platform = |settings: &companion::settings::Settings| {
            (
                settings.mode,
                settings.relay_url.clone(),
                settings.account_id.clone(),
                settings.authentication,
                settings.platform_url.clone(),
                settings.platform_method,
                settings.platform_plus,
            )
        };
        if platform(&before) != platform(&now) {
            self.refused = None;
        }
        if before.dial_hotkey != now.dial_hotkey {
            self.set_hotkey();
        }
        self.contacts_settings(&before);
        if before.mode != now.mode || before.relay_url != now.relay_url {
            self.disconnect();
        }
        let secrets = |settings: &companion::settings::Settings| {
            (
                settings.mode,
                settings.relay_url.clone(),
                settings.account_id.clone(),
                settings.platform_url.clone(),
                settings.carddav.clone(),
                settings.ldap.clone(),
            )
        };
        if secrets(&before) != secrets(&now) {
            self.ask_keychain();
        }
    }
}

/// Why settings aren't changed, on the wire.
pub(super) fn refusal(error: ChangeError) -> Error {
    Error {
        code: ErrorCode::Settings,
        message: view::message(error.0),
    }
}

/// The changes of a request, in the companion's words.
pub(super) fn changes(wire: SettingsChange) -> Vec<Change> {
    let mode = wire.mode.map(|mode| match mode {
        WireMode::Unset => Mode::Unset,
        WireMode::Relay => Mode::Relay,
        WireMode::Direct => Mode::Direct,
    });
    [
        mode.map(Change::Mode),
        wire.language.map(Change::Language),
        wire.theme.map(Change::Theme),
        wire.relay_url.map(Change::RelayUrl),
        wire.account_id.map(Change::AccountId),
        wire.authentication.map(Change::Authentication),
        wire.platform_url.map(Change::PlatformUrl),
        wire.platform_method.map(Change::PlatformMethod),
        wire.platform_plus.map(Change::PlatformPlus),
        wire.notify_incoming.map(Change::NotifyIncoming),
        wire.notify_missed.map(Change::NotifyMissed),
        wire.sound.map(Change::Sound),
        wire.autostart.map(Change::Autostart),
        wire.dial_hotkey.map(Change::DialHotkey),
        wire.notify_outgoing.map(Change::NotifyOutgoing),
        wire.click_to_call_only.map(Change::ClickToCallOnly),
        wire.respect_dnd.map(Change::RespectDnd),
        wire.discreet_when_locked.map(Change::DiscreetWhenLocked),
        wire.quiet_hours.map(Change::Quiet),
        wire.pop_when.map(Change::PopWhen),
        wire.pop_url.map(Change::PopUrl),
        wire.pop_program.map(Change::PopProgram),
        wire.keep_days.map(Change::KeepDays),
        wire.keep_private.map(Change::KeepPrivate),
        wire.contacts_folder.map(Change::ContactsFolder),
        wire.carddav_url.map(Change::CardDavUrl),
        wire.carddav_user.map(Change::CardDavUser),
        wire.carddav_books.map(Change::CardDavBooks),
        wire.carddav_every_minutes.map(Change::CardDavEvery),
        wire.ldap_url.map(Change::LdapUrl),
        wire.ldap_base.map(Change::LdapBase),
        wire.ldap_user.map(Change::LdapUser),
        wire.ldap_filter.map(Change::LdapFilter),
        wire.ldap_numbers.map(Change::LdapNumbers),
        wire.ldap_names.map(Change::LdapNames),
        wire.ldap_companies.map(Change::LdapCompanies),
        wire.extension_prefix.map(Change::ExtensionPrefix),
        wire.extension_length.map(Change::ExtensionLength),
        wire.outside_prefix.map(Change::OutsidePrefix),
        wire.default_account.map(Change::DefaultAccount),
        wire.pop_directions.map(Change::PopDirections),
        wire.pop_schemes.map(Change::PopSchemes),
        wire.window_linger_s.map(Change::WindowLinger),
    ]
    .into_iter()
    .flatten()
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
