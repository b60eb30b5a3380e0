//! The desktop entry, once installed, says which links this program can open; who opens them, the desktop's list of default
//! programs does (MIME Applications Associations Specification). `xdg-mime` reads and writes it as each desktop wants it.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use companion::words::Language;
use tokio::process::Command;

use super::{LinkOpener, NumberLinks, Takeover};
use crate::desktop::APP_ID;

/// Links to numbers, as the list of default programs names them.
const NUMBERS: &str = "x-scheme-handler/tel";
/// The older kind of them, which is taken over together with it. `sip:` is not: who has a softphone wants that there.
const OLDER: &str = "x-scheme-handler/callto";
/// It asks programs of the desktop, which may hang. Usually a tenth of a second.
const PATIENCE: Duration = Duration::from_secs(10);

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn register(_about: &str) -> io::Result<()> {
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn unregister() -> io::Result<()> {
    Ok(())
}

pub(super) async fn numbers(lang: Language) -> NumberLinks {
    match default_entry().await {
        Ok(entry) => NumberLinks {
            opener: match entry {
                None => LinkOpener::Nobody,
                Some(entry) if entry == own_entry() => LinkOpener::Us,
                Some(entry) => LinkOpener::Other(Some(program_name(&entry, lang))),
            },
            takeover: if find(&own_entry()).is_some() {
                Takeover::Here
            } else {
                Takeover::NotInstalled
            },
        },
        Err(error) => {
            tracing::info!(%error, "who opens links to numbers can't be asked");
            NumberLinks {
                opener: LinkOpener::Unknown,
                takeover: Takeover::Elsewhere,
            }
        }
    }
}

pub(super) async fn take_numbers() -> io::Result<()> {
    let entry = own_entry();
    if find(&entry).is_none() {
        return Err(io::Error::other(format!("{entry} isn't installed")));
    }
    xdg_mime(&["default", &entry, NUMBERS, OLDER]).await?;
    // It ends well even where nothing could be written.
    if default_entry().await?.as_deref() == Some(&*entry) {
        return Ok(());
    }
    Err(io::Error::other(
        "xdg-mime: the list of default programs stays as it was",
    ))
}

/// The desktop entry that opens numbers.
async fn default_entry() -> io::Result<Option<String>> {
    let said = xdg_mime(&["query", "default", NUMBERS]).await?;
    Ok(said
        .lines()
        .map(str::trim)
        .find(|line| line.ends_with(".desktop"))
        .map(ToOwned::to_owned))
}

async fn xdg_mime(arguments: &[&str]) -> io::Result<String> {
    let asked = Command::new("xdg-mime")
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, asked)
        .await
        .map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "xdg-mime doesn't answer"))?
        .map_err(|error| io::Error::new(error.kind(), format!("xdg-mime: {error}")))?;
    if !output.status.success() {
        return Err(io::Error::other(format!("xdg-mime: {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn own_entry() -> String {
    format!("{APP_ID}.desktop")
}

/// An installed desktop entry, by its name.
fn find(entry: &str) -> Option<PathBuf> {
    let home = directories::BaseDirs::new().map(|folders| folders.data_dir().to_owned());
    let system = std::env::var_os("XDG_DATA_DIRS").filter(|folders| !folders.is_empty());
    let system = system.unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    home.into_iter()
        .chain(std::env::split_paths(&system))
        .map(|folder| folder.join("applications").join(entry))
        .find(|file| file.is_file())
}

/// As the desktop's menu shows it; the entry's own name where it can't be read.
fn program_name(entry: &str, lang: Language) -> String {
    find(entry)
        .and_then(|file| std::fs::read_to_string(file).ok())
        .and_then(|text| name_in(&text, lang))
        .unwrap_or_else(|| entry.trim_end_matches(".desktop").to_owned())
}

/// `Name` of the group `[Desktop Entry]`, in the language where it is given (Desktop Entry Specification).
fn name_in(text: &str, lang: Language) -> Option<String> {
    let own = format!("Name[{}]", lang.code());
    let lines = text
        .lines()
        .map(str::trim)
        .skip_while(|line| *line != "[Desktop Entry]")
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let mut name = None;
    for (key, value) in lines.filter_map(|line| line.split_once('=')) {
        let value = value.trim();
        match key.trim() {
            _ if value.is_empty() => {}
            key if key == own => return Some(value.to_owned()),
            "Name" => name = Some(value.to_owned()),
            _ => {}
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_called_as_in_the_menu() {
        let calls = "# of a phone\n[Desktop Entry]\nName=Calls\nName[fr] = Appels\nExec=calls\n\n\
                     [Desktop Action New]\nName=New\nName[en]=New call\n";
        assert_eq!(name_in(calls, Language::Fr).as_deref(), Some("Appels"));
        assert_eq!(name_in(calls, Language::En).as_deref(), Some("Calls"));
        for none in [
            "",
            "Name=Outside\n",
            "[Desktop Entry]\nName=\n",
            "[Other]\nName=Other\n",
        ] {
            assert_eq!(name_in(none, Language::Fr), None, "{none:?}");
        }
    }
}
