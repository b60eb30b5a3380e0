//! The pending dial: from one press to a call that is known, without ever pressing twice.
//!
//! A dial has two legs: the platform rings the own phone, then calls the other party. What the platform tells of it is one
//! `outgoing_call_start`, and whether that comes at the request or once the own phone is picked up isn't documented. The card
//! is right with both: it claims a stage only when it was said.

use std::collections::VecDeque;

use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, Direction, E164, Party};

use crate::board::Board;
use crate::dialled::{Dialled, OwnLeg, Remembered, began};
use crate::effect::Effect;
use crate::event::{CallKey, DialFailure, DialId, DialReason};
use crate::time::{after, seconds_between};
use crate::view::{DialStage, Outcome};
use crate::words::Message;

/// The same number again within this time is a question: a double click shall not ring twice.
pub(crate) const REPEAT_S: i64 = 5;
/// An outgoing call to the dialled number that starts this soon after the press is the dialled one.
pub(crate) const MATCH_S: i64 = 120;
/// The platform took the call and a listening relay told nothing: it came to nothing. A later start still corrects it.
pub(crate) const NOTHING_RANG_S: i64 = 60;
/// The agent always reports an outcome; should it not, the card doesn't wait for ever.
const ASKING_LIMIT_S: i64 = 90;
/// The relay's clock may be this much off ours.
pub(crate) const SKEW_S: i64 = 3;
/// Presses remembered, so that none counts twice.
const PRESSES: usize = 64;

/// Who pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// The pad of the window: the card shows what becomes of it.
    Pad,
    /// The button of this call's notification: a failure must be told by another one.
    Note(CallKey),
}

/// Why the person is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    /// The number itself: premium rate and the like.
    Number(Message),
    /// The same number a moment ago.
    Repeat,
    /// The company's rules ask for it, as the relay told.
    Company,
}

/// How far the dial is, with what only that stage knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The person is asked.
    Question(Question),
    /// The platform hasn't answered.
    Asking,
    /// The platform took it, at this time.
    PickUp(Timestamp),
    /// The call is on the board.
    Known(CallKey),
    /// Nothing more can be heard of it (no relay listens).
    Unseen(Timestamp),
    /// It came to nothing, or may have: why, and when.
    Failed(Failure, Timestamp),
}

/// Why a dial failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Before anything was sent: the sentence.
    Before(Message),
    /// The outcome told it.
    Outcome(DialFailure),
}

/// The dial that the card shows.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub id: DialId,
    pub input: String,
    pub number: Option<E164>,
    pub account: Option<AccountId>,
    pub press: Press,
    pub stage: Stage,
    pub asked_at: Timestamp,
    call_id: Option<CallId>,
    /// The person closed the card; it goes on behind it.
    hidden: bool,
}

/// What the desk tells back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Nothing to do.
    Quiet,
    /// The dial of a notification's button failed: say so there.
    TellFailure(CallKey),
    /// It was told as failed and goes on after all.
    TakeBack(CallKey),
    /// Who pressed a notification's button is led to the question.
    Ask,
}

/// The one pending dial, and what is remembered of those before.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    /// The last one that was asked of the platform.
    pending: Option<Pending>,
    /// A question, or a refusal before anything was sent: it lies over the pending one and takes nothing from it.
    aside: Option<Pending>,
    /// The last call that was asked for and may have rung.
    last: Option<(E164, Timestamp)>,
    presses: VecDeque<DialId>,
    remembered: Remembered,
}

impl Desk {
    /// The dial for the card, unless the person closed it.
    pub fn card(&self) -> Option<&Pending> {
        self.aside
            .as_ref()
            .or_else(|| self.pending.as_ref().filter(|pending| !pending.hidden))
    }

    /// Why the last request failed, if it did.
    pub fn failure(&self) -> Option<DialFailure> {
        match self.pending.as_ref()?.stage {
            Stage::Failed(Failure::Outcome(failure), _) => Some(failure),
            _ => None,
        }
    }

    /// Whose phone this press rings first.
    pub fn account_of(&self, id: DialId) -> Option<AccountId> {
        self.remembered.account_of(id).cloned()
    }

    /// Whether this call is the one that was dialled last.
    pub fn is_dialled(&self, key: &CallKey) -> bool {
        let stage = self.pending.as_ref().map(|pending| &pending.stage);
        matches!(stage, Some(Stage::Known(known)) if known == key)
    }

    /// Notes a press; false when it was noted before.
    pub fn first_press(&mut self, id: DialId) -> bool {
        if self.presses.contains(&id) {
            return false;
        }
        self.presses.push_back(id);
        if self.presses.len() > PRESSES {
            self.presses.pop_front();
        }
        true
    }

