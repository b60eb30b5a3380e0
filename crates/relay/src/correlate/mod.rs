//! Which call a callback belongs to, and what it changes: pure, one [`Record`] for each `call_id`.
//!
//! The platform's callbacks are separate requests: they come twice, in the wrong order, minutes late, or never; and
//! `call_connected` and `call_end` name no account. A record remembers which accounts a call concerns. Each account's
//! [`Call`] (a *leg*) only goes forward:
//!
//! | leg | `*_call_start` of its account | `call_connected` | `call_end` | limit passed |
//! |---|---|---|---|---|
//! | none, nothing early | **ringing** | kept as early | kept as early | |
//! | none, early connected | **connected** | repeat | early end added | set aside as unmatched |
//! | none, early end | **ended**: it never rings | early connected added | repeat | set aside as unmatched |
//! | ringing | repeat | **connected** | **ended** | **ended**, end unknown (5 min) |
//! | connected | repeat | repeat | **ended** | **ended**, end unknown (12 h) |
//! | ended, never connected | repeat | `connected_at` is filled in, still ended | repeat | |
//! | ended, connected before | repeat | repeat | repeat | |
//! | ended, end unknown | repeat | `connected_at` is filled in | the true end is filled in | |
//!
//! The limits are settings (`calls.ringing_limit`, `calls.talking_limit`, `calls.early_limit`). A leg whose last news lies
//! further *ahead* of the clock than its limit is closed as well: the clock was set back, and nobody knows how long it has
//! waited. Starts that can't be this call's change nothing and are set aside: one for an account that has the call the other
//! way round (it calls itself; a *conflict*); one with other numbers than the account's leg, or more than [`LATE_REPEAT`] after
//! that ended (the platform seems to have given the `call_id` a second time; *reused*); one for a further account when there are
//! [`MOST_LEGS`] already (*crowded*). Nothing is guessed: who of several accounts answered isn't told, so `call_connected` and `call_end`
//! move all legs of their `call_id`. A call between two accounts of the company is two legs if the platform gives it one
//! `call_id`, and two calls if it gives it two; either way each account hears of its own.
//!
//! A start for a *further* account of a call that has already got further joins it where it is: a start never makes a
//! call ring again that was answered or is over. A repeat changes nothing and makes no event. Times never run backwards
//! within a leg: started ≤ connected ≤ ended. Unnamed parameters (`extra`) go to the legs that a callback changes, and with it:
//! a leg that joins later has those of its own start, and those of a repeat are dropped.

mod early;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

pub use early::{Early, End};

/// The most accounts that one call is put to. A hunt group rings some dozens; each callback of a call costs as much as it has
/// legs.
pub const MOST_LEGS: usize = 256;
/// A start that is repeated so long after the call's end is another call's.
pub const LATE_REPEAT: SignedDuration = SignedDuration::from_mins(15);

/// One callback, understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The call that it is about.
    pub call_id: CallId,
    /// What it says.
    pub signal: Signal,
    /// Parameters that the guide doesn't name.
    pub extra: BTreeMap<String, String>,
}

/// What a callback says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// `incoming_call_start` or `outgoing_call_start`.
    Start {
        /// Which of the two.
        direction: Direction,
        /// The account that it concerns.
        account_id: AccountId,
        /// Who calls; `None` when withheld.
        calling_number: Option<Party>,
        /// Who is called.
        called_number: Option<Party>,
    },
    /// `call_connected`
    Connected,
    /// `call_end`
    End {
        /// As it came.
        status: Option<String>,
        /// Seconds, when it was a whole number.
        billable_duration: Option<u64>,
    },
}

/// How long the relay waits for callbacks that may have been lost.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A call that rings longer is closed, end unknown.
    pub ringing: SignedDuration,
    /// A call that talks longer is closed, end unknown.
    pub talking: SignedDuration,
    /// A connected or end callback waits so long for its start.
    pub early: SignedDuration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            ringing: SignedDuration::from_mins(5),
            talking: SignedDuration::from_hours(12),
            early: SignedDuration::from_mins(15),
        }
    }
}

/// All that is remembered of one `call_id`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The call, once for each account that it concerns.
    pub legs: BTreeMap<AccountId, Call>,
    /// What came before any start; empty once there is a leg.
    pub early: Option<Early>,
}

/// What one callback did to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Legs changed.
    Changed,
    /// Said before: nothing changed.
    Repeat,
    /// No start is known yet; kept until it comes.
    Early,
    /// A start for an account that already has this call the other way round; it isn't applied.
    Conflict,
    /// A start for an account that already has this call, with other numbers or long after its end; it isn't applied.
    Reused,
    /// A start for a further account, of which there are [`MOST_LEGS`]; it isn't applied.
    Crowded,
}

