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

fn ok(name: CheckName, id: &str) -> Check {
    check(name, CheckResult::Ok, Message::new(id))
}

fn failed(name: CheckName, id: &str) -> Check {
    check(name, CheckResult::Failed, Message::new(id))
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
    let mut checks = vec![check(CheckName::Agent, CheckResult::Failed, missing)];
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
    check(name, CheckResult::Failed, problem.message())
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
    match settings.mode {
        Mode::Unset => {
            steps
                .add(check(
                    CheckName::Mode,
                    CheckResult::Skipped,
                    Message::new("test-not-set-up"),
                ))
                .await;
        }
        Mode::Relay => relay(keychain, settings, refused, &mut steps).await,
        Mode::Direct => direct(keychain, settings, refused, &mut steps).await,
    }
    steps.done
}

async fn relay<K: KeychainPort>(
    keychain: &K,
    settings: &Settings,
    refused: Option<LastingRefusal>,
    steps: &mut Steps,
) {
    let Some(url) = &settings.relay_url else {
        return steps
            .add(failed(CheckName::RelayAddress, "test-relay-address-missing"))
            .await;
    };
    let relay = match RelayUrl::parse(url.as_str()) {
        Ok(relay) => relay,
        Err(error) => {
            let message = address_problem(&error);
            return steps
                .add(check(CheckName::RelayAddress, CheckResult::Failed, message))
                .await;
        }
    };
    let address = address(CheckName::RelayAddress, url).await;
    let resolved = address.result == CheckResult::Ok;
    steps.add(address).await;
    if !resolved {
        return;
    }
    let token = match kept_token(keychain, &relay).await {
        Ok(token) => token,
        Err(check) => return steps.add(check).await,
    };
    let client = match RelayClient::new(relay, Some(token), ClientOptions::default()) {
        Ok(client) => client,
        Err(error) => {
            let message = address_problem(&error);
            return steps
                .add(check(CheckName::RelayReachable, CheckResult::Failed, message))
                .await;
        }
    };
    let me = client.me().await;
    steps.add(reachable(&me, url.scheme() == "https")).await;
    let me = match me {
        Ok(me) => me,
        Err(error) if error.is_unauthorized() => {
            return steps
                .add(failed(CheckName::RelayToken, "test-token-refused"))
                .await;
        }
        // Said already: whether the token is right, only an answer to it tells.
        Err(_) => return,
    };
    steps
        .add(check(
            CheckName::RelayToken,
            CheckResult::Ok,
            Message::new("test-token-ok").with("label", me.label),
        ))
        .await;
    steps.add(stream(client).await).await;
    steps
        .add(match refused {
            _ if !me.capabilities.dial => check(
                CheckName::RelayDial,
                CheckResult::Warning,
                Message::new("test-relay-dial-none"),
            ),
            Some(reason) => last_refused(CheckName::RelayDial, "relay", reason),
            None => ok(CheckName::RelayDial, "test-relay-dial-ok"),
        })
        .await;
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
    failed(name, &format!("test-{way}-refused-{why}"))
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
        Err(ClientError::Unreachable { why }) => check(
            name,
            CheckResult::Failed,
            Message::new("test-relay-unreachable").with("why", why),
        ),
        Err(ClientError::Tls { why }) => check(
            name,
            CheckResult::Failed,
            Message::new("test-relay-tls").with("why", why),
        ),
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

async fn direct<K: KeychainPort>(
    keychain: &K,
    settings: &Settings,
    refused: Option<LastingRefusal>,
    steps: &mut Steps,
) {
    let Some(account) = &settings.account_id else {
        return steps
            .add(failed(CheckName::Account, "test-account-missing"))
            .await;
    };
    let kind = match settings.authentication {
        Authentication::ApiKey => CredentialKind::ApiKey,
        Authentication::AccountPassword => CredentialKind::AccountPassword,
    };
    let Some(place) = SecretPlace::platform(kind, account.clone(), settings) else {
        return;
    };
    match keychain.get(place.name.clone()).await {
        Ok(Some(kept)) if place.take(&kept).is_none() => {
            steps
                .add(failed(CheckName::Credentials, "test-credentials-other-platform"))
                .await;
        }
        Ok(Some(_)) => steps.add(ok(CheckName::Credentials, "test-credentials-ok")).await,
        Ok(None) => {
            steps
                .add(failed(CheckName::Credentials, "test-credentials-missing"))
                .await
        }
        Err(problem) => steps.add(keychain_failed(CheckName::Credentials, problem)).await,
    }
    let url = settings
        .platform_url
        .clone()
        .or_else(|| Url::parse(centrex::PLATFORM_URL).ok());
    let Some(url) = url else { return };
    let address = address(CheckName::PlatformAddress, &url).await;
    let resolved = address.result == CheckResult::Ok;
    steps.add(address).await;
    if resolved {
        steps.add(platform(&url).await).await;
    }
    if let Some(reason) = refused {
        steps
            .add(last_refused(CheckName::PlatformCall, "direct", reason))
            .await;
    }
    // Said each time: nobody should wait for an alert that can't come.
    steps
        .add(check(
            CheckName::Alerts,
            CheckResult::Skipped,
            Message::new("test-direct-no-alerts"),
        ))
        .await;
}

/// Whether the name leads somewhere.
async fn address(name: CheckName, url: &Url) -> Check {
    let host = url.host_str().unwrap_or_default();
    let failure = |why: String| {
        let message = Message::new("test-address-unknown")
            .with("host", host)
            .with("why", why);
        check(name, CheckResult::Failed, message)
    };
    let port = url.port_or_known_default().unwrap_or(443);
    // An IPv6 address stands in brackets in a URL, and without them everywhere else.
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    match tokio::time::timeout(PATIENCE, tokio::net::lookup_host((bare, port))).await {
        // A name that is known has at least one address.
        Ok(Ok(_)) => check(
            name,
            CheckResult::Ok,
            Message::new("test-address-ok").with("host", host),
        ),
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
            check(
                name,
                CheckResult::Failed,
                Message::new("test-platform-unreachable").with("why", why),
            )
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
