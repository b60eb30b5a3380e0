//! The subscriber against a server that speaks bytes: cut anywhere, silent, hostile.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a panic is the failure message of a test"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use relay_api::wire::{Event, EventBody, EventId};
use relay_api::{ClientOptions, DownReason, RelayClient, RelayUrl, SubscribeOptions, Subscription, Update};
use secrecy::SecretString;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const PATIENCE: Duration = Duration::from_secs(20);

/// The head of a stream that ends with its connection.
const HEAD: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n";

/// What a server does with each connection: the resume position (if any) and how often it was asked before.
type Script = dyn Fn(Option<u64>, usize) -> Answer + Send + Sync;

struct Answer {
    bytes: Vec<u8>,
    /// Keep the connection open afterwards.
    hold: bool,
}

/// A server that follows a script. Gives its address, and the positions that it was asked for.
async fn server(script: Arc<Script>) -> (String, Arc<Mutex<Vec<Option<u64>>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&asked);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let (script, notes) = (Arc::clone(&script), Arc::clone(&notes));
            tokio::spawn(serve(stream, script, notes));
        }
    });
    (address, asked)
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, notes: Arc<Mutex<Vec<Option<u64>>>>) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if stream.read(&mut byte).await.unwrap_or(0) == 0 {
            return;
        }
        request.push(byte[0]);
    }
    let request = String::from_utf8(request).unwrap().to_lowercase();
    let position = request
        .lines()
        .find_map(|line| line.strip_prefix("last-event-id: ")?.trim().parse().ok());
    let before = {
        let mut notes = notes.lock().unwrap();
        notes.push(position);
        notes.len() - 1
    };
    let answer = script(position, before);
    let _ = stream.write_all(&answer.bytes).await;
    if answer.hold {
        // Until the client goes.
        let _ = stream.read(&mut [0]).await;
    }
}

fn subscribe(address: &str, from: Option<u64>, options: SubscribeOptions) -> Subscription {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let token = Some(SecretString::from("ctr_canary".to_owned()));
    let base = RelayUrl::parse(address).unwrap();
    let client = RelayClient::new(base, token, ClientOptions::default()).unwrap();
    Subscription::start(client, from.map(EventId), options, |_: Duration| Duration::ZERO)
}

async fn next(subscription: &mut Subscription) -> Update {
    tokio::time::timeout(PATIENCE, subscription.next())
        .await
        .expect("an update")
        .expect("not the end")
}

async fn next_event(subscription: &mut Subscription) -> Event {
    loop {
        if let Update::Event(event) = next(subscription).await {
            return *event;
        }
    }
}

