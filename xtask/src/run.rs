//! Running other programs, with what they say shown as it comes.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// A line for the person at the terminal.
pub fn say(text: impl AsRef<str>) {
    // Nobody reads it when the terminal is gone: nothing to be done about that.
    let _ = writeln!(std::io::stderr(), "{}", text.as_ref());
}

/// The repository's root.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_path_buf()
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) => root().join(dir),
        None => root().join("target"),
    }
}

/// A command in the repository's root.
pub fn command<S: AsRef<OsStr>>(program: impl AsRef<OsStr>, args: impl IntoIterator<Item = S>) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    // Set by the `cargo run` that runs us; it would pin a nested cargo to one toolchain and package.
    for variable in ["CARGO_MANIFEST_DIR", "CARGO_MANIFEST_PATH", "CARGO_PKG_NAME"] {
        command.env_remove(variable);
    }
    command
}

/// Cargo in the repository's root.
pub fn cargo<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Command {
    command("cargo", args)
}

/// Runs it; its output goes to the terminal.
///
/// # Errors
/// When it can't be started or doesn't end with 0.
pub fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    say(format!("  $ {shown}"));
    let status = command
        .status()
        .with_context(|| format!("can't start `{shown}`"))?;
    if !status.success() {
        bail!("`{shown}` ended with {status}");
    }
    Ok(())
}

/// Runs it; its output goes to the terminal and is returned too.
///
/// # Errors
/// When it can't be started. How it ended is returned beside its output.
pub fn run_and_read(command: &mut Command) -> Result<(bool, String)> {
    let shown = show(command);
    say(format!("  $ {shown}"));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("can't start `{shown}`"))?;
    let errors = child.stderr.take().context("no standard error")?;
    let reader = std::thread::spawn(move || copy(errors));
    let mut text = copy(child.stdout.take().context("no standard output")?);
    text.push_str(&reader.join().unwrap_or_default());
    Ok((child.wait()?.success(), text))
}

/// Shows each line and keeps it.
fn copy(from: impl Read) -> String {
    let mut kept = String::new();
    for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        say(&line);
        kept.push_str(&line);
        kept.push('\n');
    }
    kept
}

/// What it prints on standard output; its errors go to the terminal.
///
/// # Errors
/// When it can't be started or doesn't end with 0.
pub fn read(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("can't start `{shown}`"))?;
    if !output.status.success() {
        bail!("`{shown}` ended with {}", output.status);
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program of this name is on the PATH.
pub fn on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| {
        folder
            .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
            .is_file()
    })
}

fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
