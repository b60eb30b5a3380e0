//! Guessing enrolment codes. Where the guesses come from is told by a proxy that the relay trusts.

use centrex_relay::secret::code::Code;
use futures_util::future::join_all;
use reqwest::Response;

use crate::support::{Keys, Relay, code, problem};

/// Few, so that none grows again meanwhile.
const FEW: Keys<'_> = &[
    ("proxies.trusted", "127.0.0.1"),
    ("limits.wrong_codes_per_minute", "5"),
];
const ONE_IN_ALL: Keys<'_> = &[
    ("proxies.trusted", "127.0.0.1"),
    ("limits.wrong_codes_per_minute_in_all", "1"),
];

/// A code as a relay makes it, but not this one.
fn guess() -> String {
    Code::new(&mut rand::rng()).reveal()
}

async fn tried(relay: &Relay, from: &str, code: &str) -> Response {
    let address = format!("{}/v1/enrolments/{code}", relay.base);
    let request = relay.http.post(address).header("X-Forwarded-For", from);
    request.send().await.unwrap()
}

#[tokio::test]
async fn an_address_that_guesses_isnt_looked_at_any_more_and_all_others_are() {
    let relay = Relay::with(FEW).await;
    // At once, so that none is counted too late.
    let tries = (0..40).map(async |_| tried(&relay, "192.0.2.1", &guess()).await.status().as_u16());
    let mut told = join_all(tries).await;
    told.sort_unstable();
    assert_eq!(told[..5], [404; 5]);
    assert_eq!(told[5..], [429; 35]);

    let right = code(&relay.data, &["1001"]);
    let limited = tried(&relay, "192.0.2.1", &right).await;
    let wait: u64 = limited.headers()["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=14).contains(&wait), "{wait}");
    assert_eq!(problem(limited).await, (429, "too-many-requests".to_owned()));
    assert_eq!(
        tried(&relay, "192.0.2.2", &right).await.status(),
        201,
        "it wasn't traded, and is from elsewhere"
    );
}

#[tokio::test]
async fn a_company_enrols_from_one_address_as_fast_as_it_likes() {
    let relay = Relay::with(FEW).await;
    let codes: Vec<String> = (0..30).map(|_| code(&relay.data, &["1001"])).collect();
    let tries = codes.iter().map(|code| tried(&relay, "192.0.2.1", code));
    for answer in join_all(tries).await {
        assert_eq!(answer.status(), 201);
    }
}

#[tokio::test]
async fn when_many_guess_they_wait_and_whoever_has_a_right_code_does_not() {
    let relay = Relay::with(ONE_IN_ALL).await;
    for from in ["192.0.2.1", "192.0.2.2", "2001:db8:1:2::1"] {
        for status in [404, 404, 404, 429, 429] {
            assert_eq!(tried(&relay, from, &guess()).await.status(), status, "{from}");
        }
    }
    for (from, mistakes) in [("192.0.2.3", 0), ("192.0.2.4", 2)] {
        for _ in 0..mistakes {
            assert_eq!(tried(&relay, from, &guess()).await.status(), 404);
        }
        let right = code(&relay.data, &["1001"]);
        assert_eq!(tried(&relay, from, &right).await.status(), 201, "{from}");
    }
}
