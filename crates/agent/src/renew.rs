//! A new token in place of an old one, without a person. It goes into the keychain first and is used only then: until it is
//! used the old one stays good, so whatever breaks in between locks nobody out.

use relay_api::RelayClient;
use secrecy::{ExposeSecret as _, SecretString};

use crate::desktop::KeychainPort;
use crate::enrol::{TOKEN, keeps};
use crate::token;

/// Renews the token of this client, unless the keychain holds a newer one; `None` when it can't be done now. It is tried again
/// with the next look at the relay.
pub(crate) async fn renew<K: KeychainPort>(
    keychain: &K,
    client: RelayClient,
    old: SecretString,
) -> Option<SecretString> {
    if let Err(problem) = keeps(keychain).await {
        tracing::info!(
            ?problem,
            "the token isn't renewed: the keychain doesn't keep anything now"
        );
        return None;
    }
    // Renewed before, and stored: that one counts. To renew the old one once more would end the stored one unused.
    let newer = newer(keychain, &client, &old).await?;
    if newer.is_some() {
        return newer;
    }
    let renewed = match client.renew().await {
        Ok(renewed) => SecretString::from(renewed.token),
        Err(error) => {
            tracing::warn!(%error, "the token could not be renewed; it is tried again");
            return None;
        }
    };
    // A person may have enrolled anew meanwhile.
    let enrolled = self::newer(keychain, &client, &old).await?;
    if enrolled.is_some() {
        return enrolled;
    }
    if let Err(problem) = keychain.set(TOKEN, token::kept(client.base(), &renewed)).await {
        tracing::warn!(
            ?problem,
            "the renewed token can't be stored; the old one stays in use"
        );
        return None;
    }
    tracing::info!("the token was renewed");
    Some(renewed)
}

/// The token that the keychain holds for this relay, if it is another than `old`; the outer `None` when it holds none.
async fn newer<K: KeychainPort>(
    keychain: &K,
    client: &RelayClient,
    old: &SecretString,
) -> Option<Option<SecretString>> {
    let kept = keychain.get(TOKEN).await.ok().flatten()?;
    let kept = token::for_relay(&kept, client.base())?;
    Some((kept.expose_secret() != old.expose_secret()).then_some(kept))
}
