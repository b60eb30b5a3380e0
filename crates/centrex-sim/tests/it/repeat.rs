//! A seed repeats a run.

use std::collections::BTreeMap;

use centrex_sim::{Config, Dial, Entry, Kind, Ring, Time};

use crate::support::{KEY, click, config, entries, faults, seconds, start};

/// Everything at once.
const NASTY: &str = r#"{
    "callbacks": {
        "drop": 0.1, "duplicate": 0.3, "duplicate_after_s": 3, "reorder": 0.3, "delay": 0.3, "delay_s": [0.5, 30],
        "extra_parameters": 0.5, "repeated_parameters": 0.3, "shuffled_parameters": 0.5, "broken_encoding": 0.3,
        "missing_call_id": 0.1, "unknown_event": 0.2, "slash_before_query": 0.5,
        "numbers": "any", "withheld": "any", "status": "any", "billable_duration": "any"
    }
}"#;

/// Ten calls under every fault; the record, and what arrived.
async fn run(seed: u64) -> (Vec<Entry>, Vec<String>) {
    let mut config = config();
    config.seed = Some(seed);
    let (sim, receiver) = start(config).await;
    sim.set_faults(faults(NASTY)).await.unwrap();
    for i in 0..5 {
        let from = (i % 2 == 0).then(|| format!("3363998000{i}"));
        let ring = Ring {
            to: "1002".into(),
            from,
            answer_after_s: Some(1.5),
            ..Ring::default()
        };
        sim.ring(ring).await.unwrap();
        click(&sim, "33199000002").await;
        sim.advance(seconds(1.7)).await.unwrap();
    }
    sim.advance(seconds(300.0)).await.unwrap();
    let mut record = entries(&sim);
    // The receiver's port differs from run to run, and is no matter of the seed.
    record.retain(|entry| entry.kind != Kind::CallbackUrlSet);
    (record, receiver.queries())
}

#[tokio::test]
async fn the_same_seed_gives_the_same_record() {
    let (first, second, other) = (run(42).await, run(42).await, run(43).await);
    assert!(first.1.len() > 20, "{}", first.1.len());
    assert_eq!(first, second);
    assert_ne!(first.1, other.1);
}

/// In real time each call meets the same faults, however the calls' callbacks interleave.
#[tokio::test]
async fn in_real_time_each_call_is_repeated() {
    let run = async || -> BTreeMap<String, Vec<String>> {
        let mut config = Config::new(KEY).account("1001", "p", "33199000001").unwrap();
        config.seed = Some(5);
        config.time = Time::Real;
        let (sim, receiver) = start(config).await;
        let fault = r#"{"callbacks":{"drop":0.3,"duplicate":0.3,"extra_parameters":0.5,"numbers":"any","status":"any"}}"#;
        sim.set_faults(faults(fault)).await.unwrap();
        let dial = Dial {
            from: "1001".into(),
            to: "33199000099".into(),
            answer_after_s: Some(0.01),
            talk_s: Some(0.01),
        };
        let mut decided = 0;
        for _ in 0..8 {
            let call = sim.dial(dial.clone()).await.unwrap();
            sim.await_event(|e| e.kind == Kind::Ended && e.call_id.as_ref() == Some(&call))
                .await
                .unwrap();
        }
        for entry in entries(&sim) {
            decided += usize::from(entry.kind == Kind::CallbackDropped);
        }
        assert!(decided > 0);
        // A call is over for the platform once none of its callbacks is left.
        let due = 24 - decided + copies(&sim).await;
        receiver.await_count(due).await;
        let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for query in receiver.queries() {
            calls
                .entry(crate::support::value(&query, "call_id").unwrap())
                .or_default()
                .push(query);
        }
        calls
    };
    assert_eq!(run().await, run().await);
}

/// How many duplicates the faults of this seed make of 8 calls: they are recorded when they go out, so wait for the
/// last callback of the last call.
async fn copies(sim: &centrex_sim::Sim) -> usize {
    sim.settled().await.unwrap();
    entries(sim)
        .iter()
        .filter(|entry| entry.detail.contains_key("copy"))
        .count()
}
