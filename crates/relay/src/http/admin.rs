//! The admin listener: for the operators of the relay, never for the internet.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use http::{StatusCode, header};
use metrics_exporter_prometheus::PrometheusHandle;

use crate::hub::Hub;
use crate::problem::Refusal;
use crate::store::{Trouble, Writer};

/// What the admin handlers share.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) metrics: PrometheusHandle,
    pub(crate) writer: Arc<Writer>,
    pub(crate) hub: Arc<Hub>,
    /// Set once the relay accepts, taken back when it stops.
    pub(crate) ready: Arc<AtomicBool>,
    /// The whole look at the database found damage.
    pub(crate) damaged: Arc<AtomicBool>,
}

/// Every path of the admin listener, as `docs/openapi.json` has it too.
pub(super) fn routes() -> [(&'static str, MethodRouter<Admin>); 3] {
    [
        ("/metrics", get(metrics)),
        ("/livez", get(live)),
        ("/readyz", get(ready)),
    ]
}

pub(crate) fn router(admin: Admin) -> Router {
    let router = routes()
        .into_iter()
        .fold(Router::new(), |router, (path, methods)| {
            router.route(path, methods)
        });
    router
        .fallback(|| async { Refusal::not_found() })
        .method_not_allowed_fallback(|| async { Refusal::method_not_allowed() })
        .with_state(admin)
}

async fn metrics(State(admin): State<Admin>) -> Response {
    metrics::gauge!("centrex_relay_stream_backlog_bytes").set(admin.hub.backlog() as f64);
    let text = admin.metrics.render();
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        text,
    )
        .into_response()
}

async fn live(State(admin): State<Admin>) -> Response {
    word(
        admin.writer.is_alive(),
        "alive",
        "the store's thread has failed; restart the relay",
    )
}

async fn ready(State(admin): State<Admin>) -> Response {
    let trouble = admin.writer.trouble().filter(|_| admin.writer.is_alive());
    let trouble = trouble.or_else(|| admin.damaged.load(Ordering::Relaxed).then_some(Trouble::Damaged));
    if let Some(trouble) = trouble {
        let text = format!(
            "not ready: {}. Callbacks that can't be stored are answered 503; streams go on.\n",
            trouble.words()
        );
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    }
    let ready = admin.ready.load(Ordering::Relaxed) && admin.writer.is_alive();
    word(ready, "ready", "not ready: starting or stopping")
}

fn word(good: bool, yes: &'static str, no: &'static str) -> Response {
    let (status, text) = if good {
        (StatusCode::OK, yes)
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, no)
    };
    (status, format!("{text}\n")).into_response()
}
