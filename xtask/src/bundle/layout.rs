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
    "docs/settings.md",
];

/// Offers numbers and enrolment links of other programs to the app. `%u` is the link.
const DESKTOP_ENTRY: &str = include_str!("../../bundle/centrex-tray.desktop");

/// Everything, as below a prefix such as `/usr/local`.
pub fn everything(folder: &Path, built: &Path, licences: &str) -> Result<()> {
    for program in DESKTOP.iter().chain(SERVER) {
        copy_program(built, program, &folder.join("bin"))?;
    }
    share(&folder.join("share"))?;
    let doc = folder.join("share/doc/centrex-tray");
    for paper in PAPERS {
        let from = root().join(paper);
        let name = Path::new(paper).file_name().context("a paper without a name")?;
        copy(&from, &doc.join(name))?;
    }
    write(&doc.join("THIRD-PARTY.txt"), licences)
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
