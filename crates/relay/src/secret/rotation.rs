//! The callback secret and the one before it.
//!
//! The operator's change of address takes effect when it does, and callbacks that were on their way come late: for a while
//! both secrets are good. `centrex-relay callback rotate` writes the files of the data folder beside a running relay, which
//! reads them again as soon as somebody comes with a secret that it doesn't know.
//!
//! | file | holds |
//! |---|---|
//! | `callback-secret` | the secret, see [`super::callback`] |
//! | `callback-secret-previous` | the one before, and in a second line until when it is good (RFC 3339) |

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::SystemTime;

use jiff::{SignedDuration, Timestamp};
use rand::RngCore;

use super::callback::{CallbackSecret, CallbackSecretError, FILE};
use super::{file, random_hex};

/// The former secret's file in the data folder.
pub const PREVIOUS: &str = "callback-secret-previous";

/// Which secret a callback came with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one in force.
    Current,
    /// The one before, which is still good.
    Previous,
}

impl Which {
    /// For metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }
}

/// The secrets that let a callback in.
#[derive(Debug)]
pub struct CallbackSecrets {
    /// `None`: they were given and stay.
    data_dir: Option<PathBuf>,
    state: RwLock<Secrets>,
}

#[derive(Clone, Debug)]
struct Secrets {
    current: CallbackSecret,
    previous: Option<Former>,
    /// What the files looked like when they were read.
    seen: Seen,
}

/// A former secret.
#[derive(Clone, Debug)]
pub struct Former {
    secret: CallbackSecret,
    /// Until when it is good; `None`: as long as it is given.
    pub until: Option<Timestamp>,
}

type Seen = [Option<(SystemTime, u64)>; 2];

impl CallbackSecrets {
    /// Two that were given.
    pub fn given(current: CallbackSecret, previous: Option<CallbackSecret>) -> Self {
        let previous = previous.map(|secret| Former { secret, until: None });
        Self {
            data_dir: None,
            state: RwLock::new(Secrets {
                current,
                previous,
                seen: [None; 2],
            }),
        }
    }

    /// Those of the data folder; makes one when there is none.
    ///
    /// # Errors
    /// [`CallbackSecretError`]
    pub fn kept(data_dir: &Path, chance: &mut dyn RngCore) -> Result<Self, CallbackSecretError> {
        let current = CallbackSecret::kept(data_dir, chance)?;
        let seen = look(data_dir);
        let previous = former(data_dir)?;
        Ok(Self {
            data_dir: Some(data_dir.to_owned()),
            state: RwLock::new(Secrets {
                current,
                previous,
                seen,
            }),
        })
    }

