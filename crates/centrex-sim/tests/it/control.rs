//! The control surface over HTTP, as the demo and other programs use it.

use centrex_sim::{Kind, Sim, Time};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{client, config, json as body_of, kinds, start};

async fn ask(sim: &Sim, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = client().request(method, format!("{}/sim/{path}", sim.base_url()));
    let request = match body {
        Some(body) => request.json(&body),
        None => request,
    };
    let response = request.send().await.unwrap();
    (response.status().as_u16(), body_of(response).await)
}

#[tokio::test]
async fn a_call_is_played_by_hand() {
    let (sim, receiver) = start(config()).await;
    let (status, call) = ask(
        &sim,
        Method::POST,
        "ring",
        Some(json!({"to": "1001", "from": "+33639980001"})),
    )
    .await;
    assert_eq!(status, 200);
    let id = call["call_id"].as_str().unwrap();
    let (_, phones) = ask(&sim, Method::GET, "phones", None).await;
    let ringing =
        json!({"call_id": id, "direction": "incoming", "state": "ringing", "number": "+33639980001"});
    let expect = json!([
        {"account": "1001", "number": "+33199000001", "state": "ringing", "call": id, "calls": [ringing]},
        {"account": "1002", "number": "+33199000002", "state": "idle", "call": null, "calls": []},
    ]);
    assert_eq!(phones, expect);
    assert_eq!(ask(&sim, Method::POST, "phones/1001/pick-up", None).await.0, 200);
    assert_eq!(
        ask(
            &sim,
            Method::POST,
            "phones/1001/hang-up",
            Some(json!({"by": "other_party"}))
        )
        .await
        .0,
        200
    );
    assert_eq!(
        ask(&sim, Method::POST, "advance", Some(json!({"seconds": 1.5})))
            .await
            .0,
        200
    );
    assert_eq!(
        receiver.events(),
        ["incoming_call_start", "call_connected", "call_end"]
    );
    let (_, about) = ask(&sim, Method::GET, "", None).await;
    assert_eq!((&about["seed"], &about["now_ms"]), (&json!(7), &json!(1500)));
}

#[tokio::test]
async fn what_can_not_be_done_is_said() {
    let (sim, _receiver) = start(config()).await;
    for (path, body, status, says) in [
        ("ring", json!({"to": "9"}), 404, "no account 9"),
        ("ring", json!({"to": "1001", "also": ["9"]}), 404, "no account 9"),
        ("ring", json!({"to": "1001", "called": "12"}), 422, "E.164"),
        ("ring", json!({"from": "33639980001"}), 422, "missing field `to`"),
        (
            "ring",
            json!({"to": "1001", "form": "33639980001"}),
            422,
            "unknown field `form`",
        ),
        ("ring", json!({"to": "1001", "talk_s": -1}), 422, "between 0 and"),
        (
            "ring",
            json!({"to": "1001", "from": "3".repeat(65)}),
            422,
            "at most 64",
        ),
        ("dial", json!({"from": "1001", "to": "12"}), 422, "E.164"),
        ("phones/9/pick-up", json!({}), 404, "no account 9"),
        ("phones/1001/pick-up", json!({}), 409, "no call rings"),
        (
            "phones/1001/hang-up",
            json!({"by": "nobody"}),
            422,
            "unknown variant `nobody`",
        ),
        ("callback/send", json!({"query": "a b"}), 422, "printable ASCII"),
        (
            "faults/next",
            json!([{"do": "dorp"}]),
            422,
            "unknown variant `dorp`",
        ),
    ] {
        let (got, answer) = ask(&sim, Method::POST, path, Some(body)).await;
        let error = answer["error"].as_str().unwrap();
        assert!(got == status && error.contains(says), "{path}: {got} {error}");
    }
    let wrong = Some(json!({"callbacks": {"drop": 2}}));
    assert_eq!(ask(&sim, Method::PUT, "faults", wrong).await.0, 422);
    assert_eq!(
        ask(&sim, Method::PUT, "callback", Some(json!({"url": "nowhere"})))
            .await
            .0,
        422
    );
    assert_eq!(ask(&sim, Method::GET, "record?after=x", None).await.0, 400);
}

#[tokio::test]
async fn real_time_is_not_moved_by_hand() {
    let mut config = config();
    config.time = Time::Real;
    let (sim, _receiver) = start(config).await;
    assert_eq!(
        ask(&sim, Method::POST, "advance", Some(json!({"seconds": 1})))
            .await
            .0,
        409
    );
}

#[tokio::test]
async fn faults_are_set_read_and_cleared() {
    let (sim, _receiver) = start(config()).await;
    let (_, set) = ask(
        &sim,
        Method::PUT,
        "faults",
        Some(json!({"callbacks": {"drop": 0.25}})),
    )
    .await;
    assert_eq!(set["callbacks"]["drop"], 0.25);
    assert_eq!(ask(&sim, Method::GET, "faults", None).await.1, set);
    let exact = json!([{"event": "call_end", "do": {"delay": 2.5}}]);
    assert_eq!(
        ask(&sim, Method::POST, "faults/next", Some(exact)).await.1["next"][0]["do"]["delay"],
        2.5
    );
    assert_eq!(
        ask(&sim, Method::DELETE, "faults", None).await.1["next"],
        json!([])
    );
    assert_eq!(sim.faults().await.unwrap(), centrex_sim::Faults::default());
}

#[tokio::test]
async fn the_record_is_awaited() {
    let (sim, _receiver) = start(config()).await;
    let path = "record?after=1&wait=20&kind=own_phone_rings";
    let url = format!("{}/sim/{path}", sim.base_url());
    let waiting = tokio::spawn(client().get(url).send());
    let call = sim
        .ring(centrex_sim::Ring {
            to: "1001".into(),
            ..Default::default()
        })
        .await
        .unwrap();
    let found = body_of(waiting.await.unwrap().unwrap()).await;
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(
        (&found[0]["kind"], &found[0]["call_id"]),
        (&json!("own_phone_rings"), &json!(call))
    );
    // A wait in vain ends with nothing.
    let vain = ask(&sim, Method::GET, "record?wait=0.05&kind=connected", None).await;
    assert_eq!(vain, (200, json!([])));
}

#[tokio::test]
async fn the_record_comes_as_lines_too() {
    let (sim, _receiver) = start(config()).await;
    sim.ring(centrex_sim::Ring {
        to: "1001".into(),
        ..Default::default()
    })
    .await
    .unwrap();
    let request = client()
        .get(format!("{}/sim/record", sim.base_url()))
        .header("accept", "application/x-ndjson");
    let text = request.send().await.unwrap().text().await.unwrap();
    let lines: Vec<centrex_sim::Entry> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        lines.iter().map(|entry| entry.kind).collect::<Vec<_>>(),
        kinds(&sim)
    );
    assert!(lines.iter().any(|entry| entry.kind == Kind::OwnPhoneRings));
}

#[tokio::test]
async fn a_callback_written_by_hand_arrives_as_it_is() {
    let (sim, receiver) = start(config()).await;
    let query = format!("event=%FF&call_id&&=x&{}", "y".repeat(50_000));
    assert_eq!(
        ask(&sim, Method::POST, "callback/send", Some(json!({"query": query})))
            .await
            .0,
        200
    );
    receiver.await_count(1).await;
    assert_eq!(receiver.queries(), [query]);
}
