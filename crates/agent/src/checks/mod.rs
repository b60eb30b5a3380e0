//! Tries what the app needs, step by step, and says what was found. No step rings a phone, and none shows a secret.

mod desktop;
mod directories;
mod name;
mod summary;

use std::path::Path;
use std::time::Duration;

use companion::event::{CredentialKind, DialReason, KeychainProblem};
use companion::settings::{Authentication, Loaded, Mode, Settings};
use companion::words::Message;
use control::protocol::{Check, CheckResult};
use relay_api::{
    ClientError, ClientOptions, RelayClient, RelayUrl, SubscribeOptions, Subscription, ThreadJitter, Update,
};
use secrecy::SecretString;
use tokio::sync::mpsc;
use url::Url;

use crate::controller::Input;
use crate::desktop::KeychainPort;
use crate::desktop::notifications::Server;
use crate::desktop::tray::Host;
use crate::enrol::{self, TOKEN, address_problem};
use crate::token::{self, SecretPlace};
use crate::view;

pub(crate) use desktop::{Found, desktop};
pub(crate) use directories::directories;
use name::CheckName;
pub(crate) use summary::summarise;

/// How long one step may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A check with its sentence.
fn check(name: CheckName, result: CheckResult, message: Message) -> Check {
    Check {
        name: name.as_str().to_owned(),
        result,
        message: view::message(message),
    }
}

fn ok(name: CheckName, message: impl Into<Message>) -> Check {
    check(name, CheckResult::Ok, message.into())
}

fn warning(name: CheckName, message: impl Into<Message>) -> Check {
    check(name, CheckResult::Warning, message.into())
}

fn failed(name: CheckName, message: impl Into<Message>) -> Check {
    check(name, CheckResult::Failed, message.into())
}

fn skipped(name: CheckName, message: impl Into<Message>) -> Check {
    check(name, CheckResult::Skipped, message.into())
}

/// Everything that can be tried while no agent runs, which `missing` says; `host` and `server`: who would show its icon and
/// its notifications. The journal is its own.
pub(crate) async fn without_agent<K: KeychainPort>(
    missing: Message,
    keychain: &K,
    loaded: &Loaded,
    window: &Path,
    host: Host,
    server: &Result<Option<Server>, String>,
) -> Vec<Check> {
    let mut checks = vec![failed(CheckName::Agent, missing)];
    checks.extend(desktop::untried(host, server));
    checks.extend(desktop::files(loaded.files.problem.as_ref(), window));
    checks.push(self::keychain(keychain).await);
    checks.extend(connection(keychain, &loaded.settings, None, None).await);
    summarise(loaded.settings.mode, &mut checks);
    checks
}

/// Whether the keychain keeps what it is given: tried, with an entry of no worth.
pub(crate) async fn keychain<K: KeychainPort>(keychain: &K) -> Check {
    match enrol::keeps(keychain).await {
        Ok(()) => ok(CheckName::Keychain, "doctor-keychain-ok"),
        Err(problem) => keychain_failed(CheckName::Keychain, problem),
    }
}

fn keychain_failed(name: CheckName, problem: KeychainProblem) -> Check {
    failed(name, problem.message())
}

/// Collects checks, and tells each as it ends.
struct Steps {
    done: Vec<Check>,
    tell: Option<mpsc::Sender<Input>>,
}

impl Steps {
    async fn add(&mut self, check: Check) {
        if let Some(tell) = &self.tell {
            // Fails only when the controller has ended.
            let _ = tell.send(Input::TestStep(check.clone())).await;
        }
        self.done.push(check);
    }
}

/// The way of working that is set up, step by step; a step that fails ends it. `refused`: why the platform refused the last
/// call, which can't be tried without a ring. `tell` hears each step as it ends.
pub(crate) async fn connection<K: KeychainPort>(
    keychain: &K,
    settings: &Settings,
    refused: Option<LastingRefusal>,
    tell: Option<mpsc::Sender<Input>>,
) -> Vec<Check> {
    let mut steps = Steps {
        done: Vec::new(),
        tell,
    };
    let last = match settings.mode {
        Mode::Unset => Err(skipped(CheckName::Mode, "test-not-set-up")),
        Mode::Relay => relay(keychain, settings, refused, &mut steps).await,
        Mode::Direct => direct(keychain, settings, refused, &mut steps).await,
    };
    if let Err(check) = last {
        steps.add(check).await;
    }
    steps.done
}

