//! What others may read of the state.

use telephony::E164;

use super::Companion;
use crate::event::{CallKey, CredentialKind, CredentialState, Link, LinkProblem};
use crate::notify::own_line;
use crate::numbers;
use crate::settings::{Mode, Settings};
use crate::tray::{self, CALLERS, Facts, Tray};
use crate::view::{CallLine, Connection, ConnectionState, Outcome, Understood};
use crate::words::{Message, say};

impl Companion {
    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Ringing and connected calls, newest first.
    pub fn live(&self) -> Vec<CallLine> {
        self.board
            .live()
            .iter()
            .filter_map(|key| self.line(key))
            .collect()
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

    /// Missed calls that nobody has seen yet.
    pub fn missed(&self) -> u32 {
        u32::try_from(self.board.missed()).unwrap_or(u32::MAX)
    }

    /// The connection to the relay as the agent last told it.
    pub fn link(&self) -> &Link {
        &self.link
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
        numbers::judge(input, self.language()).understood
    }

    /// The tray's icon, tooltip and menu now.
    pub fn tray(&self) -> Tray {
        tray::tray(&Facts {
            lang: self.language(),
            mode: self.settings.mode,
            connection: self.connection(),
            live: self.live(),
            missed: self.missed(),
            callers: self.callers(),
        })
    }

    /// The last different callers that can be called, newest first.
    fn callers(&self) -> Vec<(String, E164)> {
        let mut callers: Vec<(String, E164)> = Vec::new();
        for key in self.board.live().iter().chain(&self.board.past()) {
            let Some(call) = self.board.call(key) else {
                continue;
            };
            let incoming = call.direction == telephony::Direction::Incoming;
            if let Some(number) = numbers::callable(call.other_party()).filter(|_| incoming)
                && !callers.iter().any(|(_, known)| known == number)
            {
                callers.push((numbers::show(number, self.language()), number.clone()));
            }
            if callers.len() == CALLERS {
                break;
            }
        }
        callers
    }

    fn line(&self, key: &CallKey) -> Option<CallLine> {
        let call = self.board.call(key)?;
        let lang = self.language();
        let unnamed = match call.direction {
            telephony::Direction::Incoming => "party-withheld",
            telephony::Direction::Outgoing => "party-unknown",
        };
        let party = numbers::show_party(call.other_party(), lang);
        Some(CallLine {
            key: key.clone(),
            direction: call.direction,
            outcome: self.board.outcome(key).unwrap_or(Outcome::Unknown),
            withheld: party.is_none(),
            party: party.unwrap_or_else(|| say(lang, &Message::new(unnamed))),
            number: numbers::callable(call.other_party()).cloned(),
            about: numbers::about(call.other_party()),
            line: own_line(call, lang),
            started_at: call.started_at,
            connected_at: call.connected_at,
            ended_at: call.ended_at,
            unread: self.board.unread(key),
        })
    }
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
