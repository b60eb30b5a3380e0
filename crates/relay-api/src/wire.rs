//! The JSON of `/v1/…`. Times are RFC 3339 UTC. Fields may be added; readers ignore those that they don't know.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use telephony::{AccountId, Call};

/// The name of the SSE event, without data, that follows the events which a resumed stream had missed (and the first snapshot
/// of one that starts anew): what comes after it happens now. Without data no other client of such streams sees it.
pub const CAUGHT_UP: &str = "caught-up";

/// The position of an event in a relay's history. Opaque to clients: it grows, and is handed back to resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EventId(pub u64);

impl std::fmt::Display for EventId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for EventId {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

impl Serialize for EventId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EventId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One event of a stream (`data:` of a Server-Sent Event, or an element of a long poll's answer).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its position; the SSE `id:` field carries the same.
    pub id: EventId,
    /// The relay's clock when the event was made.
    pub at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
}

/// What an event tells.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every event is the large one; a box would cost each of them"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EventBody {
    /// A call changed; its whole state.
    Call {
        /// The state after the change.
        call: Call,
    },
    /// The calls that live now. First on a stream that names no position, and right after a `gap`; its id is the position
    /// that it is true for. A stream that resumes gets what it missed instead.
    Snapshot {
        /// Live calls of the subscriber's accounts.
        calls: Vec<Call>,
    },
    /// Events after the asked-for position are no longer kept, or the position was never given: fetch `/v1/calls`, which
    /// holds every call that is still kept. Its id is 1, a position that there never is: whoever is cut right after it resumes
    /// there and gets it again, with the snapshot that follows.
    Gap,
    /// A kind that this version doesn't know; skipped, its id still counts.
    #[serde(other)]
    Unknown,
}

/// `GET /v1/calls`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallList {
    /// The relay's clock just before the list was read.
    pub at: Timestamp,
    /// The position that this list is true for: events after it are not in it.
    pub as_of: EventId,
    /// Ringing and connected ones.
    pub live: Vec<Call>,
    /// The ended ones that the relay still keeps, newest first.
    pub ended: Vec<Call>,
    /// Older ended calls are kept than fit into this list.
    #[serde(default)]
    pub is_cut: bool,
}

/// `GET /v1/events?after=…&wait=…` with `Accept: application/json`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage {
    /// In order; empty when nothing came within the wait.
    pub events: Vec<Event>,
    /// Ask for events after this one next time.
    pub next: EventId,
}

/// `GET /v1/me`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The label given at enrolment.
    pub label: String,
    /// The accounts whose calls this desktop hears.
    pub accounts: Vec<AccountId>,
    /// What this relay can do.
    pub capabilities: Capabilities,
    /// What the token is for.
    #[serde(default)]
    pub scope: Scope,
    /// From when on, by the relay's clock, the desktop should ask for a new token (`POST /v1/tokens/renew`); older relays
    /// don't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renew_after: Option<Timestamp>,
    /// The relay's version.
    pub version: String,
    /// The relay's clock.
    pub at: Timestamp,
}

/// What a token is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Hears its accounts' calls.
    Watch,
    /// Hears them, and may place calls where the relay can.
    #[default]
    WatchAndDial,
}

/// What a relay can do for this desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// `POST /v1/calls` works: the relay holds the platform's key and this token may dial.
    pub dial: bool,
}

/// `POST /v1/calls`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaceCall {
    /// The number to call, as a person may write it; E.164 is best.
    pub number: String,
    /// Whose phone rings first.
    pub account_id: AccountId,
    /// The person has confirmed a number that asks for it (premium rate).
    #[serde(default)]
    pub confirmed: bool,
}

/// `202` to `POST /v1/calls`: the platform took it; the stream tells what comes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// The number as sent.
    pub number: telephony::E164,
    /// Whose phone rings first.
    pub account_id: AccountId,
    /// The platform's id, when its answer had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<telephony::CallId>,
}

/// `201` to `POST /v1/enrolments/{code}` and `POST /v1/tokens/renew`
#[derive(Clone, Serialize, Deserialize)]
pub struct Enrolled {
    /// The bearer token, shown this once.
    pub token: String,
    /// The label given at enrolment.
    pub label: String,
    /// The accounts whose calls this desktop hears.
    pub accounts: Vec<AccountId>,
}

impl std::fmt::Debug for Enrolled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Enrolled")
            .field("label", &self.label)
            .field("accounts", &self.accounts)
            .finish_non_exhaustive()
    }
}

