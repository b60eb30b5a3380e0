//! Callbacks: what is due, what the faults make of it, and the order in which it goes out.

use std::time::Duration;

use super::call::{Call, Leg, Party, Reason};
use super::spoil::{self, Roll};
use super::{CallKey, Due, World};
use crate::chance::{Chance, Purpose};
use crate::faults::{Action, CallbackMethod, EventName, WithheldForm};
use crate::query::{self, Parameter};
use crate::record::{Draft, Kind};
use crate::seconds;

/// A callback on its way.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    /// The call it belongs to; none for one written by hand.
    call: Option<CallKey>,
    event: String,
    call_id: Option<String>,
    account: Option<String>,
    query: String,
    slash: bool,
    /// In-order wait before it goes out.
    delay: Duration,
    /// Whether it has left its call's order.
    detached: bool,
    duplicate: bool,
    attempt: u32,
}

impl Delivery {
    pub(super) fn by_hand(query: String) -> Self {
        Self {
            call: None,
            event: "by_hand".to_owned(),
            call_id: None,
            account: None,
            query,
            slash: false,
            delay: Duration::ZERO,
            detached: true,
            duplicate: false,
            attempt: 1,
        }
    }

    fn draft(&self, kind: Kind) -> Draft {
        let draft = Draft::new(kind)
            .account(self.account.as_deref())
            .with("event", self.event.as_str());
        match &self.call_id {
            Some(id) => draft.call(id),
            None => draft,
        }
    }
}

/// One HTTP request to make.
#[derive(Debug)]
pub(crate) struct Shipment {
    pub(crate) method: CallbackMethod,
    pub(crate) url: String,
    /// The body of a form.
    pub(crate) form: Option<String>,
}

/// How a request went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Answered with this status.
    Answered(u16),
    /// Not answered, for this reason; no secret in it.
    Failed(&'static str),
}

/// A callback held back by a fault.
pub(crate) struct Held {
    delivery: Delivery,
    until: Until,
}

/// What a held callback waits for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    Next,
    End,
}

/// What a callback says.
enum Content {
    Start {
        calling: Party,
        called: Party,
        account: String,
        withheld: Option<WithheldForm>,
    },
    Connected,
    End {
        reason: Reason,
        talked: Duration,
    },
}

