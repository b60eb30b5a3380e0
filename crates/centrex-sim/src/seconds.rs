//! Seconds as they are written outside: decimals, from 0 to a day.

use std::time::Duration;

/// The longest time that may be asked for.
const LONGEST_S: f64 = 86_400.0;

/// Reads decimal seconds.
///
/// # Errors
/// A sentence when the value is negative, not a number, or over a day.
pub fn duration(seconds: f64) -> Result<Duration, String> {
    if !(0.0..=LONGEST_S).contains(&seconds) {
        return Err(format!(
            "a time in seconds lies between 0 and {LONGEST_S}, not {seconds}"
        ));
    }
    Ok(Duration::from_secs_f64(seconds))
}

/// The same for a value that may be missing.
pub(crate) fn optional(seconds: Option<f64>) -> Result<Option<Duration>, String> {
    seconds.map(duration).transpose()
}
