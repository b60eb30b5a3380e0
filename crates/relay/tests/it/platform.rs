//! The relay and the simulated platform: what one says, the other must understand.

use std::path::Path;

use centrex_sim::{Config, HangUp, Kind, Sim, Timing};
use relay_api::Subscription;
use relay_api::wire::{EventBody, PlaceCall};
use telephony::{AccountId, Call, CallState, Direction};

use crate::support::{SECRET, client, code, next_event, subscribe};
use crate::support_process::{Process, command};

const KEY: &str = "a-platform-key";

/// A platform on whose phones nothing happens by itself.
async fn platform() -> Sim {
    let mut config = Config::new(KEY)
        .account("1001", "a-password", "+33199000001")
        .unwrap();
    config.timing = Timing {
        pickup_after: None,
        answer_after: None,
        talk: None,
        ring_for: None,
    };
    Sim::start(config).await.unwrap()
}

/// Runs `centrex-relay callback …` with the key, off the runtime that the platform needs.
async fn callback(data: &Path, sim: &Sim, relay: &Process, word: &str) {
    let mut command = command(data);
    command
        .args(["callback", word, "--yes", "--public-url", &relay.base])
        .env("CENTREX_RELAY_PLATFORM_URL", sim.api_base())
        .env("CENTREX_RELAY_PLATFORM_API_KEY", KEY);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

async fn next_call(events: &mut Subscription) -> Call {
    match next_event(events).await.body {
        EventBody::Call { call } => call,
        other => panic!("not a call: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_through_the_relay_is_told_from_ringing_to_ended() {
    let (folder, sim) = (tempfile::tempdir().unwrap(), platform().await);
    let data = folder.path();
    let api = sim.api_base();
    let environment = [
        ("CENTREX_RELAY_PLATFORM_URL", api.as_str()),
        ("CENTREX_RELAY_PLATFORM_API_KEY", KEY),
    ];
    let relay = Process::serve(data, &[], &environment);
    let code = code(data, &["1001"]);
    let token = client(&relay.base, "none").enrol(&code).await.unwrap().token;
    let desktop = client(&relay.base, &token);
    let order = PlaceCall {
        number: "01 99 00 00 12".to_owned(),
        account_id: AccountId("1001".to_owned()),
        confirmed: false,
    };
    // As long as the operator knows no address for callbacks, it refuses.
    let refused = desktop.place_call(&order, "press-1").await.unwrap_err();
    assert_eq!(refused.problem_name(), Some("platform-no-callback"));
    callback(data, &sim, &relay, "set").await;
    let set = sim
        .await_event(|entry| entry.kind == Kind::CallbackUrlSet)
        .await
        .unwrap();
    assert_eq!(set.text("origin"), Some(relay.base.as_str()));

    let mut events = subscribe(desktop.clone(), None);
    next_event(&mut events).await;
    let placed = desktop.place_call(&order, "press-2").await.unwrap();
    assert_eq!(placed.number.as_str(), "+33199000012");
    sim.await_event(|entry| entry.kind == Kind::OwnPhoneRings)
        .await
        .unwrap();
    sim.pick_up("1001").await.unwrap();
    let ringing = next_call(&mut events).await;
    assert_eq!(
        (ringing.state, ringing.direction),
        (CallState::Ringing, Direction::Outgoing)
    );
    sim.answer("1001").await.unwrap();
    let connected = next_call(&mut events).await;
    sim.hang_up("1001", HangUp::default()).await.unwrap();
    let ended = next_call(&mut events).await;
    assert_eq!(
        (connected.state, ended.state),
        (CallState::Connected, CallState::Ended)
    );
    let ids = [&ringing, &connected, &ended].map(|call| call.call_id.clone());
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert!(ended.connected_at.is_some() && !ended.end_unknown && ended.billable_duration.is_some());

    // An incoming call that nobody answers.
    let ring = centrex_sim::Ring {
        to: "1001".to_owned(),
        from: Some("+33639980001".to_owned()),
        ..centrex_sim::Ring::default()
    };
    let incoming = sim.ring(ring).await.unwrap();
    let call = next_call(&mut events).await;
    assert_eq!(
        (call.call_id.0.as_str(), call.state, call.direction),
        (incoming.as_str(), CallState::Ringing, Direction::Incoming)
    );
    sim.hang_up("1001", HangUp::default()).await.unwrap();
    assert!(next_call(&mut events).await.is_missed());

    callback(data, &sim, &relay, "clear").await;
    sim.await_event(|entry| entry.kind == Kind::CallbackUrlCleared)
        .await
        .unwrap();
    let refused = desktop.place_call(&order, "press-3").await.unwrap_err();
    assert_eq!(refused.problem_name(), Some("platform-no-callback"));
    assert!(
        !format!("{:?}", sim.record(&centrex_sim::Filter::default())).contains(SECRET),
        "the record hides the secret part of the address"
    );
}
