//! Waiting for what others do, with a deadline: never a sleep that hopes.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::flag;

/// Between two looks, where nothing announces the change.
pub const PAUSE: Duration = Duration::from_millis(8);

/// A signal is the whole process's.
static INTERRUPTED: OnceLock<Arc<AtomicBool>> = OnceLock::new();

/// From now on Ctrl-C, SIGTERM and the end of the terminal end the wait that is under way with an error, so that every program
/// that was started is ended on the way out; a second Ctrl-C changes nothing, or those programs would stay.
///
/// # Errors
/// When the system takes no handlers.
pub fn end_when_interrupted() -> Result<()> {
    let interrupted = INTERRUPTED.get_or_init(Arc::default);
    for signal in [SIGHUP, SIGINT, SIGTERM] {
        flag::register(signal, Arc::clone(interrupted))?;
    }
    Ok(())
}

fn is_interrupted() -> bool {
    INTERRUPTED
        .get()
        .is_some_and(|interrupted| interrupted.load(Ordering::Relaxed))
}

/// Returns with the first Ctrl-C, SIGTERM or SIGHUP after [`end_when_interrupted`].
pub fn for_interruption() {
    while !is_interrupted() {
        std::thread::sleep(PAUSE * 10);
    }
}

/// Looks again and again until `look` finds something.
///
/// # Errors
/// What `look` fails with, that we were interrupted, or that `what` didn't come within `limit`.
pub fn until<T>(limit: Duration, what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + limit;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if is_interrupted() {
            bail!("interrupted while waiting for {what}");
        }
        if Instant::now() >= deadline {
            bail!("waited {limit:?} in vain for {what}");
        }
        std::thread::sleep(PAUSE);
    }
}
