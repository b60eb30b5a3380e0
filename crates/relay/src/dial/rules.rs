//! The company's own rules about which numbers click-to-call may dial. They only tighten what `telephony` lets through.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use http::StatusCode;
use relay_api::wire::problem;
use telephony::{Class, E164, Territory, class};

use crate::problem::Refusal;

/// The rules, from the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Classes that are dialled only with the person's word.
    pub confirm: BTreeSet<Kind>,
    /// Classes that aren't dialled.
    pub refuse: BTreeSet<Kind>,
    /// The countries that may be called, as ISO 3166-1 codes; none: all. France is `FR`, its overseas territories have their own.
    pub countries: BTreeSet<String>,
    /// Numbers, and beginnings of numbers, that aren't dialled.
    pub blocked: Vec<Blocked>,
    /// The most calls a minute from one account.
    pub per_minute: NonZeroU32,
}

/// A class of numbers that the rules can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// 0800–0805, +800.
    Free,
    /// 0806–0809.
    Grey,
    /// 081, 082.
    SharedCost,
    /// 089, and premium rates abroad.
    Premium,
    /// 01–05.
    Fixed,
    /// 06, 07.
    Mobile,
    /// 09.
    Polyvalent,
    /// 0937–0939.
    Platform,
    /// Numbers of automated diallers.
    Canvassing,
    /// Overseas territories.
    Overseas,
    /// Other countries.
    Foreign,
    /// In no range known.
    Unknown,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Free,
        Self::Grey,
        Self::SharedCost,
        Self::Premium,
        Self::Fixed,
        Self::Mobile,
        Self::Polyvalent,
        Self::Platform,
        Self::Canvassing,
        Self::Overseas,
        Self::Foreign,
        Self::Unknown,
    ];

    /// Its word in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Grey => "grey",
            Self::SharedCost => "shared-cost",
            Self::Premium => "premium",
            Self::Fixed => "fixed",
            Self::Mobile => "mobile",
            Self::Polyvalent => "polyvalent",
            Self::Platform => "platform",
            Self::Canvassing => "canvassing",
            Self::Overseas => "overseas",
            Self::Foreign => "foreign",
            Self::Unknown => "unknown",
        }
    }

    /// `None` for what telephony refuses in any case.
    fn of(class: &Class) -> Option<Self> {
        Some(match class {
            Class::Free => Self::Free,
            Class::Grey => Self::Grey,
            Class::SharedCost => Self::SharedCost,
            Class::Premium | Class::Foreign { premium: true, .. } => Self::Premium,
            Class::Fixed => Self::Fixed,
            Class::Mobile => Self::Mobile,
            Class::Polyvalent => Self::Polyvalent,
            Class::Platform => Self::Platform,
            Class::Canvassing { .. } => Self::Canvassing,
            Class::Overseas(_) => Self::Overseas,
            Class::Foreign { .. } => Self::Foreign,
            Class::Unknown => Self::Unknown,
            Class::Emergency
            | Class::ShortFree
            | Class::ShortPaid
            | Class::ShortOperator
            | Class::ShortOther
            | Class::Directory
            | Class::Extension
            | Class::SpecialService
            | Class::Machine
            | Class::Satellite => return None,
        })
    }
}

/// A number, or with a star at its end all numbers that begin so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocked {
    digits: String,
    is_beginning: bool,
}

impl Blocked {
    /// Reads `+33899000012` or `+33899*`.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix('+')?;
        let (digits, is_beginning) = match rest.strip_suffix('*') {
            Some(digits) => (digits, true),
            None => (rest, false),
        };
        let shaped = (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        (shaped && !digits.starts_with('0')).then(|| Self {
            digits: digits.to_owned(),
            is_beginning,
        })
    }

    fn matches(&self, number: &E164) -> bool {
        if self.is_beginning {
            number.digits().starts_with(&self.digits)
        } else {
            number.digits() == self.digits
        }
    }
}

impl Rules {
    /// Whether the company lets this number be dialled; an error is the answer for the desktop. `question` is what is to be
    /// asked anyway: nobody is asked about what is then refused.
    pub fn judge(&self, number: &E164, confirmed: bool, question: Option<Refusal>) -> Result<(), Refusal> {
        let asked = || question.map_or(Ok(()), Err);
        if self.blocked.iter().any(|one| one.matches(number)) {
            return Err(refused(
                "blocked",
                "Your company has blocked this number for click-to-call.",
            ));
        }
        let class = class(number);
        if !self.countries.is_empty()
            && !country(number, &class).is_some_and(|country| self.countries.contains(&country))
        {
            return Err(refused(
                "country",
                "Your company doesn't let click-to-call dial numbers of this country.",
            ));
        }
        let Some(kind) = Kind::of(&class) else {
            return asked();
        };
        let reason = format!("class-{}", kind.word());
        if self.refuse.contains(&kind) {
            return Err(refused(
                &reason,
                "Your company doesn't let click-to-call dial this kind of number.",
            ));
        }
        asked()?;
        if self.confirm.contains(&kind) && !confirmed {
            let detail = "Your company asks for a confirmation before this kind of number is dialled; send it again with \
                          \"confirmed\": true if it is meant.";
            let title = "To be confirmed first";
            let mut refusal =
                Refusal::new(StatusCode::CONFLICT, problem::CONFIRMATION_NEEDED, title, detail).rung(false);
            refusal.problem.reason = Some(reason);
            return Err(refusal);
        }
        Ok(())
    }
}

