//! Every way in which a request can fail, with canary secrets: none may show in an error or in a log, and no request may be
//! sent twice. All against real sockets.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use centrex::{Client, Config, Credential, Error, Method};
use secrecy::SecretString;
use telephony::{AccountId, E164};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const KEY: &str = "CANARY-key+with/odd=signs";
const PASSWORD: &str = "CANARY-password";
const CALLBACK: &str = "https://relay.example/callback/CANARY-callback";
/// Part of every canary, and unchanged by any encoding.
const MARK: &str = "CANARY";
/// A number must not show either.
const NUMBER: &str = "33199001234";

/// Everything that any crate logs at any level, from the first test on.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    struct Writer(Arc<Mutex<Vec<u8>>>);
    impl Write for Writer {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    LOG.get_or_init(|| {
        let buffer = Arc::new(Mutex::new(Vec::new()));
        let writer = buffer.clone();
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(move || Writer(writer.clone()))
            .with_ansi(false)
            .init();
        buffer
    })
    .clone()
}

/// What the server does with a request.
#[derive(Clone)]
enum Reply {
    /// Sends these bytes and closes.
    Bytes(Vec<u8>),
    /// Sends these bytes, then keeps the connection open and silent.
    Then(Vec<u8>),
    /// Sends these bytes, then the same chunk for ever.
    Endless(Vec<u8>, Vec<u8>),
}

/// A server that keeps every request it got.
struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(reply: Reply) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = requests.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, reply.clone(), seen.clone()));
            }
        });
        Self { address, requests }
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn answer(mut stream: TcpStream, reply: Reply, seen: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !is_whole(&request) {
        match stream.read(&mut buffer).await {
            Ok(0) | Err(_) => break,
            Ok(count) => request.extend_from_slice(&buffer[..count]),
        }
    }
    seen.lock()
        .unwrap()
        .push(String::from_utf8_lossy(&request).into_owned());
    match reply {
        Reply::Bytes(bytes) => {
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Then(bytes) => {
            let _ = stream.write_all(&bytes).await;
            // Until the client gives up.
            while matches!(stream.read(&mut buffer).await, Ok(count) if count > 0) {}
        }
        Reply::Endless(head, chunk) => {
            let _ = stream.write_all(&head).await;
            while stream.write_all(&chunk).await.is_ok() {}
        }
    }
}

/// A request with its body, by `Content-Length`.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .map_or(0, |length| length.trim().parse().unwrap());
    body.len() >= length
}

fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {}\r\n{headers}\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// A body that repeats all it can.
fn echo() -> String {
    format!("{{\"error\":\"bad api_key {KEY} or password {PASSWORD} for {CALLBACK} calling {NUMBER}\"}}")
}

fn config(scheme: &str, address: SocketAddr) -> Config {
    Config {
        connect_timeout: Duration::from_millis(700),
        timeout: Duration::from_millis(1_500),
        ..Config::new(format!("{scheme}://{address}/api").parse().unwrap())
    }
}

/// Asks all that can be asked, in both methods, and returns the error of the calls: the same for all.
async fn fail(config: Config) -> Error {
    let log = log();
    let account = AccountId("acc".to_owned());
    let number = E164::parse(NUMBER).unwrap();
    let key = SecretString::from(KEY);
    let mut errors = Vec::new();
    for method in [Method::Get, Method::Post] {
        let client = Client::new(Config {
            method,
            ..config.clone()
        })
        .unwrap();
        assert_clean("the client", &format!("{client:?}"));
        for credential in [
            Credential::ApiKey(SecretString::from(KEY)),
            Credential::AccountPassword(SecretString::from(PASSWORD)),
        ] {
            assert_clean("the credential", &format!("{credential:?}"));
            errors.push(client.call(&credential, &account, &number).await.unwrap_err());
        }
        let set = client
            .set_callback(&key, &SecretString::from(CALLBACK))
            .await
            .unwrap_err();
        assert_silent(&set);
    }
    for error in &errors {
        assert_silent(error);
        assert_eq!(error, &errors[0]);
    }
    let logged = String::from_utf8_lossy(&log.lock().unwrap()).into_owned();
    assert!(logged.contains(errors[0].code()), "the log was captured");
    assert_clean("the log", &logged);
    errors.remove(0)
}

