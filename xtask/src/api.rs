//! The relay's HTTP surface, driven from its OpenAPI document by PyPI's schemathesis.

use std::process::Command;

use anyhow::{Context, Result};

use crate::install::{self, Purpose};
use crate::run::{command, run, say, target};
use crate::tools;

/// Another version makes other requests of the same seed: the run is repeatable with this one.
const VERSION: &str = "4.32.5";

/// The test that drives a relay; schemathesis is fetched into `target/tools/schemathesis` first.
///
/// # Errors
/// When it isn't there and can't be fetched.
pub fn tests() -> Result<Command> {
    let home = target().join("tools/schemathesis");
    if !home.join(format!("schemathesis-{VERSION}.dist-info")).exists() {
        say(format!(
            "Fetching schemathesis {VERSION} from PyPI into {}",
            home.display()
        ));
        install::ensure(&[Purpose::PyPi])?;
        let wanted = format!("schemathesis=={VERSION}");
        run(command(
            "python3",
            ["-m", "pip", "install", "--quiet", "--upgrade", "--target"],
        )
        .arg(&home)
        .arg(wanted))
        .context("schemathesis can't be fetched from PyPI")?;
    }
    let test = "openapi::schemathesis_finds_nothing_that_the_document_doesnt_say";
    let only = format!("test(={test})");
    let mut tests = tools::nextest(&["-p", "centrex-relay", "--run-ignored", "only", "-E", &only])?;
    tests
        .env("SCHEMATHESIS", home.join("bin/schemathesis"))
        .env("PYTHONPATH", &home);
    Ok(tests)
}
