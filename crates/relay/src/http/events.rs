//! `GET /v1/events`: Server-Sent Events, and a long poll for networks that break streams.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use http::{HeaderMap, StatusCode, header};
use jiff::Timestamp;
use rand::Rng as _;
use relay_api::wire::problem;
use serde::Deserialize;

use super::App;
use super::auth::Caller;
use super::client::ClientAddress;
use crate::feed::{Feed, Position};
use crate::hub::{Full, Who};
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
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    headers: HeaderMap,
    parameters: Result<Query<Parameters>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(parameters) = parameters.map_err(|_| {
        Refusal::bad_request("The parameters can't be read: after and wait may each stand once.")
    })?;
    let form = form(&headers, &parameters)?;
    let position = position(&headers, &parameters);
    let listener = app
        .hub
        .listen(Who {
            token: session.token.clone(),
            accounts: Arc::clone(&session.accounts),
            address: counted(address),
        })
        .map_err(refusal)?;
    let feed = Feed::new(listener, &app.reader, &session.token, position, Timestamp::now);
    // A token revoked between the look at it and the registration would never be cut.
    if !app.sessions.is_in_force(&session) {
        return Err(Refusal::unauthorized());
    }
    match form {
        Form::Stream => Ok(stream_of(feed, &app)),
        Form::Page => {
            let page = feed.page(wait(&parameters)?).await?;
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

/// By which address a stream is counted. All that come through a proxy on this machine that isn't listed under
/// proxies.trusted come from it: that tells nothing.
/// A network gives its people a prefix of IPv6 each, not one address.
fn counted(address: IpAddr) -> Option<IpAddr> {
    match address.to_canonical() {
        address if address.is_loopback() => None,
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            Some(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
        }
        address => Some(address),
    }
}

/// Those who are turned away together shouldn't come back together.
fn refusal(full: Full) -> Refusal {
    let wait = |from: u64| Duration::from_secs(from + rand::rng().random_range(0..from));
    let (detail, wait) = match full {
        Full::Stopping => return Refusal::unavailable("The relay is stopping; reconnect in a moment."),
        Full::All => (
            "The relay has as many streams as it may; those that are there aren't ended for new ones. Try again later.",
            wait(20),
        ),
        Full::Token => (
            "This desktop has as many streams as it may. End one, or wait until the relay has noticed that it is gone.",
            wait(10),
        ),
        Full::Address => (
            "There are as many streams from this address as there may be. Try again later.",
            wait(20),
        ),
    };
    let status = match full {
        Full::All | Full::Stopping => StatusCode::SERVICE_UNAVAILABLE,
        Full::Token | Full::Address => StatusCode::TOO_MANY_REQUESTS,
    };
    Refusal::new(status, problem::TOO_MANY_STREAMS, "Too many streams", detail).retry_after(wait)
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
        .map_err(|_| Refusal::bad_request("wait is a number of seconds, 0 or more."))?;
    let longest = LONGEST_WAIT.as_secs_f64();
    // Shortened first: a number may be longer than any duration. What is none isn't more than anything.
    let seconds = if seconds > longest { longest } else { seconds };
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| Refusal::bad_request("wait is a number of seconds, 0 or more."))
}

/// A stream that was granted; its bytes are sent by the connection, which knows what it speaks. It travels in the answer's
/// extensions.
#[derive(Clone, Debug)]
pub(crate) struct Granted {
    feed: Arc<Mutex<Option<Feed>>>,
    /// A quiet stream gives a sign of life so often.
    pub(crate) heartbeat: Duration,
}

impl Granted {
    /// The feed, once.
    pub(crate) fn take(&self) -> Option<Feed> {
        self.feed.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The stream as a body, for connections that leave the sending to their protocol's own.
    pub(crate) fn body(&self) -> Body {
        let heartbeat = self.heartbeat;
        let chunks = stream::unfold(self.take(), move |feed| async move {
            let mut feed = feed?;
            let chunk = feed.frames(heartbeat).await?;
            Some((Ok::<_, std::convert::Infallible>(chunk), Some(feed)))
        });
        Body::from_stream(chunks)
    }
}

fn stream_of(feed: Feed, app: &App) -> Response {
    let granted = Granted {
        feed: Arc::new(Mutex::new(Some(feed))),
        heartbeat: app.heartbeat,
    };
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        // Whoever compresses a stream holds it back in blocks.
        (header::CACHE_CONTROL, "no-store, no-transform"),
        // nginx would hold events back otherwise.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (StatusCode::OK, headers, Extension(granted)).into_response()
}