    /// A request is under way: nothing else may be sent until it is answered.
    pub fn is_asking(&self) -> bool {
        matches!(
            self.pending.as_ref().map(|pending| &pending.stage),
            Some(Stage::Asking)
        )
    }

    /// Whether this number was asked for a moment ago and the person hasn't said yes to that.
    pub fn repeats(&self, number: &E164, confirmed: bool, now: Timestamp) -> bool {
        let recent = self
            .last
            .as_ref()
            .is_some_and(|(last, at)| last == number && now < after(*at, REPEAT_S));
        let said_yes = confirmed
            && self.aside.as_ref().is_some_and(|aside| {
                aside.number.as_ref() == Some(number) && aside.stage == Stage::Question(Question::Repeat)
            });
        recent && !said_yes
    }

    /// Whether the person sees the company's question about this number.
    pub fn company_asked(&self, number: Option<&E164>) -> bool {
        self.aside.as_ref().is_some_and(|aside| {
            aside.number.as_ref() == number && aside.stage == Stage::Question(Question::Company)
        })
    }

    /// The request goes out now; gives what is to be kept of it.
    pub fn ask(&mut self, id: DialId, begin: Begin, now: Timestamp) -> Option<Dialled> {
        let dialled = begin.account.clone().map(|account| Dialled {
            id,
            account,
            at: now,
            call: None,
            own_leg: None,
        });
        if let Some(dialled) = dialled.clone() {
            self.remembered.ask(dialled);
        }
        if let Some(number) = &begin.number {
            self.last = Some((number.clone(), now));
        }
        self.aside = None;
        self.pending = Some(begin.pending(id, Stage::Asking, now));
        dialled
    }

    /// Nothing goes out yet, or at all: the person is asked, or told why.
    pub fn hold(&mut self, id: DialId, begin: Begin, stage: Stage, now: Timestamp) {
        self.aside = Some(begin.pending(id, stage, now));
    }

    /// What became of the request.
    pub fn outcome(
        &mut self,
        id: DialId,
        result: Result<Option<CallId>, DialFailure>,
        board: &Board,
        now: Timestamp,
    ) -> Turn {
        let Some(pending) = self.pending.as_mut().filter(|pending| pending.id == id) else {
            return Turn::Quiet;
        };
        if let Ok(Some(call_id)) = &result {
            pending.call_id = Some(call_id.clone());
        }
        // The call itself may have been announced before the answer came; then that is what counts.
        if pending.stage != Stage::Asking {
            return Turn::Quiet;
        }
        match result {
            Ok(_) => {
                pending.stage = pending.announced(board).map_or(Stage::PickUp(now), Stage::Known);
                Turn::Quiet
            }
            Err(failure) => {
                if !failure.may_have_rung {
                    self.last = None;
                }
                if failure.reason == DialReason::ToConfirm {
                    return self.question_of_the_company();
                }
                pending.fail(failure, now)
            }
        }
    }

    /// The relay sent nothing on: the request becomes a question.
    fn question_of_the_company(&mut self) -> Turn {
        let Some(pending) = self.pending.take() else {
            return Turn::Quiet;
        };
        let turn = match pending.press {
            Press::Note(_) => Turn::Ask,
            Press::Pad => Turn::Quiet,
        };
        self.aside = Some(Pending {
            stage: Stage::Question(Question::Company),
            ..pending
        });
        turn
    }

    /// Whether an incoming call is only the own phone, ringing for what was dialled.
    pub fn own_leg(&mut self, call: &Call, age_s: i64, board: &Board, now: Timestamp) -> OwnLeg {
        self.remembered.own_leg(call, age_s, board, now)
    }

    /// What the process before this one dialled.
    pub fn dialled_before(&mut self, dialled: Vec<Dialled>) {
        self.remembered.before(dialled);
    }

    /// What is to be kept of a request's answer.
    pub fn settled(&mut self, id: DialId, result: &Result<Option<CallId>, DialFailure>) -> Option<Effect> {
        self.remembered.settled(id, result)
    }

    /// News of a call that the board didn't know: is it the dialled one?
    pub fn recognise(&mut self, call: &Call, age_s: i64, now: Timestamp) -> Turn {
        let Some(pending) = &mut self.pending else {
            return Turn::Quiet;
        };
        if !pending.matches(call, age_s, now) {
            return Turn::Quiet;
        }
        let told = matches!(pending.stage, Stage::Failed(..));
        pending.stage = Stage::Known(CallKey::of(call));
        match (&pending.press, told) {
            (Press::Note(key), true) => Turn::TakeBack(key.clone()),
            _ => Turn::Quiet,
        }
    }