    /// Which secret a path's segment is. Takes the same time for all that are none.
    pub fn admit(&self, candidate: &str, now: Timestamp) -> Option<Which> {
        let known = |secrets: &Secrets| {
            let is_current = secrets.current.matches(candidate);
            let is_previous = secrets.previous.as_ref().is_some_and(|former| {
                let is_good = former.until.is_none_or(|until| now < until);
                former.secret.matches(candidate) & is_good
            });
            match (is_current, is_previous) {
                (true, _) => Some(Which::Current),
                (false, true) => Some(Which::Previous),
                (false, false) => None,
            }
        };
        let found = known(&self.state.read().unwrap_or_else(PoisonError::into_inner));
        if found.is_some() || !self.refresh() {
            return found;
        }
        known(&self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the files again if they have changed; whether they had.
    pub fn refresh(&self) -> bool {
        let Some(data_dir) = &self.data_dir else {
            return false;
        };
        let seen = look(data_dir);
        if self.state.read().unwrap_or_else(PoisonError::into_inner).seen == seen {
            return false;
        }
        let read = CallbackSecret::look(data_dir).and_then(|current| Ok((current, former(data_dir)?)));
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.seen = seen;
        match read {
            Ok((Some(current), previous)) => {
                state.current = current;
                state.previous = previous;
                tracing::info!("the callback secret was changed");
                true
            }
            Ok((None, _)) => {
                tracing::error!("the callback secret's file is gone; the secret known so far stays in force");
                false
            }
            Err(error) => {
                tracing::error!(%error, "the changed callback secret can't be used; the one known so far stays in force");
                false
            }
        }
    }
}

/// The former secret of the data folder, if there is one; whether it is still good is for the caller.
///
/// # Errors
/// [`CallbackSecretError`]
pub fn former(data_dir: &Path) -> Result<Option<Former>, CallbackSecretError> {
    let path = data_dir.join(PREVIOUS);
    let text = match file::read(&path) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => {
            return Err(CallbackSecretError::File {
                path,
                doing: "read",
                cause,
            });
        }
    };
    let mut lines = text.lines();
    let secret = CallbackSecret::given(&lines.next().unwrap_or_default().to_owned().into());
    let secret = secret.map_err(|why| CallbackSecretError::Kept {
        path,
        why: Box::new(why),
    })?;
    // One whose end can't be read is good no more: it has served its time, or somebody wrote there.
    let until = lines
        .next()
        .and_then(|line| line.trim().parse().ok())
        .unwrap_or(Timestamp::MIN);
    Ok(Some(Former {
        secret,
        until: Some(until),
    }))
}

/// Makes a new secret in the data folder; the one so far stays good for `keep`.
///
/// # Errors
/// [`CallbackSecretError`]
pub fn rotate(
    data_dir: &Path,
    keep: SignedDuration,
    now: Timestamp,
    chance: &mut dyn RngCore,
) -> Result<CallbackSecret, CallbackSecretError> {
    let so_far = CallbackSecret::kept(data_dir, chance)?;
    let until = now.saturating_add(keep).unwrap_or(Timestamp::MAX);
    // First the old one: whenever this is cut off, the operator's address is good.
    replace(&data_dir.join(PREVIOUS), &format!("{}\n{until}", so_far.reveal()))?;
    let new = random_hex(chance, 24);
    replace(&data_dir.join(FILE), &new)?;
    CallbackSecret::given(&new.into())
}

fn replace(path: &Path, text: &str) -> Result<(), CallbackSecretError> {
    file::replace(path, text).map_err(|cause| CallbackSecretError::File {
        path: path.to_owned(),
        doing: "written",
        cause,
    })
}

fn look(data_dir: &Path) -> Seen {
    [FILE, PREVIOUS].map(|name| {
        let meta = std::fs::metadata(data_dir.join(name)).ok()?;
        Some((meta.modified().ok()?, meta.len()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn both_are_good_for_a_while_and_a_running_relay_notices() {
        let folder = tempfile::tempdir().unwrap();
        let mut chance = rand::rngs::StdRng::seed_from_u64(1);
        let now = Timestamp::UNIX_EPOCH;
        let later = |seconds| now + SignedDuration::from_secs(seconds);
        let secrets = CallbackSecrets::kept(folder.path(), &mut chance).unwrap();
        let first = CallbackSecret::look(folder.path()).unwrap().unwrap();
        assert_eq!(secrets.admit(first.reveal(), now), Some(Which::Current));

        let second = rotate(folder.path(), SignedDuration::from_secs(60), now, &mut chance).unwrap();
        assert_eq!(secrets.admit(second.reveal(), now), Some(Which::Current));
        assert_eq!(secrets.admit(first.reveal(), later(59)), Some(Which::Previous));
        assert_eq!(secrets.admit(first.reveal(), later(60)), None);
        assert_eq!(secrets.admit("something-else-entirely", now), None);

        // A second rotation leaves two, not three.
        let third = rotate(folder.path(), SignedDuration::from_secs(60), now, &mut chance).unwrap();
        assert!(secrets.refresh());
        assert_eq!(secrets.admit(third.reveal(), now), Some(Which::Current));
        assert_eq!(secrets.admit(second.reveal(), now), Some(Which::Previous));
        assert_eq!(secrets.admit(first.reveal(), now), None);
        // A start finds them as well.
        let started = CallbackSecrets::kept(folder.path(), &mut chance).unwrap();
        assert_eq!(started.admit(second.reveal(), later(1)), Some(Which::Previous));
        assert_eq!(started.admit(third.reveal(), later(1)), Some(Which::Current));
        #[cfg(unix)]
        for name in [FILE, PREVIOUS] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join(name))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            2,
            "no draft is left"
        );
    }

    #[test]
    fn a_damaged_file_locks_nobody_out_of_a_running_relay() {
        let folder = tempfile::tempdir().unwrap();
        let mut chance = rand::rngs::StdRng::seed_from_u64(1);
        let now = Timestamp::UNIX_EPOCH;
        let secrets = CallbackSecrets::kept(folder.path(), &mut chance).unwrap();
        let first = CallbackSecret::look(folder.path()).unwrap().unwrap();
        std::fs::write(folder.path().join(FILE), "x").unwrap();
        assert_eq!(secrets.admit("x", now), None);
        assert_eq!(secrets.admit(first.reveal(), now), Some(Which::Current));
        std::fs::write(folder.path().join(PREVIOUS), "0123456789abcdefgh\nwhenever").unwrap();
        std::fs::write(folder.path().join(FILE), "abcdefgh0123456789").unwrap();
        assert_eq!(secrets.admit("0123456789abcdefgh", now), None, "no end, no use");
        assert_eq!(secrets.admit("abcdefgh0123456789", now), Some(Which::Current));
    }
}