impl World {
    /// The start callbacks of the account that calls (`outgoing`), or of those that are called: one for each, once. A phone
    /// of several that has no line left is passed over.
    pub(super) fn emit_start(&mut self, key: CallKey, outgoing: bool) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        let (calling, called, withheld) = (call.caller.clone(), call.callee.clone(), call.withheld);
        let some_ring = call
            .legs
            .iter()
            .any(|leg| leg.outgoing == outgoing && leg.present);
        let due = |leg: &&mut Leg| leg.outgoing == outgoing && !leg.started && (leg.present || !some_ring);
        let due: Vec<(String, String)> = call.legs.iter_mut().filter(due).map(Leg::start).collect();
        let event = if outgoing {
            EventName::OutgoingCallStart
        } else {
            EventName::IncomingCallStart
        };
        for (id, account) in due {
            let content = Content::Start {
                calling: calling.clone(),
                called: called.clone(),
                account,
                withheld,
            };
            self.put(key, event, &id, &content);
        }
    }

    /// `call_connected`.
    pub(super) fn emit(&mut self, key: CallKey, event: EventName, call_id: &str) {
        self.put(key, event, call_id, &Content::Connected);
    }

    /// `call_end`.
    pub(super) fn emit_end(&mut self, key: CallKey, call_id: &str, reason: Reason, talked: Duration) {
        self.put(key, EventName::CallEnd, call_id, &Content::End { reason, talked });
    }

    fn put(&mut self, key: CallKey, event: EventName, call_id: &str, content: &Content) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        let step = call.decided;
        call.decided += 1;
        let concerned = concerned(call, call_id, content);
        let mut chance = Chance::new(self.seed, Purpose::Callback, key, step);
        let mut roll = Roll::draw(&mut chance, &self.faults.callbacks);
        let mut delivery = Delivery {
            call: Some(key),
            event: event.as_str().to_owned(),
            call_id: Some(call_id.to_owned()),
            account: concerned.first().cloned(),
            query: String::new(),
            slash: roll.slash,
            ..Delivery::by_hand(String::new())
        };
        delivery.detached = false;
        if let Some(reason) = self.why_skip(&concerned) {
            return self.write(delivery.draft(Kind::CallbackSkipped).with("reason", reason));
        }
        let until = self.apply_exact(event, &concerned, &mut roll);
        let mut parameters = vec![
            Parameter::new("call_id", call_id),
            Parameter::new("event", event.as_str()),
        ];
        self.add_content(&mut parameters, content, &mut chance);
        spoil::spoil(&mut parameters, &roll, &mut chance);
        delivery.query = query::encode(&parameters);
        self.place(key, delivery, &roll, until);
        if roll.unknown_event {
            self.put_unknown_event(key, call_id, step);
        }
        self.pump(key);
    }

    fn why_skip(&self, concerned: &[String]) -> Option<&'static str> {
        if self.callback_url.is_none() {
            return Some("no callback URL is set");
        }
        let silent = |account: &String| self.faults.without_notifications.contains(account);
        (!concerned.is_empty() && concerned.iter().all(silent)).then_some("the account has no notifications")
    }

    fn add_content(&self, parameters: &mut Vec<Parameter>, content: &Content, chance: &mut Chance) {
        let forms = &self.faults.callbacks;
        match content {
            Content::Start {
                calling,
                called,
                account,
                withheld,
            } => {
                let hidden = withheld.unwrap_or(forms.withheld);
                parameters.extend(spoil::number(
                    "calling_number",
                    calling,
                    forms.numbers,
                    hidden,
                    chance,
                ));
                parameters.extend(spoil::number(
                    "called_number",
                    called,
                    forms.numbers,
                    hidden,
                    chance,
                ));
                parameters.push(Parameter::new("account_id", account));
            }
            Content::Connected => {}
            Content::End { reason, talked } => {
                parameters.extend(spoil::status(*reason, &forms.status, chance));
                // Begun half seconds count: what is billed is not what a clock on the wall says.
                let billed = talked.as_secs_f64().round();
                parameters.extend(spoil::billable_duration(billed, &forms.billable_duration, chance));
            }
        }
    }

    /// Uses up the first exact fault that fits, and says how long the callback is held back.
    fn apply_exact(&mut self, event: EventName, concerned: &[String], roll: &mut Roll) -> Option<Until> {
        let by_chance = if roll.reorder { Some(Until::Next) } else { None };
        let fits = self.faults.next.iter().position(|exact| {
            exact.times > 0
                && (exact.event == EventName::Any || exact.event == event)
                && exact
                    .account
                    .as_ref()
                    .is_none_or(|account| concerned.contains(account))
        });
        let Some(place) = fits else { return by_chance };
        let action = self.faults.next[place].action.clone();
        self.faults.next[place].times -= 1;
        if self.faults.next[place].times == 0 {
            self.faults.next.remove(place);
        }
        match action {
            Action::Drop => roll.drop = true,
            Action::Duplicate => roll.duplicate = true,
            Action::Swap => return Some(Until::Next),
            Action::Hold => return Some(Until::End),
            Action::Delay(s) => roll.exact_delay_s = Some(s),
            Action::MissingCallId => roll.missing_call_id = true,
            Action::ExtraParameters => roll.extra = true,
            Action::RepeatedParameters => roll.repeated = true,
            Action::BrokenEncoding => roll.broken = true,
            Action::Nothing => {
                *roll = Roll::default();
                return None;
            }
        }
        by_chance
    }

    /// Puts a callback where its fate wants it: nowhere, held back, later on its own, or in its call's order.
    fn place(&mut self, key: CallKey, mut delivery: Delivery, roll: &Roll, until: Option<Until>) {
        if roll.drop {
            return self.write(delivery.draft(Kind::CallbackDropped));
        }
        let duplicate = roll.duplicate.then(|| Delivery {
            duplicate: true,
            ..delivery.clone()
        });
        let duplicate_after = seconds::duration(self.faults.callbacks.duplicate_after_s).unwrap_or_default();
        let in_order = self.faults.callbacks.delay_keeps_order && roll.exact_delay_s.is_none();
        let delay = roll
            .exact_delay_s
            .or(roll.delay_s)
            .and_then(|s| seconds::duration(s).ok())
            .unwrap_or_default();
        if let Some(until) = until {
            let word = if until == Until::Next { "next" } else { "end" };
            self.write(delivery.draft(Kind::CallbackHeld).with("until", word));
            if let Some(call) = self.calls.get_mut(&key) {
                call.held.push(Held { delivery, until });
            }
        } else if !delay.is_zero() && !in_order {
            self.write(delivery.draft(Kind::CallbackHeld).with("until", "later"));
            self.later(
                delay,
                Due::Send(Delivery {
                    detached: true,
                    ..delivery
                }),
            );
        } else {
            delivery.delay = delay;
            self.enqueue(key, delivery);
        }
        match duplicate {
            Some(copy) if duplicate_after.is_zero() => self.enqueue(key, copy),
            Some(copy) => self.later(
                duplicate_after,
                Due::Send(Delivery {
                    detached: true,
                    ..copy
                }),
            ),
            None => {}
        }
    }

    fn put_unknown_event(&mut self, key: CallKey, call_id: &str, step: u64) {
        let mut chance = Chance::new(self.seed, Purpose::UnknownEvent, key, step);
        let (event, parameters) = spoil::unknown_event(call_id, &mut chance);
        let delivery = Delivery {
            call: Some(key),
            event: event.to_owned(),
            call_id: Some(call_id.to_owned()),
            detached: false,
            ..Delivery::by_hand(query::encode(&parameters))
        };
        self.enqueue(key, delivery);
    }

    /// Appends to the call's order, and lets those go that waited for the next one.
    fn enqueue(&mut self, key: CallKey, delivery: Delivery) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        let lets_go = !delivery.duplicate;
        call.queue.push_back(delivery);
        if lets_go {
            release(call, |until| until == Until::Next);
        }
    }

    /// The call is over: nothing will follow that a held callback could wait for.
    pub(super) fn release_all(&mut self, key: CallKey) {
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        release(call, |until| until == Until::Next);
        release(call, |_| true);
        self.pump(key);
    }

    /// Sends the first of the call's order unless one is on its way.
    fn pump(&mut self, key: CallKey) {
        let Some(call) = self
            .calls
            .get_mut(&key)
            .filter(|call| !call.sending && !call.waiting)
        else {
            return;
        };
        let Some(first) = call.queue.front_mut() else {
            return;
        };
        let delay = std::mem::take(&mut first.delay);
        if delay.is_zero() {
            call.sending = true;
            let first = first.clone();
            self.outbox.push_back(first);
        } else {
            call.waiting = true;
            self.later(delay, Due::Resume(key));
        }
    }

    pub(super) fn resume(&mut self, key: CallKey) {
        if let Some(call) = self.calls.get_mut(&key) {
            call.waiting = false;
        }
        self.pump(key);
    }

    /// Sends a callback that nobody but its author understands.
    pub(crate) fn send_by_hand(&mut self, query: String) {
        self.outbox.push_back(Delivery::by_hand(query));
    }

    /// The next callback to send; its outcome must come back through [`World::delivered`].
    pub(crate) fn take_delivery(&mut self) -> Option<(Delivery, Shipment)> {
        while let Some(delivery) = self.outbox.pop_front() {
            let Some(url) = &self.callback_url else {
                self.write(
                    delivery
                        .draft(Kind::CallbackSkipped)
                        .with("reason", "no callback URL is set"),
                );
                self.sent(&delivery);
                continue;
            };
            let method = self.faults.callbacks.method;
            let shipment = if method == CallbackMethod::Post {
                let url = query::append(url, "", delivery.slash)
                    .trim_end_matches('?')
                    .to_owned();
                Shipment {
                    method,
                    url,
                    form: Some(delivery.query.clone()),
                }
            } else {
                Shipment {
                    method,
                    url: query::append(url, &delivery.query, delivery.slash),
                    form: None,
                }
            };
            let mut draft = delivery
                .draft(Kind::CallbackSent)
                .with("query", delivery.query.as_str());
            draft = draft.with("attempt", delivery.attempt);
            if delivery.duplicate {
                draft = draft.with("copy", true);
            }
            self.write(draft);
            return Some((delivery, shipment));
        }
        None
    }

    /// A callback was answered, or not.
    pub(crate) fn delivered(&mut self, delivery: Delivery, outcome: &Outcome) {
        self.write(match outcome {
            Outcome::Answered(status) => delivery.draft(Kind::CallbackAnswered).with("status", *status),
            Outcome::Failed(reason) => delivery.draft(Kind::CallbackFailed).with("reason", *reason),
        });
        let taken = matches!(outcome, Outcome::Answered(status) if (200..300).contains(status));
        if taken || delivery.attempt > self.faults.callbacks.retries {
            return self.sent(&delivery);
        }
        let wait = seconds::duration(self.faults.callbacks.retry_after_s).unwrap_or_default();
        let again = Delivery {
            attempt: delivery.attempt + 1,
            ..delivery
        };
        let place = again
            .call
            .filter(|_| !again.detached)
            .and_then(|key| self.calls.get_mut(&key));
        match place {
            Some(call) => {
                // It keeps its place at the head: the platform sends one after another.
                if let Some(first) = call.queue.front_mut() {
                    *first = Delivery {
                        delay: wait,
                        ..again.clone()
                    };
                }
                call.sending = false;
                again.call.into_iter().for_each(|key| self.pump(key));
            }
            None => self.later(wait, Due::Send(again)),
        }
    }

    /// Done with this one: the next of its call may go.
    fn sent(&mut self, delivery: &Delivery) {
        let Some(key) = delivery.call.filter(|_| !delivery.detached) else {
            return;
        };
        if let Some(call) = self.calls.get_mut(&key) {
            call.queue.pop_front();
            call.sending = false;
        }
        self.pump(key);
        self.forget_if_over(key);
    }
}

fn release(call: &mut Call, which: impl Fn(Until) -> bool) {
    let (go, stay): (Vec<Held>, Vec<Held>) = std::mem::take(&mut call.held)
        .into_iter()
        .partition(|h| which(h.until));
    call.held = stay;
    call.queue.extend(go.into_iter().map(|held| held.delivery));
}

/// The accounts that a callback concerns.
fn concerned(call: &Call, call_id: &str, content: &Content) -> Vec<String> {
    match content {
        Content::Start { account, .. } => vec![account.clone()],
        _ => call
            .legs
            .iter()
            .filter(|leg| leg.call_id == call_id)
            .map(|leg| leg.account.clone())
            .collect(),
    }
}
