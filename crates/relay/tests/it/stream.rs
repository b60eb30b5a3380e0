//! `/v1/events`: who hears what, in which order, and from where on.

use std::time::{Duration, Instant};

use centrex_relay::enrolment;
use jiff::Timestamp;
use relay_api::Update;
use relay_api::wire::{EventBody, EventId, EventPage};
use telephony::CallState;

use crate::support::{PATIENCE, Relay, call_of, http, next_event, problem, start_of, subscribe};

async fn page(relay: &Relay, token: &str, query: &str) -> EventPage {
    let response = relay.get(&format!("/v1/events?{query}"), token).await;
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

#[tokio::test]
async fn a_stream_begins_with_a_snapshot_and_carries_its_accounts_only() {
    let relay = Relay::start().await;
    relay.callback(&start_of("before", "1001")).await;
    relay.callback(&start_of("other", "2002")).await;
    let token = relay.enrol(&["1001"]).await;
    let mut events = subscribe(relay.client(&token), None);
    let first = next_event(&mut events).await;
    let EventBody::Snapshot { calls } = &first.body else {
        panic!("{first:?}")
    };
    assert_eq!(
        calls
            .iter()
            .map(|call| call.call_id.0.as_str())
            .collect::<Vec<_>>(),
        ["before"]
    );

    relay.callback(&start_of("theirs", "2002")).await;
    relay.callback(&start_of("shared", "2002")).await;
    relay.callback(&start_of("shared", "1001")).await;
    relay.callback("event=call_connected&call_id=shared").await;
    relay.callback("event=call_end&call_id=theirs").await;
    relay.callback("event=call_end&call_id=shared").await;
    let mut last = first.id;
    for state in [CallState::Ringing, CallState::Connected, CallState::Ended] {
        let event = next_event(&mut events).await;
        assert!(event.id > last);
        last = event.id;
        assert_eq!(call_of(&event), ("shared".to_owned(), state));
    }
    let list = relay.client(&token).calls().await.unwrap();
    assert!(
        list.live
            .iter()
            .chain(&list.ended)
            .all(|call| call.account_id.0 == "1001")
    );
    assert!(list.as_of >= last);
}

#[tokio::test]
async fn the_head_and_a_comment_come_at_once_and_then_signs_of_life() {
    let relay = Relay::with(&[("events.heartbeat", "50ms")]).await;
    let token = relay.enrol(&["1001"]).await;
    let mut response = http()
        .get(format!("{}/v1/events", relay.base))
        .bearer_auth(token)
        .header("Accept", "text/event-stream")
        .send()
        .await
        .unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    // Proxies neither keep nor compress it, nor hold it back.
    assert_eq!(response.headers()["cache-control"], "no-store, no-transform");
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    let mut text = String::new();
    while text.matches(": still here").count() < 2 {
        let chunk = tokio::time::timeout(PATIENCE, response.chunk())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    assert!(text.starts_with(": "));
    let fields = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with(':'));
    assert!(
        fields
            .map(|line| line.split(':').next().unwrap())
            .all(|name| name == "id" || name == "data" || name == "event")
    );
    assert_eq!(text.matches("event: caught-up\n\n").count(), 1, "{text}");
}

#[tokio::test]
async fn a_position_is_resumed_and_one_that_isnt_known_is_a_gap() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let start = page(&relay, &token, "").await.next;
    for call in ["c1", "c2", "c3"] {
        relay.callback(&start_of(call, "1001")).await;
    }
    // Somebody else's, as the newest: what is caught up with is one's own, too.
    relay.callback(&start_of("theirs", "2002")).await;
    let all = page(&relay, &token, &format!("after={start}")).await;
    assert_eq!(
        all.events
            .iter()
            .map(|event| call_of(event).0)
            .collect::<Vec<_>>(),
        ["c1", "c2", "c3"]
    );
    let rest = page(&relay, &token, &format!("after={}", all.events[0].id)).await;
    assert_eq!(rest.events, all.events[1..]);
    assert_eq!(
        page(&relay, &token, &format!("after={}", rest.next)).await.events,
        []
    );

    let future = EventId(all.next.0 + 1000);
    for unknown in [
        "5".to_owned(),
        future.to_string(),
        "not-a-position".to_owned(),
        "-1".to_owned(),
    ] {
        let page = page(&relay, &token, &format!("after={unknown}")).await;
        assert_eq!(page.events[0].body, EventBody::Gap, "{unknown}");
        let EventBody::Snapshot { calls } = &page.events[1].body else {
            panic!("{page:?}")
        };
        assert_eq!(calls.len(), 3);
        assert_eq!((page.events.len(), page.next), (2, all.next));
    }
    // What ended meanwhile is in the list, all that is kept of it.
    for number in 0..60 {
        relay.callback(&start_of(&format!("e{number}"), "1001")).await;
        relay.callback(&format!("event=call_end&call_id=e{number}")).await;
    }
    let list = relay.client(&token).calls().await.unwrap();
    assert_eq!((list.ended.len(), list.is_cut), (60, false));
    // The header wins over the address, as EventSource needs it.
    let mut events = subscribe(relay.client(&token), Some(EventId(5)));
    assert_eq!(next_event(&mut events).await.body, EventBody::Gap);
    assert!(matches!(
        next_event(&mut events).await.body,
        EventBody::Snapshot { .. }
    ));
}

