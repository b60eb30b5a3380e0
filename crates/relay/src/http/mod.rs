//! The HTTP surface: handlers translate, everything else decides.

pub mod admin;
mod auth;
pub(crate) mod body;
mod callback;
mod calls;
mod client;
mod enrol;
pub(crate) mod events;
pub(crate) mod guesses;
pub(crate) mod limits;
mod me;
mod tokens;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, any, get, post};
use http::StatusCode;
use ipnet::IpNet;
use jiff::SignedDuration;
use metrics::{Counter, Histogram};
use steady::Clock;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dial::Dialler;
use crate::forward::Forwarder;
use crate::hub::Hub;
use crate::ingest::Intake;
use crate::problem::Refusal;
use crate::proxies::Proxies;
use crate::secret::rotation::CallbackSecrets;
use crate::sessions::Sessions;
use crate::store::{Reader, Writer};

pub(crate) use callback::METHODS as CALLBACK_METHODS;
pub use callback::{BODY_LIMIT as CALLBACK_BODY_LIMIT, QUERY_LIMIT as CALLBACK_QUERY_LIMIT};

/// What the handlers share. One count for all of it: each layer of each request has a clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Shared>);

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// What is behind an [`App`].
pub struct Shared {
    pub(crate) intake: Intake,
    pub(crate) writer: Arc<Writer>,
    pub(crate) reader: Reader,
    pub(crate) hub: Arc<Hub>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) callback_secrets: Arc<CallbackSecrets>,
    pub(crate) dialler: Arc<Dialler>,
    pub(crate) limits: Arc<limits::Limits>,
    /// Held while a code is looked up.
    pub(crate) guesses: tokio::sync::Mutex<guesses::Guesses>,
    pub(crate) proxies: Arc<Proxies>,
    /// The networks from which callbacks may come; none: from anywhere.
    pub(crate) sources: Arc<[IpNet]>,
    pub(crate) forwarder: Arc<Forwarder>,
    pub(crate) clock: Arc<Clock>,
    /// A token should be renewed when it is this old.
    pub(crate) renew_after: SignedDuration,
    pub(crate) heartbeat: Duration,
    /// Cancelled when the relay stops: streams end.
    pub(crate) draining: CancellationToken,
    /// Work that must be finished although its requester went away.
    pub(crate) tasks: TaskTracker,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App")
    }
}

/// Every path of the public listener, as `docs/openapi.json` has it too.
fn routes() -> [(&'static str, MethodRouter<App>); 7] {
    let callback = get(callback::get).post(callback::post).options(callback::options);
    [
        ("/callback/{secret}", callback.clone()),
        ("/callback/{secret}/", callback),
        ("/v1/events", get(events::get)),
        ("/v1/calls", get(calls::list).post(calls::place)),
        ("/v1/me", get(me::get)),
        ("/v1/tokens/renew", post(tokens::renew)),
        ("/v1/enrolments/{code}", post(enrol::redeem)),
    ]
}

/// The public router.
pub fn router(app: App) -> Router {
    let router = routes()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            let methods = methods.fallback(|| async { Refusal::method_not_allowed() });
            router.route(path, observed(path, methods))
        });
    let nothing = any(|| async { Refusal::not_found() });
    router
        .fallback_service(observed("(none)", nothing).with_state(app.clone()))
        .layer(from_fn_with_state(app.clone(), client::note))
        .with_state(app)
}

/// Counts and logs the requests of a route by the template of its path: the path itself may hold a secret, the query a phone
/// number.
fn observed(route: &'static str, methods: MethodRouter<App>) -> MethodRouter<App> {
    methods.layer(from_fn_with_state(Arc::new(Observed::new(route)), observe))
}

async fn observe(State(of): State<Arc<Observed>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let method = method_name(request.method());
    let response = next.run(request).await;
    let status = response.status();
    let took = begun.elapsed();
    of.count(method, status, took);
    tracing::debug!(
        method,
        route = of.route,
        status = status.as_u16(),
        took_us = took.as_micros(),
        "request"
    );
    response
}

/// What is counted of a route's requests. What was counted once isn't looked up again.
struct Observed {
    route: &'static str,
    seconds: Histogram,
    answered: RwLock<HashMap<(&'static str, StatusCode), Counter>>,
}

impl Observed {
    fn new(route: &'static str) -> Self {
        Self {
            route,
            seconds: metrics::histogram!("centrex_relay_request_seconds", "route" => route),
            answered: RwLock::default(),
        }
    }

    fn count(&self, method: &'static str, status: StatusCode, took: Duration) {
        self.seconds.record(took);
        let known = self.answered.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = known.get(&(method, status)) {
            return counter.increment(1);
        }
        drop(known);
        let counter = metrics::counter!(
            "centrex_relay_requests_total",
            "route" => self.route, "method" => method, "status" => status.as_u16().to_string()
        );
        counter.increment(1);
        let mut known = self.answered.write().unwrap_or_else(PoisonError::into_inner);
        known.insert((method, status), counter);
    }
}

/// A bounded set of names: clients may invent methods.
fn method_name(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "HEAD" => "HEAD",
        _ => "other",
    }
}

/// The paths of the public listener and of the admin listener.
pub fn paths() -> impl Iterator<Item = &'static str> {
    let public = routes().into_iter().map(|(path, _)| path);
    public.chain(admin::routes().into_iter().map(|(path, _)| path))
}
