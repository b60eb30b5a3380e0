//! What works here: configuration, store, listener, platform. Nothing that it says holds a secret, and nothing rings.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::redirect::Policy;
use serde::Serialize;
use url::Url;

use crate::lock::DataLock;
use crate::server;
use crate::settings::Settings;
use crate::store::kinds::history;
use crate::store::{FILE, direct};

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Works.
    Good,
    /// Works, but somebody should look.
    Warning,
    /// Doesn't work.
    Failed,
}

impl State {
    /// A word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Failed => "FAILED",
        }
    }

    /// Something must be done.
    pub fn is_failure(self) -> bool {
        self == Self::Failed
    }
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub what: &'static str,
    /// How it went.
    pub state: State,
    /// What was found, and what to do.
    pub detail: String,
}

fn finding(what: &'static str, state: State, detail: impl Into<String>) -> Finding {
    Finding {
        what,
        state,
        detail: detail.into(),
    }
}

/// The longest wait for another program.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at everything.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![finding("configuration", State::Good, "readable")];
    findings.push(store(settings));
    findings.push(secret(settings));
    findings.push(public_address(settings));
    findings.push(running(settings).await);
    findings.push(key(settings));
    findings.push(platform(settings).await);
    findings
}

fn store(settings: &Settings) -> Finding {
    const WHAT: &str = "store";
    let path = settings.data_dir.join(FILE);
    if !path.exists() {
        let detail = format!("{} doesn't exist yet; the first start makes it", path.display());
        return finding(WHAT, State::Warning, detail);
    }
    let looked = direct(&settings.data_dir, Timestamp::now(), |db| {
        let sound: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        Ok((sound, history::range(db)?))
    });
    match looked {
        Ok((sound, range)) if sound == "ok" => finding(
            WHAT,
            State::Good,
            format!(
                "{} is sound; {} events since {}",
                path.display(),
                range.head.0 - range.floor.0,
                range.floor
            ),
        ),
        Ok((trouble, _)) => finding(
            WHAT,
            State::Failed,
            format!("{} is damaged ({trouble}); restore a backup", path.display()),
        ),
        Err(error) => finding(WHAT, State::Failed, error.to_string()),
    }
}

fn secret(settings: &Settings) -> Finding {
    const WHAT: &str = "callback secret";
    match server::callback_secret(settings) {
        Ok(_) => finding(WHAT, State::Good, "there is one"),
        Err(error) => finding(WHAT, State::Failed, error.to_string()),
    }
}

fn public_address(settings: &Settings) -> Finding {
    const WHAT: &str = "public address";
    match &settings.public_url {
        None => finding(
            WHAT,
            State::Warning,
            "public_url isn't set; callback url and enrolment links need it",
        ),
        Some(url) if url.scheme() == "http" => {
            let detail = format!("{url} has no TLS: callbacks and tokens travel readable; use https://");
            finding(WHAT, State::Warning, detail)
        }
        Some(url) => finding(WHAT, State::Good, url.to_string()),
    }
}

async fn running(settings: &Settings) -> Finding {
    const WHAT: &str = "relay";
    if !DataLock::is_taken(&settings.data_dir) {
        return finding(
            WHAT,
            State::Warning,
            "no relay runs on this data folder; start it with: centrex-relay serve",
        );
    }
    if settings.admin_listen.port() == 0 {
        return finding(
            WHAT,
            State::Good,
            "runs (its admin port isn't fixed, so its health wasn't asked)",
        );
    }
    let address = format!("http://{}/readyz", settings.admin_listen);
    match get(&address).await {
        Ok(200) => finding(WHAT, State::Good, "runs and is ready"),
        Ok(status) => finding(
            WHAT,
            State::Failed,
            format!("runs, but isn't ready (status {status})"),
        ),
        Err(error) => finding(
            WHAT,
            State::Failed,
            format!("runs, but {address} doesn't answer: {error}"),
        ),
    }
}

fn key(settings: &Settings) -> Finding {
    const WHAT: &str = "platform key";
    match &settings.platform.api_key {
        Some(_) => finding(
            WHAT,
            State::Good,
            "there is one; desktops may dial through this relay",
        ),
        None => finding(
            WHAT,
            State::Warning,
            "none: desktops can't dial through this relay; set platform.api_key_file or CENTREX_RELAY_PLATFORM_API_KEY",
        ),
    }
}

/// Only whether it answers: any request with the key could ring a phone or change the callback.
async fn platform(settings: &Settings) -> Finding {
    const WHAT: &str = "platform";
    match get(settings.platform.url.as_str()).await {
        Ok(_) => finding(WHAT, State::Good, format!("{} answers", settings.platform.url)),
        Err(error) => finding(
            WHAT,
            State::Failed,
            format!("{} can't be reached: {error}", settings.platform.url),
        ),
    }
}

async fn get(address: &str) -> Result<u16, String> {
    let words = |error: reqwest::Error| {
        let error = error.without_url();
        let mut cause: &dyn std::error::Error = &error;
        while let Some(next) = cause.source() {
            cause = next;
        }
        cause.to_string()
    };
    let is_local = Url::parse(address).is_ok_and(|url| match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        _ => false,
    });
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .referer(false)
        .timeout(PATIENCE);
    if is_local {
        builder = builder.no_proxy();
    }
    let client = builder.build().map_err(words)?;
    client
        .get(address)
        .send()
        .await
        .map(|response| response.status().as_u16())
        .map_err(words)
}