    /// The person closed the card. What is under way goes on: under a question it shows again, else behind the closed card.
    /// While the platform is asked the card stays: nothing else can be dialled then, and it says why.
    pub fn dismiss(&mut self, board: &Board) {
        let aside = self.aside.take();
        if let Some(pending) = &mut self.pending {
            let over = matches!(stage_of(pending, board), DialStage::Ended | DialStage::Failed);
            let asks = pending.stage == Stage::Asking;
            pending.hidden |= over || (aside.is_none() && !asks);
        }
    }

    /// What has become due. `hears`: the relay listens, so that silence means something.
    pub fn tick(&mut self, hears: bool, now: Timestamp) -> Turn {
        let Some(pending) = &mut self.pending else {
            return Turn::Quiet;
        };
        if pending.deadline().is_none_or(|at| now < at) {
            return Turn::Quiet;
        }
        match pending.stage {
            Stage::Asking => pending.fail(
                DialFailure {
                    reason: DialReason::Timeout,
                    may_have_rung: true,
                },
                now,
            ),
            Stage::PickUp(_) if hears => pending.fail(
                DialFailure {
                    reason: DialReason::NothingRang,
                    may_have_rung: true,
                },
                now,
            ),
            Stage::PickUp(_) => {
                pending.stage = Stage::Unseen(now);
                Turn::Quiet
            }
            _ => Turn::Quiet,
        }
    }

    /// When [`Desk::tick`] is wanted next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.pending.as_ref().and_then(Pending::deadline)
    }
}

impl Begin {
    fn pending(self, id: DialId, stage: Stage, now: Timestamp) -> Pending {
        let Self {
            input,
            number,
            account,
            press,
        } = self;
        Pending {
            id,
            input,
            number,
            account,
            press,
            stage,
            asked_at: now,
            call_id: None,
            hidden: false,
        }
    }
}

/// What a dial begins with.
#[derive(Clone, Debug)]
pub(crate) struct Begin {
    pub input: String,
    pub number: Option<E164>,
    pub account: Option<AccountId>,
    pub press: Press,
}

impl Pending {
    fn deadline(&self) -> Option<Timestamp> {
        match self.stage {
            Stage::Asking => Some(after(self.asked_at, ASKING_LIMIT_S)),
            Stage::PickUp(taken_at) => Some(after(taken_at, NOTHING_RANG_S)),
            _ => None,
        }
    }

    /// The call by the id of the platform's answer, should it have been announced before that answer came.
    fn announced(&self, board: &Board) -> Option<CallKey> {
        let key = CallKey {
            account: self.account.clone()?,
            call: self.call_id.clone()?,
        };
        board
            .call(&key)
            .is_some_and(|call| call.direction == Direction::Outgoing)
            .then_some(key)
    }

    fn fail(&mut self, failure: DialFailure, now: Timestamp) -> Turn {
        self.stage = Stage::Failed(Failure::Outcome(failure), now);
        self.hidden = false;
        match &self.press {
            Press::Note(key) => Turn::TellFailure(key.clone()),
            Press::Pad => Turn::Quiet,
        }
    }

    fn matches(&self, call: &Call, age_s: i64, now: Timestamp) -> bool {
        let waiting = match &self.stage {
            Stage::Asking | Stage::PickUp(_) | Stage::Unseen(_) => true,
            Stage::Failed(Failure::Outcome(failure), _) => failure.may_have_rung,
            _ => false,
        };
        let same_number =
            matches!((&call.called_number, &self.number), (Some(Party::Number(a)), Some(b)) if a == b);
        let same_id = self.call_id.as_ref() == Some(&call.call_id);
        // A call first heard of when it is connected, or hours later, began before.
        let after_press = seconds_between(self.asked_at, began(call, age_s, now));
        waiting
            && call.direction == Direction::Outgoing
            && self.account.as_ref() == Some(&call.account_id)
            && (same_number || same_id)
            && (-SKEW_S..=MATCH_S).contains(&after_press)
    }
}

/// The stage as people see it; a known call's is the board's.
pub(crate) fn stage_of(pending: &Pending, board: &Board) -> DialStage {
    match &pending.stage {
        Stage::Question(_) => DialStage::Question,
        Stage::Asking => DialStage::Asking,
        Stage::PickUp(_) => DialStage::PickUp,
        Stage::Unseen(_) => DialStage::Ended,
        Stage::Failed(..) => DialStage::Failed,
        Stage::Known(key) => match board.outcome(key) {
            Some(Outcome::Ringing) => DialStage::Calling,
            Some(Outcome::Talking) => DialStage::Talking,
            _ => DialStage::Ended,
        },
    }
}
