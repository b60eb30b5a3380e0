//! Times for people.

use jiff::Timestamp;

/// Without the fraction of its second.
pub fn to_the_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}
