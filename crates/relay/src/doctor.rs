//! What works here: configuration, store, listener, platform. Nothing that it says holds a secret, and nothing rings.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::redirect::Policy;
use serde::Serialize;
use url::Url;

use crate::forward;
use crate::lock::DataLock;
use crate::secret::callback::CallbackSecret;
use crate::secret::rotation;
use crate::settings::advice::is_example;
use crate::settings::{self, Settings};
use crate::store::kinds::{event, history, unmatched};
use crate::store::{FILE, StoreError, look};
use crate::time::to_the_second;
use crate::told;

/// How a check went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Works.
    Good,
    /// Works, but somebody should look.
    Warning,
    /// There, but it can't be tried without ringing a phone or changing something.
    Untried,
    /// Doesn't work.
    Failed,
}

impl State {
    /// A word for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warning => "warning",
            Self::Untried => "untried",
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

const CALLBACKS: &str = "callbacks";

/// The longest wait for another program.
const PATIENCE: Duration = Duration::from_secs(5);

/// Looks at everything.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![configuration(settings)];
    findings.extend(store(settings));
    findings.push(secret(settings));
    findings.extend(former_secret(settings));
    findings.extend(exposed_secrets(settings));
    findings.extend(told_address(settings));
    findings.extend(forwards(settings));
    findings.push(public_address(settings));
    findings.push(running(settings).await);
    findings.push(key(settings));
    findings.push(platform(settings).await);
    findings
}

fn configuration(settings: &Settings) -> Finding {
    let detail = match &settings.file {
        Some(file) => format!("read from {}", file.display()),
        None => format!(
            "no file was read ({} isn't there, and --config names no other); the environment, the arguments and the defaults hold",
            settings::default_file().display()
        ),
    };
    finding("configuration", State::Good, detail)
}

/// What the database tells.
struct Told {
    soundness: String,
    events: (u64, Option<Timestamp>),
    last_callback: Option<Timestamp>,
    set_aside: u64,
}

fn store(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "store";
    let path = settings.data_dir.join(FILE);
    if !path.exists() {
        let detail = format!("{} doesn't exist yet; the first start makes it", path.display());
        return vec![finding(WHAT, State::Warning, detail)];
    }
    let told = look(&settings.data_dir, Timestamp::now(), |db| {
        Ok(Told {
            soundness: db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?,
            events: event::kept(db)?,
            last_callback: history::last_callback(db)?,
            set_aside: unmatched::count(db)?,
        })
    });
    let told = match told {
        Ok(told) if told.soundness == "ok" => told,
        Ok(told) => {
            let cause = told.soundness.into();
            let damaged = StoreError::Damaged {
                path: path.into(),
                cause,
            };
            return vec![finding(WHAT, State::Failed, damaged.to_string())];
        }
        Err(error) => return vec![finding(WHAT, State::Failed, error.to_string())],
    };
    let events = match told.events {
        (count, Some(oldest)) => format!("{count} events are kept, the oldest of {}", to_the_second(oldest)),
        (_, None) => "no events are kept".to_owned(),
    };
    let callbacks = match told.last_callback {
        Some(at) => finding(
            CALLBACKS,
            State::Good,
            format!("the last one came at {}", to_the_second(at)),
        ),
        None => finding(
            CALLBACKS,
            State::Warning,
            "none yet; after `centrex-relay callback set`, ring one of your lines and look again",
        ),
    };
    let sound = format!("{} is sound; {events}", path.display());
    let mut findings = vec![finding(WHAT, State::Good, sound), callbacks];
    if told.set_aside > 0 {
        let detail = format!(
            "{} could not be used and are kept as they came; look at them with: centrex-relay unmatched list",
            told.set_aside
        );
        findings.push(finding("unmatched callbacks", State::Warning, detail));
    }
    findings
}

/// Looks, and makes none: who runs this may not be the relay's user.
fn secret(settings: &Settings) -> Finding {
    const WHAT: &str = "callback secret";
    let looked = match &settings.callback_secret {
        Some(given) => CallbackSecret::given(given).map(Some),
        None => CallbackSecret::look(&settings.data_dir),
    };
    match looked {
        Ok(Some(_)) => finding(WHAT, State::Good, "there is one"),
        Ok(None) => finding(WHAT, State::Warning, "none yet; the first start makes one"),
        Err(error) => finding(WHAT, State::Failed, error.to_string()),
    }
}

