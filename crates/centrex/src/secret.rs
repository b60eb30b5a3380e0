//! Keeping secrets out of every text.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};

/// How a click-to-call request proves who asks.
#[derive(Clone, Debug)]
pub enum Credential {
    /// The customer-wide API key: opens every account.
    ApiKey(SecretString),
    /// The account's SIP password.
    AccountPassword(SecretString),
}

impl Credential {
    pub(crate) fn parameter(&self) -> (&'static str, &SecretString) {
        match self {
            Self::ApiKey(secret) => ("api_key", secret),
            Self::AccountPassword(secret) => ("password", secret),
        }
    }
}

/// Takes the secrets of a request out of a text that came back.
#[derive(Default)]
pub(crate) struct Scrubber(Vec<SecretString>);

/// What stands where a secret stood.
const SCRUBBED: &str = "[secret]";

impl Scrubber {
    /// Adds a secret in the forms in which an answer may repeat it.
    pub fn add(&mut self, secret: &SecretString) {
        let plain = secret.expose_secret();
        if plain.is_empty() {
            return;
        }
        let encoded = utf8_percent_encode(plain, NON_ALPHANUMERIC).to_string();
        let form: String = url::form_urlencoded::byte_serialize(plain.as_bytes()).collect();
        // As a query keeps what needs no encoding there.
        let query = url::Url::parse(&format!("http://h/?{plain}"))
            .ok()
            .and_then(|u| u.query().map(str::to_owned));
        let json = serde_json::to_string(plain)
            .unwrap_or_default()
            .trim_matches('"')
            .to_owned();
        let html = plain
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;");
        let forms = [
            plain.to_owned(),
            encoded.to_lowercase(),
            encoded,
            form.to_lowercase(),
            form,
            json,
            html,
        ];
        self.0.extend(
            forms
                .into_iter()
                .chain(query)
                .filter(|form| !form.is_empty())
                .map(SecretString::from),
        );
        // The longest form first, so that no half of one is left.
        self.0
            .sort_by_key(|form| std::cmp::Reverse(form.expose_secret().len()));
    }

    /// The text without them.
    pub fn scrub(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, form| {
            text.replace(form.expose_secret(), SCRUBBED)
        })
    }
}
