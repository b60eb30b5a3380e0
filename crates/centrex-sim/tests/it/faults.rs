//! Everything nasty that can happen to a callback.

use std::sync::Arc;
use std::time::Duration;

use centrex_sim::{Config, Kind, Ring, Sim, SimError, Time};
use tokio::sync::Semaphore;

use crate::support::{Arrived, KEY, Receiver, config, entries, faults, only, seconds, start, value};

fn ring(from: Option<&str>) -> Ring {
    Ring {
        to: "1001".into(),
        from: from.map(str::to_owned),
        answer_after_s: Some(1.0),
        talk_s: Some(5.0),
        ..Ring::default()
    }
}

/// One answered incoming call under these faults: the receiver and the simulator afterwards.
async fn one_call(json: &str) -> (Sim, Receiver) {
    let (sim, receiver) = start(config()).await;
    sim.set_faults(faults(json)).await.unwrap();
    sim.ring(ring(Some("33639980001"))).await.unwrap();
    sim.advance(seconds(600.0)).await.unwrap();
    (sim, receiver)
}

#[tokio::test]
async fn exact_faults_meet_the_next_that_fits_and_no_other() {
    let (start, connected, end) = ("incoming_call_start", "call_connected", "call_end");
    for (exact, expect) in [
        (r#"{"event":"call_end","do":"drop"}"#, vec![start, connected]),
        (r#"{"do":"drop"}"#, vec![connected, end]),
        (r#"{"do":"drop","times":3}"#, vec![]),
        (
            r#"{"event":"call_connected","do":"duplicate"}"#,
            vec![start, connected, connected, end],
        ),
        (
            r#"{"event":"incoming_call_start","do":"swap"}"#,
            vec![connected, start, end],
        ),
        (
            r#"{"event":"incoming_call_start","do":"hold"}"#,
            vec![connected, end, start],
        ),
        (
            r#"{"event":"call_connected","do":{"delay":120}}"#,
            vec![start, end, connected],
        ),
        (r#"{"event":"call_end","do":"swap"}"#, vec![start, connected, end]),
        (r#"{"do":"nothing"},{"do":"drop"}"#, vec![start, end]),
        (r#"{"account":"1002","do":"drop"}"#, vec![start, connected, end]),
        (
            r#"{"account":"1001","event":"call_end","do":"drop"}"#,
            vec![start, connected],
        ),
    ] {
        let (sim, receiver) = one_call(&format!(r#"{{"next":[{exact}]}}"#)).await;
        assert_eq!(receiver.events(), expect, "{exact}");
        let left = sim.faults().await.unwrap().next;
        assert_eq!(
            left.len(),
            usize::from(exact.contains("1002")),
            "{exact}: used up"
        );
        // The next call is as it should be.
        sim.set_faults(faults("{}")).await.unwrap();
        let before = receiver.events().len();
        sim.ring(ring(None)).await.unwrap();
        sim.advance(seconds(600.0)).await.unwrap();
        assert_eq!(receiver.events()[before..], [start, connected, end]);
    }
}

#[tokio::test]
async fn exact_faults_can_be_added_one_by_one() {
    let (sim, receiver) = start(config()).await;
    for json in [r#"[{"event":"call_end","do":"drop"}]"#, r#"[{"do":"duplicate"}]"#] {
        sim.add_next(serde_json::from_str(json).unwrap()).await.unwrap();
    }
    sim.ring(ring(None)).await.unwrap();
    sim.advance(seconds(60.0)).await.unwrap();
    assert_eq!(
        receiver.events(),
        ["incoming_call_start", "incoming_call_start", "call_connected"]
    );
}

#[tokio::test]
async fn a_delay_may_keep_the_order() {
    let always =
        |keeps| format!(r#"{{"callbacks":{{"delay":1,"delay_s":[60,60],"delay_keeps_order":{keeps}}}}}"#);
    let at = |sim: &Sim| -> Vec<u64> {
        entries(sim)
            .iter()
            .filter(|entry| entry.kind == Kind::CallbackSent)
            .map(|entry| entry.at_ms)
            .collect()
    };
    let (sim, _receiver) = one_call(&always(true)).await;
    assert_eq!(at(&sim), [60_000, 120_000, 180_000]);
    let (sim, _receiver) = one_call(&always(false)).await;
    assert_eq!(at(&sim), [60_000, 61_000, 66_000]);
}

#[tokio::test]
async fn duplicates_may_come_much_later() {
    let (sim, receiver) = one_call(r#"{"callbacks":{"duplicate":1,"duplicate_after_s":60}}"#).await;
    let once = ["incoming_call_start", "call_connected", "call_end"];
    assert_eq!(receiver.events(), [once, once].concat());
    let copies = entries(&sim)
        .iter()
        .filter(|entry| entry.detail.contains_key("copy"))
        .count();
    assert_eq!(copies, 3);
}

#[tokio::test]
async fn reordered_callbacks_all_arrive() {
    let (_sim, receiver) = one_call(r#"{"callbacks":{"reorder":1}}"#).await;
    let mut events = receiver.events();
    events.sort();
    assert_eq!(events, ["call_connected", "call_end", "incoming_call_start"]);
}

#[tokio::test]
async fn parameters_are_written_in_every_bad_way() {
    let first = async |fault: &str| -> String {
        let (_sim, receiver) = one_call(&format!(r#"{{"callbacks":{{{fault}}}}}"#)).await;
        receiver.queries().remove(0)
    };
    let plain = first("").await;
    let id = value(&plain, "call_id").unwrap();
    assert_eq!(
        value(&first(r#""numbers":"plus""#).await, "calling_number").unwrap(),
        "%2B33639980001"
    );
    assert_eq!(
        value(&first(r#""numbers":"unescaped_plus""#).await, "called_number").unwrap(),
        "+33199000001"
    );
    assert!(
        first(r#""extra_parameters":1"#)
            .await
            .starts_with(&format!("{plain}&queue=Accueil&x-trace.id="))
    );
    assert_eq!(
        first(r#""missing_call_id":1"#).await,
        plain.replace(&format!("call_id={id}&"), "")
    );
    let again = format!("{plain}&call_id={id}&called_number=33199000001");
    assert_eq!(first(r#""repeated_parameters":1"#).await, again);
    let broken = first(r#""broken_encoding":1"#).await;
    assert!(broken.starts_with(&format!("{plain}&calling_name=")), "{broken}");
    let shuffled = first(r#""shuffled_parameters":1"#).await;
    let sorted = |query: &str| {
        let mut pairs: Vec<String> = query.split('&').map(str::to_owned).collect();
        pairs.sort();
        pairs
    };
    assert_ne!(shuffled, plain);
    assert_eq!(sorted(&shuffled), sorted(&plain));
    let sip = value(&first(r#""call_ids":"sip""#).await, "call_id").unwrap();
    assert!(sip.ends_with("%3Bx%3D%2B%C3%A9%2F0%40192.0.2.10"), "{sip}");
    assert_eq!(
        value(&first(r#""call_ids":"decimal""#).await, "call_id").unwrap(),
        "1"
    );
}

#[tokio::test]
async fn broken_encoding_is_really_broken() {
    let (sim, receiver) = start(config()).await;
    sim.set_faults(faults(r#"{"callbacks":{"broken_encoding":1}}"#))
        .await
        .unwrap();
    for _ in 0..20 {
        sim.ring(ring(None)).await.unwrap();
        sim.advance(seconds(60.0)).await.unwrap();
    }
    let values: std::collections::BTreeSet<String> = receiver
        .queries()
        .iter()
        .filter_map(|query| value(query, "calling_name"))
        .collect();
    // It arrives as it was written: no library on the way has mended it.
    let expect = ["%C0%AF", "%ED%A0%80", "%ZZ", "100%", "Caf%E9", "a%00b"];
    assert_eq!(values.into_iter().collect::<Vec<_>>(), expect);
}

#[tokio::test]
async fn a_withheld_caller_is_written_three_ways() {
    for (form, expect) in [
        ("empty", Some("")),
        ("anonymous", Some("anonymous")),
        ("absent", None),
    ] {
        let (sim, receiver) = start(config()).await;
        sim.set_faults(faults(&format!(r#"{{"callbacks":{{"withheld":"{form}"}}}}"#)))
            .await
            .unwrap();
        sim.ring(ring(None)).await.unwrap();
        sim.advance(seconds(0.0)).await.unwrap();
        assert_eq!(value(&receiver.queries()[0], "calling_number").as_deref(), expect);
        assert_eq!(
            only(&sim, Kind::OwnPhoneRings).detail["number"],
            serde_json::Value::Null
        );
    }
}

#[tokio::test]
async fn the_end_is_worded_in_every_way() {
    let end = async |fault: &str| -> String {
        let (_sim, receiver) = one_call(&format!(r#"{{"callbacks":{{{fault}}}}}"#)).await;
        receiver.queries().remove(2)
    };
    for (form, expect) in [
        (r#""lower_case""#, Some("answered")),
        (r#""french""#, Some("Termin%C3%A9")),
        (r#""sip_code""#, Some("200")),
        (r#""empty""#, Some("")),
        (r#""absent""#, None),
        (r#"{"text":"?&=#"}"#, Some("%3F%26%3D%23")),
    ] {
        assert_eq!(
            value(&end(&format!(r#""status":{form}"#)).await, "status").as_deref(),
            expect
        );
    }
    for (form, expect) in [
        ("empty", Some("")),
        ("absent", None),
        ("negative", Some("-1")),
        ("decimal", Some("12.5")),
        ("clock", Some("00%3A00%3A12")),
        ("huge", Some("99999999999999999999")),
    ] {
        let query = end(&format!(r#""billable_duration":"{form}""#)).await;
        assert_eq!(value(&query, "billable_duration").as_deref(), expect);
    }
}

#[tokio::test]
async fn unknown_events_come_in_addition() {
    let (_sim, receiver) = one_call(r#"{"callbacks":{"unknown_event":1}}"#).await;
    let events = receiver.events();
    assert_eq!(events.len(), 6);
    assert_eq!(
        [&events[0], &events[2], &events[4]],
        ["incoming_call_start", "call_connected", "call_end"]
    );
    for event in [&events[1], &events[3], &events[5]] {
        assert!(
            ![
                "incoming_call_start",
                "outgoing_call_start",
                "call_connected",
                "call_end"
            ]
            .contains(&event.as_str())
        );
    }
}

#[tokio::test]
async fn callbacks_come_by_other_methods_and_with_a_slash() {
    let (_sim, receiver) = one_call(r#"{"callbacks":{"method":"post","slash_before_query":1}}"#).await;
    let Arrived {
        method,
        path,
        query,
        body,
    } = receiver.arrived().remove(0);
    assert_eq!((method.as_str(), query.as_str()), ("POST", ""));
    assert!(path.ends_with('/'));
    assert_eq!(value(&body, "event").as_deref(), Some("incoming_call_start"));
    let (_sim, receiver) = one_call(r#"{"callbacks":{"method":"head"}}"#).await;
    let arrived = receiver.arrived().remove(0);
    assert_eq!(arrived.method, "HEAD");
    assert!(!arrived.path.ends_with('/'));
    assert_eq!(
        value(&arrived.query, "event").as_deref(),
        Some("incoming_call_start")
    );
}

#[tokio::test]
async fn the_answer_to_a_callback_is_ignored_unless_retries_are_on() {
    let once = ["incoming_call_start", "call_connected", "call_end"];
    for (retries, expect) in [(0, once.to_vec()), (1, [&[once[0]], &once[..]].concat())] {
        let receiver = Receiver::with(vec![500], None).await;
        let sim = Sim::start(config()).await.unwrap();
        sim.set_callback_url(Some(&receiver.url)).await.unwrap();
        let switch = format!(r#"{{"callbacks":{{"retries":{retries},"retry_after_s":60}}}}"#);
        sim.set_faults(faults(&switch)).await.unwrap();
        sim.ring(ring(None)).await.unwrap();
        sim.advance(seconds(600.0)).await.unwrap();
        assert_eq!(receiver.events(), expect);
        let answers: Vec<u64> = entries(&sim)
            .iter()
            .filter(|entry| entry.kind == Kind::CallbackAnswered)
            .filter_map(|entry| entry.number("status"))
            .collect();
        assert_eq!(answers[0], 500);
        assert!(answers[1..].iter().all(|status| *status == 200));
    }
}

#[tokio::test]
async fn a_receiver_that_is_gone_or_silent_disturbs_no_call() {
    let gate = Arc::new(Semaphore::new(0));
    let silent = Receiver::with(Vec::new(), Some(gate)).await;
    // Nobody listens on the port of a listener that was dropped.
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for (url, reason) in [
        (silent.url.clone(), "no answer in time"),
        (format!("http://{gone}/"), "no connection"),
    ] {
        let mut config = config();
        config.callback_timeout = Duration::from_secs(1);
        let sim = Sim::start(config).await.unwrap();
        sim.set_callback_url(Some(&url)).await.unwrap();
        sim.ring(ring(None)).await.unwrap();
        sim.advance(seconds(60.0)).await.unwrap();
        assert_eq!(only(&sim, Kind::Ended).text("reason"), Some("answered"));
        let failed: Vec<_> = entries(&sim)
            .into_iter()
            .filter(|entry| entry.kind == Kind::CallbackFailed)
            .collect();
        assert_eq!(failed.len(), 3);
        assert!(
            failed.iter().all(|entry| entry.text("reason") == Some(reason)),
            "{failed:?}"
        );
    }
}

#[tokio::test]
async fn callbacks_of_one_call_wait_for_each_other_and_calls_do_not() {
    let gate = Arc::new(Semaphore::new(0));
    let receiver = Receiver::with(Vec::new(), Some(Arc::clone(&gate))).await;
    let mut config = Config::new(KEY).account("1001", "p", "33199000001").unwrap();
    config.time = Time::Real;
    let sim = Sim::start(config).await.unwrap();
    sim.set_callback_url(Some(&receiver.url)).await.unwrap();
    let quick = Ring {
        answer_after_s: Some(0.0),
        talk_s: Some(0.0),
        ..ring(None)
    };
    for _ in 0..2 {
        let call = sim.ring(quick.clone()).await.unwrap();
        let over =
            |entry: &centrex_sim::Entry| entry.kind == Kind::Ended && entry.call_id.as_ref() == Some(&call);
        sim.await_event(over).await.unwrap();
    }
    // Both calls are over, and of each exactly the first callback is out.
    receiver.await_count(2).await;
    assert_eq!(receiver.events(), ["incoming_call_start"; 2]);
    gate.add_permits(100);
    receiver.await_count(6).await;
    assert_eq!(receiver.most_at_once(), 2);
    let of_call = |id: &str| -> Vec<String> {
        let queries = receiver.queries();
        let own = queries
            .iter()
            .filter(|query| value(query, "call_id").as_deref() == Some(id));
        own.filter_map(|query| value(query, "event")).collect()
    };
    let first = value(&receiver.queries()[0], "call_id").unwrap();
    assert_eq!(
        of_call(&first),
        ["incoming_call_start", "call_connected", "call_end"]
    );
}

#[tokio::test]
async fn faults_that_make_no_sense_change_nothing() {
    let (sim, _receiver) = start(config()).await;
    let good = faults(r#"{"callbacks":{"drop":0.5}}"#);
    sim.set_faults(good.clone()).await.unwrap();
    for (json, names) in [
        (r#"{"callbacks":{"drop":1.5}}"#, "callbacks.drop"),
        (r#"{"callbacks":{"reorder":-0.1}}"#, "callbacks.reorder"),
        (r#"{"callbacks":{"delay_s":[5,1]}}"#, "callbacks.delay_s"),
        (
            r#"{"callbacks":{"retry_after_s":1e9}}"#,
            "callbacks.retry_after_s",
        ),
        (r#"{"next":[{"do":{"delay":-1}}]}"#, "next.do.delay"),
        (r#"{"answers":[{"do":{"status":99}}]}"#, "answers.do.status"),
        (
            r#"{"answers":[{"do":{"redirect":"a b"}}]}"#,
            "answers.do.redirect",
        ),
        (
            r#"{"rate_limit":{"requests":1,"per_s":-1,"retry_after_s":1}}"#,
            "rate_limit.per_s",
        ),
    ] {
        let error = sim.set_faults(faults(json)).await.unwrap_err();
        assert!(
            matches!(error, SimError::Faults(_)) && error.to_string().contains(names),
            "{error}"
        );
        assert_eq!(sim.faults().await.unwrap(), good);
    }
    for json in [
        r#"{"drop":1}"#,
        r#"{"callbacks":{"dorp":1}}"#,
        r#"{"next":[{"do":"dorp"}]}"#,
    ] {
        assert!(
            serde_json::from_str::<centrex_sim::Faults>(json).is_err(),
            "{json}"
        );
    }
}