/// Display, Debug, and the same of every source.
fn assert_silent(error: &Error) {
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = next {
        assert_clean("Display", &error.to_string());
        assert_clean("Debug", &format!("{error:?} {error:#?}"));
        next = error.source();
    }
}

fn assert_clean(what: &str, text: &str) {
    for secret in [MARK, NUMBER, "api_key=", "password="] {
        assert!(!text.contains(secret), "{what} shows {secret}: {text}");
    }
}

async fn fails_with(reply: Reply, wanted: Error) -> Error {
    // A server that goes silent costs the whole limit each time.
    let timeout = Duration::from_millis(if matches!(reply, Reply::Then(_)) {
        // Long enough for what is answered first to be heard on a busy machine.
        800
    } else {
        5_000
    });
    let server = Server::start(reply).await;
    let error = fail(Config {
        timeout,
        ..config("http", server.address)
    })
    .await;
    assert_eq!(error, wanted);
    let requests = server.requests();
    assert_eq!(requests.len(), 6, "each request exactly once");
    assert!(
        requests.iter().all(|request| request.contains(MARK)),
        "the canaries were really sent"
    );
    error
}

#[tokio::test]
async fn a_refused_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = fail(config("http", address)).await;
    assert!(
        matches!(&error, Error::Unreachable { detail } if detail.contains("refused")),
        "{error:?}"
    );
    assert!(!error.may_have_rung() && error.is_retryable());
}

#[tokio::test]
async fn a_name_that_does_not_resolve() {
    let url = "https://platform.invalid/api".parse().unwrap();
    let error = fail(Config::new(url)).await;
    assert!(matches!(&error, Error::Unreachable { .. }), "{error:?}");
    assert!(!error.may_have_rung());
}

/// A TLS server whose certificate nobody signed.
async fn tls_server() -> (SocketAddr, String) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certified = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let pem = certified.cert.pem();
    let key = rustls::pki_types::PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream
                    .write_all(&response("200 OK", "Connection: close\r\n", "{}"))
                    .await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (address, pem)
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted() {
    let (address, pem) = tls_server().await;
    let error = fail(config("https", address)).await;
    assert!(matches!(&error, Error::Tls { .. }), "{error:?}");
    assert!(!error.may_have_rung() && !error.is_retryable());
    // The same server, trusted: so it was the certificate.
    let client = Client::with_root_certificate(config("https", address), pem.as_bytes()).unwrap();
    let account = AccountId("acc".to_owned());
    let number = E164::parse(NUMBER).unwrap();
    client
        .call(&Credential::ApiKey(SecretString::from(KEY)), &account, &number)
        .await
        .unwrap();
}

#[tokio::test]
async fn a_server_that_speaks_no_tls() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.write_all(&response("400 Bad Request", "", "")).await;
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
        }
    });
    let error = fail(config("https", address)).await;
    assert!(matches!(&error, Error::Tls { .. }), "{error:?}");
    assert!(!error.may_have_rung());
}

#[tokio::test]
async fn no_answer_before_the_connection_is_there() {
    // Accepts, and never says hello: TLS is part of connecting, and nothing has been asked yet.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let error = fail(Config {
        connect_timeout: Duration::from_millis(100),
        ..config("https", address)
    })
    .await;
    drop(listener);
    assert_eq!(error, Error::Timeout { sent: false });
    assert!(!error.may_have_rung() && error.is_retryable());
}

#[tokio::test]
async fn no_answer_after_the_request_went_out() {
    let server = Server::start(Reply::Then(Vec::new())).await;
    let error = fail(Config {
        timeout: Duration::from_secs(1),
        ..config("http", server.address)
    })
    .await;
    assert_eq!(error, Error::Timeout { sent: true });
    assert!(error.may_have_rung() && error.is_retryable());
    assert_eq!(server.requests().len(), 6, "each request exactly once");
}

#[tokio::test]
async fn refusals() {
    fails_with(
        Reply::Bytes(response("401 Unauthorized", "", &echo())),
        Error::WrongKey,
    )
    .await;
    fails_with(
        Reply::Bytes(response("403 Forbidden", "", "no")),
        Error::Forbidden,
    )
    .await;
    let wait = Error::RateLimited {
        retry_after: Some(Duration::from_secs(30)),
    };
    fails_with(
        Reply::Bytes(response("429 Too Many Requests", "Retry-After: 30\r\n", &echo())),
        wait,
    )
    .await;
    let body = "{\"error\":\"unknown account\"}";
    fails_with(
        Reply::Bytes(response("404 Not Found", "", body)),
        Error::Rejected { status: 404 },
    )
    .await;
}

