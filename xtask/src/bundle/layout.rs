//! Which files are handed out, and where they lie below a prefix.

use std::path::Path;

use anyhow::{Context, Result};

use crate::run::root;

/// The desktop's programs.
pub const DESKTOP: &[&str] = if cfg!(windows) {
    &["centrex-tray", "centrex-trayw", "centrex-tray-window"]
} else {
    &["centrex-tray", "centrex-tray-window"]
};
/// The server's programs, and what stands in for the platform.
pub const SERVER: &[&str] = &["centrex-relay", "centrex-sim"];
/// What lies beside them.
const PAPERS: &[&str] = &[
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "SECURITY.md",
];
/// For people at desks.
const DESKTOP_PAPERS: &[&str] = &["docs/settings.md", "docs/data.md"];
/// For those who run the relay.
const RELAY_PAPERS: &[&str] = &["docs/relay.md", "docs/metrics.md", "docs/openapi.json"];
/// For them to copy and fill in.
const RELAY_EXAMPLES: &[&str] = &[
    "crates/relay/relay.example.toml",
    "crates/relay/packaging/prometheus-alerts.yml",
    "crates/relay/packaging/grafana-dashboard.json",
];
/// As it is for a relay in `/usr/local/bin`.
pub const RELAY_UNIT: &str = "crates/relay/packaging/centrex-relay.service";

/// Offers numbers and enrolment links of other programs to the app. `%u` is the link.
const DESKTOP_ENTRY: &str = include_str!("../../bundle/centrex-tray.desktop");

/// Everything, as below a prefix such as `/usr/local`.
pub fn everything(folder: &Path, built: &Path, licences: &str) -> Result<()> {
    for program in DESKTOP.iter().chain(SERVER) {
        copy_program(built, program, &folder.join("bin"))?;
    }
    share(&folder.join("share"))?;
    let doc = folder.join("share/doc/centrex-tray");
    gather(PAPERS, &doc)?;
    desktop_papers(&doc)?;
    write(&doc.join("THIRD-PARTY.txt"), licences)?;
    let doc = folder.join("share/doc/centrex-relay");
    relay_papers(&doc)?;
    gather(&[RELAY_UNIT], &doc.join("examples"))
}

/// What tells people at desks of their settings and their data.
///
/// # Errors
/// When a file can't be written.
pub fn desktop_papers(doc: &Path) -> Result<()> {
    gather(DESKTOP_PAPERS, doc)
}

/// The relay's manual, with its examples below.
///
/// # Errors
/// When a file can't be written.
pub fn relay_papers(doc: &Path) -> Result<()> {
    gather(RELAY_PAPERS, doc)?;
    gather(RELAY_EXAMPLES, &doc.join("examples"))
}

/// Copies files of the repository into one folder.
fn gather(files: &[&str], folder: &Path) -> Result<()> {
    for file in files {
        let name = Path::new(file).file_name().context("a file without a name")?;
        copy(&root().join(file), &folder.join(name))?;
    }
    Ok(())
}

/// The icons and the desktop entry, where desktops look for them below a folder such as `/usr/share` or `~/.local/share`.
///
/// # Errors
/// When a file can't be written.
pub fn share(folder: &Path) -> Result<()> {
    for size in [16, 22, 24, 32, 48, 64, 128, 256, 512] {
        let icon = format!("icons/hicolor/{size}x{size}/apps/centrex-tray.png");
        copy(
            &root().join(format!("icons/{size}x{size}.png")),
            &folder.join(icon),
        )?;
    }
    copy(
        &root().join("icons/app.svg"),
        &folder.join("icons/hicolor/scalable/apps/centrex-tray.svg"),
    )?;
    write(&folder.join("applications/centrex-tray.desktop"), DESKTOP_ENTRY)
}

/// A program that was built, into a folder.
pub fn copy_program(built: &Path, name: &str, folder: &Path) -> Result<()> {
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    copy(&built.join(&file), &folder.join(&file))
}

/// Copies a file and makes its folders.
pub fn copy(from: &Path, to: &Path) -> Result<()> {
    make_parent(to)?;
    std::fs::copy(from, to).with_context(|| format!("can't copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// Writes a file and makes its folders.
pub fn write(to: &Path, content: impl AsRef<[u8]>) -> Result<()> {
    make_parent(to)?;
    std::fs::write(to, content).with_context(|| format!("can't write {}", to.display()))
}

/// An empty folder, whatever was there.
pub fn empty(folder: &Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder).with_context(|| format!("can't remove {}", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))
}

fn make_parent(file: &Path) -> Result<()> {
    let parent = file.parent().context("a file without a folder")?;
    std::fs::create_dir_all(parent).with_context(|| format!("can't make {}", parent.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_archive_holds_each_program_with_its_papers() {
        let folder = tempfile::tempdir().unwrap();
        let (built, out) = (folder.path().join("built"), folder.path().join("out"));
        for program in DESKTOP.iter().chain(SERVER) {
            let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
            write(&built.join(file), "a program").unwrap();
        }
        everything(&out, &built, "Works of others").unwrap();
        for file in [
            "share/applications/centrex-tray.desktop",
            "share/doc/centrex-tray/README.md",
            "share/doc/centrex-tray/THIRD-PARTY.txt",
            "share/doc/centrex-tray/settings.md",
            "share/doc/centrex-tray/data.md",
            "share/doc/centrex-relay/relay.md",
            "share/doc/centrex-relay/metrics.md",
            "share/doc/centrex-relay/examples/relay.example.toml",
            "share/doc/centrex-relay/examples/centrex-relay.service",
            "share/doc/centrex-relay/examples/prometheus-alerts.yml",
        ] {
            assert!(out.join(file).is_file(), "{file}");
        }
        let programs = std::fs::read_dir(out.join("bin")).unwrap().count();
        assert_eq!(programs, DESKTOP.len() + SERVER.len());
    }
}
