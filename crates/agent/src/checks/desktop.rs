//! What the agent knows of its own desktop, as checks.

use std::path::Path;

use companion::hotkey::Hotkey;
use companion::settings::FileProblem;
use companion::words::Message;
use control::protocol::{Check, CheckResult};

use super::{CheckName, check, failed, ok, skipped, warning};
use crate::desktop::links::{LinkOpener, NumberLinks};
use crate::desktop::notifications::Server;
use crate::desktop::tray::Host;
use crate::journal::Trouble;

/// What the controller knows without trying.
pub(crate) struct Found {
    pub(crate) tray_shown: bool,
    /// Why a notification couldn't be shown in this run.
    pub(crate) notify_problem: Option<String>,
    /// Who says now that it shows them.
    pub(crate) notification_server: Result<Option<Server>, String>,
    /// Why calls aren't remembered now.
    pub(crate) journal_problem: Option<Trouble>,
    /// What became of the journal when it was opened, if it is worth a sentence.
    pub(crate) journal_found: Option<Message>,
    /// The relay's last list of past calls didn't hold them all.
    pub(crate) history_cut: bool,
    /// What is wrong with the settings file.
    pub(crate) settings_problem: Option<FileProblem>,
    /// Why the record of the last call didn't open.
    pub(crate) record_problem: Option<Message>,
    /// The hotkey that is set.
    pub(crate) hotkey: Option<Hotkey>,
    /// Whether it works, or why none could; `None`: nobody has said yet.
    pub(crate) hotkey_works: Option<Result<(), Message>>,
    /// Who opens links to numbers now.
    pub(crate) number_links: NumberLinks,
}

/// Tray, notifications, journal, settings, window and links.
pub(crate) fn desktop(found: &Found, window: &Path) -> Vec<Check> {
    let tray = if found.tray_shown {
        ok(CheckName::TrayHost, "doctor-tray-ok")
    } else {
        warning(CheckName::TrayHost, "doctor-tray-none")
    };
    let journal = match (&found.journal_problem, &found.journal_found) {
        (None, None) => ok(CheckName::Journal, "doctor-journal-ok"),
        (None, Some(message)) => warning(CheckName::Journal, message.clone()),
        (Some(trouble), _) => {
            // The same as the window and `status` say, and what the system says where that tells little.
            let message = match &trouble.why {
                Some(why) => Message::new("doctor-journal-failed").with("why", why),
                None => trouble.message.clone(),
            };
            failed(CheckName::Journal, message)
        }
    };
    let history = found
        .history_cut
        .then(|| warning(CheckName::History, "doctor-history-cut"));
    let record = found
        .record_problem
        .clone()
        .map(|problem| warning(CheckName::Record, problem));
    let files = files(found.settings_problem.as_ref(), window);
    let notifications = notifications(&found.notification_server, found.notify_problem.as_deref());
    [tray, notifications, journal]
        .into_iter()
        .chain(history)
        .chain(record)
        .chain(files)
        .chain([number_links(&found.number_links.opener), hotkey(found)])
        .collect()
}

/// The hotkey. One that isn't set is the person's choice, no failure.
fn hotkey(found: &Found) -> Check {
    let (result, message) = match (found.hotkey, &found.hotkey_works) {
        (Some(hotkey), Some(Ok(()))) => {
            let message = Message::new("doctor-hotkey-ok").with("keys", hotkey.to_string());
            (CheckResult::Ok, message)
        }
        (Some(_), Some(Err(problem))) => (CheckResult::Warning, problem.clone()),
        (Some(_), None) => (CheckResult::Skipped, Message::new("doctor-hotkey-asked")),
        (None, Some(Err(obstacle))) => (CheckResult::Skipped, obstacle.clone()),
        (None, _) => (CheckResult::Skipped, Message::new("doctor-hotkey-none")),
    };
    check(CheckName::Hotkey, result, message)
}

/// Who opens links to numbers. Another program is the person's choice, no failure.
fn number_links(opener: &LinkOpener) -> Check {
    let (result, message) = match opener {
        LinkOpener::Us => (CheckResult::Ok, Message::new("doctor-links-us")),
        LinkOpener::Other(Some(program)) => (
            CheckResult::Skipped,
            Message::new("doctor-links-other").with("program", program),
        ),
        LinkOpener::Other(None) => (CheckResult::Skipped, Message::new("doctor-links-another")),
        LinkOpener::Nobody => (CheckResult::Skipped, Message::new("doctor-links-nobody")),
        LinkOpener::Unknown => (CheckResult::Skipped, Message::new("doctor-links-unknown")),
    };
    check(CheckName::NumberLinks, result, message)
}

