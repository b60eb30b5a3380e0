//! What is sent when: those of one call one after the other, different calls side by side. Pure.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::{Duration, Instant};

use crate::store::kinds::forward::Waiting;

/// The first wait after a failure; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest wait.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// How long to wait after so many failures in a row; `chance` is 0 to 1 and spreads them.
pub(super) fn back_off(failures: u32, chance: f64) -> Duration {
    let ceiling = FIRST_WAIT
        .saturating_mul(1 << failures.saturating_sub(1).min(16))
        .min(LONGEST_WAIT);
    ceiling.mul_f64(0.5 + chance.clamp(0.0, 1.0) / 2.0)
}

/// A call's callbacks, or one that belongs to no call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    Call(String),
    Alone(i64),
}

impl Key {
    pub(super) fn of(one: &Waiting) -> Self {
        if one.call_id.is_empty() {
            Self::Alone(one.id)
        } else {
            Self::Call(one.call_id.clone())
        }
    }
}

#[derive(Debug, Default)]
struct Lane {
    /// In order; the first is the one under way or to be tried again.
    waiting: VecDeque<Waiting>,
    failures: u32,
}

/// The queue of one destination.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    lanes: HashMap<Key, Lane>,
    /// Lanes that may go, in the order of their turn.
    ready: VecDeque<Key>,
    resting: BTreeSet<(Instant, Key)>,
    count: usize,
    /// Nothing goes before this: the destination as a whole doesn't take anything.
    closed_until: Option<Instant>,
    /// Failures of the destination as a whole, in a row.
    failures: u32,
}

impl Lanes {
    /// One more, after all that are there.
    pub(super) fn push(&mut self, one: Waiting) {
        let key = Key::of(&one);
        let lane = self.lanes.entry(key.clone()).or_default();
        if lane.waiting.is_empty() {
            self.ready.push_back(key);
        }
        lane.waiting.push_back(one);
        self.count += 1;
    }

    /// How many wait or are under way.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether the destination as a whole fails: then one at a time tries it.
    pub(super) fn is_failing(&self) -> bool {
        self.failures > 0
    }

    /// The next one to send now, if any may go.
    pub(super) fn next(&mut self, now: Instant) -> Option<Waiting> {
        if self.closed_until.is_some_and(|until| now < until) {
            return None;
        }
        self.closed_until = None;
        while let Some((due, _)) = self.resting.first()
            && *due <= now
            && let Some((_, key)) = self.resting.pop_first()
        {
            self.ready.push_back(key);
        }
        let key = self.ready.pop_front()?;
        self.lanes.get(&key)?.waiting.front().cloned()
    }

    /// When something may go that may not now.
    pub(super) fn due(&self) -> Option<Instant> {
        let resting = self.resting.first().map(|(due, _)| *due);
        match (self.closed_until, resting) {
            (Some(until), _) if !self.ready.is_empty() => Some(until),
            (Some(until), Some(due)) => Some(until.max(due)),
            (_, resting) => resting,
        }
    }

    /// The first of this lane is done with; `is_success`: the destination took it.
    pub(super) fn done(&mut self, key: &Key, is_success: bool) {
        if is_success {
            self.failures = 0;
        }
        let Some(lane) = self.lanes.get_mut(key) else {
            return;
        };
        if lane.waiting.pop_front().is_some() {
            self.count -= 1;
        }
        lane.failures = 0;
        if lane.waiting.is_empty() {
            self.lanes.remove(key);
        } else {
            self.ready.push_back(key.clone());
        }
    }

    /// The first of this lane wasn't taken: it is tried again later, and the rest of its call waits behind it.
    pub(super) fn rest(&mut self, key: &Key, now: Instant, chance: f64) {
        // Something answered, so others are worth trying.
        self.failures = 0;
        self.put_to_rest(key, now, chance);
    }

    /// The destination as a whole doesn't take anything, as far as this one tells: all wait, at least as long as it asks for.
    /// Another call's is tried next: it may have been this very callback that the destination can't take.
    pub(super) fn close(&mut self, key: &Key, now: Instant, asked: Option<Duration>, chance: f64) {
        // Several that were under way together are one failure.
        if self.closed_until.is_none() {
            self.failures += 1;
        }
        let wait = back_off(self.failures, chance).max(asked.unwrap_or_default().min(LONGEST_WAIT));
        self.closed_until = self.closed_until.max(Some(now + wait));
        self.put_to_rest(key, now, chance);
    }

