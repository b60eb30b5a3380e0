//! What can be handed out from this machine: for now an archive of the release programs. Installers come later.

use std::path::Path;

use anyhow::{Context, Result};

use crate::install::{self, Purpose};
use crate::node::Node;
use crate::run::{cargo, command, root, run, say, target};

/// The programs that belong together.
const PROGRAMS: [&str; 4] = [
    "centrex-tray",
    "centrex-tray-window",
    "centrex-relay",
    "centrex-sim",
];
/// What lies beside them.
const PAPERS: [&str; 5] = [
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
    "SECURITY.md",
];

/// Offers numbers and enrolment links of other programs to the app. `%u` is the link.
const DESKTOP_ENTRY: &str = "[Desktop Entry]
Type=Application
Name=Centrex Tray
GenericName=Click to call
GenericName[fr]=Appel en un clic
Comment=Dial from the desktop and see who calls
Comment[fr]=Appeler depuis l’ordinateur et voir qui appelle
Exec=centrex-tray dial %u
Icon=centrex-tray
Terminal=false
Categories=Network;Telephony;
MimeType=x-scheme-handler/tel;x-scheme-handler/callto;x-scheme-handler/sip;x-scheme-handler/centrex-tray;
StartupNotify=false
";

/// Builds the release programs and packs them into `target/bundle/`.
///
/// # Errors
/// When something is missing, doesn't build, or can't be written.
pub fn all() -> Result<()> {
    install::ensure(&[Purpose::Build])?;
    Node::ensure()?.build()?;
    run(&mut cargo(["build", "--release", "--workspace", "--bins"]))?;
    let name = format!(
        "centrex-tray-{}-{}-{}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    );
    let bundle = target().join("bundle");
    let folder = bundle.join(&name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    fill(&folder)?;
    let bundle = bundle.display().to_string();
    let archive = format!("{bundle}/{name}.tar.gz");
    run(&mut command(
        "tar",
        [
            "--create",
            "--gzip",
            "--file",
            &archive,
            "--directory",
            &bundle,
            &name,
        ],
    ))?;
    say(format!(
        "{archive}: unpack it anywhere; bin/ holds the programs, which need WebKitGTK 4.1 for the window."
    ));
    say("Installers (deb, rpm, Windows, macOS) are not built yet.");
    Ok(())
}

/// Lays the files out as below a prefix such as `/usr/local`.
fn fill(folder: &Path) -> Result<()> {
    for program in PROGRAMS {
        let file = format!("{program}{}", std::env::consts::EXE_SUFFIX);
        copy(
            &target().join("release").join(&file),
            &folder.join("bin").join(&file),
        )?;
    }
    share(&folder.join("share"))?;
    for paper in PAPERS {
        let from = root().join(paper);
        if from.exists() {
            copy(&from, &folder.join("share/doc/centrex-tray").join(paper))?;
        }
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
    let entry = folder.join("applications/centrex-tray.desktop");
    make_parent(&entry)?;
    std::fs::write(&entry, DESKTOP_ENTRY).with_context(|| format!("can't write {}", entry.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    make_parent(to)?;
    std::fs::copy(from, to).with_context(|| format!("can't copy {} to {}", from.display(), to.display()))?;
    Ok(())
}

fn make_parent(file: &Path) -> Result<()> {
    let parent = file.parent().context("a file without a folder")?;
    std::fs::create_dir_all(parent).with_context(|| format!("can't make {}", parent.display()))
}
