//! The person's part of the registry: a class for our own links, and an application with capabilities for numbers
//! ("Default Programs" and "Registering an Application to a URI Scheme" of Microsoft's documentation).

use std::io;

use companion::words::Language;
use windows_registry::CURRENT_USER;

use super::{LinkOpener, NumberLinks, Takeover};
use crate::desktop::{APP_ID, APP_NAME, program};

/// The schemes of numbers. Many programs want them, so none of them is taken.
const NUMBER_SCHEMES: [&str; 3] = ["tel", "callto", "sip"];
/// The class that the capabilities name for numbers.
const NUMBER_CLASS: &str = "CentrexTray.Number";
const CLASSES: &str = r"Software\Classes";
const APPLICATION: &str = r"Software\Centrex Tray";
const CAPABILITIES: &str = r"Software\Centrex Tray\Capabilities";
/// Where Windows looks for applications with capabilities.
const REGISTERED: &str = r"Software\RegisteredApplications";
/// What the person chose for numbers. Programs may read it; only the system's settings may write it.
const CHOICE: &str = r"Software\Microsoft\Windows\Shell\Associations\UrlAssociations\tel\UserChoice";
/// The page of the system's settings, on Windows 11 at this program's own links ("Launch the Default Apps settings page" of
/// Microsoft's documentation); earlier ones show all programs.
const DEFAULT_APPS: &str = "ms-settings:defaultapps?registeredAppUser=Centrex%20Tray";
/// `HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)`.
const NOT_FOUND: i32 = 0x8007_0002_u32.cast_signed();

pub(super) fn register(about: &str) -> io::Result<()> {
    let program = program::without_console()?;
    let program = program.to_string_lossy();
    for class in [NUMBER_CLASS, APP_ID] {
        let key = CURRENT_USER.create(format!(r"{CLASSES}\{class}"))?;
        // The default value of a key is the one without a name.
        key.set_string("", format!("URL:{APP_NAME}"))?;
        key.set_string("URL Protocol", "")?;
        key.create("DefaultIcon")?
            .set_string("", format!("\"{program}\",0"))?;
        // `--`: whatever a link says, it can't become an option.
        key.create(r"shell\open\command")?
            .set_string("", format!("\"{program}\" dial -- \"%1\""))?;
    }
    let capabilities = CURRENT_USER.create(CAPABILITIES)?;
    capabilities.set_string("ApplicationName", APP_NAME)?;
    capabilities.set_string("ApplicationDescription", about)?;
    capabilities.set_string("ApplicationIcon", format!("\"{program}\",0"))?;
    let links = capabilities.create("URLAssociations")?;
    for scheme in NUMBER_SCHEMES {
        links.set_string(scheme, NUMBER_CLASS)?;
    }
    CURRENT_USER
        .create(REGISTERED)?
        .set_string(APP_NAME, CAPABILITIES)?;
    Ok(())
}

pub(super) fn unregister() -> io::Result<()> {
    gone(
        CURRENT_USER
            .create(REGISTERED)
            .and_then(|applications| applications.remove_value(APP_NAME)),
    )?;
    gone(CURRENT_USER.remove_tree(APPLICATION))?;
    for class in [NUMBER_CLASS, APP_ID] {
        gone(CURRENT_USER.remove_tree(format!(r"{CLASSES}\{class}")))?;
    }
    Ok(())
}

#[expect(clippy::unused_async, reason = "Linux has to ask a program")]
pub(super) async fn numbers(_lang: Language) -> NumberLinks {
    let chosen = CURRENT_USER
        .open(CHOICE)
        .and_then(|choice| choice.get_string("ProgId"));
    let opener = match chosen {
        Ok(class) if class == NUMBER_CLASS => LinkOpener::Us,
        // Its name stands elsewhere for each kind of program.
        Ok(_) => LinkOpener::Other(None),
        // Not chosen yet: the only program that can may open them, or the system asks.
        Err(_) => LinkOpener::Unknown,
    };
    NumberLinks {
        opener,
        takeover: Takeover::SystemSettings,
    }
}

pub(super) async fn take_numbers() -> io::Result<()> {
    tokio::task::spawn_blocking(|| opener::open(DEFAULT_APPS))
        .await?
        .map_err(io::Error::other)
}

/// What isn't there needs no removing.
fn gone(removed: windows_registry::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.code().0 != NOT_FOUND => Err(error.into()),
        _ => Ok(()),
    }
}