/// What a script asks first: everything. It gets it, restarts included.
#[tokio::test]
async fn from_0_everything_is_told_as_long_as_nothing_was_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::on(folder.path(), &[]).await;
    let token = relay.enrol(&["1001"]).await;
    let nothing = page(&relay, &token, "after=0").await;
    assert_eq!(nothing.events, []);
    for call in ["c1", "c2"] {
        relay.callback(&start_of(call, "1001")).await;
    }
    relay.stop().await;
    let relay = Relay::on(folder.path(), &[]).await;
    let told = |events: &[relay_api::wire::Event]| -> Vec<String> {
        events.iter().map(|event| call_of(event).0).collect()
    };
    let all = page(&relay, &token, "after=0").await;
    assert_eq!(told(&all.events), ["c1", "c2"]);
    // As a stream, which goes on with what happens.
    let mut events = subscribe(relay.client(&token), Some(EventId(0)));
    let mut heard = vec![next_event(&mut events).await, next_event(&mut events).await];
    relay.callback(&start_of("c3", "1001")).await;
    heard.push(next_event(&mut events).await);
    assert_eq!(told(&heard), ["c1", "c2", "c3"]);
    // A gap is no beginning: whoever was cut right after one is told of it again.
    let gap = page(&relay, &token, "after=5").await.events.remove(0);
    assert_eq!(gap.body, EventBody::Gap);
    let again = page(&relay, &token, &format!("after={}", gap.id)).await;
    assert_eq!(again.events[0].body, EventBody::Gap);
}

#[tokio::test]
async fn what_is_no_longer_kept_is_a_gap() {
    // It asks as fast as it goes.
    let often = ("limits.token_requests_per_second", "10000");
    let relay = Relay::with(&[("events.keep", "500ms"), often]).await;
    let token = relay.enrol(&["1001"]).await;
    let start = page(&relay, &token, "").await.next;
    relay.callback(&start_of("c1", "1001")).await;
    let deadline = Instant::now() + PATIENCE;
    loop {
        // Each poll is a request of its own; the forgetting is the relay's own doing.
        let page = page(&relay, &token, &format!("after={start}&wait=0.05")).await;
        if page.events[0].body == EventBody::Gap {
            assert!(matches!(page.events[1].body, EventBody::Snapshot { .. }));
            break;
        }
        assert!(Instant::now() < deadline, "the event was never forgotten");
    }
    // Not even from the beginning: it isn't all there any more.
    let from_0 = self::page(&relay, &token, "after=0").await;
    assert_eq!(from_0.events[0].body, EventBody::Gap);
}

#[tokio::test]
async fn a_long_poll_waits_for_the_next_event() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let start = page(&relay, &token, "").await.next;
    let query = format!("after={start}&wait=30");
    let (page, ()) = tokio::join!(
        page(&relay, &token, &query),
        relay.callback("event=incoming_call_start&call_id=c1&account_id=1001")
    );
    assert_eq!(call_of(&page.events[0]).0, "c1");
    assert_eq!(page.next, page.events[0].id);
    for wait in ["soon", "-1", "nan"] {
        let refused = relay.get(&format!("/v1/events?wait={wait}"), &token).await;
        assert_eq!(problem(refused).await, (400, "bad-request".to_owned()), "{wait}");
    }
    // Longer than any duration; what is there already is told at once.
    let long = relay.get("/v1/events?wait=1e307", &token).await;
    assert_eq!(long.status(), 200);
}

