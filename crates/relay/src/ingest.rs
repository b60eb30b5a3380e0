//! From a callback as it came to changes on disk.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use centrex::callback::{Callback, Event, parse};
use jiff::Timestamp;
use telephony::{CallId, Direction, Party};

use crate::correlate::{Limits, Record, Report, Signal, Verdict};
use crate::forward::Forwarder;
use crate::secret::rotation::Which;
use crate::store::kinds::forward::Request;
use crate::store::kinds::unmatched::Unmatched;
use crate::store::kinds::{Sql, call, unmatched};
use crate::store::{Batch, StoreError, Writer, look};

/// Ids longer than this are no ids of the platform.
const LONGEST_ID: usize = 256;
/// Unnamed parameters travel with each event of the call; beyond this they are only kept raw.
const MOST_EXTRA: usize = 4096;
/// The longest other value that travels in an event.
const LONGEST_VALUE: usize = 512;
/// What is left of a longer one.
const SHORTENED: usize = 64;

/// A callback as it came over HTTP.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// HTTP method.
    pub method: &'static str,
    /// The query, without the question mark.
    pub query: Vec<u8>,
    /// The form body of a POST.
    pub form: Option<Vec<u8>>,
    /// The `Content-Type`, for those that the callback is passed on to.
    pub content_type: Option<String>,
}

/// Why a callback was set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// An event that the guide doesn't name, or none.
    UnknownEvent,
    /// No usable `call_id`.
    NoCallId,
    /// A start without a usable `account_id`.
    NoAccount,
    /// Values too long to be the platform's: ids of that length are none, others are cut and the callback is kept beside.
    TooLong,
    /// A start for an account that has this call the other way round already.
    Conflict,
    /// A start for an account that has this call already, with other numbers or long after its end.
    ReusedCallId,
    /// A start for a further account of a call that concerns as many as it may.
    TooManyAccounts,
    /// A connected or end callback whose start never came.
    NoStart,
    /// Longer than the relay takes: refused, and kept only as far as its beginning.
    TooLarge,
}

impl Reason {
    /// A stable word for lists and metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::UnknownEvent => "unknown-event",
            Self::NoCallId => "no-call-id",
            Self::NoAccount => "no-account",
            Self::TooLong => "too-long",
            Self::Conflict => "conflict",
            Self::ReusedCallId => "reused-call-id",
            Self::TooManyAccounts => "too-many-accounts",
            Self::NoStart => "no-start",
            Self::TooLarge => "too-large",
        }
    }

    fn detail(self) -> &'static str {
        match self {
            Self::UnknownEvent => "the event is none of the four that the guide names",
            Self::NoCallId => "without a call_id it can't be put to a call",
            Self::NoAccount => "a start event without an account_id concerns nobody",
            Self::TooLong => "a value is longer than the platform's would be",
            Self::Conflict => "this account already has this call in the other direction",
            Self::ReusedCallId => {
                "this account already has a call of this name, with other numbers or ended long ago"
            }
            Self::TooManyAccounts => "this call already concerns as many accounts as the relay puts one to",
            Self::NoStart => "no start event came for this call within the limit",
            Self::TooLarge => "it was longer than the relay takes, and refused; this is its beginning",
        }
    }
}

/// What became of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It went to a call.
    Matched(Verdict),
    /// It was set aside, raw.
    SetAside(Reason),
}

/// Outcomes by the names that they are counted by.
const OUTCOMES: [&str; 4] = ["changed", "repeat", "early", "set-aside"];

impl Outcome {
    /// In [`OUTCOMES`].
    fn place(self) -> usize {
        match self {
            Self::Matched(Verdict::Changed) => 0,
            Self::Matched(Verdict::Repeat) => 1,
            Self::Matched(Verdict::Early) => 2,
            Self::Matched(Verdict::Conflict | Verdict::Reused | Verdict::Crowded) | Self::SetAside(_) => 3,
        }
    }
}

/// Takes callbacks in.
#[derive(Debug)]
pub struct Intake {
    writer: Arc<Writer>,
    after: Arc<After>,
}

/// What follows once a callback is on disk. It may be dropped by the writing thread, so it holds no writer.
#[derive(Debug)]
struct After {
    forwarder: Arc<Forwarder>,
    measures: Measures,
}

