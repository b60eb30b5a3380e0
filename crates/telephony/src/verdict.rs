//! Whether click-to-call may dial, and the reasons. Each reason has a stable code, so that words can be found for it.

use serde::{Deserialize, Serialize};

use crate::class::{Class, class};
use crate::number::{Destination, E164};
use crate::understand::{Note, One};

/// Whether click-to-call may dial something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Dial,
    /// After a person's yes to this question.
    Confirm(Caution),
    /// No, and why.
    Refuse(Refusal),
}

/// Why a person is asked before dialling. Ordered: the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Caution {
    /// A premium rate (089, or its like abroad): up to 0.80 € a minute or 3 € a call in France.
    Premium,
    /// Nine digits that start with 33: a number without its zero, or an international one that lost digits.
    LostZeroOrCountryCode,
    /// Nine digits: the leading zero was probably eaten by a spreadsheet.
    LostZero,
    /// The right length, but no such range in that country's numbering plan as known here.
    NotInPlan,
    /// Letters were turned into digits by the keypad (0800 ALLO 12).
    Letters,
    /// The only number of the text is labelled as a fax.
    Fax,
}

impl Caution {
    /// A stable name in kebab-case, for finding the words.
    pub fn code(self) -> &'static str {
        match self {
            Self::Premium => "premium",
            Self::LostZeroOrCountryCode => "lost-zero-or-country-code",
            Self::LostZero => "lost-zero",
            Self::NotInPlan => "not-in-plan",
            Self::Letters => "letters-as-digits",
            Self::Fax => "fax",
        }
    }

    /// Every caution, for a test that each has words.
    pub const ALL: [Self; 6] = [
        Self::Premium,
        Self::LostZeroOrCountryCode,
        Self::LostZero,
        Self::NotInPlan,
        Self::Letters,
        Self::Fax,
    ];
}

/// Why something isn't dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "code")]
pub enum Refusal {
    /// Too few digits.
    TooShort {
        /// How many there are, in the national form for a French number (its leading zero counts).
        digits: usize,
        /// How many there should be, where there is one answer.
        expected: Option<usize>,
    },
    /// Too many digits.
    TooLong {
        /// How many there are, counted as in [`Refusal::TooShort`].
        digits: usize,
        /// How many there should be, where there is one answer.
        expected: Option<usize>,
    },
    /// Letters where digits should be, and no number to be seen.
    Letters,
    /// A star or hash code (`*21*…#`, `#31#…`): it would change the line's settings instead of calling.
    ServiceCode,
    /// Looks like a foreign number without its `+` or `00`: "ajoutez + ou 00".
    MissingPrefix,
    /// No country has this code.
    UnknownCountry,
    /// Digits and signs that make no number.
    NotANumber,
    /// A SIP address with a name instead of a number.
    SipAddress,
    /// Too much text to look for a number in.
    TooMuchText,
    /// An emergency number: to be dialled on the phone, which tells where the caller is.
    Emergency,
    /// A short number (3639, 1014): the platform takes international numbers only.
    ShortNumber,
    /// A directory service (118 218), freely priced, and a short number as well.
    Directory,
    /// One of the company's extensions: the platform takes international numbers only.
    Extension,
    /// A machine's number (0700 and 13 or 14 digits).
    Machine,
    /// 083 to 088: data and legacy services.
    SpecialService,
    /// Satellite and special international services (+870, +881, +882, +883, +979), at their prices.
    Satellite,
}

impl Refusal {
    /// A stable name in kebab-case, for finding the words.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooShort { .. } => "too-short",
            Self::TooLong { .. } => "too-long",
            Self::Letters => "letters",
            Self::ServiceCode => "service-code",
            Self::MissingPrefix => "missing-prefix",
            Self::UnknownCountry => "unknown-country",
            Self::NotANumber => "not-a-number",
            Self::SipAddress => "sip-address",
            Self::TooMuchText => "too-much-text",
            Self::Emergency => "emergency",
            Self::ShortNumber => "short-number",
            Self::Directory => "directory",
            Self::Extension => "extension",
            Self::Machine => "machine",
            Self::SpecialService => "special-service",
            Self::Satellite => "satellite",
        }
    }

    /// The count of digits and what it should be, of those refusals that carry them.
    pub fn digits(self) -> Option<(usize, Option<usize>)> {
        match self {
            Self::TooShort { digits, expected } | Self::TooLong { digits, expected } => {
                Some((digits, expected))
            }
            _ => None,
        }
    }

    /// Every refusal (counts are examples), for a test that each has words.
    pub const ALL: [Self; 16] = [
        Self::TooShort {
            digits: 9,
            expected: Some(10),
        },
        Self::TooLong {
            digits: 11,
            expected: Some(10),
        },
        Self::Letters,
        Self::ServiceCode,
        Self::MissingPrefix,
        Self::UnknownCountry,
        Self::NotANumber,
        Self::SipAddress,
        Self::TooMuchText,
        Self::Emergency,
        Self::ShortNumber,
        Self::Directory,
        Self::Extension,
        Self::Machine,
        Self::SpecialService,
        Self::Satellite,
    ];
}

/// Whether click-to-call may dial what was understood. Of several cautions the weightiest is given.
pub fn may_dial(one: &One) -> Verdict {
    let policy = may_dial_destination(&one.destination);
    let noted = one.notes.iter().filter_map(Note::caution).min();
    match (policy, noted) {
        (Verdict::Refuse(refusal), _) => Verdict::Refuse(refusal),
        (Verdict::Confirm(a), Some(b)) => Verdict::Confirm(a.min(b)),
        (Verdict::Dial, Some(caution)) => Verdict::Confirm(caution),
        (verdict, None) => verdict,
    }
}

/// Whether click-to-call may dial this number, as far as its class goes. What the relay asks of numbers sent to it.
pub fn may_dial_number(number: &E164) -> Verdict {
    may_dial_class(&class(number))
}

/// Whether click-to-call may dial this destination, as far as its class goes.
pub fn may_dial_destination(destination: &Destination) -> Verdict {
    may_dial_class(&destination.class())
}

fn may_dial_class(class: &Class) -> Verdict {
    match class {
        Class::Emergency => Verdict::Refuse(Refusal::Emergency),
        Class::ShortFree | Class::ShortPaid | Class::ShortOperator | Class::ShortOther => {
            Verdict::Refuse(Refusal::ShortNumber)
        }
        Class::Directory => Verdict::Refuse(Refusal::Directory),
        Class::Extension => Verdict::Refuse(Refusal::Extension),
        Class::Machine => Verdict::Refuse(Refusal::Machine),
        Class::SpecialService => Verdict::Refuse(Refusal::SpecialService),
        Class::Satellite => Verdict::Refuse(Refusal::Satellite),
        Class::Premium | Class::Foreign { premium: true, .. } => Verdict::Confirm(Caution::Premium),
        Class::Free
        | Class::Grey
        | Class::SharedCost
        | Class::Fixed
        | Class::Mobile
        | Class::Polyvalent
        | Class::Platform
        | Class::Canvassing { .. }
        | Class::Overseas(_)
        | Class::Foreign { premium: false, .. }
        | Class::Unknown => Verdict::Dial,
    }
}
