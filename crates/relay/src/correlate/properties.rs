//! Invariants 2, 3 and 4 under any order, duplication, delay and loss of the callbacks of up to four calls.

use std::collections::HashMap;

use proptest::prelude::*;

use super::*;

const ACCOUNTS: [&str; 3] = ["1001", "1002", "1003"];

/// One call as the platform knows it.
#[derive(Clone, Debug)]
struct Plan {
    /// The accounts that it concerns, and which way it runs for each: a call between two of the company goes out on one and
    /// comes in on the other.
    accounts: Vec<(usize, Direction)>,
    connects: bool,
    ends: bool,
}

impl Plan {
    fn start(&self, (account, direction): (usize, Direction)) -> Signal {
        let own = Some(Party::Other(ACCOUNTS[account].to_owned()));
        let other = |wanted| {
            let of = self.accounts.iter().find(|(_, direction)| *direction == wanted);
            of.map(|(account, _)| Party::Other(ACCOUNTS[*account].to_owned()))
        };
        let (calling_number, called_number) = match direction {
            // Nobody of the company: withheld.
            Direction::Incoming => (other(Direction::Outgoing), own),
            Direction::Outgoing => (own, other(Direction::Incoming)),
        };
        Signal::Start {
            direction,
            account_id: AccountId(ACCOUNTS[account].to_owned()),
            calling_number,
            called_number,
        }
    }

    fn direction_on(&self, account: &AccountId) -> Option<Direction> {
        let of = self.accounts.iter().find(|(of, _)| ACCOUNTS[*of] == account.0);
        of.map(|(_, direction)| *direction)
    }
}

/// A callback on its way: which call, and what it says.
type Sent = (usize, Signal);

fn plan() -> impl Strategy<Value = Plan> {
    let direction = prop_oneof![Just(Direction::Incoming), Just(Direction::Outgoing)];
    let accounts = prop_oneof![
        // One account, either way.
        (0..ACCOUNTS.len(), direction).prop_map(|one| vec![one]),
        // One that rings on several.
        proptest::sample::subsequence(vec![0, 1, 2], 2..=3)
            .prop_map(|all| all.into_iter().map(|one| (one, Direction::Incoming)).collect()),
        // Out on one, in on the others.
        Just(vec![0, 1, 2])
            .prop_shuffle()
            .prop_flat_map(|order| (2..=3usize).prop_map(move |count| {
                let mut accounts: Vec<_> = order[..count]
                    .iter()
                    .map(|one| (*one, Direction::Incoming))
                    .collect();
                accounts[0].1 = Direction::Outgoing;
                accounts
            })),
    ];
    (accounts, any::<bool>(), any::<bool>()).prop_map(|(accounts, connects, ends)| Plan {
        accounts,
        connects,
        ends,
    })
}

fn callbacks(plans: &[Plan]) -> Vec<Sent> {
    let mut sent = Vec::new();
    for (call, plan) in plans.iter().enumerate() {
        sent.extend(plan.accounts.iter().map(|account| (call, plan.start(*account))));
        if plan.connects {
            sent.push((call, Signal::Connected));
        }
        if plan.ends {
            let end = Signal::End {
                status: None,
                billable_duration: None,
            };
            sent.push((call, end));
        }
    }
    sent
}

/// The start of a call the other way round, as from a platform that contradicts itself.
fn turned(signal: &Signal) -> Option<Signal> {
    let Signal::Start {
        direction,
        account_id,
        calling_number,
        called_number,
    } = signal
    else {
        return None;
    };
    let direction = match direction {
        Direction::Incoming => Direction::Outgoing,
        Direction::Outgoing => Direction::Incoming,
    };
    Some(Signal::Start {
        direction,
        account_id: account_id.clone(),
        calling_number: called_number.clone(),
        called_number: calling_number.clone(),
    })
}

