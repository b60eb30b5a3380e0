//! The set-up for Windows, made on Debian: the programs by mingw, packed by NSIS.
//!
//! Tauri's own bundler is not used: it knows one program, not three, and downloads parts of its own.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::layout::{copy, empty, write};
use super::licences;
use crate::cross;
use crate::metadata;
use crate::run::{command, root, run};

/// The agent, the same without a console, and the window.
const PROGRAMS: &[&str] = &["centrex-tray", "centrex-trayw", "centrex-tray-window"];
/// What lets the window find the system's web view; Microsoft's, brought by a dependency.
const LOADER: &str = "WebView2Loader.dll";

/// Builds and packs; gives the set-up.
///
/// # Errors
/// When something is missing, doesn't build, or can't be written.
pub fn setup(bundle: &Path, debug: bool) -> Result<PathBuf> {
    let built = cross::windows_programs(if debug { "dev" } else { "desktop" }, PROGRAMS)?;
    let stage = bundle.join("windows");
    empty(&stage)?;
    for program in PROGRAMS {
        let file = format!("{program}.exe");
        copy(&built.join(&file), &stage.join(&file))?;
    }
    let loader = metadata::package("webview2-com-sys")?.manifest_path;
    copy(&loader.with_file_name("x64").join(LOADER), &stage.join(LOADER))?;
    write(&stage.join("THIRD-PARTY.txt"), licences::of_the_programs()?)?;
    let version = env!("CARGO_PKG_VERSION");
    let out = bundle.join(format!("centrex-tray-{version}-setup.exe"));
    let mut makensis = command("makensis", ["-V2", "-WX", "-INPUTCHARSET", "UTF8"]);
    for (name, value) in [
        ("VERSION", version.to_owned()),
        ("PROGRAMS", stage.display().to_string()),
        ("ICON", root().join("icons/icon.ico").display().to_string()),
        ("SIZE", size_kib(&stage)?.to_string()),
        ("OUT", out.display().to_string()),
    ] {
        makensis.arg(format!("-D{name}={value}"));
    }
    run(makensis.arg(root().join("xtask/bundle/centrex-tray.nsi")))?;
    Ok(out)
}

fn size_kib(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    Ok(bytes.div_ceil(1024))
}
