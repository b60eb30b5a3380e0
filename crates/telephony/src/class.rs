//! What kind of number it is: the French numbering plan (Arcep decisions 2018-0881, 2022-1583 and 2025-2215 as summed up in
//! public sources), overseas, abroad.
//!
//! Prices and duties hang on the prefix, not on the holder; no class says who really calls.

use rlibphonenumber::{PhoneNumberType, get_national_significant_number_owned};
use serde::{Deserialize, Serialize};

use crate::number::{Destination, E164, Party};
use crate::plans::library;

/// The class of a number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// 15, 17, 18, 112, 114, 115, 119, 191, 196, 197, 116000, 116111, 116117.
    Emergency,
    /// Free short numbers: 3000–3007, 3009–3169, 3180–3199, and other 116XYZ.
    ShortFree,
    /// Other short numbers 3BPQ: the price isn't known from the number.
    ShortPaid,
    /// 10YT: an operator's own service, from its own lines.
    ShortOperator,
    /// Digits too short for a number, of no known kind.
    ShortOther,
    /// 118XYZ: directory enquiries, freely priced.
    Directory,
    /// One of the company's own extensions.
    Extension,
    /// 0800–0805, 08088, +800: free for the caller.
    Free,
    /// 0806–0809: the price of a normal call.
    Grey,
    /// 081 and 082: up to 0.20 € a minute or 0.50 € a call on top.
    SharedCost,
    /// 089: up to 0.80 € a minute or 3 € a call on top.
    Premium,
    /// 083–088: data and legacy services.
    SpecialService,
    /// 01–05, no longer tied to a region (since 2023).
    Fixed,
    /// 06 and 073–079.
    Mobile,
    /// 0700 with 13 or 14 digits: machines.
    Machine,
    /// 09: polyvalent numbers.
    Polyvalent,
    /// 0937–0939: platforms that put people in touch (delivery, drivers). No canvassing.
    Platform,
    /// Verified polyvalent numbers (*numéros polyvalents vérifiés*): what automated diallers must use. Their absence proves nothing.
    Canvassing {
        /// Overseas ranges belong to a territory.
        territory: Option<Territory>,
    },
    /// +870, +881, +882, +883, +979.
    Satellite,
    /// An overseas territory.
    Overseas(Territory),
    /// Another country.
    Foreign {
        /// Its calling code, such as 44.
        calling_code: u16,
        /// Its ISO 3166-1 code, where one is known from the number (several share +1 and +7).
        region: Option<Region>,
        /// A premium rate there.
        premium: bool,
    },
    /// In no range known here.
    Unknown,
}

/// A French overseas territory that has a calling code of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Territory {
    /// +590, Saint-Martin and Saint-Barthélemy included.
    Guadeloupe,
    /// +594
    FrenchGuiana,
    /// +596
    Martinique,
    /// +262
    Reunion,
    /// +262 269, 639, …
    Mayotte,
    /// +508
    SaintPierreMiquelon,
    /// +681
    WallisFutuna,
    /// +687
    NewCaledonia,
    /// +689
    FrenchPolynesia,
}

impl Territory {
    /// A stable name in kebab-case, for finding the words.
    pub fn code(self) -> &'static str {
        match self {
            Self::Guadeloupe => "guadeloupe",
            Self::FrenchGuiana => "french-guiana",
            Self::Martinique => "martinique",
            Self::Reunion => "reunion",
            Self::Mayotte => "mayotte",
            Self::SaintPierreMiquelon => "saint-pierre-miquelon",
            Self::WallisFutuna => "wallis-futuna",
            Self::NewCaledonia => "new-caledonia",
            Self::FrenchPolynesia => "french-polynesia",
        }
    }

    /// Every territory, for a test that each has words.
    pub const ALL: [Self; 9] = [
        Self::Guadeloupe,
        Self::FrenchGuiana,
        Self::Martinique,
        Self::Reunion,
        Self::Mayotte,
        Self::SaintPierreMiquelon,
        Self::WallisFutuna,
        Self::NewCaledonia,
        Self::FrenchPolynesia,
    ];

    fn of(calling_code: u16, national: &str) -> Option<Self> {
        Some(match calling_code {
            590 => Self::Guadeloupe,
            594 => Self::FrenchGuiana,
            596 => Self::Martinique,
            262 if ["269", "268", "639", "7093", "9398", "9478"]
                .iter()
                .any(|p| national.starts_with(p)) =>
            {
                Self::Mayotte
            }
            262 => Self::Reunion,
            508 => Self::SaintPierreMiquelon,
            681 => Self::WallisFutuna,
            687 => Self::NewCaledonia,
            689 => Self::FrenchPolynesia,
            _ => return None,
        })
    }
}

