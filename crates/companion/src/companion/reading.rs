//! What others may read of the state.

use telephony::{Call, E164};

use super::Companion;
use crate::event::{CallKey, CredentialKind, CredentialState, Link, LinkProblem};
use crate::journal::Row;
use crate::known::Known;
use crate::notify::own_line;
use crate::numbers;
use crate::settings::{Mode, Settings};
use crate::tray::{self, CALLERS, Facts, Tray};
use crate::view::{CallLine, Connection, ConnectionState, MOST_MISSED, Outcome, Understood};
use crate::words::{Message, say};

/// Calls that go on which are shown, of however many there are.
const LIVE: usize = 100;
/// Calls among which the last callers are looked for.
const LOOKED_AT: usize = 200;
/// Longest name from the journal that is shown, in characters.
const JOURNAL_NAME: usize = 60;
/// Longest word of the platform for a call's end that is shown, in characters.
const STATUS: usize = 60;

impl Companion {
    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What contacts and directories know of a number, as far as it was looked up.
    pub fn name_of(&self, number: &E164) -> Option<&Known> {
        self.names.of(number)
    }

    /// Ringing and connected calls, newest first, at most 100.
    pub fn live(&self) -> Vec<CallLine> {
        self.board
            .live()
            .iter()
            .take(LIVE)
            .filter_map(|key| self.line(key))
            .collect()
    }

    /// How many calls ring or are connected, also where [`Companion::live`] leaves some out.
    pub fn live_count(&self) -> usize {
        self.board.live_count()
    }

    /// Whether a call with this number rings or is connected.
    pub fn has_live_call_with(&self, number: &E164) -> bool {
        self.board.has_live_call_with(number)
    }

    /// The latest calls that are over, newest first, at most `limit`.
    pub fn recent(&self, limit: usize) -> Vec<CallLine> {
        self.board
            .past()
            .iter()
            .take(limit)
            .filter_map(|key| self.line(key))
            .collect()
    }

    /// Missed calls that nobody has seen yet. As many as the board remembers at most: the sentences say "or more" then.
    pub fn missed(&self) -> u32 {
        u32::try_from(self.board.missed().min(MOST_MISSED)).unwrap_or(u32::MAX)
    }

    /// The connection to the relay, in words.
    pub fn connection(&self) -> Connection {
        let (state, id) = match (self.settings.mode, &self.link) {
            (Mode::Unset, _) => (ConnectionState::None, "link-none"),
            (Mode::Direct, _) => (ConnectionState::None, "link-direct"),
            (Mode::Relay, Link::None) if self.settings.relay_url.is_none() => {
                (ConnectionState::None, "link-none")
            }
            (Mode::Relay, Link::None | Link::Connecting { .. }) => {
                (ConnectionState::Connecting, "link-connecting")
            }
            (Mode::Relay, Link::Live { .. }) => (ConnectionState::Live, "link-live"),
            (Mode::Relay, Link::Refused) => (ConnectionState::Refused, "link-refused"),
            (Mode::Relay, Link::Down(LinkProblem::NoToken)) => {
                // The keychain may say why there is no token.
                let why = match self.credential(CredentialKind::RelayToken) {
                    CredentialState::Unavailable(problem) => problem.message(),
                    _ => LinkProblem::NoToken.message(),
                };
                return Connection {
                    state: ConnectionState::Down,
                    message: why,
                    since: self.link_since,
                };
            }
            (Mode::Relay, Link::Down(problem)) => {
                let message = problem.message();
                return Connection {
                    state: ConnectionState::Down,
                    message,
                    since: self.link_since,
                };
            }
        };
        Connection {
            state,
            message: Message::new(id),
            since: self.link_since,
        }
    }

    /// What is known of a credential.
    pub fn credential(&self, kind: CredentialKind) -> CredentialState {
        self.credentials
            .get(&kind)
            .cloned()
            .unwrap_or(CredentialState::Unknown)
    }

    /// What a typed or pasted text means as a number. Pure: changes nothing.
    pub fn understand(&self, input: &str) -> Understood {
        numbers::judge(input, &self.rules, self.language()).understood
    }

    /// The tray's icon, tooltip and menu now.
    pub fn tray(&self) -> Tray {
        let live = self.board.live();
        let rings = |key: &CallKey| self.board.outcome(key) == Some(Outcome::Ringing);
        tray::tray(&Facts {
            lang: self.language(),
            mode: self.settings.mode,
            set_up: self.is_set_up(),
            connection: self.connection(),
            live_count: live.len(),
            rings: live.iter().any(rings),
            live: live
                .iter()
                .take(tray::LIVE)
                .filter_map(|key| self.line(key))
                .collect(),
            missed: self.missed(),
            callers: self.callers(),
        })
    }