/// An error is the step that ended it.
async fn relay<K: KeychainPort>(
    keychain: &K,
    settings: &Settings,
    refused: Option<LastingRefusal>,
    steps: &mut Steps,
) -> Result<(), Check> {
    let missing = || failed(CheckName::RelayAddress, "test-relay-address-missing");
    let url = settings.relay_url.as_ref().ok_or_else(missing)?;
    let relay = RelayUrl::parse(url.as_str())
        .map_err(|error| failed(CheckName::RelayAddress, address_problem(&error)))?;
    let address = address(CheckName::RelayAddress, url).await;
    if address.result != CheckResult::Ok {
        return Err(address);
    }
    steps.add(address).await;
    let token = kept_token(keychain, &relay).await?;
    let client = RelayClient::new(relay, Some(token), ClientOptions::default())
        .map_err(|error| failed(CheckName::RelayReachable, address_problem(&error)))?;
    let me = client.me().await;
    steps.add(reachable(&me, url.scheme() == "https")).await;
    let me = match me {
        Ok(me) => me,
        Err(error) if error.is_unauthorized() => {
            return Err(failed(CheckName::RelayToken, "test-token-refused"));
        }
        // Said already: whether the token is right, only an answer to it tells.
        Err(_) => return Ok(()),
    };
    let token = Message::new("test-token-ok").with("label", me.label);
    steps.add(ok(CheckName::RelayToken, token)).await;
    steps.add(stream(client).await).await;
    let dial = match refused {
        _ if !me.capabilities.dial => warning(CheckName::RelayDial, "test-relay-dial-none"),
        Some(reason) => last_refused(CheckName::RelayDial, "relay", reason),
        None => ok(CheckName::RelayDial, "test-relay-dial-ok"),
    };
    steps.add(dial).await;
    Ok(())
}

/// The token that the keychain holds for a relay, or the check that says why there is none.
async fn kept_token<K: KeychainPort>(keychain: &K, relay: &RelayUrl) -> Result<SecretString, Check> {
    match keychain.get(TOKEN).await {
        Ok(Some(kept)) => token::for_relay(&kept, relay)
            .ok_or_else(|| failed(CheckName::RelayToken, "test-token-other-relay")),
        Ok(None) => Err(failed(CheckName::RelayToken, "test-token-missing")),
        Err(problem) => Err(keychain_failed(CheckName::RelayToken, problem)),
    }
}

/// Why the platform refused the last call, where that holds for the next one too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LastingRefusal {
    /// The key or password is wrong.
    WrongKey,
    /// This computer's address or this account isn't let in.
    Forbidden,
    /// The account has no callback, which the platform demands.
    NoCallback,
}

impl LastingRefusal {
    /// `None`: another call may well be taken.
    pub(crate) fn of(reason: DialReason) -> Option<Self> {
        match reason {
            DialReason::WrongKey => Some(Self::WrongKey),
            DialReason::Forbidden => Some(Self::Forbidden),
            DialReason::NoCallback => Some(Self::NoCallback),
            _ => None,
        }
    }
}

fn last_refused(name: CheckName, way: &str, reason: LastingRefusal) -> Check {
    let why = match reason {
        LastingRefusal::WrongKey => "key",
        LastingRefusal::Forbidden => "forbidden",
        LastingRefusal::NoCallback => "no-callback",
    };
    failed(name, Message::new(&format!("test-{way}-refused-{why}")))
}

fn reachable<T>(answer: &Result<T, ClientError>, encrypted: bool) -> Check {
    let name = CheckName::RelayReachable;
    let answers = if encrypted {
        "test-relay-reachable"
    } else {
        "test-relay-reachable-plain"
    };
    match answer {
        // A refusal in the relay's own words is an answer of the relay.
        Ok(_) => ok(name, answers),
        Err(error) if error.is_unauthorized() => ok(name, answers),
        Err(ClientError::Unreachable { why }) => {
            failed(name, Message::new("test-relay-unreachable").with("why", why))
        }
        Err(ClientError::Tls { why }) => failed(name, Message::new("test-relay-tls").with("why", why)),
        Err(ClientError::TimedOut | ClientError::Interrupted { .. }) => failed(name, "test-relay-no-answer"),
        Err(ClientError::NotARelay { .. } | ClientError::Unreadable { .. }) => {
            failed(name, "test-relay-not-a-relay")
        }
        Err(ClientError::Refused { .. }) => failed(name, "test-relay-busy"),
    }
}

