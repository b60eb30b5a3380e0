//! `/callback/{secret}`: what the platform calls.
//!
//! Everything that the platform could mean is answered 200, once it is on disk: it expects no answer and must not be
//! disturbed. Without the secret there is nothing here.

use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use jiff::Timestamp;

use super::{App, body};
use crate::ingest::{self, Incoming};
use crate::problem::Refusal;

/// The longest query, in bytes.
pub const QUERY_LIMIT: usize = 32 * 1024;
/// The longest form body, in bytes.
pub const BODY_LIMIT: usize = 64 * 1024;

pub(super) async fn get(
    State(app): State<App>,
    method: Method,
    secret: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
) -> Result<Response, Refusal> {
    let query = admit(&app, secret, query)?;
    let method = if method == Method::HEAD { "HEAD" } else { "GET" };
    take(
        &app,
        Incoming {
            method,
            query,
            form: None,
        },
    )
    .await
}

pub(super) async fn post(
    State(app): State<App>,
    secret: Result<Path<String>, PathRejection>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    form: Body,
) -> Result<Response, Refusal> {
    let query = admit(&app, secret, query)?;
    let told = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse().ok());
    if told.is_some_and(|length: usize| length > BODY_LIMIT) {
        return Err(Refusal::too_large(BODY_LIMIT));
    }
    let form = body::read(form, BODY_LIMIT).await?;
    take(
        &app,
        Incoming {
            method: "POST",
            query,
            form: Some(form.to_vec()),
        },
    )
    .await
}

fn admit(
    app: &App,
    secret: Result<Path<String>, PathRejection>,
    query: Option<String>,
) -> Result<Vec<u8>, Refusal> {
    let Path(secret) = secret.map_err(|_| Refusal::not_found())?;
    if !app.callback_secret.matches(&secret) {
        return Err(Refusal::not_found());
    }
    let query = query.unwrap_or_default().into_bytes();
    if query.len() > QUERY_LIMIT {
        return Err(Refusal::uri_too_long(QUERY_LIMIT));
    }
    Ok(query)
}

async fn take(app: &App, incoming: Incoming) -> Result<Response, Refusal> {
    let (writer, now) = (app.writer.clone(), Timestamp::now());
    ingest::take(&writer, incoming, now).await?;
    Ok((StatusCode::OK, [(header::CACHE_CONTROL, "no-store")]).into_response())
}
