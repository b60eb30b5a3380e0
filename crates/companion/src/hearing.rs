//! From when to when this desktop could hear of calls: what the journal is told of it.

use jiff::{SignedDuration, Timestamp};

use crate::journal::Hearing;
use crate::time::after;

/// A sign of life sooner after the last one is worth no write.
const ALIVE_EVERY_S: i64 = 60;

/// A relay that says nothing for so long while it tells what was missed has told it: one of an older version doesn't say so.
const TOLD_AFTER_S: i64 = 5;

/// Whether calls can be heard now, and whether what was missed before has been told.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    live: Option<Live>,
    /// What became of the hole before isn't known yet.
    open: bool,
    /// What became of it, said by the relay before the connection counted as live.
    early: Option<Hearing>,
    /// A connection stands; it may not count as live yet.
    connected: bool,
    /// The relay tells what was missed: when it last told something.
    behind: Option<Timestamp>,
}

/// Signs of life of a connection that is live.
#[derive(Clone, Copy, Debug)]
struct Live {
    /// The last one.
    heard: Timestamp,
    /// The last one that was told.
    told: Timestamp,
}

impl Ear {
    /// The connection is, or isn't, live. What comes after its last sign of life wasn't heard: when a loss is noticed, the
    /// connection may have been dead for long.
    pub fn link(&mut self, live: bool, now: Timestamp) -> Vec<Hearing> {
        match (self.live, live) {
            (None, true) => {
                self.live = Some(Live {
                    heard: now,
                    told: now,
                });
                let early = self.early.take();
                self.open = early.is_none();
                [Hearing::Live(now)].into_iter().chain(early).collect()
            }
            (Some(_), true) => Vec::new(),
            (was, false) => {
                *self = Self::default();
                was.map(|live| Hearing::Lost(live.heard)).into_iter().collect()
            }
        }
    }

    /// Bytes arrived.
    pub fn alive(&mut self, now: Timestamp) -> Option<Hearing> {
        self.told(now);
        let live = self.live.as_mut()?;
        live.heard = now;
        if now.duration_since(live.told).abs() < SignedDuration::from_secs(ALIVE_EVERY_S) {
            return None;
        }
        live.told = now;
        Some(Hearing::Alive(now))
    }

    /// The last sign of life of the connection that is live.
    pub fn heard_until(&self) -> Option<Timestamp> {
        self.live.map(|live| live.heard)
    }

    /// The relay begins to tell what was missed.
    pub fn catching_up(&mut self, now: Timestamp) {
        self.connected = true;
        self.behind = Some(now);
    }

    /// The relay told something.
    pub fn told(&mut self, now: Timestamp) {
        self.behind = self.behind.map(|_| now);
    }

    /// What the relay tells may be over already: it hasn't come to the present yet.
    pub fn is_behind(&self) -> bool {
        self.behind.is_some()
    }

    /// When the relay's silence means that it has told everything.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.behind.map(|told| after(told, TOLD_AFTER_S))
    }

    /// True, once: it has been silent for so long.
    pub fn has_fallen_silent(&mut self, now: Timestamp) -> bool {
        let silent = self.next_deadline().is_some_and(|due| due <= now);
        if silent {
            self.behind = None;
        }
        silent
    }

    /// The relay has told everything up to now.
    pub fn caught_up(&mut self) -> Option<Hearing> {
        self.behind = None;
        self.became(Hearing::Filled)
    }

    /// The relay no longer knows what happened.
    pub fn gap(&mut self) -> Option<Hearing> {
        self.became(Hearing::Gap)
    }

    /// Told once; the first word counts.
    fn became(&mut self, hole: Hearing) -> Option<Hearing> {
        if self.live.is_some() {
            return std::mem::take(&mut self.open).then_some(hole);
        }
        if self.connected {
            self.early.get_or_insert(hole);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    #[test]
    fn a_hole_is_told_with_its_ends_and_what_became_of_it() {
        let mut ear = Ear::default();
        assert_eq!(
            (ear.caught_up(), ear.gap(), ear.alive(at(0))),
            (None, None, None),
            "nothing is heard yet"
        );
        assert_eq!(ear.link(true, at(0)), [Hearing::Live(at(0))]);
        assert_eq!(ear.link(true, at(1)), []);
        assert_eq!(ear.caught_up(), Some(Hearing::Filled));
        assert_eq!(ear.caught_up(), None, "once");
        assert_eq!(ear.alive(at(59)), None, "not worth a write");
        assert_eq!(
            ear.link(false, at(100)),
            [Hearing::Lost(at(59))],
            "with the last that was heard, not when its silence was noticed"
        );
        assert_eq!(ear.link(false, at(101)), []);
        assert_eq!(ear.caught_up(), None, "late news of a connection that is gone");
        assert_eq!(ear.link(true, at(900)), [Hearing::Live(at(900))]);
        assert_eq!(ear.gap(), Some(Hearing::Gap));
        assert_eq!(ear.caught_up(), None, "a gap isn't filled by what comes after it");
    }

    #[test]
    fn what_the_relay_says_before_the_connection_counts_as_live_is_kept() {
        for (word, hole) in [
            (Ear::caught_up as fn(&mut Ear) -> Option<Hearing>, Hearing::Filled),
            (Ear::gap, Hearing::Gap),
        ] {
            let mut ear = Ear::default();
            ear.catching_up(at(0));
            assert_eq!(word(&mut ear), None);
            assert_eq!(ear.caught_up(), None);
            assert_eq!(ear.link(true, at(2)), [Hearing::Live(at(2)), hole]);
            assert_eq!(ear.caught_up(), None, "once");
            // The next connection begins anew.
            ear.catching_up(at(3));
            word(&mut ear);
            ear.link(false, at(4));
            assert_eq!(ear.link(true, at(5)), [Hearing::Live(at(5))]);
        }
    }

    #[test]
    fn it_is_behind_until_the_relay_says_otherwise_or_falls_silent() {
        let mut ear = Ear::default();
        assert!(!ear.is_behind() && ear.next_deadline().is_none());
        ear.catching_up(at(0));
        ear.link(true, at(0));
        ear.told(at(3));
        assert!(ear.is_behind() && !ear.has_fallen_silent(at(7)));
        assert_eq!(ear.next_deadline(), Some(at(8)));
        assert!(ear.has_fallen_silent(at(8)) && !ear.has_fallen_silent(at(9)) && !ear.is_behind());
        assert_eq!(ear.caught_up(), Some(Hearing::Filled), "and said late");
        ear.catching_up(at(10));
        ear.caught_up();
        assert!(!ear.is_behind());
        ear.told(at(11));
        assert!(!ear.is_behind());
        ear.catching_up(at(12));
        ear.link(false, at(13));
        assert!(!ear.is_behind());
    }

    #[test]
    fn a_sign_of_life_is_worth_a_write_once_a_minute() {
        let mut ear = Ear::default();
        ear.link(true, at(0));
        let told: Vec<i64> = (0..200).filter(|s| ear.alive(at(*s)).is_some()).collect();
        assert_eq!(told, [60, 120, 180]);
        assert_eq!(
            ear.alive(at(-5000)),
            Some(Hearing::Alive(at(-5000))),
            "the clock was set back"
        );
    }
}
