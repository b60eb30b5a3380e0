//! One call and the phones on it.

use std::collections::VecDeque;
use std::time::Duration;

use super::callbacks::{Delivery, Held};
use super::{CallKey, Due, World};
use crate::chance::{Chance, Purpose};
use crate::config::{InternalCalls, StartCallback};
use crate::faults::{CallIdForm, Callee, EventName, WithheldForm};
use crate::number::E164;
use crate::record::{Draft, Kind};

/// How far a call is. It only ever goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// A click-to-call: the phone of the account that asked rings.
    OwnPhoneRings,
    /// The phone of the party called rings.
    CalleeRings,
    /// Both talk.
    Connected,
    /// Over; only callbacks may be left.
    Ended,
}

/// Why a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    Answered,
    NoAnswer,
    Busy,
    Cancelled,
    Rejected,
    Unreachable,
}

impl Reason {
    /// The word in the record.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Cancelled => "cancelled",
            Self::Rejected => "rejected",
            Self::Unreachable => "unreachable",
        }
    }
}

/// One end of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Party {
    /// A phone of the platform.
    Account { id: String, number: E164 },
    /// Somebody outside; the text is a number, or whatever a foreign network sends for one.
    Outside(String),
    /// Somebody who hides the number.
    Withheld,
}

impl Party {
    pub(crate) fn account(&self) -> Option<&str> {
        match self {
            Self::Account { id, .. } => Some(id),
            _ => None,
        }
    }

    /// As the record shows it: E.164 with its plus where it is a number, null when withheld.
    pub(crate) fn shown(&self) -> Option<String> {
        match self {
            Self::Account { number, .. } => Some(number.to_string()),
            Self::Outside(text) => Some(E164::parse(text).map_or_else(|| text.clone(), |n| n.to_string())),
            Self::Withheld => None,
        }
    }
}

/// An account's side of a call.
#[derive(Clone, Debug)]
pub(crate) struct Leg {
    pub(crate) account: String,
    pub(crate) outgoing: bool,
    pub(crate) call_id: String,
    /// Whether its start callback was due already.
    pub(crate) started: bool,
    /// Whether its phone rings or talks by now.
    pub(crate) present: bool,
}

/// What is going to happen by itself.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) pickup_after: Option<Duration>,
    pub(crate) answer_after: Option<Duration>,
    pub(crate) talk: Option<Duration>,
    pub(crate) ring_for: Option<Duration>,
}

/// A call.
pub(crate) struct Call {
    pub(crate) stage: Stage,
    pub(crate) caller: Party,
    pub(crate) callee: Party,
    pub(crate) legs: Vec<Leg>,
    pub(crate) plan: Plan,
    /// How its caller's hiding is written, when it was chosen for this call.
    pub(crate) withheld: Option<WithheldForm>,
    connected_at: Option<Duration>,
    /// Callbacks in their order; the first one is on its way when `sending`.
    pub(crate) queue: VecDeque<Delivery>,
    pub(crate) sending: bool,
    /// The first one waits for its time.
    pub(crate) waiting: bool,
    pub(crate) held: Vec<Held>,
    /// Callbacks decided so far.
    pub(crate) decided: u64,
}

impl Call {
    /// Each call id once, in the order of the legs.
    pub(crate) fn ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for leg in &self.legs {
            if !ids.contains(&leg.call_id) {
                ids.push(leg.call_id.clone());
            }
        }
        ids
    }

    pub(crate) fn leg(&self, account: &str) -> Option<&Leg> {
        self.legs.iter().find(|leg| leg.account == account && leg.present)
    }

    fn is_over(&self) -> bool {
        self.stage == Stage::Ended && self.queue.is_empty() && self.held.is_empty()
    }
}

