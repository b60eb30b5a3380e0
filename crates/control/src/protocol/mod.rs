//! The control protocol, version 1: one JSON value a line, UTF-8, at most [`MAX_LINE`] bytes, both ways.
//!
//! A client sends [`ClientLine`]s and gets one [`ServerLine::Reply`] for each, in any order, matched by `id`. After
//! [`Request::Subscribe`] it also gets [`ServerLine::Change`]s. No reply and no change ever carries a secret: one can be set
//! ([`Request::SetCredential`]) and forgotten, never read; an enrolment code goes in ([`Request::Enrol`],
//! [`Request::OpenLink`]) and stays with the agent.
//!
//! A reply that would be longer than a line may be is an error that says so; a change as long is left out.

mod contacts;
mod journal;
mod links;
mod settings;
mod snapshot;
mod understood;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use contacts::*;
pub use journal::*;
pub use links::*;
pub use settings::*;
pub use snapshot::*;
pub use understood::*;

/// Spoken by this build. An agent refuses another number with [`ErrorCode::Version`].
pub const VERSION: u32 = 1;
/// Longest line either side accepts, in bytes.
pub const MAX_LINE: usize = 1 << 20;

/// A sentence by its id in `strings/*.ftl`, with its arguments; each side renders it in the language of the moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Message {
    /// The Fluent message id.
    pub id: String,
    /// Fluent arguments, all text.
    #[serde(default)]
    pub args: BTreeMap<String, String>,
}

/// A secret on its way to the agent: text on the wire, never shown by Debug, wiped when dropped.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(transparent)]
pub struct Secret(#[ts(type = "string")] zeroize::Zeroizing<String>);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What a client sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ClientLine {
    /// [`VERSION`].
    pub v: u32,
    /// Chosen by the client, returned in the reply.
    pub id: u64,
    /// What it wants.
    pub request: Request,
}

/// What a client may ask for.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Request {
    /// The whole state; answered by [`Answer::Snapshot`].
    Snapshot,
    /// Changes from now on; answered by [`Answer::Snapshot`], nothing lies between the two.
    Subscribe {
        /// The client is the window: it also gets [`Change::Show`].
        window: bool,
    },
    /// What a typed or pasted text means as a number; answered by [`Answer::Understood`]. Pure: nothing is dialled.
    Understand {
        /// As typed or pasted.
        input: String,
    },
    /// A person pressed call. Answered by [`Answer::Done`] once the companion took it; the snapshot's `dial` tells the rest.
    Dial {
        /// As typed.
        input: String,
        /// Whose phone rings; the default account when absent.
        account: Option<String>,
        /// The person said yes to the question of the last `Understood` or of `dial.question`.
        confirmed: bool,
    },
    /// The pad's call card was closed.
    DismissDial,
    /// Fills the pad and shows it; never dials. What `centrex-tray dial` and links send.
    FillPad {
        /// A number or a `tel:`, `callto:`, `sip:` URI.
        input: String,
    },
    /// Shows the window.
    Show {
        /// Where.
        place: Place,
    },
    /// A `centrex-tray:` link was opened; enrolment waits in the snapshot for the person's yes.
    OpenLink {
        /// The URI. It holds the one-time code.
        uri: Secret,
    },
    /// The person saw the missed calls.
    MissedRead,
    /// Trades an enrolment code for a token, stores it, and works by that relay from then on.
    Enrol {
        /// `https://relay.example`
        relay: String,
        /// The one-time code.
        code: Secret,
    },
    /// The person said yes to the enrolment that waits: as [`Request::Enrol`], with the code of its link.
    AcceptEnrolment {
        /// [`PendingEnrolment::relay`] as the person saw it.
        relay: String,
        /// [`PendingEnrolment::id`] of the link that the person saw. Refused when by now another link waits, or none.
        #[serde(default)]
        id: String,
    },
    /// The person said no to the enrolment that waits, or has read why a link can't be obeyed.
    DismissEnrolment,
    /// Puts a secret into the keychain.
    SetCredential {
        /// Which.
        kind: CredentialKind,
        /// Of which account; absent for the kinds that belong to none, and for those that the settings name.
        account: Option<String>,
        /// The secret.
        secret: Secret,
    },
    /// Takes a secret out of the keychain.
    ForgetCredential {
        /// Which.
        kind: CredentialKind,
        /// Of which account.
        account: Option<String>,
    },
    /// Changes some settings; the file is written before the answer.
    ChangeSettings {
        /// What changes; absent fields stay.
        changes: Box<SettingsChange>,
    },
    /// Tries the connection as set, step by step; each step comes as [`Change::TestStep`], all of them as [`Answer::Checks`].
    TestConnection,
    /// What works here; answered by [`Answer::Checks`].
    Doctor,
    /// About the calls that the journal holds.
    Journal {
        /// What.
        ask: JournalRequest,
    },
    /// About contacts.
    Contacts {
        /// What.
        ask: ContactsRequest,
    },
    /// No alert and no sound for this number any more, or again. Answered by [`Answer::Done`].
    Silence {
        /// `+33142685300`
        number: String,
        /// Silenced from now on.
        silenced: bool,
    },
    /// Who opens links to numbers (`tel:`) now. Answered by [`Answer::NumberLinks`].
    NumberLinks,
    /// A person wants them opened by this program, as [`NumberLinks::takeover`] says. Answered by [`Answer::NumberLinks`], as it
    /// is then.
    TakeNumberLinks,
    /// Writes everything that belongs to the person (calls, notes, contacts, settings without secrets) into a folder. Answered
    /// by [`Answer::Written`]. Not for the page: it names a folder.
    ExportAll {
        /// An absolute path; made when missing, files in it are replaced.
        path: String,
    },
    /// Reads such a folder: calls and contacts that aren't here yet are added. Answered by [`Answer::Taken`]. Not for the page:
    /// it names a folder.
    ImportAll {
        /// An absolute path.
        path: String,
    },
    /// Ends the agent.
    Quit,
}

