//! The whole state, as [`Snapshot`] carries it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CallBackState, Message};

/// The whole state, all that the window and `status` show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Snapshot {
    /// The agent's version.
    pub version: String,
    /// `default`, or the `--profile`.
    pub profile: String,
    /// `fr` or `en`, as shown now.
    pub language: String,
    /// How it works.
    pub mode: Mode,
    /// The connection to the relay.
    pub connection: Connection,
    /// The lines that this desktop serves.
    pub accounts: Vec<Account>,
    /// Whether a call could be placed now; a sentence says why not.
    pub cannot_dial: Option<Message>,
    /// The call being placed, or the last one until its card is closed.
    pub dial: Option<Dial>,
    /// Ringing and connected ones, newest first, at most 100.
    pub live: Vec<CallView>,
    /// How many more ring or are connected.
    #[serde(default)]
    pub live_more: u32,
    /// The latest ended ones, newest first, at most 100.
    pub recent: Vec<CallView>,
    /// Missed and not yet seen.
    pub missed: u32,
    /// What the keychain holds.
    pub credentials: Vec<Credential>,
    /// The settings in force.
    pub settings: Settings,
    /// The settings file can't be read: which line, and what is done about it.
    pub settings_problem: Option<Message>,
    /// The call journal: calls aren't kept, or a damaged one was set aside when it was opened, under which name.
    #[serde(default)]
    pub journal_problem: Option<Message>,
    /// The contacts can't be read: why, and what to do.
    #[serde(default)]
    pub contacts_problem: Option<Message>,
    /// The record of a call couldn't be opened: why, and what to do. Until one opens again or the settings change.
    #[serde(default)]
    pub record_problem: Option<Message>,
    /// The hotkey of the settings doesn't work: why, and what to do.
    #[serde(default)]
    pub hotkey_problem: Option<Message>,
    /// An enrolment link that waits for the person's yes.
    pub pending_enrolment: Option<PendingEnrolment>,
    /// The last link of our own that was opened can't be obeyed: why, and what to do. Until another comes, the person has
    /// read it ([`Request::DismissEnrolment`](super::Request::DismissEnrolment)), or an enrolment succeeds.
    #[serde(default)]
    pub link_problem: Option<Message>,
    /// Grows with every change of the journal: what was searched may be out of date.
    #[ts(type = "number")]
    pub journal_revision: u64,
    /// Grows with every change of the contacts.
    #[ts(type = "number")]
    pub contacts_revision: u64,
    /// A tray shows our icon.
    pub tray_shown: bool,
    /// This computer's clock, RFC 3339.
    pub at: String,
    /// Larger than that of every snapshot that this agent made before: an answer and a change may overtake each other. A new
    /// agent begins anew.
    #[ts(type = "number")]
    pub revision: u64,
}

/// How calls are placed and heard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Nothing set up yet.
    #[default]
    Unset,
    /// Through a relay.
    Relay,
    /// Straight to the platform; no alerts.
    Direct,
}

/// The connection to the relay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Connection {
    /// Which.
    pub state: ConnectionState,
    /// A sentence for people.
    pub message: Message,
    /// Since when, RFC 3339.
    pub since: Option<String>,
}

/// States of the connection to the relay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionState {
    /// No relay is set up.
    #[default]
    None,
    /// Trying for the first time.
    Connecting,
    /// Calls are heard.
    Live,
    /// Not connected; it goes on trying.
    Down,
    /// The relay refused the token; a new enrolment is needed.
    Refused,
}

/// A phone line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Account {
    /// The Centrex account id.
    pub id: String,
    /// Rings when nothing else is said.
    pub default: bool,
}

/// The call being placed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Dial {
    /// `+33142685300`; absent when what was typed isn't one number.
    pub number: Option<String>,
    /// `01 42 68 53 00`, in the language of the moment, or what was typed.
    pub display: String,
    /// Who has that number: the person, else the company. Absent as well when several contacts have it.
    pub name: Option<String>,
    /// The company of the person named.
    pub company: Option<String>,
    /// Whose phone rings first, when that is known.
    pub account: Option<String>,
    /// How far it is.
    pub stage: DialStage,
    /// The sentence of the stage (what to do, or why it failed).
    pub message: Message,
    /// When it was asked for, RFC 3339.
    pub started_at: String,
    /// When both sides began to talk, RFC 3339.
    pub connected_at: Option<String>,
    /// When it ended or failed, RFC 3339.
    pub ended_at: Option<String>,
}