impl World {
    /// Starts a call in its first stage and returns its place and the id of its first leg.
    pub(super) fn start_call(
        &mut self,
        (caller, callee): (Party, Party),
        first: Stage,
        plan: Plan,
        withheld: Option<WithheldForm>,
    ) -> (CallKey, String) {
        let key = self.call_count;
        self.call_count += 1;
        let mut legs: Vec<Leg> = Vec::new();
        for (party, outgoing) in [(&caller, true), (&callee, false)] {
            let Some(account) = party.account() else { continue };
            if legs.iter().any(|leg| leg.account == account) {
                continue;
            }
            let shared = legs
                .first()
                .filter(|_| self.config.internal_calls == InternalCalls::OneId);
            let call_id = shared.map_or_else(|| self.new_call_id(key, legs.len()), |leg| leg.call_id.clone());
            legs.push(Leg {
                account: account.to_owned(),
                outgoing,
                call_id,
                started: false,
                present: outgoing,
            });
        }
        let id = legs.first().map(|leg| leg.call_id.clone()).unwrap_or_default();
        let call = Call {
            stage: first,
            caller,
            callee,
            legs,
            plan,
            withheld,
            connected_at: None,
            queue: VecDeque::new(),
            sending: false,
            waiting: false,
            held: Vec::new(),
            decided: 0,
        };
        self.calls.insert(key, call);
        match first {
            Stage::OwnPhoneRings => self.ring_own_phone(key),
            _ => self.ring_callee(key),
        }
        (key, id)
    }

    fn new_call_id(&self, key: CallKey, leg: usize) -> String {
        let bits = Chance::new(self.seed, Purpose::CallId, key, leg as u64).bits();
        match self.faults.callbacks.call_ids {
            CallIdForm::Hex => format!("{bits:032x}"),
            CallIdForm::Sip => format!("{:016x};x=+é/{}@192.0.2.10", bits as u64, key),
            CallIdForm::Decimal => format!("{}", key * 2 + leg as u64 + 1),
        }
    }

    fn ring_own_phone(&mut self, key: CallKey) {
        let Some(call) = self.calls.get(&key) else { return };
        let (plan, stage, callee) = (call.plan, call.stage, call.callee.shown());
        if let Some(leg) = call.legs.first() {
            let draft = Draft::new(Kind::OwnPhoneRings)
                .call(&leg.call_id)
                .account(Some(&leg.account));
            self.write(draft.with("direction", "outgoing").with("number", callee));
        }
        if self.config.start_callback == StartCallback::AtRequest {
            self.emit_start(key, true);
        }
        if let Some(after) = plan.pickup_after {
            self.later(after, Due::PickUp(key));
        }
        if let Some(after) = plan.ring_for {
            self.later(after, Due::RingOut(key, stage));
        }
    }

    /// Own phone is picked up: the platform calls the other party.
    pub(super) fn picked_up(&mut self, key: CallKey) {
        let Some(call) = self
            .calls
            .get(&key)
            .filter(|call| call.stage == Stage::OwnPhoneRings)
        else {
            return;
        };
        if let Some(leg) = call.legs.first() {
            let draft = Draft::new(Kind::OwnPhonePickedUp)
                .call(&leg.call_id)
                .account(Some(&leg.account));
            self.write(draft.with("direction", "outgoing"));
        }
        self.ring_callee(key);
    }

    fn ring_callee(&mut self, key: CallKey) {
        let full = self.callee_is_full(key);
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        call.stage = Stage::CalleeRings;
        let (plan, callee) = (call.plan, call.callee.clone());
        let caller_shown = call.caller.shown();
        for leg in &mut call.legs {
            leg.present = leg.outgoing || !full;
        }
        let legs = call.legs.clone();
        if legs.iter().any(|leg| leg.outgoing) {
            self.emit_start(key, true);
        }
        let outside = if callee.account().is_some() {
            Callee::Answers
        } else {
            self.faults.callee
        };
        match outside {
            Callee::Busy => return self.finish(key, Stage::CalleeRings, Reason::Busy),
            Callee::Unreachable => return self.finish(key, Stage::CalleeRings, Reason::Unreachable),
            Callee::Answers | Callee::NoAnswer | Callee::Rejects => {}
        }
        for leg in &legs {
            let draft = if leg.outgoing {
                Draft::new(Kind::OtherPartyRings).with("number", callee.shown())
            } else if full {
                continue;
            } else {
                Draft::new(Kind::OwnPhoneRings)
                    .with("direction", "incoming")
                    .with("number", caller_shown.clone())
            };
            self.write(draft.call(&leg.call_id).account(Some(&leg.account)));
        }
        if legs.iter().any(|leg| !leg.outgoing) {
            self.emit_start(key, false);
        }
        if full {
            return self.finish(key, Stage::CalleeRings, Reason::Busy);
        }
        if let Some(after) = plan.answer_after.filter(|_| outside != Callee::NoAnswer) {
            self.later(after, Due::Answer(key));
        }
        if let Some(after) = plan.ring_for {
            self.later(after, Due::RingOut(key, Stage::CalleeRings));
        }
    }

