//! What people at the phones do, and what the phones show.

use serde::{Deserialize, Serialize};

use super::call::{Call, Party, Plan, Reason, Stage};
use super::{CallKey, World};
use crate::config::Account;
use crate::error::SimError;
use crate::faults::WithheldForm;
use crate::number::E164;
use crate::seconds;

/// The longest text that may stand for a caller's number.
const LONGEST_CALLER: usize = 64;

/// Somebody calls an account, or several at once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ring {
    /// The account that is called.
    pub to: String,
    /// Accounts whose phones ring with it (a ring group): one call with one `call_id`, a start callback for each of them, and
    /// whoever picks up first has it. Which one that was, no callback tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// The number that was dialled, in E.164, such as a group's. Missing or null: the number of the account `to`.
    #[serde(default)]
    pub called: Option<String>,
    /// The caller's number, as E.164 or as any text that a foreign network may send; missing or null: withheld. The
    /// number of another account of the simulator makes it a call between the two.
    #[serde(default)]
    pub from: Option<String>,
    /// When it is answered. Missing or null: not by itself.
    #[serde(default)]
    pub answer_after_s: Option<f64>,
    /// How long they talk. Missing or null: as configured.
    #[serde(default)]
    pub talk_s: Option<f64>,
    /// How long the phone rings before the caller gives up. Missing or null: as configured.
    #[serde(default)]
    pub ring_for_s: Option<f64>,
    /// How a withheld caller is written for this call. Missing: as the faults say.
    #[serde(default)]
    pub withheld: Option<WithheldForm>,
}

/// Somebody dials by hand on an account's phone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dial {
    /// The account whose phone is used.
    pub from: String,
    /// The number dialled, in E.164.
    pub to: String,
    /// When it is answered. Missing or null: as configured.
    #[serde(default)]
    pub answer_after_s: Option<f64>,
    /// How long they talk. Missing or null: as configured.
    #[serde(default)]
    pub talk_s: Option<f64>,
}

/// A call that was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialled {
    /// Its id; with two ids for a call between two accounts, the one of the account that calls.
    pub call_id: String,
}

/// Who hangs up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HangUpBy {
    /// Whoever sits at the account's phone.
    #[default]
    Account,
    /// The other side.
    OtherParty,
}

/// Which call, and who hangs up.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HangUp {
    /// The call. Missing: the one that talks, else the one that rings longest.
    pub call_id: Option<String>,
    /// Who.
    pub by: HangUpBy,
}

/// What a phone is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneState {
    /// Nothing.
    Idle,
    /// It rings: somebody calls it, or its own click-to-call waits for it to be picked up.
    Ringing,
    /// It was picked up, and the other party's phone rings.
    Calling,
    /// Both sides talk.
    Talking,
}

/// A phone as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneStatus {
    /// Its account.
    pub account: String,
    /// Its number.
    pub number: E164,
    /// What it is doing, in its liveliest call.
    pub state: PhoneState,
    /// That call's id.
    pub call: Option<String>,
    /// All its calls, the oldest first.
    pub calls: Vec<PhoneCall>,
}

/// One call on a phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneCall {
    /// Its id.
    pub call_id: String,
    /// `incoming` or `outgoing`.
    pub direction: String,
    /// What the phone does in it.
    pub state: PhoneState,
    /// The other party; null when withheld.
    pub number: Option<String>,
}

impl World {
    /// All phones, by account.
    pub(crate) fn phones(&self) -> Vec<PhoneStatus> {
        self.accounts
            .values()
            .map(|account| self.phone(&account.id, &account.number))
            .collect()
    }

    fn phone(&self, account: &str, number: &E164) -> PhoneStatus {
        let calls: Vec<PhoneCall> = self
            .calls
            .values()
            .filter_map(|call| phone_call(call, account))
            .collect();
        let liveliest = calls.iter().rev().max_by_key(|call| call.state);
        PhoneStatus {
            account: account.to_owned(),
            number: number.clone(),
            state: liveliest.map_or(PhoneState::Idle, |call| call.state),
            call: liveliest.map(|call| call.call_id.clone()),
            calls,
        }
    }

    /// Somebody calls.
    pub(crate) fn ring(&mut self, ring: &Ring) -> Result<Dialled, SimError> {
        let callee = self.called(ring)?;
        let caller = match ring.from.as_deref() {
            None | Some("") => Party::Withheld,
            Some(text) if text.len() > LONGEST_CALLER => {
                return Err(SimError::Request(format!(
                    "a caller's number has at most {LONGEST_CALLER} characters"
                )));
            }
            Some(text) => match E164::parse(text) {
                Some(number) => self.party(number),
                None => Party::Outside(text.to_owned()),
            },
        };
        let timing = self.config.timing;
        let plan = Plan {
            pickup_after: None,
            answer_after: time(ring.answer_after_s)?,
            talk: time(ring.talk_s)?.or(timing.talk),
            ring_for: time(ring.ring_for_s)?.or(timing.ring_for),
        };
        self.begin(caller, callee, plan, ring.withheld)
    }

    /// Somebody dials by hand.
    pub(crate) fn dial(&mut self, dial: &Dial) -> Result<Dialled, SimError> {
        let caller = self.own_party(&dial.from)?;
        let callee = self.party(dialled(&dial.to)?);
        let timing = self.config.timing;
        let plan = Plan {
            pickup_after: None,
            answer_after: time(dial.answer_after_s)?.or(timing.answer_after),
            talk: time(dial.talk_s)?.or(timing.talk),
            ring_for: timing.ring_for,
        };
        self.begin(caller, callee, plan, None)
    }

