//! The long runs: random schedules of calls played to the companion, and the relay killed over and over.

use anyhow::Result;

use crate::run::{cargo, run};

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
}

/// Runs them, optimised, one after the other.
///
/// # Errors
/// The first run that fails. A schedule that does names its seed.
pub fn all(options: &Options) -> Result<()> {
    if options.schedules > 0 {
        run(nextest(&[
            "-p",
            "companion",
            "--run-ignored",
            "only",
            "-E",
            "test(/::soak$/)",
        ])
        .env("FIRST_SEED", options.first_seed.to_string())
        .env("SCHEDULES", options.schedules.to_string()))?;
    }
    if options.seeds > 0 {
        run(
            nextest(&["-p", "centrex-relay", "-E", "test(/^simulation::whatever/)"])
                .env("FIRST_SEED", options.first_seed.to_string())
                .env("SEEDS", options.seeds.to_string()),
        )?;
    }
    if options.events > 0 {
        run(nextest(&[
            "-p",
            "centrex-relay",
            "--run-ignored",
            "only",
            "-E",
            "test(/^restart::/)",
        ])
        .env("EVENTS", options.events.to_string()))?;
    }
    if options.kills > 0 {
        run(nextest(&["-p", "centrex-relay", "-E", "test(/^kill::/)"])
            .env("KILLS", options.kills.to_string()))?;
    }
    Ok(())
}

fn nextest(words: &[&str]) -> std::process::Command {
    let mut command = cargo(["nextest", "run", "--release"]);
    command.args(words);
    command
}
