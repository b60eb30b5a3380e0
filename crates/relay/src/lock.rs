//! One relay at a time on a data folder.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::store::{StoreError, make_folder};

/// Whoever looks whether a relay runs ([`DataLock::is_taken`]) holds the lock for a moment, much shorter than this.
const LOOK: Duration = Duration::from_millis(500);

/// Held while a relay runs; the system lets go of it with the process, however that ends.
#[derive(Debug)]
pub struct DataLock {
    _file: File,
}

/// The data folder can't be taken.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another relay runs on it.
    #[error("another centrex-relay already uses the data folder {}; stop it, or choose another data_dir", .0.display())]
    Taken(PathBuf),
    /// The folder or the lock file can't be made.
    #[error(transparent)]
    Folder(#[from] StoreError),
}

impl DataLock {
    /// Takes the folder, making it when there is none.
    ///
    /// # Errors
    /// [`LockError`]
    pub fn take(data_dir: &Path) -> Result<Self, LockError> {
        let failed = |cause: std::io::Error| StoreError::Folder {
            path: data_dir.to_owned(),
            cause: cause.into(),
        };
        make_folder(data_dir)?;
        let path = data_dir.join("relay.lock");
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        // Another user who could open it could also hold it, and so keep the relay from starting.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path).map_err(failed)?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if begun.elapsed() < LOOK => std::thread::sleep(LOOK / 100),
                Err(TryLockError::WouldBlock) => return Err(LockError::Taken(data_dir.to_owned())),
                Err(TryLockError::Error(cause)) => return Err(failed(cause).into()),
            }
        }
    }

    /// Whether a relay runs on the folder right now.
    pub fn is_taken(data_dir: &Path) -> bool {
        let file = File::options().write(true).open(data_dir.join("relay.lock"));
        file.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn a_relay_starts_while_others_look_whether_one_runs() {
        let folder = tempfile::tempdir().unwrap();
        drop(DataLock::take(folder.path()).unwrap());
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !over.load(Ordering::Relaxed) {
                        DataLock::is_taken(folder.path());
                    }
                });
            }
            let taken = (0..500).all(|_| DataLock::take(folder.path()).is_ok());
            over.store(true, Ordering::Relaxed);
            assert!(taken);
        });
        let _held = DataLock::take(folder.path()).unwrap();
        assert!(matches!(DataLock::take(folder.path()), Err(LockError::Taken(_))));
    }
}
