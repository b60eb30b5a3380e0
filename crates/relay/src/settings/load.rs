//! Reading the three sources and checking every value.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;

use secrecy::SecretString;

use super::trust::networks;
use super::values::{address, count, duration, log_filter, log_format, public_url, size, wait, web_address};
use super::{
    DEFAULT_LISTEN, Events, KEYS, Platform, SECRETS, Settings, Tls, default_data_dir, strange, variable,
};
use crate::correlate::Limits;
use crate::forward::Destination;
use crate::purge::Keep;
use crate::secret::callback::CallbackSecret;
use crate::secret::file;
use crate::{hub, owner};

/// The newest events in memory, in bytes: what a company of hundreds does in some days, or thousands in an hour.
const RECENT: usize = 32 << 20;

/// Where configuration comes from.
#[derive(Clone, Default)]
pub struct Sources {
    /// The TOML file.
    pub file: Option<PathBuf>,
    /// The environment.
    pub environment: BTreeMap<String, String>,
    /// The folder of systemd's credentials, `$CREDENTIALS_DIRECTORY`.
    pub credentials: Option<PathBuf>,
    /// Flags of the command line, by key.
    pub flags: Vec<(&'static str, String)>,
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The environment may hold secrets.
        f.debug_struct("Sources")
            .field("file", &self.file)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, or the file.
    pub key: String,
    /// Where it stands: the file, a variable or a flag.
    pub place: String,
    /// What is wrong and the fix.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.key, self.place, self.what)
    }
}

/// Everything that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration can't be used:")?;
        self.0.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}

/// Reads and checks the configuration.
///
/// # Errors
/// [`Problems`], all of them at once.
pub fn load(sources: &Sources) -> Result<Settings, Problems> {
    let mut loader = Loader::default();
    if let Some(file) = &sources.file {
        loader.file(file);
    }
    for key in KEYS {
        let name = variable(key);
        if let Some(text) = sources.environment.get(&name) {
            loader.values.insert(
                key,
                Value {
                    text: text.clone(),
                    place: name,
                    folder: None,
                },
            );
        }
    }
    for (key, text) in &sources.flags {
        let place = format!("--{}", key.replace(['.', '_'], "-"));
        loader.values.insert(
            key,
            Value {
                text: text.clone(),
                place,
                folder: None,
            },
        );
    }
    let settings = loader.settings(sources);
    match settings {
        Some(settings) if loader.problems.is_empty() => Ok(settings),
        _ => Err(Problems(loader.problems)),
    }
}

/// A value as it is written.
pub(super) struct Value {
    pub(super) text: String,
    /// Where it stands.
    pub(super) place: String,
    /// Relative paths of a file start at its folder.
    pub(super) folder: Option<PathBuf>,
}

#[derive(Default)]
pub(super) struct Loader {
    pub(super) values: BTreeMap<&'static str, Value>,
    problems: Vec<Problem>,
    secret_files: Vec<PathBuf>,
    /// Of the file's `[[forward]]`.
    pub(super) forwards: Vec<Destination>,
}

impl Loader {
    pub(super) fn problem(&mut self, key: &str, place: &str, what: impl Into<String>) {
        self.problems.push(Problem {
            key: key.to_owned(),
            place: place.to_owned(),
            what: what.into(),
        });
    }

