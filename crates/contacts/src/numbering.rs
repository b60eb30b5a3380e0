//! How the numbers of an address book are read.

use serde::{Deserialize, Serialize};
use telephony::{Choice, Destination, Meaning, Note, One, Party, Rules, understand};

/// How written numbers become keys of the index: the rules by which typed digits are read. France is the country of numbers
/// without one; an extension and its direct number are one key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Numbering {
    /// As for what people type.
    pub rules: Rules,
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
        match understand(text, &self.rules).meaning {
            Meaning::Empty => Vec::new(),
            Meaning::One(one) => vec![Self::reading(one, None, false)],
            Meaning::Several(choices) => choices
                .into_iter()
                .map(|Choice { label, one }| Self::reading(one, label, true))
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

    fn reading(one: One, label: Option<String>, split: bool) -> Reading {
        let fax = one.notes.contains(&Note::Fax)
            || label
                .as_deref()
                .is_some_and(|label| crate::Label::read(label) == crate::Label::Fax);
        let party = match one.destination {
            // Nine digits may be the beginning of an international number.
            Destination::Number(_) if one.notes.contains(&Note::LostZeroOrCountryCode) => None,
            Destination::Number(number) => Some(Party::Number(number)),
            Destination::Short(digits) | Destination::Extension(digits) => Some(Party::Other(digits)),
        };
        Reading {
            party,
            extension: one.extension,
            fax,
            label,
            split,
        }
    }
}

#[cfg(test)]
mod tests {
    use telephony::ExtensionRange;

    use super::*;

    fn direct() -> Numbering {
        let range = ExtensionRange::new("+3314268", 4).ok();
        Numbering {
            rules: Rules {
                range,
                ..Rules::default()
            },
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
        assert_eq!(keys(&direct(), "5300"), [Some("+33142685300".to_owned())]);
        // A public short number keeps its meaning.
        assert_eq!(keys(&direct(), "3639"), [Some("3639".to_owned())]);
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
