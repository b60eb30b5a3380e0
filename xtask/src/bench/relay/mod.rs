//! The relay beside nginx with nchan, the fastest thing that a person could pick: the same load, in the same run, on the same
//! machine. nchan keeps nothing on disk, knows nobody, and understands nothing of what it passes on; the relay runs with all
//! that it has.
//!
//! What is measured, and how, is written beside the table in `docs/bench-relay.md`; the load itself is
//! `crates/relay/examples/load`.

mod load;
mod report;
mod rows;
mod servers;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;

use self::rows::Bench;
use crate::install::{self, Purpose};
use crate::run::{cargo, root, run, say, target};

/// The rows, in the order in which they are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Memory of streams that hear nothing.
    Idle,
    /// Delay and processor time at a steady rate.
    Rate,
    /// The same as fast as it goes.
    Flat,
    /// Callbacks in, without streams.
    Ingest,
    /// One account watched by many.
    Fan,
    /// Streams that drop and come back.
    Return,
    /// What those feel who share the relay with bad company; ours only.
    Floods,
    /// A start on ten million events; ours only.
    Restart,
}

/// What of the relay's benchmark to run.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Only these (comma-separated).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// A tenth of the load and of the time, to see that it runs.
    #[arg(long)]
    quick: bool,
    /// On how many kept events the relay is started again; ten million unless given, a million with --quick.
    #[arg(long, value_name = "N")]
    events: Option<u64>,
    /// Puts the table into docs/bench-relay.md.
    #[arg(long)]
    write: bool,
    /// Measures the programs as they lie in this folder, without building.
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

/// How much of everything.
#[derive(Clone, Copy, Debug)]
struct Scale {
    idle: usize,
    streams: usize,
    per_second: u64,
    seconds: f64,
    watchers: usize,
    returning: usize,
    events: u64,
}

impl Scale {
    const WHOLE: Self = Self {
        idle: 10_000,
        streams: 5_000,
        per_second: 3_000,
        seconds: 10.0,
        watchers: 500,
        returning: 2_000,
        events: 10_000_000,
    };
    const TENTH: Self = Self {
        idle: 1_000,
        streams: 500,
        per_second: 300,
        seconds: 2.0,
        watchers: 50,
        returning: 200,
        events: 1_000_000,
    };
}

/// Runs the rows and prints the table.
///
/// # Errors
/// What can't be measured. A budget that isn't kept is shown, and makes this end with an error too.
pub fn all(options: &Options) -> Result<()> {
    install::ensure(&[Purpose::Build, Purpose::Peer])?;
    let binaries = match &options.binaries {
        Some(folder) => std::path::absolute(folder)?,
        None => {
            build()?;
            target().join("release")
        }
    };
    let mut scale = if options.quick { Scale::TENTH } else { Scale::WHOLE };
    scale.events = options.events.unwrap_or(scale.events);
    let folder = target().join("bench-relay");
    std::fs::create_dir_all(&folder)?;
    let mut lines = Vec::new();
    let mut bench = Bench::start(&binaries, &folder, scale)?;
    for part in Part::value_variants() {
        if !options.only.is_empty() && !options.only.contains(part) {
            continue;
        }
        say(format!("{part:?} …"));
        let new = match part {
            Part::Idle => bench.idle()?,
            Part::Rate => bench.rate()?,
            Part::Flat => bench.flat()?,
            Part::Ingest => bench.ingest()?,
            Part::Fan => bench.fan()?,
            Part::Return => bench.go_and_return()?,
            Part::Floods => bench.floods()?,
            Part::Restart => bench.restart()?,
        };
        for line in &new {
            say(line.text());
        }
        lines.extend(new);
    }
    let table = report::table(&lines, &report::machine(&bench.floor)?);
    say(&table);
    if options.write {
        report::write(&root().join("docs/bench-relay.md"), &table)?;
    }
    let missed = lines.iter().filter(|line| !line.is_kept()).count();
    if missed > 0 {
        bail!("{missed} budgets not kept");
    }
    Ok(())
}

fn build() -> Result<()> {
    let words = [
        "build",
        "--release",
        "-p",
        "centrex-relay",
        "--bin",
        "centrex-relay",
    ];
    let examples = ["--example", "load", "--example", "fill"];
    run(cargo(words).args(examples))
}

fn example(binaries: &Path, name: &str) -> PathBuf {
    binaries.join("examples").join(name)
}
