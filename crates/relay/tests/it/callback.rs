//! `/callback/…`: what the platform could mean is taken, everything else is told so.

use centrex_relay::{correlate, ingest};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Relay, SECRET, call_of, http, next_event, problem, start_of, subscribe};

/// The reasons of what was set aside, newest first.
fn set_aside(relay: &Relay) -> Vec<String> {
    let all = ingest::list_unmatched(&relay.data, 100).unwrap();
    all.into_iter().map(|one| one.reason).collect()
}

async fn live(relay: &Relay, token: &str) -> Vec<String> {
    let list = relay.client(token).calls().await.unwrap();
    list.live.into_iter().map(|call| call.call_id.0).collect()
}

#[tokio::test]
async fn every_form_that_the_platform_could_use_is_taken() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let slash = relay.callback_url("").replace('?', "/?");
    for (number, send) in [
        http().get(relay.callback_url(&start_of("c0", "1001"))),
        http().get(format!("{slash}{}", start_of("c1", "1001"))),
        http().head(relay.callback_url(&start_of("c2", "1001"))),
        http().post(relay.callback_url(&start_of("c3", "1001"))),
        http()
            .post(relay.callback_url(""))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(start_of("c4", "1001")),
        http()
            .post(format!("{slash}event=incoming_call_start"))
            .body("call_id=c5&account_id=1001"),
    ]
    .into_iter()
    .enumerate()
    {
        let response = send.send().await.unwrap();
        assert_eq!(response.status(), 200, "form {number}");
        assert_eq!(response.text().await.unwrap(), "");
        assert!(
            live(&relay, &token).await.contains(&format!("c{number}")),
            "form {number}"
        );
    }
}

/// The platform expects no answer: whoever sends and hangs up has sent it.
#[tokio::test]
async fn a_sender_that_hangs_up_at_once_has_sent_its_callback() {
    let relay = Relay::start().await;
    let mut events = subscribe(relay.client(&relay.enrol(&["1001"]).await), None);
    next_event(&mut events).await;
    let address = relay.running.as_ref().unwrap().address;
    let get = |call: &str| {
        let query = start_of(call, "1001");
        format!("GET /callback/{SECRET}?{query} HTTP/1.1\r\nHost: relay\r\n\r\n")
    };
    let post = |call: &str| {
        let form = start_of(call, "1001");
        let length = form.len();
        format!("POST /callback/{SECRET} HTTP/1.1\r\nHost: relay\r\nContent-Length: {length}\r\n\r\n{form}")
    };
    let forms = [("get", &get as &dyn Fn(&str) -> String), ("post", &post)];
    for (name, form) in forms {
        for number in 0..20 {
            let call = format!("{name}-{number}");
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(form(&call).as_bytes()).await.unwrap();
            drop(stream);
            assert_eq!(call_of(&next_event(&mut events).await).0, call);
        }
        // Half of it hung up: the answer still comes.
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(form(name).as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 200 "), "{name}: {answer}");
        assert_eq!(call_of(&next_event(&mut events).await).0, name);
    }
}

#[tokio::test]
async fn what_cant_be_understood_is_answered_200_and_kept_raw() {
    let relay = Relay::start().await;
    for (query, reason) in [
        ("event=call_parked&call_id=c1", "unknown-event"),
        ("", "unknown-event"),
        ("event=call_end", "no-call-id"),
        ("event=incoming_call_start&call_id=c1", "no-account"),
        ("event=%ff%fe&call_id=%ff", "unknown-event"),
    ] {
        relay.callback(query).await;
        assert_eq!(set_aside(&relay)[0], reason, "{query}");
    }
    let newest = ingest::list_unmatched(&relay.data, 1).unwrap();
    assert_eq!(newest[0].raw, b"event=%ff%fe&call_id=%ff");
    assert!(
        relay
            .measured("callbacks_set_aside_total{reason=\"no-account\"}")
            .await
            > 0.0
    );
    assert!(
        relay
            .measured("callbacks_total{event=\"other\",outcome=\"set-aside\"}")
            .await
            > 0.0
    );
}

#[tokio::test]
async fn an_unknown_account_and_repeated_parameters_are_taken() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    relay.callback(&start_of("c1", "9999")).await;
    relay
        .callback(&format!("{}&call_id=c2&call_id=c3", start_of("c2", "1001")))
        .await;
    assert_eq!(live(&relay, &token).await, ["c2"]);
}

