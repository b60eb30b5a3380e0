//! Where the files of a profile lie.

use std::path::{Path, PathBuf};

use control::profile::Profile;
use directories::ProjectDirs;

/// Overrides the folder of the settings file.
pub const CONFIG_DIR_ENV: &str = "CENTREX_TRAY_CONFIG_DIR";
/// Overrides the folder of the journal.
pub const DATA_DIR_ENV: &str = "CENTREX_TRAY_DATA_DIR";

/// The files of one profile. Nothing is created here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The person's settings: `settings.toml`.
    pub settings: PathBuf,
    /// The company's settings, read-only: in the system's configuration folder.
    pub company_settings: Option<PathBuf>,
    /// The journal: `journal.db`.
    pub journal: PathBuf,
    /// The address book: `contacts.db`.
    pub contacts: PathBuf,
}

/// The person has no home folder.
#[derive(Debug, thiserror::Error)]
#[error(
    "no folder for settings and journal: neither a home folder nor {CONFIG_DIR_ENV} and {DATA_DIR_ENV} are set"
)]
pub struct NoHome;

impl Paths {
    /// The files of a profile; profiles other than the default one lie in `profiles/NAME` of the same folders.
    ///
    /// # Errors
    /// [`NoHome`]
    pub fn of(profile: &Profile) -> Result<Self, NoHome> {
        let project = ProjectDirs::from("", "", "centrex-tray");
        let folder = |variable: &str, usual: Option<PathBuf>| {
            let base = std::env::var_os(variable)
                .filter(|path| !path.is_empty())
                .map(PathBuf::from)
                .or(usual);
            base.map(|base| {
                if profile.is_default() {
                    base
                } else {
                    base.join("profiles").join(profile.name())
                }
            })
            .ok_or(NoHome)
        };
        let config = folder(
            CONFIG_DIR_ENV,
            project.as_ref().map(|dirs| dirs.config_dir().to_owned()),
        )?;
        let data = folder(
            DATA_DIR_ENV,
            project.as_ref().map(|dirs| dirs.data_local_dir().to_owned()),
        )?;
        Ok(Self {
            settings: config.join("settings.toml"),
            company_settings: company_settings(),
            journal: data.join("journal.db"),
            contacts: data.join("contacts.db"),
        })
    }

    /// The folder of journal and contacts.
    pub(crate) fn data(&self) -> &Path {
        self.journal.parent().unwrap_or(Path::new("."))
    }
}

/// The same file for every profile and person of the machine.
fn company_settings() -> Option<PathBuf> {
    if cfg!(target_os = "windows") {
        let folder = PathBuf::from(std::env::var_os("ProgramData")?);
        Some(folder.join("centrex-tray").join("settings.toml"))
    } else if cfg!(target_os = "macos") {
        Some(PathBuf::from(
            "/Library/Application Support/centrex-tray/settings.toml",
        ))
    } else {
        Some(PathBuf::from("/etc/centrex-tray/settings.toml"))
    }
}
