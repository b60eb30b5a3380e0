//! What may be asked of the journal, and its answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::CallView;

/// Requests about calls that the journal holds; inside [`super::Request::Journal`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum JournalRequest {
    /// Answered by [`super::Answer::Calls`].
    Search {
        /// Which calls.
        query: CallQuery,
    },
    /// Sets the note of a call; empty text removes it. Answered by [`super::Answer::Done`].
    Note {
        /// Which call.
        at: CallRef,
        /// Plain text, at most 4,000 characters.
        note: String,
    },
    /// Ticks or unticks "to call back". Answered by [`super::Answer::Done`].
    CallBack {
        /// Which call.
        at: CallRef,
        /// Ticked.
        wanted: bool,
    },
    /// Opens the record of this call's party as the settings' address template says. Answered by [`super::Answer::Done`].
    OpenRecord {
        /// Which call.
        at: CallRef,
    },
    /// Deletes one call; the relay's replay doesn't bring it back. Answered by [`super::Answer::Done`].
    Delete {
        /// Which call.
        at: CallRef,
    },
    /// Deletes every call. Answered by [`super::Answer::Done`].
    DeleteAll,
    /// Writes all calls to a file. Answered by [`super::Answer::Written`]. Not for the page: it names a file.
    Export {
        /// An absolute path; an existing file is replaced.
        path: String,
        /// As what.
        format: CallFormat,
        /// CSV only: begin with a byte order mark, as Excel wants it.
        bom: bool,
    },
    /// Reads a file written by [`CallFormat::Json`]. Answered by [`super::Answer::Taken`]. Not for the page: it names a file.
    Import {
        /// An absolute path.
        path: String,
    },
}

/// Names a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallRef {
    /// [`CallView::account`]
    pub account: String,
    /// [`CallView::call`]
    pub call: String,
}

/// Which calls are wanted; newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct CallQuery {
    /// Words (the beginning of each suffices, accents don't matter) of name, company and note, or digits of the number.
    pub text: String,
    /// Which kind.
    pub filter: CallFilter,
    /// Of this account only.
    pub account: Option<String>,
    /// Started at or after this, RFC 3339.
    pub from: Option<String>,
    /// Started before this, RFC 3339.
    pub until: Option<String>,
    /// [`CallPage::next`] of the page before.
    pub after: Option<String>,
    /// At most so many; 0 and what is above 200 count as 200.
    pub limit: u32,
}

/// Kinds of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallFilter {
    /// All.
    #[default]
    All,
    /// Incoming and never answered.
    Missed,
    /// Incoming.
    Incoming,
    /// Outgoing.
    Outgoing,
    /// Ticked "to call back" and not yet settled.
    ToCallBack,
}

/// A page of calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallPage {
    /// Newest first.
    pub calls: Vec<CallView>,
    /// To be given as [`CallQuery::after`] for the next page; absent on the last one.
    pub next: Option<String>,
    /// When calls couldn't be heard, within the time of this page (up to now for the first one), newest first.
    pub holes: Vec<Hole>,
}

/// A time in which this desktop wasn't connected to the relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Hole {
    /// RFC 3339.
    pub from: String,
    /// RFC 3339; absent while it lasts.
    pub until: Option<String>,
    /// What became of the calls of that time.
    pub state: HoleState,
}

/// What is known of a time without connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum HoleState {
    /// Not connected now.
    Open,
    /// The relay told everything that happened meanwhile.
    Filled,
    /// The relay no longer knew: calls may be missing.
    Gap,
}

/// Forms in which calls are written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallFormat {
    /// For spreadsheets; nothing in it can be taken for a formula.
    Csv,
    /// The whole journal, to be read back by [`JournalRequest::Import`].
    Json,
    /// iCalendar (RFC 5545), an event a call.
    Calendar,
}

/// Whether a call is to be called back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallBackState {
    /// Nothing to do.
    #[default]
    None,
    /// To be called back.
    Wanted,
    /// It was, or the person was talked to since.
    Settled,
}
