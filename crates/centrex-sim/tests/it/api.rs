//! The two documented functions: who may use them, and what is refused.

use centrex_sim::{Kind, Sim};

use crate::support::{
    KEY, PASSWORD, SECRET_PATH, call, client, config, entries, faults, json, kinds, only, phone_kinds,
    seconds, start,
};

#[tokio::test]
async fn both_authentications_ring_the_phone() {
    for credential in [format!("api_key={KEY}"), format!("password={PASSWORD}")] {
        let (sim, _receiver) = start(config()).await;
        let answer = call(&sim, &format!("account_id=1001&{credential}&number=33199000099")).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(json(answer).await["status"], "ok");
        let rings = only(&sim, Kind::OwnPhoneRings);
        assert_eq!(rings.account.as_deref(), Some("1001"));
        assert_eq!(rings.text("number"), Some("+33199000099"));
        assert_eq!(
            only(&sim, Kind::CallRequested).text("authentication"),
            credential.split('=').next()
        );
        sim.shutdown().await;
    }
}

#[tokio::test]
async fn what_is_not_right_is_refused_and_rings_nothing() {
    let (sim, _receiver) = start(config()).await;
    let key = format!("api_key={KEY}");
    for (query, status, code) in [
        (
            "account_id=1001&number=33199000099".to_owned(),
            401,
            "authentication_required",
        ),
        (
            "account_id=1001&api_key=wrong&number=33199000099".to_owned(),
            401,
            "invalid_api_key",
        ),
        (
            "account_id=1001&password=wrong&number=33199000099".to_owned(),
            401,
            "invalid_credentials",
        ),
        // Another account's password, and an account that does not exist: the same answer.
        (
            format!("account_id=1002&password={PASSWORD}&number=33199000099"),
            401,
            "invalid_credentials",
        ),
        (
            format!("account_id=9&password={PASSWORD}&number=33199000099"),
            401,
            "invalid_credentials",
        ),
        (
            format!("account_id=9&{key}&number=33199000099"),
            404,
            "unknown_account",
        ),
        (
            format!("account_id=1001&{key}&password={PASSWORD}&number=33199000099"),
            400,
            "two_credentials",
        ),
        (format!("{key}&number=33199000099"), 400, "missing_parameter"),
        (format!("account_id=1001&{key}"), 400, "missing_parameter"),
        (format!("account_id=1001&{key}&number="), 400, "missing_parameter"),
        (
            format!("account_id=1001&{key}&number=0199000099"),
            400,
            "invalid_number",
        ),
        (
            format!("account_id=1001&{key}&number=+33199000099"),
            400,
            "invalid_number",
        ),
        (format!("account_id=1001&{key}&number=112"), 400, "invalid_number"),
        (
            format!("account_id=1001&{key}&number=33199000099&number=33199000098"),
            400,
            "repeated_parameter",
        ),
        (format!("account_id=1001&{key}&number=%FF"), 400, "bad_request"),
    ] {
        let answer = call(&sim, &query).await;
        assert_eq!(answer.status(), status, "{query}");
        assert_eq!(json(answer).await["error"], code, "{query}");
    }
    assert_eq!(phone_kinds(&sim), []);
    // The escaped plus is a plus.
    assert_eq!(
        call(&sim, &format!("account_id=1001&{key}&number=%2B33199000099"))
            .await
            .status(),
        200
    );
}

