//! The HTTP surface: handlers translate, everything else decides.

pub mod admin;
mod auth;
pub(crate) mod body;
mod callback;
mod calls;
mod client;
mod enrol;
pub(crate) mod events;
pub(crate) mod limits;
mod me;
mod tokens;

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::Response;
use axum::routing::{MethodRouter, get, post};
use ipnet::IpNet;
use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dial::Dialler;
use crate::forward::Forwarder;
use crate::hub::Hub;
use crate::problem::Refusal;
use crate::proxies::Proxies;
use crate::secret::rotation::CallbackSecrets;
use crate::sessions::Sessions;
use crate::steady::Clock;
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
    pub(crate) writer: Arc<Writer>,
    pub(crate) reader: Reader,
    pub(crate) hub: Arc<Hub>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) callback_secrets: Arc<CallbackSecrets>,
    pub(crate) dialler: Arc<Dialler>,
    pub(crate) limits: Arc<limits::Limits>,
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
            router.route(path, methods)
        });
    router
        .fallback(|| async { Refusal::not_found() })
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() })
        .layer(from_fn_with_state(app.clone(), client::note))
        .layer(from_fn(observe))
        .with_state(app)
}

/// Counts and logs a request by its path's template: the path itself may hold a secret, the query a phone number.
async fn observe(request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("(none)", MatchedPath::as_str)
        .to_owned();
    let method = request.method().clone();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let took = begun.elapsed();
    metrics::counter!(
        "centrex_relay_requests_total", "route" => route.clone(), "method" => method_name(&method), "status" => status.to_string()
    )
    .increment(1);
    metrics::histogram!("centrex_relay_request_seconds", "route" => route.clone()).record(took);
    tracing::debug!(%method, route, status, took_us = took.as_micros(), "request");
    response
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
