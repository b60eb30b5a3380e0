//! Where the agent of a profile listens.

use std::path::{Path, PathBuf};

use directories::BaseDirs;
use interprocess::local_socket::{GenericFilePath, GenericNamespaced, Name, prelude::*};

use crate::profile::Profile;

/// Overrides the folder of the control socket and its lock.
pub const RUNTIME_DIR_ENV: &str = "CENTREX_TRAY_RUNTIME_DIR";

/// Where the agent of one profile listens, and the lock that makes it the only one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    folder: PathBuf,
    /// `control` or `control-NAME`.
    stem: String,
}

/// No folder for the socket is known.
#[derive(Debug, thiserror::Error)]
#[error("no folder for the control socket: neither {RUNTIME_DIR_ENV} nor a home folder is set")]
pub struct AddressError;

impl Address {
    /// The address of a profile: in `CENTREX_TRAY_RUNTIME_DIR` when that is set, else in `centrex-tray` of the session's
    /// runtime folder (`XDG_RUNTIME_DIR`), else in `run` of the person's data folder.
    ///
    /// # Errors
    /// [`AddressError`] when the person has no home folder either.
    pub fn of(profile: &Profile) -> Result<Self, AddressError> {
        if let Some(folder) = std::env::var_os(RUNTIME_DIR_ENV).filter(|folder| !folder.is_empty()) {
            return Ok(Self::within(&PathBuf::from(folder), profile));
        }
        let base = BaseDirs::new().ok_or(AddressError)?;
        let folder = match base.runtime_dir() {
            Some(session) => session.join("centrex-tray"),
            None => base.data_local_dir().join("centrex-tray").join("run"),
        };
        Ok(Self::within(&folder, profile))
    }

    /// The address of a profile in a folder of the caller's choice.
    pub fn within(folder: &Path, profile: &Profile) -> Self {
        let stem = if profile.is_default() {
            "control".to_owned()
        } else {
            format!("control-{}", profile.name())
        };
        Self {
            folder: folder.to_owned(),
            stem,
        }
    }

    /// The folder that holds the lock, and the socket where there are socket files.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Held by the running agent.
    pub(super) fn lock_file(&self) -> PathBuf {
        self.folder.join(format!("{}.lock", self.stem))
    }

    /// The socket's file. On Windows nothing lies there, its path only gives the pipe its name.
    pub fn socket_file(&self) -> PathBuf {
        self.folder.join(format!("{}.sock", self.stem))
    }

    /// The name as the operating system takes it.
    pub(super) fn os_name(&self) -> std::io::Result<Name<'static>> {
        if cfg!(windows) {
            // Pipe names are the machine's; the folder is the user's, so a hash of its path tells users apart.
            let path = self.socket_file();
            format!("centrex-tray-{:016x}", fnv1a(path.to_string_lossy().as_bytes()))
                .to_ns_name::<GenericNamespaced>()
        } else {
            self.socket_file().to_fs_name::<GenericFilePath>()
        }
    }
}

/// The FNV-1a hash (64 bits): a name that two programs agree on. `std`'s hasher promises no stable value.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_have_addresses_of_their_own() {
        let folder = Path::new("/run/user/1000/centrex-tray");
        let default = Address::within(folder, &Profile::default());
        let work = Address::within(folder, &"work".parse().unwrap());
        assert_eq!(default.socket_file(), folder.join("control.sock"));
        assert_eq!(work.socket_file(), folder.join("control-work.sock"));
        assert_ne!(default.lock_file(), work.lock_file());
    }

    #[test]
    fn the_hash_is_the_published_one() {
        // Test vectors of the FNV reference (draft-eastlake-fnv).
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
