//! A call that rings on several phones at once, in manual time.

use centrex_sim::{Entry, HangUp, InternalCalls, Kind, PhoneState, Ring, SimError};

use crate::support::{config, entries, kinds, only, phone_kinds, seconds, start, value};

const GROUP: &str = "+33199000090";

fn to_both() -> Ring {
    Ring {
        to: "1001".into(),
        also: vec!["1002".into()],
        called: Some(GROUP.into()),
        from: Some("+33639980001".into()),
        talk_s: Some(5.0),
        ..Ring::default()
    }
}

fn of(entries: &[Entry], kind: Kind) -> Vec<(&str, Option<&str>)> {
    let of_it = entries.iter().filter(|entry| entry.kind == kind);
    of_it
        .map(|entry| (entry.account.as_deref().unwrap(), entry.text("reason")))
        .collect()
}

#[tokio::test]
async fn it_is_one_call_and_who_answers_is_told_nobody() {
    let (sim, receiver) = start(config()).await;
    let id = sim.ring(to_both()).await.unwrap();
    let states = async || {
        let phones = sim.phones().await.unwrap();
        [phones[0].state, phones[1].state]
    };
    assert_eq!(states().await, [PhoneState::Ringing; 2]);
    sim.pick_up("1002").await.unwrap();
    assert_eq!(states().await, [PhoneState::Idle, PhoneState::Talking]);
    // The phone that rang in vain has no call any more.
    assert!(matches!(sim.pick_up("1001").await, Err(SimError::NotNow(_))));
    assert!(matches!(
        sim.hang_up("1001", HangUp::default()).await,
        Err(SimError::NotNow(_))
    ));
    sim.advance(seconds(60.0)).await.unwrap();
    let start_of = |account: &str| {
        format!(
            "call_id={id}&event=incoming_call_start&calling_number=33639980001&called_number=33199000090&account_id={account}"
        )
    };
    let expect = [
        start_of("1001"),
        start_of("1002"),
        format!("call_id={id}&event=call_connected"),
        format!("call_id={id}&event=call_end&status=ANSWERED&billable_duration=5"),
    ];
    assert_eq!(receiver.queries(), expect);
    let all = entries(&sim);
    assert_eq!(of(&all, Kind::OwnPhonePickedUp), [("1002", None)]);
    assert_eq!(
        of(&all, Kind::OwnPhoneStops),
        [("1001", Some("answered_elsewhere"))]
    );
    for kind in [Kind::Connected, Kind::Ended] {
        let accounts = &only(&sim, kind).detail["accounts"];
        assert_eq!(*accounts, serde_json::json!(["1001", "1002"]));
    }
}

#[tokio::test]
async fn by_itself_the_first_phone_that_rings_answers() {
    let (sim, _receiver) = start(config()).await;
    let ring = Ring {
        answer_after_s: Some(3.0),
        ..to_both()
    };
    sim.ring(ring).await.unwrap();
    sim.advance(seconds(4.0)).await.unwrap();
    assert_eq!(of(&entries(&sim), Kind::OwnPhonePickedUp), [("1001", None)]);
    let phones = sim.phones().await.unwrap();
    assert_eq!(
        (phones[0].state, phones[1].state),
        (PhoneState::Talking, PhoneState::Idle)
    );
}

#[tokio::test]
async fn a_phone_that_refuses_leaves_it_to_the_others() {
    let (sim, receiver) = start(config()).await;
    sim.ring(to_both()).await.unwrap();
    sim.hang_up("1001", HangUp::default()).await.unwrap();
    let phones = sim.phones().await.unwrap();
    assert_eq!(
        (phones[0].state, phones[1].state),
        (PhoneState::Idle, PhoneState::Ringing)
    );
    assert_eq!(
        of(&entries(&sim), Kind::OwnPhoneStops),
        [("1001", Some("rejected"))]
    );
    assert!(!kinds(&sim).contains(&Kind::Ended));
    sim.hang_up("1002", HangUp::default()).await.unwrap();
    assert_eq!(only(&sim, Kind::Ended).text("reason"), Some("rejected"));
    sim.advance(seconds(0.0)).await.unwrap();
    assert_eq!(
        receiver.events(),
        ["incoming_call_start", "incoming_call_start", "call_end"]
    );
}

#[tokio::test]
async fn nobody_answers_and_it_ends_for_all() {
    let (sim, receiver) = start(config()).await;
    sim.ring(to_both()).await.unwrap();
    sim.advance(seconds(60.0)).await.unwrap();
    assert_eq!(
        phone_kinds(&sim),
        [Kind::OwnPhoneRings, Kind::OwnPhoneRings, Kind::Ended]
    );
    assert_eq!(
        receiver.events(),
        ["incoming_call_start", "incoming_call_start", "call_end"]
    );
}

#[tokio::test]
async fn a_phone_without_a_free_line_is_passed_over() {
    let mut config = config();
    config.lines = Some(1);
    let (sim, receiver) = start(config).await;
    let occupied = |account: &str| Ring {
        to: account.into(),
        ..Ring::default()
    };
    sim.ring(occupied("1001")).await.unwrap();
    sim.ring(to_both()).await.unwrap();
    sim.advance(seconds(0.0)).await.unwrap();
    let told: Vec<_> = receiver
        .queries()
        .iter()
        .map(|query| value(query, "account_id").unwrap())
        .collect();
    assert_eq!(told, ["1001", "1002"]);
    // Now both are taken.
    let busy = sim.ring(to_both()).await.unwrap();
    let ended = only(&sim, Kind::Ended);
    assert_eq!(
        (ended.call_id, ended.detail["reason"].as_str()),
        (Some(busy), Some("busy"))
    );
}

#[tokio::test]
async fn called_from_within_the_company_its_phones_still_share_one_id() {
    for (internal_calls, count) in [(InternalCalls::OneId, 1), (InternalCalls::TwoIds, 2)] {
        let mut config = config()
            .account("1003", "another-password", "33199000003")
            .unwrap();
        config.internal_calls = internal_calls;
        let (sim, receiver) = start(config).await;
        // Who calls is one of the group: the own phone doesn't ring.
        let ring = Ring {
            also: vec!["1002".into(), "1003".into()],
            from: Some("33199000003".into()),
            ..to_both()
        };
        sim.ring(ring).await.unwrap();
        sim.advance(seconds(0.0)).await.unwrap();
        let queries = receiver.queries();
        let told: Vec<_> = queries
            .iter()
            .map(|query| {
                (
                    value(query, "event").unwrap(),
                    value(query, "account_id").unwrap(),
                )
            })
            .collect();
        let expect = [
            ("outgoing_call_start", "1003"),
            ("incoming_call_start", "1001"),
            ("incoming_call_start", "1002"),
        ];
        assert_eq!(
            told,
            expect.map(|(event, account)| (event.into(), account.into()))
        );
        let ids: std::collections::BTreeSet<_> =
            queries.iter().map(|query| value(query, "call_id")).collect();
        assert_eq!(ids.len(), count);
        assert_eq!(value(&queries[1], "call_id"), value(&queries[2], "call_id"));
    }
}
