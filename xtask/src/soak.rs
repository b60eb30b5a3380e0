//! The long runs: random schedules of calls played to the companion, and the relay killed over and over.

use std::process::Command;

use anyhow::{Result, bail};

use crate::install::{self, Purpose};
use crate::run::run_and_read;
use crate::tally::Tally;
use crate::tools;

/// How long to soak.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// How many random schedules of calls; 0 leaves them out.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    schedules: u64,
    /// The seed of the first one; the others follow it.
    #[arg(long, value_name = "S", default_value_t = 0)]
    first_seed: u64,
    /// How many seeds of platform, relay and desktops are played; 0 leaves them out.
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    seeds: u64,
    /// On how many events a relay is started that has to accept within a second; 0 leaves it out.
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    events: u64,
    /// How often the relay is killed in a burst of callbacks; 0 leaves it out.
    #[arg(long, value_name = "N", default_value_t = 1000)]
    kills: u64,
    /// At how many moments of each old database's migration the relay is killed; 0 leaves it out.
    #[arg(long, value_name = "N", default_value_t = 200)]
    migrations: u64,
}

/// Tests that run long, by a part of their names that no other test has.
struct Long {
    package: &'static str,
    /// The words by which cargo knows the program that holds them.
    within: &'static [&'static str],
    name: &'static str,
    /// They are left out of the everyday tests.
    ignored: bool,
}

const SCHEDULES: Long = Long {
    package: "companion",
    within: &["--lib"],
    name: "::soak",
    ignored: true,
};
const SEEDS: Long = Long {
    package: "centrex-relay",
    within: &["--lib"],
    name: "simulation::whatever",
    ignored: false,
};
const EVENTS: Long = Long {
    package: "centrex-relay",
    within: &["--test", "it"],
    name: "restart::",
    ignored: true,
};
const KILLS: Long = Long {
    package: "centrex-relay",
    within: &["--test", "it"],
    name: "kill::",
    ignored: false,
};
const MIGRATIONS: Long = Long {
    package: "centrex-relay",
    within: &["--test", "it"],
    name: "migration::killed",
    ignored: false,
};

/// Runs them, optimised, one after the other.
///
/// # Errors
/// The first run that fails. A schedule that does names its seed.
pub fn all(options: &Options) -> Result<()> {
    install::ensure(&[Purpose::Build])?;
    let first_seed = ("FIRST_SEED", options.first_seed);
    for (count, name, tests) in [
        (options.schedules, "SCHEDULES", SCHEDULES),
        (options.seeds, "SEEDS", SEEDS),
        (options.events, "EVENTS", EVENTS),
        (options.kills, "KILLS", KILLS),
        (options.migrations, "MIGRATIONS", MIGRATIONS),
    ] {
        if count == 0 {
            continue;
        }
        let mut command = tests.command()?;
        for (name, value) in [first_seed, (name, count)] {
            command.env(name, value.to_string());
        }
        let (fine, output) = run_and_read(&mut command)?;
        if !fine || Tally::read(&output).passed == 0 {
            bail!("{} of {} did not pass", tests.name, tests.package);
        }
    }
    Ok(())
}

impl Long {
    fn command(&self) -> Result<Command> {
        let filter = format!("test({})", self.name);
        let mut words = vec!["--no-capture", "--release", "--package", self.package];
        words.extend(self.within);
        if self.ignored {
            words.extend(["--run-ignored", "only"]);
        }
        words.extend(["-E", &filter]);
        tools::nextest(&words)
    }
}
