//! The relay's configuration: one TOML file, each key also as an environment variable, the common ones as flags.
//!
//! Flags win over the environment, the environment over the file. Everything is read and checked before a port is bound;
//! every problem is told with its key, where it stands, and the fix.

pub(crate) mod advice;
mod file;
mod forwards;
mod load;
#[cfg(test)]
mod tests;
mod tls;
mod trust;
mod values;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use ipnet::IpNet;
use jiff::SignedDuration;
use secrecy::SecretString;
use url::Url;

pub use load::{Problem, Problems, Sources, load};
pub use values::duration;

use crate::acme;
use crate::correlate::Limits;
use crate::dial::rules::Rules;
use crate::forward::Destination;
use crate::http::limits::Budgets;
use crate::hub;
use crate::proxies::Proxies;
use crate::purge::Keep;
use crate::tls::Files;

/// Where the relay listens unless it is told otherwise.
pub const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The configuration, checked.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    /// Variables named like settings that name none: nobody reads them.
    pub strange_variables: Vec<String>,
    /// The public listener: callbacks and desktops.
    pub listen: SocketAddr,
    /// The admin listener: metrics and health.
    pub admin_listen: SocketAddr,
    /// How many connections the public listener serves at a time.
    pub connections: usize,
    /// Where the database and the callback secret are.
    pub data_dir: PathBuf,
    /// The relay's own TLS; none: a proxy in front of it has it.
    pub tls: Option<Tls>,
    /// How the relay is reached from outside, for the callback URL and enrolment links.
    pub public_url: Option<Url>,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines are written (`tracing` filter).
    pub log: String,
    /// The operator's API.
    pub platform: Platform,
    /// A callback secret that was given; `None`: the data folder's.
    pub callback_secret: Option<SecretString>,
    /// The callback secret of before, of those that were given: still good.
    pub previous_callback_secret: Option<SecretString>,
    /// The networks from which callbacks may come; none: from anywhere.
    pub callback_sources: Vec<IpNet>,
    /// The proxies whose word about a client's address is taken.
    pub proxies: Proxies,
    /// How often one may ask.
    pub budgets: Budgets,
    /// Which numbers may be dialled.
    pub rules: Rules,
    /// A token should be renewed when it is this old.
    pub renew_after: SignedDuration,
    /// Where callbacks are passed on to.
    pub forwards: Vec<Destination>,
    /// The files that secrets were read from.
    pub secret_files: Vec<PathBuf>,
    /// Streams.
    pub events: Events,
    /// When calls without news are closed.
    pub limits: Limits,
    /// How long things are kept, and how much.
    pub keep: Keep,
    /// How long an enrolment code is good for.
    pub enrolment_expires: SignedDuration,
    /// How long stopping waits for requests under way.
    pub shutdown_grace: Duration,
}

/// The relay's own TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// Where desktops and callbacks come in with TLS, beside `listen`.
    pub listen: SocketAddr,
    /// Certificate and key.
    pub files: Files,
    /// Where they come from, unless somebody puts them there.
    pub acme: Option<acme::Settings>,
}

/// The operator's API.
#[derive(Clone, Debug)]
pub struct Platform {
    /// Base address.
    pub url: Url,
    /// The customer-wide key; without it this relay doesn't dial.
    pub api_key: Option<SecretString>,
    /// How requests are sent.
    pub method: centrex::Method,
    /// Numbers with their plus.
    pub plus: bool,
    /// The longest wait for an answer.
    pub timeout: Duration,
}

/// Streams.
#[derive(Clone, Copy, Debug)]
pub struct Events {
    /// A comment is sent after so long without an event.
    pub heartbeat: Duration,
    /// How many streams there may be, and by how much each may lag.
    pub bounds: hub::Bounds,
    /// Over how long streams are ended when the relay stops, at most.
    pub drain: Duration,
}

