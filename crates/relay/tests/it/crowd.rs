//! A crowd at the door: idle connections, streams that never read, heads without end. The others notice nothing.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::support::{PATIENCE, Relay, call_of, http, next_event, problem, start_of, subscribe};

/// How many idle connections there are, where the system allows.
const IDLE: usize = 10_000;

fn address(relay: &Relay) -> SocketAddr {
    relay.running.as_ref().unwrap().address
}

/// Sends callbacks one after the other; how long each took until a desktop had it, sorted.
async fn deliveries(relay: &Relay, token: &str, name: &str) -> Vec<Duration> {
    let mut events = subscribe(relay.client(token), None);
    next_event(&mut events).await;
    let mut took = Vec::new();
    for number in 0..100 {
        let call = format!("{name}{number}");
        let begun = Instant::now();
        relay.callback(&start_of(&call, "1001")).await;
        assert_eq!(call_of(&next_event(&mut events).await).0, call);
        took.push(begun.elapsed());
    }
    took.sort();
    took
}

/// Three times what it takes without a crowd. A machine under load has its own hiccups, which the floor allows for, and of a
/// hundred the slowest are left out; that 99 in 100 keep to it is held by `cargo xtask bench relay` (*floods*).
fn unnoticed(alone: &[Duration], crowded: &[Duration]) {
    let late = |sorted: &[Duration]| sorted[sorted.len() * 95 / 100];
    let allowed = late(alone).max(Duration::from_millis(100)) * 3;
    assert!(
        late(crowded) <= allowed,
        "alone {:?}, in the crowd {:?}",
        late(alone),
        late(crowded)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_idle_connections_disturb_nobody() {
    // Both ends are in this process.
    let limit = rlimit::increase_nofile_limit(u64::MAX)
        .map_or(256, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let count = IDLE.min(limit.saturating_sub(200) / 2);
    println!("{count} idle connections");
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let alone = deliveries(&relay, &token, "a").await;
    let mut idle = Vec::with_capacity(count);
    for number in 0..count {
        let mut stream = TcpStream::connect(address(&relay)).await.unwrap();
        // Half of them begin a request and never end it.
        if number % 2 == 0 {
            stream
                .write_all(b"GET /v1/me HTTP/1.1\r\nHost: re")
                .await
                .unwrap();
        }
        idle.push(stream);
    }
    let crowded = deliveries(&relay, &token, "b").await;
    unnoticed(&alone, &crowded);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_that_never_read_cost_the_others_nothing() {
    let relay = Relay::with(&[("events.buffer", "64")]).await;
    let (token, deaf) = (relay.enrol(&["1001"]).await, relay.enrol(&["1001"]).await);
    let alone = deliveries(&relay, &token, "a").await;
    let mut never = Vec::new();
    for _ in 0..16 {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let mut stream = socket.connect(address(&relay)).await.unwrap();
        let request = format!(
            "GET /v1/events HTTP/1.1\r\nHost: relay\r\nAccept: text/event-stream\r\nAuthorization: Bearer {deaf}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut head = [0; 15];
        stream.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 200 OK");
        never.push(stream);
    }
    // One desktop's token has as many streams as it may: the next is told so, and none of those is ended for it.
    let more = relay.get("/v1/events", &deaf).await;
    let after: u64 = more.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((10..20).contains(&after), "{after}");
    assert_eq!(problem(more).await, (429, "too-many-streams".to_owned()));
    let crowded = deliveries(&relay, &token, "b").await;
    unnoticed(&alone, &crowded);
}

#[tokio::test]
async fn as_many_streams_as_there_may_be_and_the_platform_still_gets_in() {
    let relay = Relay::with(&[("connections", "12"), ("events.streams", "2")]).await;
    let token = relay.enrol(&["1001"]).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut events = subscribe(relay.client(&token), None);
        next_event(&mut events).await;
        held.push(events);
    }
    let more = http()
        .get(format!("{}/v1/events", relay.base))
        .bearer_auth(&token)
        .header("Accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    assert!(more.headers().contains_key("retry-after"));
    assert_eq!(problem(more).await, (503, "too-many-streams".to_owned()));
    relay.callback(&start_of("c1", "1001")).await;
    for events in &mut held {
        assert_eq!(call_of(&next_event(events).await).0, "c1");
    }
    // A place that is given back is there for the next one, once the relay has seen that it is.
    held.pop();
    let granted = async { while relay.get("/v1/events", &token).await.status() != 200 {} };
    tokio::time::timeout(PATIENCE, granted)
        .await
        .expect("a place is free");
}

/// What one connection may make the relay hold is little: a whole crowd of them must fit.
#[tokio::test]
async fn a_head_is_refused_as_soon_as_it_is_too_long() {
    let relay = Relay::start().await;
    for head in [
        // In one line, of which little is held and no more than a megabyte waited for, and in many.
        format!("GET /v1/me?{}", "y".repeat(1200 * 1024)),
        format!(
            "GET /v1/me HTTP/1.1\r\nHost: relay\r\n{}",
            format!("X-Filler: {}\r\n", "y".repeat(2000)).repeat(45)
        ),
    ] {
        let mut stream = TcpStream::connect(address(&relay)).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 12];
        let read = tokio::time::timeout(PATIENCE / 2, stream.read_exact(&mut answer)).await;
        read.expect("no more is waited for").unwrap();
        assert_eq!(&answer, b"HTTP/1.1 431");
    }
}

#[tokio::test]
async fn a_head_without_end_is_refused() {
    let relay = Relay::start().await;
    let mut stream = TcpStream::connect(address(&relay)).await.unwrap();
    stream
        .write_all(b"GET /v1/me HTTP/1.1\r\nHost: relay\r\n")
        .await
        .unwrap();
    let refused = async {
        let line = format!("X-Filler: {}\r\n", "y".repeat(8000));
        let (mut reading, mut writing) = stream.split();
        let endless = async {
            // Until it is closed.
            while writing.write_all(line.as_bytes()).await.is_ok() {}
        };
        let answer = async {
            let mut answer = [0; 12];
            let _ = reading.read_exact(&mut answer).await;
            String::from_utf8_lossy(&answer).into_owned()
        };
        let (answer, ()) = tokio::join!(answer, endless);
        answer
    };
    let answer = tokio::time::timeout(PATIENCE, refused)
        .await
        .expect("it is closed");
    assert!(
        answer.starts_with("HTTP/1.1 431") || answer.starts_with('\0'),
        "{answer:?}"
    );
    let token = relay.enrol(&["1001"]).await;
    relay.client(&token).me().await.unwrap();
}
