//! What the companion can be told.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use telephony::{AccountId, Call, CallId, E164};
use uuid::Uuid;

use crate::dialled::Dialled;
use crate::known::Known;
use crate::settings::Settings;
use crate::words::Message;

/// Everything that may change the companion's state; the agent's one channel carries these.
#[derive(Clone, Debug)]
pub enum Event {
    /// The settings were read, or changed (by the window, or by hand in the file).
    Settings(Box<Settings>),
    /// What the keychain says of a credential.
    Credential(CredentialKind, CredentialState),
    /// The connection to the relay changed.
    Link(Link),
    /// The relay told the state of a call.
    Call {
        /// Its whole state.
        call: Box<Call>,
        /// Where it came from.
        origin: Origin,
        /// Seconds between the call's last change and its arrival here by the relay's clock (skew taken out).
        age_s: i64,
    },
    /// The relay's list of live calls (a snapshot event, or the `live` of `GET /v1/calls`): those of ours that aren't in it
    /// are over, and nobody told. Calls that we don't know yet are taken as from [`Event::Call`], their age by `at`; no need
    /// to send both.
    LiveCalls {
        /// Ringing and connected ones of this desktop's accounts.
        calls: Vec<Call>,
        /// The relay's clock when the list was true. A call that started later is not judged by it.
        at: Timestamp,
    },
    /// A person asked for a call.
    Dial(DialRequest),
    /// What became of [`crate::effect::Effect::PlaceCall`].
    DialOutcome(DialId, Result<Option<CallId>, DialFailure>),
    /// What earlier runs dialled of late, oldest first, as [`crate::effect::Effect::Dialled`] gave it: at the start.
    DialledBefore(Vec<Dialled>),
    /// A button of a notification was pressed (or its body, for [`NoteAction::Open`]).
    NoteAction {
        /// Of which notification.
        key: NoteKey,
        /// Which button.
        action: NoteAction,
        /// A fresh id from the agent's random source, should the button dial.
        press: DialId,
    },
    /// The person saw the missed calls (the list was shown).
    MissedRead,
    /// The person deleted this call from the journal, or all of them (`None`): no list shows it any more. One that is live
    /// stays until it is over.
    Forgotten(Option<CallKey>),
    /// The pad's call card was closed.
    DialDismissed,
    /// Contacts and directories have answered [`crate::effect::Effect::LookUp`]; also unasked, when a contact changed.
    Named {
        /// Whose name.
        number: E164,
        /// `None`: nobody knows it.
        known: Option<Known>,
    },
    /// The answers to [`crate::effect::Effect::LookUpAgain`].
    NamedAgain(Vec<(E164, Option<Known>)>),
    /// The contacts changed, or the language in which they are told: every name is to be looked up again.
    ContactsChanged,
    /// The session's state changed, or is known at the start.
    Desk(DeskState),
    /// The person's time zone, at the start and when it changes; UTC until then.
    Zone(TimeZone),
    /// Bytes arrive from the relay: a heartbeat or an event.
    Alive,
    /// The relay begins to tell what happened while nobody listened, until [`Event::CaughtUp`]: a connection stands, or a list
    /// of past calls follows. Nothing rings meanwhile.
    CatchingUp,
    /// The relay has told everything up to now: a resumed stream has reached the present, or its lists were taken in.
    CaughtUp,
    /// The relay no longer knows what happened since the position that was asked for.
    Gap,
    /// A number that was silenced by a button can't be written into the settings: why. It is silent for now.
    NotSilenced(Message),
    /// A call's record was opened, or its program started.
    RecordOpened(RecordWay),
    /// It wasn't.
    RecordFailed(RecordProblem),
    /// The time given by [`crate::Companion::next_deadline`] has come.
    Tick,
}

/// How the record of a call is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RecordWay {
    /// By the address of the setting `pop.url`.
    Address,
    /// By the program of the setting `pop.program`.
    Program,
}

/// Why a call's record wasn't opened. Each has its own sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecordProblem {
    /// The desktop's program for opening addresses is missing.
    NoOpener,
    /// No program is chosen for such addresses, or it failed.
    NotOpened,
    /// Too many addresses are on their way already.
    TooManyAddresses,
    /// The program's path isn't absolute.
    ProgramNotAbsolute,
    /// There is no such file.
    ProgramMissing,
    /// The file isn't a program that this person may run.
    NotAProgram,
    /// Too many of them run already.
    TooManyPrograms,
    /// The system refused to start it.
    ProgramRefused,
}

/// What the desktop says of the session; `false` also where it doesn't say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeskState {
    /// The screen is locked.
    pub locked: bool,
    /// It is set not to disturb.
    pub dnd: bool,
}

/// A call on an account: what journal rows and cards are keyed by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKey {
    /// The account.
    pub account: AccountId,
    /// The platform's call id.
    pub call: CallId,
}

impl CallKey {
    /// The key of a call.
    pub fn of(call: &Call) -> Self {
        Self {
            account: call.account_id.clone(),
            call: call.call_id.clone(),
        }
    }
}

/// What a notification is about, and what it is shown, changed and withdrawn by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoteKey {
    /// A call, or the latest of several.
    Call(CallKey),
    /// Records that don't open: the next one changes it in place.
    Record,
    /// The number that was silenced last, or can't be kept so.
    Silence,
}

impl From<CallKey> for NoteKey {
    fn from(key: CallKey) -> Self {
        Self::Call(key)
    }
}

