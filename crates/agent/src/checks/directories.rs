//! How the address books on a server and the company directory went when they were last asked. No question of its own: a directory
//! that counts wrong passwords isn't asked once more than need be.

use companion::settings::Settings;
use companion::words::Message;
use contacts::sync::{Kind, SourceState};
use control::protocol::{Check, CheckResult};
use url::Url;

use super::{check, view};
use crate::people::source_state;

/// A check for each book and for the directory, as far as the settings name any.
pub(crate) fn directories(settings: &Settings, states: &[SourceState]) -> Vec<Check> {
    let of = |kind, url: Option<&Url>, name: &str| -> Vec<Check> {
        let Some(url) = url else { return Vec::new() };
        let ours = |state: &&SourceState| state.source.as_ref().is_some_and(|source| source.kind == kind);
        let mut checks: Vec<Check> = states.iter().filter(ours).map(|state| one(name, state)).collect();
        if checks.is_empty() {
            checks.push(waits(name, url.host_str().unwrap_or_default()));
        }
        checks
    };
    let mut checks = of(Kind::CardDav, settings.carddav.url.as_ref(), "carddav");
    checks.extend(of(Kind::Ldap, settings.ldap.url.as_ref(), "ldap"));
    checks
}

fn one(name: &str, state: &SourceState) -> Check {
    let shown = source_state(state);
    let host = Url::parse(&shown.name)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_default();
    if let Some(message) = shown.trouble {
        return Check {
            name: name.to_owned(),
            result: CheckResult::Failed,
            message,
        };
    }
    if shown.read_at.is_none() {
        return waits(name, &host);
    }
    let message = Message::new(&format!("doctor-{name}-ok"))
        .with("host", host)
        .with("count", state.contacts.to_string());
    check(name, CheckResult::Ok, message)
}

fn waits(name: &str, host: &str) -> Check {
    let message = Message::new(&format!("doctor-{name}-waits")).with("host", host);
    Check {
        name: name.to_owned(),
        result: CheckResult::Warning,
        message: view::message(message),
    }
}

#[cfg(test)]
mod tests {
    use contacts::sync::SourceId;
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn each_source_of_the_settings_has_its_word() {
        let state = |kind, name: &str, trouble: Option<&str>| SourceState {
            source: Some(SourceId {
                kind,
                name: name.into(),
            }),
            contacts: 3,
            synced_at: Some(Timestamp::UNIX_EPOCH),
            trouble: trouble.map(str::to_owned),
            token: None,
        };
        let told = |settings: &Settings, states: &[SourceState]| -> Vec<(String, CheckResult, String)> {
            let checks = directories(settings, states).into_iter();
            checks
                .map(|check| (check.name, check.result, check.message.id))
                .collect()
        };
        let mut settings = Settings::default();
        let book = state(Kind::CardDav, "https://cloud.example/a/", None);
        assert_eq!(told(&settings, std::slice::from_ref(&book)), []);
        settings.carddav.url = Url::parse("https://cloud.example").ok();
        settings.ldap.url = Url::parse("ldaps://ad.example").ok();
        let trouble = r#"{"id":"ldap-trouble-password","args":{"host":"ad.example"}}"#;
        assert_eq!(
            told(
                &settings,
                &[book, state(Kind::Ldap, "ldaps://ad.example", Some(trouble))]
            ),
            [
                (
                    "carddav".to_owned(),
                    CheckResult::Ok,
                    "doctor-carddav-ok".to_owned()
                ),
                (
                    "ldap".to_owned(),
                    CheckResult::Failed,
                    "ldap-trouble-password".to_owned()
                ),
            ]
        );
        assert_eq!(
            told(&settings, &[]),
            [
                (
                    "carddav".to_owned(),
                    CheckResult::Warning,
                    "doctor-carddav-waits".to_owned()
                ),
                (
                    "ldap".to_owned(),
                    CheckResult::Warning,
                    "doctor-ldap-waits".to_owned()
                ),
            ]
        );
    }
}
