//! Screen pop: the record of a call's party, opened in the company's own software.
//!
//! An address template or a local program, filled with the call. What a caller can choose (its number, a name in somebody's
//! address book) only ever lands as percent-encoded text in the path, the query or the fragment of the address, and as a
//! variable's value in a program's environment: never in a shell, never in a scheme or host.

mod template;
mod timing;

use std::path::PathBuf;

use telephony::{Call, CallState, Direction, Party};

use crate::numbers;
use crate::words::Language;

pub(crate) use template::scheme;
pub use template::{Template, TemplateError};
pub(crate) use timing::Pops;

/// Longest value that is handed over, in characters.
const LONGEST: usize = 120;

/// When the record opens by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum When {
    /// Never, and nowhere is it offered.
    #[default]
    Never,
    /// As soon as the call is heard of.
    Ringing,
    /// Once it is answered.
    Answered,
    /// Only when the person asks for it.
    Request,
}

/// For which calls the record opens by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Directions {
    /// Calls that come in.
    pub incoming: bool,
    /// Calls that go out.
    pub outgoing: bool,
}

impl Default for Directions {
    fn default() -> Self {
        Self {
            incoming: true,
            outgoing: false,
        }
    }
}

impl Directions {
    /// As the settings write them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let named = [(self.incoming, "incoming"), (self.outgoing, "outgoing")];
        named.into_iter().filter_map(|(on, name)| on.then_some(name))
    }

    /// Whether it is for calls that run this way.
    pub fn has(self, direction: Direction) -> bool {
        match direction {
            Direction::Incoming => self.incoming,
            Direction::Outgoing => self.outgoing,
        }
    }
}

/// What a template may ask for; each is also a variable `CENTREX_…` of a program's environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Placeholder {
    /// The other party: `+33142685300`.
    E164,
    /// The same as it is dialled at home: `0142685300`; a foreign one begins with `00`.
    National,
    /// Its name, when it is known.
    Name,
    /// Its company, when it is known.
    Company,
    /// The own line: its number, else the account.
    Line,
    /// `incoming` or `outgoing`.
    Direction,
    /// The platform's id of the call.
    CallId,
    /// The Centrex account.
    Account,
    /// `ringing`, `connected` or `ended`.
    State,
}

impl Placeholder {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::E164,
        Self::National,
        Self::Name,
        Self::Company,
        Self::Line,
        Self::Direction,
        Self::CallId,
        Self::Account,
        Self::State,
    ];

    /// As it stands between braces.
    pub fn name(self) -> &'static str {
        match self {
            Self::E164 => "e164",
            Self::National => "national",
            Self::Name => "name",
            Self::Company => "company",
            Self::Line => "line",
            Self::Direction => "direction",
            Self::CallId => "call_id",
            Self::Account => "account",
            Self::State => "state",
        }
    }
}

/// A call as a record sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    values: [String; Placeholder::ALL.len()],
}

impl Subject {
    /// The call, and what is known of its party.
    pub(crate) fn of(call: &Call, name: Option<&str>, company: Option<&str>) -> Self {
        let number = match call.other_party() {
            Some(Party::Number(number)) => Some(number),
            _ => None,
        };
        let own = match call.direction {
            Direction::Incoming => call.called_number.as_ref(),
            Direction::Outgoing => call.calling_number.as_ref(),
        };
        let value = |placeholder| match placeholder {
            Placeholder::E164 => number
                .map(|number| number.as_str().to_owned())
                .unwrap_or_default(),
            // What a French phone dials, whatever language is spoken here.
            Placeholder::National => number
                .map(|number| numbers::copy_form(number, Language::Fr))
                .unwrap_or_default(),
            Placeholder::Name => name.unwrap_or_default().to_owned(),
            Placeholder::Company => company.unwrap_or_default().to_owned(),
            Placeholder::Line => match own {
                Some(Party::Number(number)) => number.as_str().to_owned(),
                Some(Party::Other(text)) => text.clone(),
                None => call.account_id.0.clone(),
            },
            Placeholder::Direction => match call.direction {
                Direction::Incoming => "incoming".to_owned(),
                Direction::Outgoing => "outgoing".to_owned(),
            },
            Placeholder::CallId => call.call_id.0.clone(),
            Placeholder::Account => call.account_id.0.clone(),
            Placeholder::State => match call.state {
                CallState::Ringing => "ringing",
                CallState::Connected => "connected",
                CallState::Ended => "ended",
            }
            .to_owned(),
        };
        let values = Placeholder::ALL.map(|placeholder| numbers::neutralise(&value(placeholder), LONGEST));
        Self { values }
    }

    fn get(&self, placeholder: Placeholder) -> &str {
        let place = Placeholder::ALL.iter().position(|known| *known == placeholder);
        place
            .and_then(|place| self.values.get(place))
            .map_or("", String::as_str)
    }

    /// For a program: `CENTREX_E164` and so on, all of them, empty where nothing is known.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let variable = |name: &str| format!("CENTREX_{}", name.to_uppercase());
        Placeholder::ALL
            .iter()
            .map(|placeholder| (variable(placeholder.name()), self.get(*placeholder).to_owned()))
            .collect()
    }
}

/// A program's path that may be run: absolute, so that no search path and no current folder decides.
pub fn program(text: &str) -> Option<PathBuf> {
    let path = PathBuf::from(text);
    (path.is_absolute() && path.file_name().is_some() && !text.chars().any(char::is_control)).then_some(path)
}

impl When {
    /// As the file writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Ringing => "ringing",
            Self::Answered => "answered",
            Self::Request => "request",
        }
    }

    /// From the file's word.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Never, Self::Ringing, Self::Answered, Self::Request]
            .into_iter()
            .find(|when| when.name() == name)
    }
}