/// An ISO 3166-1 alpha-2 country code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Region([u8; 2]);

impl Region {
    fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Some(Self([*a, *b])),
            _ => None,
        }
    }

    /// Two capital letters, such as `GB`.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("ZZ")
    }
}

/// Emergency and social numbers that a phone must be used for. The libraries' own list has four of them only.
const EMERGENCY: [&str; 13] = [
    "15", "17", "18", "112", "114", "115", "119", "191", "196", "197", "116000", "116111", "116117",
];

/// Whether these digits, dialled alone in France, reach an emergency service.
pub fn is_emergency(digits: &str) -> bool {
    EMERGENCY.contains(&digits)
}

/// The class of digits that stand alone, without country or area.
pub(crate) fn short_class(digits: &str) -> Class {
    if is_emergency(digits) {
        return Class::Emergency;
    }
    let value: u32 = digits.parse().unwrap_or(u32::MAX);
    match (digits.len(), value) {
        (4, 3000..=3007 | 3009..=3169 | 3180..=3199) => Class::ShortFree,
        (4, 3000..=3999) => Class::ShortPaid,
        (4, 1000..=1099) => Class::ShortOperator,
        (6, 118_000..=118_999) => Class::Directory,
        (6, 116_000..=116_999) => Class::ShortFree,
        _ => Class::ShortOther,
    }
}

impl Destination {
    /// What kind of destination it is.
    pub fn class(&self) -> Class {
        match self {
            Self::Number(number) => class(number),
            Self::Short(digits) => short_class(digits),
            Self::Extension(_) => Class::Extension,
        }
    }
}

/// What kind of number it is.
pub fn class(number: &E164) -> Class {
    if let Some(national) = number.digits().strip_prefix("33") {
        return french(national);
    }
    let Some(library) = library(number.digits()) else {
        return Class::Unknown;
    };
    let Ok(parsed) = library.parse(number.as_str(), None) else {
        return Class::Unknown;
    };
    let Ok(calling_code) = u16::try_from(parsed.country_code) else {
        return Class::Unknown;
    };
    let kind = library.get_number_type(&parsed);
    if [870, 881, 882, 883, 979].contains(&calling_code) {
        return Class::Satellite;
    }
    if calling_code == 800 {
        return Class::Free;
    }
    let national = get_national_significant_number_owned(&parsed);
    if let Some(territory) = Territory::of(calling_code, &national) {
        return match kind {
            _ if ["9475", "9476", "9477", "9478", "9479"]
                .iter()
                .any(|p| national.starts_with(p)) =>
            {
                Class::Canvassing {
                    territory: Some(territory),
                }
            }
            PhoneNumberType::PremiumRate => Class::Premium,
            PhoneNumberType::SharedCost => Class::SharedCost,
            PhoneNumberType::TollFree => Class::Free,
            _ => Class::Overseas(territory),
        };
    }
    let region = library
        .get_region_for_number(&parsed)
        .or_else(|| library.get_region_for_country_code(parsed.country_code))
        .and_then(|region| Region::parse(region.as_region_str().as_ref()));
    Class::Foreign {
        calling_code,
        region,
        premium: kind == PhoneNumberType::PremiumRate,
    }
}

/// The verified polyvalent numbers, after the zero.
const CANVASSING: [&str; 12] = [
    "162", "163", "270", "271", "377", "378", "424", "425", "568", "569", "948", "949",
];

