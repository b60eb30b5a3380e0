//! The Desktop Application Autostart Specification: a desktop file in `autostart` of the person's configuration folder.

use std::io::ErrorKind;
use std::path::PathBuf;

use super::{AutostartError, trying};
use crate::desktop::{APP_ID, APP_NAME};

fn file(entry: &str) -> Result<PathBuf, AutostartError> {
    let folders = directories::BaseDirs::new().ok_or_else(|| {
        trying("there is no home folder")(std::io::Error::new(ErrorKind::NotFound, "HOME isn't set"))
    })?;
    Ok(folders
        .config_dir()
        .join("autostart")
        .join(format!("{entry}.desktop")))
}

pub(super) fn is_on(entry: &str) -> Result<bool, AutostartError> {
    let file = file(entry)?;
    match std::fs::read_to_string(&file) {
        // This is how some desktops turn an entry off without removing it.
        Ok(text) => Ok(!text.lines().any(|line| line.trim() == "Hidden=true")),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(trying(format!("{} can't be read", file.display()))(error)),
    }
}

pub(super) fn write(entry: &str, command: &[String]) -> Result<(), AutostartError> {
    let file = file(entry)?;
    let failed = || format!("{} can't be written", file.display());
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).map_err(trying(failed()))?;
    }
    std::fs::write(&file, text(command)).map_err(trying(failed()))
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

fn text(command: &[String]) -> String {
    let command = command
        .iter()
        .map(|word| quoted(word))
        .collect::<Vec<_>>()
        .join(" ");
    format!(
        "[Desktop Entry]\nType=Application\nName={APP_NAME}\nIcon={APP_ID}\nExec={command}\nTerminal=false\n\
         X-GNOME-Autostart-enabled=true\n"
    )
}

/// A word of `Exec` (Desktop Entry Specification, "The Exec key"): in quotes, with the quoting's own backslashes doubled once
/// more because the value is a string, and `%` doubled because it starts a field code.
fn quoted(word: &str) -> String {
    let mut quoted = String::from("\"");
    for c in word.chars() {
        match c {
            '\\' => quoted.push_str("\\\\\\\\"),
            '"' | '`' | '$' => {
                quoted.push_str("\\\\");
                quoted.push(c);
            }
            '%' => quoted.push_str("%%"),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_survive_the_exec_key() {
        assert_eq!(
            quoted("/opt/Centrex Tray/centrex-tray"),
            "\"/opt/Centrex Tray/centrex-tray\""
        );
        assert_eq!(quoted("100%$HOME\"\\"), "\"100%%\\\\$HOME\\\\\"\\\\\\\\\"");
        let text = text(&["/usr/bin/centrex-tray".into(), "--hidden".into()]);
        assert!(
            text.contains("\nExec=\"/usr/bin/centrex-tray\" \"--hidden\"\n"),
            "{text}"
        );
    }
}
