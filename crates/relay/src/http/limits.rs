//! How often one may ask.
//!
//! What is good is never limited by its address: behind one address there may be a proxy, or a whole company. Callbacks with
//! the right secret have no limit at all, so nothing that others do locks the platform out; a token in force has a budget of
//! its own. What is refused (wrong tokens and secrets) counts against the address it came from; beyond the budget the answer is
//! 429, for what would have been refused anyway. Only enrolment codes, which are short, are limited otherwise
//! ([`super::guesses`]).

use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{NotUntil, Quota, RateLimiter};

use crate::proxies::subscriber;

/// Keys that a limiter remembers. Beyond, and until some have grown old, all others share one.
const KEYS: usize = 50_000;

/// The budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budgets {
    /// Requests of one token: a second, over ten seconds.
    pub token_per_second: NonZeroU32,
    /// Refused requests of one address, a minute.
    pub refused_per_minute: NonZeroU32,
    /// Wrong enrolment codes of one address, a minute.
    pub codes_per_minute: NonZeroU32,
    /// Wrong enrolment codes in all, a minute.
    pub codes_in_all: NonZeroU32,
}

type Keyed<K, C> = RateLimiter<K, HashMapStateStore<K>, C, NoOpMiddleware<<C as Clock>::Instant>>;

/// A list of calls costs a desktop this part of what it may ask at once: it has megabytes, other answers hardly anything.
const LISTS_AT_ONCE: u32 = 20;

/// Who asked how often. Time is the clock's.
pub struct Limits<C: Clock = DefaultClock> {
    clock: C,
    /// What a list of calls costs, beside the request itself.
    list: NonZeroU32,
    tokens: Keyed<String, C>,
    refused: Keyed<IpAddr, C>,
}

impl<C: Clock> std::fmt::Debug for Limits<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Limits")
    }
}

impl Limits<DefaultClock> {
    /// By the system's clock.
    pub fn new(budgets: Budgets) -> Self {
        Self::with_clock(budgets, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limits<C> {
    fn with_clock(budgets: Budgets, clock: C) -> Self {
        let burst = budgets.token_per_second.saturating_mul(TEN);
        let tokens = Quota::per_second(budgets.token_per_second).allow_burst(burst);
        let refused = Quota::per_minute(budgets.refused_per_minute);
        Self {
            tokens: RateLimiter::new(tokens, HashMapStateStore::default(), clock.clone()),
            refused: RateLimiter::new(refused, HashMapStateStore::default(), clock.clone()),
            clock: clock.clone(),
            list: NonZeroU32::new(burst.get().div_ceil(LISTS_AT_ONCE).saturating_sub(1))
                .unwrap_or(NonZeroU32::MIN),
        }
    }

    /// A request with a token in force; else how long to wait.
    pub fn request(&self, token: &str) -> Result<(), Duration> {
        // Tokens in force are the relay's own: there are as many as desktops.
        self.check(&self.tokens, &token.to_owned(), "token")
    }

    /// A list of calls for a token in force, beside its request; else how long to wait.
    pub fn list(&self, token: &str) -> Result<(), Duration> {
        // It is less than a burst.
        let Ok(verdict) = self.tokens.check_key_n(&token.to_owned(), self.list) else {
            return Ok(());
        };
        verdict.map_err(|denied| self.denied(&denied, "token"))
    }

    /// A request that is refused for want of a token or secret; else how long this address is told to wait.
    pub fn refused(&self, address: IpAddr) -> Result<(), Duration> {
        let key = key(&self.refused, address);
        self.check(&self.refused, &key, "refused")
    }

    /// Forgets who kept quiet for long.
    pub fn tidy(&self) {
        self.tokens.retain_recent();
        self.refused.retain_recent();
    }

    fn check<K: Clone + Eq + std::hash::Hash>(
        &self,
        limiter: &Keyed<K, C>,
        key: &K,
        what: &'static str,
    ) -> Result<(), Duration> {
        limiter
            .check_key(key)
            .map_err(|denied| self.denied(&denied, what))
    }

    fn denied(&self, denied: &NotUntil<C::Instant>, what: &'static str) -> Duration {
        metrics::counter!("centrex_relay_limited_total", "what" => what).increment(1);
        denied.wait_time_from(self.clock.now())
    }
}

const TEN: NonZeroU32 = NonZeroU32::new(10).unwrap();

fn key<C: Clock>(limiter: &Keyed<IpAddr, C>, address: IpAddr) -> IpAddr {
    if limiter.len() >= KEYS {
        return IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    }
    subscriber(address)
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limits() -> (Limits<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let of = |count| NonZeroU32::new(count).unwrap();
        let budgets = Budgets {
            token_per_second: of(2),
            refused_per_minute: of(60),
            codes_per_minute: of(10),
            codes_in_all: of(10),
        };
        (Limits::with_clock(budgets, clock.clone()), clock)
    }

    #[test]
    fn a_subscriber_with_many_addresses_is_one() {
        let (limits, _) = limits();
        let address = |last| IpAddr::from([0x2001, 0xdb8, 0, 7, 0, 0, 0, last]);
        let refused = (0..100)
            .filter(|last| limits.refused(address(*last)).is_err())
            .count();
        assert_eq!(refused, 40);
        assert_eq!(
            limits.refused(IpAddr::from([0x2001, 0xdb8, 0, 8, 0, 0, 0, 1])),
            Ok(())
        );
    }

    #[test]
    fn a_token_may_burst_and_then_goes_at_its_pace() {
        let (limits, clock) = limits();
        assert_eq!((0..100).filter(|_| limits.request("tok_1").is_ok()).count(), 20);
        clock.advance(Duration::from_secs(1));
        assert_eq!((0..100).filter(|_| limits.request("tok_1").is_ok()).count(), 2);
        assert_eq!(limits.request("tok_2"), Ok(()));
    }

    #[test]
    fn lists_cost_more_than_what_is_small() {
        let (limits, clock) = limits();
        let lists = || {
            (0..100)
                .filter(|_| {
                    limits
                        .request("tok_1")
                        .and_then(|()| limits.list("tok_1"))
                        .is_ok()
                })
                .count()
        };
        // A burst of 20 is two requests a list here; of 500 it is 25.
        assert_eq!(lists(), 10);
        clock.advance(Duration::from_secs(2));
        assert_eq!(lists(), 2);
    }

    #[test]
    fn memory_is_bounded_and_comes_back() {
        let (limits, clock) = limits();
        let address = |number: usize| IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(number).unwrap() + 1));
        for number in 0..KEYS + 1000 {
            let _ = limits.refused(address(number));
        }
        assert!(limits.refused.len() <= KEYS + 1);
        clock.advance(Duration::from_secs(3600));
        limits.tidy();
        assert_eq!(limits.refused.len(), 0);
    }
}
