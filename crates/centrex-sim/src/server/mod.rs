//! The HTTP server: the documented functions under `/api`, the control surface under `/sim`.

mod answer;
mod control;
mod platform;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) use answer::Answer;

use crate::engine::Handle;

/// Connections served at once; more wait to be accepted.
const MOST_CONNECTIONS: usize = 1_024;
/// The largest request head; hyper answers 431 beyond it.
const LARGEST_HEAD: usize = 64 * 1024;
/// The largest request body.
const LARGEST_BODY: usize = 256 * 1024;
/// How long a client may take to send its request's head.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Put on a response: close the connection instead of answering.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CloseInstead;

#[derive(Debug, thiserror::Error)]
#[error("closed instead of answered, as a fault wants it")]
struct Closed;

/// Serves until the token is cancelled; then every connection is cut.
pub(crate) async fn serve(listener: TcpListener, handle: Handle, stop: CancellationToken) {
    let app = Router::new()
        .nest("/api", platform::router())
        .nest("/sim", control::router())
        // A nest has no trailing slash of its own.
        .route("/sim/", axum::routing::get(control::about))
        .fallback(platform::not_found)
        .layer(axum::extract::DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(handle);
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accept = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((listener.accept().await, place))
        };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept => accepted,
        };
        match accepted {
            Some((Ok((stream, peer)), place)) => {
                let app = app.clone();
                connections.spawn(async move {
                    connection(stream, Peer(peer.ip()), app).await;
                    drop(place);
                });
            }
            Some((Err(error), _)) => {
                tracing::warn!(%error, "a connection could not be accepted");
                // Out of file descriptors, mostly: others must get time to end.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            None => break,
        }
    }
    connections.shutdown().await;
}

async fn connection(stream: TcpStream, peer: Peer, app: Router) {
    let service =
        hyper::service::service_fn(move |request: Request<Incoming>| answer_one(app.clone(), peer, request));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_buf_size(LARGEST_HEAD)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn answer_one(app: Router, peer: Peer, request: Request<Incoming>) -> Result<Response<Body>, Closed> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    let Ok(response) = app.oneshot(request).await;
    // hyper closes the connection without a byte when the service fails.
    if response.extensions().get::<CloseInstead>().is_some() {
        Err(Closed)
    } else {
        Ok(response)
    }
}
