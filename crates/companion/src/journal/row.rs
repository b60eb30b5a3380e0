//! A call of the journal, with what the person and the contacts know of it.

use jiff::Timestamp;
use rusqlite::types::Type;
use serde::{Deserialize, Serialize};
use telephony::{AccountId, Call, CallState, Direction, E164, Language, Party};

use crate::numbers;
use crate::view::Outcome;

/// Longest name or company that is kept, in characters; what follows is cut off.
pub const LONGEST_NAME: usize = 200;
/// Longest note that is kept, in characters; what follows is cut off.
pub const LONGEST_NOTE: usize = 4_000;

/// A call of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its last known state.
    pub call: Call,
    /// A missed call that nobody has seen yet.
    pub unread: bool,
    /// What is known of its course.
    pub outcome: Outcome,
    /// It rang on several lines of this desk and was answered on this other one. Not kept: whoever lists rows
    /// finds it by that line's.
    pub answered_on: Option<AccountId>,
    /// The other party's name as last known; `None`: nobody knew one.
    pub name: Option<Name>,
    /// The person's note; empty: none.
    pub note: String,
    /// Whether the other party is to be called back.
    pub call_back: CallBack,
}

/// Who has a number, as last known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Name {
    /// The person, or whatever stands for one.
    #[serde(default)]
    pub display: Option<String>,
    /// The company.
    #[serde(default)]
    pub company: Option<String>,
    /// Where it comes from, in the words of who gave it (a contact's source and key). Not for people.
    #[serde(default)]
    pub source: String,
    /// Since when that source says so.
    #[serde(default)]
    pub since: Option<Timestamp>,
}

/// Whether a party is to be called back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CallBack {
    /// Nothing to do.
    #[default]
    None,
    /// To be called back.
    Wanted {
        /// Who wants it.
        why: Why,
        /// Only talk after this settles it: the tick's moment by this computer's clock, or the missed call's start.
        since: Timestamp,
    },
    /// The party was talked to.
    Settled {
        /// When that talk began, by the relay's clock.
        at: Timestamp,
    },
}

/// Why a party is to be called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// The person ticked it.
    Hand,
    /// The call was missed.
    Missed,
}

/// A row and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) id: i64,
    pub(super) row: Row,
}

impl Row {
    /// A call of which nothing else is known.
    pub fn new(call: Call, unread: bool) -> Self {
        Self {
            outcome: outcome(&call),
            answered_on: None,
            call,
            unread,
            name: None,
            note: String::new(),
            call_back: CallBack::None,
        }
    }

    /// The other party's number, when it is one.
    pub fn party(&self) -> Option<&E164> {
        party(&self.call)
    }
}

impl Name {
    /// Without what would do harm in a list: control and format characters, excess length. `None` when nothing is left.
    pub(super) fn tidy(&self) -> Option<Self> {
        let tidy = |text: &Option<String>| {
            let text = numbers::neutralise(text.as_deref()?, LONGEST_NAME);
            (!text.is_empty()).then_some(text)
        };
        let (display, company) = (tidy(&self.display), tidy(&self.company));
        (display.is_some() || company.is_some()).then(|| Self {
            display,
            company,
            source: self.source.chars().take(LONGEST_NAME).collect(),
            since: self.since,
        })
    }
}

/// A note as it is kept: trimmed, cut, without characters that can't be seen. Lines are parted by `\n`; other white space
/// within a line becomes one space.
pub(super) fn tidy_note(note: &str) -> String {
    let lines: Vec<String> = note
        .trim()
        .split('\n')
        .map(|line| numbers::neutralise(line, LONGEST_NOTE))
        .collect();
    lines.join("\n").chars().take(LONGEST_NOTE).collect()
}

/// The other party's number, when it is one.
pub(super) fn party(call: &Call) -> Option<&E164> {
    match call.other_party()? {
        Party::Number(number) => Some(number),
        Party::Other(_) => None,
    }
}

/// Somebody who withholds the number called.
pub(super) fn is_withheld(call: &Call) -> bool {
    call.direction == Direction::Incoming
        && numbers::show_party(call.other_party(), Language::default()).is_none()
}