    /// The last different callers that can be called, newest first.
    fn callers(&self) -> Vec<(String, E164)> {
        let mut callers: Vec<(String, E164)> = Vec::new();
        for key in self.board.live().iter().chain(&self.board.past()).take(LOOKED_AT) {
            let Some(call) = self.board.call(key) else {
                continue;
            };
            let incoming = call.direction == telephony::Direction::Incoming;
            if let Some(number) = numbers::callable(call.other_party()).filter(|_| incoming)
                && !callers.iter().any(|(_, known)| known == number)
            {
                let display = numbers::show(number, self.language());
                let label = match self.known(call).and_then(Known::title) {
                    Some(name) => format!("{name} · {display}"),
                    None => display,
                };
                callers.push((label, number.clone()));
            }
            if callers.len() == CALLERS {
                break;
            }
        }
        callers
    }

    fn line(&self, key: &CallKey) -> Option<CallLine> {
        let call = self.board.call(key)?;
        let outcome = self.board.outcome(key).unwrap_or(Outcome::Unknown);
        Some(CallLine {
            answered_on: self.board.answered_on(key).cloned(),
            ..self.describe(call, outcome, self.board.unread(key))
        })
    }

    /// A call of the journal as it is shown: by what is known of it now, else by the name that it was written with.
    pub fn journal_line(&self, row: &Row) -> CallLine {
        let key = CallKey::of(&row.call);
        if let Some(line) = self.line(&key) {
            return line;
        }
        // What was recorded before the company's extensions were known.
        let call = self.rules.read(row.call.clone());
        let mut line = self.describe(&call, row.outcome, row.unread);
        line.answered_on.clone_from(&row.answered_on);
        if line.name.is_none()
            && let Some(name) = &row.name
        {
            let shown = |text: &Option<String>| {
                let clean = numbers::neutralise(text.as_deref().unwrap_or_default(), JOURNAL_NAME);
                (!clean.is_empty()).then_some(clean)
            };
            let company = shown(&name.company);
            line.name = shown(&name.display).or_else(|| company.clone());
            line.company = company.filter(|company| line.name.as_ref() != Some(company));
        }
        line
    }

    fn describe(&self, call: &Call, outcome: Outcome, unread: bool) -> CallLine {
        let lang = self.language();
        let unnamed = match call.direction {
            telephony::Direction::Incoming => "party-withheld",
            telephony::Direction::Outgoing => "party-unknown",
        };
        let party = numbers::show_other(call, lang);
        let known = self.known(call);
        CallLine {
            name: known.and_then(Known::title).map(str::to_owned),
            company: known.and_then(Known::company).map(str::to_owned),
            why: known
                .map(|known| self.why(known))
                .or_else(|| self.why_nobody(call)),
            ambiguous: known.is_some_and(|known| known.ambiguous) || self.why_nobody(call).is_some(),
            shared: known.is_some_and(|known| known.shared),
            has_record: self.has_record(call),
            silenced: self.is_silenced_call(call),
            key: CallKey::of(call),
            direction: call.direction,
            outcome,
            answered_on: None,
            withheld: party.is_none(),
            party: party.unwrap_or_else(|| say(lang, &Message::new(unnamed))),
            number: numbers::callable(call.other_party()).cloned(),
            about: numbers::about(call),
            line: own_line(call, lang),
            started_at: call.started_at,
            connected_at: call.connected_at,
            ended_at: call.ended_at,
            status: call.status.as_deref().and_then(shown_status),
            unread,
        }
    }
}

/// The platform's word, without what would do harm in a list.
fn shown_status(status: &str) -> Option<String> {
    let clean = numbers::neutralise(status, STATUS);
    (!clean.is_empty()).then_some(clean)
}

impl LinkProblem {
    /// The sentence for it.
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::Unreachable => "link-down-unreachable",
            Self::Tls => "link-down-tls",
            Self::Lost => "link-down-lost",
            Self::NotARelay => "link-down-not-a-relay",
            Self::Busy => "link-down-busy",
            Self::NoToken => "link-down-no-token",
            Self::OtherRelay => "link-down-other-relay",
        })
    }

    /// Every problem, for a test that each has words.
    pub const ALL: [Self; 7] = [
        Self::Unreachable,
        Self::Tls,
        Self::Lost,
        Self::NotARelay,
        Self::Busy,
        Self::NoToken,
        Self::OtherRelay,
    ];
}
