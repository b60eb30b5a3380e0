//! How many schedules are played, and what is done with a seed that fails.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::world::world;
use super::{Checked, Desktop};

/// What went wrong, and all that happened before.
fn trial(seed: u64) -> Checked {
    let world = world(seed);
    let mut desktop = Desktop::new(&world, seed);
    desktop.play().map_err(|why| {
        let trace = desktop.trace.into_iter();
        let trace: Vec<_> = trace.filter(|line| !line.is_empty()).collect();
        format!("seed {seed}: {why}\n{}", trace.join("\n"))
    })
}

fn play(seed: u64) {
    if let Err(why) = trial(seed) {
        panic!("{why}");
    }
}

/// So many schedules in each of the four tests of an ordinary run, which makes 20,000; the soak run plays the rest of the
/// million.
const EACH: u64 = 5_000;

#[rstest::rstest]
fn a_person_sees_what_is(#[values(0, 1, 2, 3)] part: u64) {
    if part == 0 {
        include_str!("seeds.txt")
            .lines()
            .filter_map(|line| line.parse().ok())
            .for_each(play);
    }
    (part * EACH..(part + 1) * EACH).for_each(play);
}

/// `SCHEDULES` many from `FIRST_SEED` on, on all processors. Seeds that fail are written into `seeds.txt`, and the first of
/// them is told.
#[test]
#[ignore = "long: for soak runs"]
fn soak() {
    let number = |name: &str, default| {
        std::env::var(name)
            .ok()
            .and_then(|text| text.parse::<u64>().ok())
            .unwrap_or(default)
    };
    let first = number("FIRST_SEED", 0);
    let seeds = first..first + number("SCHEDULES", 1_000_000);
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let taken = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let failed = taken
            .take_while(|seed| seeds.contains(seed))
            .filter_map(|seed| trial(seed).err().map(|why| (seed, why)));
        // So many show what is wrong.
        failed.take(5).collect::<Vec<_>>()
    };
    let mut failed: Vec<_> = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let ended = running.into_iter().flat_map(|thread| thread.join().unwrap());
        ended.collect()
    });
    failed.sort();
    let Some((_, why)) = failed.first() else { return };
    let lines: String = failed.iter().map(|(seed, _)| format!("{seed}\n")).collect();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/companion/tests/schedules/seeds.txt");
    let known = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, known + &lines).unwrap();
    panic!(
        "{} seeds failed, now in {}:\n{lines}{why}",
        failed.len(),
        file.display()
    );
}
