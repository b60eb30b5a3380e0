//! The table of the module's documentation, state by state.

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn call_id() -> CallId {
    CallId("c1".to_owned())
}

fn account(name: &str) -> AccountId {
    AccountId(name.to_owned())
}

fn report(signal: Signal) -> Report {
    Report {
        call_id: call_id(),
        signal,
        extra: BTreeMap::new(),
    }
}

fn incoming(name: &str) -> Report {
    report(Signal::Start {
        direction: Direction::Incoming,
        account_id: account(name),
        calling_number: Some(Party::from("+33199000012".to_owned())),
        called_number: Some(Party::from("+33199000034".to_owned())),
    })
}

fn connected() -> Report {
    report(Signal::Connected)
}

fn ended() -> Report {
    report(Signal::End {
        status: Some("NORMAL".to_owned()),
        billable_duration: Some(7),
    })
}

/// Applies reports one second apart.
fn record(reports: &[Report]) -> Record {
    let mut record = Record::default();
    for (second, report) in (0..).zip(reports) {
        record.on(report, at(second));
    }
    record
}

fn leg(record: &Record) -> &Call {
    &record.legs[&account("1001")]
}

#[test]
fn a_call_goes_its_way() {
    let mut record = Record::default();
    let (verdict, changed) = record.on(&incoming("1001"), at(0));
    assert_eq!(
        (verdict, changed[0].state),
        (Verdict::Changed, CallState::Ringing)
    );
    let (verdict, changed) = record.on(&connected(), at(5));
    assert_eq!(
        (verdict, changed[0].state),
        (Verdict::Changed, CallState::Connected)
    );
    assert_eq!(changed[0].connected_at, Some(at(5)));
    let (verdict, changed) = record.on(&ended(), at(9));
    assert_eq!((verdict, changed[0].state), (Verdict::Changed, CallState::Ended));
    assert_eq!(
        (changed[0].ended_at, changed[0].billable_duration),
        (Some(at(9)), Some(7))
    );
    assert!(!changed[0].is_missed());
}

#[test]
fn repeats_change_nothing() {
    let mut record = Record::default();
    for report in [incoming("1001"), connected(), ended()] {
        assert_eq!(record.on(&report, at(1)).0, Verdict::Changed);
        for earlier in [incoming("1001"), report] {
            assert_eq!(record.on(&earlier, at(2)), (Verdict::Repeat, Vec::new()));
        }
    }
}

#[test]
fn an_end_before_its_start_gives_an_ended_call_that_never_rings() {
    let mut record = Record::default();
    assert_eq!(record.on(&ended(), at(1)), (Verdict::Early, Vec::new()));
    assert_eq!(record.on(&ended(), at(2)), (Verdict::Repeat, Vec::new()));
    let (verdict, changed) = record.on(&incoming("1001"), at(3));
    assert_eq!((verdict, changed[0].state), (Verdict::Changed, CallState::Ended));
    assert!(changed[0].is_missed());
    assert!(changed[0].started_at <= changed[0].ended_at.unwrap());
    assert_eq!(record.early, None);
    assert_eq!(record.on(&incoming("1001"), at(4)), (Verdict::Repeat, Vec::new()));
}

#[test]
fn connected_before_its_start_gives_a_call_that_talks() {
    let record = record(&[connected(), incoming("1001")]);
    assert_eq!(leg(&record).state, CallState::Connected);
    assert_eq!(leg(&record).connected_at, Some(at(0)));
}

#[test]
fn every_order_of_the_three_ends_in_the_same_state() {
    let (s, c, e) = (incoming("1001"), connected(), ended());
    for order in [
        [&s, &c, &e],
        [&s, &e, &c],
        [&c, &s, &e],
        [&c, &e, &s],
        [&e, &s, &c],
        [&e, &c, &s],
    ] {
        let record = record(&order.map(Clone::clone));
        let leg = leg(&record);
        assert_eq!(leg.state, CallState::Ended, "{order:?}");
        assert!(leg.connected_at.is_some(), "{order:?}");
        assert!(!leg.is_missed(), "{order:?}");
        assert!(
            leg.started_at <= leg.connected_at.unwrap() && leg.connected_at <= leg.ended_at,
            "{order:?}"
        );
    }
}

#[test]
fn a_late_connected_tells_that_an_ended_call_was_answered() {
    let mut record = record(&[incoming("1001"), ended()]);
    assert!(leg(&record).is_missed());
    let (verdict, changed) = record.on(&connected(), at(5));
    assert_eq!((verdict, changed[0].state), (Verdict::Changed, CallState::Ended));
    assert!(!changed[0].is_missed());
}

