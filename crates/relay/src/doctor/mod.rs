//! What works here: configuration, store, TLS, the way in, the platform, the clock. Nothing that it says holds a secret, nothing
//! rings, and nothing is recorded.

mod accounts;
mod ask;
pub mod health;
mod own;
mod platform;
mod store;

use jiff::Timestamp;
use serde::Serialize;

use crate::forward;
use crate::lock::DataLock;
use crate::secret::callback::{CallbackSecret, CallbackSecretError};
use crate::secret::rotation;
use crate::settings::{self, Settings};
use crate::time::to_the_second;
use crate::told;

pub use accounts::{Accounts, accounts, nearest};
use health::Unwell;

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

/// Looks at everything.
pub async fn examine(settings: &Settings) -> Vec<Finding> {
    let mut findings = vec![configuration(settings)];
    let unread = settings.unread_variables().into_iter();
    findings.extend(unread.map(|advice| finding("variable", State::Warning, advice)));
    let blind = settings.no_trusted_proxy();
    findings.extend(blind.map(|advice| finding("callback sources", State::Warning, advice)));
    findings.extend(store::findings(settings));
    findings.push(secret(settings));
    findings.extend(former_secret(settings));
    findings.extend(exposed_secrets(settings));
    findings.extend(told_address(settings));
    findings.extend(forwards(settings));
    findings.push(running(settings).await);
    findings.extend(own::findings(settings).await);
    findings.extend(platform::findings(settings).await);
    findings.extend(accounts::findings(settings));
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

/// Looks, and makes none: who runs this may not be the relay's user.
fn callback_secret(settings: &Settings) -> Result<Option<CallbackSecret>, CallbackSecretError> {
    match &settings.callback_secret {
        Some(given) => CallbackSecret::given(given).map(Some),
        None => CallbackSecret::look(&settings.data_dir),
    }
}

fn secret(settings: &Settings) -> Finding {
    const WHAT: &str = "callback secret";
    match callback_secret(settings) {
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
    let told = match told::last(&settings.data_dir) {
        Ok(told) => told?,
        Err(_) => return None,
    };
    let secret = callback_secret(settings).ok()??;
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
    if settings.forwards.is_empty() {
        return Vec::new();
    }
    let standing = match forward::list(&settings.data_dir, &settings.forwards) {
        Ok(standing) => standing,
        // The look at the store says so.
        Err(error) if error.awaits_a_start() => return Vec::new(),
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

async fn running(settings: &Settings) -> Finding {
    const WHAT: &str = "relay";
    if !DataLock::is_taken(&settings.data_dir) {
        return finding(
            WHAT,
            State::Warning,
            "no relay runs on this data folder; start it with: centrex-relay serve",
        );
    }
    match health::ask(settings.admin_listen).await {
        Ok(()) => finding(WHAT, State::Good, "runs and is ready"),
        Err(Unwell::Unknown) => finding(
            WHAT,
            State::Good,
            "runs (its admin port isn't fixed, so its health wasn't asked)",
        ),
        Err(unwell) => finding(WHAT, State::Failed, format!("runs, but {unwell}")),
    }
}
