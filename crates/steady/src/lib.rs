//! Whether the machine's clock can be believed when something is to be forgotten for its age, or not passed on any more.
//!
//! Clocks jump: a battery is empty, a virtual machine wakes up, somebody mistypes a year. Calls and events survive it (the
//! relay's positions don't come from the clock, and times within a call never run backwards), but a relay, or a desktop's
//! journal, that believes at once in the year 2106 forgets everything at once. So the wall clock is held against one that only counts on: after a jump
//! nothing is forgotten until the clock has gone evenly for a while.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

/// More than this apart is a jump.
const JUMP: SignedDuration = SignedDuration::from_hours(1);
/// So long the clock has to go evenly after a jump.
const REST: Duration = Duration::from_secs(3600);

/// What is known of the clock.
#[derive(Clone, Copy, Debug)]
pub struct Steady {
    wall: Timestamp,
    uptime: Duration,
    doubted_until: Option<Duration>,
}

impl Steady {
    /// At the start. `last` is when something was last written; much time may have passed since, or the clock may have
    /// gone wrong meanwhile: nobody can tell, so a difference is waited for as well.
    pub fn new(last: Option<Timestamp>, wall: Timestamp, uptime: Duration) -> Self {
        let is_apart = last.is_some_and(|last| wall.duration_since(last).abs() > JUMP);
        Self {
            wall,
            uptime,
            doubted_until: is_apart.then(|| uptime + REST),
        }
    }

    /// Looks at both clocks; whether the wall clock can be believed now.
    pub fn look(&mut self, wall: Timestamp, uptime: Duration) -> bool {
        let passed = uptime.saturating_sub(self.uptime);
        let passed = SignedDuration::try_from(passed).unwrap_or(SignedDuration::MAX);
        let told = wall.duration_since(self.wall);
        if told.checked_sub(passed).is_none_or(|apart| apart.abs() > JUMP) {
            tracing::warn!(
                told_s = told.as_secs(),
                passed_s = passed.as_secs(),
                "the machine's clock jumped; nothing is forgotten for its age until it has gone evenly for an hour"
            );
            self.doubted_until = Some(uptime + REST);
        }
        (self.wall, self.uptime) = (wall, uptime);
        if self.doubted_until.is_some_and(|until| uptime >= until) {
            self.doubted_until = None;
        }
        self.doubted_until.is_none()
    }
}

/// The verdict on this machine's clock, for all that forgets by it.
#[derive(Debug)]
pub struct Clock {
    begun: Instant,
    steady: Mutex<Steady>,
}

impl Clock {
    /// At the start, see [`Steady::new`].
    pub fn new(last: Option<Timestamp>, wall: Timestamp) -> Self {
        Self {
            begun: Instant::now(),
            steady: Mutex::new(Steady::new(last, wall, Duration::ZERO)),
        }
    }

    /// Whether something may be forgotten for its age at this moment of the wall clock, which is now.
    pub fn is_believed(&self, wall: Timestamp) -> bool {
        let mut steady = self.steady.lock().unwrap_or_else(PoisonError::into_inner);
        steady.look(wall, self.begun.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn up(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_clock_that_goes_evenly_is_believed() {
        let mut clock = Steady::new(None, at(0), up(5));
        for minute in 1..10_000 {
            // A little too fast, as clocks are.
            assert!(clock.look(at(minute * 61), up(5 + minute.unsigned_abs() * 60)));
        }
    }

    #[test]
    fn after_a_jump_either_way_it_is_doubted_for_an_hour() {
        for jump in [400 * 86_400, -400 * 86_400] {
            let mut clock = Steady::new(Some(at(-60)), at(0), up(0));
            assert!(clock.look(at(15), up(15)));
            assert!(!clock.look(at(jump + 30), up(30)));
            assert!(!clock.look(at(jump + 30 + 3599), up(30 + 3599)));
            assert!(clock.look(at(jump + 30 + 3600), up(30 + 3600)));
        }
    }

    #[test]
    fn a_jump_back_to_what_was_right_is_one_as_well() {
        let mut clock = Steady::new(None, at(0), up(0));
        assert!(!clock.look(at(86_400), up(10)));
        assert!(!clock.look(at(20), up(20)));
        assert!(clock.look(at(20 + 3600), up(20 + 3600)));
    }

    #[test]
    fn a_start_long_after_or_before_the_last_write_waits() {
        for (last, is_believed) in [
            (Some(-60), true),
            (Some(-7200), false),
            (Some(7200), false),
            (None, true),
        ] {
            let mut clock = Steady::new(last.map(at), at(0), up(0));
            assert_eq!(clock.look(at(1), up(1)), is_believed, "{last:?}");
        }
    }
}
