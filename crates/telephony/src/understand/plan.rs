//! Digits alone, read against the numbering plans.

use rlibphonenumber::{NumberLengthType, ParseError, PhoneNumberFormat, ValidationError};

use super::{Note, One};
use crate::class::{Class, short_class};
use crate::number::{Destination, E164};
use crate::plans::library;
use crate::rules::Rules;
use crate::verdict::Refusal;

/// What digits mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A destination.
    One(One),
    /// May become one with more digits.
    Incomplete(Refusal),
    /// None.
    Refused(Refusal),
}

/// Digits of a French number with its zero.
const FRENCH: usize = 10;
/// ITU-T E.164: most digits, and room for a zero in parentheses and for two of `00`.
const LONGEST: usize = 15;

/// Reads a run of digits and signs (`+`, parentheses, dots, dashes, slashes, spaces), normalised.
pub(super) fn read(run: &str, rules: &Rules) -> Reading {
    let compact: String = run.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    let direct = read_compact(&compact, rules);
    if let Reading::One(_) = direct {
        return direct;
    }
    let inside = rules
        .outside_prefix
        .as_deref()
        .filter(|prefix| !prefix.is_empty())
        .and_then(|prefix| compact.strip_prefix(prefix))
        .map(|rest| read_compact(rest, rules));
    match inside {
        Some(Reading::One(one)) if one.number().is_some() && one.is_sure() => {
            Reading::One(one.noted(Note::OutsidePrefix))
        }
        _ => direct,
    }
}

fn read_compact(compact: &str, rules: &Rules) -> Reading {
    // `00+33…`: both ways of writing "international" at once.
    let compact = match compact.strip_prefix("00") {
        Some(rest) if rest.starts_with('+') => rest,
        _ => compact,
    };
    if let Some(digits) = compact.strip_prefix('+') {
        return match digits.contains('+') {
            true => Reading::Refused(Refusal::NotANumber),
            false => international(digits),
        };
    }
    if compact.contains('+') {
        return Reading::Refused(Refusal::NotANumber);
    }
    if rules.overrides(compact) {
        return extension(compact, rules);
    }
    if let Some(digits) = compact.strip_prefix("00") {
        return international(digits);
    }
    match compact.strip_prefix('0') {
        Some(national) => french(national),
        None => without_prefix(compact, rules),
    }
}

/// After `+` or `00`.
fn international(digits: &str) -> Reading {
    if digits.len() > LONGEST + 2 {
        return Reading::Refused(Refusal::TooLong {
            digits: digits.len(),
            expected: None,
        });
    }
    match digits.strip_prefix("33") {
        // `+33 (0)1 …`: the zero belongs to the national form only.
        Some(national) => french(national.strip_prefix('0').unwrap_or(national)),
        None => foreign(digits),
    }
}

/// One of the company's extensions: by its public number, where the rules know it.
fn extension(digits: &str, rules: &Rules) -> Reading {
    Reading::One(match rules.public(digits) {
        Some(number) => One::plain(Destination::Number(number)).noted(Note::Extension),
        None => One::plain(Destination::Extension(digits.to_owned())),
    })
}

/// Digits that start with neither `+` nor `0`.
fn without_prefix(digits: &str, rules: &Rules) -> Reading {
    match short_class(digits) {
        Class::ShortOther if rules.is_extension(digits) => {
            return extension(digits, rules);
        }
        Class::ShortOther => {}
        _ => return Reading::One(One::plain(Destination::Short(digits.to_owned()))),
    }
    match digits.len() {
        0..=8 => Reading::Incomplete(Refusal::TooShort {
            digits: digits.len(),
            expected: Some(FRENCH),
        }),
        9 => lost_zero(digits),
        10 if digits.starts_with("33") => Reading::Incomplete(Refusal::TooShort {
            digits: digits.len() - 1,
            expected: Some(FRENCH),
        }),
        _ => match digits
            .strip_prefix("33")
            .filter(|national| !national.starts_with('0'))
            .map(french)
        {
            Some(reading @ Reading::One(_)) => reading,
            _ if digits.len() > LONGEST => Reading::Refused(Refusal::TooLong {
                digits: digits.len(),
                expected: None,
            }),
            _ => Reading::Refused(Refusal::MissingPrefix),
        },
    }
}

/// Nine digits: a spreadsheet took them for a quantity.
fn lost_zero(digits: &str) -> Reading {
    match french(digits) {
        Reading::One(one) if digits.starts_with("33") => Reading::One(one.noted(Note::LostZeroOrCountryCode)),
        Reading::One(one) => Reading::One(one.noted(Note::LostZero)),
        other => other,
    }
}

/// A French number after its zero or its country code.
fn french(national: &str) -> Reading {
    // Counted with the zero, as people count.
    let digits = national.len() + 1;
    if national.starts_with('0') {
        return Reading::Refused(Refusal::NotANumber);
    }
    if let Some(length) = machine_length(national).filter(|_| digits > FRENCH) {
        return sized(digits, length, || as_e164(&format!("33{national}")));
    }
    sized(digits, FRENCH, || match overseas(national) {
        Some((calling_code, rest)) => match as_e164(&format!("{calling_code}{rest}")) {
            Reading::One(one) => Reading::One(one.noted(Note::Overseas)),
            other => other,
        },
        None => match as_e164(&format!("33{national}")) {
            Reading::One(one) if !in_french_plan(national) => Reading::One(one.noted(Note::NotInPlan)),
            other => other,
        },
    })
}

