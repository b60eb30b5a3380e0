//! Legs that are one call to a person: the same call on several accounts of this desktop.

use telephony::{Call, Direction};

use super::leg::Leg;
use crate::event::CallKey;
use crate::numbers;
use crate::time::seconds_between;

/// A call that rings on several accounts starts on all of them within this time, by the relay's clock.
pub(crate) const TOGETHER_S: i64 = 3;

#[derive(Debug, Default)]
pub(super) struct Group {
    /// In the order in which they were heard of; on each account one.
    pub legs: Vec<CallKey>,
    pub facts: Facts,
    /// It was told as ringing, by this process or the one before.
    pub rang: bool,
    /// A missed call that nobody has seen or dealt with.
    pub unread: bool,
}

/// What follows from the legs alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// An own phone rings.
    pub rings: bool,
    /// Somebody answered, once.
    pub answered: bool,
    /// It came in, is over on every account, and nobody answered.
    pub missed: bool,
    /// It is going on.
    pub live: bool,
}

impl Facts {
    pub fn of<'a>(legs: impl Iterator<Item = &'a Leg> + Clone) -> Self {
        let mut shown = legs.filter(|leg| !leg.own).peekable();
        if shown.peek().is_none() {
            return Self::default();
        }
        let answered = shown.clone().any(Leg::is_answered);
        // A leg still told as ringing while another one was answered has rung out; its end is on its way.
        let live = shown
            .clone()
            .any(|leg| leg.is_live() && (!answered || leg.is_answered()));
        Self {
            rings: !answered && shown.clone().any(Leg::rings_in),
            answered,
            // A leg whose end nobody saw may have been answered: then nothing is claimed.
            missed: !answered && !live && shown.all(|leg| leg.call.is_missed()),
            live,
        }
    }
}

/// Whether two states of different accounts tell of one incoming call: by the platform's id, or because the same party
/// called the same line at the same moment.
pub(crate) fn is_same_call(a: &Call, b: &Call) -> bool {
    let incoming = a.direction == Direction::Incoming && b.direction == Direction::Incoming;
    let together = || seconds_between(a.started_at, b.started_at).abs() <= TOGETHER_S;
    let same_line = || a.called_number.is_some() && a.called_number == b.called_number;
    let same_caller = || numbers::is_same_party(a.calling_number.as_ref(), b.calling_number.as_ref());
    a.account_id != b.account_id
        && incoming
        && (a.call_id == b.call_id || (together() && same_line() && same_caller()))
}
