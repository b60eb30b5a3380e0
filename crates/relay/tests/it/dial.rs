//! `POST /v1/calls`: one press, at most one request to the platform.

use std::sync::Arc;

use axum::Router;
use axum::response::IntoResponse;
use axum::routing::get;
use http::{StatusCode, header};
use relay_api::RelayClient;
use relay_api::wire::PlaceCall;
use telephony::AccountId;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};

use crate::support::{PATIENCE, Relay, http, problem};

/// A platform that counts, and answers when it is let.
#[derive(Clone)]
pub struct Platform {
    asked: Arc<watch::Sender<usize>>,
    may_answer: Arc<Semaphore>,
    answer: (StatusCode, &'static str),
    retry_after: Option<&'static str>,
    pub url: String,
}

impl Platform {
    pub async fn start(answer: (StatusCode, &'static str), open: bool) -> Self {
        Self::answering(answer, None, open).await
    }

    async fn answering(
        answer: (StatusCode, &'static str),
        retry_after: Option<&'static str>,
        open: bool,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let permits = if open { 1000 } else { 0 };
        let platform = Self {
            asked: Arc::default(),
            may_answer: Arc::new(Semaphore::new(permits)),
            answer,
            retry_after,
            url,
        };
        let state = platform.clone();
        let handler = move || {
            let state = state.clone();
            async move {
                state.asked.send_modify(|asked| *asked += 1);
                state.may_answer.acquire().await.unwrap().forget();
                let mut response = state.answer.into_response();
                if let Some(wait) = state.retry_after {
                    let headers = response.headers_mut();
                    headers.insert(header::RETRY_AFTER, wait.parse().unwrap());
                }
                response
            }
        };
        let router = Router::new().route("/api/centrex/v1/call", get(handler));
        tokio::spawn(async move { axum::serve(listener, router).await });
        platform
    }

    fn asked(&self) -> usize {
        *self.asked.borrow()
    }

    /// Returns once it has been asked.
    async fn is_asked(&self) {
        let mut asked = self.asked.subscribe();
        let first = asked.wait_for(|asked| *asked > 0);
        drop(
            tokio::time::timeout(PATIENCE, first)
                .await
                .expect("the platform is asked")
                .unwrap(),
        );
    }

    async fn relay(&self) -> Relay {
        Relay::with(&self.keys()).await
    }

    fn keys(&self) -> [(&'static str, &str); 2] {
        [
            ("platform.url", &self.url),
            ("CENTREX_RELAY_PLATFORM_API_KEY", "canary-api-key"),
        ]
    }
}

fn call(number: &str, account: &str) -> PlaceCall {
    PlaceCall {
        number: number.to_owned(),
        account_id: AccountId(account.to_owned()),
        confirmed: false,
    }
}

/// The problem's name of a press that places no call, and whether a phone may have rung.
async fn refused(client: &RelayClient, order: &PlaceCall, press: &str) -> (Option<String>, bool) {
    let error = client.place_call(order, press).await.unwrap_err();
    (error.problem_name().map(str::to_owned), error.may_have_rung())
}

fn rang(name: &str) -> (Option<String>, bool) {
    (Some(name.to_owned()), true)
}

fn rang_nowhere(name: &str) -> (Option<String>, bool) {
    (Some(name.to_owned()), false)
}

#[tokio::test]
async fn a_call_is_placed_and_its_key_is_worth_one_request() {
    let platform = Platform::start((StatusCode::OK, "{\"call_id\":\"p1\"}"), true).await;
    let relay = platform.relay().await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    assert!(client.me().await.unwrap().capabilities.dial);
    let placed = client
        .place_call(&call("01 99 00 00 12", "1001"), "press-1")
        .await
        .unwrap();
    assert_eq!(placed.number.as_str(), "+33199000012");
    assert_eq!(placed.call_id.as_ref().unwrap().0, "p1");
    assert_eq!(
        client
            .place_call(&call("+33199000012", "1001"), "press-1")
            .await
            .unwrap(),
        placed
    );
    assert_eq!(platform.asked(), 1);
    let (conflict, _) = refused(&client, &call("01 99 00 00 13", "1001"), "press-1").await;
    assert_eq!(conflict.as_deref(), Some("idempotency-conflict"));
    client
        .place_call(&call("01 99 00 00 12", "1001"), "press-2")
        .await
        .unwrap();
    assert_eq!(platform.asked(), 2);
}

#[tokio::test]
async fn a_busy_platform_is_told_with_how_long_to_wait_each_time_that_it_is_told() {
    for (told, most) in [(Some("30"), 30), (None, 10)] {
        let platform = Platform::answering((StatusCode::TOO_MANY_REQUESTS, "{}"), told, true).await;
        let folder = tempfile::tempdir().unwrap();
        let relay = Relay::on(folder.path(), &platform.keys()).await;
        let token = relay.enrol(&["1001"]).await;
        let wait = async |relay: &Relay| {
            let press = relay.http.post(format!("{}/v1/calls", relay.base));
            let press = press.bearer_auth(&token).header("Idempotency-Key", "press");
            let answer = press.json(&call("01 99 00 00 12", "1001")).send().await.unwrap();
            let wait: u64 = answer.headers()[header::RETRY_AFTER]
                .to_str()
                .unwrap()
                .parse()
                .unwrap();
            assert_eq!(problem(answer).await, (503, "platform-rate-limited".to_owned()));
            wait
        };
        assert_eq!(wait(&relay).await, most);
        assert!((1..=most).contains(&wait(&relay).await));
        relay.stop().await;
        let relay = Relay::on(folder.path(), &platform.keys()).await;
        assert!((1..=most).contains(&wait(&relay).await));
        assert_eq!(platform.asked(), 1);
    }
}

#[tokio::test]
async fn a_double_click_is_one_request_and_both_hear_the_answer() {
    let platform = Platform::start((StatusCode::OK, "{}"), false).await;
    let relay = platform.relay().await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    let order = call("01 99 00 00 12", "1001");
    let press = || client.place_call(&order, "press");
    let release = async {
        platform.is_asked().await;
        platform.may_answer.add_permits(10);
    };
    let (one, two, three, ()) = tokio::join!(press(), press(), press(), release);
    assert_eq!(one.unwrap(), two.unwrap());
    three.unwrap();
    assert_eq!(platform.asked(), 1);
}

#[tokio::test]
async fn a_requester_that_goes_away_changes_nothing() {
    let platform = Platform::start((StatusCode::OK, "{}"), false).await;
    let relay = platform.relay().await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    let order = call("01 99 00 00 12", "1001");
    tokio::select! {
        _ = client.place_call(&order, "press") => panic!("the platform hasn't answered"),
        () = platform.is_asked() => {}
    }
    platform.may_answer.add_permits(1);
    client.place_call(&order, "press").await.unwrap();
    assert_eq!(platform.asked(), 1);
}

#[tokio::test]
async fn the_answer_survives_a_restart() {
    let platform = Platform::start((StatusCode::OK, "{}"), true).await;
    let folder = tempfile::tempdir().unwrap();
    let relay = Relay::on(folder.path(), &platform.keys()).await;
    let token = relay.enrol(&["1001"]).await;
    let order = call("01 99 00 00 12", "1001");
    let placed = relay.client(&token).place_call(&order, "press").await.unwrap();
    relay.stop().await;
    let relay = Relay::on(folder.path(), &platform.keys()).await;
    assert_eq!(
        relay.client(&token).place_call(&order, "press").await.unwrap(),
        placed
    );
    assert_eq!(platform.asked(), 1);

    // A relay that died between the request and its answer can't know any more: it says so and never asks again.
    let database = rusqlite::Connection::open(relay.running.as_ref().unwrap().database()).unwrap();
    database
        .execute("UPDATE dial SET status = NULL, body = NULL", [])
        .unwrap();
    assert_eq!(
        refused(&relay.client(&token), &order, "press").await,
        rang("platform-timeout")
    );
    assert_eq!(platform.asked(), 1);
}

#[tokio::test]
async fn each_failure_of_the_platform_is_a_problem_of_its_own() {
    for (answer, name, rung) in [
        ((StatusCode::UNAUTHORIZED, ""), "platform-key-refused", false),
        ((StatusCode::FORBIDDEN, ""), "platform-forbidden", false),
        (
            (StatusCode::TOO_MANY_REQUESTS, ""),
            "platform-rate-limited",
            false,
        ),
        (
            (StatusCode::BAD_REQUEST, "no callback url configured"),
            "platform-no-callback",
            false,
        ),
        (
            (StatusCode::INTERNAL_SERVER_ERROR, "<html>"),
            "platform-error",
            true,
        ),
    ] {
        let platform = Platform::start(answer, true).await;
        let relay = platform.relay().await;
        let client = relay.client(&relay.enrol(&["1001"]).await);
        let order = call("01 99 00 00 12", "1001");
        for _ in 0..2 {
            assert_eq!(
                refused(&client, &order, "press").await,
                (Some(name.to_owned()), rung),
                "{answer:?}"
            );
        }
        assert_eq!(platform.asked(), 1, "{name}");
    }
}

#[tokio::test]
async fn a_platform_that_is_not_there_is_unreachable() {
    let relay = Relay::with(&[
        ("platform.url", "http://127.0.0.1:9/api"),
        ("CENTREX_RELAY_PLATFORM_API_KEY", "k"),
    ])
    .await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    assert_eq!(
        refused(&client, &call("01 99 00 00 12", "1001"), "press").await,
        rang_nowhere("platform-unreachable")
    );
}

#[tokio::test]
async fn a_platform_without_tls_where_it_is_expected_is_no_try_again() {
    let platform = Platform::start((StatusCode::OK, "{}"), false).await;
    let [(url, address), key] = platform.keys();
    let address = address.replace("http://", "https://");
    let relay = Relay::with(&[(url, address.as_str()), key]).await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    assert_eq!(
        refused(&client, &call("01 99 00 00 12", "1001"), "press").await,
        rang_nowhere("platform-tls")
    );
    assert_eq!(platform.asked(), 0);
}

#[tokio::test]
async fn a_platform_that_does_not_answer_in_time_may_have_rung() {
    let platform = Platform::start((StatusCode::OK, "{}"), false).await;
    let [url, key] = platform.keys();
    let relay = Relay::with(&[url, key, ("platform.timeout", "2s")]).await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    assert_eq!(
        refused(&client, &call("01 99 00 00 12", "1001"), "press").await,
        rang("platform-timeout")
    );
}

#[tokio::test]
async fn what_may_not_be_dialled_never_reaches_the_platform() {
    let platform = Platform::start((StatusCode::OK, "{}"), true).await;
    let relay = platform.relay().await;
    let token = relay.enrol(&["1001"]).await;
    let client = relay.client(&token);
    for (order, name) in [
        (call("01 99 00 00 12", "2002"), "forbidden"),
        (call("112", "1001"), "number-refused"),
        (call("", "1001"), "number-refused"),
        (call("08 99 00 00 12", "1001"), "confirmation-needed"),
    ] {
        assert_eq!(
            refused(&client, &order, "press").await,
            rang_nowhere(name),
            "{order:?}"
        );
    }
    let broken = http()
        .post(format!("{}/v1/calls", relay.base))
        .bearer_auth(&token)
        .body("{")
        .send()
        .await;
    assert_eq!(problem(broken.unwrap()).await, (400, "bad-request".to_owned()));
    let huge = http()
        .post(format!("{}/v1/calls", relay.base))
        .bearer_auth(&token)
        .body("x".repeat(20_000));
    assert_eq!(
        problem(huge.send().await.unwrap()).await,
        (413, "too-large".to_owned())
    );
    assert_eq!(platform.asked(), 0);
    // The person's word given, the same key goes through.
    let confirmed = PlaceCall {
        confirmed: true,
        ..call("08 99 00 00 12", "1001")
    };
    client.place_call(&confirmed, "press").await.unwrap();
    assert_eq!(platform.asked(), 1);
}

#[tokio::test]
async fn a_relay_without_the_key_says_so() {
    let relay = Relay::start().await;
    let client = relay.client(&relay.enrol(&["1001"]).await);
    assert_eq!(
        refused(&client, &call("01 99 00 00 12", "1001"), "press").await,
        rang_nowhere("dial-unavailable")
    );
}
