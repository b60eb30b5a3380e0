//! The quick gate: format, lints, types, licences and advisories.

use anyhow::{Context, Result, bail};

use crate::install::{self, Purpose};
use crate::node::Node;
use crate::run::{cargo, command, root, run, run_and_read, say};
use crate::tools;

/// What of the gate to run.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Options {
    /// Also type-checks and lints everything for Windows and macOS (needs Debian's Rust sources and mingw).
    #[arg(long)]
    cross: bool,
}

/// Runs the gate.
///
/// # Errors
/// Names what didn't pass.
pub fn all(options: Options) -> Result<()> {
    install::ensure(&[Purpose::Build])?;
    format()?;
    crate::icons::check(&root())?;
    let node = Node::ensure()?;
    node.build()?;
    page(&node)?;
    lints()?;
    let advisories = policy()?;
    if options.cross {
        crate::cross::check()?;
    }
    say(match advisories {
        Advisories::Checked => "\nEverything passed.",
        Advisories::OutOfReach => {
            "\nEverything passed, but for known weaknesses of dependencies, which weren't checked."
        }
    });
    Ok(())
}

/// Whether the database of known weaknesses could be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Advisories {
    /// None of the dependencies has one.
    Checked,
    /// Nothing is known.
    OutOfReach,
}

/// Rust's format.
pub fn format() -> Result<()> {
    install::ensure_component("fmt", "rustfmt")?;
    run(&mut cargo(["fmt", "--all", "--check"])).context("run `cargo fmt --all`")
}

/// The lints of the whole workspace; the page must have been built, the window embeds it.
pub fn lints() -> Result<()> {
    install::ensure_component("clippy", "clippy")?;
    run(&mut cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ]))
}

/// The page's types, lints and format.
pub fn page(node: &Node) -> Result<()> {
    node.packages()?;
    run(&mut node.command("npm", &["run", "check"]))
}

/// Licences, sources, duplicates and, where the advisory database can be fetched, known weaknesses.
///
/// # Errors
/// What isn't allowed, and where nothing can be checked.
pub fn policy() -> Result<Advisories> {
    let deny = tools::DENY.ensure()?;
    let checks = [
        "--workspace",
        "check",
        "--hide-inclusion-graph",
        "licenses",
        "bans",
        "sources",
    ];
    run(&mut command(&deny, checks))?;
    let (fine, text) = run_and_read(&mut command(
        &deny,
        ["--workspace", "check", "--hide-inclusion-graph", "advisories"],
    ))?;
    if fine {
        return Ok(Advisories::Checked);
    }
    if text.contains("failed to fetch advisory database") {
        say("The advisory database can't be fetched from here: known weaknesses were NOT checked this time.");
        return Ok(Advisories::OutOfReach);
    }
    bail!("a dependency has a known weakness, or is unmaintained")
}