impl Intake {
    /// For this store. The recorder of metrics must be there.
    pub fn new(writer: Arc<Writer>, forwarder: Arc<Forwarder>) -> Self {
        let measures = Measures::new();
        Self {
            writer,
            after: Arc::new(After { forwarder, measures }),
        }
    }

    /// Counts a callback that was let in with this secret.
    pub fn count_admitted(&self, which: Which) {
        let [current, previous] = &self.after.measures.admitted;
        match which {
            Which::Current => current.increment(1),
            Which::Previous => previous.increment(1),
        }
    }

    /// Takes one callback in: it waits to be written when this returns, and is written whether its answer is waited for or not.
    /// The answer comes once what it changed is on disk.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was kept; the sender should be told so.
    pub fn take(
        &self,
        incoming: Incoming,
        now: Timestamp,
    ) -> impl Future<Output = Result<Outcome, StoreError>> + use<> {
        let begun = Instant::now();
        let callback = parse(&incoming.query, incoming.form.as_deref());
        let event = event_place(&callback.event);
        let after = Arc::clone(&self.after);
        let pass_on = pass_on(&after.forwarder, &callback, &incoming);
        for problem in &callback.problems {
            metrics::counter!("centrex_relay_callback_oddities_total", "kind" => problem.code()).increment(1);
        }
        let understood = understand(callback);
        let beside = understood.as_ref().ok().and_then(|understood| understood.beside);
        let work = move |batch: &mut Batch<'_>| {
            batch.note_callback(now);
            if let Some((forwarder, call_id, request)) = &pass_on {
                batch.pass_on(forwarder, call_id, request, now)?;
            }
            match &understood {
                Ok(understood) => apply(batch, understood, &incoming, now),
                Err(reason) => {
                    batch.set_aside(&set_aside(&incoming, *reason, now))?;
                    Ok(Outcome::SetAside(*reason))
                }
            }
        };
        let then = move |outcome: &Outcome| {
            after.forwarder.wake();
            after.measures.seconds.record(begun.elapsed());
            after.measures.total[event][outcome.place()].increment(1);
            if let Outcome::SetAside(reason) = outcome {
                count_set_aside(*reason, 1);
            }
            if let Some(reason) = beside {
                count_set_aside(reason, 1);
            }
            tracing::debug!(outcome = OUTCOMES[outcome.place()], "callback stored");
        };
        self.writer.run_again(work, then)
    }

    /// Keeps a callback that is refused, for a person to see.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn set_aside(
        &self,
        incoming: Incoming,
        reason: Reason,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let one = set_aside(&incoming, reason, now);
        let work = move |batch: &mut Batch<'_>| batch.set_aside(&one);
        self.writer
            .run_again(work, move |()| count_set_aside(reason, 1))
            .await
    }
}

/// What is counted of every callback; looked up once.
struct Measures {
    seconds: metrics::Histogram,
    /// By event and outcome, as they stand in [`EVENTS`] and [`OUTCOMES`].
    total: [[metrics::Counter; OUTCOMES.len()]; EVENTS.len()],
    /// With the current secret, and with the one before.
    admitted: [metrics::Counter; 2],
}

impl std::fmt::Debug for Measures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Measures")
    }
}

impl Measures {
    fn new() -> Self {
        let total = |event, outcome| metrics::counter!("centrex_relay_callbacks_total", "event" => event, "outcome" => outcome);
        Self {
            seconds: metrics::histogram!("centrex_relay_callback_seconds"),
            admitted: [Which::Current, Which::Previous].map(
                |which| metrics::counter!("centrex_relay_callbacks_admitted_total", "secret" => which.word()),
            ),
            total: EVENTS.map(|event| OUTCOMES.map(|outcome| total(event, outcome))),
        }
    }
}

/// Events by the names that they are counted by: a bounded set, for anything may stand in a callback.
const EVENTS: [&str; 5] = [
    "incoming_call_start",
    "outgoing_call_start",
    "call_connected",
    "call_end",
    "other",
];

fn event_place(event: &Event) -> usize {
    match event {
        Event::IncomingCallStart => 0,
        Event::OutgoingCallStart => 1,
        Event::CallConnected => 2,
        Event::CallEnd => 3,
        Event::Unknown(_) => 4,
    }
}

fn count_set_aside(reason: Reason, count: u64) {
    metrics::counter!("centrex_relay_callbacks_set_aside_total", "reason" => reason.word()).increment(count);
}

