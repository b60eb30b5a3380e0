//! From a person's wish to one request to the platform, or to the sentence that says why not.

use jiff::Timestamp;
use telephony::{AccountId, E164};

use super::Companion;
use crate::dial::{self, Begin, Failure, Press, Question, Stage, Turn};
use crate::effect::{Effect, Place, Route};
use crate::event::{
    CallKey, CredentialKind, CredentialState, DialFailure, DialId, DialReason, DialRequest, KeychainProblem,
    Link,
};
use crate::known::Known;
use crate::numbers::{self, Judged};
use crate::obstacle::Obstacle;
use crate::settings::{Authentication, Mode};
use crate::view::{DialCard, DialStage, Outcome, Verdict};
use crate::words::Message;

impl Companion {
    pub(super) fn dial_from_pad(&mut self, request: DialRequest, now: Timestamp) -> Vec<Effect> {
        self.dial_now(request, Press::Pad, now)
    }

    pub(super) fn dial_from_note(
        &mut self,
        key: CallKey,
        number: E164,
        id: DialId,
        now: Timestamp,
    ) -> Vec<Effect> {
        let account = Some(key.account.clone()).filter(|account| self.accounts().contains(account));
        let request = DialRequest {
            id,
            input: number.as_str().to_owned(),
            account,
            confirmed: false,
        };
        self.dial_now(request, Press::Note(key), now)
    }

    fn dial_now(&mut self, request: DialRequest, press: Press, now: Timestamp) -> Vec<Effect> {
        let DialRequest {
            id,
            input,
            account,
            confirmed,
        } = request;
        if !self.desk.first_press(id) {
            return Vec::new();
        }
        if self.desk.is_asking() {
            // The card of the request under way stays; a notification's button gets its answer.
            return self.tell(&press, &Message::new("dial-busy"));
        }
        let judged = numbers::judge(&input, &self.rules, self.language());
        let account = account.or_else(|| self.accounts().into_iter().next());
        let begin = Begin {
            input,
            number: judged.understood.number.clone(),
            account,
            press,
        };
        // The card names whom it calls.
        let look_up = begin
            .number
            .as_ref()
            .and_then(|number| self.look_up_number(number));
        let refusal = judged
            .refusal
            .clone()
            .or_else(|| self.obstacle().map(Obstacle::of_a_call));
        let mut effects = if let Some(why) = refusal {
            self.hold(id, begin, Stage::Failed(Failure::Before(why), now), now)
        } else if let Some(question) = self.question(&judged, confirmed, now) {
            self.hold(id, begin, Stage::Question(question), now)
        } else {
            let said_yes = judged.understood.verdict == Verdict::Confirm
                || (confirmed && self.desk.company_asked(begin.number.as_ref()));
            self.place(id, begin, said_yes, now)
        };
        effects.extend(look_up);
        effects
    }

    /// What the person must say yes to first, if anything.
    fn question(&self, judged: &Judged, confirmed: bool, now: Timestamp) -> Option<Question> {
        let understood = &judged.understood;
        if understood.verdict == Verdict::Confirm && !confirmed {
            return understood.message.clone().map(Question::Number);
        }
        let number = understood.number.as_ref()?;
        self.desk
            .repeats(number, confirmed, now)
            .then_some(Question::Repeat)
    }

    /// Nothing is sent: the card asks or says why. Whoever pressed a notification's button is answered outside the window,
    /// or led to the question.
    fn hold(&mut self, id: DialId, begin: Begin, stage: Stage, now: Timestamp) -> Vec<Effect> {
        let effects = match (&stage, &begin.press) {
            (Stage::Question(_), Press::Note(_)) => vec![Effect::OpenWindow(Place::Pad)],
            (Stage::Failed(Failure::Before(why), _), press) => self.tell(press, why),
            _ => Vec::new(),
        };
        self.desk.hold(id, begin, stage, now);
        effects
    }

    /// The one place that asks the platform for a call.
    fn place(&mut self, id: DialId, begin: Begin, confirmed: bool, now: Timestamp) -> Vec<Effect> {
        let (Some(number), Some(account)) = (begin.number.clone(), begin.account.clone()) else {
            let why = Obstacle::NotConfigured.of_a_call();
            return self.hold(id, begin, Stage::Failed(Failure::Before(why), now), now);
        };
        let kept = self.desk.ask(id, begin, now).map(Effect::Dialled);
        let route = match self.settings.mode {
            Mode::Direct => Route::Direct,
            Mode::Relay | Mode::Unset => Route::Relay,
        };
        let request = Effect::PlaceCall {
            id,
            number,
            account,
            route,
            confirmed,
        };
        kept.into_iter().chain([request]).collect()
    }

    /// A failure of a notification's button is told by a notification; the pad shows its own on the card.
    fn tell(&self, press: &Press, why: &Message) -> Vec<Effect> {
        match press {
            Press::Pad => Vec::new(),
            Press::Note(key) => vec![Effect::Notify(self.style().call_back_failed(key.clone(), why))],
        }
    }

