//! How a callback's parameters are written: properly, or as badly as it was asked for.

use std::fmt::Write as _;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

/// What RFC 3986 section 2.3 leaves unescaped.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// One parameter; `raw` values are sent as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    pub(crate) name: String,
    value: String,
    raw: bool,
}

impl Parameter {
    pub(crate) fn new(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            raw: false,
        }
    }

    pub(crate) fn raw(name: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            value: value.to_owned(),
            raw: true,
        }
    }
}

/// The parameters as a query, or as the body of a form.
pub(crate) fn encode(parameters: &[Parameter]) -> String {
    let mut text = String::new();
    for parameter in parameters {
        if !text.is_empty() {
            text.push('&');
        }
        let name = utf8_percent_encode(&parameter.name, ESCAPED);
        // Writing to a String can't fail.
        let _ = if parameter.raw {
            write!(text, "{name}={}", parameter.value)
        } else {
            write!(text, "{name}={}", utf8_percent_encode(&parameter.value, ESCAPED))
        };
    }
    text
}

/// The callback URL with a query added, whatever path, query or fragment it has of its own.
pub(crate) fn append(url: &Url, query: &str, slash: bool) -> String {
    let mut base = url.clone();
    base.set_fragment(None);
    let own = base.query().map(str::to_owned);
    base.set_query(None);
    let mut text = String::from(base);
    if slash && !text.ends_with('/') {
        text.push('/');
    }
    text.push('?');
    if let Some(own) = own.filter(|own| !own.is_empty()) {
        text.push_str(&own);
        if !query.is_empty() {
            text.push('&');
        }
    }
    text.push_str(query);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_escaped_unless_raw() {
        let parameters = [
            Parameter::new("call_id", "a@b;c=d/é +&"),
            Parameter::raw("calling_number", "+33199000001"),
            Parameter::new("status", ""),
        ];
        assert_eq!(
            encode(&parameters),
            "call_id=a%40b%3Bc%3Dd%2F%C3%A9%20%2B%26&calling_number=+33199000001&status="
        );
    }

    #[test]
    fn a_query_is_added_to_any_url() {
        for (url, slash, expect) in [
            ("http://h", false, "http://h/?x=1"),
            ("http://h/", true, "http://h/?x=1"),
            ("http://h/callback/s", false, "http://h/callback/s?x=1"),
            ("http://h/callback/s", true, "http://h/callback/s/?x=1"),
            ("http://h/callback/s/", true, "http://h/callback/s/?x=1"),
            ("http://h/c.php?a=b", false, "http://h/c.php?a=b&x=1"),
            ("http://h/c.php?", false, "http://h/c.php?x=1"),
            ("http://h/c?a=b#top", true, "http://h/c/?a=b&x=1"),
        ] {
            assert_eq!(append(&Url::parse(url).unwrap(), "x=1", slash), expect);
        }
    }
}
