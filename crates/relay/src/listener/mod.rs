//! The public listeners, the plain one and the one with TLS. Anyone may connect, so connections have bounds: how many there
//! are, and how long one may stay without asking for anything, or dawdle over what it asks.

mod connection;
mod places;
mod stream;
mod targets;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::{HeaderValue, header};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::connection::Connection;
pub(crate) use self::places::Places;
use crate::problem::Refusal;

/// Connections beyond the bound that are told so at a time; what comes on top is closed without a word.
const TURNED_AWAY: usize = 64;
/// How long accepting rests when the system has no descriptors left.
const REST: Duration = Duration::from_secs(1);

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The longest time without a whole request head, between two requests as well. An answer under way isn't counted.
    pub idle: Duration,
    /// The longest time for a request's body, from its head to its last byte.
    pub body: Duration,
    /// The longest time in which a peer takes nothing of what is sent to it, or doesn't say that it got it.
    pub stall: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            // Longer than desktops keep an idle connection (20 s), so that no request meets one that is just being closed.
            idle: Duration::from_secs(30),
            // Bodies are some KiB at most.
            body: Duration::from_secs(20),
            // Two heartbeats.
            stall: Duration::from_secs(30),
        }
    }
}

/// Where connections come in.
pub(crate) struct Door {
    pub listener: TcpListener,
    /// With TLS; the protocol is the one that its handshake agrees on.
    pub tls: Option<TlsAcceptor>,
}

/// Serves until `draining`, and then until what is under way is answered. The doors share the places and the bounds.
pub(crate) async fn serve(
    doors: Vec<Door>,
    router: Router,
    places: Arc<Places>,
    bounds: Bounds,
    draining: CancellationToken,
) {
    let accepting = doors.into_iter().map(|door| {
        accept(
            door,
            router.clone(),
            Arc::clone(&places),
            bounds,
            draining.clone(),
        )
    });
    futures_util::future::join_all(accepting).await;
}

/// Each connection takes one of the `places` until it ends.
async fn accept(
    door: Door,
    router: Router,
    places: Arc<Places>,
    bounds: Bounds,
    draining: CancellationToken,
) {
    let Door { listener, tls } = door;
    let spare = Places::new(TURNED_AWAY, Vec::new());
    let full = full();
    let connections = TaskTracker::new();
    loop {
        let accepted = tokio::select! {
            () = draining.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                rest_after(&error).await;
                continue;
            }
        };
        let (place, router) = match places.take(peer.ip()) {
            Some(place) => (place, &router),
            None => {
                metrics::counter!("centrex_relay_connections_refused_total").increment(1);
                match spare.take(peer.ip()) {
                    Some(place) => (place, &full),
                    None => continue,
                }
            }
        };
        let connection = Connection {
            router: router.clone(),
            peer,
            bounds,
            draining: draining.clone(),
            tasks: connections.clone(),
            place: Arc::new(place),
        };
        match &tls {
            None => connections.spawn(connection.serve(stream)),
            // In a box: what TLS takes is nothing that a plain connection should carry.
            Some(tls) => connections.spawn(Box::pin(connection.serve_tls(stream, tls.clone()))),
        };
    }
    // New ones are refused by the system while the last requests are answered.
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// What those beyond the bound hear.
fn full() -> Router {
    Router::new().fallback(|| async {
        let close = [(header::CONNECTION, HeaderValue::from_static("close"))];
        let refusal =
            Refusal::unavailable("The relay has as many connections as it may, in all or from this address; try again in a moment.");
        // For a desktop that wanted to dial: nothing was asked of the platform.
        (close, refusal.rung(false))
    })
}

