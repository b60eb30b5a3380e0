//! The Secret Service (gnome-keyring, KWallet, KeePassXC) over D-Bus.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use companion::event::KeychainProblem;
use keyring_core::{CredentialStore, Error};
use zbus_secret_service_keyring_store::Store;

/// How long a keychain may take to say whether it is locked.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(Store::new()?)
}

/// How the entry is shown in the keychain's own program.
pub(super) fn modifiers(label: &str) -> HashMap<&str, &str> {
    HashMap::from([("label", label)])
}

pub(super) fn problem(error: &Error) -> KeychainProblem {
    match error {
        Error::NoStorageAccess(_) => KeychainProblem::Locked,
        Error::PlatformFailure(cause) => match cause.downcast_ref() {
            Some(secret_service::Error::Unavailable) => KeychainProblem::NoService,
            Some(secret_service::Error::Zbus(error)) if is_absence(error) => KeychainProblem::NoService,
            Some(secret_service::Error::Locked | secret_service::Error::Prompt) => KeychainProblem::Locked,
            _ => KeychainProblem::Failed,
        },
        _ => KeychainProblem::Failed,
    }
}

/// No session bus, or nobody on it who is a keychain.
fn is_absence(error: &zbus::Error) -> bool {
    match error {
        zbus::Error::InputOutput(_) | zbus::Error::Address(_) => true,
        zbus::Error::MethodError(name, ..) => {
            let name = name.as_str();
            name == "org.freedesktop.DBus.Error.ServiceUnknown"
                || name == "org.freedesktop.DBus.Error.NameHasNoOwner"
                // The bus knows how to start one, and that failed.
                || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
        }
        _ => false,
    }
}

/// A keychain that asks the person for its password doesn't answer until they have typed it: it isn't broken, it is locked.
pub(super) async fn why_no_answer() -> KeychainProblem {
    match is_locked().await {
        Some(true) => KeychainProblem::Locked,
        _ => KeychainProblem::NoAnswer,
    }
}

/// Whether the person's keychain waits for its password, as far as it tells; `None` when it doesn't answer.
pub(super) async fn is_locked() -> Option<bool> {
    let locked = async {
        let bus = zbus::connection::Builder::session()?.build().await?;
        let collection = zbus::proxy::Builder::<zbus::Proxy<'_>>::new(&bus)
            .destination("org.freedesktop.secrets")?
            .path("/org/freedesktop/secrets/aliases/default")?
            .interface("org.freedesktop.Secret.Collection")?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        collection.get_property::<bool>("Locked").await
    };
    let locked: zbus::Result<bool> = tokio::time::timeout(PATIENCE, locked).await.ok()?;
    Some(locked.unwrap_or_default())
}

/// Whether nothing would be asked of the person.
pub(super) async fn is_open() -> bool {
    is_locked().await == Some(false)
}
