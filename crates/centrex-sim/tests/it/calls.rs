//! Phones and the people at them, in manual time.

use centrex_sim::{Dial, HangUp, HangUpBy, InternalCalls, Kind, PhoneState, Ring, SimError, StartCallback};

use crate::support::{click, config, entries, faults, only, phone_kinds, seconds, start, value};

fn incoming(from: Option<&str>, answer_after_s: Option<f64>) -> Ring {
    Ring {
        to: "1001".into(),
        from: from.map(str::to_owned),
        answer_after_s,
        talk_s: Some(5.0),
        ..Ring::default()
    }
}

#[tokio::test]
async fn a_click_to_call_rings_own_phone_first() {
    let (sim, receiver) = start(config()).await;
    click(&sim, "33199000099").await;
    sim.advance(seconds(60.0)).await.unwrap();
    let story: Vec<(u64, Kind)> = entries(&sim)
        .into_iter()
        .filter(|entry| entry.call_id.is_some() && entry.kind != Kind::CallbackAnswered)
        .map(|entry| (entry.at_ms, entry.kind))
        .collect();
    let expect = [
        (0, Kind::OwnPhoneRings),
        (2_000, Kind::OwnPhonePickedUp),
        (2_000, Kind::OtherPartyRings),
        (2_000, Kind::CallbackSent),
        (5_000, Kind::Connected),
        (5_000, Kind::CallbackSent),
        (15_000, Kind::Ended),
        (15_000, Kind::CallbackSent),
    ];
    assert_eq!(story, expect);
    let id = only(&sim, Kind::Ended).call_id.unwrap();
    let expect = [
        format!(
            "call_id={id}&event=outgoing_call_start&calling_number=33199000001&called_number=33199000099&account_id=1001"
        ),
        format!("call_id={id}&event=call_connected"),
        format!("call_id={id}&event=call_end&status=ANSWERED&billable_duration=10"),
    ];
    assert_eq!(receiver.queries(), expect);
}

#[tokio::test]
async fn the_start_may_be_told_at_the_request() {
    let mut config = config();
    config.start_callback = StartCallback::AtRequest;
    let (sim, receiver) = start(config).await;
    click(&sim, "33199000099").await;
    sim.advance(seconds(0.0)).await.unwrap();
    assert_eq!(receiver.events(), ["outgoing_call_start"]);
    sim.advance(seconds(60.0)).await.unwrap();
    assert_eq!(
        receiver.events(),
        ["outgoing_call_start", "call_connected", "call_end"]
    );
}

#[tokio::test]
async fn a_phone_never_picked_up_rings_out() {
    for (start_callback, late, expect) in [
        (StartCallback::AtPickup, false, vec![]),
        (StartCallback::AtPickup, true, vec!["call_end"]),
        (
            StartCallback::AtRequest,
            false,
            vec!["outgoing_call_start", "call_end"],
        ),
    ] {
        let mut config = config();
        config.timing.pickup_after = None;
        config.start_callback = start_callback;
        config.faults.callbacks.end_without_start = late;
        let (sim, receiver) = start(config).await;
        click(&sim, "33199000099").await;
        sim.advance(seconds(60.0)).await.unwrap();
        assert_eq!(phone_kinds(&sim), [Kind::OwnPhoneRings, Kind::Ended]);
        let ended = only(&sim, Kind::Ended);
        assert_eq!((ended.at_ms, ended.text("reason")), (30_000, Some("no_answer")));
        assert_eq!(receiver.events(), expect);
    }
}

