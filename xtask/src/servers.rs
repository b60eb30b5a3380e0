//! The servers of the tests that aren't packages of the system: Radicale, from PyPI.

use anyhow::{Context, Result};

use crate::install::{self, Purpose};
use crate::run::{command, run, say, target};

/// The version that the tests were written with; a later one of the same line is as good.
const RADICALE: &str = "radicale==3.*";

/// Makes sure that the tests find their servers: packages of the system, and Radicale in `target/tools/radicale`.
///
/// # Errors
/// What can't be installed, and how to do it by hand.
pub fn ensure() -> Result<()> {
    install::ensure(&[Purpose::Servers])?;
    let home = target().join("tools/radicale");
    if home.join("radicale/__main__.py").exists() {
        return Ok(());
    }
    say(format!("Fetching Radicale from PyPI into {}", home.display()));
    let folder = home.display().to_string();
    let words = ["-m", "pip", "install", "--quiet", "--target", &folder, RADICALE];
    run(&mut command("python3", words)).with_context(|| {
        format!("install it by hand, then run this again:\n  python3 -m pip install --target {folder} '{RADICALE}'")
    })
}