/// An error answer, `application/problem+json` (RFC 9457). `type` is stable: branch on it, show `detail`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:centrex-relay:problem:…`, see [`problem`].
    #[serde(rename = "type")]
    pub kind: String,
    /// A short title in English.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, in English, without secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// After a refused dial: whether a phone may have rung all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub may_have_rung: Option<bool>,
    /// Of a refused number, or one to confirm: telephony's stable code (`emergency`, `premium`) or the rule's (`blocked`,
    /// `country`, `class-foreign`), for words in one's language. Of an enrolment code: `mistyped`, `unknown`, `used`, `revoked`
    /// or `expired`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Problem {
    /// The part of `type` after [`problem::PREFIX`]; `None` for another vocabulary.
    pub fn name(&self) -> Option<&str> {
        self.kind.strip_prefix(problem::PREFIX)
    }
}

/// The stable `type` values of [`Problem`], after the prefix [`problem::PREFIX`].
pub mod problem {
    /// Stands before each of the names below.
    pub const PREFIX: &str = "urn:centrex-relay:problem:";

    macro_rules! names {
        ($($(#[$doc:meta])* $name:ident = $value:literal;)*) => {
            $($(#[$doc])* pub const $name: &str = $value;)*

            /// All of them, for what has to know each (the OpenAPI document is held against it).
            pub const ALL: &[&str] = &[$($name),*];
        };
    }

    names! {
        /// 401: no token, or one that isn't known or was revoked.
        UNAUTHORIZED = "unauthorized";
        /// 403: the token may not do this (an account that isn't its own, or it may not dial).
        FORBIDDEN = "forbidden";
        /// 404: no such thing.
        NOT_FOUND = "not-found";
        /// 404 or 410: the enrolment code is unknown, used or expired.
        CODE_INVALID = "enrolment-code-invalid";
        /// 405: the path exists, the method doesn't.
        METHOD_NOT_ALLOWED = "method-not-allowed";
        /// 406: neither an event stream nor JSON was asked for.
        NOT_ACCEPTABLE = "not-acceptable";
        /// 400: the body or a parameter can't be read.
        BAD_REQUEST = "bad-request";
        /// 408: the body took too long to arrive.
        REQUEST_TIMEOUT = "request-timeout";
        /// 413: the body is too large.
        TOO_LARGE = "too-large";
        /// 414: the address is too long.
        URI_TOO_LONG = "uri-too-long";
        /// 422: the number can't be understood or may not be dialled; `detail` says why.
        NUMBER_REFUSED = "number-refused";
        /// 403: the company's rules don't let this number be dialled; `detail` and `reason` say which.
        RULE_REFUSED = "rule-refused";
        /// 409: the number asks for the person's word first: send it again with `confirmed`.
        CONFIRMATION_NEEDED = "confirmation-needed";
        /// 409: the same `Idempotency-Key` came with another request.
        IDEMPOTENCY_CONFLICT = "idempotency-conflict";
        /// 501: this relay holds no platform key.
        DIAL_UNAVAILABLE = "dial-unavailable";
        /// 502: the platform refused the key.
        PLATFORM_KEY = "platform-key-refused";
        /// 502: the platform refuses this address or account.
        PLATFORM_FORBIDDEN = "platform-forbidden";
        /// 503: the platform says slow down.
        PLATFORM_BUSY = "platform-rate-limited";
        /// 502: the platform has no callback URL for the account.
        PLATFORM_NO_CALLBACK = "platform-no-callback";
        /// 502: the platform can't be reached: nothing rang.
        PLATFORM_UNREACHABLE = "platform-unreachable";
        /// 502: no encrypted connection to the platform, its certificate isn't trusted: nothing rang, and nothing will until
        /// that is mended.
        PLATFORM_TLS = "platform-tls";
        /// 504: the platform didn't answer in time: a phone may have rung.
        PLATFORM_TIMEOUT = "platform-timeout";
        /// 502: the platform answered something else; a phone may have rung.
        PLATFORM_ERROR = "platform-error";
        /// 429: too many calls a minute from this account, by the company's rules.
        TOO_MANY_CALLS = "too-many-calls";
        /// 429: too many requests from this desktop, or too many that were refused from this address.
        TOO_MANY_REQUESTS = "too-many-requests";
        /// 429, or 503 when it concerns everybody: there are as many streams as there may be; come back after `Retry-After`.
        TOO_MANY_STREAMS = "too-many-streams";
        /// 503: the relay can't store (or is stopping): try again.
        UNAVAILABLE = "unavailable";
    }
}
