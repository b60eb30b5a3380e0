use jiff::Timestamp;

use super::Desk;
use crate::journal::Hearing::{self, Alive, Filled, Gap, Live, Lost};
use crate::journal::Hole;
use crate::testing::at;

impl Desk {
    fn hears(&mut self, changes: &[Hearing]) {
        for change in changes {
            self.journal.coverage(*change).unwrap();
        }
    }

    /// As seconds.
    fn stretches(&self, from: i64, until: i64) -> Vec<(i64, i64, Option<Hole>)> {
        let second = |time: Timestamp| time.as_second() - at(0).as_second();
        let pieces = self.journal.coverage_between(at(from), at(until)).unwrap();
        pieces
            .iter()
            .map(|piece| (second(piece.from), second(piece.until), piece.hole))
            .collect()
    }
}

#[test]
fn holes_are_open_until_the_replay_fills_them_or_a_gap_remains() {
    let mut desk = Desk::new();
    assert!(desk.stretches(0, 100).is_empty());
    desk.hears(&[Live(at(0)), Filled, Lost(at(100))]);
    assert_eq!(
        desk.stretches(0, 150),
        [(0, 100, None), (100, 150, Some(Hole::Open))]
    );
    desk.hears(&[Live(at(200))]);
    assert_eq!(
        desk.stretches(50, 300),
        [(50, 100, None), (100, 200, Some(Hole::Open)), (200, 300, None)]
    );
    desk.hears(&[
        Filled,
        Lost(at(300)),
        Live(at(400)),
        Lost(at(410)),
        Live(at(420)),
        Gap,
        Filled,
    ]);
    assert_eq!(
        desk.stretches(0, 500),
        [
            (0, 100, None),
            (100, 200, Some(Hole::Filled)),
            (200, 300, None),
            (300, 400, Some(Hole::Gap)),
            (400, 410, None),
            (410, 420, Some(Hole::Gap)),
            (420, 500, None),
        ]
    );
    assert_eq!(desk.stretches(120, 150), [(120, 150, Some(Hole::Filled))]);
    assert_eq!(desk.stretches(430, 431), [(430, 431, None)]);
    assert_eq!(
        desk.stretches(405, 415),
        [(405, 410, None), (410, 415, Some(Hole::Gap))]
    );
}

#[test]
fn after_a_crash_the_last_sign_of_life_ends_the_interval() {
    let mut desk = Desk::new();
    desk.hears(&[Live(at(0)), Alive(at(30)), Alive(at(70)), Alive(at(100))]);
    // Within a minute of the one before: not written.
    desk.reopen(at(1000));
    assert_eq!(
        desk.stretches(0, 1000),
        [(0, 70, None), (70, 1000, Some(Hole::Open))]
    );
    desk.hears(&[Alive(at(1100)), Lost(at(1100))]);
    assert_eq!(desk.stretches(0, 60), [(0, 60, None)]);
    desk.hears(&[Live(at(1200)), Filled]);
    assert_eq!(
        desk.stretches(0, 1300),
        [(0, 70, None), (70, 1200, Some(Hole::Filled)), (1200, 1300, None)]
    );
}

#[test]
fn a_clock_that_is_set_back_makes_no_intervals_overlap() {
    let mut desk = Desk::new();
    desk.hears(&[
        Live(at(1000)),
        Lost(at(1100)),
        Live(at(500)),
        Alive(at(510)),
        Lost(at(520)),
    ]);
    desk.hears(&[Live(at(2000))]);
    let pieces = desk.stretches(0, 2100);
    assert!(pieces.windows(2).all(|pair| pair[0].1 <= pair[1].0), "{pieces:?}");
    assert_eq!(pieces.first().map(|piece| piece.0), Some(1000));
    assert_eq!(pieces.last(), Some(&(2000, 2100, None)));
}

#[test]
fn what_is_said_twice_changes_nothing() {
    let mut desk = Desk::new();
    desk.hears(&[
        Live(at(0)),
        Live(at(50)),
        Lost(at(100)),
        Lost(at(150)),
        Live(at(200)),
        Live(at(201)),
    ]);
    assert_eq!(
        desk.stretches(0, 300),
        [(0, 100, None), (100, 200, Some(Hole::Open)), (200, 300, None)]
    );
}