/// Tray and notifications while no agent runs that could have tried them.
pub(super) fn untried(host: Host, server: &Result<Option<Server>, String>) -> [Check; 2] {
    let unknown = |name: CheckName| skipped(name, "doctor-untried");
    let tray = match host {
        Host::Here => ok(CheckName::TrayHost, "doctor-tray-host"),
        Host::Nobody => warning(CheckName::TrayHost, "doctor-tray-none"),
        Host::Unknown => unknown(CheckName::TrayHost),
    };
    let notifications = match server {
        Ok(None) => unknown(CheckName::Notifications),
        server => notifications(server, None),
    };
    [tray, notifications]
}

/// Whether a notification would be shown now, and why one was refused before.
fn notifications(server: &Result<Option<Server>, String>, refused: Option<&str>) -> Check {
    let told = |result, message| check(CheckName::Notifications, result, message);
    let failed = |why: &str| {
        let message = Message::new("doctor-notifications-failed").with("why", why);
        told(CheckResult::Failed, message)
    };
    let server = match (server, refused) {
        (Err(why), _) => return failed(why),
        (Ok(None), Some(why)) => return failed(why),
        (Ok(None), None) => return ok(CheckName::Notifications, "doctor-notifications-unasked"),
        (Ok(Some(server)), _) => server,
    };
    let (result, message) = match refused {
        Some(why) => (
            CheckResult::Warning,
            Message::new("doctor-notifications-refused").with("why", why),
        ),
        None if !server.has_buttons => (
            CheckResult::Warning,
            Message::new("doctor-notifications-no-buttons"),
        ),
        None => (CheckResult::Ok, Message::new("doctor-notifications-ok")),
    };
    told(result, message.with("server", &server.name))
}

/// Settings and window.
pub(super) fn files(settings_problem: Option<&FileProblem>, window: &Path) -> [Check; 2] {
    let settings = match settings_problem {
        None => ok(CheckName::Settings, "doctor-settings-ok"),
        Some(problem) => warning(CheckName::Settings, problem.message()),
    };
    let window = if window.is_file() {
        ok(CheckName::Window, "doctor-window-ok")
    } else {
        let message = Message::new("agent-window-missing").with("path", window.display().to_string());
        failed(CheckName::Window, message)
    };
    [settings, window]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desktop::links::Takeover;

    fn found() -> Found {
        Found {
            tray_shown: true,
            notify_problem: None,
            notification_server: Ok(None),
            journal_problem: None,
            journal_found: None,
            history_cut: false,
            settings_problem: None,
            record_problem: None,
            hotkey: None,
            hotkey_works: None,
            number_links: NumberLinks {
                opener: LinkOpener::Us,
                takeover: Takeover::Here,
            },
        }
    }

    fn said(found: &Found, name: &str) -> Option<(CheckResult, String)> {
        let checks = desktop(found, Path::new("window"));
        let check = checks.into_iter().find(|check| check.name == name);
        check.map(|check| (check.result, check.message.id))
    }

    #[test]
    fn of_the_journal_the_same_is_said_as_elsewhere() {
        let journal = |trouble: Option<(&str, Option<&str>)>, opened: Option<&str>| {
            let trouble = trouble.map(|(id, why)| Trouble {
                message: Message::new(id),
                why: why.map(str::to_owned),
            });
            let found = Found {
                journal_problem: trouble,
                journal_found: opened.map(Message::new),
                ..found()
            };
            said(&found, "journal").unwrap()
        };
        let failed = |id: &str| (CheckResult::Failed, id.to_owned());
        assert_eq!(journal(None, None), (CheckResult::Ok, "doctor-journal-ok".into()));
        assert_eq!(
            journal(Some(("journal-full", None)), None),
            failed("journal-full")
        );
        assert_eq!(
            journal(Some(("journal-unusable", Some("no room"))), None),
            failed("doctor-journal-failed")
        );
        let aside = (CheckResult::Warning, "journal-set-aside".to_owned());
        assert_eq!(journal(None, Some("journal-set-aside")), aside);
    }

    #[test]
    fn a_list_of_past_calls_that_was_cut_is_a_reservation() {
        let history = |history_cut| {
            said(
                &Found {
                    history_cut,
                    ..found()
                },
                "history",
            )
        };
        let warning = (CheckResult::Warning, "doctor-history-cut".to_owned());
        assert_eq!((history(false), history(true)), (None, Some(warning)));
    }
}
