//! Whatever is repeated, reordered, late, lost or replayed: invariant 4 of the design, held against the board.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;
use crate::testing::{at, connected, ended, incoming, key, started};

const ALL: Policy = Policy {
    incoming: true,
    missed: true,
};
const CALLS: usize = 4;

/// What happens to a call, as the relay tells it: each state with its whole history.
#[derive(Clone, Debug)]
struct Life {
    start: i64,
    rings_s: i64,
    talks_s: Option<i64>,
    end_known: bool,
}

impl Life {
    fn states(&self, id: &str) -> Vec<Call> {
        let ringing = started(incoming(id), self.start);
        let mut states = vec![ringing.clone()];
        let mut end = self.start + self.rings_s;
        let mut last = ringing;
        if let Some(talks_s) = self.talks_s {
            last = connected(last, end);
            states.push(last.clone());
            end += talks_s;
        }
        states.push(Call {
            end_unknown: !self.end_known,
            ..ended(last, end)
        });
        states
    }
}

fn life() -> impl Strategy<Value = Life> {
    (
        0..60i64,
        1..200i64,
        proptest::option::of(1..300i64),
        prop::bool::weighted(0.8),
    )
        .prop_map(|(start, rings_s, talks_s, end_known)| Life {
            start,
            rings_s,
            talks_s,
            end_known,
        })
}

/// What the board is told next.
#[derive(Clone, Debug)]
enum Act {
    /// This call's n-th state (again, early or late), so many seconds old.
    Tell { call: usize, state: usize, age_s: i64 },
    /// Time passes; due things happen if the agent looks.
    Wait { seconds: i64, looks: bool },
    /// The relay lists these as live, in the state that they really have.
    List { live: [bool; CALLS] },
    /// The person reads the missed calls.
    Read,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0..CALLS, 0..3usize, prop_oneof![3 => 0..25i64, 1 => 31..7200i64])
            .prop_map(|(call, state, age_s)| Act::Tell { call, state, age_s }),
        3 => (0..90i64, any::<bool>()).prop_map(|(seconds, looks)| Act::Wait { seconds, looks }),
        1 => any::<[bool; CALLS]>().prop_map(|live| Act::List { live }),
        1 => Just(Act::Read),
    ]
}

/// The desktop, watching.
#[derive(Default)]
struct Watcher {
    rang: HashSet<CallKey>,
    rings: HashMap<CallKey, Timestamp>,
    missed_now: HashSet<CallKey>,
}