/// A peer that went away before it was accepted is nothing; without descriptors, accepting again at once would only spin.
async fn rest_after(error: &std::io::Error) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        return;
    }
    tracing::error!(%error, "no connection can be accepted; it is tried again");
    tokio::time::sleep(REST).await;
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::body::Body;
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::sync::Semaphore;

    use super::*;

    const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: relay\r\n\r\n";
    const PATIENCE: Duration = Duration::from_secs(20);

    const PATIENT: Bounds = Bounds {
        idle: PATIENCE,
        body: PATIENCE,
        stall: PATIENCE,
    };

    async fn start(bounds: Bounds, router: Router) -> (SocketAddr, Arc<Places>) {
        start_with(10, bounds, router).await
    }

    async fn start_with(places: usize, bounds: Bounds, router: Router) -> (SocketAddr, Arc<Places>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = router.route("/", get(|| async { "here" }));
        let places = Places::new(places, Vec::new());
        tokio::spawn(accept(
            Door { listener, tls: None },
            router,
            Arc::clone(&places),
            bounds,
            CancellationToken::new(),
        ));
        (address, places)
    }

    /// What one says and hears until the relay closes.
    async fn until_closed(stream: &mut TcpStream, said: &[u8]) -> String {
        stream.write_all(said).await.unwrap();
        let mut heard = String::new();
        let read = stream.read_to_string(&mut heard);
        tokio::time::timeout(PATIENCE, read)
            .await
            .expect("it is closed")
            .unwrap();
        heard
    }

    /// One answer on a connection that stays.
    async fn ask(stream: &mut TcpStream) -> String {
        stream.write_all(REQUEST).await.unwrap();
        let mut heard = Vec::new();
        while !heard.ends_with(b"here") {
            heard.push(
                tokio::time::timeout(PATIENCE, stream.read_u8())
                    .await
                    .unwrap()
                    .unwrap(),
            );
        }
        String::from_utf8(heard).unwrap()
    }

    #[tokio::test]
    async fn who_never_ends_a_request_or_asks_none_is_let_go() {
        let idle = Duration::from_millis(50);
        let (address, _) = start(Bounds { idle, ..PATIENT }, Router::new()).await;
        for said in [&b""[..], b"GET / HTTP/1.1\r\nHost: re"] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            let heard = until_closed(&mut stream, said).await;
            assert!(!heard.contains("200"), "{heard}");
        }
        // After an answer as well.
        let mut stream = TcpStream::connect(address).await.unwrap();
        let heard = until_closed(&mut stream, REQUEST).await;
        assert!(
            heard.starts_with("HTTP/1.1 200 ") && heard.ends_with("here"),
            "{heard}"
        );
    }

    /// Says a byte more whenever the relay has kept silent for a moment, and hears it out until it closes.
    async fn trickle(address: SocketAddr, said: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(said).await.unwrap();
        let (mut heard, mut buffer) = (Vec::new(), [0; 1024]);
        let hear_out = async {
            loop {
                let moment = Duration::from_millis(5);
                match tokio::time::timeout(moment, stream.read(&mut buffer)).await {
                    // It may be closing just now: then reading tells.
                    Err(_) => drop(stream.write_all(b"x").await),
                    Ok(Ok(0) | Err(_)) => break,
                    Ok(Ok(length)) => heard.extend(&buffer[..length]),
                }
            }
        };
        tokio::time::timeout(PATIENCE, hear_out).await.expect("it is cut");
        String::from_utf8(heard).unwrap()
    }

    #[tokio::test]
    async fn who_trickles_is_cut_while_others_are_served() {
        let short = Duration::from_millis(250);
        let cut = Arc::new(Semaphore::new(0));
        let waiting = Arc::clone(&cut);
        let held = get(async move || {
            drop(waiting.acquire().await.unwrap());
            "here"
        });
        let taken = post(|body: Body| async move {
            let read = crate::http::body::read(body, 1_000_000).await;
            read.map(|_| "taken").map_err(Refusal::from)
        });
        let router = Router::new().route("/held", held).route("/taken", taken);
        let bounds = Bounds {
            idle: short,
            body: short,
            ..PATIENT
        };
        let (address, _) = start(bounds, router).await;

        let other = async {
            let mut stream = TcpStream::connect(address).await.unwrap();
            until_closed(&mut stream, &[b"GET /held", &REQUEST[5..]].concat()).await
        };
        let tricklers = async {
            let heads = trickle(address, b"GET / HTTP/1.1\r\nHost: relay\r\nX-Slow: ");
            let bodies = trickle(
                address,
                b"POST /taken HTTP/1.1\r\nHost: relay\r\nContent-Length: 900000\r\n\r\n",
            );
            let heard = tokio::join!(heads, bodies);
            cut.add_permits(1);
            heard
        };
        let (other, (head, body)) = tokio::join!(other, tricklers);
        assert!(!head.contains("200"), "{head}");
        assert!(body.starts_with("HTTP/1.1 408 "), "{body}");
        assert!(body.contains("request-timeout"), "{body}");
        assert!(
            other.starts_with("HTTP/1.1 200 ") && other.ends_with("here"),
            "{other}"
        );
    }

    #[tokio::test]
    async fn who_takes_nothing_of_what_is_sent_is_cut() {
        let gone = Arc::new(Semaphore::new(0));
        let noticed = Arc::clone(&gone);
        let endless = get(async move || {
            // Given back when the answer is dropped.
            let held = Held(noticed);
            let chunks = futures_util::stream::repeat_with(move || {
                let _ = &held;
                Ok::<_, std::convert::Infallible>(bytes::Bytes::from_static(&[b'x'; 65_536]))
            });
            Body::from_stream(chunks)
        });
        let stall = Duration::from_millis(200);
        let (address, _) = start(
            Bounds { stall, ..PATIENT },
            Router::new().route("/endless", endless),
        )
        .await;
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream
            .write_all(&[b"GET /endless", &REQUEST[5..]].concat())
            .await
            .unwrap();
        let cut = tokio::time::timeout(PATIENCE, gone.acquire()).await;
        drop(cut.expect("it is cut").unwrap());
        drop(stream);
    }

    struct Held(Arc<Semaphore>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.add_permits(1);
        }
    }

    #[tokio::test]
    async fn connections_beyond_the_bound_are_told_and_a_free_place_is_taken_again() {
        let (address, places) = start_with(1, PATIENT, Router::new()).await;
        let mut first = TcpStream::connect(address).await.unwrap();
        ask(&mut first).await;
        let mut second = TcpStream::connect(address).await.unwrap();
        let heard = until_closed(&mut second, REQUEST).await;
        assert!(heard.starts_with("HTTP/1.1 503 "), "{heard}");
        assert!(
            heard.contains("application/problem+json") && heard.contains("retry-after"),
            "{heard}"
        );
        // The first one isn't touched.
        ask(&mut first).await;
        drop(first);
        let free = tokio::time::timeout(PATIENCE, places.free()).await;
        free.expect("its place is free");
        let mut third = TcpStream::connect(address).await.unwrap();
        ask(&mut third).await;
    }
}
