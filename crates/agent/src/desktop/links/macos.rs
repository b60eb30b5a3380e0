//! The application's `Info.plist` says it: nothing to be done while running. Who opens numbers, Launch Services tells only to
//! code that we may not write (`unsafe`); people choose in the settings of *FaceTime* or *Phone*.

use std::io;

use companion::words::Language;

use super::{LinkOpener, NumberLinks, Takeover};

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn register(_about: &str) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn unregister() -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unused_async, reason = "Linux has to ask a program")]
pub(super) async fn numbers(_lang: Language) -> NumberLinks {
    NumberLinks {
        opener: LinkOpener::Unknown,
        takeover: Takeover::Elsewhere,
    }
}

#[expect(clippy::unused_async, reason = "Linux has to ask a program")]
pub(super) async fn take_numbers() -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
