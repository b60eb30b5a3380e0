//! One request to a destination.
//!
//! Not through reqwest: its addresses are rewritten on the way (an apostrophe becomes `%27`), and here the query goes out as
//! it came in.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Method, Uri, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use percent_encoding::percent_decode_str;
use rustls_platform_verifier::ConfigVerifierExt as _;
use secrecy::{ExposeSecret as _, SecretString};

use crate::causes::innermost;
use crate::store::kinds::forward::Request;

/// The longest wait for an answer, connecting included.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long the rest of an answer is waited for.
const REST: Duration = Duration::from_secs(1);
/// How much of an answer is read, so that the connection can be used again. It says nothing to us.
const ANSWER: usize = 64 * 1024;
/// Idle connections to a destination.
const IDLE: usize = 8;

/// TLS can't be set up.
#[derive(Debug, thiserror::Error)]
#[error("TLS for forwards can't be set up: {0}")]
pub struct ClientError(#[from] rustls::Error);

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// 2xx.
    Delivered,
    /// This one won't be taken, whenever it is sent: the request itself is refused.
    Refused(String),
    /// This one wasn't taken now.
    NotNow(String),
    /// Nothing is taken now.
    Down(String, Option<Duration>),
}

/// Sends requests. Cheap to clone. Follows no redirect.
#[derive(Clone, Debug)]
pub(super) struct Client {
    http: hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Body>,
}

impl Client {
    pub(super) fn new() -> Result<Self, ClientError> {
        let tls = rustls::ClientConfig::with_platform_verifier()?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .build();
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(IDLE)
            // Whether it arrived isn't known when a connection breaks: that is for the queue to judge.
            .retry_canceled_requests(false)
            .build(connector);
        Ok(Self { http })
    }

    /// Sends one and judges the answer. Nothing of the address or the callback is in an outcome.
    pub(super) async fn send(&self, url: &SecretString, request: Request) -> Outcome {
        let Some(request) = build(url, request) else {
            return Outcome::Refused("it can't be put into a request for this address".to_owned());
        };
        let response = match tokio::time::timeout(PATIENCE, self.http.request(request)).await {
            Err(_) => return Outcome::Down(format!("no answer within {} s", PATIENCE.as_secs()), None),
            // It holds no address: hyper's errors don't.
            Ok(Err(error)) => return Outcome::Down(innermost(&error), None),
            Ok(Ok(response)) => response,
        };
        let (head, body) = response.into_parts();
        // The head has said what became of the callback. The rest is of no interest; one that is late, too long or breaks off
        // costs the connection only.
        let _ = tokio::time::timeout(REST, to_bytes(Body::new(body), ANSWER)).await;
        judge(&head)
    }
}

/// The request as it came, for another address.
fn build(url: &SecretString, request: Request) -> Option<http::Request<Body>> {
    let target: Uri = url.expose_secret().parse().ok()?;
    let uri = with_query(url.expose_secret(), &request.query)?;
    let method = Method::from_bytes(request.method.as_bytes()).ok()?;
    let mut out = http::Request::builder().method(method).uri(uri);
    out = out.header(
        header::USER_AGENT,
        concat!("centrex-relay/", env!("CARGO_PKG_VERSION")),
    );
    if let Some(kind) = request.content_type {
        out = out.header(header::CONTENT_TYPE, kind);
    }
    if let Some(authorization) = authorization(&target) {
        out = out.header(header::AUTHORIZATION, authorization);
    }
    out.body(request.body.map_or_else(Body::empty, Body::from)).ok()
}

/// The address with the callback's query after its own, and without user and password.
fn with_query(url: &str, query: &[u8]) -> Option<Uri> {
    let (scheme, rest) = url.split_once("://")?;
    let authority_end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let mut text = format!("{scheme}://{host}{path}").into_bytes();
    if !query.is_empty() {
        text.push(match path.split_once('?') {
            None => b'?',
            Some(_) => b'&',
        });
        text.extend_from_slice(query);
    }
    Uri::from_maybe_shared(text).ok()
}

