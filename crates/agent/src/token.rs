//! Secrets as the keychain keeps them: the relay's token behind the address of the relay that issued it, a directory's password
//! behind its server. Whoever changes an address in a settings file doesn't get the secret sent there.

use companion::event::CredentialKind;
use companion::settings::Settings;
use relay_api::RelayUrl;
use secrecy::{ExposeSecret, SecretString};
use telephony::AccountId;
use url::Url;

use crate::desktop::SecretName;

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

fn behind(address: &str, secret: &SecretString) -> SecretString {
    let secret = secret.expose_secret();
    // As long as it will be: a text that grows leaves copies of itself in memory.
    let mut text = String::with_capacity(address.len() + 1 + secret.len());
    text.extend([address, " ", secret]);
    SecretString::from(text)
}

/// Where the password of an address book or a directory stands, and for which server it is kept.
pub(crate) struct SecretPlace {
    /// The entry.
    pub(crate) name: SecretName,
    server: String,
}

impl SecretPlace {
    /// The place for such a password; `None` for other kinds, and while the settings have no use for it.
    pub(crate) fn of(kind: CredentialKind, settings: &Settings) -> Option<Self> {
        let (url, user) = match kind {
            CredentialKind::CardDavPassword => (settings.carddav.url.as_ref()?, &settings.carddav.user),
            CredentialKind::LdapPassword => (settings.ldap.url.as_ref()?, &settings.ldap.user),
            CredentialKind::RelayToken | CredentialKind::ApiKey | CredentialKind::AccountPassword => {
                return None;
            }
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

    /// What stands in the keychain for this password: the server, a space, the password.
    pub(crate) fn keep(&self, password: &SecretString) -> SecretString {
        behind(&self.server, password)
    }

    /// The password in what the keychain gave, if it may go to this server.
    pub(crate) fn take(&self, kept: &SecretString) -> Option<SecretString> {
        let (server, password) = kept.expose_secret().split_once(' ')?;
        (server == self.server).then(|| SecretString::from(password))
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
        assert!(SecretPlace::of(CredentialKind::ApiKey, &settings).is_none());
    }

    #[test]
    fn a_token_put_there_by_hand_goes_where_the_settings_say() {
        let kept = SecretString::from("t-1");
        assert_eq!(token_for(&kept, "https://relay.example"), Some("t-1".into()));
    }
}
