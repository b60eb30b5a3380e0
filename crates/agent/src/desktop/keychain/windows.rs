//! The Credential Manager.

use std::collections::HashMap;
use std::sync::Arc;

use companion::event::KeychainProblem;
use keyring_core::{CredentialStore, Error};
use windows_native_keyring_store::Store;

pub(super) fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

/// Kept on this computer: credentials of the default kind roam with the person's profile.
pub(super) fn modifiers(_label: &str) -> HashMap<&str, &str> {
    HashMap::from([("persistence", "Local")])
}

pub(super) fn problem(error: &Error) -> KeychainProblem {
    match error {
        // A session without credentials of its own, such as a service's.
        Error::NoStorageAccess(_) => KeychainProblem::NoService,
        _ => KeychainProblem::Failed,
    }
}

pub(super) async fn why_no_answer() -> KeychainProblem {
    KeychainProblem::NoAnswer
}

/// It is open as long as the person is signed in.
pub(super) async fn is_locked() -> Option<bool> {
    Some(false)
}

/// Nobody is ever asked for a password.
pub(super) async fn is_open() -> bool {
    true
}
