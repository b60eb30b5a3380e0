//! Sums of times that can't overflow.

use jiff::{SignedDuration, Timestamp};

/// `seconds` after `time` (before it, when negative), held within what a timestamp can say.
pub(crate) fn after(time: Timestamp, seconds: i64) -> Timestamp {
    let end = if seconds < 0 {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    time.checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(end)
}

/// Whole seconds from `earlier` to `later`; negative when they are the other way round.
pub(crate) fn seconds_between(earlier: Timestamp, later: Timestamp) -> i64 {
    later.duration_since(earlier).as_secs()
}
