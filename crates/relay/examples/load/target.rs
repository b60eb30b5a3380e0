//! Whom the load is for, and how it words its requests.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use centrex_relay::secret::{new_id, new_token, token_hash};
use centrex_relay::store;
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use crate::Result;

/// The first of the accounts that have a token each.
const FIRST_ACCOUNT: u64 = 4_200_000;
/// The account that all watchers hear.
const WATCHED: u64 = 4_900_000;

/// What to do.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Spec {
    /// For whom.
    pub server: Server,
    /// Where it listens.
    pub address: SocketAddr,
    /// The relay's callback secret.
    #[serde(default)]
    pub secret: String,
    /// The relay's tokens, as `load desks` wrote them.
    #[serde(default)]
    pub tokens: PathBuf,
    /// How many of them come before the watchers.
    #[serde(default)]
    pub desks: usize,
    /// How many streams are open.
    pub streams: usize,
    /// The first number of this run's calls: the relay remembers those of earlier runs.
    pub first_call: u64,
    /// The row.
    pub row: Row,
}

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Server {
    /// Ours.
    Relay,
    /// nginx with nchan.
    Nchan,
}

/// Rows of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub(crate) enum Row {
    /// Streams that hear nothing.
    Idle,
    /// So many callbacks a second, each for the next account; in the company of `disturb`, if given.
    Rate {
        per_second: u64,
        seconds: f64,
        #[serde(default)]
        disturb: Option<crate::disturb::Kind>,
    },
    /// As fast as it goes over so many connections.
    Flat { connections: usize, seconds: f64 },
    /// The same for the one account that all streams watch, nobody too far behind.
    Fan { connections: usize, seconds: f64 },
    /// All streams drop, miss so many events each, and come back while others go on.
    Return { missed: u64, per_second: u64 },
}

/// The events of a call, in their order.
const EVENTS: [(&str, &str); 3] = [
    ("incoming_call_start", "ringing"),
    ("call_connected", "connected"),
    ("call_end&status=NORMAL&billable_duration=55", "ended"),
];

/// One callback: which call, which of its three events, which account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Callback {
    /// The call's number.
    pub call: u64,
    /// 0 to 2.
    pub event: usize,
    /// Whose call.
    pub account: u64,
}

/// The server.
#[derive(Debug)]
pub(crate) struct Target {
    /// What to do.
    pub spec: Spec,
    tokens: Vec<String>,
}

impl Target {
    pub(crate) fn new(spec: Spec) -> Result<Self> {
        let tokens = match spec.server {
            Server::Relay => std::fs::read_to_string(&spec.tokens)?
                .lines()
                .map(str::to_owned)
                .collect(),
            Server::Nchan => Vec::new(),
        };
        Ok(Self { spec, tokens })
    }

    fn is_fan(&self) -> bool {
        matches!(self.spec.row, Row::Fan { .. })
    }

    /// The same server, for those that all watch one account.
    pub(crate) fn watchers(&self) -> Self {
        let row = Row::Fan {
            connections: 1,
            seconds: 0.0,
        };
        Self {
            spec: Spec {
                row,
                ..self.spec.clone()
            },
            tokens: self.tokens.clone(),
        }
    }

    /// The account that a call of this number is for.
    pub(crate) fn account_of(&self, call: u64) -> u64 {
        match self.spec.streams as u64 {
            _ if self.is_fan() => WATCHED,
            0 => FIRST_ACCOUNT + call % 5000,
            streams => FIRST_ACCOUNT + call % streams,
        }
    }

    /// The account that a stream hears.
    pub(crate) fn account_heard_by(&self, stream: usize) -> u64 {
        if self.is_fan() {
            WATCHED
        } else {
            FIRST_ACCOUNT + stream as u64
        }
    }

    /// Words a callback, or what is published in its place.
    pub(crate) fn publish(&self, out: &mut String, callback: Callback) {
        let Callback { call, event, account } = callback;
        let (name, state) = EVENTS[event];
        out.clear();
        // Writing to a string can't fail.
        let _ = match self.spec.server {
            Server::Relay => write!(
                out,
                "GET /callback/{}?event={name}&call_id=c{call}&account_id={account}&calling_number=33199000012\
                 &called_number=33199000034 HTTP/1.1\r\nHost: relay\r\n\r\n",
                self.spec.secret
            ),
            Server::Nchan => {
                // As long as the relay's own event.
                let body = format!(
                    "{{\"id\":\"1784212345678901\",\"at\":\"2026-11-27T02:00:00.123456789Z\",\"kind\":\"call\",\"call\":{{\"call_id\":\
                     \"c{call}\",\"account_id\":\"{account}\",\"direction\":\"incoming\",\"state\":\"{state}\",\"calling_number\":\
                     \"+33199000012\",\"called_number\":\"+33199000034\",\"started_at\":\"2026-11-27T02:00:00.123456789Z\",\
                     \"connected_at\":null,\"ended_at\":null,\"status\":null,\"billable_duration\":null,\"extra\":{{}}}}}}"
                );
                write!(
                    out,
                    "POST /pub/{account} HTTP/1.1\r\nHost: nchan\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                )
            }
        };
    }

    /// Words a subscription, from a position if there is one.
    pub(crate) fn subscribe(&self, stream: usize, after: &[u8]) -> String {
        let mut out = match self.spec.server {
            Server::Relay => {
                let first = if self.is_fan() { self.spec.desks } else { 0 };
                let token = self.tokens.get(first + stream).map_or("none", String::as_str);
                format!("GET /v1/events HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer {token}\r\n")
            }
            Server::Nchan => {
                format!(
                    "GET /sub/{} HTTP/1.1\r\nHost: nchan\r\n",
                    self.account_heard_by(stream)
                )
            }
        };
        out.push_str("Accept: text/event-stream\r\n");
        if !after.is_empty() {
            let _ = write!(out, "Last-Event-ID: {}\r\n", String::from_utf8_lossy(after));
        }
        out.push_str("\r\n");
        out
    }
}

/// Puts tokens into a data folder.
pub(crate) fn make_desks(folder: &Path, count: u64, watchers: u64, file: &Path) -> Result<()> {
    let now = Timestamp::now();
    let mut chance = rand::rng();
    let mut lines = String::new();
    store::direct(folder, now, |db| {
        let mut token = db.prepare(
            "INSERT INTO token (id, hash, label, created_at, last_used_at) VALUES (?1, ?2, 'bench', ?3, ?3)",
        )?;
        let mut account = db.prepare("INSERT INTO token_account (token, account) VALUES (?1, ?2)")?;
        for number in 0..count + watchers {
            let secret = new_token(&mut chance);
            let id = new_id("tok", &mut chance);
            token.execute((&id, token_hash(&secret).0, now.as_millisecond()))?;
            let heard = if number < count {
                FIRST_ACCOUNT + number
            } else {
                WATCHED
            };
            account.execute((&id, heard.to_string()))?;
            lines.push_str(secret.expose_secret());
            lines.push('\n');
        }
        Ok(())
    })?;
    Ok(std::fs::write(file, lines)?)
}
