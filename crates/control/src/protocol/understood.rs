//! What the pad is told of a typed or pasted text.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Message;

/// What a typed text means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Understood {
    /// What to do with it.
    pub verdict: Verdict,
    /// The sentence under the field: "Composera le 01 42 68 53 00", or why not. Of what is incomplete: why not, for who
    /// presses call all the same; nothing is said of it while it is typed.
    pub message: Option<Message>,
    /// `+33142685300`, when there is one.
    pub number: Option<String>,
    /// `01 42 68 53 00`, in the language of the moment.
    pub display: Option<String>,
    /// Who has it: the person, else the company. Absent as well when several contacts have it.
    pub name: Option<String>,
    /// The company of the person named.
    pub company: Option<String>,
    /// What is known of it (class, country), when worth a line.
    pub about: Option<Message>,
    /// More than one number was found: to choose from, likeliest first.
    pub choices: Vec<Choice>,
}

/// One of several numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Choice {
    /// `+33142685300`
    pub number: String,
    /// `01 42 68 53 00`
    pub display: String,
    /// As it stood before the number: `Tél.`, `Fax`.
    pub label: Option<String>,
}

/// Whether a text may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Nothing typed.
    Empty,
    /// Not yet a number, but may become one: no alarm while typing.
    Incomplete,
    /// May be dialled.
    Dial,
    /// May be dialled after a yes.
    Confirm,
    /// Several numbers.
    Choose,
    /// May not be dialled.
    Refuse,
}