impl Watcher {
    fn watch(&mut self, board: &Board, steps: &[Step], now: Timestamp) {
        for step in steps {
            match step {
                Step::Ring(key) => {
                    assert!(self.rang.insert(key.clone()), "{key:?} rings a second time");
                    let call = board.call(key).unwrap();
                    assert_eq!(
                        (call.state, call.direction),
                        (CallState::Ringing, Direction::Incoming)
                    );
                    self.rings.insert(key.clone(), now);
                }
                Step::Withdraw(key) => {
                    let shown = self.rings.remove(key).is_some() | self.missed_now.remove(key);
                    assert!(shown, "{key:?} is withdrawn and wasn't shown");
                }
                Step::Missed(key) => {
                    assert!(
                        !self.rings.contains_key(key),
                        "the alert goes before it turns into a missed call"
                    );
                    assert_eq!(board.outcome(key), Some(Outcome::Missed));
                    assert!(
                        self.missed_now.insert(key.clone()),
                        "{key:?} is told as missed twice"
                    );
                }
                Step::MissedMany(keys) => {
                    assert!(keys.len() > 1);
                    assert!(keys.iter().all(|key| board.outcome(key) == Some(Outcome::Missed)));
                    assert!(self.missed_now.insert(keys[0].clone()));
                }
                Step::Record(key) => assert!(board.call(key).is_some()),
            }
        }
        for (key, since) in &self.rings {
            let outcome = board.outcome(key);
            assert_eq!(
                outcome,
                Some(Outcome::Ringing),
                "an alert stands for a call that doesn't ring"
            );
            let due = board.next_deadline().expect("a standing alert has a deadline");
            assert!(
                due <= after(*since, RING_LIMIT_S),
                "an alert could stand for ever"
            );
        }
        for key in &self.missed_now {
            assert_eq!(board.outcome(key), Some(Outcome::Missed));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn one_alert_a_call_none_for_ended_ones_none_for_ever_and_the_last_state_is_right(
        lives in prop::collection::vec(life(), CALLS),
        acts in prop::collection::vec(act(), 0..60),
    ) {
        let ids: Vec<String> = (0..CALLS).map(|n| format!("call-{n}")).collect();
        let states: Vec<Vec<Call>> = lives.iter().zip(&ids).map(|(life, id)| life.states(id)).collect();
        let mut board = Board::default();
        let mut watcher = Watcher::default();
        let mut now = at(60);
        let mut told: Vec<Option<usize>> = vec![None; CALLS];
        for act in acts {
            let steps = match act {
                Act::Tell { call, state, age_s } => {
                    let state = state.min(states[call].len() - 1);
                    told[call] = told[call].max(Some(state));
                    board.take(states[call][state].clone(), Origin::Relay, age_s, now, ALL)
                }
                Act::Wait { seconds, looks } => {
                    now = after(now, seconds);
                    if looks { board.tick(now) } else { Vec::new() }
                }
                Act::List { live } => {
                    // The relay lists what is true: the latest state that isn't an end.
                    let mut calls = Vec::new();
                    for (call, listed) in live.into_iter().enumerate() {
                        let last = states[call].len() - 2;
                        if listed && told[call].is_none_or(|known| known <= last) {
                            told[call] = told[call].max(Some(last));
                            calls.push(states[call][last].clone());
                        }
                    }
                    let listed: Vec<_> = calls.iter().map(CallKey::of).collect();
                    let steps = board.reconcile(calls, now, now, ALL);
                    prop_assert!(board.live().iter().all(|key| listed.contains(key)), "what isn't listed is over");
                    steps
                }
                Act::Read => board.read_all().0,
            };
            watcher.watch(&board, &steps, now);
        }
        // At last every call's end arrives, if it hadn't yet; whatever came after it changes nothing.
        for (states, told) in states.iter().zip(&told) {
            if *told != Some(states.len() - 1) {
                let steps = board.take(states.last().unwrap().clone(), Origin::Relay, 5, now, ALL);
                watcher.watch(&board, &steps, now);
            }
        }
        let steps = board.tick(after(now, 10));
        watcher.watch(&board, &steps, now);
        prop_assert!(watcher.rings.is_empty());
        prop_assert_eq!(board.live().len(), 0);
        for (life, id) in lives.iter().zip(&ids) {
            let right = match (life.talks_s, life.end_known) {
                (Some(_), _) => Outcome::Answered,
                (None, true) => Outcome::Missed,
                (None, false) => Outcome::Unknown,
            };
            prop_assert_eq!(board.outcome(&key(id)), Some(right));
        }
        prop_assert_eq!(board.next_deadline(), None);
    }

    #[test]
    fn a_restart_shows_nothing_twice(lives in prop::collection::vec(life(), CALLS), cut in 0..12usize) {
        let ids: Vec<String> = (0..CALLS).map(|n| format!("call-{n}")).collect();
        let events: Vec<Call> = lives.iter().zip(&ids).flat_map(|(life, id)| life.states(id)).collect();
        let mut watcher = Watcher::default();
        let mut board = Board::default();
        let mut journal: HashMap<CallKey, (Call, bool)> = HashMap::new();
        let mut missed_told: Vec<CallKey> = Vec::new();
        for (n, call) in events.iter().enumerate() {
            if n == cut {
                // Everything standing goes with the old process; the new one knows the journal only.
                board = Board::default();
                watcher.rings.clear();
                watcher.missed_now.clear();
                for (call, unread) in journal.values() {
                    let steps =
                        board.take(call.clone(), Origin::Journal { unread: *unread }, 0, at(60), ALL);
                    prop_assert!(steps.iter().all(|step| matches!(step, Step::Record(_))));
                }
                // The relay repeats the last event before the cut.
                if let Some(last) = n.checked_sub(1) {
                    let steps = board.take(events[last].clone(), Origin::Relay, 0, at(60), ALL);
                    prop_assert!(steps.is_empty(), "shown twice: {:?}", steps);
                }
            }
            let steps = board.take(call.clone(), Origin::Relay, 0, at(60), ALL);
            watcher.watch(&board, &steps, at(60));
            for step in &steps {
                match step {
                    Step::Record(key) => {
                        journal.insert(key.clone(), (board.call(key).unwrap().clone(), board.unread(key)));
                    }
                    Step::Missed(key) => {
                        prop_assert!(!missed_told.contains(key));
                        missed_told.push(key.clone());
                    }
                    _ => {}
                }
            }
        }
    }
}
