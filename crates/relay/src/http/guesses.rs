//! How fast anybody may guess enrolment codes.
//!
//! A code is looked up only as long as whoever brings it has wrong ones left, so wrong codes are bounded, not only worded
//! otherwise. Codes are looked up one after the other, so the count is exact, however many come at once.
//!
//! | wrong codes | how many are looked up |
//! |---|---|
//! | from one address (IPv6: one /64) | `limits.wrong_codes_per_minute` |
//! | in all | `limits.wrong_codes_per_minute_in_all`, and [`FREE`] from each address within [`FREE_FOR`] |
//!
//! Nothing that others do locks a person with a right code out: right codes cost nothing, so a company may enrol all its
//! desktops from one address at once, and however much is guessed elsewhere, an address that hasn't guessed itself is let in.
//! That is why the bound in all leaves each address its first guesses: one without them could be used up by anybody. With the
//! defaults, a hundred guesses a second for a year find one of a thousand open codes (55 bits each) with a chance of one in ten
//! thousand; they are open for a day. Only who shares the address of one that guesses waits with it: nothing tells the two apart.
//!
//! An address of this very machine tells nothing, as a proxy that isn't listed under `proxies.trusted` lends it to everybody:
//! there every code is looked up, and wrong ones beyond the budget are only answered 429.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use crate::proxies::subscriber;

/// Wrong codes of one address that are looked up whatever comes from others.
const FREE: u32 = 3;
/// Within how long.
const FREE_FOR: Duration = Duration::from_secs(600);
/// Addresses that are remembered. When more than so many guess, all are forgotten: their budgets begin anew, but none is shared
/// with people who have a right code.
const ADDRESSES: usize = 50_000;
const MINUTE: Duration = Duration::from_secs(60);

/// Wrong codes, by address and in all.
#[derive(Debug)]
pub(crate) struct Guesses {
    one: Budget,
    all: Budget,
    free: Budget,
    guessed: HashMap<IpAddr, Guessed>,
    in_all: Option<Instant>,
}

/// What an address has used of its budgets.
#[derive(Clone, Copy, Debug, Default)]
struct Guessed {
    one: Option<Instant>,
    free: Option<Instant>,
}

/// So many within a time, all at once if wanted: the generic cell rate algorithm. What was used is told by the moment at which
/// all of it has grown again.
#[derive(Clone, Copy, Debug)]
struct Budget {
    each: Duration,
    at_once: u32,
}

impl Budget {
    fn new(count: NonZeroU32, within: Duration) -> Self {
        Self {
            each: within / count.get(),
            at_once: count.get(),
        }
    }

    /// How long until there is one more; nothing when there is one.
    fn wait(self, used: Option<Instant>, now: Instant) -> Duration {
        let used = used.map_or(Duration::ZERO, |used| used.saturating_duration_since(now));
        used.saturating_sub(self.each.saturating_mul(self.at_once - 1))
    }

    fn take(self, used: &mut Option<Instant>, now: Instant) {
        let from = used.map_or(now, |used| used.max(now));
        *used = Some(from + self.each);
    }
}

impl Guesses {
    /// Wrong codes a minute: of one address, and in all.
    pub(crate) fn new(one: NonZeroU32, all: NonZeroU32) -> Self {
        const FREE: NonZeroU32 = NonZeroU32::new(self::FREE).unwrap();
        Self {
            one: Budget::new(one, MINUTE),
            all: Budget::new(all, MINUTE),
            free: Budget::new(FREE, FREE_FOR),
            guessed: HashMap::new(),
            in_all: None,
        }
    }

    /// Whether a code of this address may be looked up; else how long to wait.
    pub(crate) fn may(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        if address.is_loopback() {
            return Ok(());
        }
        let guessed = self
            .guessed
            .get(&subscriber(address))
            .copied()
            .unwrap_or_default();
        let in_all = self
            .all
            .wait(self.in_all, now)
            .min(self.free.wait(guessed.free, now));
        let wait = self.one.wait(guessed.one, now).max(in_all);
        if wait.is_zero() { Ok(()) } else { Err(wait) }
    }

