//! How far a call is, by what is told of it.

use super::*;

#[test]
fn the_stages_follow_what_the_platform_says() {
    let mut companion = picking_up();
    assert_eq!(stage(&companion), (DialStage::PickUp, "dial-pick-up".into()));
    let call = outgoing("a", TARGET, 8);
    assert!(notifications(&tell(&mut companion, call.clone(), 8)).is_empty());
    assert_eq!(stage(&companion), (DialStage::Calling, "dial-calling".into()));
    tell(&mut companion, connected(call.clone(), 12), 12);
    assert_eq!(stage(&companion), (DialStage::Talking, "dial-talking".into()));
    assert_eq!(card(&companion).connected_at, Some(at(12)));
    tell(&mut companion, ended(connected(call, 12), 60), 60);
    assert_eq!(stage(&companion), (DialStage::Ended, "dial-ended".into()));
    assert_eq!(card(&companion).ended_at, Some(at(60)));
    assert_eq!(companion.next_deadline(), None);
    companion.on(Event::DialDismissed, at(61));
    assert_eq!(companion.dial(), None);
}

#[test]
fn a_start_that_comes_before_the_answer_counts() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    tell(&mut companion, outgoing("a", TARGET, 0), 0);
    assert_eq!(stage(&companion).0, DialStage::Calling);
    // The answer, good or bad, takes nothing back.
    fails(&mut companion, 1, DialReason::Timeout, true, 5);
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn a_call_announced_without_its_number_is_known_by_the_answers_id() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    tell(
        &mut companion,
        Call {
            called_number: None,
            ..outgoing("a", TARGET, 0)
        },
        0,
    );
    assert_eq!(stage(&companion).0, DialStage::Asking);
    companion.on(Event::DialOutcome(press(1), Ok(Some(CallId("a".into())))), at(1));
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn calls_to_others_or_from_other_lines_or_times_are_not_the_dialled_one() {
    let others = [
        outgoing("a", "+33199000003", 5),
        Call {
            account_id: AccountId("1002".into()),
            ..outgoing("a", TARGET, 5)
        },
        incoming("a"),
    ];
    for call in others {
        let mut companion = picking_up();
        tell(&mut companion, call, 5);
        assert_eq!(stage(&companion).0, DialStage::PickUp);
    }
    for (started, now, age_s) in [(-60, 5, 65), (121, 121, 0)] {
        let mut companion = picking_up();
        let call = Box::new(outgoing("a", TARGET, started));
        companion.on(
            Event::Call {
                call,
                origin: Origin::Relay,
                age_s,
            },
            at(now),
        );
        assert_eq!(stage(&companion).0, DialStage::PickUp, "{started}");
    }
}

#[test]
fn silence_of_a_listening_relay_is_a_failure_that_a_late_start_corrects() {
    let mut companion = picking_up();
    assert_eq!(companion.next_deadline(), Some(at(61)));
    companion.on(Event::Tick, at(60));
    assert_eq!(stage(&companion).0, DialStage::PickUp);
    companion.on(Event::Tick, at(61));
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-nothing-rang".into())
    );
    tell(&mut companion, outgoing("a", TARGET, 90), 90);
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn silence_of_a_lost_relay_claims_nothing() {
    let mut companion = picking_up();
    companion.on(Event::Link(Link::Down(LinkProblem::Lost)), at(10));
    assert_eq!(
        stage(&companion),
        (DialStage::PickUp, "dial-pick-up-unheard".into())
    );
    companion.on(Event::Tick, at(61));
    assert_eq!(stage(&companion), (DialStage::Ended, "dial-ended-unseen".into()));
    // Back again, the relay tells.
    companion.on(live(), at(80));
    let call = Box::new(connected(outgoing("a", TARGET, 9), 20));
    companion.on(
        Event::Call {
            call,
            origin: Origin::Relay,
            age_s: 60,
        },
        at(80),
    );
    assert_eq!(stage(&companion).0, DialStage::Talking);
}

#[test]
fn direct_mode_says_that_it_hears_nothing() {
    let mut companion = direct();
    let effects = on(&mut companion, dial(1, TARGET, false), 0);
    assert!(matches!(
        &effects[..],
        [Effect::PlaceCall {
            route: Route::Direct,
            ..
        }]
    ));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    assert_eq!(
        stage(&companion),
        (DialStage::PickUp, "dial-pick-up-unheard".into())
    );
    let due = companion.next_deadline().unwrap();
    companion.on(Event::Tick, due);
    assert_eq!(stage(&companion), (DialStage::Ended, "dial-ended-unseen".into()));
    assert_eq!(companion.next_deadline(), None);
}

#[test]
fn a_timeout_is_settled_by_the_start() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    fails(&mut companion, 1, DialReason::Timeout, true, 10);
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-timeout-by-relay".into())
    );
    assert!(say(Language::Fr, &card(&companion).message).contains("peut-être"));
    tell(&mut companion, outgoing("a", TARGET, 12), 12);
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn an_agent_that_never_reports_does_not_leave_the_card_waiting() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    let due = companion.next_deadline().unwrap();
    companion.on(Event::Tick, due);
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-timeout-by-relay".into())
    );
}

#[test]
fn closing_the_card_does_not_stop_the_call_and_a_failure_shows_again() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    companion.on(Event::DialDismissed, at(1));
    assert_eq!(companion.dial(), None);
    companion.on(Event::Tick, at(61));
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-nothing-rang".into())
    );
}

#[test]
fn the_card_of_a_request_under_way_can_not_be_closed() {
    let mut companion = companion();
    on(&mut companion, dial(1, TARGET, false), 0);
    companion.on(Event::DialDismissed, at(1));
    assert_eq!(stage(&companion).0, DialStage::Asking);
    // Another press now dials nothing, and the card says why.
    assert_eq!(places(&on(&mut companion, dial(2, CALLER, false), 2)), 0);
    assert_eq!((card(&companion).id, companion.is_asking()), (press(1), true));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(4));
    assert!(!companion.is_asking());
    companion.on(Event::DialDismissed, at(5));
    assert!(companion.dial().is_none());
}
