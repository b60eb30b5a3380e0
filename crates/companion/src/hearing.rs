//! From when to when this desktop could hear of calls: what the journal is told of it.

use jiff::{SignedDuration, Timestamp};

use crate::journal::Hearing;

/// A sign of life sooner after the last one is worth no write.
const ALIVE_EVERY_S: i64 = 60;

/// Whether calls can be heard now, and whether what was missed before has been told.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    /// Live, with the last sign of life that was told.
    live: Option<Timestamp>,
    /// The relay hasn't told everything up to now yet.
    behind: bool,
}

impl Ear {
    /// The connection is, or isn't, live.
    pub fn link(&mut self, live: bool, now: Timestamp) -> Option<Hearing> {
        match (self.live, live) {
            (None, true) => {
                self.live = Some(now);
                self.behind = true;
                Some(Hearing::Live(now))
            }
            (Some(_), false) => {
                self.live = None;
                Some(Hearing::Lost(now))
            }
            _ => None,
        }
    }

    /// Bytes arrived.
    pub fn alive(&mut self, now: Timestamp) -> Option<Hearing> {
        let last = self.live?;
        if now.duration_since(last).abs() < SignedDuration::from_secs(ALIVE_EVERY_S) {
            return None;
        }
        self.live = Some(now);
        Some(Hearing::Alive(now))
    }

    /// The relay has told everything up to now.
    pub fn caught_up(&mut self) -> Option<Hearing> {
        let news = self.live.is_some() && std::mem::take(&mut self.behind);
        news.then_some(Hearing::Filled)
    }

    /// The relay no longer knows what happened.
    pub fn gap(&self) -> Option<Hearing> {
        self.live.map(|_| Hearing::Gap)
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
        assert_eq!(ear.link(true, at(0)), Some(Hearing::Live(at(0))));
        assert_eq!(ear.link(true, at(1)), None);
        assert_eq!(ear.caught_up(), Some(Hearing::Filled));
        assert_eq!(ear.caught_up(), None, "once");
        assert_eq!(ear.link(false, at(100)), Some(Hearing::Lost(at(100))));
        assert_eq!(ear.link(false, at(101)), None);
        assert_eq!(ear.caught_up(), None, "late news of a connection that is gone");
        assert_eq!(ear.link(true, at(900)), Some(Hearing::Live(at(900))));
        assert_eq!(ear.gap(), Some(Hearing::Gap));
        assert_eq!(ear.caught_up(), Some(Hearing::Filled));
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