#[tokio::test]
async fn without_a_good_token_there_is_only_a_problem() {
    let relay = Relay::start().await;
    for path in ["/v1/events", "/v1/calls", "/v1/me"] {
        let bare = http().get(format!("{}{path}", relay.base)).send().await.unwrap();
        assert!(bare.headers().contains_key("www-authenticate"));
        assert_eq!(problem(bare).await, (401, "unauthorized".to_owned()), "{path}");
        assert_eq!(
            problem(relay.get(path, "ctr_wrong").await).await,
            (401, "unauthorized".to_owned())
        );
    }
}

#[tokio::test]
async fn a_revoked_token_is_cut_within_a_second_and_refused() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let mut events = subscribe(relay.client(&token), None);
    next_event(&mut events).await;
    // As the command line does it, in another connection to the database.
    let id = enrolment::tokens(&relay.data).unwrap()[0].id.clone();
    let revoked = Instant::now();
    assert!(enrolment::revoke_token(&relay.data, &id, Timestamp::now()).unwrap());
    let refused = async {
        loop {
            if let Update::Refused(problem) = events.next().await.unwrap() {
                return problem;
            }
        }
    };
    let refused = tokio::time::timeout(PATIENCE, refused).await.unwrap();
    assert_eq!(refused.name(), Some("unauthorized"));
    assert!(
        // A second after the commit, which a busy disk delays, as a busy processor does all that is done here.
        revoked.elapsed() < Duration::from_secs(8),
        "{:?}",
        revoked.elapsed()
    );
    assert!(events.next().await.is_none(), "nothing is tried after a refusal");
}

#[tokio::test]
async fn an_enrolment_code_works_once() {
    let relay = Relay::start().await;
    let code = crate::support::code(&relay.data, &["1001", "1002"]);
    let client = relay.client("none");
    let enrolled = client
        .enrol(&code.to_lowercase().replace('-', " "))
        .await
        .unwrap();
    assert_eq!((enrolled.label.as_str(), enrolled.accounts.len()), ("Accueil", 2));
    let me = relay.client(&enrolled.token).me().await.unwrap();
    assert_eq!(me.accounts, enrolled.accounts);
    assert!(!me.capabilities.dial);
    let again = client.enrol(&code).await.unwrap_err();
    assert_eq!(
        (again.problem_name(), again.problem().unwrap().status),
        (Some("enrolment-code-invalid"), 410)
    );
    let mistyped = client.enrol("0000-0000-0001").await.unwrap_err();
    assert_eq!(mistyped.problem_name(), Some("enrolment-code-invalid"));
    let reason = |error: relay_api::ClientError| error.problem().unwrap().reason.clone().unwrap();
    assert_eq!(reason(mistyped), "mistyped");
    let unknown = client.enrol("0000-0000-0000").await.unwrap_err();
    assert_eq!(reason(unknown), "unknown");
    for _ in 0..7 {
        client.enrol("0000-0000-0001").await.unwrap_err();
    }
    // Ten a minute; while they were asked for, one or another was allowed again.
    is_limited(&client, "0000-0000-0001").await;
    // Who has a right one isn't made to wait for those who haven't.
    let right = crate::support::code(&relay.data, &["1001"]);
    client.enrol(&right).await.unwrap();
    is_limited(&client, &right).await;
}

/// Trades a wrong code until the answer is that there were too many.
async fn is_limited(client: &relay_api::RelayClient, code: &str) {
    let limited = async {
        loop {
            let refused = client.enrol(code).await.unwrap_err();
            match refused.problem_name() {
                Some("too-many-requests") => return,
                name => assert_eq!(name, Some("enrolment-code-invalid")),
            }
        }
    };
    tokio::time::timeout(PATIENCE, limited)
        .await
        .expect("it is limited");
}

/// Connects without a position, again and again, until the position `last`: the first thing after the snapshot is
/// the very next event. Read raw, because the subscriber drops repeats.
async fn newcomer(relay: &Relay, token: &str, last: EventId) {
    loop {
        let url = format!("{}/v1/events", relay.base);
        let request = relay.http.get(url).bearer_auth(token);
        let mut response = request
            .header("Accept", "text/event-stream")
            .send()
            .await
            .unwrap();
        let (mut text, mut first) = (String::new(), None);
        let second = loop {
            let mut ids = text
                .split_inclusive('\n')
                .filter(|line| line.ends_with('\n'))
                .filter_map(|line| line.strip_prefix("id: "))
                .map(|id| id.trim().parse::<EventId>().unwrap());
            first = first.or_else(|| ids.clone().next());
            match (first, ids.nth(1)) {
                (Some(first), _) if first >= last => return,
                (_, Some(second)) => break second,
                _ => {}
            }
            let chunk = tokio::time::timeout(PATIENCE, response.chunk()).await.unwrap();
            text.push_str(std::str::from_utf8(&chunk.unwrap().unwrap()).unwrap());
        };
        assert_eq!(Some(EventId(second.0 - 1)), first, "the seam behind a snapshot");
    }
}