    fn put_to_rest(&mut self, key: &Key, now: Instant, chance: f64) {
        if let Some(lane) = self.lanes.get_mut(key) {
            lane.failures += 1;
            let due = now + back_off(lane.failures, chance);
            self.resting.insert((due, key.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn waiting(id: i64, call: &str) -> Waiting {
        Waiting {
            id,
            call_id: call.to_owned(),
            at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn waits_grow_and_end() {
        assert_eq!(back_off(1, 1.0), Duration::from_secs(1));
        assert_eq!(back_off(4, 1.0), Duration::from_secs(8));
        assert_eq!(back_off(4, 0.0), Duration::from_secs(4));
        assert_eq!(back_off(u32::MAX, 1.0), LONGEST_WAIT);
    }

    #[test]
    fn a_call_waits_for_its_first_and_others_pass() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        for (id, call) in [(1, "a"), (2, "a"), (3, "b"), (4, "")] {
            lanes.push(waiting(id, call));
        }
        let next = |lanes: &mut Lanes, now| lanes.next(now).map(|one| one.id);
        let sent: Vec<i64> = std::iter::from_fn(|| next(&mut lanes, now)).collect();
        assert_eq!(sent, [1, 3, 4]);
        lanes.rest(&Key::Call("a".to_owned()), now, 1.0);
        lanes.done(&Key::Call("b".to_owned()), true);
        assert_eq!(next(&mut lanes, now), None);
        assert_eq!(lanes.due(), Some(now + FIRST_WAIT));
        assert_eq!(next(&mut lanes, now + FIRST_WAIT), Some(1));
        lanes.done(&Key::Call("a".to_owned()), true);
        assert_eq!(next(&mut lanes, now), Some(2));
        lanes.done(&Key::Call("a".to_owned()), true);
        lanes.done(&Key::Alone(4), true);
        assert_eq!((lanes.count(), lanes.due()), (0, None));
    }

    #[test]
    fn a_destination_that_is_down_is_left_alone_and_then_tried_by_another() {
        let (mut lanes, now) = (Lanes::default(), Instant::now());
        for id in 1..=3 {
            lanes.push(waiting(id, &id.to_string()));
        }
        let first = lanes.next(now).unwrap();
        lanes.close(&Key::of(&first), now, Some(Duration::from_secs(30)), 1.0);
        assert!(lanes.is_failing());
        assert_eq!(lanes.next(now + Duration::from_secs(29)), None);
        assert_eq!(lanes.due(), Some(now + Duration::from_secs(30)));
        let second = lanes.next(now + Duration::from_secs(30)).unwrap();
        assert_eq!(second.id, 2);
        lanes.done(&Key::of(&second), true);
        assert!(!lanes.is_failing());
        let rest: Vec<i64> = std::iter::from_fn(|| lanes.next(now + Duration::from_secs(30)))
            .map(|one| one.id)
            .collect();
        assert_eq!(rest, [3, 1]);
    }

    proptest! {
        /// A destination that falls over one callback gets all others all the same, and soon.
        #[test]
        fn one_that_is_never_taken_holds_no_other_call_up(
            calls in prop::collection::vec(1u8..20, 1..60),
            chance in 0.0..=1.0,
        ) {
            let (mut lanes, begun) = (Lanes::default(), Instant::now());
            let never = waiting(1000, "never");
            lanes.push(never.clone());
            prop_assert_eq!(lanes.next(begun), Some(never.clone()));
            lanes.close(&Key::of(&never), begun, None, chance);
            for (id, call) in (1i64..).zip(&calls) {
                lanes.push(waiting(id, &call.to_string()));
            }
            let (mut now, mut under_way) = (begun, VecDeque::new());
            while lanes.count() > 1 {
                while under_way.len() < if lanes.is_failing() { 1 } else { 8 } && let Some(one) = lanes.next(now) {
                    under_way.push_back(one);
                }
                match under_way.pop_front() {
                    Some(one) if one == never => lanes.close(&Key::of(&one), now, None, chance),
                    Some(one) => lanes.done(&Key::of(&one), true),
                    None => now = lanes.due().expect("something is due"),
                }
                prop_assert!(now - begun < Duration::from_secs(20), "{} wait", lanes.count());
            }
        }

        /// Whatever fails and when: nothing is lost or sent twice after it was taken, and each call's are taken in order.
        #[test]
        fn everything_arrives_in_the_order_of_its_call(
            calls in prop::collection::vec(0u8..4, 1..40),
            fates in prop::collection::vec(0u8..4, 0..200),
        ) {
            let mut lanes = Lanes::default();
            for (id, call) in (1i64..).zip(&calls) {
                let call = if *call == 0 { String::new() } else { call.to_string() };
                lanes.push(waiting(id, &call));
            }
            let (mut now, mut fates, mut under_way) = (Instant::now(), fates.into_iter(), VecDeque::new());
            let mut taken: Vec<Waiting> = Vec::new();
            while lanes.count() > 0 {
                while let Some(one) = lanes.next(now) {
                    prop_assert!(!under_way.iter().any(|other| Key::of(other) == Key::of(&one)));
                    under_way.push_back(one);
                    if under_way.len() == 3 {
                        break;
                    }
                }
                match under_way.pop_front() {
                    Some(one) => match fates.next() {
                        Some(1) => lanes.rest(&Key::of(&one), now, 0.5),
                        Some(2) => lanes.close(&Key::of(&one), now, None, 0.5),
                        _ => {
                            lanes.done(&Key::of(&one), true);
                            taken.push(one);
                        }
                    },
                    None => now = lanes.due().expect("something is due"),
                }
            }
            prop_assert_eq!(taken.len(), calls.len());
            for call in 1u8..4 {
                let of_call = taken.iter().filter(|one| one.call_id == call.to_string()).map(|one| one.id);
                prop_assert!(of_call.is_sorted());
            }
        }
    }
}
