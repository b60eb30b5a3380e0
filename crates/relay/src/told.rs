//! Which callback address the operator was told last, by this relay.

use std::path::Path;

use jiff::Timestamp;

use crate::secret::Hash;
use crate::store::kinds::told::{self, Told};
use crate::store::{StoreError, direct, look};

/// What was told last; `None`: nothing yet.
///
/// # Errors
/// [`StoreError`]
pub fn last(data_dir: &Path, now: Timestamp) -> Result<Option<Told>, StoreError> {
    look(data_dir, now, told::get)
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

fn hash(address: &str) -> Hash {
    Hash::of(address.as_bytes())
}