#[tokio::test]
async fn people_outside_do_as_they_like() {
    for (callee, reason, status, at_ms) in [
        ("busy", "busy", "BUSY", 2_000),
        ("unreachable", "unreachable", "UNREACHABLE", 2_000),
        ("rejects", "rejected", "REJECTED", 5_000),
        ("no_answer", "no_answer", "NO_ANSWER", 32_000),
    ] {
        let (sim, receiver) = start(config()).await;
        sim.set_faults(faults(&format!(r#"{{"callee":"{callee}"}}"#)))
            .await
            .unwrap();
        click(&sim, "33199000099").await;
        sim.advance(seconds(60.0)).await.unwrap();
        let ended = only(&sim, Kind::Ended);
        assert_eq!((ended.text("reason"), ended.at_ms), (Some(reason), at_ms));
        let queries = receiver.queries();
        assert_eq!(receiver.events(), ["outgoing_call_start", "call_end"]);
        assert_eq!(value(&queries[1], "status").as_deref(), Some(status));
        assert_eq!(value(&queries[1], "billable_duration").as_deref(), Some("0"));
    }
}

#[tokio::test]
async fn an_incoming_call_is_answered_or_missed() {
    let (sim, receiver) = start(config()).await;
    let answered = sim.ring(incoming(Some("+33639980001"), Some(3.0))).await.unwrap();
    sim.advance(seconds(60.0)).await.unwrap();
    let missed = sim.ring(incoming(Some("33639980002"), None)).await.unwrap();
    sim.advance(seconds(60.0)).await.unwrap();
    let expect = [
        format!(
            "call_id={answered}&event=incoming_call_start&calling_number=33639980001&called_number=33199000001&account_id=1001"
        ),
        format!("call_id={answered}&event=call_connected"),
        format!("call_id={answered}&event=call_end&status=ANSWERED&billable_duration=5"),
        format!(
            "call_id={missed}&event=incoming_call_start&calling_number=33639980002&called_number=33199000001&account_id=1001"
        ),
        format!("call_id={missed}&event=call_end&status=NO_ANSWER&billable_duration=0"),
    ];
    assert_eq!(receiver.queries(), expect);
}

#[tokio::test]
async fn a_call_between_two_accounts_rings_there() {
    for internal_calls in [InternalCalls::OneId, InternalCalls::TwoIds] {
        let mut config = config();
        config.internal_calls = internal_calls;
        let (sim, receiver) = start(config).await;
        click(&sim, "33199000002").await;
        sim.advance(seconds(2.0)).await.unwrap();
        let phones = sim.phones().await.unwrap();
        assert_eq!(
            (phones[0].state, phones[1].state),
            (PhoneState::Calling, PhoneState::Ringing)
        );
        assert_eq!(phones[1].calls[0].number.as_deref(), Some("+33199000001"));
        sim.pick_up("1002").await.unwrap();
        sim.advance(seconds(60.0)).await.unwrap();
        let queries = receiver.queries();
        assert_eq!(value(&queries[0], "account_id").as_deref(), Some("1001"));
        assert_eq!(value(&queries[1], "account_id").as_deref(), Some("1002"));
        let ids: std::collections::BTreeSet<String> =
            queries.iter().filter_map(|q| value(q, "call_id")).collect();
        let events = receiver.events();
        if internal_calls == InternalCalls::OneId {
            assert_eq!(ids.len(), 1);
            assert_eq!(
                events,
                [
                    "outgoing_call_start",
                    "incoming_call_start",
                    "call_connected",
                    "call_end"
                ]
            );
            let ended = only(&sim, Kind::Ended);
            assert_eq!(ended.detail["accounts"], serde_json::json!(["1001", "1002"]));
        } else {
            assert_eq!(ids.len(), 2);
            let starts = ["outgoing_call_start", "incoming_call_start"];
            assert_eq!(events[..2], starts);
            assert_eq!(
                events[2..],
                ["call_connected", "call_connected", "call_end", "call_end"]
            );
        }
    }
}

#[tokio::test]
async fn a_phone_without_a_free_line_is_busy() {
    let mut config = config();
    config.lines = Some(1);
    let (sim, receiver) = start(config).await;
    sim.ring(incoming(Some("33639980001"), None)).await.unwrap();
    let second = sim.ring(incoming(Some("33639980002"), None)).await.unwrap();
    assert_eq!(only(&sim, Kind::Ended).call_id, Some(second));
    assert_eq!(only(&sim, Kind::Ended).text("reason"), Some("busy"));
    assert_eq!(sim.phones().await.unwrap()[0].calls.len(), 1);
    sim.advance(seconds(0.0)).await.unwrap();
    assert_eq!(
        receiver.events(),
        ["incoming_call_start", "incoming_call_start", "call_end"]
    );
}

#[tokio::test]
async fn calling_ones_own_number_is_busy() {
    let (sim, receiver) = start(config()).await;
    click(&sim, "33199000001").await;
    sim.advance(seconds(60.0)).await.unwrap();
    assert_eq!(only(&sim, Kind::Ended).text("reason"), Some("busy"));
    assert_eq!(receiver.events(), ["outgoing_call_start", "call_end"]);
}

#[tokio::test]
async fn hands_do_what_nothing_does_by_itself() {
    let mut config = config();
    config.timing = centrex_sim::Timing {
        pickup_after: None,
        answer_after: None,
        talk: None,
        ring_for: None,
    };
    let (sim, receiver) = start(config).await;
    click(&sim, "33199000099").await;
    let state = async || sim.phones().await.unwrap()[0].state;
    assert_eq!(state().await, PhoneState::Ringing);
    sim.pick_up("1001").await.unwrap();
    assert_eq!(state().await, PhoneState::Calling);
    // Picked up already; the other party's phone is not this account's.
    assert!(matches!(sim.pick_up("1001").await, Err(SimError::NotNow(_))));
    sim.answer("1001").await.unwrap();
    assert_eq!(state().await, PhoneState::Talking);
    sim.advance(seconds(42.0)).await.unwrap();
    sim.hang_up("1001", HangUp::default()).await.unwrap();
    assert_eq!(state().await, PhoneState::Idle);
    assert!(matches!(
        sim.hang_up("1001", HangUp::default()).await,
        Err(SimError::NotNow(_))
    ));
    assert!(matches!(
        sim.hang_up("9", HangUp::default()).await,
        Err(SimError::NoSuchAccount(_))
    ));
    sim.advance(seconds(0.0)).await.unwrap();
    assert_eq!(
        value(&receiver.queries()[2], "billable_duration").as_deref(),
        Some("42")
    );
}

#[tokio::test]
async fn who_hangs_up_before_an_answer_decides_the_reason() {
    for (by, reason) in [
        (HangUpBy::Account, "rejected"),
        (HangUpBy::OtherParty, "cancelled"),
    ] {
        let (sim, _receiver) = start(config()).await;
        let call = sim.ring(incoming(None, None)).await.unwrap();
        sim.hang_up(
            "1001",
            HangUp {
                call_id: Some(call),
                by,
            },
        )
        .await
        .unwrap();
        assert_eq!(only(&sim, Kind::Ended).text("reason"), Some(reason));
    }
    for (by, reason) in [
        (HangUpBy::Account, "cancelled"),
        (HangUpBy::OtherParty, "rejected"),
    ] {
        let (sim, _receiver) = start(config()).await;
        sim.dial(Dial {
            from: "1001".into(),
            to: "33199000099".into(),
            ..Dial::default()
        })
        .await
        .unwrap();
        sim.hang_up("1001", HangUp { call_id: None, by }).await.unwrap();
        assert_eq!(only(&sim, Kind::Ended).text("reason"), Some(reason));
    }
}

#[tokio::test]
async fn dialling_by_hand_rings_no_own_phone() {
    let (sim, receiver) = start(config()).await;
    sim.dial(Dial {
        from: "1001".into(),
        to: "+33199000099".into(),
        ..Dial::default()
    })
    .await
    .unwrap();
    sim.advance(seconds(60.0)).await.unwrap();
    assert_eq!(
        phone_kinds(&sim),
        [Kind::OtherPartyRings, Kind::Connected, Kind::Ended]
    );
    assert_eq!(
        receiver.events(),
        ["outgoing_call_start", "call_connected", "call_end"]
    );
}

#[tokio::test]
async fn without_a_callback_url_calls_go_on_in_silence() {
    let (sim, receiver) = start(config()).await;
    sim.set_callback_url(None).await.unwrap();
    sim.ring(incoming(None, Some(1.0))).await.unwrap();
    sim.advance(seconds(60.0)).await.unwrap();
    assert_eq!(receiver.queries(), Vec::<String>::new());
    assert_eq!(
        entries(&sim)
            .iter()
            .filter(|entry| entry.kind == Kind::CallbackSkipped)
            .count(),
        3
    );
}
