//! The relay's token as the keychain keeps it: behind the address of the relay that issued it. Whoever changes the relay's
//! address in a settings file doesn't get the token sent there.

use relay_api::RelayUrl;
use secrecy::{ExposeSecret, SecretString};

/// What stands in the keychain for this token: the relay's address, a space, the token. No address holds a space.
pub(crate) fn kept(relay: &RelayUrl, token: &SecretString) -> SecretString {
    let (relay, token) = (relay.as_str(), token.expose_secret());
    // As long as it will be: a text that grows leaves copies of itself in memory.
    let mut text = String::with_capacity(relay.len() + 1 + token.len());
    text.extend([relay, " ", token]);
    SecretString::from(text)
}

/// The token in what the keychain gave, if it may go to this relay. One without an address was put there by hand, by nobody's
/// enrolment, and goes where the settings say.
pub(crate) fn for_relay(kept: &SecretString, relay: &RelayUrl) -> Option<SecretString> {
    match kept.expose_secret().split_once(' ') {
        Some((issuer, token)) => (issuer == relay.as_str()).then(|| SecretString::from(token)),
        None => Some(kept.clone()),
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
    fn a_token_put_there_by_hand_goes_where_the_settings_say() {
        let kept = SecretString::from("t-1");
        assert_eq!(token_for(&kept, "https://relay.example"), Some("t-1".into()));
    }
}
