//! The present, as the controller hands it down: read once for each thing that happens.

use jiff::Timestamp;
use tokio::time::Instant;

/// One moment by two clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Now {
    /// By this computer's clock, which is set now and then.
    pub(crate) wall: Timestamp,
    /// By the clock that nobody sets.
    pub(crate) moment: Instant,
}

impl Now {
    /// Of this computer.
    pub(crate) fn here() -> Self {
        Self {
            wall: Timestamp::now(),
            moment: Instant::now(),
        }
    }
}