    fn settings(&mut self, sources: &Sources) -> Option<Settings> {
        let listen = self.parsed("listen", &DEFAULT_LISTEN.to_string(), address);
        let admin_listen = self.parsed("admin_listen", "127.0.0.1:8421", address);
        let data_dir = self.path("data_dir").unwrap_or_else(default_data_dir);
        let public_url = self.optional("public_url", public_url);
        let log_format = self.parsed("log_format", "text", log_format);
        let log = self.parsed("log", "info", log_filter);
        let shutdown_grace = self.parsed("shutdown_grace", "10s", wait);
        let tls = self.tls(&data_dir);
        let platform = self.platform(sources);
        let connections = self.parsed("connections", "12288", count);
        self.check_addresses(listen, admin_listen, tls.as_ref());
        let callback_secret = self.callback_secret("callback.secret", sources);
        let previous_callback_secret = self.callback_secret("callback.previous_secret", sources);
        let callback_sources = self.parsed("callback.sources", "", networks);
        let proxies = self.proxies();
        let budgets = self.budgets();
        let rules = self.rules();
        let renew_after = self.parsed("tokens.renew_after", "30d", duration);
        self.forwards_of_environment(sources);
        self.check_forwards(public_url.as_ref(), listen);
        let events = self.events(connections);
        let keep = self.keep();
        let ringing = self.parsed("calls.ringing_limit", "5m", duration);
        let talking = self.parsed("calls.talking_limit", "12h", duration);
        let early = self.parsed("calls.early_limit", "15m", duration);
        let enrolment_expires = self.parsed("enrolment.expires", "24h", duration);
        Some(Settings {
            file: sources.file.clone(),
            strange_variables: strange(sources.environment.keys()),
            secret_files: std::mem::take(&mut self.secret_files),
            listen: listen?,
            admin_listen: admin_listen?,
            connections: connections?,
            data_dir,
            public_url,
            tls: tls?,
            log_format: log_format?,
            log: log?,
            platform: platform?,
            callback_secret,
            events: events?,
            keep: keep?,
            previous_callback_secret,
            callback_sources: callback_sources?,
            proxies: proxies?,
            budgets: budgets?,
            rules: rules?,
            renew_after: renew_after?,
            forwards: std::mem::take(&mut self.forwards),
            limits: Limits {
                ringing: ringing?,
                talking: talking?,
                early: early?,
            },
            enrolment_expires: enrolment_expires?,
            shutdown_grace: shutdown_grace?,
        })
    }

    fn events(&mut self, connections: Option<usize>) -> Option<Events> {
        let heartbeat = self.parsed("events.heartbeat", "15s", wait);
        let drain = self.parsed("events.drain", "10s", wait);
        let buffer = self.parsed("events.buffer", "1024", count);
        let connections = connections?;
        // The rest is for callbacks and requests: streams must never leave the platform outside.
        let most = (connections - connections / 6)
            .min(connections.saturating_sub(1))
            .max(1);
        let all = self.parsed("events.streams", &most.to_string(), |text| match count(text)? {
            streams if streams < connections => Ok(streams),
            _ => Err(format!(
                "it must be less than connections ({connections}), so that callbacks still get in when all streams are taken"
            )),
        });
        let per_token = self.parsed("events.streams_per_token", "16", count);
        let per_address = self.parsed("events.streams_per_address", "5000", count);
        Some(Events {
            heartbeat: heartbeat?,
            drain: drain?,
            bounds: hub::Bounds {
                buffer: buffer?,
                all: all?,
                per_token: per_token?,
                per_address: per_address?,
                recent: RECENT,
            },
        })
    }

    fn keep(&mut self) -> Option<Keep> {
        let events = self.parsed("events.keep", "7d", duration);
        let calls = self.parsed("keep.calls", "90d", duration);
        let unmatched = self.parsed("keep.unmatched", "7d", duration);
        let dials = self.parsed("keep.dials", "90d", duration);
        let size = self.parsed("keep.size", "8GiB", size);
        Some(Keep {
            events: events?,
            calls: calls?,
            unmatched: unmatched?,
            dials: dials?,
            size: size?,
        })
    }

    fn platform(&mut self, sources: &Sources) -> Option<Platform> {
        let url = self.parsed("platform.url", centrex::PLATFORM_URL, web_address);
        let api_key = self.secret("platform.api_key", sources);
        let method = self.parsed("platform.method", "get", |text| match text {
            "get" => Ok(centrex::Method::Get),
            "post" => Ok(centrex::Method::Post),
            _ => Err("must be get or post".to_owned()),
        });
        let plus = self.parsed("platform.plus", "false", |text| {
            bool::from_str(text).map_err(|_| "must be true or false".to_owned())
        });
        let timeout = self.parsed("platform.timeout", "20s", wait);
        Some(Platform {
            url: url?,
            api_key,
            method: method?,
            plus: plus?,
            timeout: timeout?,
        })
    }

