//! What is installed says it: nothing to be done while running.

use std::io;

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn register(_about: &str) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn unregister() -> io::Result<()> {
    Ok(())
}
