//! Windows and macOS from a Debian machine: types and lints for both, and the portable tests as Windows programs under Wine.
//!
//! Debian's own Rust builds the standard library for each target from its sources, so nothing of rustup's is needed. A check
//! never links: the C parts of the macOS build are compiled by `xtask/cross/fake-cc`, which writes empty objects.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::install;
use crate::node::Node;
use crate::run::{command, on_path, root, run, target};
use crate::tools;

const WINDOWS: &str = "x86_64-pc-windows-gnu";
const MACOS: &str = "aarch64-apple-darwin";
/// The feature that adds the agent's twin without a console.
const WINDOWLESS: &str = "centrex-tray/windowless";

/// Debian's Rust. It is newer than rustup's stable at times, so a lint may be new too: repair what it says.
const CARGO: &str = "/usr/bin/cargo";
const RUSTC: &str = "/usr/bin/rustc";

/// Debian's packages, and a file by which each is known.
const TO_CHECK: &[(&str, &str)] = &[
    ("rustc-web", RUSTC),
    ("cargo-web", CARGO),
    ("rust-web-src", "/usr/lib/rustlib/src/rust/library/std/src/lib.rs"),
    ("rust-web-clippy", "/usr/bin/cargo-clippy"),
    ("gcc-mingw-w64-x86-64", "/usr/bin/x86_64-w64-mingw32-gcc"),
    ("g++-mingw-w64-x86-64", "/usr/bin/x86_64-w64-mingw32-g++"),
];
/// What running the tests wants besides.
const TO_RUN: &[(&str, &str)] = &[
    ("wine", "/usr/bin/wine"),
    ("wine64", "/usr/lib/wine/wine64"),
    ("xvfb", "/usr/bin/Xvfb"),
    ("xauth", "/usr/bin/xauth"),
];

/// What packing for Windows wants besides.
const TO_PACK: &[(&str, &str)] = &[("nsis", "/usr/bin/makensis")];

/// What is tested under Wine: settings, journal, contacts, control pipe, keychain, tray, links, command line, with the relay and the
/// simulator around them. Not the window: there is no WebView2.
const PORTABLE: &[&str] = &["telephony", "companion", "control", "contacts", "centrex-tray"];

/// Type-checks and lints the whole workspace, tests included, for Windows and macOS.
///
/// # Errors
/// Names what doesn't compile, or what can't be installed.
pub fn check() -> Result<()> {
    ensure(TO_CHECK)?;
    if !root().join("ui/dist/index.html").exists() {
        // The window embeds the page.
        Node::ensure()?.build()?;
    }
    for triple in [WINDOWS, MACOS] {
        let words = [
            "clippy",
            "--workspace",
            "--all-targets",
            "--keep-going",
            "--features",
            WINDOWLESS,
            "--quiet",
            "--target",
            triple,
            "--",
            "-D",
            "warnings",
        ];
        run(&mut cargo(&words)).with_context(|| format!("the workspace isn't fit for {triple}"))?;
    }
    Ok(())
}

/// Builds the portable tests as Windows programs. The command that is given back runs them under Wine.
///
/// # Errors
/// Names what doesn't compile, or what can't be installed.
pub fn wine_tests() -> Result<Command> {
    ensure(TO_CHECK)?;
    ensure(TO_RUN)?;
    run(cargo(&["test", "--no-run", "--quiet", "--target", WINDOWS]).args(portable()))
        .context("the tests don't compile as Windows programs")?;
    let prefix = wine_prefix()?;
    let nextest = tools::nextest(&["--no-fail-fast", "--cargo-quiet", "--target", WINDOWS])?;
    // One screen for all of them: what Windows keeps running in the background lives as long as its screen.
    let mut tests = debian("xvfb-run", &["--auto-servernum"]);
    tests
        .arg(nextest.get_program())
        .args(nextest.get_args())
        .args(portable())
        .env("CARGO_TARGET_X86_64_PC_WINDOWS_GNU_RUNNER", "wine");
    with_wine(&mut tests, &prefix);
    Ok(tests)
}

/// A program of this machine that runs others of Windows, on a screen of its own.
///
/// # Errors
/// When Wine can't be installed or made ready.
pub fn under_wine(program: &Path) -> Result<Command> {
    ensure(TO_CHECK)?;
    ensure(TO_RUN)?;
    let prefix = wine_prefix()?;
    let mut under = command("xvfb-run", ["--auto-servernum"]);
    with_wine(under.arg(program), &prefix);
    Ok(under)
}