/// What is queued for the programs that callbacks are passed on to, in the transaction that takes it in.
fn pass_on(
    forwarder: &Arc<Forwarder>,
    callback: &Callback,
    incoming: &Incoming,
) -> Option<(Arc<Forwarder>, String, Request)> {
    if forwarder.is_empty() {
        return None;
    }
    let call_id = callback
        .call_id
        .as_ref()
        .map_or_else(String::new, |id| id.0.clone());
    let request = Request {
        method: incoming.method.to_owned(),
        query: incoming.query.clone(),
        content_type: incoming.content_type.clone(),
        body: incoming.form.clone(),
    };
    Some((Arc::clone(forwarder), call_id, request))
}

/// What a callback says to correlation.
#[derive(Clone, Debug)]
pub(crate) struct Understood {
    pub(crate) report: Report,
    /// Something of it is too long to travel in events: the callback is kept raw as well.
    pub(crate) beside: Option<Reason>,
}

pub(crate) fn understand(callback: Callback) -> Result<Understood, Reason> {
    let direction = match callback.event {
        Event::IncomingCallStart => Some(Direction::Incoming),
        Event::OutgoingCallStart => Some(Direction::Outgoing),
        Event::CallConnected | Event::CallEnd => None,
        Event::Unknown(_) => return Err(Reason::UnknownEvent),
    };
    let call_id = callback.call_id.ok_or(Reason::NoCallId)?;
    if call_id.0.len() > LONGEST_ID {
        return Err(Reason::TooLong);
    }
    let mut cut = false;
    // What the guide has for other events only travels as what nobody foresaw does.
    let mut extra = callback.extra;
    let mut beside = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            extra.entry(name.to_owned()).or_insert(value);
        }
    };
    let billed = callback.billable_duration;
    let signal = match (direction, &callback.event) {
        (Some(direction), _) => {
            beside("status", callback.status);
            beside("billable_duration", billed.map(|seconds| seconds.to_string()));
            let account_id = callback.account_id.ok_or(Reason::NoAccount)?;
            if account_id.0.len() > LONGEST_ID {
                return Err(Reason::TooLong);
            }
            let mut party = |party: Option<Party>| match party? {
                Party::Other(text) => Some(Party::Other(shortened(text, &mut cut))),
                number @ Party::Number(_) => Some(number),
            };
            Signal::Start {
                direction,
                account_id,
                calling_number: party(callback.calling_number),
                called_number: party(callback.called_number),
            }
        }
        (None, event) => {
            beside("account_id", callback.account_id.map(|account| account.0));
            beside("calling_number", callback.calling_number.map(String::from));
            beside("called_number", callback.called_number.map(String::from));
            if *event == Event::CallConnected {
                beside("status", callback.status);
                beside("billable_duration", billed.map(|seconds| seconds.to_string()));
                Signal::Connected
            } else {
                Signal::End {
                    status: callback.status.map(|text| shortened(text, &mut cut)),
                    billable_duration: billed,
                }
            }
        }
    };
    let length: usize = extra.iter().map(|(name, value)| name.len() + value.len()).sum();
    let fits = length <= MOST_EXTRA;
    Ok(Understood {
        report: Report {
            call_id,
            signal,
            extra: if fits { extra } else { BTreeMap::new() },
        },
        beside: (cut || !fits).then_some(Reason::TooLong),
    })
}

/// The beginning of a text that is too long to travel, with an ellipsis: what rings is announced, whatever stands there.
fn shortened(mut text: String, cut: &mut bool) -> String {
    if text.len() > LONGEST_VALUE {
        text.truncate(text.floor_char_boundary(SHORTENED));
        text.push('…');
        *cut = true;
    }
    text
}

/// Puts a callback to its call; runs in a commit.
pub(crate) fn apply(
    batch: &mut Batch<'_>,
    Understood { report, beside }: &Understood,
    incoming: &Incoming,
    now: Timestamp,
) -> Sql<Outcome> {
    if let Some(reason) = beside {
        batch.set_aside(&set_aside(incoming, *reason, now))?;
    }
    let (verdict, changed) = with_record(batch, &report.call_id, |record| record.on(report, now), now)?;
    let refused = match verdict {
        Verdict::Conflict => Some(Reason::Conflict),
        Verdict::Reused => Some(Reason::ReusedCallId),
        Verdict::Crowded => Some(Reason::TooManyAccounts),
        Verdict::Changed | Verdict::Repeat | Verdict::Early => None,
    };
    if let Some(reason) = refused {
        batch.set_aside(&set_aside(incoming, reason, now))?;
        return Ok(Outcome::SetAside(reason));
    }
    debug_assert!(
        verdict == Verdict::Changed || changed == 0,
        "only a change makes events"
    );
    Ok(Outcome::Matched(verdict))
}

