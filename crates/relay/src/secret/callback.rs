//! The unguessable part of the callback URL.
//!
//! Callbacks carry no signature: whoever knows the URL may send them. The secret is made at the first start and kept in the
//! data folder, readable by the relay's user only, unless a file or the environment gives one.

use std::path::{Path, PathBuf};

use rand::RngCore;
use secrecy::{ExposeSecret as _, SecretString};

use super::{Hash, file, random_hex};
use crate::owner;

/// The file's name in the data folder.
pub const FILE: &str = "callback-secret";

/// The least length that can't be guessed when made by chance.
const SHORTEST: usize = 16;

/// The callback URL's secret part.
#[derive(Clone, Debug)]
pub struct CallbackSecret {
    text: SecretString,
    hash: Hash,
}

/// The callback secret can't be used.
#[derive(Debug, thiserror::Error)]
pub enum CallbackSecretError {
    /// Too short.
    #[error("the callback secret is shorter than {SHORTEST} characters; make one with: openssl rand -hex 24")]
    Short,
    /// Something that would have to be escaped in a URL.
    #[error("the callback secret may hold only letters, digits, '-', '_', '.' and '~'")]
    Character,
    /// The one kept in the data folder is damaged.
    #[error(
        "the callback secret kept in {} can't be used ({why}); restore the file, or remove it and run `callback set` again",
        path.display()
    )]
    Kept {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        why: Box<CallbackSecretError>,
    },
    /// A file can't be read or written.
    #[error("the callback secret's file {} can't be {doing}: {}", path.display(), owner::explained(path, cause))]
    File {
        /// Which file.
        path: PathBuf,
        /// `read` or `written`.
        doing: &'static str,
        /// The system's error.
        cause: std::io::Error,
    },
}

impl CallbackSecret {
    /// Takes one that was given.
    ///
    /// # Errors
    /// [`CallbackSecretError`] when it is too short or doesn't fit in a URL as it is.
    pub fn given(text: &SecretString) -> Result<Self, CallbackSecretError> {
        let text = text.expose_secret().trim();
        if text.len() < SHORTEST {
            return Err(CallbackSecretError::Short);
        }
        if !text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte))
        {
            return Err(CallbackSecretError::Character);
        }
        Ok(Self {
            text: text.to_owned().into(),
            hash: Hash::of(text.as_bytes()),
        })
    }

    /// Reads the data folder's, or makes it.
    ///
    /// # Errors
    /// [`CallbackSecretError`]
    pub fn kept(data_dir: &Path, chance: &mut dyn RngCore) -> Result<Self, CallbackSecretError> {
        if let Some(kept) = Self::look(data_dir)? {
            return Ok(kept);
        }
        let path = data_dir.join(FILE);
        if crate::store::was_called(data_dir) {
            tracing::warn!(
                file = %path.display(),
                "the callback secret was lost and a new one is made: the platform still calls the old address, \
                 which now answers 404; run `centrex-relay callback set`"
            );
        }
        let text = random_hex(chance, 24);
        match file::create(&path, &text) {
            // Another process was quicker: theirs counts.
            Err(cause) if cause.kind() == std::io::ErrorKind::AlreadyExists => Self::kept(data_dir, chance),
            Err(cause) => Err(CallbackSecretError::File {
                path,
                doing: "written",
                cause,
            }),
            Ok(()) => Self::given(&text.into()),
        }
    }

    /// Reads the data folder's, if there is one.
    ///
    /// # Errors
    /// [`CallbackSecretError`]
    pub fn look(data_dir: &Path) -> Result<Option<Self>, CallbackSecretError> {
        let path = data_dir.join(FILE);
        match file::read(&path) {
            Ok(text) => match Self::given(&text.into()) {
                Ok(kept) => Ok(Some(kept)),
                Err(why) => Err(CallbackSecretError::Kept {
                    path,
                    why: Box::new(why),
                }),
            },
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(cause) => Err(CallbackSecretError::File {
                path,
                doing: "read",
                cause,
            }),
        }
    }

    /// Whether a path's segment is it; takes the same time whatever is asked.
    pub fn matches(&self, candidate: &str) -> bool {
        Hash::of(candidate.as_bytes()).matches(&self.hash)
    }

    /// For the one place that shows the callback URL.
    pub fn reveal(&self) -> &str {
        self.text.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn is_made_once_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let mut chance = rand::rngs::StdRng::seed_from_u64(1);
        let made = CallbackSecret::kept(folder.path(), &mut chance).unwrap();
        let read = CallbackSecret::kept(folder.path(), &mut chance).unwrap();
        assert_eq!(made.reveal(), read.reveal());
        assert!(made.matches(read.reveal()));
        assert!(!made.matches("something else"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "no draft is left"
        );
    }

    #[test]
    fn a_damaged_one_is_named_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, "").unwrap();
        let mut chance = rand::rngs::StdRng::seed_from_u64(1);
        let error = CallbackSecret::kept(folder.path(), &mut chance).unwrap_err();
        assert!(error.to_string().contains(FILE), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "");
    }

    #[test]
    fn weak_ones_are_refused() {
        assert!(matches!(
            CallbackSecret::given(&"short".into()),
            Err(CallbackSecretError::Short)
        ));
        let slash = "0123456789abcdef/".to_owned().into();
        assert!(matches!(
            CallbackSecret::given(&slash),
            Err(CallbackSecretError::Character)
        ));
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = CallbackSecret::given(&"canary-0123456789abcdef".into()).unwrap();
        assert!(!format!("{secret:?}").contains("canary"));
    }
}