#[tokio::test]
async fn without_the_secret_there_is_nothing() {
    let relay = Relay::start().await;
    for path in [
        "/callback/",
        "/callback/wrong",
        "/callback/%ff",
        "/callback",
        "/nothing",
    ] {
        let url = format!("{}{path}?event=call_end&call_id=c1", relay.base);
        assert_eq!(
            problem(http().get(&url).send().await.unwrap()).await,
            (404, "not-found".to_owned()),
            "{path}"
        );
    }
    let body = "x".repeat(100_000);
    let wrong = http()
        .post(format!("{}/callback/wrong", relay.base))
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(problem(wrong).await, (404, "not-found".to_owned()));
    assert_eq!(set_aside(&relay), Vec::<String>::new());
}

/// The answer to a query that no client library would send.
async fn raw(relay: &Relay, query: &[u8]) -> String {
    raw_with(relay, SECRET, query).await
}

async fn raw_with(relay: &Relay, secret: &str, query: &[u8]) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = relay.running.as_ref().unwrap().address;
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let target = format!("GET /callback/{secret}?");
    let rest = b" HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n";
    let head = [target.as_bytes(), query, rest].concat();
    stream.write_all(&head).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn bytes_that_no_url_may_hold_are_taken_counted_and_kept() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    for (call, name) in [("c1", &b"Ren\xe9 \"B\" <204>"[..]), ("c2", "René".as_bytes())] {
        let query = [start_of(call, "1001").as_bytes(), b"&name=", name].concat();
        assert!(raw(&relay, &query).await.starts_with("HTTP/1.1 200 "), "{call}");
        assert!(live(&relay, &token).await.contains(&call.to_owned()));
    }
    let list = relay.client(&token).calls().await.unwrap().live;
    let name = |call: &str| list.iter().find(|one| one.call_id.0 == call).unwrap().extra["name"].clone();
    assert_eq!(name("c2"), "René");
    assert!(name("c1").contains("Ren%E9"), "{}", name("c1"));
    assert!(
        relay
            .measured("callback_oddities_total{kind=\"invalid-utf8\"}")
            .await
            > 0.0
    );

    assert!(
        raw(&relay, b"event=\xff\xfe&x=\x01")
            .await
            .starts_with("HTTP/1.1 200 ")
    );
    let newest = ingest::list_unmatched(&relay.data, 1).unwrap();
    assert_eq!(newest[0].raw, b"event=%FF%FE&x=%01");
}

