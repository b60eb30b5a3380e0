//! Everything nasty, on demand. One JSON document, replaced as a whole; the empty one is a well-behaved platform.

mod forms;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

pub use forms::{CallIdForm, CallbackMethod, DurationForm, NumberForm, StatusForm, WithheldForm};

use crate::error::SimError;
use crate::seconds;

/// The faults and switches in force. See the crate's documentation for the vocabulary with examples.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Faults {
    /// What happens to callbacks by chance, and how they are written.
    pub callbacks: CallbackFaults,
    /// What happens to the next callbacks exactly, first match first; used up as they happen.
    pub next: Vec<Exact>,
    /// What requests get instead of their answer, first match first.
    pub answers: Vec<AnswerFault>,
    /// How the platform answers where the guide leaves it open.
    pub api: ApiSwitches,
    /// Source addresses that may use the API; others get 403. Missing: any.
    pub allowed_addresses: Option<Vec<IpAddr>>,
    /// A rate limit over both functions; more get 429 with `Retry-After`.
    pub rate_limit: Option<RateLimit>,
    /// Accounts without a notification configuration: no callbacks, and no click-to-call.
    pub without_notifications: Vec<String>,
    /// What people outside do when an account calls them.
    pub callee: Callee,
}

/// Chances (0 never … 1 always) and ways of writing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallbackFaults {
    /// Chance that a callback is never sent.
    pub drop: f64,
    /// Chance that a callback is sent twice.
    pub duplicate: f64,
    /// How long after the first its duplicate comes; 0 sends it right behind, in the call's order.
    pub duplicate_after_s: f64,
    /// Chance that a callback is overtaken by the next one of its call.
    pub reorder: f64,
    /// Chance that a callback is delayed.
    pub delay: f64,
    /// Shortest and longest delay.
    pub delay_s: [f64; 2],
    /// Whether later callbacks of the call wait behind a delayed one (`true`) or overtake it.
    pub delay_keeps_order: bool,
    /// Chance of parameters that the guide does not name.
    pub extra_parameters: f64,
    /// Chance that documented parameters are given twice.
    pub repeated_parameters: f64,
    /// Chance that the parameters come in another order.
    pub shuffled_parameters: f64,
    /// Chance of percent-encoding that is not UTF-8, or not percent-encoding at all.
    pub broken_encoding: f64,
    /// Chance that `call_id` is left out.
    pub missing_call_id: f64,
    /// Chance that a callback is followed by one with an event that the guide does not name.
    pub unknown_event: f64,
    /// Chance that a slash is put before the question mark (`…/path/?x`), as the guide prints it.
    pub slash_before_query: f64,
    /// How numbers are written.
    pub numbers: NumberForm,
    /// How a withheld caller is written.
    pub withheld: WithheldForm,
    /// How the reason of a call's end is written.
    pub status: StatusForm,
    /// How the billable duration is written.
    pub billable_duration: DurationForm,
    /// What call ids look like; takes effect with the next call.
    pub call_ids: CallIdForm,
    /// The HTTP method of callbacks.
    pub method: CallbackMethod,
    /// How many times an unanswered callback, or one answered otherwise than 2xx, is sent again. The platform does not.
    pub retries: u32,
    /// The time between them.
    pub retry_after_s: f64,
    /// Whether `call_end` is sent for a call whose start never was.
    pub end_without_start: bool,
}

impl Default for CallbackFaults {
    fn default() -> Self {
        Self {
            drop: 0.0,
            duplicate: 0.0,
            duplicate_after_s: 0.0,
            reorder: 0.0,
            delay: 0.0,
            delay_s: [1.0, 5.0],
            delay_keeps_order: false,
            extra_parameters: 0.0,
            repeated_parameters: 0.0,
            shuffled_parameters: 0.0,
            broken_encoding: 0.0,
            missing_call_id: 0.0,
            unknown_event: 0.0,
            slash_before_query: 0.0,
            numbers: NumberForm::default(),
            withheld: WithheldForm::default(),
            status: StatusForm::default(),
            billable_duration: DurationForm::default(),
            call_ids: CallIdForm::default(),
            method: CallbackMethod::default(),
            retries: 0,
            retry_after_s: 5.0,
            end_without_start: false,
        }
    }
}

/// The documented events, and `any`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventName {
    /// Whichever comes.
    #[default]
    Any,
    /// `outgoing_call_start`
    OutgoingCallStart,
    /// `incoming_call_start`
    IncomingCallStart,
    /// `call_connected`
    CallConnected,
    /// `call_end`
    CallEnd,
}

impl EventName {
    /// As it is written in a callback.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::OutgoingCallStart => "outgoing_call_start",
            Self::IncomingCallStart => "incoming_call_start",
            Self::CallConnected => "call_connected",
            Self::CallEnd => "call_end",
        }
    }
}

/// One exact fault: the next callback that fits gets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exact {
    /// Which event.
    #[serde(default)]
    pub event: EventName,
    /// Of a call that concerns this account. Missing: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What happens to it.
    #[serde(rename = "do")]
    pub action: Action,
    /// To how many.
    #[serde(default = "once")]
    pub times: u32,
}

fn once() -> u32 {
    1
}

/// What an exact fault does to a callback.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// It is never sent.
    Drop,
    /// It is sent twice.
    Duplicate,
    /// It is sent after the next one of its call.
    Swap,
    /// It is sent after all the others of its call, the end included.
    Hold,
    /// It comes this many seconds late; others overtake it.
    Delay(f64),
    /// Its `call_id` is left out.
    MissingCallId,
    /// Parameters that the guide does not name are added.
    ExtraParameters,
    /// Documented parameters are given twice.
    RepeatedParameters,
    /// Its encoding is broken.
    BrokenEncoding,
    /// It is sent as it should be (to step over one).
    Nothing,
}

