//! One connection: its socket, its TLS, its protocol.
//!
//! Over HTTP/1.1 a granted stream leaves the protocol's machinery: what a request needs (buffers, parser, router) is given
//! back, and a task of its own sends the events; see [`super::stream`].

use std::convert::Infallible;
use std::future::{pending, poll_fn};
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, HttpBody};
use axum::extract::ConnectInfo;
use http::header::CONNECTION;
use http::{HeaderValue, Method, Request, Response, Version};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio_io_timeout::TimeoutStream;
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;
use tower_http::timeout::DeadlineBody;

use super::Bounds;
use super::places::Place;
use super::stream::Stream;
use super::targets::{Frames, LONGEST, Lines, Targets, has_unknown_end};
use crate::http::events::Granted;
use crate::tls;

/// What the system holds of what is sent to one peer, at most: events are small, and slow readers may be many.
const SEND_BUFFER: usize = 256 * 1024;
/// Requests at a time on one connection of HTTP/2; a desktop has a stream and a few requests beside it.
const CONCURRENT: u32 = 64;
/// The head of a request, in bytes: as long as over HTTP/1.1.
#[expect(clippy::cast_possible_truncation, reason = "some kilobytes")]
const HEAD: u32 = LONGEST as u32;
/// What is held of one answer that its reader doesn't take (HTTP/2).
const ANSWER_BUFFER: usize = 64 * 1024;

pub(super) struct Connection {
    pub router: Router,
    pub peer: SocketAddr,
    pub bounds: Bounds,
    pub draining: CancellationToken,
    /// Where a stream goes on.
    pub tasks: TaskTracker,
    /// Given back when the connection ends.
    pub place: Arc<Place>,
}

/// A stream that was granted over HTTP/1.1, on its way out of the protocol's machinery.
type HandedOver = Arc<Mutex<Option<(http::response::Parts, Granted)>>>;

impl Connection {
    /// Without TLS: HTTP/1.1.
    pub(super) async fn serve(self, stream: TcpStream) {
        let stream = self.prepared(stream);
        self.speak_1(stream).await;
    }