/// A proxy sends the requests of many over one connection.
#[tokio::test]
async fn bytes_that_no_url_may_hold_are_taken_behind_requests_with_a_body() {
    let relay = Relay::start().await;
    let mut asked = Vec::new();
    let body = r#"{"label":"x"}"#;
    let others = [
        format!("OPTIONS /callback/{SECRET} HTTP/1.1\r\nHost: relay\r\n\r\n"),
        format!("POST /callback/{SECRET}?event=x HTTP/1.1\r\nHost: relay\r\nContent-Length: 0\r\n\r\n"),
        format!(
            "POST /v1/enrolments/0000-0000-0000 HTTP/1.1\r\nHost: relay\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ),
        "POST /v1/calls HTTP/1.1\r\nHost: relay\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
    ];
    for (number, other) in others.iter().enumerate() {
        if number > 0 {
            let start = start_of(&format!("c{number}"), "1001");
            asked.extend(format!("GET /callback/{SECRET}?{start}&name=Ren").bytes());
            asked.extend(b"\xe9 HTTP/1.1\r\nHost: relay\r\n\r\n");
        }
        asked.extend(other.bytes());
    }
    let mut stream = TcpStream::connect(relay.running.as_ref().unwrap().address)
        .await
        .unwrap();
    stream.write_all(&asked).await.unwrap();
    let mut heard = String::new();
    // What comes behind a body whose end isn't known can't be rewritten: the connection ends with its answer.
    stream.read_to_string(&mut heard).await.unwrap();
    let statuses: Vec<&str> = heard
        .split("HTTP/1.1 ")
        .skip(1)
        .map(|answer| &answer[..3])
        .collect();
    assert_eq!(
        statuses,
        ["204", "200", "200", "200", "404", "200", "401"],
        "{heard}"
    );
    assert!(
        heard
            .rsplit("HTTP/1.1 ")
            .next()
            .unwrap()
            .contains("connection: close"),
        "{heard}"
    );
    let calls = relay
        .client(&relay.enrol(&["1001"]).await)
        .calls()
        .await
        .unwrap()
        .live;
    assert_eq!(calls.len(), 3, "{calls:?}");
}

#[tokio::test]
async fn a_call_is_announced_whatever_stands_for_its_number() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let number = "é".repeat(400);
    relay
        .callback(&format!(
            "event=incoming_call_start&call_id=c1&account_id=1001&calling_number={number}"
        ))
        .await;
    let call = relay.client(&token).calls().await.unwrap().live.remove(0);
    let shown = String::from(call.calling_number.unwrap());
    assert!(
        shown.starts_with("éé") && shown.ends_with("é…") && shown.len() < 70,
        "{shown}"
    );
    let kept = ingest::list_unmatched(&relay.data, 1).unwrap();
    assert_eq!(kept[0].reason, "too-long");
    assert!(kept[0].raw.len() > 800, "all of it is kept");
    assert!(
        relay
            .measured("callbacks_set_aside_total{reason=\"too-long\"}")
            .await
            > 0.0
    );
    // Its end finds it.
    relay
        .callback(&format!("event=call_end&call_id=c1&status={number}"))
        .await;
    assert_eq!(live(&relay, &token).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_an_event_is_not_known_to_carry_travels_with_it() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    relay
        .callback(&(start_of("c1", "1001") + "&status=RINGING&billable_duration=0"))
        .await;
    relay
        .callback("event=call_connected&call_id=c1&account_id=1001&called_number=%2B33199000042")
        .await;
    let call = relay.client(&token).calls().await.unwrap().live.remove(0);
    let extra = |name: &str| call.extra.get(name).map(String::as_str);
    assert_eq!(
        [
            extra("status"),
            extra("billable_duration"),
            extra("account_id"),
            extra("called_number")
        ],
        [Some("RINGING"), Some("0"), Some("1001"), Some("+33199000042")]
    );
    assert_eq!(
        (call.status, call.billable_duration),
        (None, None),
        "these are the end's"
    );
}

#[tokio::test]
async fn what_cant_be_its_calls_start_is_kept_and_counted() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    for account in 0..correlate::MOST_LEGS {
        let account = if account == 0 {
            "1001".to_owned()
        } else {
            format!("2{account:03}")
        };
        relay.callback(&start_of("c1", &account)).await;
    }
    assert_eq!(set_aside(&relay), Vec::<String>::new());
    relay.callback(&start_of("c1", "3000")).await;
    relay
        .callback("event=incoming_call_start&call_id=c1&account_id=1001&calling_number=33199000099")
        .await;
    assert_eq!(set_aside(&relay), ["reused-call-id", "too-many-accounts"]);
    assert_eq!(live(&relay, &token).await, ["c1"]);
    let counted = relay
        .measured("callbacks_set_aside_total{reason=\"too-many-accounts\"}")
        .await;
    assert!(counted > 0.0);
}

