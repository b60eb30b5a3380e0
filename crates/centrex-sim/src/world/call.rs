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
    /// A number behind which several phones ring at once, until one of them is picked up.
    Group { accounts: Vec<String>, number: E164 },
    /// Somebody outside; the text is a number, or whatever a foreign network sends for one.
    Outside(String),
    /// Somebody who hides the number.
    Withheld,
}

impl Party {
    /// The accounts that it is; none outside of the platform.
    pub(crate) fn accounts(&self) -> &[String] {
        match self {
            Self::Account { id, .. } => std::slice::from_ref(id),
            Self::Group { accounts, .. } => accounts,
            Self::Outside(_) | Self::Withheld => &[],
        }
    }

    pub(crate) fn is(&self, account: &str) -> bool {
        self.accounts().iter().any(|own| own == account)
    }

    /// As the record shows it: E.164 with its plus where it is a number, null when withheld.
    pub(crate) fn shown(&self) -> Option<String> {
        match self {
            Self::Account { number, .. } | Self::Group { number, .. } => Some(number.to_string()),
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

impl Leg {
    /// Its start callback is due: the call's id and the account for it.
    pub(crate) fn start(&mut self) -> (String, String) {
        self.started = true;
        (self.call_id.clone(), self.account.clone())
    }
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
        let calling = caller.accounts().iter().map(|account| (account, true));
        let called = callee.accounts().iter().map(|account| (account, false));
        for (account, outgoing) in calling.chain(called) {
            if legs.iter().any(|leg| leg.account == *account) {
                continue;
            }
            // However many phones it rings on, the call is one.
            let one_id = self.config.internal_calls == InternalCalls::OneId;
            let shared = legs.iter().find(|leg| one_id || leg.outgoing == outgoing);
            let call_id = shared.map_or_else(|| self.new_call_id(key, legs.len()), |leg| leg.call_id.clone());
            legs.push(Leg {
                account: account.clone(),
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
        let free = self.free_phones(key);
        let Some(call) = self.calls.get_mut(&key) else {
            return;
        };
        call.stage = Stage::CalleeRings;
        let (plan, callee) = (call.plan, call.callee.clone());
        let caller_shown = call.caller.shown();
        for leg in &mut call.legs {
            leg.present = leg.outgoing || free.contains(&leg.account);
        }
        let legs = call.legs.clone();
        self.emit_start(key, true);
        let is_outside = callee.accounts().is_empty();
        let outside = if is_outside {
            self.faults.callee
        } else {
            Callee::Answers
        };
        match outside {
            Callee::Busy => return self.finish(key, Stage::CalleeRings, Reason::Busy),
            Callee::Unreachable => return self.finish(key, Stage::CalleeRings, Reason::Unreachable),
            Callee::Answers | Callee::NoAnswer | Callee::Rejects => {}
        }
        for leg in &legs {
            let draft = if leg.outgoing {
                Draft::new(Kind::OtherPartyRings).with("number", callee.shown())
            } else if !leg.present {
                continue;
            } else {
                Draft::new(Kind::OwnPhoneRings)
                    .with("direction", "incoming")
                    .with("number", caller_shown.clone())
            };
            self.write(draft.call(&leg.call_id).account(Some(&leg.account)));
        }
        self.emit_start(key, false);
        if !is_outside && free.is_empty() {
            return self.finish(key, Stage::CalleeRings, Reason::Busy);
        }
        if let Some(after) = plan.answer_after.filter(|_| outside != Callee::NoAnswer) {
            self.later(after, Due::Answer(key));
        }
        if let Some(after) = plan.ring_for {
            self.later(after, Due::RingOut(key, Stage::CalleeRings));
        }
    }

    /// The phones called that have a line left; the caller's own has none for itself.
    fn free_phones(&self, key: CallKey) -> Vec<String> {
        let Some(call) = self.calls.get(&key) else {
            return Vec::new();
        };
        let is_free = |account: &String| {
            let busy_with = self.calls.iter().filter(|(other, call)| {
                **other != key && call.stage != Stage::Ended && call.leg(account).is_some()
            });
            let full = self.config.lines.is_some_and(|lines| busy_with.count() >= lines);
            !full && !call.caller.is(account)
        };
        let called = call.callee.accounts().iter();
        called.filter(|account| is_free(account)).cloned().collect()
    }

    /// The party called answers (or, by its fault, refuses): on `phone` if it is one of those that ring, else on the first.
    pub(super) fn answered(&mut self, key: CallKey, phone: Option<&str>) {
        let now = self.now;
        let Some(call) = self
            .calls
            .get_mut(&key)
            .filter(|call| call.stage == Stage::CalleeRings)
        else {
            return;
        };
        if call.callee.accounts().is_empty() && self.faults.callee == Callee::Rejects {
            return self.finish(key, Stage::CalleeRings, Reason::Rejected);
        }
        call.stage = Stage::Connected;
        call.connected_at = Some(now);
        let ringing = || call.legs.iter().filter(|leg| !leg.outgoing && leg.present);
        let answers = ringing().find(|leg| phone == Some(leg.account.as_str()));
        let answers = answers.or_else(|| ringing().next()).cloned();
        let rung: Vec<Leg> = ringing().cloned().collect();
        for leg in &mut call.legs {
            let talks = answers.as_ref().is_none_or(|phone| phone.account == leg.account);
            leg.present = leg.outgoing || talks;
        }
        let (legs, ids, talk) = (call.legs.clone(), call.ids(), call.plan.talk);
        for leg in &rung {
            let picks_up = answers.as_ref().is_some_and(|phone| phone.account == leg.account);
            let draft = if picks_up {
                Draft::new(Kind::OwnPhonePickedUp).with("direction", "incoming")
            } else {
                Draft::new(Kind::OwnPhoneStops).with("reason", "answered_elsewhere")
            };
            self.write(draft.call(&leg.call_id).account(Some(&leg.account)));
        }
        for id in &ids {
            self.write(draft_of(Kind::Connected, id, &legs));
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

    /// One of several phones refuses: it is silent, and the call goes on ringing on the others. False: there are none.
    pub(super) fn leave(&mut self, key: CallKey, account: &str) -> bool {
        let Some(call) = self.calls.get_mut(&key) else {
            return false;
        };
        let rings = |leg: &Leg| !leg.outgoing && leg.present;
        if call.legs.iter().filter(|leg| rings(leg)).count() < 2 {
            return false;
        }
        let Some(leg) = call
            .legs
            .iter_mut()
            .find(|leg| rings(leg) && leg.account == account)
        else {
            return false;
        };
        leg.present = false;
        let draft = Draft::new(Kind::OwnPhoneStops)
            .call(&leg.call_id)
            .account(Some(account));
        self.write(draft.with("reason", "rejected"));
        true
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
