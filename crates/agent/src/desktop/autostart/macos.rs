//! A launch agent of the person (`launchd.plist(5)`), read by the system at the next login.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::{AutostartError, trying};

fn file(entry: &str) -> Result<PathBuf, AutostartError> {
    let folders = directories::BaseDirs::new().ok_or_else(|| {
        trying("there is no home folder")(std::io::Error::new(ErrorKind::NotFound, "HOME isn't set"))
    })?;
    Ok(folders
        .home_dir()
        .join("Library/LaunchAgents")
        .join(format!("{entry}.plist")))
}

pub(super) fn is_on(entry: &str) -> Result<bool, AutostartError> {
    let file = file(entry)?;
    file.try_exists()
        .map_err(trying(format!("{} can't be read", file.display())))
}

pub(super) fn write(entry: &str, command: &[String]) -> Result<(), AutostartError> {
    let file = file(entry)?;
    let failed = || format!("{} can't be written", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(trying(failed()))?;
    }
    let words: String = command
        .iter()
        .map(|word| format!("<string>{}</string>", escaped(word)))
        .collect();
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<plist version=\"1.0\"><dict>\n\
         <key>Label</key><string>{}</string>\n<key>ProgramArguments</key><array>{words}</array>\n\
         <key>RunAtLoad</key><true/>\n</dict></plist>\n",
        escaped(entry)
    );
    std::fs::write(&file, text).map_err(trying(failed()))
}

pub(super) fn remove(entry: &str) -> Result<(), AutostartError> {
    let file = file(entry)?;
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(trying(format!("{} can't be removed", file.display()))(error))
        }
        _ => Ok(()),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
