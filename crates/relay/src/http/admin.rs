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

/// Nothing can be written until the next start.
const LOST: &str = "not alive: the store's thread has failed; restart the relay";

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
    word(admin.writer.is_alive(), "alive", LOST)
}

async fn ready(State(admin): State<Admin>) -> Response {
    if !admin.writer.is_alive() {
        return word(false, "", LOST);
    }
    let trouble = admin.writer.trouble();
    let trouble = trouble.or_else(|| admin.damaged.load(Ordering::Relaxed).then_some(Trouble::Damaged));
    if let Some(trouble) = trouble {
        let text = format!(
            "not ready: {}. Callbacks that can't be stored are answered 503; streams go on.\n",
            trouble.words()
        );
        return (StatusCode::SERVICE_UNAVAILABLE, text).into_response();
    }
    let ready = admin.ready.load(Ordering::Relaxed);
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

#[cfg(test)]
mod tests {
    use axum::body::to_bytes;
    use jiff::Timestamp;
    use metrics_exporter_prometheus::PrometheusBuilder;

    use super::*;
    use crate::store::{Nobody, WriterOptions};

    #[tokio::test]
    async fn a_store_whose_thread_has_failed_is_told_by_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let options = WriterOptions {
            committed: Box::new(Nobody),
        };
        let (writer, ..) = Writer::start(folder.path(), options, Timestamp::now()).unwrap();
        let admin = Admin {
            metrics: PrometheusBuilder::new().build_recorder().handle(),
            writer: Arc::new(writer),
            hub: Arc::new(Hub::new(crate::hub::Bounds {
                buffer: 1,
                all: 1,
                per_token: 1,
                recent: 0,
                per_address: 1,
            })),
            ready: Arc::new(AtomicBool::new(true)),
            damaged: Arc::default(),
        };
        let asked = async |admin: &Admin| {
            let (live, ready) = (
                live(State(admin.clone())).await,
                ready(State(admin.clone())).await,
            );
            let statuses = (live.status().as_u16(), ready.status().as_u16());
            for answer in [&live, &ready] {
                // docs/openapi.json says so.
                assert_eq!(
                    answer.headers()[header::CONTENT_TYPE],
                    "text/plain; charset=utf-8"
                );
            }
            let text = to_bytes(ready.into_body(), 1024).await.unwrap();
            (statuses, String::from_utf8(text.to_vec()).unwrap())
        };
        assert_eq!(asked(&admin).await, ((200, 200), "ready\n".to_owned()));
        let broken = admin
            .writer
            .run(|_| -> crate::store::kinds::Sql<()> { panic!("a test's own") });
        broken.await.unwrap_err();
        while admin.writer.is_alive() {
            // It is on its way out.
            std::thread::yield_now();
        }
        let (statuses, text) = asked(&admin).await;
        assert_eq!(statuses, (503, 503));
        assert!(text.contains("thread has failed; restart"), "{text}");
    }
}