fn french(national: &str) -> Class {
    if national.len() > 9 && national.starts_with("700") {
        return Class::Machine;
    }
    if national.len() != 9 {
        return Class::Unknown;
    }
    if let Some((calling_code, mapped)) = crate::understand::overseas(national) {
        let canvassing = national.starts_with("947");
        return match Territory::of(calling_code, &mapped) {
            Some(territory) if canvassing => Class::Canvassing {
                territory: Some(territory),
            },
            Some(territory) => Class::Overseas(territory),
            None => Class::Unknown,
        };
    }
    if CANVASSING.iter().any(|prefix| national.starts_with(prefix)) {
        return Class::Canvassing { territory: None };
    }
    match national.as_bytes() {
        [b'8', b'0', b'0'..=b'5', ..] | [b'8', b'0', b'8', b'8', ..] => Class::Free,
        [b'8', b'0', ..] => Class::Grey,
        [b'8', b'1' | b'2', ..] => Class::SharedCost,
        [b'8', b'9', ..] => Class::Premium,
        [b'8', ..] => Class::SpecialService,
        [b'9', b'3', b'7'..=b'9', ..] => Class::Platform,
        [b'9', ..] => Class::Polyvalent,
        [b'1'..=b'5', ..] => Class::Fixed,
        [b'6', ..] | [b'7', b'3'..=b'9', ..] => Class::Mobile,
        _ => Class::Unknown,
    }
}

/// What is worth a line under a number, for words to be found. `None` when the number says nothing special.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum About {
    /// "Démarchage probable": a range that automated diallers must use. Never a reason to block.
    ProbableCanvassing,
    /// An overseas territory.
    Territory(Territory),
    /// Another country.
    Country {
        /// Its calling code, such as 44.
        calling_code: u16,
        /// Its ISO 3166-1 code, where one is known.
        region: Option<Region>,
    },
    /// Free for the caller.
    Free,
    /// Up to 0.20 € a minute or 0.50 € a call on top of the normal call.
    SharedCost,
    /// Up to 0.80 € a minute or 3 € a call on top of the normal call.
    Premium,
    /// 083–088.
    SpecialService,
    /// A platform that puts people in touch (delivery, driver).
    Platform,
    /// A machine.
    Machine,
    /// Satellite or a special international service.
    Satellite,
    /// An emergency number.
    Emergency,
    /// A short number.
    ShortNumber,
    /// Directory enquiries.
    Directory,
    /// One of the company's extensions, or what looks like one.
    Extension,
}

impl About {
    /// A stable name in kebab-case, for finding the words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::ProbableCanvassing => "probable-canvassing",
            Self::Territory(_) => "territory",
            Self::Country { .. } => "country",
            Self::Free => "free",
            Self::SharedCost => "shared-cost",
            Self::Premium => "premium",
            Self::SpecialService => "special-service",
            Self::Platform => "platform",
            Self::Machine => "machine",
            Self::Satellite => "satellite",
            Self::Emergency => "emergency",
            Self::ShortNumber => "short-number",
            Self::Directory => "directory",
            Self::Extension => "extension",
        }
    }

    /// Every code, for a test that each has words.
    pub const CODES: [&'static str; 14] = [
        "probable-canvassing",
        "territory",
        "country",
        "free",
        "shared-cost",
        "premium",
        "special-service",
        "platform",
        "machine",
        "satellite",
        "emergency",
        "short-number",
        "directory",
        "extension",
    ];
}

impl Class {
    /// What is worth a line under a number of this class.
    pub fn about(&self) -> Option<About> {
        Some(match self {
            Self::Canvassing { .. } => About::ProbableCanvassing,
            Self::Overseas(territory) => About::Territory(*territory),
            Self::Premium | Self::Foreign { premium: true, .. } => About::Premium,
            Self::Foreign {
                calling_code, region, ..
            } => About::Country {
                calling_code: *calling_code,
                region: *region,
            },
            Self::Free => About::Free,
            Self::SharedCost => About::SharedCost,
            Self::SpecialService => About::SpecialService,
            Self::Platform => About::Platform,
            Self::Machine => About::Machine,
            Self::Satellite => About::Satellite,
            Self::Emergency => About::Emergency,
            Self::ShortFree | Self::ShortPaid | Self::ShortOperator => About::ShortNumber,
            Self::Directory => About::Directory,
            Self::Extension | Self::ShortOther => About::Extension,
            Self::Grey | Self::Fixed | Self::Mobile | Self::Polyvalent | Self::Unknown => return None,
        })
    }
}

/// What is worth a line under the other party of a call. Says nothing about whether the number shown is the real one.
pub fn about(party: &Party) -> Option<About> {
    match party {
        Party::Number(number) => class(number).about(),
        Party::Other(text) if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) => {
            short_class(text).about()
        }
        Party::Other(_) => None,
    }
}
