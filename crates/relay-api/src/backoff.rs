//! How long to wait before the next try: exponential, with full jitter.
//!
//! Full jitter (a wait drawn between nothing and the ceiling) keeps a hundred desktops from coming back in step after the
//! relay restarts.

use std::time::Duration;

use rand::Rng as _;

/// A source of chance, passed in so that tests decide.
pub trait Jitter: Send + 'static {
    /// A duration between zero and `ceiling`.
    fn pick(&mut self, ceiling: Duration) -> Duration;
}

impl<F: FnMut(Duration) -> Duration + Send + 'static> Jitter for F {
    fn pick(&mut self, ceiling: Duration) -> Duration {
        self(ceiling)
    }
}

/// Real chance, from the thread's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct ThreadJitter;

impl Jitter for ThreadJitter {
    fn pick(&mut self, ceiling: Duration) -> Duration {
        ceiling.mul_f64(rand::rng().random::<f64>())
    }
}

/// The longest that a server may make a desktop wait by `Retry-After`.
const RETRY_AFTER_CAP: Duration = Duration::from_secs(300);

/// Counts tries and says how long to wait.
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    failures: u32,
}

impl Backoff {
    pub(crate) fn new(first: Duration, longest: Duration) -> Self {
        Self {
            first,
            longest,
            failures: 0,
        }
    }

    /// A connection proved itself, or the world has changed: start over.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }

    /// The number of the try that comes next, from 1.
    pub(crate) fn attempt(&self) -> u32 {
        self.failures.saturating_add(1)
    }

    /// The wait after a failure. What the server asks for is the least; the jitter comes on top of it.
    pub(crate) fn after_failure(&mut self, asked: Option<Duration>, jitter: &mut dyn Jitter) -> Duration {
        let ceiling = self
            .first
            .saturating_mul(2u32.saturating_pow(self.failures))
            .min(self.longest);
        self.failures = self.failures.saturating_add(1);
        jitter.pick(ceiling) + asked.unwrap_or_default().min(RETRY_AFTER_CAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_from_half_a_second_to_thirty_and_stays() {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let mut most = |ceiling: Duration| ceiling;
        let waits: Vec<f64> = (0..40)
            .map(|_| backoff.after_failure(None, &mut most).as_secs_f64())
            .collect();
        assert_eq!(waits[..8], [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]);
        assert_eq!(waits[39], 30.0);
        backoff.reset();
        assert_eq!(backoff.attempt(), 1);
        assert_eq!(backoff.after_failure(None, &mut most), Duration::from_millis(500));
    }

    #[test]
    fn what_the_server_asks_for_is_the_least_up_to_a_cap() {
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));
        let mut none = |_: Duration| Duration::ZERO;
        assert_eq!(
            backoff.after_failure(Some(Duration::from_secs(7)), &mut none),
            Duration::from_secs(7)
        );
        assert_eq!(
            backoff.after_failure(Some(Duration::from_secs(86_400)), &mut none),
            RETRY_AFTER_CAP
        );
    }

    #[test]
    fn real_chance_stays_below_the_ceiling() {
        let mut jitter = ThreadJitter;
        for _ in 0..1000 {
            assert!(jitter.pick(Duration::from_secs(4)) <= Duration::from_secs(4));
        }
    }
}
