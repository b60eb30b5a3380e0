//! Which encoding a file is in.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::Hint;

/// Bytes in which ASCII is ASCII.
pub(super) struct Bytes<'a> {
    pub text: Cow<'a, [u8]>,
    /// The encoding of all of it, when a byte order mark or the zeros of UTF-16 tell.
    pub encoding: Option<&'static str>,
}

/// Takes a byte order mark off, and turns UTF-16 into UTF-8.
pub(super) fn without_utf16<'a>(bytes: &'a [u8], hint: &Hint) -> Bytes<'a> {
    let marked = Encoding::for_bom(bytes).map(|(encoding, mark)| (encoding, &bytes[mark..]));
    let (encoding, rest) = match (marked, named(hint)) {
        (Some(marked), _) => marked,
        (None, Some(_)) => return unmarked(bytes),
        (None, None) => match zeros(bytes) {
            Some(encoding) => (encoding, bytes),
            None => return unmarked(bytes),
        },
    };
    let text = match encoding == UTF_8 {
        true => Cow::Borrowed(rest),
        false => match encoding.decode_without_bom_handling(rest).0 {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
    };
    Bytes {
        text,
        encoding: Some(encoding.name()),
    }
}

fn unmarked(bytes: &[u8]) -> Bytes<'_> {
    Bytes {
        text: Cow::Borrowed(bytes),
        encoding: None,
    }
}

/// UTF-16 without a mark: in western texts every other byte of the beginning is zero.
fn zeros(bytes: &[u8]) -> Option<&'static Encoding> {
    let beginning = &bytes[..bytes.len().min(1024)];
    let zeros_at = |first: usize| {
        beginning
            .iter()
            .skip(first)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let half = beginning.len() / 2;
    let (even, odd) = (zeros_at(0), zeros_at(1));
    match half {
        0 => None,
        _ if odd * 4 > half * 3 && even * 4 < half => Some(UTF_16LE),
        _ if even * 4 > half * 3 && odd * 4 < half => Some(UTF_16BE),
        _ => None,
    }
}

/// The encoding that the person names, if there is such a one.
fn named(hint: &Hint) -> Option<&'static Encoding> {
    Encoding::for_label(hint.encoding.as_deref()?.as_bytes())
}

/// What is UTF-8 is UTF-8; anything else is what the text or the person names, or else Windows-1252, in which western
/// Windows programs write.
pub(super) fn decode<'a>(bytes: &'a [u8], hint: &Hint) -> (Cow<'a, str>, &'static str) {
    if let Some(encoding) = named(hint) {
        let (text, encoding, _) = encoding.decode(bytes);
        return (text, encoding.name());
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), UTF_8.name()),
        Err(_) => (
            WINDOWS_1252.decode_without_bom_handling(bytes).0,
            WINDOWS_1252.name(),
        ),
    }
}

/// As [`decode`] for one card, which may name its encoding in a `CHARSET` parameter (vCard 2.1).
pub(super) fn decode_card<'a>(bytes: &'a [u8], hint: &Hint) -> (Cow<'a, str>, &'static str) {
    if hint.encoding.is_none()
        && std::str::from_utf8(bytes).is_err()
        && let Some(encoding) = charset(bytes).filter(|encoding| *encoding != UTF_8)
    {
        let (text, encoding, _) = encoding.decode(bytes);
        return (text, encoding.name());
    }
    decode(bytes, hint)
}

fn charset(bytes: &[u8]) -> Option<&'static Encoding> {
    const NAME: &[u8] = b"CHARSET=";
    let at = bytes
        .windows(NAME.len())
        .position(|window| window.eq_ignore_ascii_case(NAME))?;
    let rest = &bytes[at + NAME.len()..];
    let end = rest.iter().position(|byte| b";:\r\n".contains(byte))?;
    Encoding::for_label(&rest[..end])
}
