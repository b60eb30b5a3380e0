//! Where a running relay listens, for commands beside it: `listen` may leave the port to the system.
//!
//! The file `address` in the data folder holds the public listener's address on a line. A relay writes it once it listens and
//! removes it at its end; one that a killed relay left means nothing, because nobody holds the folder's lock.

use std::net::SocketAddr;
use std::path::Path;

use crate::lock::DataLock;
use crate::secret::file;

const FILE: &str = "address";

/// Writes it down; held as long as the relay listens.
#[derive(Debug)]
pub(crate) struct Noted(std::path::PathBuf);

impl Noted {
    /// Of the relay that holds the folder. That it can't be written down costs a command its knowledge only.
    pub(crate) fn new(data_dir: &Path, address: SocketAddr) -> Self {
        let path = data_dir.join(FILE);
        if let Err(error) = file::replace(&path, &address.to_string()) {
            tracing::warn!(%error, file = %path.display(), "the relay's address can't be written down");
        }
        Self(path)
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        // Whatever stays says nothing without a relay.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Where the relay listens that runs on this folder; `None` when none does, or it isn't known.
pub fn of_running(data_dir: &Path) -> Option<SocketAddr> {
    let text = file::read(&data_dir.join(FILE)).ok()?;
    let address = text.trim().parse().ok()?;
    DataLock::is_taken(data_dir).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_relay_that_runs_has_an_address() {
        let folder = tempfile::tempdir().unwrap();
        let address: SocketAddr = "127.0.0.1:4711".parse().unwrap();
        let lock = DataLock::take(folder.path()).unwrap();
        assert_eq!(of_running(folder.path()), None);
        let noted = Noted::new(folder.path(), address);
        assert_eq!(of_running(folder.path()), Some(address));
        drop(lock);
        assert_eq!(of_running(folder.path()), None, "one that was killed");
        let _lock = DataLock::take(folder.path()).unwrap();
        drop(noted);
        assert_eq!(of_running(folder.path()), None, "one that stopped");
    }
}
