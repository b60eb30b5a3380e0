//! What is known of a call before its start has come.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use telephony::Call;

use super::Verdict;

/// `call_connected` and `call_end` that came before any start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Early {
    /// When the first of them came.
    pub since: Timestamp,
    /// When `call_connected` came.
    pub connected_at: Option<Timestamp>,
    /// What `call_end` said.
    pub end: Option<End>,
    /// Their unnamed parameters.
    pub extra: BTreeMap<String, String>,
}

/// What `call_end` said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// When it came.
    pub at: Timestamp,
    /// Its status, as it came.
    pub status: Option<String>,
    /// Seconds, when it was a whole number.
    pub billable_duration: Option<u64>,
}

impl Early {
    fn new(now: Timestamp) -> Self {
        Self {
            since: now,
            connected_at: None,
            end: None,
            extra: BTreeMap::new(),
        }
    }

    pub(super) fn connected(
        slot: &mut Option<Self>,
        extra: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Verdict {
        let early = slot.get_or_insert_with(|| Self::new(now));
        if early.connected_at.is_some() {
            return Verdict::Repeat;
        }
        early.connected_at = Some(now);
        early.keep(extra)
    }

    pub(super) fn ended(
        slot: &mut Option<Self>,
        end: End,
        extra: &BTreeMap<String, String>,
        now: Timestamp,
    ) -> Verdict {
        let early = slot.get_or_insert_with(|| Self::new(now));
        if early.end.is_some() {
            return Verdict::Repeat;
        }
        early.end = Some(end);
        early.keep(extra)
    }

    fn keep(&mut self, extra: &BTreeMap<String, String>) -> Verdict {
        self.extra
            .extend(extra.iter().map(|(name, value)| (name.clone(), value.clone())));
        Verdict::Early
    }

    /// Brings a new leg to where the call already is. It started no later than what is known to have followed.
    pub(super) fn apply(self, leg: &mut Call) {
        leg.started_at = leg.started_at.min(self.since);
        if let Some(at) = self.connected_at {
            super::connect(leg, self.end.as_ref().map_or(at, |end| at.min(end.at)));
        }
        if let Some(end) = &self.end {
            super::end(leg, end);
        }
        leg.extra.extend(self.extra);
    }
}
