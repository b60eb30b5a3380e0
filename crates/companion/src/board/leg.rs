//! A leg: one call on one account.

use jiff::Timestamp;
use telephony::{Call, CallState, Direction};

use super::{GroupId, OUTGOING_RING_LIMIT_S, RING_LIMIT_S, TALK_LIMIT_S};
use crate::event::Origin;
use crate::time::after;
use crate::view::Outcome;

/// No relay's clock is so far ahead of ours: a call from later than that is told wrong.
const AHEAD_S: i64 = 24 * 3600;

#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub call: Call,
    pub group: GroupId,
    /// When its present state began, by this computer's clock.
    pub since: Timestamp,
    /// When it was first heard of, by this computer's clock.
    pub heard: Timestamp,
    /// No news for too long: not live any more as far as people are told, though nobody said that it ended.
    pub silent: bool,
    /// It turned out to be the own phone, ringing for a dialled call.
    pub own: bool,
}

impl Leg {
    pub fn new(call: Call, group: GroupId, origin: Origin, age_s: i64, now: Timestamp) -> Self {
        let since = if matches!(origin, Origin::Journal { .. }) {
            known_since(call.last_change(), now)
        } else {
            after(now, -age_s)
        };
        Self {
            call,
            group,
            since,
            heard: now,
            silent: false,
            own: false,
        }
    }

    /// An incoming call that rings, as far as is known.
    pub fn rings_in(&self) -> bool {
        self.call.direction == Direction::Incoming && self.call.state == CallState::Ringing && !self.silent
    }

    pub fn is_live(&self) -> bool {
        self.call.state != CallState::Ended && !self.silent
    }

    pub fn is_answered(&self) -> bool {
        self.call.connected_at.is_some() || self.call.state == CallState::Connected
    }

    /// When this call counts as over if nothing more is heard of it.
    pub fn silent_at(&self) -> Option<Timestamp> {
        let limit = match (self.call.state, self.call.direction) {
            _ if self.silent => return None,
            (CallState::Ringing, Direction::Incoming) => RING_LIMIT_S,
            (CallState::Ringing, Direction::Outgoing) => OUTGOING_RING_LIMIT_S,
            (CallState::Connected, _) => TALK_LIMIT_S,
            (CallState::Ended, _) => return None,
        };
        Some(after(self.since, limit))
    }

    /// It isn't live any more, and nobody said how it ended.
    pub fn end_unheard(&mut self, at: Timestamp) {
        self.call.state = CallState::Ended;
        self.call.end_unknown = true;
        self.call.ended_at = (at != Timestamp::MAX).then_some(at);
    }

    /// What is known of its course; `answered`: one of the legs of the same call was.
    pub fn outcome(&self, answered: bool) -> Outcome {
        match (self.call.state, self.call.direction) {
            (CallState::Ended, _) if answered => Outcome::Answered,
            (CallState::Ended, _) if self.call.end_unknown => Outcome::Unknown,
            (CallState::Ended, Direction::Incoming) => Outcome::Missed,
            (CallState::Ended, Direction::Outgoing) => Outcome::NoAnswer,
            _ if self.silent => Outcome::Unknown,
            (CallState::Connected, _) => Outcome::Talking,
            // A colleague took it on another line; this one has rung out, and its end is on its way.
            (CallState::Ringing, Direction::Incoming) if answered => Outcome::Answered,
            (CallState::Ringing, _) => Outcome::Ringing,
        }
    }
}

/// Since when a call of the journal is in its state. One from the future would begin to ring with each start.
fn known_since(last_change: Timestamp, now: Timestamp) -> Timestamp {
    if last_change > after(now, AHEAD_S) {
        Timestamp::MIN
    } else {
        last_change.min(now)
    }
}
