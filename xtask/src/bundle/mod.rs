//! What can be handed out from this machine, into `target/bundle/`: an archive of the programs, and packages where their
//! tools are: Debian's with dpkg, an application on macOS, and from Debian a set-up for Windows.

#[cfg(target_os = "linux")]
mod debian;
mod layout;
mod licences;
#[cfg(target_os = "macos")]
mod macos;
mod windows;

use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::install::{self, Purpose};
use crate::node::Node;
use crate::order;
use crate::run::{cargo, command, root, run, say, target};

// The demo lays them out for its own desktop.
#[cfg(target_os = "linux")]
pub use layout::share;

/// What to make.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct Options {
    /// Packs the debug build: big and slow programs, quickly made, to try the packages themselves.
    #[arg(long)]
    debug: bool,
    /// Packs the set-up for Windows and nothing else (Debian or Ubuntu).
    #[arg(long)]
    windows: bool,
    /// Packs the relay's package and nothing else, without what only the desktop's programs need (Debian or Ubuntu).
    #[cfg(target_os = "linux")]
    #[arg(long, conflicts_with = "windows")]
    relay: bool,
    /// Then installs, upgrades and removes it under Wine.
    #[arg(long = "try", requires = "windows")]
    tries: bool,
}

/// Builds the programs and packs them.
///
/// # Errors
/// When something is missing, doesn't build, or can't be written.
pub fn all(options: Options) -> Result<()> {
    let bundle = target().join("bundle");
    #[cfg(target_os = "linux")]
    if options.relay {
        let built = build(&bundle, options, &[("release", &["centrex-relay"])])?;
        return packages(&bundle, &built, &licences::of_the_crates()?);
    }
    install::ensure(&[Purpose::Build])?;
    Node::ensure()?.build()?;
    if options.windows {
        let setup = windows::setup(&bundle, options.debug)?;
        if options.tries {
            run(crate::cross::under_wine(&root().join("xtask/bundle/try-setup.sh"))?.arg(&setup))?;
        }
        say(format!("{}: the set-up for Windows.", setup.display()));
        return Ok(());
    }
    let kinds = [("desktop", layout::DESKTOP), ("release", layout::SERVER)];
    let built = &build(&bundle, options, &kinds)?;
    let licences = licences::of_the_programs()?;

    let name = format!(
        "centrex-tray-{}-{}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let folder = bundle.join(&name);
    layout::empty(&folder)?;
    layout::everything(&folder, built, &licences)?;
    let archive = format!("{}.tar.gz", folder.display());
    run(
        command("tar", ["--create", "--gzip", "--file", &archive, "--directory"])
            .arg(&bundle)
            .arg(&name),
    )?;
    say(format!(
        "{archive}: unpack it anywhere; bin/ holds the programs, which need WebKitGTK 4.1 for the window."
    ));
    #[cfg(target_os = "macos")]
    macos::application(&bundle, built, &licences)?;
    #[cfg(target_os = "linux")]
    if crate::run::on_path("dpkg-deb") {
        packages(&bundle, built, &licences)?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
fn packages(bundle: &Path, built: &Path, licences: &str) -> Result<()> {
    for package in debian::packages(bundle, built, licences)? {
        say(format!(
            "{}: install it with `apt-get install`.",
            package.display()
        ));
    }
    Ok(())
}

/// Builds programs by their profile, what lives on desks for size and what serves for speed, and gathers them in one folder.
fn build(bundle: &Path, options: Options, kinds: &[(&str, &[&str])]) -> Result<PathBuf> {
    let folder = bundle.join("programs");
    layout::empty(&folder)?;
    for (profile, programs) in kinds.iter().copied() {
        let (profile, built) = if options.debug {
            ("dev", "debug")
        } else {
            (profile, profile)
        };
        let mut build = cargo(["build", "--profile", profile]);
        let ordered = (!options.debug && cfg!(not(windows))).then_some("centrex-tray");
        for program in programs.iter().filter(|program| Some(**program) != ordered) {
            build.args(["--bin", program]);
        }
        build.arg("--workspace");
        if cfg!(windows) {
            build.args(["--features", "centrex-tray/windowless"]);
        }
        run(&mut build)?;
        if profile == "desktop" && ordered.is_some() {
            order::build_agent()?;
        }
        for program in programs {
            layout::copy_program(&target().join(built), program, &folder)?;
        }
    }
    Ok(folder)
}