/// Whether events would come: a stream of its own, up to its first bytes.
async fn stream(client: RelayClient) -> Check {
    let mut updates = Subscription::start(client, None, SubscribeOptions::default(), ThreadJitter);
    let first = async {
        loop {
            match updates.next().await {
                Some(Update::Connecting { .. }) => {}
                Some(Update::Live { .. }) => break true,
                _ => break false,
            }
        }
    };
    match tokio::time::timeout(PATIENCE, first).await {
        Ok(true) => ok(CheckName::RelayStream, "test-stream-ok"),
        Ok(false) | Err(_) => failed(CheckName::RelayStream, "test-stream-failed"),
    }
}

/// An error is the step that ended it.
async fn direct<K: KeychainPort>(
    keychain: &K,
    settings: &Settings,
    refused: Option<LastingRefusal>,
    steps: &mut Steps,
) -> Result<(), Check> {
    let missing = || failed(CheckName::Account, "test-account-missing");
    let account = settings.account_id.as_ref().ok_or_else(missing)?;
    let kind = match settings.authentication {
        Authentication::ApiKey => CredentialKind::ApiKey,
        Authentication::AccountPassword => CredentialKind::AccountPassword,
    };
    let Some(place) = SecretPlace::platform(kind, account.clone(), settings) else {
        return Ok(());
    };
    let name = CheckName::Credentials;
    let credentials = match keychain.get(place.name.clone()).await {
        Ok(Some(kept)) if place.take(&kept).is_none() => failed(name, "test-credentials-other-platform"),
        Ok(Some(_)) => ok(name, "test-credentials-ok"),
        Ok(None) => failed(name, "test-credentials-missing"),
        Err(problem) => keychain_failed(name, problem),
    };
    steps.add(credentials).await;
    let url = settings
        .platform_url
        .clone()
        .or_else(|| Url::parse(centrex::PLATFORM_URL).ok());
    let Some(url) = url else { return Ok(()) };
    let address = address(CheckName::PlatformAddress, &url).await;
    let resolved = address.result == CheckResult::Ok;
    steps.add(address).await;
    if resolved {
        steps.add(platform(&url).await).await;
    }
    if let Some(reason) = refused {
        let refused = last_refused(CheckName::PlatformCall, "direct", reason);
        steps.add(refused).await;
    }
    // Said each time: nobody should wait for an alert that can't come.
    steps
        .add(skipped(CheckName::Alerts, "test-direct-no-alerts"))
        .await;
    Ok(())
}

/// Whether the name leads somewhere.
async fn address(name: CheckName, url: &Url) -> Check {
    let host = url.host_str().unwrap_or_default();
    let failure = |why: String| {
        let message = Message::new("test-address-unknown")
            .with("host", host)
            .with("why", why);
        failed(name, message)
    };
    let port = url.port_or_known_default().unwrap_or(443);
    // An IPv6 address stands in brackets in a URL, and without them everywhere else.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((bare, port))).await {
        // A name that is known has at least one address.
        Ok(Ok(_)) => ok(name, Message::new("test-address-ok").with("host", host)),
        Ok(Err(error)) => failure(error.to_string()),
        Err(_) => failure("DNS: no answer".to_owned()),
    }
}

/// Whether the platform answers over HTTP: its base address without account, number or secret, so nothing can ring and
/// whether the key is right stays open until a call is placed.
async fn platform(url: &Url) -> Check {
    let name = CheckName::Platform;
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .timeout(PATIENCE)
        .pool_max_idle_per_host(0);
    let client = if loopback::is_loopback(url) {
        client.no_proxy()
    } else {
        client
    };
    let answer = match client.build() {
        Ok(client) => client.head(url.clone()).send().await,
        Err(error) => Err(error),
    };
    match answer {
        Ok(_) => ok(name, "test-platform-reachable"),
        Err(error) => {
            let why = innermost(&error.without_url());
            failed(name, Message::new("test-platform-unreachable").with("why", why))
        }
    }
}

/// The cause at the bottom of an error's chain: the system's or the TLS library's words.
fn innermost(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source())
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}