/// Stages of a placed call. The platform announces the call, its connection and its end, and nothing finer: what it doesn't
/// say isn't claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DialStage {
    /// The person must say yes first (premium rate, same number within 5 s).
    Question,
    /// Asked for; the platform hasn't answered.
    Asking,
    /// The platform took it: the own phone rings.
    PickUp,
    /// The platform announced the outgoing call: the other party is being called.
    Calling,
    /// Both sides talk.
    Talking,
    /// Over.
    Ended,
    /// It failed; the message says why, and whether a phone may have rung.
    Failed,
}

/// A call in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CallView {
    /// The account.
    pub account: String,
    /// The platform's call id.
    pub call: String,
    /// `incoming` or `outgoing`.
    pub direction: Direction,
    /// What is known of it.
    pub outcome: Outcome,
    /// It rang on several lines of this desk and was answered on the line of this other account.
    #[serde(default)]
    pub answered_on: Option<String>,
    /// The other party, ready to show: its name, else `01 42 68 53 00`, else `Numéro masqué`.
    pub party: String,
    /// The other party's number, ready to show, when it is told; also beside a name.
    pub display: Option<String>,
    /// The company of the person named by `party`.
    pub company: Option<String>,
    /// Why this name: where it comes from and since when.
    pub why: Option<Message>,
    /// Several contacts have this number, or several people of the directory, and the person hasn't said which is meant.
    pub ambiguous: bool,
    /// Several contacts of different names have this number, whether or not the person has said which is meant.
    #[serde(default)]
    pub shared: bool,
    /// The person's note.
    pub note: Option<String>,
    /// Whether it is to be called back.
    pub call_back: CallBackState,
    /// There is a record to open.
    pub has_record: bool,
    /// Its number is silenced.
    pub silenced: bool,
    /// The other party in E.164, when it is one and may be called back.
    pub number: Option<String>,
    /// What is known about the number (country, class), when there is something.
    pub about: Option<Message>,
    /// The line that was called or that calls, ready to show.
    pub line: String,
    /// RFC 3339.
    pub started_at: String,
    /// RFC 3339.
    pub connected_at: Option<String>,
    /// RFC 3339.
    pub ended_at: Option<String>,
    /// The platform's own word for how it ended, as far as it is safe to show. Its vocabulary isn't documented: nothing follows
    /// from it.
    #[serde(default)]
    pub status: Option<String>,
    /// A missed call that nobody has seen yet.
    pub unread: bool,
}

/// Which way a call runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody called.
    Incoming,
    /// We called.
    Outgoing,
}

/// What is known of a call's course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It rings.
    Ringing,
    /// Both sides talk; of an incoming call isn't told on which of the phones that rang.
    Talking,
    /// Both sides talked; over. For an incoming call: by whom it was answered isn't told.
    Answered,
    /// Incoming, and never answered.
    Missed,
    /// Outgoing, and never answered.
    NoAnswer,
    /// Over, and nobody told how.
    Unknown,
}

/// The secrets that the product knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// The relay's token.
    RelayToken,
    /// The platform's API key.
    ApiKey,
    /// The account's SIP password.
    AccountPassword,
    /// The password of the address book on a server; kept for the server and user of the settings.
    CarddavPassword,
    /// The password of the company directory; kept for the server and user of the settings.
    LdapPassword,
}

/// Whether the keychain holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Credential {
    /// Which.
    pub kind: CredentialKind,
    /// Of which account.
    pub account: Option<String>,
    /// Whether it is there.
    pub present: bool,
    /// Why that can't be said, and what to do.
    pub problem: Option<Message>,
}