/// How a call's state reached us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From the stream or the list. `age_s` decides whether it may still ring.
    Relay,
    /// From the relay's list of ended calls at the very first connection: what happened before this desktop listened.
    /// Goes to the journal as already seen; never alerts.
    History,
    /// From our own journal, at start: never rings, and isn't recorded again.
    Journal {
        /// It is a missed call that nobody has seen yet.
        unread: bool,
    },
}

/// The secrets that the product knows. One keychain entry per kind and account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CredentialKind {
    /// The relay's bearer token.
    RelayToken,
    /// The platform's customer-wide API key (direct mode).
    ApiKey,
    /// The account's SIP password (direct mode).
    AccountPassword,
    /// The password of the address book on a server; its account is the user there.
    CardDavPassword,
    /// The password of the company directory; its account is who asks there.
    LdapPassword,
}

impl CredentialKind {
    /// Each account has its own.
    pub fn is_of_an_account(self) -> bool {
        matches!(self, Self::ApiKey | Self::AccountPassword)
    }
}

/// What is known of a credential, never the credential itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CredentialState {
    /// Not asked yet.
    Unknown,
    /// The keychain holds it.
    Present,
    /// The keychain works and doesn't hold it.
    Absent,
    /// The keychain holds one that was given for another server than the settings name; it goes to no other.
    Elsewhere,
    /// The keychain can't say.
    Unavailable(KeychainProblem),
}

/// Why the keychain can't be used. Each has its own sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeychainProblem {
    /// No keychain service runs on this desktop.
    NoService,
    /// It is locked, and nobody unlocked it.
    Locked,
    /// It didn't answer in time.
    NoAnswer,
    /// It answered with an error of its own.
    Failed,
}

/// The connection to the relay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    /// No relay is set up (direct mode, or nothing yet).
    None,
    /// Trying; `attempt` counts from 1 since the last good connection.
    Connecting {
        /// Which try it is.
        attempt: u32,
    },
    /// Connected, and bytes arrive.
    Live {
        /// The relay can place calls for this desktop.
        can_dial: bool,
        /// The accounts of this desktop's token.
        accounts: Vec<AccountId>,
    },
    /// Lost or never had; another try follows by itself.
    Down(LinkProblem),
    /// The relay refused the token: only a new enrolment helps.
    Refused,
}

/// Why there is no connection to the relay. Each has its own sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkProblem {
    /// The name can't be resolved, or nothing answers there.
    Unreachable,
    /// The certificate isn't trusted, or TLS failed otherwise.
    Tls,
    /// It was there, and went silent or closed.
    Lost,
    /// It answered, but not as a relay does.
    NotARelay,
    /// It answered that it is overloaded or stopping.
    Busy,
    /// The keychain doesn't give the token.
    NoToken,
    /// The token was issued by another relay, and goes to no other.
    OtherRelay,
}

/// One press of "call", made by the agent from a random source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DialId(pub Uuid);

/// A person's wish to call a number.
#[derive(Clone, Debug)]
pub struct DialRequest {
    /// This press; also the `Idempotency-Key` at the relay.
    pub id: DialId,
    /// What the person typed or pressed on.
    pub input: String,
    /// Whose phone shall ring; the default account when it isn't said.
    pub account: Option<AccountId>,
    /// The person has said yes to what was asked before (premium rate, same number again within 5 s, …).
    pub confirmed: bool,
}

/// Why a call wasn't placed, or may not have been.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DialFailure {
    /// Which sentence to say.
    pub reason: DialReason,
    /// A phone may ring, or have rung, all the same.
    pub may_have_rung: bool,
}

/// The reasons, each its own sentence in both languages (`dial-failed-…` in the strings).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialReason {
    /// The platform refused the key or password.
    WrongKey,
    /// The platform refuses this computer's address or this account.
    Forbidden,
    /// The platform got too many call requests; slow down.
    RateLimited,
    /// The account has no callback URL set, which the platform demands.
    NoCallback,
    /// The platform can't be reached, or the connection to it broke.
    Unreachable,
    /// The platform's certificate isn't trusted, or TLS failed otherwise.
    Tls,
    /// The platform didn't answer in time.
    Timeout,
    /// The platform answered with an error.
    Platform,
    /// The relay can't be reached.
    RelayUnreachable,
    /// The relay refused the token.
    RelayRefused,
    /// The relay holds no key to dial with, or this desktop may not dial.
    RelayCannotDial,
    /// The relay refused the number.
    NumberRefused,
    /// The company's rules, kept by the relay, don't let this number be called.
    RuleRefused,
    /// The company's rules ask for a confirmation first: not a failure, a question.
    ToConfirm,
    /// As many calls a minute as the company lets this account place.
    TooManyCalls,
    /// The relay got too many requests from this desktop, or from its address.
    TooManyRequests,
    /// The keychain doesn't give the credential.
    Keychain(KeychainProblem),
    /// Nothing is set up to dial with.
    NotConfigured,
    /// The secret was given for another address of the platform, and goes to no other.
    OtherPlatform,
    /// The platform took the call and nothing was heard of it within the limit, though the relay was listening: the own phone
    /// didn't ring, or nobody picked it up (which of the two isn't told).
    NothingRang,
}

/// What a notification's button does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NoteAction {
    /// The body: shows the calls, or the settings where it is about them.
    Open,
    /// Calls the other party.
    CallBack,
    /// Puts the number on the clipboard.
    CopyNumber,
    /// Opens the record of the other party.
    OpenRecord,
    /// No alert and no sound for this number from now on.
    Silence,
    /// The number that was silenced last is alerted for again.
    Unsilence,
}
