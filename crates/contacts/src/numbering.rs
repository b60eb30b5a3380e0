//! How the numbers of an address book are read.

use serde::{Deserialize, Serialize};
use telephony::{Choice, Destination, E164, Extensions, Meaning, Note, One, Party, Rules, understand};

/// How written numbers become keys of the index: the rules by which typed digits are read (France is the country of numbers
/// without one), and where the company's extensions stand in the public numbering.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numbering {
    /// As for what people type.
    pub rules: Rules,
    /// The company's extensions behind its direct numbers.
    pub extensions: Option<ExtensionRange>,
}

/// Extensions that are the last digits of the company's direct numbers (*SDA*): with the prefix `+3314268` and 4 digits,
/// `5300` and +33 1 42 68 53 00 are the same phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionRange {
    prefix: String,
    digits: usize,
}

/// The prefix and the extension together aren't a number in international form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("prefix and extension together must be a number in international form")]
pub struct NotARange;

impl ExtensionRange {
    /// `prefix` as in `+3314268`, `digits` that follow it: 2 to 8.
    ///
    /// # Errors
    /// [`NotARange`] when the two don't make a number in international form.
    pub fn new(prefix: &str, digits: usize) -> Result<Self, NotARange> {
        let range = Self {
            prefix: prefix.to_owned(),
            digits,
        };
        let usable = (2..=8).contains(&digits) && range.number(&"0".repeat(digits)).is_some();
        (usable && prefix.starts_with('+'))
            .then_some(range)
            .ok_or(NotARange)
    }

    /// The public number of an extension.
    pub fn number(&self, extension: &str) -> Option<E164> {
        let fits = extension.len() == self.digits && extension.bytes().all(|b| b.is_ascii_digit());
        fits.then(|| E164::parse(&format!("{}{extension}", self.prefix)).ok())?
    }

    /// The extension of a public number.
    pub fn extension<'a>(&self, number: &'a E164) -> Option<&'a str> {
        number
            .as_str()
            .strip_prefix(self.prefix.as_str())
            .filter(|rest| rest.len() == self.digits)
    }
}

/// One number of a written text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    /// What it is found by: a public number, or the digits of a short number or an extension. `None`: it can't be read.
    pub party: Option<Party>,
    /// To ask for behind the number.
    pub extension: Option<String>,
    /// The text calls it a fax.
    pub fax: bool,
    /// As it stood before the number, when the text holds several.
    pub label: Option<String>,
    /// It is one of several of its text.
    pub split: bool,
}

impl Numbering {
    /// The numbers of a written text; none for an empty one. A text that isn't surely one number is read as none: a wrong
    /// name is worse than none.
    pub(crate) fn read(&self, text: &str) -> Vec<Reading> {
        match understand(text, &self.rules()).meaning {
            Meaning::Empty => Vec::new(),
            Meaning::One(one) => vec![self.reading(one, None, false)],
            Meaning::Several(choices) => choices
                .into_iter()
                .map(|Choice { label, one }| self.reading(one, label, true))
                .collect(),
            Meaning::Incomplete(_) | Meaning::Refused(_) => vec![Reading {
                party: None,
                extension: None,
                fax: false,
                label: None,
                split: false,
            }],
        }
    }

    fn reading(&self, one: One, label: Option<String>, split: bool) -> Reading {
        let fax = one.notes.contains(&Note::Fax)
            || label
                .as_deref()
                .is_some_and(|label| crate::Label::read(label) == crate::Label::Fax);
        let party = match one.destination {
            // Nine digits may be the beginning of an international number.
            Destination::Number(_) if one.notes.contains(&Note::LostZeroOrCountryCode) => None,
            Destination::Number(number) => Some(Party::Number(number)),
            Destination::Short(digits) => Some(Party::Other(digits)),
            Destination::Extension(digits) => Some(self.inside(digits)),
        };
        Reading {
            party,
            extension: one.extension,
            fax,
            label,
            split,
        }
    }

    fn inside(&self, digits: String) -> Party {
        let public = self.extensions.as_ref().and_then(|range| range.number(&digits));
        public.map_or(Party::Other(digits), Party::Number)
    }

    /// By what a party of a call is looked up; `None` when no contact can have it.
    pub(crate) fn key(&self, party: &Party) -> Option<String> {
        match party {
            Party::Number(number) => Some(number.as_str().to_owned()),
            Party::Other(text) => match self.read(text).as_slice() {
                [one] => one.party.clone().map(String::from),
                _ => None,
            },
        }
    }

    /// A range of extensions is also a rule for reading them.
    fn rules(&self) -> Rules {
        let mut rules = self.rules.clone();
        if let (None, Some(range)) = (&rules.extensions, &self.extensions) {
            rules.extensions = Some(Extensions {
                min_digits: range.digits,
                max_digits: range.digits,
                overriding: Vec::new(),
            });
        }
        rules
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn direct() -> Numbering {
        Numbering {
            extensions: Some(ExtensionRange::new("+3314268", 4).unwrap()),
            ..Numbering::default()
        }
    }

    fn keys(numbering: &Numbering, text: &str) -> Vec<Option<String>> {
        let readings = numbering.read(text);
        readings
            .into_iter()
            .map(|one| one.party.map(String::from))
            .collect()
    }

    #[test]
    fn an_extension_and_its_direct_number_are_one() {
        let range = ExtensionRange::new("+3314268", 4).unwrap();
        let number = E164::parse("+33142685300").unwrap();
        assert_eq!(range.number("5300"), Some(number.clone()));
        assert_eq!(range.extension(&number), Some("5300"));
        assert_eq!(range.number("530"), None);
        assert_eq!(range.extension(&E164::parse("+33142685").unwrap()), None);
        assert_eq!(keys(&direct(), "5300"), [Some("+33142685300".to_owned())]);
        assert_eq!(
            direct().key(&Party::Other("5300".to_owned())).as_deref(),
            Some("+33142685300")
        );
        // A public short number keeps its meaning.
        assert_eq!(keys(&direct(), "3639"), [Some("3639".to_owned())]);
    }

    #[test]
    fn a_range_is_a_number_in_international_form() {
        for (prefix, digits) in [
            ("+33142685", 9),
            ("33142685", 4),
            ("+0", 4),
            ("+33", 1),
            ("+3a", 8),
            ("", 4),
        ] {
            assert_eq!(
                ExtensionRange::new(prefix, digits),
                Err(NotARange),
                "{prefix} {digits}"
            );
        }
    }

    #[test]
    fn doubtful_numbers_are_found_by_nothing() {
        let plain = Numbering::default();
        for text in [
            "331426853",
            "voir secrétariat",
            "*21#",
            "01 42 68",
            "5300",
            "3,31427E+10",
        ] {
            assert_eq!(keys(&plain, text), [None], "{text}");
        }
        assert_eq!(keys(&plain, "142685300"), [Some("+33142685300".to_owned())]);
        assert_eq!(keys(&plain, " "), [] as [Option<String>; 0]);
    }
}