/// The settings that the window shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// How it works.
    pub mode: Mode,
    /// `fr`, `en`, or `system`.
    pub language: String,
    /// `light`, `dark`, or `system`.
    pub theme: String,
    /// `https://relay.example`
    pub relay_url: Option<String>,
    /// Direct mode: the Centrex account.
    pub account_id: Option<String>,
    /// Direct mode: by `api_key` or by `account_password`.
    pub authentication: String,
    /// The platform's base address, when it isn't the operator's usual one.
    pub platform_url: Option<String>,
    /// Direct mode: how requests go to the platform, `get` or `post`.
    #[serde(default)]
    pub platform_method: String,
    /// Direct mode: numbers go to the platform with their `+`.
    #[serde(default)]
    pub platform_plus: bool,
    /// Of several accounts, the one that rings when nothing else is said.
    pub default_account: Option<String>,
    /// Alert when a phone rings.
    pub notify_incoming: bool,
    /// Alert after a missed call.
    pub notify_missed: bool,
    /// Sound with alerts.
    pub sound: bool,
    /// Keys that fill the pad with what is selected, wherever that is: `Ctrl+Alt+D`; empty: none.
    #[serde(default)]
    pub dial_hotkey: String,
    /// Start with the session.
    pub autostart: bool,
    /// A line about one's own outgoing calls too.
    pub notify_outgoing: bool,
    /// No alert at all: the program only dials.
    pub click_to_call_only: bool,
    /// Hold alerts back while the desktop is set not to disturb.
    pub respect_dnd: bool,
    /// Neither name nor number in alerts while the screen is locked.
    pub discreet_when_locked: bool,
    /// Hours without alerts, as [`super::SettingsChange::quiet_hours`] has them; empty: none.
    pub quiet_hours: String,
    /// Numbers without alerts.
    pub silenced: Vec<SilencedNumber>,
    /// When the record of a call opens by itself: `never`, `ringing`, `answered`; `request`: only when asked.
    pub pop_when: String,
    /// For which calls it opens by itself: `incoming`, `outgoing`.
    pub pop_directions: Vec<String>,
    /// What record addresses may begin with, beside `https`.
    pub pop_schemes: Vec<String>,
    /// The record's address with placeholders: `https://crm.example/search?tel={e164}`
    pub pop_url: Option<String>,
    /// A program that is run with the call in its environment: an absolute path.
    pub pop_program: Option<String>,
    /// Calls are kept so many days; 0: always.
    pub keep_days: u32,
    /// Calls with a withheld number are kept.
    pub keep_private: bool,
    /// A folder of vCard files that is watched.
    pub contacts_folder: Option<String>,
    /// An address book on a server (CardDAV), or the server: `https://cloud.example`
    pub carddav_url: Option<String>,
    /// Who asks there.
    pub carddav_user: String,
    /// Of several books those that are read, by their names; none: all of them.
    #[serde(default)]
    pub carddav_books: Vec<String>,
    /// It is read again after so many minutes; 0: at the start and on request alone.
    pub carddav_every_minutes: u32,
    /// A company directory: `ldaps://ad.example`
    pub ldap_url: Option<String>,
    /// Where to search in it.
    pub ldap_base: String,
    /// Who asks there; empty: anybody.
    pub ldap_user: String,
    /// What is searched; `{number}` stands for the conditions on the number.
    pub ldap_filter: String,
    /// Attributes that hold numbers.
    #[serde(default)]
    pub ldap_numbers: Vec<String>,
    /// Attributes that hold the name: the first that is there.
    #[serde(default)]
    pub ldap_names: Vec<String>,
    /// Attributes that hold the company: the first that is there.
    #[serde(default)]
    pub ldap_companies: Vec<String>,
    /// What stands before an internal extension to make it a full number: `+33142685`
    pub extension_prefix: Option<String>,
    /// How many digits an internal extension has; 0: none.
    pub extension_length: u32,
    /// Digits that people type before an outside number.
    #[serde(default)]
    pub outside_prefix: Option<String>,
    /// Seconds that the window's process stays, hidden, after it was closed.
    pub window_linger_s: u32,
    /// Keys that the company fixed; shown as locked.
    pub locked: Vec<String>,
    /// Where the file is.
    pub file: String,
}

/// A number without alerts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SilencedNumber {
    /// `+33142685300`
    pub number: String,
    /// `01 42 68 53 00`, in the language of the moment.
    pub display: String,
}

/// An enrolment link that waits. Its one-time code stays with the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PendingEnrolment {
    /// Which link this is: another one has another id, also for the same relay.
    #[serde(default)]
    pub id: String,
    /// The relay's address as the link has it.
    pub relay: String,
    /// Its host, to be shown large: whom the person is about to trust.
    pub host: String,
}