    fn begin(
        &mut self,
        caller: Party,
        callee: Party,
        plan: Plan,
        withheld: Option<WithheldForm>,
    ) -> Result<Dialled, SimError> {
        if !self.room_for_a_call() {
            return Err(SimError::NotNow(
                "too many calls are going on; let some end first".into(),
            ));
        }
        let (_, call_id) = self.start_call((caller, callee), Stage::CalleeRings, plan, withheld);
        Ok(Dialled { call_id })
    }

    /// Whose phones ring, and by which number.
    fn called(&self, ring: &Ring) -> Result<Party, SimError> {
        let first = self.account(&ring.to)?;
        let number = match &ring.called {
            None => first.number.clone(),
            Some(text) => dialled(text)?,
        };
        let mut accounts = vec![first.id.clone()];
        for also in &ring.also {
            let also = &self.account(also)?.id;
            if !accounts.contains(also) {
                accounts.push(also.clone());
            }
        }
        Ok(match accounts.len() {
            1 => Party::Account {
                id: first.id.clone(),
                number,
            },
            _ => Party::Group { accounts, number },
        })
    }

    fn own_party(&self, account: &str) -> Result<Party, SimError> {
        let account = self.account(account)?;
        Ok(Party::Account {
            id: account.id.clone(),
            number: account.number.clone(),
        })
    }

    fn account(&self, account: &str) -> Result<&Account, SimError> {
        let known = self.accounts.get(account);
        known.ok_or_else(|| SimError::NoSuchAccount(account.to_owned()))
    }

    /// The handset of a ringing phone is lifted.
    pub(crate) fn pick_up(&mut self, account: &str, call_id: Option<&str>) -> Result<(), SimError> {
        let rings = |call: &Call| phone_call(call, account).is_some_and(|on| on.state == PhoneState::Ringing);
        let key = self.find(account, call_id, rings, "no call rings on the phone of")?;
        match self.calls.get(&key).map(|call| call.stage) {
            Some(Stage::OwnPhoneRings) => self.picked_up(key),
            _ => self.answered(key, Some(account)),
        }
        Ok(())
    }

    /// Whatever rings next in the account's call is answered: its own phone, or the other party's.
    pub(crate) fn answer(&mut self, account: &str, call_id: Option<&str>) -> Result<(), SimError> {
        let rings = |call: &Call| matches!(call.stage, Stage::OwnPhoneRings | Stage::CalleeRings);
        let key = self.find(
            account,
            call_id,
            rings,
            "nothing waits to be answered in the calls of",
        )?;
        match self.calls.get(&key).map(|call| call.stage) {
            Some(Stage::OwnPhoneRings) => self.picked_up(key),
            _ => self.answered(key, Some(account)),
        }
        Ok(())
    }

    /// Somebody hangs up, refuses or gives up.
    pub(crate) fn hang_up(&mut self, account: &str, how: &HangUp) -> Result<(), SimError> {
        let talks = |call: &Call| call.stage == Stage::Connected;
        let id = how.call_id.as_deref();
        let key = self
            .find(account, id, talks, "no call on the phone of")
            .or_else(|_| {
                self.find(
                    account,
                    id,
                    |call| call.stage != Stage::Ended,
                    "there is no call on the phone of",
                )
            })?;
        let Some(call) = self.calls.get(&key) else {
            return Ok(());
        };
        let is_caller = call.caller.is(account);
        let reason = match (call.stage, is_caller == (how.by == HangUpBy::Account)) {
            (Stage::Connected | Stage::Ended, _) => Reason::Answered,
            (_, true) => Reason::Cancelled,
            (_, false) => Reason::Rejected,
        };
        let stage = call.stage;
        if reason != Reason::Rejected || is_caller || !self.leave(key, account) {
            self.finish(key, stage, reason);
        }
        Ok(())
    }

    fn find(
        &self,
        account: &str,
        call_id: Option<&str>,
        fits: impl Fn(&Call) -> bool,
        otherwise: &str,
    ) -> Result<CallKey, SimError> {
        if !self.accounts.contains_key(account) {
            return Err(SimError::NoSuchAccount(account.to_owned()));
        }
        let on_it = |call: &Call| {
            call.leg(account)
                .is_some_and(|leg| call_id.is_none_or(|id| leg.call_id == id))
        };
        let found = self
            .calls
            .iter()
            .find(|(_, call)| call.stage != Stage::Ended && on_it(call) && fits(call));
        found
            .map(|(key, _)| *key)
            .ok_or_else(|| SimError::NotNow(format!("{otherwise} {account} just now")))
    }
}

fn phone_call(call: &Call, account: &str) -> Option<PhoneCall> {
    let leg = call.leg(account)?;
    let state = match (call.stage, leg.outgoing) {
        (Stage::Ended, _) => return None,
        (Stage::OwnPhoneRings, _) | (Stage::CalleeRings, false) => PhoneState::Ringing,
        (Stage::CalleeRings, true) => PhoneState::Calling,
        (Stage::Connected, _) => PhoneState::Talking,
    };
    let (direction, other) = if leg.outgoing {
        ("outgoing", &call.callee)
    } else {
        ("incoming", &call.caller)
    };
    Some(PhoneCall {
        call_id: leg.call_id.clone(),
        direction: direction.to_owned(),
        state,
        number: other.shown(),
    })
}

fn dialled(text: &str) -> Result<E164, SimError> {
    let why = || SimError::Request("the number dialled is E.164, such as +33199000001".into());
    E164::parse(text).ok_or_else(why)
}

fn time(seconds: Option<f64>) -> Result<Option<std::time::Duration>, SimError> {
    seconds::optional(seconds).map_err(SimError::Request)
}
