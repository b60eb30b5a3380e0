//! Numbers as the platform knows them. Own code on purpose: the simulator shares no judgement with the product.

use serde::{Deserialize, Serialize};

/// A number in E.164 (ITU-T E.164, clause 6): up to 15 digits, country code first. Written with its plus in this
/// crate's JSON, without it on the platform's own wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct E164(String);

impl E164 {
    /// Reads 7 to 15 digits that don't begin with zero, with or without one leading plus; nothing else, no spaces.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let fits = (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| Self(digits.to_owned()))
    }

    /// The digits, without the plus.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for E164 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "+{}", self.0)
    }
}

impl From<E164> for String {
    fn from(number: E164) -> Self {
        number.to_string()
    }
}

impl TryFrom<String> for E164 {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not an E.164 number, such as +33199000001")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_e164_is_a_number() {
        for good in ["33199000001", "+33199000001", "1234567", "123456789012345"] {
            let number = E164::parse(good).unwrap();
            assert_eq!(number.to_string(), format!("+{}", good.trim_start_matches('+')));
        }
        for bad in [
            "",
            "+",
            "0199000001",
            "++33199000001",
            " 33199000001",
            "33 199000001",
            "123456",
            "1234567890123456",
            "33199OOOO01",
            "١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(E164::parse(bad), None, "{bad:?}");
        }
    }
}
