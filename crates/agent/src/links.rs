//! What a link or an argument asks for. Any web page can open a link: it fills the pad or asks, and never acts by itself.

use control::protocol::{PendingEnrolment, Secret};
use relay_api::RelayUrl;
use url::Url;

/// The longest text that goes into the pad's field, in characters: what is pasted there is cut at the same length
/// (`ui/src/lib/paste.ts`).
const LONGEST: usize = 500;

/// Whether a text is one of our own links rather than something to dial.
pub fn is_own(text: &str) -> bool {
    has_scheme(text.trim(), "centrex-tray")
}

/// What goes into the pad's field for a number or a `tel:`, `callto:` or `sip:` URI: the text as it came, for the pad
/// reads such URIs and shows what it made of them. What is too long to be a number is cut; line breaks stay, for they
/// keep two numbers apart.
pub fn pad_text(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}

/// Whether a relay could be there: the host is an address, or a name that DNS can hold (RFC 1035, RFC 1123).
fn is_possible(relay: &RelayUrl) -> bool {
    let Ok(url) = Url::parse(relay.as_str()) else {
        return false;
    };
    let name = match url.host() {
        Some(url::Host::Domain(name)) => name,
        Some(url::Host::Ipv4(address)) => return !address.is_unspecified() && !address.is_broadcast(),
        Some(url::Host::Ipv6(address)) => return !address.is_unspecified(),
        None => return false,
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        let signs = label
            .bytes()
            .all(|sign| sign.is_ascii_alphanumeric() || matches!(sign, b'-' | b'_'));
        signs && (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-')
    };
    url.port() != Some(0) && name.len() <= 253 && name.split('.').all(is_label)
}

fn has_scheme(text: &str, scheme: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(before, _)| before.eq_ignore_ascii_case(scheme))
}

/// A `centrex-tray:` link that can't be obeyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Not `centrex-tray://enrol?relay=…&code=…`.
    #[error("not an enrolment link")]
    NotEnrolment,
    /// The relay's address is missing or no address.
    #[error("the link's relay is no address")]
    Relay,
    /// The relay's address would send the token readable over the network.
    #[error("the link's relay isn't reached by https")]
    Plain,
    /// The code is missing, or longer than any code.
    #[error("the link has no enrolment code")]
    Code,
}

/// What an enrolment link says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolmentLink {
    /// What the person is asked.
    pub pending: PendingEnrolment,
    /// The one-time code. It goes to the relay alone, after the person's yes.
    pub code: Secret,
}

impl EnrolmentLink {
    /// The same link once more, whatever it is called here.
    pub fn is_same(&self, other: &Self) -> bool {
        self.pending.relay == other.pending.relay && self.code == other.code
    }
}

