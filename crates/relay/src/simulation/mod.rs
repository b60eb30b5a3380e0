//! Platform, relay and three desktops in one thread, under a clock and a fate that one seed decides.
//!
//! Real: understanding a callback, correlation, the store's SQL, the hub, the feeds, and what the desktops make of the bytes.
//! Played: the network (callbacks lost, doubled, late, out of order; streams cut anywhere, in the middle of an event too),
//! the machine (the relay dies before or after a commit; its clock jumps), and time.
//!
//! What must hold is checked at every step and at the end, see [`desktop`] and [`World::judge`]. A seed that fails stands in
//! the message; `FIRST_SEED` and `SEEDS` run others. Two runs with one seed are the same to the byte.

mod desktop;
mod platform;
mod world;

use world::World;

/// How many seeds a run tries, unless the environment's `SEEDS` says otherwise.
const SEEDS: u64 = 10_000;

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// Everything that happened, as text, where it is wanted.
#[derive(Debug)]
struct Trace {
    kept: Option<String>,
}

impl Trace {
    fn new(keep: bool) -> Self {
        Self {
            kept: keep.then(String::new),
        }
    }

    fn say(&mut self, what: std::fmt::Arguments<'_>) {
        use std::fmt::Write as _;
        if let Some(kept) = &mut self.kept {
            writeln!(kept, "{what}").unwrap();
        }
    }
}

fn play(seed: u64, keep: bool) -> World {
    let mut world = World::new(seed, keep);
    world.play();
    world.judge();
    world
}

#[test]
fn two_runs_with_one_seed_are_the_same_to_the_byte() {
    let mut different = std::collections::HashSet::new();
    for seed in 0..50 {
        let [first, second] = [play(seed, true), play(seed, true)];
        assert_eq!(first.trace.kept, second.trace.kept, "seed {seed}");
        different.insert(first.trace.kept);
    }
    assert_eq!(different.len(), 50, "another seed is another story");
}

#[test]
fn whatever_fate_does_desktops_end_up_with_what_the_platform_said() {
    let (first, count) = (number("FIRST_SEED", 0), number("SEEDS", SEEDS));
    let threads = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let told: Vec<world::Told> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                scope.spawn(move || {
                    let mut told = world::Told::default();
                    for seed in (first + thread..first + count).step_by(threads as usize) {
                        // So that a panic anywhere in it can be played again.
                        let named = Named(seed);
                        told += play(seed, false).told;
                        std::mem::forget(named);
                    }
                    told
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a seed failed, see above"))
            .collect()
    });
    let told = told
        .into_iter()
        .fold(world::Told::default(), |sum, one| sum + one);
    println!("{count} seeds from {first}: {told:?}");
    // A simulation in which nothing happens proves nothing.
    if count >= 1000 {
        let world::Told {
            acknowledged,
            deaths,
            cuts,
            gaps,
            resumed,
            jumps,
            forgotten,
            early,
        } = told;
        for happened in [acknowledged, deaths, cuts, gaps, resumed, jumps, forgotten, early] {
            assert!(happened > count / 100, "{told:?}");
        }
    }
}

/// Says which seed it was when it is dropped by a panic.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        eprintln!(
            "the simulation failed with seed {}: FIRST_SEED={} SEEDS=1",
            self.0, self.0
        );
    }
}
