//! Forgetting: what is older than it may be, and the oldest when there is more than fits.
//!
//! It goes in slices, each a write like any other, with a rest after each, so that a callback waits for a few rows at most,
//! whatever there is to forget. Calls name people: what is forgotten here is gone, with the next backup too.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};

use crate::store::kinds::{Sql, call, dial, dialled, enrolment, event, history, token, unmatched};
use crate::store::{Batch, StoreError, Writer, used_bytes};

/// How long things are kept, and how much.
#[derive(Clone, Copy, Debug)]
pub struct Keep {
    /// Events: how long a desktop may be away and be told everything.
    pub events: SignedDuration,
    /// Ended calls.
    pub calls: SignedDuration,
    /// Callbacks that were set aside, as they came.
    pub unmatched: SignedDuration,
    /// The audit trail of calls that were placed.
    pub dials: SignedDuration,
    /// The most bytes of all that the database holds.
    pub size: u64,
}

impl Default for Keep {
    fn default() -> Self {
        Self {
            events: SignedDuration::from_hours(7 * 24),
            calls: SignedDuration::from_hours(90 * 24),
            unmatched: SignedDuration::from_hours(7 * 24),
            dials: SignedDuration::from_hours(90 * 24),
            size: 8 << 30,
        }
    }
}

impl Keep {
    /// The shortest of its times.
    pub(crate) fn shortest(&self) -> SignedDuration {
        self.events.min(self.calls).min(self.unmatched).min(self.dials)
    }
}

/// The answers to dials are kept so long.
const DIALS: SignedDuration = SignedDuration::from_hours(48);

/// The most rows of a kind that go at a time.
pub(crate) const SLICE: usize = 250;

/// What was forgotten at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Forgotten {
    /// For its age.
    pub(crate) aged: usize,
    /// For want of room.
    pub(crate) crowded: usize,
}

/// One slice; runs in a commit.
pub(crate) fn slice(batch: &mut Batch<'_>, keep: &Keep, now: Timestamp) -> Sql<Forgotten> {
    let db = batch.db();
    let before = |age| now.saturating_sub(age).unwrap_or(Timestamp::MIN);
    let aged = event::forget(db, before(keep.events), now, SLICE)?
        + call::forget(db, before(keep.calls), SLICE)?
        + unmatched::forget(db, before(keep.unmatched), SLICE)?
        + dial::forget(db, before(DIALS), SLICE)?
        + dialled::forget(db, before(keep.dials), SLICE)?
        // Their labels name people or places.
        + enrolment::forget(db, before(keep.dials), SLICE)?
        + token::forget(db, before(keep.dials), SLICE)?;
    let mut crowded = 0;
    if used_bytes(db)? > keep.size {
        // Whoever presses in vain all day must not crowd out what others miss.
        crowded = dialled::forget_refused(db, SLICE)?;
        // Desktops have had the oldest events long ago; calls are what people look up.
        if crowded == 0 {
            crowded = event::forget_oldest(db, SLICE)?;
        }
        if crowded == 0 {
            crowded = dialled::forget(db, Timestamp::MAX, SLICE)?
                + call::forget(db, Timestamp::MAX, SLICE)?
                + unmatched::forget(db, Timestamp::MAX, SLICE)?;
        }
    }
    let floor = history::range(db)?.floor;
    batch.forgot(floor);
    Ok(Forgotten { aged, crowded })
}

/// Forgets until nothing is left to forget; gives how many rows went.
///
/// # Errors
/// [`StoreError`]
pub async fn purge(writer: &Writer, keep: Keep, now: Timestamp) -> Result<usize, StoreError> {
    let mut all = 0;
    loop {
        let begun = Instant::now();
        let gone = writer.run(move |batch| slice(batch, &keep, now)).await?;
        for (count, why) in [(gone.aged, "age"), (gone.crowded, "size")] {
            if count > 0 {
                metrics::counter!("centrex_relay_forgotten_total", "why" => why).increment(count as u64);
            }
        }
        if gone == Forgotten::default() {
            return Ok(all);
        }
        all += gone.aged + gone.crowded;
        // A fifth of the writer's time at most.
        tokio::time::sleep((begun.elapsed() * 4).min(Duration::from_secs(1))).await;
    }
}