/// A rotation under way.
fn former_secret(settings: &Settings) -> Option<Finding> {
    const WHAT: &str = "former callback secret";
    if settings.callback_secret.is_some() {
        settings.previous_callback_secret.as_ref()?;
        let detail =
            "one is given and good as long as it is; take it away once the operator uses the new address";
        return Some(finding(WHAT, State::Warning, detail));
    }
    match rotation::former(&settings.data_dir) {
        Ok(former) => {
            let until = former?.until.filter(|until| Timestamp::now() < *until)?;
            let detail = format!("good until {}, with the new one", to_the_second(until));
            Some(finding(WHAT, State::Good, detail))
        }
        Err(error) => Some(finding(WHAT, State::Failed, error.to_string())),
    }
}

/// Whether the operator knows the present address, as far as this relay knows.
fn told_address(settings: &Settings) -> Option<Finding> {
    const WHAT: &str = "callback address";
    let public = settings.public_url.as_ref()?;
    if !settings.data_dir.join(FILE).exists() {
        return None;
    }
    let told = match told::last(&settings.data_dir, Timestamp::now()) {
        Ok(told) => told?,
        Err(_) => return None,
    };
    let secret = match &settings.callback_secret {
        Some(given) => CallbackSecret::given(given).ok()?,
        None => CallbackSecret::look(&settings.data_dir).ok()??,
    };
    let at = to_the_second(told.at);
    let present = format!("{public}callback/{}", secret.reveal());
    Some(if told.address.is_none() {
        let detail =
            format!("callbacks were turned off at {at}; turn them on with: centrex-relay callback set");
        finding(WHAT, State::Warning, detail)
    } else if told::is(&told, &present) {
        finding(WHAT, State::Good, format!("the operator was told it at {at}"))
    } else {
        let detail = format!(
            "the operator was told another one at {at}, of another public_url or secret; run: centrex-relay callback set"
        );
        finding(WHAT, State::Failed, detail)
    })
}

fn forwards(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "forward";
    if settings.forwards.is_empty() || !settings.data_dir.join(FILE).exists() {
        return Vec::new();
    }
    let standing = match forward::list(&settings.data_dir, &settings.forwards, Timestamp::now()) {
        Ok(standing) => standing,
        Err(error) => return vec![finding(WHAT, State::Failed, error.to_string())],
    };
    standing.into_iter().map(|one| standing_of(&one)).collect()
}

fn standing_of(one: &forward::Standing) -> Finding {
    const WHAT: &str = "forward";
    let (name, state) = (&one.name, &one.state);
    let dropped = state.dropped_full + state.dropped_old + state.dropped_refused;
    let mut detail = match one.waiting {
        (0, _) | (_, None) => format!("{name}: nothing waits, {} delivered", state.delivered),
        (count, Some(oldest)) => format!("{name}: {count} wait, the oldest since {}", to_the_second(oldest)),
    };
    if dropped > 0 {
        let (full, old, refused) = (state.dropped_full, state.dropped_old, state.dropped_refused);
        detail += &format!(
            "; {dropped} never arrived ({full} for want of room, {old} too old, {refused} refused by it)"
        );
    }
    // A failure that nothing was delivered after is the present state.
    let failing = state
        .failed
        .as_ref()
        .filter(|(at, _)| state.delivered_at.is_none_or(|good| good < *at));
    match failing {
        Some((at, why)) => {
            detail += &format!(
                "; it fails since {} at the latest: {why}; check its address and whether it runs",
                to_the_second(*at)
            );
            finding(WHAT, State::Failed, detail)
        }
        None if dropped > 0 => finding(WHAT, State::Warning, detail),
        None => finding(WHAT, State::Good, detail),
    }
}

fn exposed_secrets(settings: &Settings) -> Vec<Finding> {
    let exposed = settings.exposed_secrets().into_iter();
    exposed
        .map(|advice| finding("secret file", State::Warning, advice))
        .collect()
}

fn public_address(settings: &Settings) -> Finding {
    const WHAT: &str = "public address";
    let Some(url) = &settings.public_url else {
        return finding(WHAT, State::Warning, settings.no_public_url().unwrap_or_default());
    };
    if is_example(url) {
        let detail = format!(
            "{url} only stands for an example: neither the operator nor a desktop reaches a relay there; set public_url to \
             the address by which this one is reached"
        );
        return finding(WHAT, State::Failed, detail);
    }
    if url.scheme() == "http" {
        let detail = format!("{url} has no TLS: callbacks and tokens travel readable; use https://");
        return finding(WHAT, State::Warning, detail);
    }
    finding(WHAT, State::Good, url.to_string())
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
    match settings.no_key() {
        Some(advice) => finding(WHAT, State::Warning, advice),
        None => finding(
            WHAT,
            State::Untried,
            "there is one; whether the operator takes it shows at the first call or at `centrex-relay callback set`",
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
    let is_local = Url::parse(address).is_ok_and(|url| loopback::is_loopback(&url));
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