    pub(super) fn parsed<T>(
        &mut self,
        key: &'static str,
        default: &str,
        parse: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let (text, place) = match self.values.get(key) {
            Some(value) => (value.text.clone(), value.place.clone()),
            None => (default.to_owned(), "default".to_owned()),
        };
        match parse(text.trim()) {
            Ok(value) => Some(value),
            Err(what) => {
                self.problem(key, &place, format!("{text:?} can't be used: {what}"));
                None
            }
        }
    }

    fn optional<T>(&mut self, key: &'static str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let is_given = self
            .values
            .get(key)
            .is_some_and(|value| !value.text.trim().is_empty());
        if is_given {
            self.parsed(key, "", parse)
        } else {
            None
        }
    }

    pub(super) fn path(&self, key: &'static str) -> Option<PathBuf> {
        let value = self.values.get(key).filter(|value| !value.text.is_empty())?;
        Some(
            value
                .folder
                .as_ref()
                .map_or_else(|| PathBuf::from(&value.text), |folder| folder.join(&value.text)),
        )
    }

    /// A secret from the environment, else from the file that a key names, else from systemd's credentials.
    /// Two listeners can't have one address; found here, before any of them has it.
    fn check_addresses(
        &mut self,
        listen: Option<SocketAddr>,
        admin_listen: Option<SocketAddr>,
        tls: Option<&Option<Tls>>,
    ) {
        let tls = tls.and_then(|tls| Some(tls.as_ref()?.listen));
        let listeners = [
            ("listen", listen),
            ("admin_listen", admin_listen),
            ("tls.listen", tls),
        ];
        for (at, (key, address)) in listeners.iter().enumerate() {
            for (other, taken) in &listeners[..at] {
                if let (Some(address), Some(taken)) = (address, taken)
                    && is_same(*address, *taken)
                {
                    let place = self.values.get(*key).map(|value| value.place.clone());
                    let what = format!("{address} is taken by {other} ({taken}): give it another port");
                    self.problem(key, place.as_deref().unwrap_or("by default"), what);
                }
            }
        }
    }

    /// A secret that fits into the callback URL.
    fn callback_secret(&mut self, key: &str, sources: &Sources) -> Option<SecretString> {
        let secret = self.secret(key, sources)?;
        let Err(error) = CallbackSecret::given(&secret) else {
            return Some(secret);
        };
        let (_, variable, file_key) = SECRETS.iter().find(|(secret, _, _)| *secret == key)?;
        let place = match sources.environment.contains_key(*variable) {
            true => variable,
            false => file_key,
        };
        self.problem(key, place, error.to_string());
        None
    }

    fn secret(&mut self, key: &str, sources: &Sources) -> Option<SecretString> {
        let (_, variable, file_key) = SECRETS.iter().find(|(secret, _, _)| *secret == key)?;
        let given = sources.environment.get(*variable).map(|text| text.trim());
        if let Some(text) = given.filter(|text| !text.is_empty()) {
            return Some(text.to_owned().into());
        }
        let named = self.path(file_key).map(|path| {
            let place = self.values.get(file_key).map(|value| value.place.clone());
            (path, place.unwrap_or_default())
        });
        let credential = || {
            let path = sources.credentials.as_ref()?.join(key);
            path.try_exists()
                .unwrap_or(true)
                .then(|| (path, "credential".to_owned()))
        };
        let (path, place) = named.or_else(credential)?;
        self.secret_in(file_key, path, &place)
    }

    pub(super) fn secret_in(&mut self, key: &str, path: PathBuf, place: &str) -> Option<SecretString> {
        match file::read(&path) {
            Ok(text) if text.trim().is_empty() => {
                self.problem(key, place, format!("the file {} is empty", path.display()));
                None
            }
            Ok(text) => {
                self.secret_files.push(path);
                Some(text.trim().to_owned().into())
            }
            Err(error) => {
                let what = format!(
                    "the file {} can't be read: {}",
                    path.display(),
                    owner::explained(&path, &error)
                );
                self.problem(key, place, what);
                None
            }
        }
    }
}

/// Whether the second of two listeners would find its address taken. The system chooses a port for 0.
fn is_same(a: SocketAddr, b: SocketAddr) -> bool {
    let all = a.ip().is_unspecified() || b.ip().is_unspecified();
    a.port() == b.port() && a.port() != 0 && (all || a.ip() == b.ip())
}
