//! Secrets as the keychain keeps them: the relay's token behind the address of the relay that issued it, the platform's key and
//! a directory's password behind their server. Whoever changes an address in the settings doesn't get the secret sent there.

use centrex::PLATFORM_URL;
use companion::event::CredentialKind;
use companion::settings::Settings;
use relay_api::RelayUrl;
use secrecy::{ExposeSecret, SecretString};
use telephony::AccountId;
use url::Url;

use crate::desktop::SecretName;

/// The relay of the settings, if they name one that can be used.
pub(crate) fn relay(settings: &Settings) -> Option<RelayUrl> {
    RelayUrl::parse(settings.relay_url.as_ref()?.as_str()).ok()
}

/// What stands in the keychain for this token: the relay's address, a space, the token. No address holds a space.
pub(crate) fn kept(relay: &RelayUrl, token: &SecretString) -> SecretString {
    behind(relay.as_str(), token)
}

/// The token in what the keychain gave, if it may go to this relay. One without an address was put there by hand, by nobody's
/// enrolment, and goes where the settings say.
pub(crate) fn for_relay(kept: &SecretString, relay: &RelayUrl) -> Option<SecretString> {
    match kept.expose_secret().split_once(' ') {
        Some((issuer, token)) => (issuer == relay.as_str()).then(|| SecretString::from(token)),
        None => Some(kept.clone()),
    }
}

/// Whether this relay issued the token in what the keychain gave.
pub(crate) fn is_of(kept: &SecretString, relay: &RelayUrl) -> bool {
    let issuer = kept.expose_secret().split_once(' ').map(|(issuer, _)| issuer);
    issuer == Some(relay.as_str())
}

fn behind(address: &str, secret: &SecretString) -> SecretString {
    let secret = secret.expose_secret();
    // As long as it will be: a text that grows leaves copies of itself in memory.
    let mut text = String::with_capacity(address.len() + 1 + secret.len());
    text.extend([address, " ", secret]);
    SecretString::from(text)
}

/// Where the secret for a server stands (the platform, an address book, a directory), and for which server it is kept.
pub(crate) struct SecretPlace {
    /// The entry.
    pub(crate) name: SecretName,
    server: String,
}

impl SecretPlace {
    /// The place for such a secret; `None` for the relay's token, and while the settings have no use for it.
    pub(crate) fn of(kind: CredentialKind, settings: &Settings) -> Option<Self> {
        let (url, user) = match kind {
            CredentialKind::CardDavPassword => (settings.carddav.url.as_ref()?, &settings.carddav.user),
            CredentialKind::LdapPassword => (settings.ldap.url.as_ref()?, &settings.ldap.user),
            CredentialKind::ApiKey | CredentialKind::AccountPassword => {
                return Self::platform(kind, settings.account_id.clone()?, settings);
            }
            CredentialKind::RelayToken => return None,
        };
        // Without a name nobody signs in.
        let account = Some(AccountId(user.clone())).filter(|account| !account.0.is_empty())?;
        Some(Self {
            name: SecretName {
                kind,
                account: Some(account),
            },
            server: server(url),
        })
    }

    /// The place for an account's secret at the platform of the settings. `None` for other kinds.
    pub(crate) fn platform(kind: CredentialKind, account: AccountId, settings: &Settings) -> Option<Self> {
        let usual = || Url::parse(PLATFORM_URL).ok();
        kind.is_of_an_account().then_some(())?;
        let url = settings.platform_url.clone().or_else(usual)?;
        Some(Self {
            name: SecretName {
                kind,
                account: Some(account),
            },
            server: server(&url),
        })
    }

    /// What stands in the keychain for this secret: the server, a space, the secret.
    pub(crate) fn keep(&self, password: &SecretString) -> SecretString {
        behind(&self.server, password)
    }

    /// The secret in what the keychain gave, if it may go to this server. A platform's secret without a server was put there
    /// by hand or by an early version: it goes to the operator's usual address alone.
    pub(crate) fn take(&self, kept: &SecretString) -> Option<SecretString> {
        let text = kept.expose_secret();
        match text.split_once(' ') {
            // A password may hold spaces; no server's begins without its scheme.
            Some((server, secret)) if server.contains("://") => {
                (server == self.server).then(|| SecretString::from(secret))
            }
            _ => {
                let usual = Url::parse(PLATFORM_URL).ok()?;
                let goes = self.name.kind.is_of_an_account() && server(&usual) == self.server;
                goes.then(|| kept.clone())
            }
        }
    }
}

