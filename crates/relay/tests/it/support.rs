//! Starting relays, speaking to them as the platform and as a desktop do.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use centrex_relay::enrolment::{self, Desk};
use centrex_relay::server::{self, Running};
use centrex_relay::settings::{self, Sources};
use jiff::{SignedDuration, Timestamp};
use relay_api::wire::{Event, EventBody, EventId, EventPage};
use relay_api::{ClientOptions, RelayClient, RelayUrl, SubscribeOptions, Subscription, Update};
use secrecy::SecretString;
use telephony::{AccountId, CallState};
use tokio::net::TcpListener;

/// The callback secret of every relay here.
pub const SECRET: &str = "canary-callback-secret-0123456789";

/// The longest that anything awaited may take; only a broken relay needs it.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A relay in this process.
pub struct Relay {
    pub running: Option<Running>,
    pub http: reqwest::Client,
    pub data: PathBuf,
    pub base: String,
    pub admin: String,
    _folder: Option<tempfile::TempDir>,
}

/// What a relay is started with, beside the defaults.
pub type Keys<'a> = &'a [(&'static str, &'a str)];

impl Relay {
    pub async fn start() -> Self {
        Self::with(&[]).await
    }

    pub async fn with(keys: Keys<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut relay = Self::on(folder.path(), keys).await;
        relay._folder = Some(folder);
        relay
    }

    /// With a configuration file.
    pub async fn configured(text: &str, keys: Keys<'_>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("relay.toml"), text).unwrap();
        let mut relay = Self::on(folder.path(), keys).await;
        relay._folder = Some(folder);
        relay
    }

    /// The metrics as they are told.
    pub async fn metrics(&self) -> String {
        let answer = self.http.get(format!("{}/metrics", self.admin)).send();
        answer.await.unwrap().text().await.unwrap()
    }

    /// The value of a series, its prefix left out; every one that may be asked for is there. All relays of a process count
    /// together: what is to be exact needs a process of its own ([`crate::support_process::Process`]).
    pub async fn measured(&self, series: &str) -> f64 {
        value(&self.metrics().await, series)
    }

    /// On a folder that stays, for restarts; a `relay.toml` in it is read.
    pub async fn on(data: &Path, keys: Keys<'_>) -> Self {
        install_crypto();
        let mut environment =
            BTreeMap::from([("CENTREX_RELAY_CALLBACK_SECRET".to_owned(), SECRET.to_owned())]);
        for (key, value) in keys {
            let name = if key.starts_with("CENTREX_") {
                (*key).to_owned()
            } else {
                settings::variable(key)
            };
            environment.insert(name, (*value).to_owned());
        }
        let flags = vec![("data_dir", data.display().to_string())];
        let file = data.join("relay.toml");
        let settings = settings::load(&Sources {
            file: file.exists().then_some(file),
            environment,
            flags,
            ..Sources::default()
        })
        .unwrap();
        let listeners = (
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
        );
        let mut prepared = server::prepare(&settings).unwrap();
        if settings.tls.is_some() {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            prepared = prepared.with_tls(listener).unwrap();
        }
        let running = prepared.start(listeners.0, listeners.1).unwrap();
        let (base, admin) = (
            format!("http://{}", running.address),
            format!("http://{}", running.admin),
        );
        Self {
            running: Some(running),
            http: http(),
            data: data.to_owned(),
            base,
            admin,
            _folder: None,
        }
    }

    pub async fn stop(mut self) {
        self.running.take().unwrap().stop().await;
    }

    /// Enrols a desktop over HTTP and gives its bearer token.
    pub async fn enrol(&self, accounts: &[&str]) -> String {
        enrol(&self.base, &self.data, accounts).await
    }

