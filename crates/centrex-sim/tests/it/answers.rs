//! Answers that a client must survive.

use std::time::Duration;

use centrex_sim::Kind;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{PASSWORD, call, client, config, faults, only, phone_kinds, seconds, start};

const CALL: &str = "account_id=1001&number=33199000099&password=";

fn request() -> String {
    format!("{CALL}{PASSWORD}")
}

#[tokio::test]
async fn odd_answers_come_once_and_ring_only_when_told() {
    for (odd, status, begins) in [
        (r#"{"status":503}"#, 503, r#"{"error":"failed""#),
        (r#""html""#, 200, "<!DOCTYPE html>"),
        (r#""json_error""#, 200, r#"{"error":"call_failed""#),
        (r#""empty""#, 200, ""),
        (r#"{"redirect":"http://192.0.2.1/elsewhere"}"#, 302, ""),
    ] {
        for carried_out in [false, true] {
            let (sim, _receiver) = start(config()).await;
            let fault = format!(
                r#"{{"answers":[{{"to":"call","do":{odd},"carried_out":{carried_out},"times":1}}]}}"#
            );
            sim.set_faults(faults(&fault)).await.unwrap();
            let answer = call(&sim, &request()).await;
            assert_eq!(answer.status(), status, "{odd}");
            if status == 302 {
                assert_eq!(answer.headers()["location"], "http://192.0.2.1/elsewhere");
            }
            let body = answer.text().await.unwrap();
            assert!(body.starts_with(begins), "{odd}: {body}");
            assert_eq!(
                phone_kinds(&sim).contains(&Kind::OwnPhoneRings),
                carried_out,
                "{odd}"
            );
            assert_eq!(sim.faults().await.unwrap().answers, []);
            assert_eq!(call(&sim, &request()).await.status(), 200);
        }
    }
}

#[tokio::test]
async fn the_connection_is_closed_without_a_byte() {
    for carried_out in [false, true] {
        let (sim, _receiver) = start(config()).await;
        let fault = format!(r#"{{"answers":[{{"do":"close","carried_out":{carried_out}}}]}}"#);
        sim.set_faults(faults(&fault)).await.unwrap();
        let mut socket = tokio::net::TcpStream::connect(sim.address()).await.unwrap();
        let head = format!(
            "GET /api/centrex/v1/call?{} HTTP/1.1\r\nhost: sim\r\n\r\n",
            request()
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // A reset is as good an end as a close.
        let _ = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer))
            .await
            .unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "");
        assert_eq!(phone_kinds(&sim).contains(&Kind::OwnPhoneRings), carried_out);
        assert_eq!(only(&sim, Kind::ApiAnswered).text("answer"), Some("closed"));
    }
}

#[tokio::test]
async fn a_body_is_cut() {
    let (sim, _receiver) = start(config()).await;
    sim.set_faults(faults(r#"{"answers":[{"do":"cut"}]}"#))
        .await
        .unwrap();
    let answer = call(&sim, &request()).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.is_err());
}

#[tokio::test]
async fn a_body_never_ends() {
    let (sim, _receiver) = start(config()).await;
    sim.set_faults(faults(r#"{"answers":[{"do":"endless"}]}"#))
        .await
        .unwrap();
    let mut answer = call(&sim, &request()).await;
    let mut read = 0;
    // Four times what any client should take.
    while read < 256 * 1024 {
        read += answer.chunk().await.unwrap().unwrap().len();
    }
    // Shutting down does not wait for it.
    tokio::time::timeout(Duration::from_secs(10), sim.shutdown())
        .await
        .unwrap();
}

#[tokio::test]
async fn no_answer_comes_while_the_phone_rings() {
    let (sim, _receiver) = start(config()).await;
    sim.set_faults(faults(r#"{"answers":[{"do":"hang","carried_out":true}]}"#))
        .await
        .unwrap();
    let url = format!("{}/centrex/v1/call?{}", sim.api_base(), request());
    let waiting = tokio::spawn(client().get(url).send());
    sim.await_event(|entry| entry.kind == Kind::ApiAnswered)
        .await
        .unwrap();
    assert_eq!(only(&sim, Kind::OwnPhoneRings).account.as_deref(), Some("1001"));
    assert!(!waiting.is_finished());
    tokio::time::timeout(Duration::from_secs(10), sim.shutdown())
        .await
        .unwrap();
    assert!(waiting.await.unwrap().is_err());
}

#[tokio::test]
async fn a_slow_answer_comes_when_its_time_has_come() {
    let (sim, _receiver) = start(config()).await;
    sim.set_faults(faults(r#"{"answers":[{"to":"call","delay_s":90}]}"#))
        .await
        .unwrap();
    let url = format!("{}/centrex/v1/call?{}", sim.api_base(), request());
    let waiting = tokio::spawn(client().get(url).send());
    sim.await_event(|entry| entry.kind == Kind::ApiAnswered)
        .await
        .unwrap();
    // It was carried out at once; only its answer is late.
    assert_eq!(only(&sim, Kind::OwnPhoneRings).at_ms, 0);
    sim.advance(seconds(89.0)).await.unwrap();
    assert!(!waiting.is_finished());
    sim.advance(seconds(1.0)).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn a_request_that_was_given_up_has_rung_all_the_same() {
    let (sim, _receiver) = start(config()).await;
    sim.set_faults(faults(r#"{"answers":[{"delay_s":90}]}"#))
        .await
        .unwrap();
    let url = format!("{}/centrex/v1/call?{}", sim.api_base(), request());
    let waiting = tokio::spawn(client().get(url).send());
    sim.await_event(|entry| entry.kind == Kind::ApiAnswered)
        .await
        .unwrap();
    waiting.abort();
    sim.advance(seconds(120.0)).await.unwrap();
    assert_eq!(only(&sim, Kind::Ended).text("reason"), Some("answered"));
}