    /// A handshake first. It has as long as a request's head has, and the connection counts meanwhile.
    pub(super) async fn serve_tls(self, stream: TcpStream, tls: TlsAcceptor) {
        let handshake = tls.accept(self.prepared(stream));
        let stream = match tokio::time::timeout(self.bounds.idle, handshake).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                metrics::counter!("centrex_relay_tls_handshakes_failed_total").increment(1);
                return tracing::debug!(%error, "a TLS handshake failed");
            }
            Err(_) => {
                metrics::counter!("centrex_relay_tls_handshakes_failed_total").increment(1);
                return tracing::debug!("a TLS handshake took too long");
            }
        };
        match stream.get_ref().1.alpn_protocol() {
            Some(b"h2") => self.speak_2(stream).await,
            // The handshake was all that was wanted.
            Some(tls::ACME) => {}
            _ => self.speak_1(stream).await,
        }
    }

    fn prepared(&self, stream: TcpStream) -> Pin<Box<TimeoutStream<TcpStream>>> {
        if let Err(error) = prepare(&stream, self.bounds.stall) {
            tracing::debug!(%error, "a connection's options could not be set");
        }
        // What TCP can't tell is told here: a peer that lives and doesn't read.
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.bounds.stall));
        Box::pin(stream)
    }

    async fn speak_1(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let granted = HandedOver::default();
        let is_granted = || !granted.lock().unwrap_or_else(PoisonError::into_inner).is_none();
        let service = service_fn(|request| self.answer_or_hand_over(request, Arc::clone(&granted)));
        let mut connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.bounds.idle)
            // Who sends a callback and hangs up has sent it: without this the library drops the request unseen.
            .half_close(true)
            .max_buf_size(LONGEST)
            .serve_connection(TokioIo::new(Targets::<_, Lines>::new(stream)), service);
        let mut is_draining = false;
        loop {
            // Over when the connection ends, or when a stream was granted.
            let ended = poll_fn(|context| match Pin::new(&mut connection).poll(context) {
                Poll::Ready(ended) => Poll::Ready(Some(ended)),
                Poll::Pending if is_granted() => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            });
            tokio::select! {
                ended = ended => match ended {
                    Some(ended) => return told(ended),
                    None => break,
                },
                () = self.draining.cancelled(), if !is_draining => {
                    is_draining = true;
                    Pin::new(&mut connection).graceful_shutdown();
                }
            }
        }
        self.place.has_stream();
        let socket = connection.into_parts().io.into_inner().into_inner();
        let granted = granted.lock().unwrap_or_else(PoisonError::into_inner).take();
        let stream = granted.and_then(|(head, granted)| Stream::new(socket, &head, &granted, self.place));
        if let Some(stream) = stream {
            self.tasks.spawn(stream.run());
        }
    }

    /// Answers, unless a stream is granted: that never gets an answer here.
    fn answer_or_hand_over(
        &self,
        request: Request<Incoming>,
        granted: HandedOver,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        let is_chunked = request.version() == Version::HTTP_11 && request.method() == Method::GET;
        // What comes after it on this connection couldn't be rewritten.
        let is_last = has_unknown_end(&request);
        let answer = self.answer(request);
        async move {
            let (mut head, body) = answer.await?.into_parts();
            if is_last {
                head.headers.insert(CONNECTION, HeaderValue::from_static("close"));
            }
            match granted_in(&mut head) {
                Some(stream) if is_chunked => {
                    *granted.lock().unwrap_or_else(PoisonError::into_inner) = Some((head, stream));
                    pending().await
                }
                stream => Ok(with_body(head, body, stream)),
            }
        }
    }

    async fn speak_2(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) {
        let under_way = watch::Sender::new(0_usize);
        let place = Arc::clone(&self.place);
        let service = service_fn(|request| {
            let (guard, place) = (Guard::new(&under_way), Arc::clone(&place));
            let answer = self.answer(request);
            async move {
                let (mut head, body) = answer.await?.into_parts();
                let stream = granted_in(&mut head);
                if stream.is_some() {
                    place.has_stream();
                }
                let answer = with_body(head, body, stream);
                Ok::<_, Infallible>(answer.map(|body| Body::new(Guarded(body, guard))))
            }
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(self.bounds.stall)
            .keep_alive_timeout(self.bounds.stall)
            .max_concurrent_streams(CONCURRENT)
            .max_header_list_size(HEAD)
            .max_send_buf_size(ANSWER_BUFFER)
            .serve_connection(TokioIo::new(Targets::<_, Frames>::new(stream)), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.draining.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
            () = unused(under_way.subscribe(), self.bounds.idle) => {
                connection.as_mut().graceful_shutdown();
                // A peer that won't hear of it is left.
                match tokio::time::timeout(self.bounds.idle, connection).await {
                    Ok(ended) => ended,
                    Err(_) => return,
                }
            }
        };
        told(ended);
    }

    fn answer(
        &self,
        mut request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Body>, Infallible>> + use<> {
        request.extensions_mut().insert(ConnectInfo(self.peer));
        let request = request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(DeadlineBody::new(self.bounds.body, body)),
        });
        self.router.clone().oneshot(request)
    }
}

/// The stream that an answer grants, taken out of its head together with the length of the body that it has no more.
fn granted_in(head: &mut http::response::Parts) -> Option<Granted> {
    let stream = head.extensions.remove::<Granted>()?;
    head.headers.remove(http::header::CONTENT_LENGTH);
    Some(stream)
}

/// The answer with the stream that was granted as its body.
fn with_body(head: http::response::Parts, body: Body, stream: Option<Granted>) -> Response<Body> {
    Response::from_parts(head, stream.map_or(body, |stream| stream.body()))
}

fn told(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke");
    }
}