/// Reads `centrex-tray://enrol?relay=…&code=…`. Nothing is contacted: the person decides first. `id` is a new one for the
/// question.
///
/// # Errors
/// [`LinkError`]
pub fn enrolment(uri: &str, id: String) -> Result<EnrolmentLink, LinkError> {
    let url = Url::parse(uri.trim()).map_err(|_| LinkError::NotEnrolment)?;
    let place = url.host_str().unwrap_or_else(|| url.path().trim_matches('/'));
    if url.scheme() != "centrex-tray" || !place.eq_ignore_ascii_case("enrol") {
        return Err(LinkError::NotEnrolment);
    }
    let value = |key: &str| {
        url.query_pairs()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value)
    };
    let relay = value("relay").ok_or(LinkError::Relay)?;
    let relay = RelayUrl::parse(&relay).map_err(|error| match error {
        relay_api::SetupError::Plain => LinkError::Plain,
        _ => LinkError::Relay,
    })?;
    if !is_possible(&relay) {
        return Err(LinkError::Relay);
    }
    let code = value("code")
        .map(|code| code.trim().to_owned())
        .unwrap_or_default();
    if code.is_empty() || code.len() > 128 || code.chars().any(char::is_control) {
        return Err(LinkError::Code);
    }
    Ok(EnrolmentLink {
        pending: PendingEnrolment {
            id,
            relay: relay.as_str().to_owned(),
            host: relay.host(),
        },
        code: code.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(uri: &str) -> Result<EnrolmentLink, LinkError> {
        enrolment(uri, "1".into())
    }

    #[test]
    fn links_and_numbers_fill_the_pad_as_they_stand() {
        assert_eq!(pad_text(" tel:+33-1-99-00-00-01 "), "tel:+33-1-99-00-00-01");
        assert_eq!(
            pad_text("sip:0199000001@pbx.example"),
            "sip:0199000001@pbx.example"
        );
        assert_eq!(pad_text(&"1".repeat(10_000)).len(), LONGEST);
    }

    /// The same text means the same, whether a link or the clipboard brought it.
    #[test]
    fn line_breaks_of_a_link_keep_two_numbers_apart() {
        let two = "01 99 00 00 01\r\n01 99 00 00 02";
        assert_eq!(pad_text(two), two);
        assert_eq!(pad_text(" tel:0199000001\n"), "tel:0199000001");
    }

    #[test]
    fn an_enrolment_link_says_whom_to_trust() {
        let link = "centrex-tray://enrol?relay=https%3A%2F%2Frelay.example%3A8443&code=ABCD-1234";
        assert_eq!(
            read(link),
            Ok(EnrolmentLink {
                pending: PendingEnrolment {
                    id: "1".into(),
                    relay: "https://relay.example:8443/".into(),
                    host: "relay.example:8443".into(),
                },
                code: "ABCD-1234".to_owned().into(),
            })
        );
        assert!(!format!("{:?}", read(link)).contains("ABCD"));
        assert!(read("centrex-tray:enrol?relay=https://relay.example&code=X").is_ok());
        assert!(read("centrex-tray://enrol/?relay=http://127.0.0.1:8080&code=X").is_ok());
    }

    #[test]
    fn other_links_are_refused_with_their_reason() {
        let cases = [
            ("https://relay.example", LinkError::NotEnrolment),
            ("centrex-tray://settings", LinkError::NotEnrolment),
            ("centrex-tray://enrol", LinkError::Relay),
            (
                "centrex-tray://enrol?relay=relay.example&code=X",
                LinkError::Relay,
            ),
            (
                "centrex-tray://enrol?relay=http://relay.example&code=X",
                LinkError::Plain,
            ),
            (
                "centrex-tray://enrol?relay=https://relay.example",
                LinkError::Code,
            ),
            (
                "centrex-tray://enrol?relay=https://relay.example&code=%20",
                LinkError::Code,
            ),
        ];
        for (link, reason) in cases {
            assert_eq!(read(link), Err(reason), "{link}");
        }
    }

    #[test]
    fn a_relay_that_cannot_be_anywhere_is_refused() {
        let long = format!("{}.example", "x".repeat(64));
        for host in [
            "relay..example",
            "-relay.example",
            "relay-.example",
            ".example",
            "..",
            "0.0.0.0",
            "[::]",
            "relay.example:0",
            "a+b.example",
            "(relay).example",
            &long,
        ] {
            let link = format!("centrex-tray://enrol?relay=https://{host}&code=X");
            assert_eq!(read(&link), Err(LinkError::Relay), "{host}");
        }
        for host in [
            "relay",
            "relay.example.",
            "le-relais_2.exemple",
            "relais.société.example",
            "[::1]",
            "10.0.0.1",
        ] {
            let link = format!("centrex-tray://enrol?relay=https://{host}&code=X");
            assert!(read(&link).is_ok(), "{host}");
        }
    }

    #[test]
    fn own_links_are_told_apart_from_numbers() {
        assert!(is_own(" Centrex-Tray://enrol?x"));
        assert!(!is_own("tel:0199000001"));
        assert!(!is_own("0199000001"));
    }
}
