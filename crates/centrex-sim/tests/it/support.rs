//! A receiver of callbacks, and a simulator to test.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{Method, StatusCode, Uri};
use centrex_sim::{Config, Entry, Faults, Filter, Kind, Sim, Time};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

pub const KEY: &str = "canary-api-key-8f3a";
pub const PASSWORD: &str = "canary-password-51c2";
pub const SECRET_PATH: &str = "/callback/canary-path-77de";

/// One callback as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub method: String,
    pub path: String,
    pub query: String,
    pub body: String,
}

#[derive(Clone)]
struct Shared {
    arrived: Arc<Mutex<Vec<Arrived>>>,
    count: watch::Sender<usize>,
    statuses: Arc<Mutex<Vec<u16>>>,
    gate: Option<Arc<Semaphore>>,
    at_once: Arc<Mutex<(usize, usize)>>,
}

/// A customer's system that takes callbacks.
pub struct Receiver {
    pub url: String,
    shared: Shared,
}

impl Receiver {
    pub async fn start() -> Self {
        Self::with(Vec::new(), None).await
    }

    /// Answers these statuses first, then 200; with a gate, each answer takes a permit.
    pub async fn with(statuses: Vec<u16>, gate: Option<Arc<Semaphore>>) -> Self {
        let shared = Shared {
            arrived: Arc::default(),
            count: watch::Sender::new(0),
            statuses: Arc::new(Mutex::new(statuses)),
            gate,
            at_once: Arc::default(),
        };
        let app = axum::Router::new().fallback(take).with_state(shared.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}{SECRET_PATH}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, shared }
    }

    pub fn arrived(&self) -> Vec<Arrived> {
        self.shared.arrived.lock().unwrap().clone()
    }

    pub fn queries(&self) -> Vec<String> {
        self.arrived().into_iter().map(|arrived| arrived.query).collect()
    }

    /// The events in the order of their arrival.
    pub fn events(&self) -> Vec<String> {
        self.queries()
            .iter()
            .map(|query| value(query, "event").unwrap_or_default())
            .collect()
    }

    /// Waits for the n-th callback.
    pub async fn await_count(&self, n: usize) {
        let mut count = self.shared.count.subscribe();
        tokio::time::timeout(Duration::from_secs(20), count.wait_for(|have| *have >= n))
            .await
            .unwrap()
            .unwrap();
    }

    /// The most callbacks that were ever there at once.
    pub fn most_at_once(&self) -> usize {
        self.shared.at_once.lock().unwrap().1
    }
}

async fn take(State(shared): State<Shared>, method: Method, uri: Uri, body: Bytes) -> StatusCode {
    {
        let mut at_once = shared.at_once.lock().unwrap();
        at_once.0 += 1;
        at_once.1 = at_once.1.max(at_once.0);
    }
    shared.arrived.lock().unwrap().push(Arrived {
        method: method.to_string(),
        path: uri.path().to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    shared.count.send_modify(|count| *count += 1);
    if let Some(gate) = &shared.gate {
        gate.acquire().await.unwrap().forget();
    }
    shared.at_once.lock().unwrap().0 -= 1;
    let mut statuses = shared.statuses.lock().unwrap();
    let status = if statuses.is_empty() {
        200
    } else {
        statuses.remove(0)
    };
    StatusCode::from_u16(status).unwrap()
}

/// A parameter's value as it stands in a query, undecoded.
pub fn value(query: &str, name: &str) -> Option<String> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .map(str::to_owned)
}

/// Two accounts, 1001 and 1002, manual time, the seed 7.
pub fn config() -> Config {
    let mut config = Config::new(KEY)
        .account("1001", PASSWORD, "+33199000001")
        .unwrap()
        .account("1002", "canary-other-password", "33199000002")
        .unwrap();
    config.time = Time::Manual;
    config.seed = Some(7);
    config
}

/// A simulator whose callbacks arrive at the receiver.
pub async fn start(config: Config) -> (Sim, Receiver) {
    let receiver = Receiver::start().await;
    let sim = Sim::start(config).await.unwrap();
    sim.set_callback_url(Some(&receiver.url)).await.unwrap();
    (sim, receiver)
}

pub fn faults(json: &str) -> Faults {
    serde_json::from_str(json).unwrap()
}

pub fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

/// Asks `/call` with this query.
pub async fn call(sim: &Sim, query: &str) -> reqwest::Response {
    client()
        .get(format!("{}/centrex/v1/call?{query}", sim.api_base()))
        .send()
        .await
        .unwrap()
}

/// A click-to-call of 1001 that is accepted.
pub async fn click(sim: &Sim, number: &str) {
    let answer = call(
        sim,
        &format!("account_id=1001&password={PASSWORD}&number={number}"),
    )
    .await;
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
}

pub async fn json(response: reqwest::Response) -> Value {
    serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
}

pub fn seconds(s: f64) -> Duration {
    Duration::from_secs_f64(s)
}

/// The kinds of the entries, without callbacks and requests.
pub fn phone_kinds(sim: &Sim) -> Vec<Kind> {
    let of_phones = [
        Kind::OwnPhoneRings,
        Kind::OwnPhonePickedUp,
        Kind::OtherPartyRings,
        Kind::Connected,
        Kind::Ended,
    ];
    kinds(sim)
        .into_iter()
        .filter(|kind| of_phones.contains(kind))
        .collect()
}

pub fn kinds(sim: &Sim) -> Vec<Kind> {
    entries(sim).into_iter().map(|entry| entry.kind).collect()
}

pub fn entries(sim: &Sim) -> Vec<Entry> {
    sim.record(&Filter::default())
}

/// The only entry of its kind.
pub fn only(sim: &Sim, kind: Kind) -> Entry {
    let mut found = sim.record(&Filter {
        kind: Some(kind),
        ..Filter::default()
    });
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}