/// `Basic`, of an address with user and password.
fn authorization(target: &Uri) -> Option<HeaderValue> {
    let (user, _) = target.authority()?.as_str().rsplit_once('@')?;
    let plain: Vec<u8> = percent_decode_str(user).collect();
    let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(plain))).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn judge(head: &http::response::Parts) -> Outcome {
    let status = head.status;
    let why = format!("it answered {}", status.as_u16());
    let after = || {
        let value = head.headers.get(header::RETRY_AFTER)?.to_str().ok()?;
        value.trim().parse().ok().map(Duration::from_secs)
    };
    match status.as_u16() {
        200..=299 => Outcome::Delivered,
        429 | 502..=504 => Outcome::Down(why, after()),
        // Not this callback's fault: a password, a path, a program that is being replaced.
        401 | 403 | 404 | 407 | 408 | 421 | 423 | 425 => Outcome::NotNow(why),
        400..=499 | 501 | 505 => Outcome::Refused(why),
        300..=399 => Outcome::NotNow(format!(
            "{why}, a redirect, which isn't followed; put in the final address"
        )),
        _ => Outcome::NotNow(why),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn target(url: &str, query: &[u8]) -> String {
        with_query(url, query).unwrap().to_string()
    }

    #[test]
    fn the_query_follows_as_it_came() {
        assert_eq!(
            target("https://crm.example", b"a=%zz&b='x'"),
            "https://crm.example/?a=%zz&b='x'"
        );
        assert_eq!(
            target("http://crm.example/in?key=k", b"a=1"),
            "http://crm.example/in?key=k&a=1"
        );
        assert_eq!(target("http://crm.example/in", b""), "http://crm.example/in");
        assert_eq!(
            target("http://crm.example:81?x", b"a"),
            "http://crm.example:81/?x&a"
        );
        assert_eq!(
            target("http://u:p@crm.example/in", b"a=@"),
            "http://crm.example/in?a=@"
        );
    }

    #[test]
    fn user_and_password_become_a_header() {
        let request = Request {
            method: "POST".to_owned(),
            query: b"a=1".to_vec(),
            content_type: Some("text/plain".to_owned()),
            body: Some(b"x".to_vec()),
        };
        let url = SecretString::from("http://user:p%40ss@crm.example/in".to_owned());
        let sent = build(&url, request).unwrap();
        assert_eq!(
            sent.headers()["authorization"],
            format!("Basic {}", STANDARD.encode("user:p@ss"))
        );
        assert_eq!(sent.uri().to_string(), "http://crm.example/in?a=1");
        assert_eq!(
            (sent.method(), &sent.headers()["content-type"]),
            (&Method::POST, &HeaderValue::from_static("text/plain"))
        );
    }

    /// It has taken the callback: that its answer doesn't end is no reason to bring it again.
    #[tokio::test]
    async fn an_answer_whose_end_stays_away_counts_all_the_same() {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/in", listener.local_addr().unwrap());
        let slow = tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut asked = [0; 1024];
            assert!(socket.read(&mut asked).await.unwrap() > 0);
            let head = b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n";
            socket.write_all(head).await.unwrap();
            // Until it is given up.
            while socket.read(&mut asked).await.is_ok_and(|count| count > 0) {}
        });
        let request = Request {
            method: "GET".to_owned(),
            query: b"a=1".to_vec(),
            content_type: None,
            body: None,
        };
        let outcome = Client::new().unwrap().send(&address.into(), request).await;
        assert_eq!(outcome, Outcome::Delivered);
        slow.await.unwrap();
    }

    #[test]
    fn answers_are_judged() {
        let of = |status: u16| {
            let response = http::Response::builder()
                .status(status)
                .header("retry-after", "7");
            judge(&response.body(()).unwrap().into_parts().0)
        };
        assert_eq!(of(204), Outcome::Delivered);
        assert!(matches!(of(503), Outcome::Down(_, Some(wait)) if wait.as_secs() == 7));
        assert!(matches!(of(302), Outcome::NotNow(why) if why.contains("redirect")));
        assert!(matches!(of(404), Outcome::NotNow(_)));
        assert!(matches!(of(500), Outcome::NotNow(_)));
        assert!(matches!(of(422), Outcome::Refused(_)));
    }

    proptest! {
        /// Whatever query a request line can carry goes out byte for byte.
        #[test]
        fn any_query_is_kept(query in "[ -~]{1,80}") {
            // Others never come this far.
            let Ok(came) = format!("/callback/s?{query}").parse::<Uri>() else { return Ok(()) };
            prop_assume!(!query.contains('#'));
            let sent = with_query("https://crm.example/in", came.query().unwrap().as_bytes()).unwrap();
            prop_assert_eq!(sent.query().unwrap(), query);
        }
    }
}
