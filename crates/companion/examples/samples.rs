//! Writes a journal of made-up calls, for measurements: `samples FILE COUNT`.

use std::error::Error;

use companion::journal::Journal;
use jiff::Timestamp;

#[expect(
    clippy::disallowed_methods,
    reason = "a program of its own: its calls are of today"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args_os().skip(1);
    let (Some(file), Some(count)) = (words.next(), words.next()) else {
        return Err("samples FILE COUNT".into());
    };
    let count = count.to_str().unwrap_or_default().parse()?;
    let now = Timestamp::now();
    let (mut journal, _) = Journal::open(file.as_ref(), now)?;
    journal.fill_with_samples(count, now)?;
    Ok(())
}
