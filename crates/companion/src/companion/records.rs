//! Screen pop: which call's record opens when.

use jiff::Timestamp;
use telephony::Call;

use super::Companion;
use crate::board::GroupId;
use crate::effect::Effect;
use crate::event::{CallKey, NoteKey, RecordProblem, RecordWay};
use crate::known::{self, Known};
use crate::numbers;
use crate::pop::{Placeholder, Subject, Template, When};
use crate::settings::Settings;
use crate::words::Message;

/// Longest path of a program that is shown, in characters.
const PROGRAM: usize = 200;

impl Companion {
    /// Whether there is a record to open for this call.
    pub(super) fn has_record(&self, call: &Call) -> bool {
        self.settings.pop_when != When::Never && !self.record_of(call).is_empty()
    }

    /// Opens the record of a call's party: what a person asks for. Pure; nothing when there is none.
    pub fn open_record(&self, call: &Call) -> Vec<Effect> {
        self.record_of(&self.rules.read(call.clone()))
    }

    fn record_of(&self, call: &Call) -> Vec<Effect> {
        let known = self.known(call);
        let subject = Subject::of(
            call,
            known.map(|known| known.name.as_str()),
            known.and_then(|known| known.company.as_deref()),
        );
        let settings = &self.settings;
        let template = settings.pop_url.as_ref();
        let template = template.filter(|template| template.check_scheme(&settings.pop_schemes).is_ok());
        let url = template
            .and_then(|template| template.fill(&subject))
            .map(Effect::OpenUrl);
        let run = settings.pop_program.clone().map(|program| Effect::Run {
            program,
            env: subject.environment(),
        });
        url.into_iter().chain(run).collect()
    }

    /// Why the record of the last call didn't open: what is wrong, and what to do. `None`: nothing is known to be.
    pub fn record_problem(&self) -> Option<Message> {
        let problem = self.record_problems.values().next()?;
        Some(self.record_words(*problem))
    }

    fn record_words(&self, problem: RecordProblem) -> Message {
        let program = self.settings.pop_program.as_ref();
        let program = program.map_or_else(String::new, |path| path.display().to_string());
        let scheme = self.settings.pop_url.as_ref().map(Template::scheme);
        let message = Message::new(problem.words());
        match problem.way() {
            RecordWay::Address => message.with("scheme", scheme.unwrap_or_default()),
            RecordWay::Program => message.with("program", numbers::neutralise(&program, PROGRAM)),
        }
    }

    /// Said once, until it has worked again, or the settings have changed: not at each call.
    pub(super) fn record_failed(&mut self, problem: RecordProblem) -> Vec<Effect> {
        let known = self.record_problems.insert(problem.way(), problem);
        if known == Some(problem) {
            return Vec::new();
        }
        let why = self.record_words(problem);
        vec![Effect::Notify(self.style().record_failed(&why))]
    }

    /// It works again: what was said of it is no longer true.
    pub(super) fn record_opened(&mut self, way: RecordWay) -> Vec<Effect> {
        let was_wrong = self.record_problems.remove(&way).is_some();
        if was_wrong && self.record_problems.is_empty() {
            return vec![Effect::Withdraw(NoteKey::Record)];
        }
        Vec::new()
    }

    /// Before new settings come into force: what was wrong with the old ones is no matter any more.
    pub(super) fn record_settings(&mut self, new: &Settings) {
        let old = &self.settings;
        if (&old.pop_url, &old.pop_schemes, old.pop_when) != (&new.pop_url, &new.pop_schemes, new.pop_when) {
            self.record_problems.remove(&RecordWay::Address);
        }
        if (&old.pop_program, old.pop_when) != (&new.pop_program, new.pop_when) {
            self.record_problems.remove(&RecordWay::Program);
        }
    }

    pub(super) fn pop_begun(&mut self, id: GroupId, now: Timestamp) -> Vec<Effect> {
        self.pop_when(When::Ringing, id, now)
    }

    pub(super) fn pop_answered(&mut self, id: GroupId, now: Timestamp) -> Vec<Effect> {
        self.pop_when(When::Answered, id, now)
    }

    /// It is a separate switch from alerts, but nothing opens behind a locked screen, nor for whom nobody wants to hear of.
    fn pop_when(&mut self, moment: When, id: GroupId, now: Timestamp) -> Vec<Effect> {
        let Some((key, call)) = self.board.lead(id).zip(self.board.face(id)) else {
            return Vec::new();
        };
        let wanted = self.settings.pop_when == moment
            && self.settings.pop_directions.has(call.direction)
            && !self.screen.locked
            && !self.is_silenced_call(call)
            && self.has_record(call);
        let (key, waits) = (key.clone(), self.waits_for_name(call));
        if wanted && self.pops.begin(&key, waits, now) {
            self.pop(&key)
        } else {
            Vec::new()
        }
    }

    /// Records that waited for a name.
    pub(super) fn pops_due(&mut self, now: Timestamp) -> Vec<Effect> {
        let (board, names) = (&self.board, &self.names);
        let named = |key: &CallKey| {
            let number = board
                .call(key)
                .and_then(|call| numbers::number(call.other_party()));
            number.is_none_or(|number| !names.is_pending(number))
        };
        let ready = self.pops.ready(named, now);
        ready.iter().flat_map(|key| self.pop(key)).collect()
    }

    fn pop(&self, key: &CallKey) -> Vec<Effect> {
        self.board
            .call(key)
            .map(|call| self.record_of(call))
            .unwrap_or_default()
    }

    /// A name is being looked up, and the record asks for it.
    fn waits_for_name(&self, call: &Call) -> bool {
        let template = self.settings.pop_url.as_ref();
        let asks = self.settings.pop_program.is_some()
            || template.is_some_and(|template| {
                template.asks(Placeholder::Name) || template.asks(Placeholder::Company)
            });
        asks && numbers::number(call.other_party()).is_some_and(|number| self.names.is_pending(number))
    }

    /// Why no name, where somebody has several for the number.
    pub(super) fn why_nobody(&self, call: &Call) -> Option<Message> {
        let told = self.names.told(numbers::number(call.other_party())?)?;
        told.several.then(|| known::why_nobody(&told.source))
    }

    /// Why this name, for who wonders.
    pub(super) fn why(&self, known: &Known) -> Message {
        known::why(self.language(), &self.zone, &known.source, known.since)
    }
}

impl RecordProblem {
    /// Which way of opening it is about.
    pub fn way(self) -> RecordWay {
        match self {
            Self::NoOpener | Self::NotOpened | Self::TooManyAddresses => RecordWay::Address,
            Self::ProgramNotAbsolute
            | Self::ProgramMissing
            | Self::NotAProgram
            | Self::TooManyPrograms
            | Self::ProgramRefused => RecordWay::Program,
        }
    }

    /// The id of its sentence.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoOpener => "record-no-opener",
            Self::NotOpened => "record-not-opened",
            Self::TooManyAddresses => "record-too-many",
            Self::ProgramNotAbsolute => "record-program-not-absolute",
            Self::ProgramMissing => "record-program-missing",
            Self::NotAProgram => "record-program-not-a-program",
            Self::TooManyPrograms => "record-program-too-many",
            Self::ProgramRefused => "record-program-refused",
        }
    }

    /// Every problem, for a test that each has words.
    pub const ALL: [Self; 8] = [
        Self::NoOpener,
        Self::NotOpened,
        Self::TooManyAddresses,
        Self::ProgramNotAbsolute,
        Self::ProgramMissing,
        Self::NotAProgram,
        Self::TooManyPrograms,
        Self::ProgramRefused,
    ];
}