impl Record {
    /// Applies one callback. Gives the legs that changed, as they are now.
    pub fn on(&mut self, report: &Report, now: Timestamp) -> (Verdict, Vec<Call>) {
        match &report.signal {
            Signal::Start {
                direction,
                account_id,
                calling_number,
                called_number,
            } => {
                if let Some(leg) = self.legs.get(account_id) {
                    let are_other = |known: &Option<Party>, told: &Option<Party>| {
                        known
                            .as_ref()
                            .zip(told.as_ref())
                            .is_some_and(|(known, told)| known != told)
                    };
                    let is_reused = are_other(&leg.calling_number, calling_number)
                        || are_other(&leg.called_number, called_number)
                        || leg
                            .ended_at
                            .is_some_and(|ended| now.duration_since(ended) > LATE_REPEAT);
                    let verdict = match (leg.direction == *direction, is_reused) {
                        (false, _) => Verdict::Conflict,
                        (true, true) => Verdict::Reused,
                        (true, false) => Verdict::Repeat,
                    };
                    return (verdict, Vec::new());
                }
                if self.legs.len() >= MOST_LEGS {
                    return (Verdict::Crowded, Vec::new());
                }
                let leg = Call {
                    call_id: report.call_id.clone(),
                    account_id: account_id.clone(),
                    direction: *direction,
                    state: CallState::Ringing,
                    calling_number: calling_number.clone(),
                    called_number: called_number.clone(),
                    started_at: now,
                    connected_at: None,
                    ended_at: None,
                    status: None,
                    billable_duration: None,
                    end_unknown: false,
                    extension: None,
                    extra: report.extra.clone(),
                };
                (Verdict::Changed, vec![self.join(leg)])
            }
            Signal::Connected if self.legs.is_empty() => {
                (Early::connected(&mut self.early, &report.extra, now), Vec::new())
            }
            Signal::End {
                status,
                billable_duration,
            } if self.legs.is_empty() => {
                let end = End {
                    at: now,
                    status: status.clone(),
                    billable_duration: *billable_duration,
                };
                (Early::ended(&mut self.early, end, &report.extra, now), Vec::new())
            }
            Signal::Connected => self.change(&report.extra, |leg| connect(leg, now)),
            Signal::End {
                status,
                billable_duration,
            } => self.change(&report.extra, |leg| {
                end(
                    leg,
                    &End {
                        at: now,
                        status: status.clone(),
                        billable_duration: *billable_duration,
                    },
                )
            }),
        }
    }

    /// Closes the legs that have waited for news too long. Gives those that changed.
    pub fn expire(&mut self, now: Timestamp, limits: &Limits) -> Vec<Call> {
        let (_, changed) = self.change(&BTreeMap::new(), |leg| {
            let (since, limit) = match leg.state {
                CallState::Ringing => (leg.started_at, limits.ringing),
                CallState::Connected => (leg.connected_at.unwrap_or(leg.started_at), limits.talking),
                CallState::Ended => return false,
            };
            // Ahead of the clock by as much: it was set back, and how long the call has waited isn't known.
            if now.duration_since(since).abs() < limit {
                return false;
            }
            leg.state = CallState::Ended;
            leg.ended_at = Some(now.max(since));
            leg.end_unknown = true;
            true
        });
        changed
    }

    /// Adds a leg where the call already is.
    fn join(&mut self, mut leg: Call) -> Call {
        if let Some(early) = self.early.take() {
            early.apply(&mut leg);
        } else if let Some(other) = self.furthest() {
            let end = (other.state == CallState::Ended).then(|| other.ended_at.unwrap_or(leg.started_at));
            for moment in [other.connected_at, end].into_iter().flatten() {
                leg.started_at = leg.started_at.min(moment);
            }
            leg.state = other.state;
            leg.connected_at = other.connected_at;
            leg.ended_at = end;
            leg.status.clone_from(&other.status);
            leg.billable_duration = other.billable_duration;
            leg.end_unknown = other.end_unknown;
        }
        self.legs.insert(leg.account_id.clone(), leg.clone());
        leg
    }

    /// How far the call is. Its legs move together; only a limit can close one before the other, and then the one that
    /// still lives counts.
    fn furthest(&self) -> Option<&Call> {
        self.legs.values().min_by_key(|leg| leg.state == CallState::Ended)
    }

    fn change(
        &mut self,
        extra: &BTreeMap<String, String>,
        mut apply: impl FnMut(&mut Call) -> bool,
    ) -> (Verdict, Vec<Call>) {
        let mut changed = Vec::new();
        for leg in self.legs.values_mut() {
            if apply(leg) {
                leg.extra
                    .extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
                changed.push(leg.clone());
            }
        }
        (
            if changed.is_empty() {
                Verdict::Repeat
            } else {
                Verdict::Changed
            },
            changed,
        )
    }
}

/// Applies `call_connected`; false when it says nothing new.
fn connect(leg: &mut Call, at: Timestamp) -> bool {
    if leg.connected_at.is_some() {
        return false;
    }
    let at = at.max(leg.started_at);
    leg.connected_at = Some(leg.ended_at.map_or(at, |ended| at.min(ended)));
    leg.state = leg.state.max(CallState::Connected);
    true
}

/// Applies `call_end`; false when it says nothing new.
fn end(leg: &mut Call, end: &End) -> bool {
    if leg.state == CallState::Ended && !leg.end_unknown {
        return false;
    }
    leg.state = CallState::Ended;
    leg.ended_at = Some(end.at.max(leg.connected_at.unwrap_or(leg.started_at)));
    leg.status.clone_from(&end.status);
    leg.billable_duration = end.billable_duration;
    leg.end_unknown = false;
    true
}