    /// A code of this address was wrong; how long to wait when that is one more than it may have.
    pub(crate) fn wrong(&mut self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        if self.guessed.len() >= ADDRESSES {
            self.tidy(now);
        }
        if self.guessed.len() >= ADDRESSES {
            tracing::warn!("wrong enrolment codes come from more addresses than are remembered");
            self.guessed.clear();
        }
        let guessed = self.guessed.entry(subscriber(address)).or_default();
        let wait = self.one.wait(guessed.one, now);
        if !wait.is_zero() {
            return Err(wait);
        }
        self.one.take(&mut guessed.one, now);
        if address.is_loopback() {
            return Ok(());
        }
        if self.free.wait(guessed.free, now).is_zero() {
            self.free.take(&mut guessed.free, now);
        }
        if self.all.wait(self.in_all, now).is_zero() {
            self.all.take(&mut self.in_all, now);
        }
        Ok(())
    }

    /// Forgets whose budgets are whole again.
    pub(crate) fn tidy(&mut self, now: Instant) {
        let is_over = |used: Option<Instant>| used.is_none_or(|used| used <= now);
        self.guessed
            .retain(|_, guessed| !(is_over(guessed.one) && is_over(guessed.free)));
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn guesses(one: u32, all: u32) -> (Guesses, Instant) {
        let of = |count| NonZeroU32::new(count).unwrap();
        (Guesses::new(of(one), of(all)), Instant::now())
    }

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0000 + number))
    }

    /// How many wrong codes of an address are looked up at a moment, of a hundred.
    fn looked_up(guesses: &mut Guesses, address: IpAddr, now: Instant) -> usize {
        (0..100)
            .filter(|_| guesses.may(address, now).is_ok() && guesses.wrong(address, now).is_ok())
            .count()
    }

    #[test]
    fn one_address_has_so_many_a_minute_and_no_other_is_concerned() {
        let (mut guesses, now) = guesses(10, 6000);
        assert_eq!(looked_up(&mut guesses, address(1), now), 10);
        let wait = guesses.may(address(1), now).unwrap_err();
        assert_eq!(wait, Duration::from_secs(6));
        assert_eq!(guesses.may(address(2), now), Ok(()));
        assert_eq!(looked_up(&mut guesses, address(1), now + wait), 1);
        assert_eq!(looked_up(&mut guesses, address(1), now + MINUTE * 2), 10);
    }

    #[test]
    fn a_subscriber_with_many_addresses_is_one() {
        let (mut guesses, now) = guesses(10, 6000);
        let address = |network, last| IpAddr::from([0x2001, 0xdb8, 0, network, 0, 0, 0, last]);
        let all = (0..100).map(|last| looked_up(&mut guesses, address(7, last), now));
        assert_eq!(all.sum::<usize>(), 10);
        assert_eq!(guesses.may(address(8, 1), now), Ok(()));
    }

    #[test]
    fn in_all_there_are_so_many_and_whoever_hasnt_guessed_is_let_in_all_the_same() {
        let (mut guesses, now) = guesses(10, 50);
        let all = (0..100).map(|number| looked_up(&mut guesses, address(number), now));
        assert_eq!(all.sum::<usize>(), 5 * 10 + 95 * FREE as usize);
        // One who mistypes once, and then doesn't.
        let person = address(1000);
        assert_eq!(guesses.may(person, now), Ok(()));
        guesses.wrong(person, now).unwrap();
        assert_eq!(guesses.may(person, now), Ok(()));
        // What grows again is of all.
        let later = now + Duration::from_secs(6);
        let all = (0..100).map(|number| looked_up(&mut guesses, address(number), later));
        assert_eq!(all.sum::<usize>(), 5);
    }

    #[test]
    fn right_codes_cost_nothing_and_an_address_of_this_machine_stands_for_nobody() {
        let (mut guesses, now) = guesses(10, 1);
        for _ in 0..1000 {
            assert_eq!(guesses.may(address(1), now), Ok(()));
        }
        let here = IpAddr::from(Ipv4Addr::LOCALHOST);
        let told = (0..100).filter(|_| guesses.wrong(here, now).is_ok()).count();
        assert_eq!((told, guesses.may(here, now)), (10, Ok(())));
        assert_eq!(looked_up(&mut guesses, address(2), now), FREE as usize);
    }

    #[test]
    fn memory_is_bounded_and_comes_back() {
        let (mut guesses, now) = guesses(10, 6000);
        for number in 0..ADDRESSES as u32 + 1000 {
            let _ = guesses.wrong(address(number), now);
        }
        assert!(guesses.guessed.len() <= ADDRESSES);
        assert_eq!(guesses.may(address(ADDRESSES as u32 + 2000), now), Ok(()));
        guesses.tidy(now + FREE_FOR);
        assert_eq!(guesses.guessed.len(), 0);
    }
}
