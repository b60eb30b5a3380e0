//! What the administrator says about the company's own dialling.

use serde::{Deserialize, Serialize};

use crate::call::{Call, Direction};
use crate::class::{Class, short_class};
use crate::number::{E164, Party};

/// How typed digits are to be read. The default is a line without outside prefix and without known extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Digits that people type before an outside number (*préfixe de sortie*), such as `0`. It is taken off only when the
    /// text means nothing with it.
    pub outside_prefix: Option<String>,
    /// Which digits are the company's own extensions (*postes*). `None`: unknown, so none is taken for one but those of
    /// [`Self::range`].
    pub extensions: Option<Extensions>,
    /// Where the company's extensions stand in the public numbering. `None`: they can't be called by a public number.
    pub range: Option<ExtensionRange>,
}

/// The company's extensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extensions {
    /// Fewest digits of an extension, at least 1.
    pub min_digits: usize,
    /// Most digits of an extension, at most 8.
    pub max_digits: usize,
    /// Extensions that look like a public short number (`3639`) or even an emergency number (`15`): without being listed
    /// here, the public meaning wins.
    #[serde(default)]
    pub overriding: Vec<String>,
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

impl Rules {
    /// A call as these rules read it: another party that was told as an extension is the public number of it, and what was
    /// told stands in [`Call::extension`]. A public short number keeps its meaning unless the rules say otherwise.
    #[must_use]
    pub fn read(&self, mut call: Call) -> Call {
        let party = match call.direction {
            Direction::Incoming => &mut call.calling_number,
            Direction::Outgoing => &mut call.called_number,
        };
        let Some(Party::Other(told)) = party else {
            return call;
        };
        let digits = told.trim();
        let inside = self.overrides(digits) || short_class(digits) == Class::ShortOther;
        if let Some(number) = self.public(digits).filter(|_| inside) {
            call.extension = Some(digits.to_owned());
            *party = Some(Party::Number(number));
        }
        call
    }

    /// The public number of these digits, as an extension.
    pub(crate) fn public(&self, digits: &str) -> Option<E164> {
        self.range.as_ref().and_then(|range| range.number(digits))
    }

    /// Whether these digits are an extension although they have a public meaning too.
    pub(crate) fn overrides(&self, digits: &str) -> bool {
        self.extensions
            .as_ref()
            .is_some_and(|plan| plan.overriding.iter().any(|one| one == digits))
    }

    /// Whether digits without a public meaning are an extension.
    pub(crate) fn is_extension(&self, digits: &str) -> bool {
        let listed = self
            .extensions
            .as_ref()
            .is_some_and(|plan| (plan.min_digits.max(1)..=plan.max_digits.min(8)).contains(&digits.len()));
        listed || self.public(digits).is_some()
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::call::{AccountId, CallId, CallState};

    fn rules() -> Rules {
        Rules {
            range: ExtensionRange::new("+3314268", 4).ok(),
            ..Rules::default()
        }
    }

    #[test]
    fn an_extension_and_its_direct_number_are_one() {
        let range = ExtensionRange::new("+3314268", 4).unwrap();
        let number = E164::parse("+33142685300").unwrap();
        assert_eq!(range.number("5300"), Some(number.clone()));
        assert_eq!(range.extension(&number), Some("5300"));
        assert_eq!(range.number("530"), None);
        assert_eq!(range.extension(&E164::parse("+33142685").unwrap()), None);
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
    fn a_call_with_an_extension_is_a_call_with_its_direct_number() {
        let call = |direction, calling: &str, called: &str| Call {
            call_id: CallId("a".into()),
            account_id: AccountId("1001".into()),
            direction,
            state: CallState::Ringing,
            calling_number: Some(Party::from(calling.to_owned())),
            called_number: Some(Party::from(called.to_owned())),
            started_at: Timestamp::UNIX_EPOCH,
            connected_at: None,
            ended_at: None,
            status: None,
            billable_duration: None,
            end_unknown: false,
            extension: None,
            extra: std::collections::BTreeMap::new(),
        };
        let other = |rules: &Rules, direction, calling: &str, called: &str| {
            let call = rules.read(call(direction, calling, called));
            let other = call.other_party().cloned().map(String::from);
            (other.unwrap(), call.extension)
        };
        use Direction::{Incoming, Outgoing};
        let read = ("+33142685300".to_owned(), Some("5300".to_owned()));
        assert_eq!(other(&rules(), Incoming, "5300", "5301"), read);
        assert_eq!(other(&rules(), Outgoing, "5301", "5300"), read);
        // Public short numbers, what is no extension, and whole numbers stay what they are.
        for told in ["3639", "112", "530", "poste 5300", "+33142685300"] {
            assert_eq!(other(&rules(), Incoming, told, "5301"), (told.to_owned(), None));
        }
        let told = ("5300".to_owned(), None);
        assert_eq!(other(&Rules::default(), Incoming, "5300", "5301"), told);
        // What the administrator says is an extension is one.
        let mut overriding = rules();
        overriding.extensions = Some(Extensions {
            min_digits: 4,
            max_digits: 4,
            overriding: vec!["3639".to_owned()],
        });
        let (number, extension) = other(&overriding, Incoming, "3639", "5301");
        assert_eq!(
            (number.as_str(), extension.as_deref()),
            ("+33142683639", Some("3639"))
        );
    }
}
