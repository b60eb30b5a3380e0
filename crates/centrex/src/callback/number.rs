//! Numbers as the platform writes them.

use telephony::{E164, Meaning, Party, Rules, understand};

/// Words that stand for a number that isn't told.
const WITHHELD: [&str; 10] = [
    "anonymous",
    "anonyme",
    "unknown",
    "restricted",
    "private",
    "withheld",
    "unavailable",
    "none",
    "null",
    "undefined",
];

/// Reads a number parameter: E.164 with `+`, with `00`, or without either (the operator's usual form); a French national
/// number or a SIP address of one is read too. Anything else is kept as it came. `None`: withheld.
pub(super) fn party(value: &str) -> Option<Party> {
    let trimmed = value.trim();
    if trimmed.is_empty() || WITHHELD.contains(&trimmed.to_ascii_lowercase().as_str()) {
        return None;
    }
    Some(number(trimmed).map_or_else(|| Party::Other(trimmed.to_owned()), Party::Number))
}

fn number(text: &str) -> Option<E164> {
    if let Ok(number) = E164::parse(text) {
        return Some(number);
    }
    // Short numbers, extensions and users must not be lengthened into numbers.
    let readable = text.starts_with('0') || text.starts_with("sip:") || text.starts_with("tel:");
    match understand(text, &Rules::default()).meaning {
        Meaning::One(one) if readable && one.notes.is_empty() => one.number().cloned(),
        _ => None,
    }
}
