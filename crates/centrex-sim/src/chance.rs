//! Decisions by chance that a seed repeats.
//!
//! Each decision point (this call, its n-th callback) has a generator of its own, made from the seed and the point's
//! name. So what one call does never depends on how the others happened to interleave with it.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};

/// What a generator is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    CallId = 1,
    Callback = 2,
    UnknownEvent = 3,
}

/// The generator of one decision point.
pub(crate) struct Chance(StdRng);

impl Chance {
    pub(crate) fn new(seed: u64, purpose: Purpose, call: u64, step: u64) -> Self {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip([seed, purpose as u64, call, step]) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        Self(StdRng::from_seed(bytes))
    }

    /// True with probability `p`, from 0 to 1. Always draws once.
    pub(crate) fn hit(&mut self, p: f64) -> bool {
        self.0.random::<f64>() < p
    }

    pub(crate) fn between(&mut self, [low, high]: [f64; 2]) -> f64 {
        low + self.0.random::<f64>() * (high - low)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        self.0.random_range(0..n.max(1))
    }

    pub(crate) fn bits(&mut self) -> u128 {
        self.0.random()
    }

    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        items.shuffle(&mut self.0);
    }
}
