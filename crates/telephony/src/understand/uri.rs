//! `tel:` (RFC 3966), `callto:` and `sip:` (RFC 3261, with a `tel` user part) addresses.

use percent_encoding::percent_decode_str;

use super::normalise::normalise;
use crate::verdict::Refusal;

/// What is left of a text after its scheme.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    /// The number part, decoded, the context put in front of it.
    pub text: String,
    /// From `;ext=`.
    pub extension: Option<String>,
    /// There was a scheme.
    pub is_uri: bool,
    /// The scheme was `sip:` or `sips:`.
    pub is_sip: bool,
}

/// Takes the scheme and the parameters off.
pub(super) fn read(text: &str) -> Result<Address, Refusal> {
    let Some((scheme, rest)) = split_scheme(text) else {
        return Ok(Address {
            text: decode(text),
            extension: None,
            is_uri: false,
            is_sip: false,
        });
    };
    let rest = rest.trim_start_matches('/');
    let is_sip = scheme.starts_with("sip");
    // A query (`?call`) says what to do, not whom to call.
    let rest = rest.split_once('?').map_or(rest, |(number, _)| number);
    let rest = match is_sip {
        true => user_part(rest)?,
        false => rest,
    };
    let mut parts = rest.split(';');
    let number = decode(parts.next().unwrap_or_default());
    let mut extension = None;
    let mut context = None;
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = decode(value);
        match name.trim().to_ascii_lowercase().as_str() {
            "ext" => extension = digits_of(&normalise(&value)),
            "phone-context" => context = Some(value),
            // RFC 3966 section 3: parameters that aren't known are ignored.
            _ => {}
        }
    }
    let text = match context {
        Some(context) if context.starts_with('+') && !number.trim_start().starts_with('+') => {
            format!("{context}{number}")
        }
        // A host name as context is somebody's private plan: read as if typed here.
        _ => number,
    };
    Ok(Address {
        text,
        extension,
        is_uri: true,
        is_sip,
    })
}

fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let scheme = scheme.to_ascii_lowercase();
    // "Tel: 01 42 …" is a label or a URI; both read the same, except that a URI may be percent-encoded.
    matches!(scheme.as_str(), "tel" | "callto" | "sip" | "sips").then_some((scheme, rest))
}

/// `+33142685300;ext=204:password@host;user=phone` → `+33142685300;ext=204`.
fn user_part(rest: &str) -> Result<&str, Refusal> {
    let user = match rest.rsplit_once('@') {
        Some((user, _host)) => user.split_once(':').map_or(user, |(user, _password)| user),
        None => rest.split_once(':').map_or(rest, |(user, _port)| user),
    };
    match user.chars().any(|c| c.is_ascii_digit()) || user.is_empty() {
        true => Ok(user),
        false => Err(Refusal::SipAddress),
    }
}

fn digits_of(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).take(20).collect();
    (!digits.is_empty()).then_some(digits)
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
