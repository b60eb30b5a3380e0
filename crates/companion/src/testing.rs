//! Calls for tests.

use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

use crate::event::{CallKey, NoteKey};

pub(crate) const CALLER: &str = "+33199000001";
pub(crate) const OWN: &str = "+33199000099";

/// The tests' clock: seconds after some moment.
pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

/// A ringing incoming call on account 1001 that started at second 0.
pub(crate) fn incoming(id: &str) -> Call {
    Call {
        call_id: CallId(id.into()),
        account_id: AccountId("1001".into()),
        direction: Direction::Incoming,
        state: CallState::Ringing,
        calling_number: Some(Party::from(CALLER.to_owned())),
        called_number: Some(Party::from(OWN.to_owned())),
        started_at: at(0),
        connected_at: None,
        ended_at: None,
        status: None,
        billable_duration: None,
        end_unknown: false,
        extension: None,
        extra: Default::default(),
    }
}

/// A ringing outgoing call from account 1001 that started at that second.
pub(crate) fn outgoing(id: &str, to: &str, started: i64) -> Call {
    Call {
        direction: Direction::Outgoing,
        calling_number: Some(Party::from(OWN.to_owned())),
        called_number: Some(Party::from(to.to_owned())),
        started_at: at(started),
        ..incoming(id)
    }
}

pub(crate) fn on_account(mut call: Call, account: &str) -> Call {
    call.account_id = AccountId(account.into());
    call
}

pub(crate) fn started(mut call: Call, second: i64) -> Call {
    call.started_at = at(second);
    call
}

pub(crate) fn connected(mut call: Call, second: i64) -> Call {
    call.state = CallState::Connected;
    call.connected_at = Some(at(second));
    call
}

pub(crate) fn ended(mut call: Call, second: i64) -> Call {
    call.state = CallState::Ended;
    call.ended_at = Some(at(second));
    call
}

pub(crate) fn note_key(id: &str) -> NoteKey {
    NoteKey::Call(key(id))
}

pub(crate) fn key(id: &str) -> CallKey {
    CallKey {
        account: AccountId("1001".into()),
        call: CallId(id.into()),
    }
}