    /// Sends a callback as the platform does; it must be taken.
    pub async fn callback(&self, query: &str) {
        let response = self.http.get(self.callback_url(query)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{query}");
    }

    pub fn callback_url(&self, query: &str) -> String {
        format!("{}/callback/{SECRET}?{query}", self.base)
    }

    pub async fn get(&self, path: &str, token: &str) -> reqwest::Response {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(token);
        request.header("Accept", "application/json").send().await.unwrap()
    }

    pub fn client(&self, token: &str) -> RelayClient {
        client(&self.base, token)
    }
}

/// The value of a series in what `/metrics` tells, its prefix left out.
pub fn value(metrics: &str, series: &str) -> f64 {
    let values = metrics.lines().filter_map(|line| {
        line.strip_prefix("centrex_relay_")?
            .strip_prefix(series)?
            .strip_prefix(' ')
    });
    let values: Vec<f64> = values.map(|text| text.parse().unwrap()).collect();
    assert_eq!(values.len(), 1, "{series} in {metrics}");
    values[0]
}

/// The next page of a desktop's events, without waiting for any.
pub async fn page(base: &str, token: &str, after: Option<EventId>) -> EventPage {
    let query = after.map_or_else(String::new, |after| format!("?after={after}"));
    let request = http().get(format!("{base}/v1/events{query}")).bearer_auth(token);
    request
        .header("Accept", "application/json")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

pub fn install_crypto() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Enrols a desktop over HTTP and gives its bearer token.
pub async fn enrol(base: &str, data: &Path, accounts: &[&str]) -> String {
    let code = code(data, accounts);
    let response = http()
        .post(format!("{base}/v1/enrolments/{code}"))
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 201);
    response.json::<serde_json::Value>().await.unwrap()["token"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// An enrolment code, made as the command line makes it.
pub fn code(data: &Path, accounts: &[&str]) -> String {
    let accounts = accounts.iter().map(|id| AccountId((*id).to_owned())).collect();
    code_of(
        data,
        Desk {
            label: "Accueil".to_owned(),
            accounts,
            may_dial: true,
        },
    )
}

pub fn code_of(data: &Path, desk: Desk) -> String {
    let hour = SignedDuration::from_hours(1);
    let made = enrolment::create(data, &[desk], hour, Timestamp::now(), &mut rand::rng()).unwrap();
    made[0].0.reveal()
}

pub fn client(base: &str, token: &str) -> RelayClient {
    install_crypto();
    let token = SecretString::from(token.to_owned());
    RelayClient::new(
        RelayUrl::parse(base).unwrap(),
        Some(token),
        ClientOptions::default(),
    )
    .unwrap()
}

/// Waits short, so that a restart is noticed quickly.
pub fn impatient() -> SubscribeOptions {
    SubscribeOptions {
        first_wait: Duration::from_millis(10),
        longest_wait: Duration::from_millis(50),
        ..SubscribeOptions::default()
    }
}

pub fn subscribe(client: RelayClient, from: Option<EventId>) -> Subscription {
    Subscription::start(client, from, impatient(), |ceiling: Duration| ceiling)
}

/// The next event, whatever the connection goes through.
pub async fn next_event(subscription: &mut Subscription) -> Event {
    let wait = async {
        loop {
            match subscription.next().await.expect("the subscription goes on") {
                Update::Event(event) => return *event,
                Update::Refused(problem) => panic!("refused: {problem:?}"),
                _ => {}
            }
        }
    };
    tokio::time::timeout(PATIENCE, wait)
        .await
        .expect("an event comes")
}

/// Call id and state of a call event.
pub fn call_of(event: &Event) -> (String, CallState) {
    match &event.body {
        EventBody::Call { call } => (call.call_id.0.clone(), call.state),
        other => panic!("not a call: {other:?}"),
    }
}

pub fn http() -> reqwest::Client {
    install_crypto();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

/// Checks that an answer is a problem document that `docs/openapi.json` lists for this address, and gives its name.
pub async fn problem(response: reqwest::Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let address = response.url().path().to_owned();
    let problem: relay_api::wire::Problem = response.json().await.unwrap();
    assert_eq!(problem.status, status);
    crate::openapi::assert_documented(&address, status, &problem.kind);
    (status, problem.name().unwrap().to_owned())
}

pub fn start_of(call: &str, account: &str) -> String {
    format!(
        "event=incoming_call_start&call_id={call}&account_id={account}&calling_number=33199000012&called_number=33199000034"
    )
}
