//! `/callback/{secret}`: what the platform calls.
//!
//! Everything that the platform could mean is answered 200, once it is on disk: it expects no answer and must not be
//! disturbed. Without the secret there is nothing here.

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use jiff::Timestamp;
use relay_api::wire::problem;

use super::client::ClientAddress;
use super::{App, body};
use crate::ingest::{self, Incoming};
use crate::problem::Refusal;
use crate::proxies::contains;
use crate::secret::rotation::Which;
use crate::store::StoreError;

/// The longest query, in bytes.
pub const QUERY_LIMIT: usize = 32 * 1024;
/// The longest form body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;
/// What `OPTIONS` answers where callbacks would be let in.
pub(crate) const METHODS: &str = "GET, HEAD, POST, OPTIONS";

pub(super) async fn get(
    State(app): State<App>,
    Extension(address): Extension<ClientAddress>,
    method: Method,
    secret: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = admit(&app, address, secret, query)?;
    let method = if method == Method::HEAD { "HEAD" } else { "GET" };
    take(
        &app,
        Incoming {
            method,
            query,
            form: None,
            content_type: None,
        },
    )
    .await
}

pub(super) async fn post(
    State(app): State<App>,
    Extension(address): Extension<ClientAddress>,
    secret: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Body,
) -> Result<Response, Refusal> {
    let query = admit(&app, address, secret, query)?;
    let told = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if told.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(Refusal::too_large(BODY_LIMIT));
    }
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let form = body::read(form, BODY_LIMIT).await?;
    take(
        &app,
        Incoming {
            method: "POST",
            query,
            form: Some(form.to_vec()),
            content_type,
        },
    )
    .await
}

/// Whether callbacks would be let in here: with the right secret, and from wherever it is asked. Records nothing: `doctor`
/// asks this by the public address, on the way that the platform's callbacks come.
pub(super) async fn options(
    State(app): State<App>,
    Extension(address): Extension<ClientAddress>,
    secret: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    which_secret(&app, address, secret)?;
    let headers = [(header::ALLOW, METHODS), (header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::NO_CONTENT, headers).into_response())
}

fn which_secret(
    app: &App,
    ClientAddress(address): ClientAddress,
    secret: Result<Path<String>, PathRejection>,
) -> Result<Which, Refusal> {
    let which = secret
        .ok()
        .and_then(|Path(secret)| app.callback_secrets.admit(&secret, Timestamp::now()));
    which.ok_or_else(|| {
        count_refused("secret");
        match app.limits.refused(address) {
            Ok(()) => Refusal::not_found(),
            Err(wait) => Refusal::too_many(
                "Too many requests to addresses that don't exist came from here.",
                wait,
            ),
        }
    })
}

fn admit(
    app: &App,
    from: ClientAddress,
    secret: Result<Path<String>, PathRejection>,
    query: Option<String>,
) -> Result<Vec<u8>, Refusal> {
    let which = which_secret(app, from, secret)?;
    let ClientAddress(address) = from;
    if !app.sources.is_empty() && !contains(&app.sources, address) {
        count_refused("source");
        tracing::warn!(
            %address,
            "a callback with the right secret came from a network that callback.sources doesn't list, and was refused"
        );
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            problem::FORBIDDEN,
            "Not from this network",
            "Callbacks aren't taken from this address; the relay's administrator can allow its network (callback.sources).",
        ));
    }
    metrics::counter!("centrex_relay_callbacks_admitted_total", "secret" => which.word()).increment(1);
    let query = query.unwrap_or_default().into_bytes();
    if query.len() > QUERY_LIMIT {
        return Err(Refusal::uri_too_long(QUERY_LIMIT));
    }
    Ok(query)
}

fn count_refused(reason: &'static str) {
    metrics::counter!("centrex_relay_callbacks_refused_total", "reason" => reason).increment(1);
}

async fn take(app: &App, incoming: Incoming) -> Result<Response, Refusal> {
    let (of, now) = (app.clone(), Timestamp::now());
    // On a task of its own: the sender expects no answer, and may be gone before there is one.
    let taken = app
        .tasks
        .spawn(async move { ingest::take(&of.writer, &of.forwarder, incoming, now).await });
    taken.await.map_err(|_| StoreError::Lost)??;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}
