//! The platform itself, without a socket: accounts, calls, timers, and the callbacks that wait to go out.
//!
//! A [`World`] is moved by commands and by time, both given from outside, and puts what must leave the machine into
//! its outbox. It never waits, so it can be tested and repeated exactly.

mod admission;
mod call;
mod callbacks;
mod control;
mod spoil;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::oneshot;
use url::Url;

pub(crate) use admission::{ApiRequest, Parameters, callback_url_from};
pub(crate) use call::Reason;
pub(crate) use callbacks::{Delivery, Outcome, Shipment};
pub use control::{Dial, Dialled, HangUp, HangUpBy, PhoneCall, PhoneState, PhoneStatus, Ring};

use crate::config::{Account, Config};
use crate::error::SimError;
use crate::faults::{Exact, Faults};
use crate::record::{Draft, Kind, Record};
use crate::server::Answer;
use call::{Call, Stage};

/// Calls that may be going on at once; a mistake in a loop must not eat the machine.
const MOST_CALLS: usize = 10_000;

/// A call's place in the world.
pub(crate) type CallKey = u64;

/// The simulated platform's whole state.
pub(crate) struct World {
    config: Config,
    seed: u64,
    accounts: BTreeMap<String, Account>,
    faults: Faults,
    record: Record,
    now: Duration,
    timers: BinaryHeap<Reverse<Timer>>,
    timer_count: u64,
    calls: BTreeMap<CallKey, Call>,
    call_count: u64,
    callback_url: Option<Url>,
    outbox: VecDeque<Delivery>,
    requests: VecDeque<Duration>,
}

/// What happens when its time comes.
enum Due {
    PickUp(CallKey),
    Answer(CallKey),
    HangUp(CallKey),
    /// The phone has rung long enough in this stage.
    RingOut(CallKey, Stage),
    /// A callback that left its call's order goes out.
    Send(Delivery),
    /// The first callback of the call's order may go out.
    Resume(CallKey),
    /// The API answers.
    Reply(oneshot::Sender<Answer>, Answer),
}

struct Timer {
    at: Duration,
    number: u64,
    due: Due,
}

impl Ord for Timer {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.number).cmp(&(other.at, other.number))
    }
}
impl PartialOrd for Timer {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl PartialEq for Timer {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
impl Eq for Timer {}

impl World {
    pub(crate) fn new(config: Config, seed: u64, record: Record) -> Self {
        Self {
            seed,
            accounts: config
                .accounts
                .iter()
                .map(|a| (a.id.clone(), a.clone()))
                .collect(),
            faults: config.faults.clone(),
            config,
            record,
            now: Duration::ZERO,
            timers: BinaryHeap::new(),
            timer_count: 0,
            calls: BTreeMap::new(),
            call_count: 0,
            callback_url: None,
            outbox: VecDeque::new(),
            requests: VecDeque::new(),
        }
    }

    /// The platform's time. It never goes back.
    pub(crate) fn now(&self) -> Duration {
        self.now
    }

    pub(crate) fn set_now(&mut self, now: Duration) {
        self.now = self.now.max(now);
    }

    /// When the next timer is due.
    pub(crate) fn next_due(&self) -> Option<Duration> {
        self.timers.peek().map(|Reverse(timer)| timer.at)
    }

    /// Lets the next timer happen if it is due by `until`. It counts as happening when it was due, however late.
    pub(crate) fn fire_next(&mut self, until: Duration) -> bool {
        if self.next_due().is_none_or(|at| at > until) {
            return false;
        }
        let Some(Reverse(timer)) = self.timers.pop() else {
            return false;
        };
        self.set_now(timer.at);
        match timer.due {
            Due::PickUp(call) => self.picked_up(call),
            Due::Answer(call) => self.answered(call, None),
            Due::HangUp(call) => self.finish(call, Stage::Connected, Reason::Answered),
            Due::RingOut(call, stage) => self.finish(call, stage, Reason::NoAnswer),
            Due::Send(delivery) => self.outbox.push_back(delivery),
            Due::Resume(call) => self.resume(call),
            // Whoever asked may have gone; that is their affair.
            Due::Reply(to, answer) => drop(to.send(answer)),
        }
        true
    }

    fn later(&mut self, after: Duration, due: Due) {
        self.timer_count += 1;
        self.timers.push(Reverse(Timer {
            at: self.now + after,
            number: self.timer_count,
            due,
        }));
    }

    fn write(&self, draft: Draft) {
        self.record.push(self.now, draft);
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Replaces the faults; what was decided before stays decided.
    pub(crate) fn set_faults(&mut self, faults: Faults) -> Result<(), SimError> {
        faults.check()?;
        let shown = serde_json::to_value(&faults).unwrap_or(Value::Null);
        self.faults = faults;
        self.write(Draft::new(Kind::FaultsSet).with("faults", shown));
        Ok(())
    }

    /// Adds exact faults behind those that wait.
    pub(crate) fn add_next(&mut self, exact: Vec<Exact>) -> Result<(), SimError> {
        let mut faults = self.faults.clone();
        faults.next.extend(exact);
        self.set_faults(faults)
    }

    pub(crate) fn callback_url(&self) -> Option<&Url> {
        self.callback_url.as_ref()
    }

    /// Sets where callbacks go, without the API.
    pub(crate) fn set_callback_url(&mut self, url: Option<Url>) {
        self.write(match &url {
            // The path is the receiver's secret.
            Some(url) => Draft::new(Kind::CallbackUrlSet).with("origin", url.origin().ascii_serialization()),
            None => Draft::new(Kind::CallbackUrlCleared),
        });
        self.callback_url = url;
    }

    /// Whether no call is going on and no callback is left to send; those on their way are not the world's.
    pub(crate) fn is_settled(&self) -> bool {
        let sends = |Reverse(timer): &Reverse<Timer>| matches!(timer.due, Due::Send(_));
        self.calls.is_empty() && self.outbox.is_empty() && !self.timers.iter().any(sends)
    }

    fn room_for_a_call(&self) -> bool {
        self.calls.len() < MOST_CALLS
    }
}