fn refused(reason: &str, detail: &str) -> Refusal {
    let title = "Not allowed by the company's rules";
    let mut refusal = Refusal::new(StatusCode::FORBIDDEN, problem::RULE_REFUSED, title, detail).rung(false);
    refusal.problem.reason = Some(reason.to_owned());
    refusal
}

/// The ISO 3166-1 code of the country that a number belongs to; `None` for international services and unknown ones.
fn country(number: &E164, class: &Class) -> Option<String> {
    let code = match class {
        Class::Overseas(territory)
        | Class::Canvassing {
            territory: Some(territory),
        } => overseas(*territory),
        Class::Foreign { region, .. } => return region.map(|region| region.as_str().to_owned()),
        _ => match number.digits().get(..3) {
            Some(digits) if digits.starts_with("33") => "FR",
            // Special rates of the territories.
            Some("590") => "GP",
            Some("594") => "GF",
            Some("596") => "MQ",
            Some("262") => "RE",
            Some("508") => "PM",
            Some("681") => "WF",
            Some("687") => "NC",
            Some("689") => "PF",
            _ => return None,
        },
    };
    Some(code.to_owned())
}

fn overseas(territory: Territory) -> &'static str {
    match territory {
        Territory::Guadeloupe => "GP",
        Territory::FrenchGuiana => "GF",
        Territory::Martinique => "MQ",
        Territory::Reunion => "RE",
        Territory::Mayotte => "YT",
        Territory::SaintPierreMiquelon => "PM",
        Territory::WallisFutuna => "WF",
        Territory::NewCaledonia => "NC",
        Territory::FrenchPolynesia => "PF",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rules() -> Rules {
        Rules {
            confirm: BTreeSet::new(),
            refuse: BTreeSet::new(),
            countries: BTreeSet::new(),
            blocked: Vec::new(),
            per_minute: NonZeroU32::MIN,
        }
    }

    /// What the rules say to a number: the problem's name and its reason.
    fn say(rules: &Rules, number: &str, confirmed: bool) -> Option<(String, String)> {
        let number = E164::parse(number).unwrap();
        let problem = rules.judge(&number, confirmed, None).err()?.problem;
        assert_eq!(problem.may_have_rung, Some(false));
        Some((problem.name().unwrap().to_owned(), problem.reason.unwrap()))
    }

    fn by_rule(reason: &str) -> Option<(String, String)> {
        Some((problem::RULE_REFUSED.to_owned(), reason.to_owned()))
    }

    #[test]
    fn without_rules_everything_goes() {
        for number in ["+33199000012", "+33899000012", "+447700900123", "+262262000000"] {
            assert_eq!(say(&rules(), number, false), None, "{number}");
        }
    }

    #[test]
    fn classes_are_refused_or_asked_about() {
        let rules = Rules {
            confirm: BTreeSet::from([Kind::Foreign, Kind::Overseas]),
            refuse: BTreeSet::from([Kind::Premium, Kind::SharedCost]),
            ..rules()
        };
        assert_eq!(say(&rules, "+33199000012", false), None);
        assert_eq!(say(&rules, "+33639980001", false), None);
        assert_eq!(say(&rules, "+33899000012", true), by_rule("class-premium"));
        assert_eq!(say(&rules, "+33825000012", true), by_rule("class-shared-cost"));
        let asked = say(&rules, "+447700900123", false);
        assert_eq!(
            asked,
            Some((
                problem::CONFIRMATION_NEEDED.to_owned(),
                "class-foreign".to_owned()
            ))
        );
        assert_eq!(say(&rules, "+447700900123", true), None);
        assert!(say(&rules, "+590590000000", false).is_some());
    }

    #[test]
    fn countries_are_those_of_the_numbers() {
        let rules = Rules {
            countries: ["FR", "BE", "RE"].map(str::to_owned).into(),
            ..rules()
        };
        for number in ["+33199000012", "+33800000000", "+3223400000", "+262262000000"] {
            assert_eq!(say(&rules, number, false), None, "{number}");
        }
        for number in ["+447700900123", "+262269000000", "+590590000000", "+80012345678"] {
            assert_eq!(say(&rules, number, true), by_rule("country"), "{number}");
        }
    }

    #[test]
    fn blocked_numbers_and_beginnings() {
        let rules = Rules {
            blocked: ["+33199000012", "+3389*"]
                .map(|text| Blocked::parse(text).unwrap())
                .into(),
            ..rules()
        };
        assert_eq!(say(&rules, "+33199000012", true), by_rule("blocked"));
        assert_eq!(say(&rules, "+33199000013", true), None);
        assert_eq!(say(&rules, "+33899000012", true), by_rule("blocked"));
        for text in ["33199000012", "+", "+*", "+33 1", "+0*", "+1234567890123456", "*"] {
            assert_eq!(Blocked::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_class_has_its_word() {
        let words: BTreeSet<&str> = Kind::ALL.into_iter().map(Kind::word).collect();
        assert_eq!(words.len(), Kind::ALL.len());
    }

    proptest! {
        /// A list of countries is a list: what is on none is refused whatever else is said.
        #[test]
        fn nothing_outside_the_list_passes(digits in "[1-9][0-9]{6,14}", confirmed in any::<bool>()) {
            let rules = Rules { countries: BTreeSet::from(["FR".to_owned()]), ..rules() };
            let number = E164::parse(&digits).unwrap();
            if rules.judge(&number, confirmed, None).is_ok() {
                prop_assert!(number.digits().starts_with("33"), "{}", number);
            }
        }
    }
}