/// What a call's own state says of its course.
pub(super) fn outcome(call: &Call) -> Outcome {
    let answered = call.connected_at.is_some();
    match (call.state, call.direction) {
        (CallState::Ringing, _) => Outcome::Ringing,
        (CallState::Connected, _) => Outcome::Talking,
        (CallState::Ended, _) if answered => Outcome::Answered,
        (CallState::Ended, _) if call.end_unknown => Outcome::Unknown,
        (CallState::Ended, Direction::Incoming) => Outcome::Missed,
        (CallState::Ended, Direction::Outgoing) => Outcome::NoAnswer,
    }
}

const OUTCOMES: [(Outcome, &str); 6] = [
    (Outcome::Ringing, "ringing"),
    (Outcome::Talking, "talking"),
    (Outcome::Answered, "answered"),
    (Outcome::Missed, "missed"),
    (Outcome::NoAnswer, "no_answer"),
    (Outcome::Unknown, "unknown"),
];

/// An outcome as it stands in files.
pub(super) fn outcome_word(outcome: Outcome) -> &'static str {
    OUTCOMES
        .iter()
        .find(|(known, _)| *known == outcome)
        .map_or("unknown", |(_, word)| word)
}

/// A direction as it stands in files.
pub(super) fn direction_word(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    }
}

/// Columns that [`read`] wants, in its order.
pub(super) const COLUMNS: &str = "call.id, call.body, call.unread, call.outcome, call.name, call.company, call.name_source, \
                                  call.name_since_us, call.note, call.call_back, call.call_back_us";

/// A row as SQLite gives it. `None`: its call can't be read (written by another version); it is left out.
pub(super) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Option<Stored>> {
    let body = row
        .get_ref(1)?
        .as_str()
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(1, Type::Text, Box::new(error)))?;
    let call = match serde_json::from_str::<Call>(body) {
        Ok(call) => call,
        // Not the error's own words: they may quote the number.
        Err(error) => {
            tracing::warn!(
                column = error.column(),
                category = ?error.classify(),
                "a call of the journal can't be read; it is left out"
            );
            return Ok(None);
        }
    };
    let word: String = row.get(3)?;
    let outcome = OUTCOMES
        .iter()
        .find(|(_, known)| *known == word)
        .map_or(Outcome::Unknown, |(outcome, _)| *outcome);
    let (display, company): (Option<String>, Option<String>) = (row.get(4)?, row.get(5)?);
    let name = if display.is_some() || company.is_some() {
        Some(Name {
            display,
            company,
            source: row.get::<_, Option<String>>(6)?.unwrap_or_default(),
            since: row.get::<_, Option<i64>>(7)?.map(timestamp),
        })
    } else {
        None
    };
    let call_back = call_back(&row.get::<_, String>(9)?, row.get(10)?);
    Ok(Some(Stored {
        id: row.get(0)?,
        row: Row {
            call,
            unread: row.get(2)?,
            outcome,
            answered_on: None,
            name,
            note: row.get(8)?,
            call_back,
        },
    }))
}

fn call_back(word: &str, us: Option<i64>) -> CallBack {
    match (word, us.map(timestamp)) {
        ("hand", Some(since)) => CallBack::Wanted {
            why: Why::Hand,
            since,
        },
        ("missed", Some(since)) => CallBack::Wanted {
            why: Why::Missed,
            since,
        },
        ("settled", Some(at)) => CallBack::Settled { at },
        _ => CallBack::None,
    }
}

impl CallBack {
    /// To be called back, and not yet settled.
    pub fn is_wanted(self) -> bool {
        matches!(self, Self::Wanted { .. })
    }

    /// As columns `call_back` and `call_back_us`.
    pub(super) fn columns(self) -> (&'static str, Option<i64>) {
        match self {
            Self::None => ("none", None),
            Self::Wanted {
                why: Why::Hand,
                since,
            } => ("hand", Some(since.as_microsecond())),
            Self::Wanted {
                why: Why::Missed,
                since,
            } => ("missed", Some(since.as_microsecond())),
            Self::Settled { at } => ("settled", Some(at.as_microsecond())),
        }
    }
}

/// Microseconds since 1970, held within what a timestamp can say.
pub(super) fn timestamp(us: i64) -> Timestamp {
    Timestamp::from_microsecond(us).unwrap_or(if us < 0 { Timestamp::MIN } else { Timestamp::MAX })
}
