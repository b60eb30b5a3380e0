//! How the address books on a server and the company directory went when they were last asked. No question of its own: a directory
//! that counts wrong passwords isn't asked once more than need be.

use companion::settings::Settings;
use companion::words::Message;
use contacts::sync::{Kind, SourceState};
use control::protocol::{Check, CheckResult};
use url::Url;

use super::{CheckName, ok, warning};
use crate::people::source_state;

/// A check for the books together and one for the directory, as far as the settings name any. Of several books the one that
/// goes worst has the word.
pub(crate) fn directories(settings: &Settings, states: &[SourceState]) -> Vec<Check> {
    let of = |kind, url: Option<&Url>, name: CheckName| -> Option<Check> {
        let url = url?;
        let ours = |state: &&SourceState| state.source.as_ref().is_some_and(|source| source.kind == kind);
        let ours = || states.iter().filter(ours);
        let contacts = ours().map(|state| state.contacts).sum();
        let worst = ours()
            .map(|state| one(name, state, contacts))
            .max_by_key(|check| match check.result {
                CheckResult::Skipped | CheckResult::Ok => 0,
                CheckResult::Warning => 1,
                CheckResult::Failed => 2,
            });
        Some(worst.unwrap_or_else(|| waits(name, url.host_str().unwrap_or_default())))
    };
    let books = of(Kind::CardDav, settings.carddav.url.as_ref(), CheckName::CardDav);
    let directory = of(Kind::Ldap, settings.ldap.url.as_ref(), CheckName::Ldap);
    books.into_iter().chain(directory).collect()
}

/// `contacts`: in all sources of its kind.
fn one(name: CheckName, state: &SourceState, contacts: u64) -> Check {
    let shown = source_state(state);
    let host = Url::parse(&shown.name)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned));
    let host = host.unwrap_or_default();
    if let Some(message) = shown.trouble {
        return Check {
            name: name.as_str().to_owned(),
            result: CheckResult::Failed,
            message,
        };
    }
    if shown.read_at.is_none() {
        return waits(name, &host);
    }
    let message = Message::new(&format!("doctor-{}-ok", name.as_str()))
        .with("host", host)
        .with("count", contacts.to_string());
    ok(name, message)
}

fn waits(name: CheckName, host: &str) -> Check {
    let message = Message::new(&format!("doctor-{}-waits", name.as_str())).with("host", host);
    warning(name, message)
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
        // Several books are one line, and the worst of them has the word.
        let good = || state(Kind::CardDav, "https://cloud.example/a/", None);
        let refused = r#"{"id":"carddav-trouble-password","args":{"host":"cloud.example"}}"#;
        let bad = state(Kind::CardDav, "https://cloud.example/b/", Some(refused));
        settings.ldap.url = None;
        let both = directories(&settings, &[good(), good()]);
        assert_eq!((both.len(), both[0].message.args["count"].as_str()), (1, "6"));
        for states in [[good(), bad.clone()], [bad, good()]] {
            let one = told(&settings, &states);
            assert_eq!(one.len(), 1);
            assert_eq!(one[0].2, "carddav-trouble-password");
        }
    }
}