/// What happens to the callbacks on the way: each is lost (0), or comes once, twice or three times; some starts come the other
/// way round as well; then all are shuffled, and each comes so many seconds after the one before.
fn arrivals() -> impl Strategy<Value = (Vec<Plan>, Vec<(Sent, i64)>)> {
    proptest::collection::vec(plan(), 1..=4).prop_flat_map(|plans| {
        let sent = callbacks(&plans);
        let ways = proptest::collection::vec((0usize..=3, proptest::bool::weighted(0.1)), sent.len());
        let arrived = ways.prop_flat_map(move |ways| {
            let mut all: Vec<Sent> = Vec::new();
            for ((call, signal), (times, also_turned)) in sent.iter().zip(ways) {
                all.extend(std::iter::repeat_n((*call, signal.clone()), times));
                all.extend(
                    turned(signal)
                        .filter(|_| also_turned)
                        .map(|signal| (*call, signal)),
                );
            }
            Just(all).prop_shuffle()
        });
        // Mostly within a call's life, now and then beyond every limit.
        let gap = prop_oneof![8 => 0i64..60, 3 => 60i64..1000, 1 => 1000i64..50_000];
        let timed = arrived.prop_flat_map(move |arrived| {
            let gaps = proptest::collection::vec(gap.clone(), arrived.len());
            gaps.prop_map(move |gaps| arrived.iter().cloned().zip(gaps).collect())
        });
        (Just(plans), timed)
    })
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn whatever_happens_on_the_way((plans, arrived) in arrivals()) {
        let limits = Limits::default();
        let mut records: HashMap<usize, Record> = HashMap::new();
        let mut events: Vec<(usize, Call)> = Vec::new();
        // Which way round each leg is: what its first start said.
        let mut first: HashMap<(usize, AccountId), Direction> = HashMap::new();
        let mut now = 0;
        for ((call, signal), gap) in &arrived {
            now += gap;
            for (call, record) in &mut records {
                events.extend(record.expire(at(now), &limits).into_iter().map(|leg| (*call, leg)));
            }
            let report = Report { call_id: CallId(call.to_string()), signal: signal.clone(), extra: BTreeMap::new() };
            let record = records.entry(*call).or_default();
            let before = record.clone();
            let (verdict, changed) = record.on(&report, at(now));
            prop_assert_eq!(verdict == Verdict::Changed, !changed.is_empty());
            if !matches!(verdict, Verdict::Changed | Verdict::Early) {
                prop_assert_eq!(&before, &*record);
            }
            if let Signal::Start { direction, account_id, .. } = signal {
                let is_first = !first.contains_key(&(*call, account_id.clone()));
                let leg = *first.entry((*call, account_id.clone())).or_insert(*direction);
                let ended = before.legs.get(account_id).and_then(|leg| leg.ended_at);
                let is_over = ended.is_some_and(|ended| at(now).duration_since(ended) > LATE_REPEAT);
                let wanted = match (is_first, leg == *direction, is_over) {
                    (true, ..) => Verdict::Changed,
                    (false, true, false) => Verdict::Repeat,
                    (false, true, true) => Verdict::Reused,
                    (false, false, _) => Verdict::Conflict,
                };
                prop_assert_eq!(verdict, wanted);
            }
            events.extend(changed.into_iter().map(|leg| (*call, leg)));
        }
        for (call, leg) in &events {
            prop_assert_eq!(first.get(&(*call, leg.account_id.clone())), Some(&leg.direction));
            prop_assert!(plans[*call].direction_on(&leg.account_id).is_some());
        }

        // Each event is true to itself; an account hears only of calls whose start named it (invariant 2).
        for (call, leg) in &events {
            prop_assert_eq!(&leg.call_id.0, &call.to_string());
            let named = arrived.iter().any(|((of, signal), _)| of == call
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
            let said = |wanted: fn(&Signal) -> bool| arrived.iter().any(|((of, signal), _)| of == call && wanted(signal));
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
                let direction = plan.direction_on(&leg.account_id);
                prop_assert_eq!(Some(leg.direction), direction);
                let is_missed = plan.ends && !plan.connects && direction == Some(Direction::Incoming);
                prop_assert_eq!(leg.is_missed(), is_missed);
            }
        }
    }
}
