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

use super::App;
use super::body::{self, Unread};
use super::client::ClientAddress;
use crate::ingest::{Incoming, Reason};
use crate::problem::Refusal;
use crate::proxies::contains;
use crate::secret::rotation::Which;

/// The longest query, in bytes.
pub const QUERY_LIMIT: usize = 32 * 1024;
/// The longest form body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;
/// What `OPTIONS` answers where callbacks would be let in.
pub(crate) const METHODS: &str = "GET, HEAD, POST, OPTIONS";

/// What is kept of a callback that is too long to be taken.
const BEGINNING: usize = 1024;

pub(super) async fn get(
    State(app): State<App>,
    Extension(address): Extension<ClientAddress>,
    method: Method,
    secret: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let which = admit(&app, address, secret)?;
    let incoming = Incoming {
        method: if method == Method::HEAD { "HEAD" } else { "GET" },
        query: query.unwrap_or_default().into_bytes(),
        form: None,
        content_type: None,
    };
    if incoming.query.len() > QUERY_LIMIT {
        return Err(too_large(&app, incoming, Refusal::uri_too_long(QUERY_LIMIT)).await);
    }
    take(&app, which, incoming).await
}

pub(super) async fn post(
    State(app): State<App>,
    Extension(address): Extension<ClientAddress>,
    secret: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Body,
) -> Result<Response, Refusal> {
    let which = admit(&app, address, secret)?;
    let content_type = headers.get(header::CONTENT_TYPE);
    let mut incoming = Incoming {
        method: "POST",
        query: query.unwrap_or_default().into_bytes(),
        form: None,
        content_type: content_type
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
    };
    if incoming.query.len() > QUERY_LIMIT {
        return Err(too_large(&app, incoming, Refusal::uri_too_long(QUERY_LIMIT)).await);
    }
    let told = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    // Of one that says itself that it is too long no more is read than is kept.
    let is_too_long = told.is_some_and(|length: usize| length > BODY_LIMIT);
    match body::read(form, if is_too_long { BEGINNING } else { BODY_LIMIT }).await {
        Ok(form) => {
            incoming.form = Some(form.into());
            take(&app, which, incoming).await
        }
        Err(Unread::TooLarge { beginning, .. }) => {
            incoming.form = Some(beginning.into());
            Err(too_large(&app, incoming, Refusal::too_large(BODY_LIMIT)).await)
        }
        Err(unread) => {
            count_refused("incomplete");
            Err(unread.into())
        }
    }
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
) -> Result<Which, Refusal> {
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
    Ok(which)
}

fn count_refused(reason: &'static str) {
    metrics::counter!("centrex_relay_callbacks_refused_total", "reason" => reason).increment(1);
}

/// Once the callback waits to be written its sender may be gone: it expects no answer.
async fn take(app: &App, which: Which, incoming: Incoming) -> Result<Response, Refusal> {
    app.intake.count_admitted(which);
    app.intake.take(incoming, Timestamp::now()).await?;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}

/// Counts a callback that is too long and keeps its beginning, so that somebody sees what is lost.
async fn too_large(app: &App, mut incoming: Incoming, refusal: Refusal) -> Refusal {
    count_refused("too-large");
    incoming.query.truncate(BEGINNING);
    if let Some(form) = &mut incoming.form {
        form.truncate(BEGINNING);
    }
    // It is refused either way; that the store fails is in the log.
    let _ = app
        .intake
        .set_aside(incoming, Reason::TooLarge, Timestamp::now())
        .await;
    refusal
}
