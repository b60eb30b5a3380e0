//! Files that stand on the command line.

use std::path::Path;

use companion::words::Message;

/// As the agent is told it, which has another working folder.
pub(super) fn absolute(file: &Path) -> Result<String, Message> {
    let path = std::path::absolute(file)
        .map_err(|error| Message::new("contacts-file-unreadable").with("why", error.to_string()))?;
    path.to_str()
        .map(str::to_owned)
        .ok_or_else(|| Message::new("cli-file-name"))
}

/// The same of a file that is to be written; one that is there already is left alone unless that is wanted.
pub(super) fn to_write(file: &Path, replace: bool) -> Result<String, Message> {
    // A link that leads nowhere would be replaced too.
    if !replace && file.symlink_metadata().is_ok() {
        return Err(Message::new("cli-file-exists").with("file", file.display().to_string()));
    }
    absolute(file)
}

/// `csv`, in small letters.
pub(super) fn ending(file: &Path) -> Option<String> {
    Some(file.extension()?.to_str()?.to_lowercase())
}