    /// Whether the phone called has no line left, or is the caller's own.
    fn callee_is_full(&self, key: CallKey) -> bool {
        let Some(call) = self.calls.get(&key) else {
            return false;
        };
        let Some(callee) = call.callee.account() else {
            return false;
        };
        if call.caller.account() == Some(callee) {
            return true;
        }
        let busy_with = self.calls.iter().filter(|(other, call)| {
            **other != key && call.stage != Stage::Ended && call.leg(callee).is_some()
        });
        self.config.lines.is_some_and(|lines| busy_with.count() >= lines)
    }

    /// The party called answers (or, by its fault, refuses).
    pub(super) fn answered(&mut self, key: CallKey) {
        let now = self.now;
        let Some(call) = self
            .calls
            .get_mut(&key)
            .filter(|call| call.stage == Stage::CalleeRings)
        else {
            return;
        };
        if call.callee.account().is_none() && self.faults.callee == Callee::Rejects {
            return self.finish(key, Stage::CalleeRings, Reason::Rejected);
        }
        call.stage = Stage::Connected;
        call.connected_at = Some(now);
        let (legs, ids, talk) = (call.legs.clone(), call.ids(), call.plan.talk);
        for leg in legs.iter().filter(|leg| !leg.outgoing) {
            let draft = Draft::new(Kind::OwnPhonePickedUp)
                .call(&leg.call_id)
                .account(Some(&leg.account));
            self.write(draft.with("direction", "incoming"));
        }
        for id in &ids {
            let account = legs
                .iter()
                .find(|leg| leg.call_id == *id)
                .map(|leg| leg.account.as_str());
            self.write(Draft::new(Kind::Connected).call(id).account(account));
            self.emit(key, EventName::CallConnected, id);
        }
        if let Some(talk) = talk {
            self.later(talk, Due::HangUp(key));
        }
    }

    /// Ends the call if it still is in `stage`.
    pub(super) fn finish(&mut self, key: CallKey, stage: Stage, reason: Reason) {
        let now = self.now;
        let late = self.faults.callbacks.end_without_start;
        let Some(call) = self.calls.get_mut(&key).filter(|call| call.stage == stage) else {
            return;
        };
        call.stage = Stage::Ended;
        let talked = call
            .connected_at
            .map_or(Duration::ZERO, |at| now.saturating_sub(at));
        let (legs, ids) = (call.legs.clone(), call.ids());
        for id in &ids {
            let draft = draft_of(Kind::Ended, id, &legs);
            self.write(
                draft
                    .with("reason", reason.as_str())
                    .with("talked_s", talked.as_secs_f64()),
            );
            if late || legs.iter().any(|leg| leg.call_id == *id && leg.started) {
                self.emit_end(key, id, reason, talked);
            }
        }
        self.release_all(key);
        self.forget_if_over(key);
    }

    pub(super) fn forget_if_over(&mut self, key: CallKey) {
        if self.calls.get(&key).is_some_and(Call::is_over) {
            self.calls.remove(&key);
        }
    }
}

/// An entry about all the accounts of a call id.
fn draft_of(kind: Kind, id: &str, legs: &[Leg]) -> Draft {
    let accounts: Vec<&str> = legs
        .iter()
        .filter(|leg| leg.call_id == id)
        .map(|leg| leg.account.as_str())
        .collect();
    Draft::new(kind)
        .call(id)
        .account(accounts.first().copied())
        .with("accounts", accounts)
}
