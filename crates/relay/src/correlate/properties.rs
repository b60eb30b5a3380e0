//! Invariants 2, 3 and 4 under any order, duplication, delay and loss of the callbacks of up to four calls.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

const ACCOUNTS: [&str; 3] = ["1001", "1002", "1003"];

/// One call as the platform knows it.
#[derive(Clone, Debug)]
struct Plan {
    accounts: Vec<usize>,
    connects: bool,
    ends: bool,
}

/// A callback on its way: which call, what it says, and when it arrives.
type Sent = (usize, Signal);

fn plan() -> impl Strategy<Value = Plan> {
    (
        proptest::sample::subsequence(vec![0, 1, 2], 1..=3),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|(accounts, connects, ends)| Plan {
            accounts,
            connects,
            ends,
        })
}

fn callbacks(plans: &[Plan]) -> Vec<Sent> {
    let mut sent = Vec::new();
    for (call, plan) in plans.iter().enumerate() {
        for account in &plan.accounts {
            sent.push((
                call,
                Signal::Start {
                    direction: Direction::Incoming,
                    account_id: AccountId(ACCOUNTS[*account].to_owned()),
                    calling_number: None,
                    called_number: None,
                },
            ));
        }
        if plan.connects {
            sent.push((call, Signal::Connected));
        }
        if plan.ends {
            sent.push((
                call,
                Signal::End {
                    status: None,
                    billable_duration: None,
                },
            ));
        }
    }
    sent
}

/// What happens to the callbacks on the way: each is lost (0), or comes once, twice or three times; then all are shuffled.
fn arrivals() -> impl Strategy<Value = (Vec<Plan>, Vec<Sent>)> {
    proptest::collection::vec(plan(), 1..=4).prop_flat_map(|plans| {
        let sent = callbacks(&plans);
        let times = proptest::collection::vec(0usize..=3, sent.len());
        (
            Just(plans),
            times.prop_flat_map(move |times| {
                let all: Vec<Sent> = sent
                    .iter()
                    .zip(times)
                    .flat_map(|(one, times)| std::iter::repeat_n(one.clone(), times))
                    .collect();
                Just(all).prop_shuffle()
            }),
        )
    })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_happens_on_the_way((_, arrived) in arrivals(), gap in 0i64..400) {
        let limits = Limits::default();
        let mut records: HashMap<usize, Record> = HashMap::new();
        let mut events: Vec<(usize, Call)> = Vec::new();
        let mut now = 0;
        for (call, signal) in &arrived {
            now += gap;
            for (call, record) in &mut records {
                events.extend(record.expire(at(now), &limits).into_iter().map(|leg| (*call, leg)));
            }
            let report = Report { call_id: CallId(call.to_string()), signal: signal.clone(), extra: BTreeMap::new() };
            let record = records.entry(*call).or_default();
            let before = record.clone();
            let (verdict, changed) = record.on(&report, at(now));
            prop_assert_eq!(verdict == Verdict::Changed, !changed.is_empty());
            if verdict == Verdict::Repeat {
                prop_assert_eq!(&before, &*record);
            }
            events.extend(changed.into_iter().map(|leg| (*call, leg)));
        }

        // Each event is true to itself; an account hears only of calls whose start named it (invariant 2).
        for (call, leg) in &events {
            prop_assert_eq!(&leg.call_id.0, &call.to_string());
            let named = arrived.iter().any(|(of, signal)| of == call
                && matches!(signal, Signal::Start { account_id, .. } if *account_id == leg.account_id));
            prop_assert!(named);
            let times = [Some(leg.started_at), leg.connected_at, leg.ended_at];
            prop_assert!(times.into_iter().flatten().is_sorted());
        }
        // For each account and call: only forward, at most one ringing, none after an end (invariants 3 and 4).
        let mut last: HashMap<(usize, AccountId), Call> = HashMap::new();
        for (call, leg) in &events {
            if let Some(before) = last.insert((*call, leg.account_id.clone()), leg.clone()) {
                prop_assert!(before.state <= leg.state);
                prop_assert!(leg.state != CallState::Ringing);
                prop_assert!(before != *leg, "an event says something new");
            }
        }
        // The last state is right, and is what the records hold.
        for (call, record) in &records {
            let said = |wanted: fn(&Signal) -> bool| arrived.iter().any(|(of, signal)| of == call && wanted(signal));
            let connected = said(|signal| matches!(signal, Signal::Connected));
            let ended = said(|signal| matches!(signal, Signal::End { .. }));
            for leg in record.legs.values() {
                prop_assert_eq!(Some(leg), last.get(&(*call, leg.account_id.clone())));
                prop_assert_eq!(leg.connected_at.is_some(), connected);
                if ended {
                    prop_assert_eq!(leg.state, CallState::Ended);
                    prop_assert!(!leg.end_unknown);
                }
            }
            let started = said(|signal| matches!(signal, Signal::Start { .. }));
            prop_assert_eq!(started, !record.legs.is_empty());
            prop_assert_eq!(!started && (connected || ended), record.early.is_some());
        }
        // No call rings for ever (invariant 4): without any further news all are over after the limits.
        for record in records.values_mut() {
            record.expire(at(now).saturating_add(limits.ringing.max(limits.talking)).unwrap(), &limits);
            prop_assert!(record.legs.values().all(|leg| leg.state == CallState::Ended));
        }
    }

    /// Nothing lost and nothing delayed beyond the limits: the last state is the platform's.
    #[test]
    fn when_all_arrive_the_last_state_is_the_platforms(
        (plans, arrived) in proptest::collection::vec(plan(), 1..=4).prop_flat_map(|plans| {
            let sent = callbacks(&plans);
            (Just(plans), Just(sent).prop_shuffle())
        })
    ) {
        let mut records: HashMap<usize, Record> = HashMap::new();
        for (second, (call, signal)) in (0..).zip(&arrived) {
            let report = Report { call_id: CallId(call.to_string()), signal: signal.clone(), extra: BTreeMap::new() };
            records.entry(*call).or_default().on(&report, at(second));
        }
        for (call, plan) in plans.iter().enumerate() {
            let wanted = match (plan.ends, plan.connects) {
                (true, _) => CallState::Ended,
                (false, true) => CallState::Connected,
                (false, false) => CallState::Ringing,
            };
            let record = &records[&call];
            prop_assert_eq!(record.legs.len(), plan.accounts.len());
            for leg in record.legs.values() {
                prop_assert_eq!(leg.state, wanted);
                prop_assert_eq!(leg.is_missed(), plan.ends && !plan.connects);
            }
        }
    }
}