/// Until no request has been under way for so long.
async fn unused(mut under_way: watch::Receiver<usize>, idle: Duration) {
    loop {
        // The sender lives as long as this is polled.
        let _ = under_way.wait_for(|count| *count == 0).await;
        if tokio::time::timeout(idle, under_way.wait_for(|count| *count > 0))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// A request under way, until its answer is sent or given up.
struct Guard(watch::Sender<usize>);

impl Guard {
    fn new(under_way: &watch::Sender<usize>) -> Self {
        under_way.send_modify(|count| *count += 1);
        Self(under_way.clone())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}

struct Guarded(Body, #[expect(dead_code, reason = "dropped with the body")] Guard);

impl HttpBody for Guarded {
    type Data = bytes::Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

/// An event is small and should leave at once; a peer that is gone without a word is noticed, because what is sent to it
/// (a heartbeat, if nothing else) is never confirmed.
fn prepare(stream: &TcpStream, stall: Duration) -> std::io::Result<()> {
    let socket = SockRef::from(stream);
    socket.set_tcp_nodelay(true)?;
    socket.set_send_buffer_size(SEND_BUFFER)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(stall))?;
    // Elsewhere, and while nothing is sent.
    let probes = TcpKeepalive::new().with_time(stall).with_interval(stall / 3);
    socket.set_tcp_keepalive(&probes)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rustls::pki_types::ServerName;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;

    use super::super::{Door, Places, accept};
    use super::*;
    use crate::tls::tests::Authority;

    const PATIENCE: Duration = Duration::from_secs(20);
    /// HTTP/2's preface and empty settings (RFC 9113, 3.4).
    const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

    struct Here {
        address: SocketAddr,
        authority: Authority,
        places: Arc<Places>,
    }

    async fn start(idle: Duration) -> Here {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let certificates = crate::tls::Certificates::open(authority.issue(folder.path(), 90)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let door = Door {
            listener,
            tls: Some(certificates.config().unwrap().into()),
        };
        let bounds = Bounds {
            idle,
            ..Bounds::default()
        };
        let places = Places::new(1, Vec::new());
        let draining = CancellationToken::new();
        tokio::spawn(accept(door, Router::new(), Arc::clone(&places), bounds, draining));
        Here {
            address,
            authority,
            places,
        }
    }

    impl Here {
        async fn handshake(&self, protocol: &[u8]) -> TlsStream<TcpStream> {
            let mut config = self.authority.trusting();
            config.alpn_protocols = vec![protocol.to_vec()];
            let stream = TcpStream::connect(self.address).await.unwrap();
            let name = ServerName::from(std::net::IpAddr::from([127, 0, 0, 1]));
            let connector = TlsConnector::from(Arc::new(config));
            connector.connect(name, stream).await.unwrap()
        }

        async fn free(&self) {
            let free = tokio::time::timeout(PATIENCE, self.places.free()).await;
            free.expect("its place is free");
        }
    }

    #[tokio::test]
    async fn who_never_shakes_hands_is_let_go() {
        let here = start(Duration::from_millis(50)).await;
        let mut silent = TcpStream::connect(here.address).await.unwrap();
        let read = tokio::time::timeout(PATIENCE, silent.read(&mut [0; 64])).await;
        assert!(matches!(read.expect("it is closed"), Ok(0) | Err(_)));
        here.free().await;
    }

    /// It answers no ping either, which would be a sign of life.
    #[tokio::test]
    async fn a_connection_of_http_2_without_a_request_is_let_go() {
        // The handshake has as long: it must fit, on a busy machine too.
        let here = start(Duration::from_secs(2)).await;
        let mut idle = here.handshake(b"h2").await;
        assert_eq!(idle.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        idle.write_all(PREFACE).await.unwrap();
        let mut heard = Vec::new();
        let read = tokio::time::timeout(PATIENCE, idle.read_to_end(&mut heard)).await;
        // How TLS ends is all the same; that it ends isn't.
        drop(read.expect("it is closed"));
        // Frame type 7 with the error code 0: GOAWAY, for no fault of the peer.
        let mut frames = heard.as_slice();
        let mut kinds = Vec::new();
        while let [a, b, c, kind, ..] = *frames {
            kinds.push(kind);
            frames = &frames[9 + usize::from_be_bytes([0, 0, 0, 0, 0, a, b, c])..];
        }
        assert!(kinds.contains(&7), "{kinds:?}");
        here.free().await;
    }
}
