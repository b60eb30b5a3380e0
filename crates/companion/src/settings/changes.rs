//! What can be changed.

use std::collections::BTreeSet;

use telephony::E164;

#[cfg(doc)]
use super::Store;
use super::{Key, Mode};

/// A new value for one setting, judged by [`Store::change`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which setting.
    pub key: Key,
    /// Its value.
    pub given: Given,
}

/// A value as a person gave it. One of another kind than its setting's can't be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// As typed: a word, an address, a path; for [`Key::Quiet`] `20:00-08:00 mon,tue` (without days every day). Empty clears.
    Text(String),
    /// On or off.
    Switch(bool),
    /// So many.
    Count(u32),
    /// All that the setting holds from now on; none: the usual ones, where there are such.
    List(Vec<String>),
}

impl Change {
    /// This setting is to hold this.
    pub fn new(key: Key, given: impl Into<Given>) -> Self {
        Self {
            key,
            given: given.into(),
        }
    }
}

impl From<&str> for Given {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<Mode> for Given {
    fn from(mode: Mode) -> Self {
        mode.name().into()
    }
}

impl From<bool> for Given {
    fn from(on: bool) -> Self {
        Self::Switch(on)
    }
}

impl From<u32> for Given {
    fn from(count: u32) -> Self {
        Self::Count(count)
    }
}

impl From<&[&str]> for Given {
    fn from(texts: &[&str]) -> Self {
        Self::List(texts.iter().map(|text| (*text).to_owned()).collect())
    }
}

impl From<&BTreeSet<E164>> for Given {
    fn from(numbers: &BTreeSet<E164>) -> Self {
        Self::List(numbers.iter().map(|number| number.as_str().to_owned()).collect())
    }
}
