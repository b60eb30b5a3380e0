//! `[[forward]]`: where callbacks are passed on to.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use http::Uri;
use secrecy::{ExposeSecret as _, SecretString};
use url::{Host, Url};

use super::Sources;
use super::load::Loader;
use super::values::duration;
use crate::forward::Destination;

/// The key of the tables.
pub(super) const KEY: &str = "forward";
/// The variable that names addresses, separated by spaces.
pub(super) const VARIABLE: &str = "CENTREX_RELAY_FORWARD";
/// The keys of a table.
const INNER: [&str; 5] = ["name", "url", "url_file", "queue", "keep"];

/// How many callbacks wait for one destination at most, unless it says otherwise.
const QUEUE: u64 = 100_000;
/// How long a callback is worth delivering, unless it says otherwise.
const KEEP: &str = "24h";

impl Loader {
    /// Reads the tables of the file.
    pub(super) fn forwards(&mut self, value: &toml::Value, path: &Path) {
        let place = path.display().to_string();
        let tables: Option<Vec<&toml::Table>> = value
            .as_array()
            .and_then(|items| items.iter().map(toml::Value::as_table).collect());
        let Some(tables) = tables else {
            return self.problem(
                KEY,
                &place,
                "write each destination as a table: [[forward]], and below it url = \"https://…\"",
            );
        };
        for (number, table) in tables.into_iter().enumerate() {
            let key = format!("forward[{}]", number + 1);
            if let Some(destination) = self.forward(&key, table, path) {
                self.forwards.push(destination);
            }
        }
    }

    /// Every fault of a table is told, not only the first.
    fn forward(&mut self, key: &str, table: &toml::Table, path: &Path) -> Option<Destination> {
        let place = path.display().to_string();
        let mut right = true;
        for (inner, value) in table {
            let what = if !INNER.contains(&inner.as_str()) {
                format!("there is no such key; a [[forward]] has {}", INNER.join(", "))
            } else if inner != "queue" && !value.is_str() {
                "write it in quotes".to_owned()
            } else {
                continue;
            };
            right = false;
            self.problem(&format!("{key}.{inner}"), &place, what);
        }
        let text = |name: &str| table.get(name).and_then(toml::Value::as_str).map(str::to_owned);
        let queue = table.get("queue").map_or(Some(QUEUE), |number| {
            let number = number.as_integer().and_then(|number| u64::try_from(number).ok());
            number.filter(|queue| *queue > 0)
        });
        if queue.is_none() {
            let what = "write a whole number of at least 1";
            self.problem(&format!("{key}.queue"), &place, what);
        }
        let keep = duration(&text("keep").unwrap_or_else(|| KEEP.to_owned()));
        if let Err(what) = &keep {
            self.problem(&format!("{key}.keep"), &place, what);
        }
        let url = match (text("url"), text("url_file")) {
            (Some(url), None) => Some(SecretString::from(url)),
            (None, Some(file)) => {
                let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
                self.secret_in(&format!("{key}.url_file"), folder.join(file), &place)
            }
            _ => {
                let what = "it needs either url = \"https://…\" or url_file, a file that holds the address";
                self.problem(key, &place, what);
                None
            }
        };
        let destination = match destination(text("name"), &url?) {
            Ok(destination) => destination,
            // Without the address: it may hold the other program's password.
            Err(what) => {
                self.problem(&format!("{key}.url"), &place, what);
                return None;
            }
        };
        let destination = Destination {
            queue: queue?,
            keep: keep.ok()?,
            ..destination
        };
        right.then_some(destination)
    }

    /// The addresses that the environment names come in place of the file's.
    pub(super) fn forwards_of_environment(&mut self, sources: &Sources) {
        let Some(text) = sources
            .environment
            .get(VARIABLE)
            .filter(|text| !text.trim().is_empty())
        else {
            return;
        };
        self.forwards.clear();
        for url in text.split_whitespace() {
            match destination(None, &url.to_owned().into()) {
                Ok(destination) => self.forwards.push(destination),
                Err(what) => self.problem(KEY, VARIABLE, what),
            }
        }
    }

    /// No name twice, and none that is this relay itself: that would go round for ever.
    pub(super) fn check_forwards(&mut self, public: Option<&Url>, listen: Option<SocketAddr>) {
        let mut names: Vec<String> = self.forwards.iter().map(|one| one.name.clone()).collect();
        names.sort();
        if let Some(twice) = names
            .windows(2)
            .find(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].clone())
        {
            let what =
                format!("two destinations are called {twice:?}; give each a name of its own: name = \"…\"");
            self.problem(KEY, "forward", what);
        }
        let public = public.map(|url| format!("{url}callback/"));
        let goes_round = |one: &Destination| {
            let url = one.url.expose_secret();
            public.as_ref().is_some_and(|ours| url.starts_with(ours))
                || listen.is_some_and(|listen| leads_to(url, listen))
        };
        if self.forwards.iter().any(goes_round) {
            let what =
                "a destination is this relay's own callback address: callbacks would go round for ever";
            self.problem(KEY, "forward", what);
        }
    }
}

/// Whether an address is the callback address of a relay that listens there: by the address itself, or by this machine's
/// loopback.
fn leads_to(url: &str, listen: SocketAddr) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    let ip = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        _ => None,
    };
    let is_here = ip == Some(listen.ip())
        || (loopback::is_loopback(&url) && (listen.ip().is_loopback() || listen.ip().is_unspecified()));
    is_here && url.port_or_known_default() == Some(listen.port()) && url.path().starts_with("/callback/")
}

/// A destination with the defaults. Its name is the address's host, unless it has one.
fn destination(name: Option<String>, url: &SecretString) -> Result<Destination, String> {
    let wrong = "the address can't be used; write it like https://crm.example.org/path?key=value";
    let text = url.expose_secret().trim();
    let uri: Uri = text.parse().map_err(|_| wrong.to_owned())?;
    if !matches!(uri.scheme_str(), Some("http" | "https")) || text.contains('#') {
        return Err(wrong.to_owned());
    }
    let host = uri.host().filter(|host| !host.is_empty()).ok_or(wrong)?;
    let name = name.unwrap_or_else(|| host.to_owned());
    let shaped = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.[]:".contains(&byte));
    if !shaped {
        return Err("the name may have up to 64 letters, digits, dots and hyphens".to_owned());
    }
    Ok(Destination {
        name,
        url: text.to_owned().into(),
        queue: QUEUE,
        keep: duration(KEEP)?,
    })
}
