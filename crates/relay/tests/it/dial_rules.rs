//! The company's rules, the audit trail, and what a relay that dies in the middle asks of the platform.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::routing::get;
use centrex_relay::dial;
use centrex_relay::enrolment::Desk;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use relay_api::wire::PlaceCall;
use serde_json::Value;
use telephony::AccountId;
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::support::{PATIENCE, Relay, client, code, code_of, problem};
use crate::support_process::{Process, succeed};

/// A platform that notes how often it was asked for each number, and takes every call.
#[derive(Clone, Default)]
struct Platform {
    asked: Arc<Mutex<HashMap<String, usize>>>,
    count: Arc<watch::Sender<usize>>,
    url: String,
}

impl Platform {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let platform = Self {
            url: format!("http://{}/api", listener.local_addr().unwrap()),
            ..Self::default()
        };
        let router = Router::new()
            .route("/api/centrex/v1/call", get(Self::call))
            .with_state(platform.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        platform
    }

    async fn call(State(platform): State<Self>, RawQuery(query): RawQuery) -> &'static str {
        let query = query.unwrap();
        let number = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "number");
        let number = number.unwrap().1.into_owned();
        *platform.asked.lock().unwrap().entry(number).or_default() += 1;
        platform.count.send_modify(|count| *count += 1);
        "{\"call_id\":\"p1\"}"
    }

    fn keys(&self) -> [(&'static str, &str); 2] {
        [
            ("CENTREX_RELAY_PLATFORM_URL", &self.url),
            ("CENTREX_RELAY_PLATFORM_API_KEY", "canary-api-key"),
        ]
    }
}

fn call(number: &str) -> PlaceCall {
    PlaceCall {
        number: number.to_owned(),
        account_id: AccountId("1001".to_owned()),
        confirmed: false,
    }
}

#[tokio::test]
async fn the_companys_rules_hold_and_everything_is_on_record() {
    let platform = Platform::start().await;
    let text = "[dial]\nconfirm = [\"foreign\"]\nrefuse = [\"shared-cost\"]\ncountries = [\"FR\", \"BE\"]\n\
                blocked = [\"+33199000013\"]\ncalls_per_minute = 2\n";
    let relay = Relay::configured(text, &platform.keys()).await;
    let desktop = relay.client(&relay.enrol(&["1001"]).await);
    for (number, name, reason) in [
        ("0825 00 00 12", "rule-refused", "class-shared-cost"),
        ("+44 7700 900123", "rule-refused", "country"),
        ("01 99 00 00 13", "rule-refused", "blocked"),
        ("+32 2 340 00 00", "confirmation-needed", "class-foreign"),
        ("112", "number-refused", "emergency"),
    ] {
        let error = desktop
            .place_call(&call(number), &format!("press {number}"))
            .await
            .unwrap_err();
        let problem = error.problem().unwrap();
        assert_eq!(
            (problem.name(), problem.reason.as_deref(), error.may_have_rung()),
            (Some(name), Some(reason), false),
            "{number}"
        );
    }
    assert_eq!(*platform.count.borrow(), 0);
    let confirmed = PlaceCall {
        confirmed: true,
        ..call("+32 2 340 00 00")
    };
    desktop.place_call(&confirmed, "one").await.unwrap();
    desktop.place_call(&call("01 99 00 00 12"), "two").await.unwrap();
    // What was refused doesn't count, and neither does a repetition.
    desktop.place_call(&call("01 99 00 00 12"), "two").await.unwrap();
    let third = relay
        .http
        .post(format!("{}/v1/calls", relay.base))
        .bearer_auth(relay.enrol(&["1001", "1002"]).await)
        .json(&call("01 99 00 00 12"));
    let third = third.send().await.unwrap();
    let wait: u64 = third.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(problem(third).await, (429, "too-many-calls".to_owned()));
    // Another account has its own count.
    let other = PlaceCall {
        account_id: AccountId("1002".to_owned()),
        ..call("01 99 00 00 12")
    };
    let second = relay.client(&relay.enrol(&["1002"]).await);
    second.place_call(&other, "three").await.unwrap();
    assert_eq!(*platform.count.borrow(), 3);

    let trail = dial::list(&relay.data, None, 100).unwrap();
    let told: Vec<(&str, &str)> = trail
        .iter()
        .rev()
        .map(|one| (one.number.as_str(), one.outcome.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("+33825000012", "rule-refused"),
            ("+447700900123", "rule-refused"),
            ("+33199000013", "rule-refused"),
            ("+3223400000", "confirmation-needed"),
            ("112", "number-refused"),
            ("+3223400000", "accepted"),
            ("+33199000012", "accepted"),
            ("+33199000012", "too-many-calls"),
            ("+33199000012", "accepted"),
        ]
    );
    assert_eq!(
        (trail[0].call_id.as_deref(), trail[0].label.as_str()),
        (Some("p1"), "Accueil")
    );

    let list = |more: &[&str]| succeed(&relay.data, &[&["dials", "list"], more].concat());
    let of_one = list(&["--json", "--account", "1002"]);
    let line: Value = serde_json::from_str(of_one.trim()).unwrap();
    assert_eq!(
        (&line["number"], &line["outcome"]),
        (&Value::from("…12"), &Value::from("accepted"))
    );
    assert!(list(&["--show-numbers"]).contains("+447700900123"));
    let masked = list(&[]);
    assert!(
        !masked.contains("447700900123") && masked.contains("rule-refused (country)"),
        "{masked}"
    );
}