#[tokio::test]
async fn a_platform_that_fails() {
    let error = fails_with(
        Reply::Bytes(response("500 Oops", "", &echo())),
        Error::Server { status: 500 },
    )
    .await;
    assert!(error.may_have_rung() && error.is_retryable());
}

#[tokio::test]
async fn an_error_in_json_under_200() {
    let error = fails_with(
        Reply::Bytes(response("200 OK", "", "{\"error\":\"bad\"}")),
        Error::Rejected { status: 200 },
    )
    .await;
    assert!(!error.may_have_rung());
}

#[tokio::test]
async fn html_under_200() {
    let page = format!("<html>{KEY} {PASSWORD} {CALLBACK}</html>");
    let headers = "Content-Type: text/html; charset=utf-8\r\n";
    let error = fails_with(
        Reply::Bytes(response("200 OK", headers, &page)),
        Error::WebPage { status: 200 },
    )
    .await;
    assert!(error.may_have_rung());
}

#[tokio::test]
async fn a_redirect_to_another_host_is_not_followed() {
    let other = Server::start(Reply::Bytes(response("200 OK", "", "{}"))).await;
    for status in [301, 302, 303, 307, 308] {
        let headers = format!(
            "Location: http://{}/api/centrex/v1/call?api_key={KEY}\r\n",
            other.address
        );
        let reply = Reply::Bytes(response(&format!("{status} Elsewhere"), &headers, ""));
        let error = fails_with(reply, Error::Redirected { status }).await;
        // 303 answers a request that was carried out.
        assert_eq!(error.may_have_rung(), status == 303, "{status}");
    }
    assert!(other.requests().is_empty(), "the other host got nothing");
}

#[tokio::test]
async fn a_body_that_never_ends() {
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"400\r\n".as_slice(), &KEY.repeat(41).as_bytes()[..1024], b"\r\n"].concat();
    let error = fails_with(
        Reply::Endless(head.clone(), chunk),
        Error::BodyTooLarge { limit: 64 * 1024 },
    )
    .await;
    assert!(error.may_have_rung());
    // One that stops without an end.
    let start = [head.as_slice(), b"2\r\n{}\r\n"].concat();
    let error = fails_with(Reply::Then(start), Error::Timeout { sent: true }).await;
    assert!(error.may_have_rung());
}

#[tokio::test]
async fn a_refusal_with_a_body_that_never_ends_is_still_that_refusal() {
    let head = b"HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"400\r\n".as_slice(), &[b'x'; 1024], b"\r\n"].concat();
    fails_with(Reply::Endless(head.clone(), chunk), Error::WrongKey).await;
    fails_with(Reply::Then(head), Error::WrongKey).await;
}

#[tokio::test]
async fn a_connection_that_breaks_after_the_request_is_not_tried_again() {
    let server = Server::start(Reply::Bytes(Vec::new())).await;
    let error = fail(config("http", server.address)).await;
    assert!(matches!(&error, Error::Interrupted { .. }), "{error:?}");
    assert!(error.may_have_rung() && error.is_retryable());
    assert_eq!(server.requests().len(), 6, "each request exactly once");
}

#[tokio::test]
async fn an_answer_that_is_no_http() {
    let server = Server::start(Reply::Bytes(format!("220 {KEY} ready\r\n\r\n").into_bytes())).await;
    let error = fail(config("http", server.address)).await;
    assert!(matches!(&error, Error::Interrupted { .. }), "{error:?}");
    assert!(error.may_have_rung());
    assert_eq!(server.requests().len(), 6, "each request exactly once");
}

#[tokio::test]
async fn a_server_that_keeps_connections_never_gets_a_request_on_a_used_one() {
    // Answers the first request of a connection properly and stays open; a client that reused it would hang until its limit.
    let server = Server::start(Reply::Then(response(
        "200 OK",
        "Connection: keep-alive\r\n",
        "{}",
    )))
    .await;
    let client = Client::new(config("http", server.address)).unwrap();
    let account = AccountId("acc".to_owned());
    let number = E164::parse(NUMBER).unwrap();
    for _ in 0..3 {
        client
            .call(&Credential::ApiKey(SecretString::from(KEY)), &account, &number)
            .await
            .unwrap();
    }
    assert_eq!(server.requests().len(), 3);
}