/// What requests to the API get instead of their answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerFault {
    /// To which function.
    #[serde(default)]
    pub to: Function,
    /// What they get. Missing: their own answer (with `delay_s`, only later).
    #[serde(rename = "do", default)]
    pub answer: OddAnswer,
    /// How long after the request.
    #[serde(default)]
    pub delay_s: f64,
    /// Whether the request is carried out all the same: the phone rings, the URL is set.
    #[serde(default)]
    pub carried_out: bool,
    /// How many requests. Missing: all, until the faults are replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The documented functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Function {
    /// Either.
    #[default]
    Any,
    /// `/centrex/v1/call`
    Call,
    /// `/centrex/v1/set_callback`
    SetCallback,
}

/// Answers that a client must survive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OddAnswer {
    /// The answer that it would get anyway; the request is always carried out.
    #[default]
    Usual,
    /// This HTTP status with the platform's error document.
    Status(u16),
    /// 200 with a web page.
    Html,
    /// 200 with a JSON document that says error.
    JsonError,
    /// 200 without a body.
    Empty,
    /// 200 and a body that never ends.
    Endless,
    /// 302 to this address.
    Redirect(String),
    /// The connection is closed without an answer.
    Close,
    /// The connection is closed in the middle of the body.
    Cut,
    /// No answer and no end of the connection.
    Hang,
}

/// How the platform behaves where the guide leaves it open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ApiSwitches {
    /// Which HTTP methods the functions take.
    pub methods: Methods,
    /// Whether the answer to an accepted call names its `call_id`.
    pub call_id_in_answer: bool,
    /// Whether errors are web pages instead of JSON.
    pub html_errors: bool,
    /// Which form of E.164 `number` must have.
    pub number: RequestNumber,
}

/// HTTP methods of the functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Methods {
    /// GET only.
    #[default]
    Get,
    /// GET, or POST with a form body.
    Both,
    /// POST with a form body only.
    Post,
}

/// Which form of E.164 a request may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestNumber {
    /// With or without the plus.
    #[default]
    Either,
    /// Digits only.
    Digits,
    /// With the plus only.
    Plus,
}

/// A rate limit over a sliding window.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// Requests allowed…
    pub requests: usize,
    /// …in this time.
    pub per_s: f64,
    /// What `Retry-After` says, in whole seconds.
    pub retry_after_s: u32,
}

/// What people outside do when they are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Callee {
    /// They answer after the configured time.
    #[default]
    Answers,
    /// Their phone rings until the caller gives up.
    NoAnswer,
    /// Their line is busy.
    Busy,
    /// They refuse the call after the configured time.
    Rejects,
    /// The number does not exist.
    Unreachable,
}

impl Faults {
    /// Whether this document can be used.
    ///
    /// # Errors
    /// [`SimError::Faults`] with the field's name.
    pub fn check(&self) -> Result<(), SimError> {
        let wrong = |what: String| Err(SimError::Faults(what));
        for (name, chance) in self.callbacks.chances() {
            if !(0.0..=1.0).contains(&chance) {
                return wrong(format!(
                    "callbacks.{name} is a chance between 0 and 1, not {chance}"
                ));
            }
        }
        let [shortest, longest] = self.callbacks.delay_s;
        let mut times = vec![
            ("callbacks.delay_s", shortest),
            ("callbacks.delay_s", longest),
            ("callbacks.duplicate_after_s", self.callbacks.duplicate_after_s),
            ("callbacks.retry_after_s", self.callbacks.retry_after_s),
        ];
        times.extend(
            self.answers
                .iter()
                .map(|fault| ("answers.delay_s", fault.delay_s)),
        );
        times.extend(
            self.rate_limit
                .iter()
                .map(|limit| ("rate_limit.per_s", limit.per_s)),
        );
        times.extend(self.next.iter().filter_map(|exact| match exact.action {
            Action::Delay(s) => Some(("next.do.delay", s)),
            _ => None,
        }));
        for (name, time) in times {
            if let Err(why) = seconds::duration(time) {
                return wrong(format!("{name}: {why}"));
            }
        }
        if shortest > longest {
            return wrong("callbacks.delay_s is the shortest and the longest delay, in this order".into());
        }
        for fault in &self.answers {
            match &fault.answer {
                OddAnswer::Status(status) if !(200..=599).contains(status) => {
                    return wrong(format!(
                        "answers.do.status is an HTTP status from 200 to 599, not {status}"
                    ));
                }
                OddAnswer::Redirect(to)
                    if to.is_empty() || to.bytes().any(|b| !(0x21..0x7f).contains(&b)) =>
                {
                    return wrong("answers.do.redirect is an address in ASCII".into());
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl CallbackFaults {
    fn chances(&self) -> [(&'static str, f64); 11] {
        [
            ("drop", self.drop),
            ("duplicate", self.duplicate),
            ("reorder", self.reorder),
            ("delay", self.delay),
            ("extra_parameters", self.extra_parameters),
            ("repeated_parameters", self.repeated_parameters),
            ("shuffled_parameters", self.shuffled_parameters),
            ("broken_encoding", self.broken_encoding),
            ("missing_call_id", self.missing_call_id),
            ("unknown_event", self.unknown_event),
            ("slash_before_query", self.slash_before_query),
        ]
    }
}