/// Loads a call's record, lets `act` change it, stores it, and publishes the legs that changed.
fn with_record<T>(
    batch: &mut Batch<'_>,
    call_id: &CallId,
    act: impl FnOnce(&mut Record) -> (T, Vec<telephony::Call>),
    now: Timestamp,
) -> Sql<(T, usize)> {
    let mut record = batch.record(call_id)?;
    let before = record.early.clone();
    let (result, changed) = act(&mut record);
    let count = changed.len();
    batch.keep(call_id, before.as_ref(), &record, changed, now)?;
    Ok((result, count))
}

fn set_aside(incoming: &Incoming, reason: Reason, now: Timestamp) -> Unmatched {
    let mut raw = incoming.query.clone();
    if let Some(form) = &incoming.form {
        raw.push(b'\n');
        raw.extend_from_slice(form);
    }
    Unmatched {
        id: 0,
        at: now,
        reason: reason.word().to_owned(),
        detail: reason.detail().to_owned(),
        method: incoming.method.to_owned(),
        raw,
    }
}

/// How many calls are closed, and early callbacks set aside, in one write.
const SWEEP: u32 = 200;

/// Closes calls that wait for news too long, and sets early callbacks aside whose start never came. Gives how many calls it
/// closed.
///
/// # Errors
/// [`StoreError`]
pub async fn sweep(writer: &Writer, limits: Limits, now: Timestamp) -> Result<usize, StoreError> {
    let mut closed = 0;
    loop {
        let swept = writer.run(move |batch| sweep_some(batch, &limits, now)).await?;
        closed += swept.closed;
        count_set_aside(Reason::NoStart, swept.early as u64);
        if !swept.is_more {
            return Ok(closed);
        }
    }
}

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Swept {
    /// Legs closed for want of news.
    pub(crate) closed: usize,
    /// Early callbacks set aside.
    pub(crate) early: usize,
    /// There may be more to do.
    pub(crate) is_more: bool,
}

/// A part of a sweep; runs in a commit.
pub(crate) fn sweep_some(batch: &mut Batch<'_>, limits: &Limits, now: Timestamp) -> Sql<Swept> {
    let mut swept = Swept::default();
    let overdue = batch.overdue(now, limits, SWEEP)?;
    for call_id in &overdue {
        swept.closed += with_record(batch, call_id, |record| ((), record.expire(now, limits)), now)?.1;
    }
    let early = batch.take_overdue_early(now, limits, SWEEP)?;
    for (call_id, document) in &early {
        let incoming = Incoming {
            method: "",
            query: format!("call_id={} {document}", call_id.0).into_bytes(),
            form: None,
            content_type: None,
        };
        batch.set_aside(&set_aside(&incoming, Reason::NoStart, now))?;
    }
    swept.early = early.len();
    // What is overdue by the millisecond of a column may not be so yet by its own time.
    let full = SWEEP as usize;
    swept.is_more = (overdue.len() >= full && swept.closed > 0) || early.len() >= full;
    Ok(swept)
}

/// All calls that ring or talk now, on all accounts, oldest first.
///
/// # Errors
/// [`StoreError`]
pub fn list_live(data_dir: &Path) -> Result<Vec<telephony::Call>, StoreError> {
    look(data_dir, call::all_live)
}

/// The newest callbacks that were set aside.
///
/// # Errors
/// [`StoreError`]
pub fn list_unmatched(data_dir: &Path, limit: u32) -> Result<Vec<Unmatched>, StoreError> {
    look(data_dir, |db| unmatched::list(db, limit.into()))
}

/// One callback that was set aside.
///
/// # Errors
/// [`StoreError`]
pub fn show_unmatched(data_dir: &Path, id: i64) -> Result<Option<Unmatched>, StoreError> {
    look(data_dir, |db| unmatched::get(db, id))
}
