//! What was dialled here of late: by it the own phone, ringing for that, is told from a caller.
//!
//! The platform documents `outgoing_call_start` alone for a click-to-call; whether it also tells that the own phone rings, and
//! with which numbers, isn't said. So only what can be nobody else counts: the call whose id the platform gave in its answer,
//! or once, for each press, a call from a number to itself that began soon after the press and before the dialled call was
//! put through. When it began counts, and not when it is told, which may be hours later. The dialled number as the caller
//! proves nothing, for that person may be calling at this very moment: a leg too many is shown rather than a caller hidden.
//!
//! It outlives the process (`journal/dialled.rs`): the own phone may ring, and its call end, while nobody listens.

use std::collections::VecDeque;

use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, Direction};

use crate::board::Board;
use crate::dial::SKEW_S;
use crate::effect::Effect;
use crate::event::{DialFailure, DialId};
use crate::time::{after, seconds_between};

/// The own phone rings at once for what was dialled: its call begins this soon after the press.
const OWN_LEG_S: i64 = 30;
/// Presses remembered.
const REMEMBERED: usize = 64;
/// A press is kept so long: news of the own phone comes until that call is over and told.
pub(crate) const KEPT_S: i64 = 24 * 3600;

/// A call that was asked for here, and what the platform calls it. Whom it called isn't kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialled {
    /// The press.
    pub id: DialId,
    /// Whose phone rings first.
    pub account: AccountId,
    /// When it was asked for, by this computer's clock.
    pub at: Timestamp,
    /// The platform's id for it, once its answer named one.
    pub call: Option<CallId>,
    /// The incoming call that is the own phone.
    pub own_leg: Option<CallId>,
}

/// Whether an incoming call is the own phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum OwnLeg {
    /// It isn't, as far as is known.
    No,
    /// It is.
    Yes,
    /// It is, as is clear from now on: this is to be kept.
    Found(Dialled),
}

/// The last calls that were asked for here and may have rung, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Remembered(VecDeque<Dialled>);

impl Remembered {
    /// A request goes out.
    pub fn ask(&mut self, dialled: Dialled) {
        self.0.push_back(dialled);
        self.bound();
    }

    /// What the process before knew.
    pub fn before(&mut self, dialled: Vec<Dialled>) {
        for earlier in dialled.into_iter().rev() {
            self.0.push_front(earlier);
        }
        self.bound();
    }

    fn bound(&mut self) {
        let excess = self.0.len().saturating_sub(REMEMBERED);
        self.0.drain(..excess);
    }

    /// What became of a request; gives what is to be kept of that.
    pub fn settled(&mut self, id: DialId, result: &Result<Option<CallId>, DialFailure>) -> Option<Effect> {
        let place = self.0.iter().position(|dialled| dialled.id == id)?;
        match result {
            Ok(call) => {
                let dialled = self.0.get_mut(place)?;
                dialled.call = Some(call.clone()?);
                Some(Effect::Dialled(dialled.clone()))
            }
            Err(failure) if failure.may_have_rung => None,
            Err(_) => {
                self.0.remove(place);
                Some(Effect::NotDialled(id))
            }
        }
    }

    /// Whose phone rings first for a press.
    pub fn account_of(&self, id: DialId) -> Option<&AccountId> {
        let dialled = self.0.iter().find(|dialled| dialled.id == id);
        dialled.map(|dialled| &dialled.account)
    }

    /// Whether an incoming call is the own phone. `age_s`: seconds since its last change.
    pub fn own_leg(&mut self, call: &Call, age_s: i64, board: &Board, now: Timestamp) -> OwnLeg {
        if call.direction != Direction::Incoming {
            return OwnLeg::No;
        }
        let here = |dialled: &Dialled| dialled.account == call.account_id;
        let is = |id: &Option<CallId>| id.as_ref() == Some(&call.call_id);
        let known =
            |dialled: &Dialled| is(&dialled.own_leg) || (is(&dialled.call) && dialled.own_leg.is_some());
        if self.0.iter().any(|dialled| here(dialled) && known(dialled)) {
            return OwnLeg::Yes;
        }
        let calls_itself = call.calling_number.is_some() && call.calling_number == call.called_number;
        let began = began(call, age_s, now);
        let rang_for = |dialled: &Dialled| {
            let after_press = seconds_between(dialled.at, began);
            // By the relay's clock, as the calls' own times.
            let pressed = after(call.started_at, -after_press);
            calls_itself
                && dialled.own_leg.is_none()
                && (-SKEW_S..=OWN_LEG_S).contains(&after_press)
                && !board.rang_out(&call.account_id, pressed, call.started_at)
        };
        let mut presses = self.0.iter();
        let named = presses
            .clone()
            .position(|dialled| here(dialled) && is(&dialled.call));
        let place = named.or_else(|| presses.rposition(|dialled| here(dialled) && rang_for(dialled)));
        match place.and_then(|place| self.0.get_mut(place)) {
            Some(dialled) => {
                dialled.own_leg = Some(call.call_id.clone());
                OwnLeg::Found(dialled.clone())
            }
            None => OwnLeg::No,
        }
    }
}

/// When a call began, by this computer's clock. `age_s`: seconds since its last change.
pub(crate) fn began(call: &Call, age_s: i64, now: Timestamp) -> Timestamp {
    let since_start = seconds_between(call.started_at, call.last_change());
    after(now, -(age_s.max(0).saturating_add(since_start)))
}
