//! What the window and `status` show, ready to be sent: plain values, no behaviour.

use jiff::Timestamp;
use telephony::{AccountId, Direction, E164};

use crate::event::{CallKey, DialId};
use crate::words::Message;

/// Missed calls that are counted; the sentences say "or more" of so many. The strings name it too.
pub const MOST_MISSED: usize = 500;

/// A call in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallLine {
    /// Which call on which account.
    pub key: CallKey,
    /// Which way it runs.
    pub direction: Direction,
    /// What is known of its course.
    pub outcome: Outcome,
    /// It rang on several lines of this desk and was answered on this other one.
    pub answered_on: Option<AccountId>,
    /// The other party, ready to show: `01 42 68 53 00`, `Numéro masqué`. Hostile text is neutralised.
    pub party: String,
    /// The other party isn't told; [`CallLine::party`] says so.
    pub withheld: bool,
    /// Who that is: the person, else the company. It stands beside [`CallLine::party`], never in its place.
    pub name: Option<String>,
    /// The company of the person named.
    pub company: Option<String>,
    /// Why this name: where it comes from, and since when.
    pub why: Option<Message>,
    /// Several contacts have this number, or several people of a directory, and the person hasn't said which is meant.
    pub ambiguous: bool,
    /// Several contacts of different names have this number, whether or not the person has said which is meant.
    pub shared: bool,
    /// There is a record to open.
    pub has_record: bool,
    /// No alerts for this number.
    pub silenced: bool,
    /// The other party's number, when it is one that may be called.
    pub number: Option<E164>,
    /// What is known about the number (country, class), when that is worth a line.
    pub about: Option<Message>,
    /// The own line (called by an incoming call, calling in an outgoing one), ready to show.
    pub line: String,
    /// When it started, by the relay's clock.
    pub started_at: Timestamp,
    /// When both sides began to talk.
    pub connected_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// The platform's own word for how it ended. Its vocabulary isn't documented, so nothing follows from it. Hostile text is
    /// neutralised.
    pub status: Option<String>,
    /// A missed call that nobody has seen yet.
    pub unread: bool,
}

/// What is known of a call's course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It rings.
    Ringing,
    /// Both sides talk; of an incoming call isn't told on which of the phones that rang.
    Talking,
    /// Both sides talked; over. By whom an incoming call was answered isn't told.
    Answered,
    /// Incoming, and never answered.
    Missed,
    /// Outgoing, and never answered.
    NoAnswer,
    /// Over, or silent for too long, and nobody told how it ended.
    Unknown,
}

/// The card of the call being placed, or of the last one until it is closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialCard {
    /// The press that it belongs to.
    pub id: DialId,
    /// Whom to call; `None` when what was typed isn't one number.
    pub number: Option<E164>,
    /// The number ready to show, or what was typed.
    pub display: String,
    /// Who has that number: the person, else the company; nobody when several contacts have it.
    pub name: Option<String>,
    /// The company of the person named.
    pub company: Option<String>,
    /// Whose phone rings first, when that is known.
    pub account: Option<AccountId>,
    /// How far it is.
    pub stage: DialStage,
    /// The sentence of the stage: what to do, or why it failed.
    pub message: Message,
    /// When it was asked for, by this computer's clock.
    pub started_at: Timestamp,
    /// When both sides began to talk, by the relay's clock.
    pub connected_at: Option<Timestamp>,
    /// When it ended or failed.
    pub ended_at: Option<Timestamp>,
}

/// Stages of a placed call; nothing that the platform doesn't say is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialStage {
    /// The person must say yes first (premium rate, same number within 5 s).
    Question,
    /// Asked for; the platform hasn't answered.
    Asking,
    /// The platform took it: the own phone rings, or is about to.
    PickUp,
    /// The platform announced the outgoing call.
    Calling,
    /// Both sides talk.
    Talking,
    /// Over, as far as is known.
    Ended,
    /// It failed; the message says why, and whether a phone may have rung.
    Failed,
}

/// The connection to the relay, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Which state.
    pub state: ConnectionState,
    /// A sentence for people.
    pub message: Message,
    /// Since when.
    pub since: Timestamp,
}

/// States of the connection to the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// No relay is set up.
    None,
    /// Trying.
    Connecting,
    /// Calls are heard.
    Live,
    /// Not connected; it goes on trying.
    Down,
    /// The relay refused the token; a new enrolment is needed.
    Refused,
}

/// What a typed or pasted text means as a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Understood {
    /// What to do with it.
    pub verdict: Verdict,
    /// The sentence under the field: "Composera le 01 42 68 53 00", or why not.
    pub message: Option<Message>,
    /// The number, when there is one.
    pub number: Option<E164>,
    /// It, ready to show.
    pub display: Option<String>,
    /// What is known of it (class, country), when worth a line.
    pub about: Option<Message>,
    /// More than one number was found: to choose from, likeliest first.
    pub choices: Vec<Choice>,
}

/// One of several numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The number.
    pub number: E164,
    /// It, ready to show.
    pub display: String,
    /// As it stood before the number: `Tél.`, `Fax`.
    pub label: Option<String>,
}

/// Whether a text may be dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
