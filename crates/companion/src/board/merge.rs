//! Two states of the same call become one.

use telephony::{Call, CallState};

/// How much a state says: a call only goes forward, and a known end is worth more than a presumed one.
fn rank(call: &Call) -> u8 {
    match call.state {
        CallState::Ringing => 0,
        CallState::Connected => 1,
        CallState::Ended if call.end_unknown => 2,
        CallState::Ended => 3,
    }
}

/// The state that says more (the newer one, when equal), with what only the other one knows.
pub(super) fn merge(old: &Call, new: Call) -> Call {
    let (mut base, other) = if rank(&new) >= rank(old) {
        (new, old.clone())
    } else {
        (old.clone(), new)
    };
    base.calling_number = base.calling_number.or_else(|| other.calling_number.clone());
    base.called_number = base.called_number.or_else(|| other.called_number.clone());
    if base.extension.is_none() && base.other_party() == other.other_party() {
        base.extension.clone_from(&other.extension);
    }
    base.connected_at = base.connected_at.or(other.connected_at);
    base.status = base.status.or(other.status);
    base.billable_duration = base.billable_duration.or(other.billable_duration);
    for (name, value) in other.extra {
        base.extra.entry(name).or_insert(value);
    }
    if base.state == CallState::Ended {
        base.ended_at = base.ended_at.or(other.ended_at);
    }
    base.started_at = base.started_at.min(other.started_at);
    base
}
