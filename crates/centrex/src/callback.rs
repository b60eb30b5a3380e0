//! The platform's callbacks, read without losing anything.
//!
//! The operator's guide names four events and their parameters, and says that others may appear. So nothing here is an error:
//! what can't be understood is kept as it came and listed as a [`Problem`].

mod decode;
mod number;

use std::collections::{BTreeMap, HashMap};

use telephony::{AccountId, CallId, Party};

/// One callback: what it says, and everything that it carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// What happened.
    pub event: Event,
    /// Which call. `None` is listed as a problem.
    pub call_id: Option<CallId>,
    /// Which account. Only the start events name one.
    pub account_id: Option<AccountId>,
    /// Who calls. `None`: withheld (`anonymous`, empty) or absent.
    pub calling_number: Option<Party>,
    /// Who is called.
    pub called_number: Option<Party>,
    /// The end's status, as it came. Its vocabulary is not documented.
    pub status: Option<String>,
    /// Seconds to be billed, when it is a whole number of them. Another value is kept in `extra`.
    pub billable_duration: Option<u64>,
    /// Everything that the fields above don't hold: parameters that the guide doesn't name, further values of a repeated
    /// parameter (`call_id[2]`), a duration that is no number, the word that stood for a withheld number.
    pub extra: BTreeMap<String, String>,
    /// What is odd about it, for counting and showing; of parameters, what is odd about the first [`ODD_PARAMETERS`] of them.
    /// An odd callback is still one.
    pub problems: Vec<Problem>,
}

/// What happened to a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// `outgoing_call_start`
    OutgoingCallStart,
    /// `incoming_call_start`
    IncomingCallStart,
    /// `call_connected`
    CallConnected,
    /// `call_end`
    CallEnd,
    /// Another event, as it came; empty when there is none.
    Unknown(String),
}

impl Event {
    fn of(name: &str) -> Self {
        match name {
            "outgoing_call_start" => Self::OutgoingCallStart,
            "incoming_call_start" => Self::IncomingCallStart,
            "call_connected" => Self::CallConnected,
            "call_end" => Self::CallEnd,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// The platform's word for it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::OutgoingCallStart => "outgoing_call_start",
            Self::IncomingCallStart => "incoming_call_start",
            Self::CallConnected => "call_connected",
            Self::CallEnd => "call_end",
            Self::Unknown(name) => name,
        }
    }

    fn is_start(&self) -> bool {
        matches!(self, Self::OutgoingCallStart | Self::IncomingCallStart)
    }
}

/// Beyond so many odd parameters nobody is told of each: looking through them would take longer the more there are.
pub const ODD_PARAMETERS: usize = 32;

/// What is odd about a callback.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Problem {
    /// No `event`, or an empty one.
    MissingEvent,
    /// An event that the guide doesn't name.
    UnknownEvent,
    /// No `call_id`, or an empty one: the callback can't be put to a call.
    MissingCallId,
    /// A start event without an `account_id`.
    MissingAccountId,
    /// The parameter came more than once with different values; the first one counts.
    Repeated(String),
    /// The parameter's bytes are no UTF-8; its value is kept percent-encoded.
    InvalidUtf8(String),
    /// A `billable_duration` that is no whole number of seconds.
    BadDuration,
}

impl Problem {
    /// A stable name, for metrics and lists.
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingEvent => "missing-event",
            Self::UnknownEvent => "unknown-event",
            Self::MissingCallId => "missing-call-id",
            Self::MissingAccountId => "missing-account-id",
            Self::Repeated(_) => "repeated-parameter",
            Self::InvalidUtf8(_) => "invalid-utf8",
            Self::BadDuration => "bad-duration",
        }
    }
}

/// Reads a callback from the query of its URL (without the `?`) and the form body of a POST, if there is one.
///
/// Total and linear: any bytes give a [`Callback`], and every parameter is found again in it. The caller limits the size.
pub fn parse(query: &[u8], form_body: Option<&[u8]>) -> Callback {
    let mut reader = Reader::default();
    for (name, value) in decode::pairs(query).chain(form_body.into_iter().flat_map(decode::pairs)) {
        reader.take(name, value);
    }
    reader.finish()
}

/// The parameters that the guide names.
const NAMED: [&str; 7] = [
    "event",
    "call_id",
    "account_id",
    "calling_number",
    "called_number",
    "status",
    "billable_duration",
];