/// What a server sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerLine {
    /// To one request.
    Reply {
        /// The request's.
        id: u64,
        /// How it went.
        result: Result<Answer, Error>,
    },
    /// To subscribers.
    Change {
        /// What changed.
        change: Change,
    },
}

/// Answers.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Answer {
    /// It was done.
    Done,
    /// The whole state.
    Snapshot {
        /// It.
        snapshot: Box<Snapshot>,
    },
    /// What a text means.
    Understood {
        /// It.
        understood: Understood,
    },
    /// What was tried, in order.
    Checks {
        /// Them.
        checks: Vec<Check>,
    },
    /// Calls of the journal.
    Calls {
        /// They.
        page: CallPage,
    },
    /// Contacts, best first.
    Contacts {
        /// They.
        contacts: Vec<Contact>,
        /// The search would find more than its limit let through.
        #[serde(default)]
        more: bool,
    },
    /// What an import would do.
    Preview {
        /// It.
        preview: Box<ImportPreview>,
    },
    /// An import was made.
    Taken {
        /// What it did.
        taken: Taken,
    },
    /// An import was taken back.
    Undone {
        /// What that did.
        undone: Undone,
    },
    /// A file was written.
    Written {
        /// How many entries it holds.
        count: u32,
    },
    /// Entries were deleted.
    Deleted {
        /// How many.
        count: u32,
    },
    /// Where contacts come from.
    Sources {
        /// Each of them.
        sources: Vec<Source>,
    },
    /// Who opens links to numbers.
    NumberLinks {
        /// They.
        links: NumberLinks,
    },
}

/// Pushed to subscribers.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Change {
    /// The whole state after something changed.
    Snapshot {
        /// It.
        snapshot: Box<Snapshot>,
    },
    /// To the window: come forward.
    Show {
        /// Where.
        place: Place,
        /// Near this point of the screen, when the desktop told one (physical pixels).
        anchor: Option<Point>,
        /// Put this into the pad's field.
        fill: Option<String>,
    },
    /// A step of [`Request::TestConnection`] ended.
    TestStep {
        /// It.
        check: Check,
    },
    /// This client's [`ContactsRequest::Preview`] goes on.
    PreviewProgress {
        /// How far it is, in percent.
        percent: u32,
    },
    /// This client's [`ContactsRequest::Import`] goes on.
    ImportProgress {
        /// Entries written so far.
        done: u32,
        /// Of so many.
        total: u32,
    },
    /// The agent ends; the window goes too.
    Quitting,
}

/// An error answer: roughly what it is, and a sentence to show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{code:?}: {}", message.id)]
pub struct Error {
    /// Which.
    pub code: ErrorCode,
    /// What happened, what it means and what to do.
    pub message: Message,
}

/// What went wrong, roughly. Our own clients show the sentence and don't ask; a script may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The line can't be read.
    BadRequest,
    /// Another version of the protocol.
    Version,
    /// The text isn't a number that may be dialled.
    Number,
    /// The keychain can't be used.
    Keychain,
    /// The relay refused or can't be reached.
    Relay,
    /// The settings can't be changed (locked by the company, or the file can't be written).
    Settings,
    /// Anything else.
    Failed,
}

/// A point of the screen in physical pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Point {
    /// From the left.
    pub x: i32,
    /// From the top.
    pub y: i32,
}

/// Where in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The dial pad.
    Pad,
    /// Live and recent calls.
    Calls,
    /// Contacts.
    Contacts,
    /// Settings.
    Settings,
}

/// One thing that was tried, for `doctor` and the connection test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Check {
    /// Stable name: `tray_host`, `notifications`, `keychain`, `relay_reachable`, `relay_token`, `relay_stream`, `platform`, …
    pub name: String,
    /// How it went.
    pub result: CheckResult,
    /// What was found, and what to do.
    pub message: Message,
}

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CheckResult {
    /// Works.
    Ok,
    /// Works with a limit.
    Warning,
    /// Doesn't work.
    Failed,
    /// Doesn't apply or couldn't be tried.
    Skipped,
}
