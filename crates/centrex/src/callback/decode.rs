//! Query and form decoding that keeps what isn't UTF-8.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode, percent_encode};

/// A decoded name or value.
pub(super) struct Text {
    /// As a form has it: a bare plus is a space.
    pub text: String,
    /// With bare pluses left as they are.
    pub with_plus: String,
    /// The bytes were UTF-8. If not, both texts are percent-encoded, so that the bytes can be had back.
    pub is_utf8: bool,
}

/// What is encoded in a text that isn't UTF-8: besides every byte beyond ASCII, the sign of the encoding itself.
const KEPT_ENCODED: &AsciiSet = &CONTROLS.add(b'%');

/// The `name=value` pairs of a query or form body; a pair without `=` has an empty value. Empty pairs are skipped.
pub(super) fn pairs(bytes: &[u8]) -> impl Iterator<Item = (Text, Text)> {
    bytes
        .split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let cut = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let (name, value) = pair.split_at(cut);
            (text(name), text(value.strip_prefix(b"=").unwrap_or(value)))
        })
}

fn text(encoded: &[u8]) -> Text {
    let spaced: Vec<u8> = encoded
        .iter()
        .map(|byte| if *byte == b'+' { b' ' } else { *byte })
        .collect();
    let (text, is_utf8) = decoded(&spaced);
    let (with_plus, _) = decoded(encoded);
    Text {
        text,
        with_plus,
        is_utf8,
    }
}

fn decoded(encoded: &[u8]) -> (String, bool) {
    match String::from_utf8(percent_decode(encoded).collect()) {
        Ok(text) => (text, true),
        Err(error) => (percent_encode(error.as_bytes(), KEPT_ENCODED).to_string(), false),
    }
}