    /// What the desk's turn means outside.
    pub(super) fn follow(&self, turn: Turn) -> Vec<Effect> {
        match turn {
            Turn::Quiet => Vec::new(),
            Turn::TellFailure(key) => match self.desk.failure() {
                Some(failure) => vec![Effect::Notify(
                    self.style().call_back_failed(key, &self.failed(failure)),
                )],
                None => Vec::new(),
            },
            Turn::TakeBack(key) => vec![Effect::Withdraw(key.into())],
            Turn::Ask => vec![Effect::OpenWindow(Place::Pad)],
        }
    }

    /// A call is being asked for: a further press is refused until that is answered.
    pub fn is_asking(&self) -> bool {
        self.desk.is_asking()
    }

    /// The sentence for a failed dial. What stands between the relay and the platform is the administrator's to mend: nobody is
    /// sent to a connection or a key that this computer doesn't use.
    fn failed(&self, failure: DialFailure) -> Message {
        let rang = if failure.may_have_rung { "yes" } else { "no" };
        let message = match self.settings.mode {
            Mode::Relay => failure.reason.message_by_relay(),
            Mode::Direct | Mode::Unset => failure.reason.message(),
        };
        message.with("rang", rang)
    }

    /// Something is set up to work with: a relay, or all that direct mode dials with.
    pub(super) fn is_set_up(&self) -> bool {
        match self.settings.mode {
            Mode::Unset => false,
            Mode::Relay => self.settings.relay_url.is_some(),
            Mode::Direct => {
                self.settings.account_id.is_some()
                    && self.credential(self.direct_credential()) != CredentialState::Absent
            }
        }
    }

    /// Why no call could be placed now; `None`: it could, as far as is known here.
    pub fn cannot_dial(&self) -> Option<Message> {
        self.obstacle().map(Obstacle::idle)
    }

    fn obstacle(&self) -> Option<Obstacle> {
        match self.settings.mode {
            Mode::Unset => Some(Obstacle::NotConfigured),
            Mode::Direct => self.cannot_dial_direct(),
            Mode::Relay => self.cannot_dial_by_relay(),
        }
    }

    fn cannot_dial_direct(&self) -> Option<Obstacle> {
        if self.settings.account_id.is_none() {
            return Some(Obstacle::NotConfigured);
        }
        match self.credential(self.direct_credential()) {
            CredentialState::Absent => Some(Obstacle::NoCredential),
            CredentialState::Elsewhere => Some(Obstacle::OtherPlatform),
            CredentialState::Unavailable(problem) => Some(Obstacle::Keychain(problem)),
            CredentialState::Present | CredentialState::Unknown => None,
        }
    }

    /// The credential that direct mode dials with.
    fn direct_credential(&self) -> CredentialKind {
        match self.settings.authentication {
            Authentication::ApiKey => CredentialKind::ApiKey,
            Authentication::AccountPassword => CredentialKind::AccountPassword,
        }
    }

    fn cannot_dial_by_relay(&self) -> Option<Obstacle> {
        if self.settings.relay_url.is_none() {
            return Some(Obstacle::NotConfigured);
        }
        match self.credential(CredentialKind::RelayToken) {
            CredentialState::Absent | CredentialState::Elsewhere => {
                return Some(Obstacle::NotEnrolled);
            }
            CredentialState::Unavailable(problem) => return Some(Obstacle::Keychain(problem)),
            CredentialState::Present | CredentialState::Unknown => {}
        }
        match &self.link {
            Link::Refused => Some(Obstacle::RelayRefused),
            Link::Live { can_dial: false, .. } => Some(Obstacle::RelayCannotDial),
            // Without an account nothing can be asked for; with one, the relay may answer although its stream is down.
            _ if self.accounts().is_empty() => Some(Obstacle::RelayUnreachable),
            _ => None,
        }
    }

    /// The accounts of this desktop, the default one first.
    pub fn accounts(&self) -> Vec<AccountId> {
        let mut accounts = match self.settings.mode {
            Mode::Unset => Vec::new(),
            Mode::Direct => self.settings.account_id.iter().cloned().collect(),
            Mode::Relay => self.relay_accounts.clone(),
        };
        if let Some(default) = &self.settings.default_account
            && let Some(place) = accounts.iter().position(|account| account == default)
        {
            let first = accounts.remove(place);
            accounts.insert(0, first);
        }
        accounts
    }

