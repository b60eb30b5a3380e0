//! The application of macOS, which tells the system of our links too. It is not signed.

use std::path::Path;

use anyhow::Result;

use super::layout::{DESKTOP, copy, copy_program, empty, write};
use crate::run::{root, say};

/// Lays `Centrex Tray.app` out.
pub fn application(bundle: &Path, built: &Path, licences: &str) -> Result<()> {
    let application = bundle.join("Centrex Tray.app");
    empty(&application)?;
    let contents = application.join("Contents");
    for program in DESKTOP {
        copy_program(built, program, &contents.join("MacOS"))?;
    }
    let description = include_str!("../../bundle/Info.plist").replace("VERSION", env!("CARGO_PKG_VERSION"));
    write(&contents.join("Info.plist"), description)?;
    let resources = contents.join("Resources");
    copy(
        &root().join("icons/icon.icns"),
        &resources.join("centrex-tray.icns"),
    )?;
    write(&resources.join("THIRD-PARTY.txt"), licences)?;
    say(format!(
        "{}: move it to Applications. It is not signed.",
        application.display()
    ));
    Ok(())
}