#[derive(Default)]
struct Reader {
    /// What came of each parameter of [`NAMED`].
    named: [Named; NAMED.len()],
    extra: BTreeMap<String, String>,
    /// How often each other name came.
    times: HashMap<String, usize>,
    problems: Vec<Problem>,
}

#[derive(Default)]
struct Named {
    /// The first value that says something.
    value: String,
    /// How often it came.
    times: usize,
}

impl Reader {
    fn take(&mut self, name: decode::Text<'_>, value: decode::Text<'_>) {
        if !(name.is_utf8 && value.is_utf8) {
            self.odd_parameter(Problem::InvalidUtf8(name.text.clone().into_owned()));
        }
        let name = name.text;
        let Some(known) = NAMED.into_iter().position(|known| known == name) else {
            let times = self.times.entry(name.clone().into_owned()).or_insert(0);
            *times += 1;
            let times = *times;
            return self.keep_beside(name.into_owned(), times, value.text.into_owned());
        };
        // A bare plus means a space in a form, and a plus in an id or a number: ids have no spaces, and numbers are
        // sent unescaped by careless senders.
        let value = match NAMED[known] {
            "call_id" | "account_id" | "calling_number" | "called_number" => value.into_with_plus(),
            _ => value.text.into_owned(),
        };
        let named = &mut self.named[known];
        named.times += 1;
        let times = named.times;
        if named.value.is_empty() {
            // An empty value says nothing, so the first one that says something counts.
            named.value = value;
        } else if named.value != value {
            self.keep_beside(name.into_owned(), times, value);
        }
        // The guide itself lists call_id twice for call_end: the same value again is no news.
    }

    fn keep_beside(&mut self, name: String, times: usize, value: String) {
        if times > 1 {
            self.odd_parameter(Problem::Repeated(name.clone()));
        }
        self.keep(name, times, value);
    }

    /// Keeps a value under its name, or under `name[2]` and so on.
    fn keep(&mut self, name: String, times: usize, value: String) {
        let mut key = if times == 1 {
            name.clone()
        } else {
            format!("{name}[{times}]")
        };
        // A parameter may really be called `x[2]`.
        while self.extra.contains_key(&key) {
            key.push('\'');
        }
        self.extra.insert(key, value);
    }

    fn odd_parameter(&mut self, problem: Problem) {
        if self.problems.len() < ODD_PARAMETERS {
            self.problem(problem);
        }
    }

    fn problem(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// The first value of a named parameter, unless it is empty.
    fn value(&mut self, name: &'static str) -> Option<String> {
        let known = NAMED.into_iter().position(|known| known == name)?;
        Some(std::mem::take(&mut self.named[known].value)).filter(|value| !value.is_empty())
    }

    fn party(&mut self, name: &'static str) -> Option<Party> {
        let value = self.value(name)?;
        let party = number::party(&value);
        if party.is_none() {
            self.keep(name.to_owned(), 1, value);
        }
        party
    }

    fn finish(mut self) -> Callback {
        let event = Event::of(&self.value("event").unwrap_or_default());
        match &event {
            Event::Unknown(name) if name.is_empty() => self.problem(Problem::MissingEvent),
            Event::Unknown(_) => self.problem(Problem::UnknownEvent),
            _ => {}
        }
        let call_id = self.value("call_id").map(CallId);
        if call_id.is_none() {
            self.problem(Problem::MissingCallId);
        }
        let account_id = self.value("account_id").map(AccountId);
        if account_id.is_none() && event.is_start() {
            self.problem(Problem::MissingAccountId);
        }
        let calling_number = self.party("calling_number");
        let called_number = self.party("called_number");
        let status = self.value("status");
        let billable_duration = self.duration();
        Callback {
            event,
            call_id,
            account_id,
            calling_number,
            called_number,
            status,
            billable_duration,
            extra: self.extra,
            problems: self.problems,
        }
    }

    fn duration(&mut self) -> Option<u64> {
        let value = self.value("billable_duration")?;
        let seconds = value.trim().parse().ok();
        if seconds.is_none() {
            self.problem(Problem::BadDuration);
            self.keep("billable_duration".to_owned(), 1, value);
        }
        seconds
    }
}