fn frame(id: u64) -> String {
    // A kind of tomorrow is the shortest event there is.
    format!(
        ": beat\n\nid: {id}\ndata: {{\"id\":\"{id}\",\"at\":\"2026-11-23T12:00:00Z\",\"kind\":\"é{id}\"}}\n\n"
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// However often and wherever the connection is cut, and whatever is repeated: nothing missed, nothing twice, in order.
    #[test]
    fn any_cut_of_the_bytes(
        count in 1u64..12,
        cuts in proptest::collection::vec((0usize..700, 0u64..3, any::<bool>()), 0..14),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let heard: Result<Vec<u64>, TestCaseError> = runtime.block_on(async {
            let script = move |position: Option<u64>, before: usize| {
                // A server may repeat what was heard already.
                let cut = cuts.get(before).copied();
                let back = cut.map_or(0, |(_, back, _)| back);
                let first = position.unwrap_or(0).saturating_sub(back) + 1;
                let body: String = (first..=count).map(frame).collect();
                let (keep, chunked) = cut.map_or((usize::MAX, false), |(keep, _, chunked)| (keep, chunked));
                let body = &body.as_bytes()[..body.len().min(keep)];
                let mut bytes = HEAD.as_bytes().to_vec();
                if chunked {
                    // Cut inside a chunk: an error on the wire instead of an orderly end.
                    bytes.extend_from_slice(b"Transfer-Encoding: chunked\r\n\r\nffff\r\n");
                } else {
                    bytes.extend_from_slice(b"\r\n");
                }
                bytes.extend_from_slice(body);
                Answer { bytes, hold: cut.is_none() }
            };
            let (address, _) = server(Arc::new(script)).await;
            let mut subscription = subscribe(&address, None, SubscribeOptions::default());
            let mut heard = Vec::new();
            while heard.last() != Some(&count) {
                heard.push(next_event(&mut subscription).await.id.0);
            }
            Ok(heard)
        });
        prop_assert_eq!(heard?, (1..=count).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn the_position_counts_only_what_was_handled() {
    let script = |position: Option<u64>, _| {
        let body: String = (position.unwrap_or(0) + 1..=3).map(frame).collect();
        Answer {
            bytes: format!("{HEAD}\r\n{body}").into_bytes(),
            hold: true,
        }
    };
    let (address, asked) = server(Arc::new(script)).await;
    let mut first = subscribe(&address, None, SubscribeOptions::default());
    assert_eq!(next_event(&mut first).await.id, EventId(1));
    assert_eq!(first.position(), None, "taken, not handled yet");
    assert_eq!(next_event(&mut first).await.id, EventId(2));
    let kept = first.position().unwrap();
    assert_eq!(kept, EventId(1));
    drop(first);
    let mut second = subscribe(&address, Some(kept.0), SubscribeOptions::default());
    assert_eq!(next_event(&mut second).await.id, EventId(2));
    assert_eq!(*asked.lock().unwrap(), [None, Some(1)]);
}

#[tokio::test]
async fn silence_is_a_dead_connection_and_any_byte_is_life() {
    let script = |_, _| Answer {
        bytes: format!("{HEAD}\r\n:").into_bytes(),
        hold: true,
    };
    let (address, _) = server(Arc::new(script)).await;
    let watchdog = Duration::from_millis(200);
    let options = SubscribeOptions {
        watchdog,
        ..SubscribeOptions::default()
    };
    let mut subscription = subscribe(&address, None, options);
    assert_eq!(next(&mut subscription).await, Update::Connecting { attempt: 1 });
    assert!(matches!(next(&mut subscription).await, Update::Live { .. }));
    let Update::Down { reason, .. } = next(&mut subscription).await else {
        panic!()
    };
    assert_eq!(reason, DownReason::Silent(watchdog));
    assert_eq!(next(&mut subscription).await, Update::Connecting { attempt: 2 });
}

#[tokio::test]
async fn a_nudge_reconnects_at_once_even_out_of_a_long_wait() {
    let busy = "HTTP/1.1 503 Busy\r\nRetry-After: 200\r\nContent-Length: 0\r\n\r\n";
    let script = move |_, before| match before {
        0 => Answer {
            bytes: busy.as_bytes().to_vec(),
            hold: false,
        },
        _ => Answer {
            bytes: format!("{HEAD}\r\n{}", frame(1)).into_bytes(),
            hold: true,
        },
    };
    let (address, _) = server(Arc::new(script)).await;
    let mut subscription = subscribe(&address, None, SubscribeOptions::default());
    next(&mut subscription).await;
    let Update::Down { retry_in, reason } = next(&mut subscription).await else {
        panic!()
    };
    assert_eq!(retry_in, Duration::from_secs(200), "{reason}");
    subscription.nudge();
    assert_eq!(next_event(&mut subscription).await.id, EventId(1));
    // And out of a connection that looks alive.
    subscription.nudge();
    let Update::Down { reason, retry_in } = next(&mut subscription).await else {
        panic!()
    };
    assert_eq!((reason, retry_in), (DownReason::Nudged, Duration::ZERO));
}

#[tokio::test]
async fn a_stream_that_ends_with_a_wait_is_waited_for_once() {
    let script = move |_, before| {
        let bytes = match before {
            0 => format!("{HEAD}\r\n{}retry: 7000\n\n", frame(1)),
            _ => "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n".to_owned(),
        };
        Answer {
            bytes: bytes.into_bytes(),
            hold: false,
        }
    };
    let (address, _) = server(Arc::new(script)).await;
    let mut subscription = subscribe(&address, None, SubscribeOptions::default());
    assert_eq!(next_event(&mut subscription).await.id, EventId(1));
    let mut waits = Vec::new();
    while waits.len() < 2 {
        if let Update::Down { retry_in, .. } = next(&mut subscription).await {
            waits.push(retry_in);
            subscription.nudge();
        }
    }
    assert_eq!(waits, [Duration::from_secs(7), Duration::ZERO]);
}

#[tokio::test]
async fn a_refused_token_is_the_end_and_shows_nowhere() {
    let body = "{\"type\":\"urn:centrex-relay:problem:unauthorized\",\"title\":\"no\",\"status\":401}";
    let answer = format!(
        "HTTP/1.1 401 No\r\nContent-Type: application/problem+json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let script = move |_, _| Answer {
        bytes: answer.clone().into_bytes(),
        hold: false,
    };
    let (address, asked) = server(Arc::new(script)).await;
    let mut subscription = subscribe(&address, None, SubscribeOptions::default());
    next(&mut subscription).await;
    let refused = next(&mut subscription).await;
    assert!(matches!(refused, Update::Refused(_)));
    assert!(!format!("{refused:?}{subscription:?}").contains("canary"));
    assert_eq!(subscription.next().await, None);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn redirects_pages_and_endless_events_are_no_relay() {
    let redirect =
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n".to_owned();
    let page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>".to_owned();
    let endless = format!("{HEAD}\r\ndata: {}", "x".repeat(5000));
    for (answer, wanted) in [
        (redirect, "not a relay"),
        (page, "not a relay"),
        (endless, "longer than 4096"),
    ] {
        let script = move |_, _| Answer {
            bytes: answer.clone().into_bytes(),
            hold: true,
        };
        let (address, _) = server(Arc::new(script)).await;
        let options = SubscribeOptions {
            event_limit: 4096,
            ..SubscribeOptions::default()
        };
        let mut subscription = subscribe(&address, None, options);
        let reason = loop {
            if let Update::Down { reason, .. } = next(&mut subscription).await {
                break reason.to_string();
            }
        };
        assert!(reason.contains(wanted), "{reason}");
    }
}

#[tokio::test]
async fn a_gap_sets_the_position_back() {
    let gap = "id: 0\ndata: {\"id\":\"0\",\"at\":\"2026-11-23T12:00:00Z\",\"kind\":\"gap\"}\n\n";
    let snapshot =
        "id: 7\ndata: {\"id\":\"7\",\"at\":\"2026-11-23T12:00:00Z\",\"kind\":\"snapshot\",\"calls\":[]}\n\n";
    let script = move |_, _| Answer {
        bytes: format!("{HEAD}\r\n{gap}{snapshot}{}", frame(8)).into_bytes(),
        hold: true,
    };
    let (address, _) = server(Arc::new(script)).await;
    // A position of a history that the relay has lost.
    let mut subscription = subscribe(&address, Some(1_000_000), SubscribeOptions::default());
    assert_eq!(next_event(&mut subscription).await.body, EventBody::Gap);
    assert_eq!(
        next_event(&mut subscription).await.body,
        EventBody::Snapshot { calls: Vec::new() }
    );
    assert_eq!(next_event(&mut subscription).await.id, EventId(8));
}