#[tokio::test]
async fn limits_are_told_as_such() {
    let relay = Relay::start().await;
    let long = format!("event=call_end&call_id=c1&x={}", "y".repeat(33 * 1024));
    let answer = http().get(relay.callback_url(&long)).send().await.unwrap();
    assert_eq!(problem(answer).await, (414, "uri-too-long".to_owned()));
    // However long: the beginning is kept, and without the secret there is nothing here.
    let query = "y".repeat(100 * 1024);
    let longer = raw(&relay, query.as_bytes()).await;
    assert!(
        longer.starts_with("HTTP/1.1 414 ") && longer.contains("uri-too-long"),
        "{longer}"
    );
    let wrong = raw_with(&relay, &"f".repeat(48), query.as_bytes()).await;
    assert!(wrong.starts_with("HTTP/1.1 404 "), "{wrong}");
    let answer = http()
        .post(relay.callback_url(""))
        .body("x".repeat(65 * 1024))
        .send()
        .await
        .unwrap();
    assert_eq!(problem(answer).await, (413, "too-large".to_owned()));
    let chunks = futures_util::stream::iter((0..70).map(|_| Ok::<_, std::io::Error>(vec![b'x'; 1024])));
    let unsized_body = reqwest::Body::wrap_stream(chunks);
    let answer = http()
        .post(relay.callback_url(""))
        .body(unsized_body)
        .send()
        .await
        .unwrap();
    assert_eq!(problem(answer).await, (413, "too-large".to_owned()));
    // What is lost like this is seen: counted, and its beginning kept.
    assert!(
        relay
            .measured("callbacks_refused_total{reason=\"too-large\"}")
            .await
            >= 4.0
    );
    assert!(
        relay
            .measured("callbacks_set_aside_total{reason=\"too-large\"}")
            .await
            >= 4.0
    );
    let kept = ingest::list_unmatched(&relay.data, 10).unwrap();
    let kept: Vec<_> = kept
        .iter()
        .map(|one| (&*one.reason, &*one.method, one.raw.len()))
        .collect();
    // The newest first; of the two with a body, a line feed between nothing and its beginning.
    assert_eq!(
        kept,
        [
            ("too-large", "POST", 1025),
            ("too-large", "POST", 1025),
            ("too-large", "GET", 1024),
            ("too-large", "GET", 1024)
        ]
    );
    // Just below, it is taken.
    let fits = format!("event=call_end&call_id=c1&x={}", "y".repeat(32 * 1024 - 40));
    relay.callback(&fits).await;
    let answer = http()
        .put(relay.callback_url("event=call_end"))
        .send()
        .await
        .unwrap();
    assert_eq!(problem(answer).await, (405, "method-not-allowed".to_owned()));
}

#[tokio::test]
async fn a_store_that_fails_is_told_and_nothing_is_streamed() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let database = rusqlite::Connection::open(relay.running.as_ref().unwrap().database()).unwrap();
    database.execute_batch("ALTER TABLE call RENAME TO away").unwrap();
    let answer = http()
        .get(relay.callback_url(&start_of("c1", "1001")))
        .send()
        .await
        .unwrap();
    assert!(answer.headers().contains_key("retry-after"));
    assert_eq!(problem(answer).await, (503, "unavailable".to_owned()));
    database.execute_batch("ALTER TABLE away RENAME TO call").unwrap();
    assert_eq!(live(&relay, &token).await, Vec::<String>::new());
    relay.callback(&start_of("c1", "1001")).await;
    assert_eq!(live(&relay, &token).await, ["c1"]);
}

#[tokio::test]
async fn calls_without_news_are_closed_and_early_callbacks_set_aside() {
    let relay = Relay::with(&[("calls.ringing_limit", "400ms"), ("calls.early_limit", "400ms")]).await;
    let token = relay.enrol(&["1001"]).await;
    let mut events = crate::support::subscribe(relay.client(&token), None);
    crate::support::next_event(&mut events).await;
    relay.callback("event=call_end&call_id=never-started").await;
    relay.callback(&start_of("c1", "1001")).await;
    assert_eq!(
        crate::support::call_of(&crate::support::next_event(&mut events).await).0,
        "c1"
    );
    let relay_api::wire::EventBody::Call { call } = crate::support::next_event(&mut events).await.body else {
        panic!("a call")
    };
    assert_eq!(
        (call.state, call.end_unknown),
        (telephony::CallState::Ended, true)
    );
    assert!(set_aside(&relay).contains(&"no-start".to_owned()));
}
