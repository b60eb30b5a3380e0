//! How numbers are shown and copied.

use rlibphonenumber::PhoneNumberFormat;
use serde::{Deserialize, Serialize};

use crate::number::{Destination, E164, Party};
use crate::plans::library;

/// The languages of the product.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// French: French numbers in national form.
    #[default]
    Fr,
    /// English: every number in international form.
    En,
}

impl Language {
    /// `fr` or `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
        }
    }

    /// The language for a system's locale as `fr_FR.UTF-8`, `fr-FR` or `en`: French for French, English for all others.
    pub fn of_locale(locale: &str) -> Self {
        let primary = locale.split(['_', '-', '.', '@']).next().unwrap_or_default();
        if primary.eq_ignore_ascii_case("fr") {
            Self::Fr
        } else {
            Self::En
        }
    }
}

/// No-break space: a number never breaks over two lines.
const GAP: char = '\u{a0}';

/// A number for the eye: `01 42 68 53 00` in French, `+33 1 42 68 53 00` in English, groups parted by U+00A0.
/// Numbers of other countries and overseas are shown in international form in both.
pub fn display_number(number: &E164, language: Language) -> String {
    let format = match language {
        Language::Fr if number.digits().starts_with("33") => PhoneNumberFormat::National,
        Language::Fr | Language::En => PhoneNumberFormat::International,
    };
    library(number.digits())
        .and_then(|library| {
            let parsed = library.parse(number.as_str(), None).ok()?;
            Some(library.format(&parsed, format).replace(' ', "\u{a0}"))
        })
        .unwrap_or_else(|| number.as_str().to_owned())
}

/// Whoever stands at an end of a call, for the eye. What isn't a number is shown as it came, short numbers in their groups.
pub fn display(party: &Party, language: Language) -> String {
    match party {
        Party::Number(number) => display_number(number, language),
        Party::Other(text) => display_short(text),
    }
}

/// What was understood, for the eye.
pub fn display_destination(destination: &Destination, language: Language) -> String {
    match destination {
        Destination::Number(number) => display_number(number, language),
        Destination::Short(digits) => display_short(digits),
        Destination::Extension(digits) => digits.clone(),
    }
}

/// A number for the clipboard, without any separator: `0142685300` in French, `+33142685300` in English and for numbers of
/// other countries.
pub fn copy_form(number: &E164, language: Language) -> String {
    match number.digits().strip_prefix("33") {
        Some(national) if language == Language::Fr => format!("0{national}"),
        _ => number.as_str().to_owned(),
    }
}

/// `36 39`, `118 218`; anything else as it is.
fn display_short(text: &str) -> String {
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return text.to_owned();
    }
    let groups_of = match text.as_bytes() {
        [b'3', _, _, _] | [b'1', b'0', _, _] => 2,
        [b'1', b'1', _, _, _, _] => 3,
        _ => return text.to_owned(),
    };
    let (first, rest) = text.split_at(groups_of);
    format!("{first}{GAP}{rest}")
}
