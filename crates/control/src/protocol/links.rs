//! Who opens links to numbers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Who opens links to numbers (`tel:`) on this desktop, and how that can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NumberLinks {
    /// Who opens them now.
    pub opener: LinkOpener,
    /// The other program's name, where the system tells it.
    pub program: Option<String>,
    /// How this program comes to open them.
    pub takeover: LinkTakeover,
}

/// Who opens links to numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkOpener {
    /// This program.
    Us,
    /// Another one.
    Other,
    /// No program.
    Nobody,
    /// The system doesn't tell.
    Unknown,
}

/// How this program comes to open links to numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkTakeover {
    /// [`super::Request::TakeNumberLinks`] does it.
    Here,
    /// [`super::Request::TakeNumberLinks`] opens the system's settings, where the person chooses.
    SystemSettings,
    /// Not before it is installed: the system doesn't know this program.
    NotInstalled,
    /// The person has to find the place in the system's settings.
    Elsewhere,
}
