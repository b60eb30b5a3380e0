//! Which callback address the operator was told last, by this relay, and what the operator last said about its key.

use std::path::Path;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::secret::Hash;
use crate::store::kinds::answered::{self, Answered, Mark};
use crate::store::kinds::told::{self, Told};
use crate::store::{StoreError, direct, look};

/// What was told last; `None`: nothing yet.
///
/// # Errors
/// [`StoreError`]
pub fn last(data_dir: &Path) -> Result<Option<Told>, StoreError> {
    known(look(data_dir, told::get))
}

/// Writes down that the operator was told this address, or that there is none.
///
/// # Errors
/// [`StoreError`]
pub fn note(data_dir: &Path, address: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
    let told = Told {
        at: now,
        address: address.map(hash),
    };
    direct(data_dir, now, |db| told::put(db, &told))
}

/// Whether it is this address that was told.
pub fn is(told: &Told, address: &str) -> bool {
    told.address.is_some_and(|known| known.matches(&hash(address)))
}

/// What the operator last said about the key; `None`: nothing yet.
///
/// # Errors
/// [`StoreError`]
pub fn answered(data_dir: &Path) -> Result<Option<Answered>, StoreError> {
    known(look(data_dir, answered::get))
}

/// Without a database nothing was written down.
fn known<T>(looked: Result<Option<T>, StoreError>) -> Result<Option<T>, StoreError> {
    match looked {
        Err(StoreError::Absent { .. }) => Ok(None),
        looked => looked,
    }
}

/// Writes down what the operator answered to a request with this key, if it tells something about the key.
///
/// # Errors
/// [`StoreError`]
pub fn note_answer(
    data_dir: &Path,
    key: &SecretString,
    answer: Result<(), &centrex::Error>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let outcome = answer.map_or_else(centrex::Error::code, |()| answered::ACCEPTED);
    direct(data_dir, now, |db| answered::put(db, Mark::of(key), outcome, now))
}

fn hash(address: &str) -> Hash {
    Hash::of(address.as_bytes())
}
