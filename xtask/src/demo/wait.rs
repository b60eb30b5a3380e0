//! Waiting for what others do, with a deadline: never a sleep that hopes.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

/// Between two looks, where nothing announces the change.
pub const PAUSE: Duration = Duration::from_millis(8);

/// Looks again and again until `look` finds something.
///
/// # Errors
/// What `look` fails with, or that `what` didn't come within `limit`.
pub fn until<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() >= deadline {
            bail!("waited {limit:?} in vain for {what}");
        }
        std::thread::sleep(PAUSE);
    }
}
