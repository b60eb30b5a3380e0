//! The login keychain.

use std::collections::HashMap;
use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use companion::event::KeychainProblem;
use keyring_core::{CredentialStore, Error};

pub(super) fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

pub(super) fn modifiers(_label: &str) -> HashMap<&str, &str> {
    HashMap::new()
}

pub(super) fn problem(error: &Error) -> KeychainProblem {
    match error {
        // The person refused access, or the keychain is locked.
        Error::NoStorageAccess(_) => KeychainProblem::Locked,
        _ => KeychainProblem::Failed,
    }
}

/// macOS asks the person itself, and waits for them.
pub(super) async fn why_no_answer() -> KeychainProblem {
    KeychainProblem::NoAnswer
}

/// It is open as long as the person is signed in.
pub(super) async fn is_locked() -> Option<bool> {
    Some(false)
}

/// Only asking tells, and asking shows the dialog.
pub(super) async fn is_open() -> bool {
    false
}
