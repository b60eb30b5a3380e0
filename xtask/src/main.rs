//! The commands for developers: `cargo xtask …`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

mod api;
#[cfg(target_os = "linux")]
mod bench;
mod bundle;
mod check;
mod cross;
#[cfg(target_os = "linux")]
mod demo;
mod icons;
mod install;
mod metadata;
mod node;
mod order;
mod run;
#[cfg(target_os = "linux")]
mod servers;
mod soak;
mod tally;
mod test;
mod tools;

/// Where Debian, Fedora and Arch put the notification daemon, which is not on anyone's PATH.
const NOTIFYD: &[&str] = &[
    "/usr/lib/x86_64-linux-gnu/xfce4/notifyd/xfce4-notifyd",
    "/usr/lib/aarch64-linux-gnu/xfce4/notifyd/xfce4-notifyd",
    "/usr/lib/xfce4/notifyd/xfce4-notifyd",
    "/usr/lib64/xfce4/notifyd/xfce4-notifyd",
];

/// Centrex Tray: the commands for developers.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The product on a demo profile: simulator, relay and tray app; one call rings in. Ctrl-C stops all of it.
    #[cfg(target_os = "linux")]
    Demo(demo::Options),
    /// Only on Linux: the product on a demo profile.
    #[cfg(not(target_os = "linux"))]
    Demo(Elsewhere),
    /// Every test: Rust, page, end to end, other systems.
    Test(test::Options),
    /// The long runs: random schedules of calls, and the relay killed over and over (release build).
    Soak(soak::Options),
    /// The quick gate: format, lints, types, licences and advisories.
    Check(check::Options),
    /// The benchmarks, each figure beside its budget (release build).
    #[cfg(target_os = "linux")]
    Bench(bench::Options),
    /// Only on Linux: the benchmarks.
    #[cfg(not(target_os = "linux"))]
    Bench(Elsewhere),
    /// What can be handed out from this machine: an archive of the programs, and packages of this system.
    Bundle(bundle::Options),
    /// Draws the PNG, .ico and .icns files again from the SVG drawings.
    Icons {
        /// Also writes a picture of all tray states on light and dark panels.
        #[arg(long, value_name = "FILE.png")]
        sheet: Option<PathBuf>,
    },
    /// Records which functions of the agent run on an ordinary day; they lie side by side in what `bundle` builds. After larger
    /// changes.
    #[cfg(target_os = "linux")]
    Order,
    /// Only on Linux: which functions of the agent run on an ordinary day.
    #[cfg(not(target_os = "linux"))]
    Order(Elsewhere),
    /// Brings the numbering plans of the rlibphonenumber that Cargo.lock names. After each update of it.
    Metadata,
}

/// A command of another system, with whatever was meant for it.
#[cfg(not(target_os = "linux"))]
#[derive(clap::Args)]
struct Elsewhere {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _words: Vec<String>,
}

#[cfg(not(target_os = "linux"))]
fn only_on_linux() -> Result<()> {
    anyhow::bail!(
        "this drives a Linux desktop (its screen, its session bus, its tray): run it on Debian or Ubuntu, on Windows in WSL2. \
         `cargo xtask check` works here"
    )
}

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The chain of reasons, without a backtrace through clap and std.
            run::say(format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    match Cli::parse().command {
        #[cfg(target_os = "linux")]
        Command::Demo(options) => demo::demo(&options),
        #[cfg(target_os = "linux")]
        Command::Bench(options) => bench::all(&options),
        Command::Bundle(options) => bundle::all(options),
        Command::Test(options) => test::all(&options),
        Command::Soak(options) => soak::all(&options),
        Command::Check(options) => check::all(options),
        Command::Icons { sheet } => {
            icons::write(&run::root())?;
            sheet.map_or(Ok(()), |sheet| icons::contact_sheet(&run::root(), &sheet))
        }
        #[cfg(target_os = "linux")]
        Command::Order => bench::record_order(),
        #[cfg(not(target_os = "linux"))]
        Command::Demo(_) | Command::Bench(_) | Command::Order(_) => only_on_linux(),
        Command::Metadata => metadata::write(&run::root()),
    }
}
