//! A call as the platform tells it: who, which account, and in what state.
//!
//! The JSON form of [`Call`] is the wire form of the relay (`/v1/events`, `/v1/calls`) and of the agent's journal.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::number::Party;

/// The platform's identifier of a call, opaque, compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(pub String);

/// A Centrex account: one phone line of the company. Opaque, compared byte for byte.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountId(pub String);

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which way a call runs, seen from its account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Somebody calls the account.
    Incoming,
    /// The account calls somebody.
    Outgoing,
}

/// How far a call is. It only ever goes forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// Started, not answered.
    Ringing,
    /// Both sides talk.
    Connected,
    /// Over.
    Ended,
}

/// The whole state of one call on one account. The last one received is enough: losing or repeating one does no harm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// The platform's id of the call.
    pub call_id: CallId,
    /// The account that it concerns; one call may concern several, each has a `Call` of its own.
    pub account_id: AccountId,
    /// Seen from the account.
    pub direction: Direction,
    /// How far it is.
    pub state: CallState,
    /// Who calls. `None`: withheld or not sent.
    #[serde(default)]
    pub calling_number: Option<Party>,
    /// Who is called (for an incoming call: the line that was called).
    #[serde(default)]
    pub called_number: Option<Party>,
    /// When the start callback reached the relay.
    pub started_at: Timestamp,
    /// When the connected callback reached the relay.
    #[serde(default)]
    pub connected_at: Option<Timestamp>,
    /// When the end callback reached the relay, or when the relay gave up waiting for it.
    #[serde(default)]
    pub ended_at: Option<Timestamp>,
    /// The platform's `status` of the end, as it came. Its vocabulary is not documented: show it, never branch on it.
    #[serde(default)]
    pub status: Option<String>,
    /// Seconds to be billed, when the platform told a whole number of them.
    #[serde(default)]
    pub billable_duration: Option<u64>,
    /// The relay closed the call because no end ever came: how it ended is not known.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end_unknown: bool,
    /// The other party was told as this extension of the company, and its number is by the company's rule
    /// ([`crate::Rules::read`]): the desktop's doing, no relay's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Callback parameters that the guide doesn't name, as they came.
    #[serde(default)]
    pub extra: BTreeMap<String, String>,
}

impl Call {
    /// The other end of the line: the caller of an incoming call, the called one of an outgoing call.
    pub fn other_party(&self) -> Option<&Party> {
        match self.direction {
            Direction::Incoming => self.calling_number.as_ref(),
            Direction::Outgoing => self.called_number.as_ref(),
        }
    }

    /// When it last changed, by the relay's clock.
    pub fn last_change(&self) -> Timestamp {
        let latest = self.connected_at.into_iter().chain(self.ended_at).max();
        latest.map_or(self.started_at, |at| at.max(self.started_at))
    }

    /// An incoming call that ended and was never connected, whatever the platform's status says.
    /// A call that the relay closed for want of news is not counted: nobody knows.
    pub fn is_missed(&self) -> bool {
        self.direction == Direction::Incoming
            && self.state == CallState::Ended
            && self.connected_at.is_none()
            && !self.end_unknown
    }
}
