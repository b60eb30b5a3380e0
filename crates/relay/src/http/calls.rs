//! `GET` and `POST /v1/calls`

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use relay_api::wire::{CallList, PlaceCall};

use super::App;
use super::auth::Caller;
use crate::problem::Refusal;
use crate::store::kinds::{call, dial::Answer, history};

/// Ended calls that the list shows.
const ENDED: i64 = 50;
/// The longest body of a dial.
const BODY_LIMIT: usize = 16 * 1024;

pub(super) async fn list(State(app): State<App>, Caller(session): Caller) -> Result<Response, Refusal> {
    let token = session.token.clone();
    let read = move |db: &rusqlite::Connection| {
        Ok((
            history::range(db)?.head,
            call::live(db, &token)?,
            call::ended(db, &token, ENDED)?,
        ))
    };
    let (as_of, live, ended) = app.reader.run(read).await?;
    let list = CallList {
        at: Timestamp::now(),
        as_of,
        live,
        ended,
    };
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(list)).into_response())
}

pub(super) async fn place(
    State(app): State<App>,
    Caller(session): Caller,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let key = key(&headers)?;
    let body = axum::body::to_bytes(body, BODY_LIMIT)
        .await
        .map_err(|_| Refusal::too_large(BODY_LIMIT))?;
    let call: PlaceCall = serde_json::from_slice(&body).map_err(|error| {
        Refusal::bad_request(format!(
            "The body must be JSON like {{\"number\":\"+33199000012\",\"account_id\":\"…\"}}; reading stopped at line {} column {}.",
            error.line(),
            error.column()
        ))
        .rung(false)
    })?;
    let answer = app
        .dialler
        .place(&session, &call, key, &app.writer, &app.tasks)
        .await?;
    Ok(respond(answer))
}

/// The press's own key. Without one each request is a press of its own.
fn key(headers: &HeaderMap) -> Result<String, Refusal> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(uuid::Uuid::new_v4().to_string());
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > 255 {
        let detail = "Idempotency-Key must be 1 to 255 visible ASCII characters.";
        return Err(Refusal::bad_request(detail).rung(false));
    }
    Ok(text.to_owned())
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