/// Callbacks pour in while subscribers come and go: what each hears, put together, is everything, once, in order.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_seam_between_replay_and_live_is_exact_under_load() {
    const CALLS: usize = 600;
    // They come and go as fast as it goes.
    let often = ("limits.token_requests_per_second", "10000");
    let relay = Relay::with(&[often, ("events.streams_per_token", "64")]).await;
    let token = relay.enrol(&["1001"]).await;
    let start = page(&relay, &token, "").await.next;
    let senders = (0..6).map(|sender| {
        let relay = &relay;
        async move {
            for call in (sender..CALLS).step_by(6) {
                relay.callback(&start_of(&format!("c{call}"), "1001")).await;
            }
        }
    });
    let client = relay.client(&token);
    let listeners = (0..6usize).map(|listener| {
        let client = client.clone();
        async move {
            let (mut position, mut heard) = (start, Vec::new());
            while heard.len() < CALLS {
                // A new connection every few events, each time through the seam.
                let mut events = subscribe(client.clone(), Some(position));
                for _ in 0..(5 + listener * 7).min(CALLS - heard.len()) {
                    let event = next_event(&mut events).await;
                    assert!(event.id > position, "order");
                    position = event.id;
                    heard.push(event.id);
                }
            }
            heard
        }
    });
    let last = EventId(start.0 + CALLS as u64);
    let newcomers = (0..4).map(|_| newcomer(&relay, &token, last));
    let ((), heard, _) = tokio::join!(
        async {
            futures_util::future::join_all(senders)
                .await
                .into_iter()
                .collect()
        },
        futures_util::future::join_all(listeners),
        futures_util::future::join_all(newcomers)
    );
    let wanted: Vec<EventId> = (1..=CALLS as u64).map(|n| EventId(start.0 + n)).collect();
    for one in heard {
        assert_eq!(one, wanted);
    }
}

/// A subscriber that doesn't read is cut at its bound, and a resume gives it everything.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_subscriber_is_cut_and_may_resume() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let relay = Relay::with(&[("events.buffer", "16")]).await;
    let token = relay.enrol(&["1001"]).await;
    let start = page(&relay, &token, "").await.next;
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut slow = socket
        .connect(relay.running.as_ref().unwrap().address)
        .await
        .unwrap();
    let request = format!(
        "GET /v1/events?after={start} HTTP/1.1\r\nHost: relay\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
    );
    slow.write_all(request.as_bytes()).await.unwrap();
    let mut head = [0; 15];
    slow.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 200 OK");
    // More than the socket's buffers and the bound can hold together.
    let extra = "x".repeat(4000);
    let mut sent = 0;
    loop {
        relay
            .callback(&format!(
                "{}&filler={extra}",
                start_of(&format!("c{sent}"), "1001")
            ))
            .await;
        sent += 1;
        if sent % 50 != 0 {
            continue;
        }
        if relay.measured("streams_cut_total{reason=\"slow\"}").await > 0.0 {
            break;
        }
        assert!(sent < 4000, "it is never cut");
    }
    let mut events = subscribe(relay.client(&token), Some(start));
    for number in 0..sent {
        assert_eq!(call_of(&next_event(&mut events).await).0, format!("c{number}"));
    }
}

#[tokio::test]
async fn stopping_ends_the_streams_and_a_restart_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::on(folder.path(), &[]).await;
    let token = relay.enrol(&["1001"]).await;
    let mut events = subscribe(relay.client(&token), None);
    next_event(&mut events).await;
    relay.callback(&start_of("c1", "1001")).await;
    let before = next_event(&mut events).await;
    relay.stop().await;
    let relay = Relay::on(folder.path(), &[]).await;
    // Correlation remembers the call across the restart.
    relay.callback(&start_of("c1", "1001")).await;
    relay.callback("event=call_end&call_id=c1").await;
    let mut events = subscribe(relay.client(&token), Some(before.id));
    let after = next_event(&mut events).await;
    assert_eq!(call_of(&after), ("c1".to_owned(), CallState::Ended));
    assert!(after.id > before.id);
}
