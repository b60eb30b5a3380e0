//! One agent at a time works with the data of a profile, wherever it was started.

use std::fs::{File, TryLockError};
use std::path::Path;

use companion::private;

/// Beside the journal.
const NAME: &str = "agent.lock";

/// Held while the agent works. The lock beside the control socket tells apart only those that share a runtime folder: one
/// that was started by `su`, by cron or after that folder was deleted would alert twice and write into the same journal.
pub(crate) struct DataLock {
    /// The system frees its lock however we end.
    _file: Option<File>,
}

/// Another agent works with the data.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("another agent works with the same data")]
pub(crate) struct InUse;

impl DataLock {
    /// Takes the data in a folder, which is made when missing. Where no lock can be had (a folder that can't be written, a
    /// file system without locks) the agent goes on without: what needs the folder says what is wrong with it.
    ///
    /// # Errors
    /// [`InUse`]
    pub(crate) fn take(folder: &Path) -> Result<Self, InUse> {
        let locked = open(folder).map_err(TryLockError::Error).and_then(|file| {
            file.try_lock()?;
            Ok(file)
        });
        match locked {
            Ok(file) => Ok(Self { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(InUse),
            Err(TryLockError::Error(error)) => {
                tracing::warn!(%error, "the data can't be locked: a second agent wouldn't be noticed");
                Ok(Self { _file: None })
            }
        }
    }
}

fn open(folder: &Path) -> std::io::Result<File> {
    private::make_folder(folder)?;
    let mut options = File::options();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(folder.join(NAME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_belong_to_one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("deep/data");
        let first = DataLock::take(&data).unwrap();
        assert_eq!(DataLock::take(&data).err(), Some(InUse));
        assert!(DataLock::take(&folder.path().join("other")).is_ok());
        drop(first);
        assert!(DataLock::take(&data).is_ok());
    }

    #[test]
    fn where_no_lock_can_be_had_the_agent_starts_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a file");
        std::fs::write(&file, "").unwrap();
        assert!(DataLock::take(&file).is_ok());
    }
}