#[tokio::test]
async fn other_methods_and_addresses_ring_nothing() {
    let (sim, _receiver) = start(config()).await;
    let url = format!(
        "{}/centrex/v1/call?account_id=1001&api_key={KEY}&number=33199000099",
        sim.api_base()
    );
    for method in [
        reqwest::Method::HEAD,
        reqwest::Method::POST,
        reqwest::Method::PUT,
        reqwest::Method::OPTIONS,
    ] {
        let form = "application/x-www-form-urlencoded";
        let request = client()
            .request(method.clone(), &url)
            .header("content-type", form);
        assert_eq!(request.send().await.unwrap().status(), 405, "{method}");
    }
    let lost = client()
        .get(format!("{}/centrex/v2/call", sim.api_base()))
        .send()
        .await
        .unwrap();
    assert_eq!(lost.status(), 404);
    assert!(
        lost.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert_eq!(phone_kinds(&sim), []);
}

#[tokio::test]
async fn a_form_is_taken_when_it_is_switched_on() {
    let (sim, _receiver) = start(config()).await;
    sim.set_faults(faults(
        r#"{"api":{"methods":"post","number":"plus","call_id_in_answer":true}}"#,
    ))
    .await
    .unwrap();
    let url = format!("{}/centrex/v1/call", sim.api_base());
    let form = |number: &str| {
        let fields = [("account_id", "1001"), ("password", PASSWORD), ("number", number)];
        client().post(&url).form(&fields).send()
    };
    assert_eq!(form("33199000099").await.unwrap().status(), 400);
    let answer = form("+33199000099").await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(
        json(answer).await["call_id"].as_str(),
        only(&sim, Kind::OwnPhoneRings).call_id.as_deref()
    );
    assert_eq!(
        call(
            &sim,
            &format!("account_id=1001&api_key={KEY}&number=%2B33199000099")
        )
        .await
        .status(),
        405
    );
}

async fn set_callback(sim: &Sim, query: &str) -> reqwest::Response {
    client()
        .get(format!("{}/centrex/v1/set_callback?{query}", sim.api_base()))
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn click_to_call_needs_a_callback_url() {
    let sim = Sim::start(config()).await.unwrap();
    let request = format!("account_id=1001&password={PASSWORD}&number=33199000099");
    let refused = call(&sim, &request).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(json(refused).await["error"], "no_notification_configuration");
    assert_eq!(phone_kinds(&sim), []);

    let set = set_callback(
        &sim,
        &format!("api_key={KEY}&url=http%3A%2F%2F127.0.0.1%3A9{SECRET_PATH}"),
    )
    .await;
    assert_eq!(set.status(), 200);
    assert_eq!(
        only(&sim, Kind::CallbackUrlSet).text("origin"),
        Some("http://127.0.0.1:9")
    );
    assert_eq!(call(&sim, &request).await.status(), 200);

    assert_eq!(
        set_callback(&sim, &format!("api_key={KEY}&url=")).await.status(),
        200
    );
    assert_eq!(call(&sim, &request).await.status(), 403);
}

#[tokio::test]
async fn set_callback_takes_only_the_key_and_a_url() {
    let (sim, receiver) = start(config()).await;
    for (query, status) in [
        ("url=http://127.0.0.1:9/".to_owned(), 400),
        ("api_key=wrong&url=http://127.0.0.1:9/".to_owned(), 401),
        (
            format!("account_id=1001&password={PASSWORD}&url=http://127.0.0.1:9/"),
            400,
        ),
        (format!("api_key={KEY}"), 400),
        (format!("api_key={KEY}&url=127.0.0.1:9"), 400),
        (format!("api_key={KEY}&url=ftp://127.0.0.1/"), 400),
        (format!("api_key={KEY}&url=/callback"), 400),
        (
            format!("api_key={KEY}&url=http://127.0.0.1/{}", "x".repeat(3000)),
            400,
        ),
    ] {
        assert_eq!(set_callback(&sim, &query).await.status(), status, "{query}");
    }
    let shown = client()
        .get(format!("{}/sim/callback", sim.base_url()))
        .send()
        .await
        .unwrap();
    assert_eq!(json(shown).await["url"], receiver.url);
}

#[tokio::test]
async fn addresses_rates_and_accounts_are_limited_on_demand() {
    let (sim, _receiver) = start(config()).await;
    let request = format!("account_id=1001&password={PASSWORD}&number=33199000099");

    sim.set_faults(faults(r#"{"allowed_addresses":["203.0.113.7"]}"#))
        .await
        .unwrap();
    let refused = call(&sim, &request).await;
    assert_eq!(refused.status(), 403);
    assert_eq!(json(refused).await["error"], "address_not_allowed");
    sim.set_faults(faults(r#"{"allowed_addresses":["127.0.0.1"]}"#))
        .await
        .unwrap();
    assert_eq!(call(&sim, &request).await.status(), 200);

    sim.set_faults(faults(r#"{"without_notifications":["1001"]}"#))
        .await
        .unwrap();
    assert_eq!(call(&sim, &request).await.status(), 403);

    let limit = r#"{"rate_limit":{"requests":2,"per_s":10,"retry_after_s":9},"api":{"html_errors":true}}"#;
    sim.set_faults(faults(limit)).await.unwrap();
    assert_eq!(call(&sim, &request).await.status(), 200);
    assert_eq!(call(&sim, &request).await.status(), 200);
    let limited = call(&sim, &request).await;
    assert_eq!(limited.status(), 429);
    assert_eq!(limited.headers()["retry-after"], "9");
    assert!(limited.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    sim.advance(seconds(10.0)).await.unwrap();
    assert_eq!(call(&sim, &request).await.status(), 200);
}

#[tokio::test]
async fn no_secret_reaches_the_record() {
    let (sim, receiver) = start(config()).await;
    set_callback(
        &sim,
        &format!("api_key={KEY}&url={}?token=canary-query", receiver.url),
    )
    .await;
    set_callback(&sim, &format!("api_key=canary-wrong&url={}", receiver.url)).await;
    for credential in [
        format!("api_key={KEY}"),
        format!("password={PASSWORD}"),
        "password=canary-wrong".to_owned(),
    ] {
        call(&sim, &format!("account_id=1001&{credential}&number=33199000099")).await;
    }
    sim.advance(seconds(60.0)).await.unwrap();
    assert!(kinds(&sim).contains(&Kind::CallbackAnswered));
    assert!(!receiver.queries().is_empty());
    let record = serde_json::to_string(&entries(&sim)).unwrap();
    assert!(!record.contains("canary"), "{record}");
    assert!(!format!("{sim:?} {:?}", config()).contains("canary"));
}
