//! `GET /v1/events`: Server-Sent Events, and a long poll for networks that break streams.

use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};
use relay_api::wire::problem;
use serde::Deserialize;

use super::App;
use super::auth::Caller;
use crate::feed::{Feed, Position};
use crate::problem::Refusal;

/// The longest that a long poll waits.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

#[derive(Debug, Deserialize)]
pub(super) struct Parameters {
    after: Option<String>,
    wait: Option<String>,
}

enum Form {
    Stream,
    Page,
}

pub(super) async fn get(
    State(app): State<App>,
    Caller(session): Caller,
    headers: HeaderMap,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(parameters) = parameters.map_err(|_| {
        Refusal::bad_request("The parameters can't be read: after and wait may each stand once.")
    })?;
    if app.draining.is_cancelled() {
        return Err(Refusal::unavailable(
            "The relay is stopping; reconnect in a moment.",
        ));
    }
    let form = form(&headers, &parameters)?;
    let position = position(&headers, &parameters);
    let feed = Feed::open(&app.hub, &app.reader, &session, position);
    // A token revoked between the look at it and the registration would never be cut.
    if !app.sessions.is_in_force(&session) {
        return Err(Refusal::unauthorized());
    }
    match form {
        Form::Stream => Ok(stream_of(feed, &app)),
        Form::Page => {
            let page = feed.page(wait(&parameters)?, &app.draining).await?;
            Ok((
                [
                    (header::CACHE_CONTROL, "no-store"),
                    (header::CONTENT_TYPE, "application/json"),
                ],
                page,
            )
                .into_response())
        }
    }
}

/// What the client wants, by `Accept` and by whether it named a wait.
fn form(headers: &HeaderMap, parameters: &Parameters) -> Result<Form, Refusal> {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("*/*");
    let accepts = |wanted: &str| {
        accept.split(',').any(|part| {
            part.split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .eq_ignore_ascii_case(wanted)
        })
    };
    if accepts("text/event-stream") {
        Ok(Form::Stream)
    } else if accepts("application/json") || (parameters.wait.is_some() && accepts("*/*")) {
        Ok(Form::Page)
    } else if accepts("*/*") || accepts("text/*") {
        Ok(Form::Stream)
    } else {
        Err(Refusal::new(
            StatusCode::NOT_ACCEPTABLE,
            problem::NOT_ACCEPTABLE,
            "Not acceptable",
            "Ask with Accept: text/event-stream for a stream, or application/json for a long poll.",
        ))
    }
}

/// Where to resume. The header wins: a browser's EventSource sends it when it reconnects to an address with an old `after`.
fn position(headers: &HeaderMap, parameters: &Parameters) -> Position {
    let header = headers
        .get("last-event-id")
        .map(|value| value.to_str().unwrap_or("?"));
    match header
        .filter(|text| !text.is_empty())
        .or(parameters.after.as_deref())
    {
        None => Position::Unnamed,
        Some(text) => text.trim().parse().map_or(Position::Unreadable, Position::After),
    }
}

fn wait(parameters: &Parameters) -> Result<Duration, Refusal> {
    let Some(text) = &parameters.wait else {
        return Ok(Duration::ZERO);
    };
    let seconds: f64 = text
        .parse()
        .map_err(|_| Refusal::bad_request("wait is a number of seconds, up to 60."))?;
    let wait = Duration::try_from_secs_f64(seconds)
        .map_err(|_| Refusal::bad_request("wait is a number of seconds, up to 60."))?;
    Ok(wait.min(LONGEST_WAIT))
}

fn stream_of(feed: Feed, app: &App) -> Response {
    let (heartbeat, draining) = (app.heartbeat, app.draining.clone());
    let chunks = stream::unfold(feed, move |mut feed| {
        let draining = draining.clone();
        async move {
            feed.frames(heartbeat, &draining)
                .await
                .map(|chunk| (Ok::<_, std::convert::Infallible>(chunk), feed))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        // nginx would hold events back otherwise.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (StatusCode::OK, headers, Body::from_stream(chunks)).into_response()
}