fn sized(digits: usize, expected: usize, read: impl FnOnce() -> Reading) -> Reading {
    match digits.cmp(&expected) {
        std::cmp::Ordering::Less => Reading::Incomplete(Refusal::TooShort {
            digits,
            expected: Some(expected),
        }),
        std::cmp::Ordering::Equal => read(),
        std::cmp::Ordering::Greater => Reading::Refused(Refusal::TooLong {
            digits,
            expected: Some(expected),
        }),
    }
}

/// Digits, with the zero, of a machine's number: 0700 0–4 has 14, 0700 5–9 (overseas) 13.
fn machine_length(national: &str) -> Option<usize> {
    match national.strip_prefix("700")?.as_bytes().first()? {
        b'0'..=b'4' => Some(14),
        _ => Some(13),
    }
}

/// 083–088 are refused by their class, whatever the plan says; 063998 is set aside for fiction, and no library knows it.
fn in_french_plan(national: &str) -> bool {
    national.starts_with('8') || national.starts_with("63998") || is_valid(&format!("33{national}"))
}

/// Overseas ranges, by the digits after the zero: country code and what follows it. Their numbers look French and have a
/// country code of their own; the library takes some of them for mainland numbers.
pub(crate) fn overseas(national: &str) -> Option<(u16, String)> {
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| national.starts_with(prefix));
    let calling_code = match national {
        // Arcep's mobile range for fiction lies inside Mayotte's 0639.
        _ if starts(&["63998"]) => return None,
        _ if starts(&["508"]) => return Some((508, national[3..].to_owned())),
        _ if starts(&["708"]) => 508,
        _ if starts(&[
            "262", "263", "268", "269", "692", "693", "639", "7092", "70935", "70936", "70937",
        ]) =>
        {
            262
        }
        _ if starts(&["590", "5987", "690", "691", "7090", "9475", "9395"]) => 590,
        _ if starts(&[
            "594", "5988", "694", "70930", "70931", "70932", "70933", "9476", "9396",
        ]) =>
        {
            594
        }
        _ if starts(&["596", "5989", "696", "697", "7091", "9477", "9397"]) => 596,
        _ if starts(&["9478", "9479", "9398", "9399"]) => 262,
        // 0976 is shared out among the territories in small blocks; the library knows which.
        _ if starts(&["976"]) => [262, 590, 594, 596]
            .into_iter()
            .find(|code| is_valid(&format!("{code}{national}")))?,
        _ => return None,
    };
    Some((calling_code, national.to_owned()))
}

/// A number of another country, by the library.
fn foreign(digits: &str) -> Reading {
    let count = digits.len();
    let Some(library) = library(digits) else {
        // Country codes have up to three digits.
        return if count > 3 {
            Reading::Refused(Refusal::UnknownCountry)
        } else {
            Reading::Incomplete(Refusal::TooShort {
                digits: count,
                expected: None,
            })
        };
    };
    let number = match library.parse(format!("+{digits}"), None) {
        Ok(number) => number,
        Err(ParseError::TooLongNsn) => {
            return Reading::Refused(Refusal::TooLong {
                digits: count,
                expected: None,
            });
        }
        Err(_) => {
            return Reading::Incomplete(Refusal::TooShort {
                digits: count,
                expected: None,
            });
        }
    };
    match library.is_possible_number_with_reason(&number) {
        Ok(NumberLengthType::IsPossible) => {}
        Ok(NumberLengthType::IsPossibleLocalOnly)
        | Err(ValidationError::TooShort | ValidationError::InvalidLength) => {
            return Reading::Incomplete(Refusal::TooShort {
                digits: count,
                expected: None,
            });
        }
        Err(ValidationError::TooLong) => {
            return Reading::Refused(Refusal::TooLong {
                digits: count,
                expected: None,
            });
        }
        Err(ValidationError::InvalidCountryCode) => return Reading::Refused(Refusal::UnknownCountry),
    }
    match as_e164(&library.format(&number, PhoneNumberFormat::E164)) {
        Reading::One(one) if !library.is_valid_number(&number) => Reading::One(one.noted(Note::NotInPlan)),
        other => other,
    }
}

/// Whether a numbering plan knows these digits, country code first, for a number.
fn is_valid(digits: &str) -> bool {
    library(digits).is_some_and(|library| {
        library
            .parse(format!("+{digits}"), None)
            .is_ok_and(|number| library.is_valid_number(&number))
    })
}

fn as_e164(text: &str) -> Reading {
    match E164::parse(text) {
        Ok(number) => Reading::One(One::plain(Destination::Number(number))),
        Err(_) => Reading::Refused(Refusal::NotANumber),
    }
}