#[test]
fn several_accounts_of_one_call_move_together() {
    let mut record = record(&[incoming("1001"), incoming("1002")]);
    assert_eq!(record.on(&connected(), at(5)).1.len(), 2);
    let (_, changed) = record.on(&incoming("1003"), at(6));
    assert_eq!(
        changed[0].state,
        CallState::Connected,
        "a further account joins where the call is"
    );
    assert_eq!(record.on(&ended(), at(7)).1.len(), 3);
    let (_, changed) = record.on(&incoming("1004"), at(8));
    assert_eq!(
        changed[0].state,
        CallState::Ended,
        "a start never resurrects a call"
    );
    assert!(changed[0].started_at <= changed[0].connected_at.unwrap());
}

#[test]
fn the_same_account_the_other_way_round_is_a_conflict() {
    let mut record = record(&[incoming("1001")]);
    let mut other = incoming("1001");
    if let Signal::Start { direction, .. } = &mut other.signal {
        *direction = Direction::Outgoing;
    }
    assert_eq!(record.on(&other, at(1)), (Verdict::Conflict, Vec::new()));
}

#[test]
fn a_start_with_other_numbers_or_long_after_the_end_is_no_repeat() {
    let begun = record(&[incoming("1001")]);
    let from = |number: Option<&str>| {
        let mut start = incoming("1001");
        if let Signal::Start { calling_number, .. } = &mut start.signal {
            *calling_number = number.map(|number| Party::from(number.to_owned()));
        }
        start
    };
    for (number, verdict) in [
        (Some("+33199000013"), Verdict::Reused),
        (Some("+33199000012"), Verdict::Repeat),
        // Told with less, it is the same all the same.
        (None, Verdict::Repeat),
    ] {
        let mut told = begun.clone();
        assert_eq!(told.on(&from(number), at(1)), (verdict, Vec::new()));
        assert_eq!(told, begun);
    }
    let late = LATE_REPEAT.as_secs() + 1;
    let mut over = record(&[incoming("1001"), ended()]);
    assert_eq!(over.on(&incoming("1001"), at(late)).0, Verdict::Repeat);
    assert_eq!(over.on(&incoming("1001"), at(late + 1)).0, Verdict::Reused);
}

#[test]
fn a_call_is_put_to_so_many_accounts_and_no_more() {
    let mut record = Record::default();
    for number in 0..MOST_LEGS {
        assert_eq!(
            record.on(&incoming(&number.to_string()), at(0)).0,
            Verdict::Changed
        );
    }
    let before = record.clone();
    assert_eq!(
        record.on(&incoming("one more"), at(1)),
        (Verdict::Crowded, Vec::new())
    );
    assert_eq!(record, before);
    // Those that it has go on.
    assert_eq!(record.on(&incoming("7"), at(1)).0, Verdict::Repeat);
    assert_eq!(record.on(&ended(), at(2)).1.len(), MOST_LEGS);
}

#[test]
fn a_call_without_news_is_closed_and_a_late_end_still_counts() {
    let limits = Limits::default();
    let mut record = record(&[incoming("1001")]);
    assert_eq!(record.expire(at(299), &limits), Vec::new());
    let changed = record.expire(at(300), &limits);
    assert_eq!(
        (changed[0].state, changed[0].end_unknown),
        (CallState::Ended, true)
    );
    assert!(!changed[0].is_missed(), "nobody knows how it ended");
    assert_eq!(record.expire(at(10_000), &limits), Vec::new());
    let (verdict, changed) = record.on(&ended(), at(400));
    assert_eq!((verdict, changed[0].end_unknown), (Verdict::Changed, false));
    assert_eq!(record.on(&ended(), at(401)).0, Verdict::Repeat);
}

#[test]
fn a_call_that_talks_has_the_longer_limit() {
    let limits = Limits::default();
    let mut record = record(&[incoming("1001"), connected()]);
    assert_eq!(record.expire(at(12 * 3600), &limits), Vec::new());
    assert_eq!(record.expire(at(12 * 3600 + 1), &limits).len(), 1);
}

#[test]
fn unnamed_parameters_travel_with_the_call() {
    let mut record = Record::default();
    for (report, name) in [(ended(), "a"), (incoming("1001"), "b")] {
        let extra = BTreeMap::from([(name.to_owned(), "1".to_owned())]);
        record.on(&Report { extra, ..report }, at(0));
    }
    assert_eq!(leg(&record).extra.keys().collect::<Vec<_>>(), ["a", "b"]);
}