    /// The card of the call being placed, or of the last one until it is closed.
    pub fn dial(&self) -> Option<DialCard> {
        let pending = self.desk.card()?;
        let lang = self.language();
        let display = match &pending.number {
            Some(number) => numbers::show(number, lang),
            None => numbers::neutralise(&pending.input, 60),
        };
        let announced = match &pending.stage {
            Stage::Known(key) => Some(key),
            _ => None,
        };
        let call = announced.and_then(|key| self.board.call(key));
        let outcome = announced.and_then(|key| self.board.outcome(key));
        let known = pending.number.as_ref().and_then(|number| self.names.of(number));
        let named = known.filter(|known| !known.ambiguous);
        let stage = dial::stage_of(pending, &self.board);
        let ended_at = match &pending.stage {
            Stage::Unseen(at) | Stage::Failed(_, at) => Some(*at),
            _ => call.and_then(|call| call.ended_at),
        };
        let message = match &pending.stage {
            Stage::Question(Question::Number(message)) | Stage::Failed(Failure::Before(message), _) => {
                message.clone()
            }
            Stage::Failed(Failure::Outcome(failure), _) => self.failed(*failure),
            Stage::Question(Question::Repeat) => Message::new("dial-repeat"),
            Stage::Question(Question::Company) => Message::new("dial-company-asks"),
            Stage::Asking => Message::new("dial-asking"),
            Stage::PickUp(_) if self.hears() => Message::new("dial-pick-up"),
            Stage::PickUp(_) => Message::new("dial-pick-up-unheard"),
            Stage::Unseen(_) => Message::new("dial-ended-unseen"),
            Stage::Known(_) => Message::new(known_id(stage, outcome)),
        };
        Some(DialCard {
            id: pending.id,
            number: pending.number.clone(),
            message: message.with("number", display.clone()),
            display,
            name: named.and_then(Known::title).map(str::to_owned),
            company: named.and_then(Known::company).map(str::to_owned),
            account: pending.account.clone(),
            stage,
            started_at: pending.asked_at,
            connected_at: call.and_then(|call| call.connected_at),
            ended_at,
        })
    }
}

fn known_id(stage: DialStage, outcome: Option<Outcome>) -> &'static str {
    match (stage, outcome) {
        (DialStage::Calling, _) => "dial-calling",
        (DialStage::Talking, _) => "dial-talking",
        (_, Some(Outcome::Answered)) => "dial-ended",
        (_, Some(Outcome::NoAnswer)) => "dial-ended-no-answer",
        _ => "dial-ended-unknown",
    }
}

impl DialReason {
    /// A stable name in kebab-case: the end of the message id `dial-failed-…`.
    pub fn code(self) -> &'static str {
        match self {
            Self::WrongKey => "wrong-key",
            Self::Forbidden => "forbidden",
            Self::RateLimited => "rate-limited",
            Self::NoCallback => "no-callback",
            Self::Unreachable => "unreachable",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Platform => "platform",
            Self::RelayUnreachable => "relay-unreachable",
            Self::RelayRefused => "relay-refused",
            Self::RelayCannotDial => "relay-cannot-dial",
            Self::NumberRefused => "number-refused",
            Self::RuleRefused => "rule-refused",
            Self::ToConfirm => "to-confirm",
            Self::TooManyCalls => "too-many-calls",
            Self::TooManyRequests => "too-many-requests",
            Self::Keychain(KeychainProblem::NoService) => "keychain-no-service",
            Self::Keychain(KeychainProblem::Locked) => "keychain-locked",
            Self::Keychain(KeychainProblem::NoAnswer) => "keychain-no-answer",
            Self::Keychain(KeychainProblem::Failed) => "keychain-failed",
            Self::NotConfigured => "not-configured",
            Self::OtherPlatform => "other-platform",
            Self::NothingRang => "nothing-rang",
        }
    }

    /// Every reason, for a test that each has words.
    pub const ALL: [Self; 23] = [
        Self::WrongKey,
        Self::Forbidden,
        Self::RateLimited,
        Self::NoCallback,
        Self::Unreachable,
        Self::Tls,
        Self::Timeout,
        Self::Platform,
        Self::RelayUnreachable,
        Self::RelayRefused,
        Self::RelayCannotDial,
        Self::NumberRefused,
        Self::RuleRefused,
        Self::ToConfirm,
        Self::TooManyCalls,
        Self::TooManyRequests,
        Self::Keychain(KeychainProblem::NoService),
        Self::Keychain(KeychainProblem::Locked),
        Self::Keychain(KeychainProblem::NoAnswer),
        Self::Keychain(KeychainProblem::Failed),
        Self::NotConfigured,
        Self::OtherPlatform,
        Self::NothingRang,
    ];

    /// The sentence for it, when a phone can't have rung.
    pub fn message(self) -> Message {
        Message::new(&format!("dial-failed-{}", self.code())).with("rang", "no")
    }

    /// The same, of a call that went through the relay.
    pub fn message_by_relay(self) -> Message {
        let message = self.message();
        match self {
            Self::WrongKey
            | Self::Forbidden
            | Self::Unreachable
            | Self::Tls
            | Self::Timeout
            | Self::Platform => Message {
                id: format!("{}-by-relay", message.id),
                ..message
            },
            _ => message,
        }
    }
}

impl KeychainProblem {
    /// The sentence for it.
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::NoService => "keychain-no-service",
            Self::Locked => "keychain-locked",
            Self::NoAnswer => "keychain-no-answer",
            Self::Failed => "keychain-failed",
        })
    }

    /// Every problem, for a test that each has words.
    pub const ALL: [Self; 4] = [Self::NoService, Self::Locked, Self::NoAnswer, Self::Failed];
}
