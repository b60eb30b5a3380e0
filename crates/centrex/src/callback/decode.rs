//! Query and form decoding that keeps what isn't UTF-8.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};

/// A decoded name or value.
pub(super) struct Text<'a> {
    /// As a form has it: a bare plus is a space.
    pub text: Cow<'a, str>,
    /// With bare pluses left as they are, where there are any.
    with_plus: Option<String>,
    /// The bytes were UTF-8. If not, both texts are percent-encoded, so that the bytes can be had back.
    pub is_utf8: bool,
}

impl Text<'_> {
    /// With bare pluses left as they are.
    pub fn into_with_plus(self) -> String {
        self.with_plus.unwrap_or_else(|| self.text.into_owned())
    }
}

/// What is encoded in a text that isn't UTF-8: besides every byte beyond ASCII, the sign of the encoding itself.
const KEPT_ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// The `name=value` pairs of a query or form body; a pair without `=` has an empty value. Empty pairs are skipped.
pub(super) fn pairs(bytes: &[u8]) -> impl Iterator<Item = (Text<'_>, Text<'_>)> {
    bytes
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let cut = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(cut);
            (text(name), text(value.strip_prefix(b"=").unwrap_or(value)))
        })
}

fn text(encoded: &[u8]) -> Text<'_> {
    if !encoded.contains(&b'+') {
        let (text, is_utf8) = decoded(encoded);
        return Text {
            text,
            with_plus: None,
            is_utf8,
        };
    }
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let (text, is_utf8) = decoded(&spaced);
    Text {
        text: Cow::Owned(text.into_owned()),
        with_plus: Some(decoded(encoded).0.into_owned()),
        is_utf8,
    }
}

/// What is plain already, as nearly everything is, stays where it is.
fn decoded(encoded: &[u8]) -> (Cow<'_, str>, bool) {
    let broken = |bytes: &[u8]| (percent_encode(bytes, KEPT_ENCODED).to_string().into(), false);
    match Cow::from(percent_decode(encoded)) {
        Cow::Borrowed(bytes) => {
            std::str::from_utf8(bytes).map_or_else(|_| broken(bytes), |text| (text.into(), true))
        }
        Cow::Owned(bytes) => {
            String::from_utf8(bytes).map_or_else(|error| broken(error.as_bytes()), |text| (text.into(), true))
        }
    }
}