/// Every key, for the environment, the did-you-mean and the example file.
pub const KEYS: [&str; 49] = [
    "listen",
    "admin_listen",
    "connections",
    "data_dir",
    "public_url",
    "log_format",
    "log",
    "shutdown_grace",
    "tls.listen",
    "tls.certificate",
    "tls.key",
    "tls.acme.domains",
    "tls.acme.contact",
    "tls.acme.directory",
    "platform.url",
    "platform.api_key_file",
    "platform.method",
    "platform.plus",
    "platform.timeout",
    "callback.secret_file",
    "callback.previous_secret_file",
    "callback.sources",
    "proxies.trusted",
    "proxies.header",
    "limits.token_requests_per_second",
    "limits.refused_per_minute",
    "limits.wrong_codes_per_minute",
    "limits.wrong_codes_per_minute_in_all",
    "dial.confirm",
    "dial.refuse",
    "dial.countries",
    "dial.blocked",
    "dial.calls_per_minute",
    "events.heartbeat",
    "events.keep",
    "events.buffer",
    "events.streams",
    "events.streams_per_token",
    "events.streams_per_address",
    "events.drain",
    "calls.ringing_limit",
    "calls.talking_limit",
    "calls.early_limit",
    "keep.calls",
    "keep.unmatched",
    "keep.dials",
    "keep.size",
    "enrolment.expires",
    "tokens.renew_after",
];

/// Those that take a list; in the environment its items are separated by commas.
pub(crate) const LISTS: [&str; 7] = [
    "tls.acme.domains",
    "callback.sources",
    "proxies.trusted",
    "dial.confirm",
    "dial.refuse",
    "dial.countries",
    "dial.blocked",
];

/// Secrets that may stand in the environment, but not in the file: their environment variable, and the key of the file
/// that may hold one instead. Without either, the systemd credential of their name is taken (`LoadCredential=` of the unit).
pub(crate) const SECRETS: [(&str, &str, &str); 3] = [
    (
        "platform.api_key",
        "CENTREX_RELAY_PLATFORM_API_KEY",
        "platform.api_key_file",
    ),
    (
        "callback.secret",
        "CENTREX_RELAY_CALLBACK_SECRET",
        "callback.secret_file",
    ),
    (
        "callback.previous_secret",
        "CENTREX_RELAY_CALLBACK_PREVIOUS_SECRET",
        "callback.previous_secret_file",
    ),
];

/// The environment variable of a key: `platform.url` is `CENTREX_RELAY_PLATFORM_URL`.
pub fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', "_").to_uppercase())
}

/// Those of these variables that are named like settings and name none.
fn strange<'a>(variables: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let known: BTreeSet<String> = variables_of_settings().collect();
    let strange = variables
        .into_iter()
        .filter(|name| name.starts_with(PREFIX) && !known.contains(*name));
    strange.cloned().collect()
}

/// Every variable that is read.
pub(crate) fn variables_of_settings() -> impl Iterator<Item = String> {
    let secrets = SECRETS.iter().map(|(_, variable, _)| (*variable).to_owned());
    let others = [CONFIG, forwards::VARIABLE].map(str::to_owned);
    KEYS.into_iter().map(variable).chain(secrets).chain(others)
}

/// How the variables begin.
const PREFIX: &str = "CENTREX_RELAY_";
/// Names the file, for the command line.
const CONFIG: &str = "CENTREX_RELAY_CONFIG";

/// The data folder when none is named.
pub(crate) fn default_data_dir() -> PathBuf {
    #[cfg(windows)]
    {
        program_data()
    }
    #[cfg(not(windows))]
    {
        PathBuf::from("/var/lib/centrex-relay")
    }
}

/// Where the configuration is looked for when no file is named.
pub fn default_file() -> PathBuf {
    #[cfg(windows)]
    {
        program_data().join("relay.toml")
    }
    #[cfg(not(windows))]
    {
        PathBuf::from("/etc/centrex-relay/relay.toml")
    }
}

/// The file to read: the one that was named, else `default` if it is there. One that can't be looked at counts as being
/// there: it is told then, instead of being passed over.
pub fn file_in_use(named: Option<PathBuf>, default: PathBuf) -> Option<PathBuf> {
    named.or_else(|| default.try_exists().unwrap_or(true).then_some(default))
}

#[cfg(windows)]
fn program_data() -> PathBuf {
    let base =
        std::env::var_os("ProgramData").map_or_else(|| PathBuf::from(r"C:\ProgramData"), PathBuf::from);
    base.join("centrex-relay")
}
