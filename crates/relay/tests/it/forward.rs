//! Callbacks that are passed on: byte for byte, in order, whatever happens.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use centrex_relay::forward;
use http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::{PATIENCE, Relay, SECRET, call_of, http, next_event, start_of, subscribe};
use crate::support_process::{Process, run, succeed};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heard {
    method: Method,
    pub(crate) uri: String,
    kind: Option<String>,
    authorization: Option<String>,
    body: Vec<u8>,
}

/// Another program that had the callbacks before.
#[derive(Clone)]
pub(crate) struct Crm {
    heard: Arc<watch::Sender<Vec<Heard>>>,
    /// What it answers; 0: nothing, ever.
    status: Arc<AtomicU16>,
    /// What it answers to the very next ones instead.
    first: Arc<Mutex<VecDeque<u16>>>,
    base: String,
}

impl Crm {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let crm = Self {
            heard: Arc::default(),
            status: Arc::new(AtomicU16::new(200)),
            first: Arc::default(),
            base: format!("http://{}", listener.local_addr().unwrap()),
        };
        let router = Router::new().fallback(Self::take).with_state(crm.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        crm
    }

    async fn take(
        State(crm): State<Self>,
        method: Method,
        uri: Uri,
        headers: HeaderMap,
        body: Bytes,
    ) -> Response {
        let header = |name: &str| Some(headers.get(name)?.to_str().unwrap().to_owned());
        let heard = Heard {
            method,
            uri: uri.to_string(),
            kind: header("content-type"),
            authorization: header("authorization"),
            body: body.to_vec(),
        };
        crm.heard.send_modify(|all| all.push(heard));
        if uri.query().is_some_and(|query| query.contains("poison")) {
            return StatusCode::BAD_GATEWAY.into_response();
        }
        let first = crm.first.lock().unwrap().pop_front();
        match first.unwrap_or_else(|| crm.status.load(Ordering::Relaxed)) {
            0 => std::future::pending().await,
            status => {
                let elsewhere = [("location", format!("{}/elsewhere", crm.base))];
                (StatusCode::from_u16(status).unwrap(), elsewhere).into_response()
            }
        }
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    /// Everything it heard, once that is enough.
    pub(crate) async fn hears(&self, enough: impl Fn(&[Heard]) -> bool) -> Vec<Heard> {
        let mut heard = self.heard.subscribe();
        let wait = heard.wait_for(|all| enough(all));
        tokio::time::timeout(PATIENCE, wait)
            .await
            .expect("it is passed on")
            .unwrap()
            .clone()
    }

    pub(crate) fn config(&self, path: &str, more: &str) -> String {
        format!(
            "[[forward]]\nname = \"crm\"\nurl = \"{}{path}\"\n{more}\n",
            self.base
        )
    }
}

/// Waits until the store says so of the only destination.
async fn until(relay: &Relay, wanted: impl Fn(&forward::Standing) -> bool) -> forward::Standing {
    let settings = centrex_relay::settings::load(&centrex_relay::settings::Sources {
        file: Some(relay.data.join("relay.toml")),
        ..Default::default()
    })
    .unwrap();
    let look = async {
        loop {
            let all = forward::list(&relay.data, &settings.forwards).unwrap();
            if let Some(one) = all.into_iter().find(|one| wanted(one)) {
                return one;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, look)
        .await
        .expect("it comes so far")
}

/// Its program dies over it, and the proxy in front says that it is down.
#[tokio::test]
async fn a_callback_that_the_other_program_dies_of_holds_no_other_call_up() {
    let crm = Crm::start().await;
    let relay = Relay::configured(&crm.config("/in", ""), &[]).await;
    for call in ["poison".to_owned()]
        .into_iter()
        .chain((0..30).map(|n| format!("c{n}")))
    {
        relay.callback(&start_of(&call, "1001")).await;
        relay.callback(&format!("event=call_end&call_id={call}")).await;
    }
    let standing = until(&relay, |one| one.state.delivered == 60).await;
    assert_eq!(standing.waiting.0, 2);
}

#[tokio::test]
async fn every_callback_goes_on_byte_for_byte() {
    let crm = Crm::start().await;
    let address = crm.base.replace("http://", "http://user:p%40ss@");
    let text = format!("[[forward]]\nurl = \"{address}/in?key=a'b\"\n");
    let relay = Relay::configured(&text, &[]).await;
    let odd = "event=call_end&call_id=c1&x=%zz%ff&y='|{}~$()*,;:@!&y=+%2B&&=";
    let raw = |head: String| {
        let address = relay.running.as_ref().unwrap().address;
        async move {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
            let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
            stream.write_all(head.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        }
    };
    let head = |method: &str, query: &str| {
        format!("{method} /callback/{SECRET}{query} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n")
    };
    raw(head("GET", &format!("?{odd}")) + "\r\n").await;
    crm.hears(|all| all.len() == 1).await;
    raw(head("HEAD", "/?event=parked") + "\r\n").await;
    crm.hears(|all| all.len() == 2).await;
    let body = "call_id=c2&event=incoming_call_start&account_id=%E9";
    let form = format!(
        "Content-Type: application/x-www-form-urlencoded; charset=latin1\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    raw(head("POST", "?a=1") + &form).await;
    let heard = crm.hears(|all| all.len() == 3).await;
    let uris: Vec<&str> = heard.iter().map(|one| one.uri.as_str()).collect();
    let first = format!("/in?key=a'b&{odd}");
    assert_eq!(
        uris,
        [first.as_str(), "/in?key=a'b&event=parked", "/in?key=a'b&a=1"]
    );
    assert_eq!(
        [&heard[0].method, &heard[1].method, &heard[2].method],
        [Method::GET, Method::HEAD, Method::POST]
    );
    assert_eq!(heard[2].body, body.as_bytes());
    assert_eq!(
        heard[2].kind.as_deref(),
        Some("application/x-www-form-urlencoded; charset=latin1")
    );
    assert!(
        heard
            .iter()
            .all(|one| one.authorization.as_deref() == Some("Basic dXNlcjpwQHNz"))
    );
    // What isn't a callback isn't passed on.
    http()
        .get(format!("{}/callback/wrong?event=call_end", relay.base))
        .send()
        .await
        .unwrap();
    relay.callback("event=last").await;
    assert_eq!(
        crm.hears(|all| all.len() >= 4).await[3].uri,
        "/in?key=a'b&event=last"
    );
}

#[tokio::test]
async fn a_destination_that_hangs_delays_nobody() {
    let crm = Crm::start().await;
    crm.answers(0);
    let relay = Relay::configured(&crm.config("/in", ""), &[]).await;
    let mut events = subscribe(relay.client(&relay.enrol(&["1001"]).await), None);
    next_event(&mut events).await;
    for number in 0..50 {
        let call = format!("c{number}");
        relay.callback(&start_of(&call, "1001")).await;
        assert_eq!(call_of(&next_event(&mut events).await).0, call);
        if number == 20 {
            // As many as may be under way, and no more.
            assert_eq!(crm.hears(|all| all.len() >= 8).await.len(), 8);
        }
    }
    relay.stop().await;
}

#[tokio::test]
async fn those_of_a_call_arrive_in_order_and_what_fails_is_tried_again() {
    let crm = Crm::start().await;
    crm.first.lock().unwrap().push_back(500);
    let relay = Relay::configured(&crm.config("/in", ""), &[]).await;
    relay.callback(&start_of("c1", "1001")).await;
    crm.hears(|all| all.len() == 1).await;
    relay.callback("event=call_connected&call_id=c1").await;
    relay.callback("event=call_end&call_id=c1&status=ok").await;
    // The first once more, then the others.
    let heard = crm.hears(|all| all.len() >= 4).await;
    let events: Vec<&str> = heard
        .iter()
        .map(|one| {
            one.uri
                .strip_prefix("/in?event=")
                .unwrap()
                .split('&')
                .next()
                .unwrap()
        })
        .collect();
    assert_eq!(
        events,
        [
            "incoming_call_start",
            "incoming_call_start",
            "call_connected",
            "call_end"
        ]
    );
    let standing = until(&relay, |one| one.state.delivered == 3).await;
    assert_eq!(standing.waiting.0, 0);
    assert!(standing.state.failed.unwrap().1.contains("500"));
}

#[tokio::test]
async fn what_is_refused_for_good_is_dropped_and_counted_and_no_redirect_is_followed() {
    let crm = Crm::start().await;
    crm.answers(422);
    let relay = Relay::configured(&crm.config("/in", ""), &[]).await;
    relay.callback("event=call_end&call_id=c1").await;
    until(&relay, |one| one.state.dropped_refused == 1 && one.waiting.0 == 0).await;
    crm.answers(302);
    relay.callback("event=call_end&call_id=c2").await;
    let failed = until(&relay, |one| one.waiting.0 == 1).await;
    assert_eq!(failed.state.delivered, 0);
    let heard = crm
        .hears(|all| all.iter().filter(|one| one.uri.contains("c2")).count() >= 2)
        .await;
    assert!(
        heard.iter().all(|one| !one.uri.contains("elsewhere")),
        "{heard:?}"
    );
    let dropped = "forward_dropped_total{destination=\"crm\",reason=\"refused\"}";
    assert!(relay.measured(dropped).await > 0.0);
}

#[tokio::test]
async fn a_full_queue_drops_the_new_ones_and_says_so_everywhere() {
    let crm = Crm::start().await;
    crm.answers(0);
    let relay = Relay::configured(&crm.config("/in?password=canary", "queue = 3"), &[]).await;
    for number in 0..5 {
        relay.callback(&format!("event=call_end&call_id=c{number}")).await;
    }
    let standing = until(&relay, |one| one.state.dropped_full == 2).await;
    assert_eq!(standing.waiting.0, 3);
    let config = relay.data.join("relay.toml").display().to_string();
    let listed = succeed(&relay.data, &["--config", &config, "forward", "list", "--json"]);
    let line: Value = serde_json::from_str(listed.trim()).unwrap();
    assert_eq!(
        (&line["name"], &line["waiting"], &line["dropped_full"]),
        (&"crm".into(), &3.into(), &2.into())
    );
    let doctor = run(&relay.data, &["--config", &config, "doctor"]);
    let doctor = String::from_utf8(doctor.stdout).unwrap();
    assert!(doctor.contains("2 never arrived"), "{doctor}");
    assert!(!listed.contains("canary") && !doctor.contains("canary"));
    // The worker says so once it has read them.
    let shown = async {
        while relay.measured("forward_backlog{destination=\"crm\"}").await < 3.0 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, shown)
        .await
        .expect("the metric comes so far");
    relay.stop().await;
}

#[tokio::test]
async fn what_waited_too_long_is_dropped_and_what_waits_for_nobody_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let crm = Crm::start().await;
    crm.answers(0);
    let config = folder.path().join("relay.toml");
    std::fs::write(&config, crm.config("/in", "")).unwrap();
    let relay = Relay::on(folder.path(), &[]).await;
    relay.callback("event=call_end&call_id=c1").await;
    crm.hears(|all| all.len() == 1).await;
    relay.stop().await;
    std::fs::write(&config, crm.config("/in", "keep = \"1ms\"")).unwrap();
    let relay = Relay::on(folder.path(), &[]).await;
    until(&relay, |one| one.state.dropped_old == 1 && one.waiting.0 == 0).await;
    std::fs::write(&config, crm.config("/in", "")).unwrap();
    relay.stop().await;
    let relay = Relay::on(folder.path(), &[]).await;
    relay.callback("event=call_end&call_id=c2").await;
    until(&relay, |one| one.waiting.0 == 1).await;
    relay.stop().await;
    let other = crm.config("/in", "").replace("\"crm\"", "\"other\"");
    std::fs::write(&config, other).unwrap();
    let relay = Relay::on(folder.path(), &[]).await;
    std::fs::write(&config, crm.config("/in", "")).unwrap();
    until(&relay, |one| one.waiting.0 == 0).await;
    relay.stop().await;
}

/// Everything that the relay acknowledged arrives, in the order of its call, however often the relay dies meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_again_and_again_it_passes_on_everything_that_it_acknowledged() {
    const ROUNDS: usize = 6;
    let crm = Crm::start().await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("forward.toml");
    std::fs::write(&config, crm.config("/in", "")).unwrap();
    let arguments = ["--config", config.to_str().unwrap()];
    let mut acknowledged = Vec::new();
    for round in 0..=ROUNDS {
        let mut relay = Process::serve(folder.path(), &arguments, &[("CENTREX_RELAY_LOG", "error")]);
        if round == ROUNDS {
            let all: Vec<String> = acknowledged.clone();
            crm.hears(|heard| {
                all.iter()
                    .all(|query| heard.iter().any(|one| one.uri.ends_with(query.as_str())))
            })
            .await;
            relay.kill();
            break;
        }
        // It is killed when the destination has heard some of this round.
        let wanted = crm.heard.borrow().len() + 5 + 7 * round;
        let (base, http) = (relay.base.clone(), http());
        let sender = tokio::spawn(async move {
            let mut taken = Vec::new();
            for number in 0.. {
                let query = format!("call_id=r{round}-{}&n={number:06}", number % 5);
                let url = format!("{base}/callback/{SECRET}?event=call_connected&{query}");
                match http.get(url).send().await {
                    Ok(answer) => {
                        assert_eq!(answer.status(), 200);
                        taken.push(query);
                    }
                    Err(_) => break,
                }
            }
            taken
        });
        crm.hears(|all| all.len() >= wanted).await;
        relay.kill();
        acknowledged.extend(sender.await.unwrap());
    }
    // Each for the first time in the order of its call; repetitions may come after a kill.
    let heard = crm.heard.borrow().clone();
    for round in 0..ROUNDS {
        for call in 0..5 {
            let of_call = format!("call_id=r{round}-{call}&");
            let mut newest = String::new();
            for one in heard.iter().filter(|one| one.uri.contains(&of_call)) {
                let number = one.uri.rsplit_once("n=").unwrap().1.to_owned();
                let is_new = number > newest;
                if is_new {
                    newest = number;
                } else {
                    assert_eq!(number, newest, "only the one that was under way comes again");
                }
            }
        }
    }
}
