//! The present, as the controller hands it down: read once for each thing that happens.

use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// The clocks are read one after the other: what they differ by is a sleep from here on.
const A_SLEEP: Duration = Duration::from_secs(3);

/// One moment by three clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// By this computer's clock, which is set now and then.
    pub wall: Timestamp,
    /// By the clock that nobody sets, and that timers go by. On Linux and macOS it stands still while the machine sleeps.
    pub moment: Instant,
    /// Time since some fixed moment, sleep included. `None` where `moment` includes it already (Windows).
    pub sleepless: Option<Duration>,
}

impl Now {
    /// Of this computer.
    pub fn here() -> Self {
        Self {
            wall: Timestamp::now(),
            moment: Instant::now(),
            // The last one: a sleep between two of them is told by this look, not by the next.
            sleepless: sleepless(),
        }
    }

    /// How much time has passed, sleep included, whatever the wall's clock was set to.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        match (earlier.sleepless, self.sleepless) {
            (Some(then), Some(now)) => now.saturating_sub(then),
            _ => self.moment.saturating_duration_since(earlier.moment),
        }
    }

    /// For how long nothing ran here since the last look, after which another was due in `due`: the machine slept, or this
    /// program was stopped. `None` when all went as it should; timers that come late, as a system that saves power makes them,
    /// are that too.
    #[must_use]
    pub fn stood_still_since(self, last: Self, due: Duration) -> Option<Duration> {
        let (passed, ran) = (
            self.since(last),
            self.moment.saturating_duration_since(last.moment),
        );
        let slept = passed.saturating_sub(ran) > A_SLEEP;
        let stopped = ran > 2 * due;
        (slept || stopped).then_some(passed)
    }
}

#[cfg(unix)]
fn sleepless() -> Option<Duration> {
    use rustix::time::{ClockId, clock_gettime};

    // What Linux calls boot time, macOS calls monotonic.
    #[cfg(target_os = "linux")]
    const CLOCK: ClockId = ClockId::Boottime;
    #[cfg(not(target_os = "linux"))]
    const CLOCK: ClockId = ClockId::Monotonic;
    clock_gettime(CLOCK).try_into().ok()
}

#[cfg(not(unix))]
fn sleepless() -> Option<Duration> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const DUE: Duration = Duration::from_secs(10);

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_sleep_is_seen_by_what_the_clocks_say_of_it() {
        let last = Now {
            sleepless: Some(s(100)),
            ..Now::here()
        };
        let at = |ran: u64, passed: Option<u64>| Now {
            wall: last.wall,
            moment: last.moment + s(ran),
            sleepless: passed.map(|passed| s(100 + passed)),
        };
        for (ran, passed, still, what) in [
            (0, 0, false, "at once"),
            (3, 3, false, "woken before it was due"),
            (10, 10, false, "when it was due"),
            (16, 16, false, "late, and woken by what came"),
            (3, 5, false, "no sleep worth the name"),
            (3, 3603, true, "slept for an hour, and woken by what came"),
            (10, 16, true, "slept, and woken by its own timer"),
            (21, 21, true, "stopped: both clocks went on"),
            (40, 100, true, "stopped, and slept as well"),
        ] {
            let now = at(ran, Some(passed));
            assert_eq!(now.since(last), s(passed), "{what}");
            assert_eq!(
                now.stood_still_since(last, DUE),
                still.then_some(s(passed)),
                "{what}"
            );
        }
        // One clock, which goes on in sleep.
        let one = |ran| {
            at(ran, None).stood_still_since(
                Now {
                    sleepless: None,
                    ..last
                },
                DUE,
            )
        };
        assert_eq!([one(3), one(16), one(3600)], [None, None, Some(s(3600))]);
    }

    #[test]
    fn this_computers_clock_goes_on() {
        let (first, second) = (Now::here(), Now::here());
        assert_eq!(first.sleepless.is_some(), cfg!(unix));
        assert!(second.sleepless >= first.sleepless);
        assert!(second.since(first) < s(60));
    }
}