/// Who tries what it may not is on record too, within a bound: the trail must not be filled by one desktop.
#[tokio::test]
async fn presses_that_are_not_allowed_are_on_record_and_no_more_than_a_few_of_them() {
    let platform = Platform::start().await;
    let relay = Relay::with(&platform.keys()).await;
    let watcher = Desk {
        label: "Wallboard".to_owned(),
        accounts: [AccountId("1001".to_owned())].into(),
        may_dial: false,
    };
    let watcher = client(&relay.base, "none")
        .enrol(&code_of(&relay.data, watcher))
        .await
        .unwrap();
    let press = async |token: &str, account: &str, number: &str| {
        let order = PlaceCall {
            account_id: AccountId(account.to_owned()),
            ..call(number)
        };
        let press = relay
            .http
            .post(format!("{}/v1/calls", relay.base))
            .bearer_auth(token);
        problem(press.json(&order).send().await.unwrap()).await
    };
    let told = || -> Vec<(String, String, String)> {
        let trail = dial::list(&relay.data, None, 1000).unwrap();
        let told = trail.into_iter().rev();
        told.map(|one| (one.account.0, one.number, one.outcome.unwrap()))
            .collect()
    };
    let line = |account: &str, number: &str| (account.to_owned(), number.to_owned(), "forbidden".to_owned());
    let forbidden = (403, "forbidden".to_owned());
    assert_eq!(press(&watcher.token, "1001", "01 99 00 00 12").await, forbidden);
    let dials = relay.enrol(&["1001"]).await;
    let endless = "9".repeat(500);
    assert_eq!(press(&dials, &endless, "01 99 00 00 12").await, forbidden);
    assert_eq!(
        told(),
        [
            line("1001", "01 99 00 00 12"),
            line(&endless[..64], "01 99 00 00 12")
        ]
    );
    // A press that says nothing new, again and again, by either way to a refusal.
    for round in 0..30 {
        press(&dials, "2002", "01 99 00 00 12").await;
        assert_eq!(press(&dials, "1001", &format!("1{round}")).await.0, 422);
    }
    let of_one = told().len() - 2;
    // The bound, and what a slow run of this test earns anew meanwhile.
    assert!((28..50).contains(&of_one), "{of_one}");
    // Another desktop's presses are on record all the same.
    press(&watcher.token, "1001", "01 99 00 00 12").await;
    assert_eq!(told().last(), Some(&line("1001", "01 99 00 00 12")));

    let without = Relay::start().await;
    let token = without.enrol(&["1001"]).await;
    let press = without
        .http
        .post(format!("{}/v1/calls", without.base))
        .bearer_auth(token);
    let refused = problem(press.json(&call("01 99 00 00 12")).send().await.unwrap()).await;
    assert_eq!(refused, (501, "dial-unavailable".to_owned()));
    let trail = dial::list(&without.data, None, 10).unwrap();
    assert_eq!(trail[0].outcome.as_deref(), Some("dial-unavailable"));
}

/// Presses that are repeated until they are answered, while the relay is killed again and again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_is_killed_in_the_middle_never_rings_a_phone_twice() {
    const ROUNDS: u64 = 8;
    const PRESSES: usize = 24;
    let platform = Platform::start().await;
    let folder = tempfile::tempdir().unwrap();
    let mut environment = platform.keys().to_vec();
    environment.push(("CENTREX_RELAY_DIAL_CALLS_PER_MINUTE", "100000"));
    environment.push(("CENTREX_RELAY_LIMITS_TOKEN_REQUESTS_PER_SECOND", "10000"));
    environment.push(("CENTREX_RELAY_LOG", "error"));
    let mut token = String::new();
    let mut chance = StdRng::seed_from_u64(5);
    let number = |round: u64, press: usize| format!("+331990{round:02}{press:03}");
    for round in 0..=ROUNDS {
        let mut relay = Process::serve(folder.path(), &[], &environment);
        if round == 0 {
            let code = code(folder.path(), &["1001"]);
            token = client(&relay.base, "none").enrol(&code).await.unwrap().token;
        }
        // What an earlier round left unanswered is asked again, as an impatient person would.
        let again = round.saturating_sub(1)..=round;
        let presses = again
            .filter(|round| *round < ROUNDS)
            .flat_map(|round| (0..PRESSES).map(move |press| (round, press)));
        // Another moment each round, while calls are placed.
        let wanted = *platform.count.borrow() + chance.random_range(1..PRESSES / 2);
        let mut under_way = tokio::task::JoinSet::new();
        let desktop = client(&relay.base, &token);
        for (round, press) in presses {
            let (desktop, order) = (desktop.clone(), call(&number(round, press)));
            under_way.spawn(async move {
                // Whether it is answered isn't told to this test: it presses again.
                let _ = desktop.place_call(&order, &format!("{round} {press}")).await;
            });
        }
        if round < ROUNDS {
            let mut count = platform.count.subscribe();
            let enough = count.wait_for(|count| *count >= wanted);
            drop(
                tokio::time::timeout(PATIENCE, enough)
                    .await
                    .expect("calls are placed")
                    .unwrap(),
            );
            relay.kill();
        }
        while under_way.join_next().await.is_some() {}
    }
    let asked = platform.asked.lock().unwrap();
    let twice: Vec<_> = asked.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    assert!(asked.len() > usize::try_from(ROUNDS).unwrap(), "there were calls");
    // What the relay can't know is on record as unknown.
    let trail = dial::list(folder.path(), None, 10_000).unwrap();
    let accepted = trail
        .iter()
        .filter(|one| one.outcome.as_deref() == Some("accepted"))
        .count();
    let unknown = trail.iter().filter(|one| one.outcome.is_none()).count();
    assert!(
        accepted + unknown >= asked.len(),
        "{accepted} {unknown} {}",
        asked.len()
    );
}
