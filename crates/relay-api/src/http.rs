//! The HTTP set-up that requests and streams share.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use reqwest::{Client, Response, header, redirect::Policy};
use serde::de::DeserializeOwned;
use url::Url;

use crate::client::ClientOptions;
use crate::error::{ClientError, SetupError, innermost};
use crate::wire::Problem;

/// The largest answer that is read, `/v1/calls` of a big company included.
const BODY_LIMIT: usize = 4 * 1024 * 1024;

/// Idle connections are forgotten before common middle boxes forget them silently.
const POOL_IDLE: Duration = Duration::from_secs(20);

pub(crate) fn build(
    base: &Url,
    options: &ClientOptions,
    root: Option<reqwest::Certificate>,
) -> Result<Client, SetupError> {
    let mut builder = Client::builder()
        // A redirect could carry the token to another host, and a relay never redirects.
        .redirect(Policy::none())
        .referer(false)
        // Not even what the library deems safe: a call is placed at most once.
        .retry(reqwest::retry::never())
        .connect_timeout(options.connect_timeout)
        .pool_idle_timeout(POOL_IDLE)
        .http2_keep_alive_interval(Duration::from_secs(15))
        .http2_keep_alive_timeout(Duration::from_secs(10))
        .http2_keep_alive_while_idle(true)
        .user_agent(concat!("centrex-tray/", env!("CARGO_PKG_VERSION")));
    if loopback::is_loopback(base) {
        builder = builder.no_proxy();
    } else if let Some(proxy) = &options.proxy {
        let proxy = reqwest::Proxy::all(proxy.clone()).map_err(setup)?;
        builder = builder.proxy(proxy);
    }
    if let Some(root) = root {
        builder = builder.tls_certs_merge([root]);
    }
    builder.build().map_err(setup)
}

// By value: it is handed to `map_err`, and the address must be taken out of it.
pub(crate) fn setup(error: reqwest::Error) -> SetupError {
    SetupError::Http(innermost(&error.without_url()))
}

/// Reads an answer: the document of a success, the relay's problem, or that no relay answered.
pub(crate) async fn read_json<T: DeserializeOwned>(response: Response) -> Result<T, ClientError> {
    if !response.status().is_success() {
        return Err(refusal(response).await);
    }
    let status = response.status().as_u16();
    if !has_type(&response, "application/json") {
        return Err(ClientError::NotARelay { status });
    }
    let body = read_body(response).await?;
    serde_json::from_slice(&body).map_err(|error| ClientError::Unreadable { why: place(&error) })
}

/// Reads an answer that is no success.
pub(crate) async fn refusal(response: Response) -> ClientError {
    let status = response.status().as_u16();
    if !has_type(&response, "application/problem+json") {
        return ClientError::NotARelay { status };
    }
    let retry_after = retry_after(&response);
    match read_body(response).await {
        Ok(body) => match serde_json::from_slice::<Problem>(&body) {
            Ok(problem) => ClientError::Refused {
                problem: Box::new(problem),
                retry_after,
            },
            Err(_) => ClientError::NotARelay { status },
        },
        Err(error) => error,
    }
}

async fn read_body(mut response: Response) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(ClientError::from_http)? {
        if body.len() + chunk.len() > BODY_LIMIT {
            return Err(ClientError::Unreadable {
                why: format!("longer than {BODY_LIMIT} bytes"),
            });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Where reading stopped, without quoting the document.
fn place(error: &serde_json::Error) -> String {
    let kind = match error.classify() {
        serde_json::error::Category::Io => "input",
        serde_json::error::Category::Syntax => "no JSON",
        serde_json::error::Category::Data => "unexpected content",
        serde_json::error::Category::Eof => "cut short",
    };
    format!("{kind} at line {} column {}", error.line(), error.column())
}

/// Compares the media type, without its parameters.
pub(crate) fn has_type(response: &Response, expected: &str) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .is_some_and(|value| value.trim().eq_ignore_ascii_case(expected))
}

/// `Retry-After` in seconds (RFC 9110, 10.2.3); its date form isn't used by a relay and is ignored.
pub(crate) fn retry_after(response: &Response) -> Option<Duration> {
    let value = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

/// How far the relay's clock is ahead of ours, from the `Date` header, which counts whole seconds.
pub(crate) fn clock_skew(response: &Response, now: Timestamp) -> Option<SignedDuration> {
    let value = response.headers().get(header::DATE)?.to_str().ok()?;
    let relay = DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(relay.duration_since(now))
}
