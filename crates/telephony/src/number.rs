//! Numbers: E.164 and what else stands where a number is expected.

use serde::{Deserialize, Serialize};

/// A number in international form (ITU-T E.164): up to 15 digits, country code first.
/// Written with a leading `+` everywhere inside the product (`+33142685300`); see [`E164::digits`] for the platform's form.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

/// Not 7 to 15 digits, or a first digit of zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a number in international form")]
pub struct NotE164;

impl E164 {
    /// Reads `+33142685300` or `33142685300` and nothing looser; what people type goes through `understand`.
    ///
    /// # Errors
    /// [`NotE164`] when it isn't 7 to 15 ASCII digits that start with 1–9.
    pub fn parse(text: &str) -> Result<Self, NotE164> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let shaped = (7..=15).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
            && !digits.starts_with('0');
        if shaped {
            Ok(Self(format!("+{digits}")))
        } else {
            Err(NotE164)
        }
    }

    /// Digits alone, as the platform writes them: `33142685300`.
    pub fn digits(&self) -> &str {
        &self.0[1..]
    }

    /// With the plus: `+33142685300`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for E164 {
    type Error = NotE164;
    fn try_from(text: String) -> Result<Self, NotE164> {
        Self::parse(&text)
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.0
    }
}

/// Who stands at an end of a call: an E.164 number, or whatever else the platform wrote there (an extension, a short number).
/// One string on the wire: `+33142685300`, or the other thing as it came.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Party {
    /// A number in international form.
    Number(E164),
    /// Anything else, as it came: `204`, `3639`, a SIP user.
    Other(String),
}

impl From<String> for Party {
    fn from(text: String) -> Self {
        E164::parse(&text).map_or(Self::Other(text), Self::Number)
    }
}

impl From<Party> for String {
    fn from(party: Party) -> Self {
        match party {
            Party::Number(number) => number.into(),
            Party::Other(text) => text,
        }
    }
}

/// What a text that a person typed leads to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// A number in international form: the only kind that the platform dials.
    Number(E164),
    /// A public short number: `15`, `3639`, `118218`.
    Short(String),
    /// One of the company's own extensions: `204`.
    Extension(String),
}

impl Destination {
    /// The number in international form, if it is one.
    pub fn number(&self) -> Option<&E164> {
        match self {
            Self::Number(number) => Some(number),
            Self::Short(_) | Self::Extension(_) => None,
        }
    }
}

impl std::fmt::Display for E164 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