/// Builds programs for Windows, with everything that a program for Windows may want; gives the folder where they are.
///
/// # Errors
/// Names what doesn't compile, or what can't be installed.
pub fn windows_programs(profile: &str, programs: &[&str]) -> Result<PathBuf> {
    ensure(TO_CHECK)?;
    ensure(TO_PACK)?;
    let mut build = cargo(&["build", "--workspace", "--target", WINDOWS, "--profile", profile]);
    build.args(["--features", WINDOWLESS]);
    for program in programs {
        build.args(["--bin", program]);
    }
    run(&mut build).context("the programs don't compile for Windows")?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target().join("cross").join(WINDOWS).join(folder))
}

/// The words that choose the portable tests.
fn portable() -> Vec<&'static str> {
    let mut words = vec!["--lib", "--bins", "--tests"];
    words.extend(["--features", WINDOWLESS]);
    for package in PORTABLE {
        words.extend(["--package", package]);
    }
    words
}

/// Debian's cargo in the repository's root.
fn cargo(words: &[&str]) -> Command {
    debian(CARGO, words)
}

/// A program in the repository's root, for which cargo is Debian's.
fn debian(program: &str, words: &[&str]) -> Command {
    let tools = root().join("xtask/cross");
    let mut command = command(program, words);
    command
        // Cargo finds its subcommands by the PATH, where rustup's shims would stand first.
        .env("PATH", path_with_debian_first())
        // Set by rustup's shim when it runs us.
        .env_remove("RUSTUP_TOOLCHAIN")
        .env_remove("CARGO")
        .env("RUSTC", RUSTC)
        // Building the standard library is unstable; this is the switch that Debian's build itself uses.
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_TARGET_DIR", target().join("cross"))
        .env("CC_aarch64_apple_darwin", tools.join("fake-cc"))
        .env("AR_aarch64_apple_darwin", tools.join("fake-ar"));
    command
}

fn path_with_debian_first() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(PathBuf::from("/usr/bin")).chain(std::env::split_paths(&path));
    std::env::join_paths(folders).unwrap_or(path)
}

fn with_wine<'a>(command: &'a mut Command, prefix: &Path) -> &'a mut Command {
    command
        .env("WINEPREFIX", prefix)
        .env("WINEDEBUG", "-all")
        .env("WINEARCH", "win64")
        // Without Mono and Gecko, which Wine would offer to download.
        .env("WINEDLLOVERRIDES", "mscoree,mshtml=")
}

/// A Windows of our own below `target/`, with the one library that Wine 8 lacks and every Rust program wants.
fn wine_prefix() -> Result<PathBuf> {
    let prefix = target().join("wine");
    let system = prefix.join("drive_c/windows/system32");
    let library = system.join("bcryptprimitives.dll");
    if !library.exists() {
        std::fs::create_dir_all(&prefix)?;
        run(with_wine(
            &mut command("xvfb-run", ["-a", "wine", "wineboot", "-i"]),
            &prefix,
        ))?;
        run(with_wine(&mut command("wineserver", ["-w"]), &prefix))?;
        let source = root().join("xtask/cross/bcryptprimitives.c");
        run(command("x86_64-w64-mingw32-gcc", ["-shared", "-O2", "-o"])
            .arg(&library)
            .arg(source)
            .arg("-ladvapi32"))?;
    }
    forget_temporary(&prefix)?;
    Ok(prefix)
}

/// Tests leave their folders, as a file that is open can't be removed on Windows.
fn forget_temporary(prefix: &Path) -> Result<()> {
    for person in std::fs::read_dir(prefix.join("drive_c/users"))? {
        let folder = person?.path().join("Temp");
        if folder.is_dir() {
            std::fs::remove_dir_all(&folder)?;
            std::fs::create_dir(&folder)?;
        }
    }
    Ok(())
}

fn ensure(packages: &[(&str, &str)]) -> Result<()> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|(_, sign)| !Path::new(sign).exists())
        .map(|(package, _)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    if !on_path("apt-get") {
        bail!(
            "the cross checks use Debian's Rust and mingw ({}), and this system has no apt-get: run them on Debian or Ubuntu, or leave them to CI",
            missing.join(" ")
        );
    }
    install::install_with_apt(&missing).with_context(|| {
        format!(
            "install them by hand, then run this again:\n  sudo apt-get install {}",
            missing.join(" ")
        )
    })
}
