//! What people type and paste in France, understood.
//!
//! The steps, in order: percent-decoding and URI schemes (`uri`), spaces, invisible characters, digits and dashes of every
//! script folded (`normalise`), labels and separators split (`text`), extensions cut, and the digits read against the
//! numbering plan (`plan`), overseas ranges mapped to their own country codes before the library sees them.

mod normalise;
mod plan;
mod split;
mod text;
mod uri;
mod words;

use crate::number::{Destination, E164};
use crate::rules::Rules;
use crate::verdict::{Caution, Refusal};

pub(crate) use plan::overseas;

/// A text longer than this (in bytes, ends trimmed) isn't searched for a number.
pub const LONGEST_TEXT: usize = 4096;

/// What a text means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understanding {
    /// The text as it was typed or pasted.
    pub original: String,
    /// What it means.
    pub meaning: Meaning,
}

/// What a text can mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Nothing typed.
    Empty,
    /// Not a number yet, but more digits may make it one: no alarm while typing. Holds what to say to who dials it now.
    Incomplete(Refusal),
    /// One destination. Whether it may be dialled is for [`crate::may_dial`] to say.
    One(One),
    /// Several numbers to choose from, likeliest first (a fax comes last). At least two.
    Several(Vec<Choice>),
    /// No number, and why.
    Refused(Refusal),
}

/// One destination found in a text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct One {
    /// Where it leads.
    pub destination: Destination,
    /// The extension to ask for behind that number (`poste 204`). The platform can't dial it: the person does.
    pub extension: Option<String>,
    /// What was assumed or changed on the way.
    pub notes: Vec<Note>,
}

impl One {
    /// The number in international form, if it is one.
    pub fn number(&self) -> Option<&E164> {
        self.destination.number()
    }

    fn plain(destination: Destination) -> Self {
        Self {
            destination,
            extension: None,
            notes: Vec::new(),
        }
    }

    /// Nothing was assumed that could be wrong: a few digits among others may be an extension, or anything else.
    fn is_sure(&self) -> bool {
        let doubtful = |note: &Note| note.caution().is_some() || *note == Note::Extension;
        !self.notes.iter().any(doubtful)
    }

    fn noted(mut self, note: Note) -> Self {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
        self
    }
}

/// What was assumed or changed on the way from a text to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Note {
    /// The leading zero was missing.
    LostZero,
    /// The leading zero was missing, or these are the first digits of an international number.
    LostZeroOrCountryCode,
    /// No such range in the numbering plan as known here.
    NotInPlan,
    /// Letters were turned into digits.
    Letters,
    /// The text calls it a fax.
    Fax,
    /// The company's outside prefix was taken off.
    OutsidePrefix,
    /// It is one of the company's extensions, by its public number.
    Extension,
    /// A French form led to an overseas country code.
    Overseas,
}

impl Note {
    /// The question that it raises before dialling.
    pub fn caution(&self) -> Option<Caution> {
        Some(match self {
            Self::LostZero => Caution::LostZero,
            Self::LostZeroOrCountryCode => Caution::LostZeroOrCountryCode,
            Self::NotInPlan => Caution::NotInPlan,
            Self::Letters => Caution::Letters,
            Self::Fax => Caution::Fax,
            Self::OutsidePrefix | Self::Extension | Self::Overseas => return None,
        })
    }
}

/// One of several numbers of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it stood before the number: `Tél.`, `Fax`.
    pub label: Option<String>,
    /// The number.
    pub one: One,
}

/// Understands a typed or pasted text as a number. Pure, total, and bounded: a text beyond [`LONGEST_TEXT`] isn't searched.
pub fn understand(input: &str, rules: &Rules) -> Understanding {
    Understanding {
        original: input.to_owned(),
        meaning: meaning(input, rules),
    }
}

fn meaning(input: &str, rules: &Rules) -> Meaning {
    let trimmed = input.trim();
    if trimmed.len() > LONGEST_TEXT {
        return Meaning::Refused(Refusal::TooMuchText);
    }
    let address = match uri::read(trimmed) {
        Ok(address) => address,
        Err(refusal) => return Meaning::Refused(refusal),
    };
    let text = normalise::normalise(&address.text);
    if text.is_empty() {
        // A scheme alone may still be followed by a number; invisible characters alone are nothing.
        return match address.is_uri {
            true => Meaning::Incomplete(Refusal::TooShort {
                digits: 0,
                expected: None,
            }),
            false => Meaning::Empty,
        };
    }
    match (text::read(&text, rules), address.extension) {
        (Meaning::One(one), Some(extension)) => Meaning::One(One {
            extension: Some(extension),
            ..one
        }),
        (Meaning::Refused(Refusal::Letters), _) if address.is_sip => Meaning::Refused(Refusal::SipAddress),
        (meaning, _) => meaning,
    }
}