/// Scheme, host and port: `https://cloud.example`.
fn server(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default().to_ascii_lowercase();
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relay(text: &str) -> RelayUrl {
        RelayUrl::parse(text).unwrap()
    }

    fn token_for(kept: &SecretString, address: &str) -> Option<String> {
        for_relay(kept, &relay(address)).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn a_token_goes_to_the_relay_that_issued_it_and_to_no_other() {
        let kept = kept(&relay("https://relay.example/base"), &SecretString::from("t-1"));
        assert_eq!(
            token_for(&kept, "https://RELAY.example:443/base/"),
            Some("t-1".into())
        );
        for other in [
            "https://other.example/base",
            "https://relay.example",
            "https://relay.example:8443/base",
            "https://relay.example.evil.example/base",
            "http://127.0.0.1:8080",
        ] {
            assert_eq!(token_for(&kept, other), None, "{other}");
        }
    }

    #[test]
    fn a_password_goes_to_the_server_that_it_was_given_for_and_to_no_other() {
        let mut settings = Settings::default();
        let kind = CredentialKind::CardDavPassword;
        assert!(SecretPlace::of(kind, &settings).is_none());
        settings.carddav.url = Url::parse("https://cloud.example/dav").ok();
        assert!(SecretPlace::of(kind, &settings).is_none(), "nobody to sign in");
        settings.carddav.user = "lise".into();
        let kept = SecretPlace::of(kind, &settings)
            .unwrap()
            .keep(&SecretString::from("with spaces "));
        let mut at = |address: &str| {
            settings.carddav.url = Url::parse(address).ok();
            let place = SecretPlace::of(kind, &settings).unwrap();
            assert_eq!(place.name.account, Some(AccountId("lise".into())));
            place
                .take(&kept)
                .map(|password| password.expose_secret().to_owned())
        };
        assert_eq!(at("https://CLOUD.example:443/other"), Some("with spaces ".into()));
        for other in [
            "https://cloud.example:8443",
            "http://cloud.example",
            "https://evil.example",
        ] {
            assert_eq!(at(other), None, "{other}");
        }
    }

    #[test]
    fn a_key_goes_to_the_platform_that_it_was_given_for_and_to_no_other() {
        for kind in [CredentialKind::ApiKey, CredentialKind::AccountPassword] {
            let mut settings = Settings::default();
            assert!(SecretPlace::of(kind, &settings).is_none(), "no account");
            settings.account_id = Some(AccountId("1001".into()));
            let mut taken = |address: Option<&str>, kept: &SecretString| {
                settings.platform_url = address.map(|address| Url::parse(address).unwrap());
                let place = SecretPlace::of(kind, &settings).unwrap();
                assert_eq!(place.name.account, settings.account_id);
                place.take(kept).map(|secret| secret.expose_secret().to_owned())
            };
            let usual = SecretPlace::platform(kind, AccountId("1001".into()), &Settings::default()).unwrap();
            // With a server, and as an early version kept it.
            for (kept, secret) in [
                (usual.keep(&SecretString::from("k-1")), "k-1"),
                (SecretString::from("k-1"), "k-1"),
                (SecretString::from("with spaces "), "with spaces "),
            ] {
                for ours in [None, Some(PLATFORM_URL)] {
                    assert_eq!(taken(ours, &kept).as_deref(), Some(secret), "{ours:?}");
                }
                for other in ["http://127.0.0.1:8495/api", "https://evil.example"] {
                    assert_eq!(taken(Some(other), &kept), None, "{other}");
                }
            }
            let elsewhere = SecretString::from("http://127.0.0.1:8495 k-2");
            assert_eq!(
                taken(Some("http://127.0.0.1:8495/api"), &elsewhere).as_deref(),
                Some("k-2")
            );
            assert_eq!(taken(None, &elsewhere), None);
        }
    }

    #[test]
    fn a_token_put_there_by_hand_goes_where_the_settings_say() {
        let kept = SecretString::from("t-1");
        assert_eq!(token_for(&kept, "https://relay.example"), Some("t-1".into()));
    }
}
