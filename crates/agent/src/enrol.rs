//! Trades a one-time code for this desktop's token, and puts it into the keychain. The token goes nowhere else.

use companion::event::{CredentialKind, KeychainProblem};
use companion::words::Message;
use control::protocol::{ErrorCode, Secret};
use relay_api::wire::{Enrolled, problem};
use relay_api::{ClientError, ClientOptions, RelayClient, RelayUrl, SetupError};
use secrecy::SecretString;
use telephony::AccountId;

use crate::desktop::{KeychainPort, SecretName};
use crate::token;

/// Where the token stands in the keychain.
pub(crate) const TOKEN: SecretName = SecretName {
    kind: CredentialKind::RelayToken,
    account: None,
};

/// An entry of no worth, beside the token's, by which the keychain shows that it keeps things.
fn probe() -> SecretName {
    SecretName {
        account: Some(AccountId("probe".to_owned())),
        ..TOKEN
    }
}

/// Has the keychain show that it keeps what it is given. Only writing tells: one that is locked, or has no collection yet,
/// answers a search for what isn't there.
pub(crate) async fn keeps<K: KeychainPort>(keychain: &K) -> Result<(), KeychainProblem> {
    keychain.set(probe(), "-".to_owned().into()).await?;
    keychain.delete(probe()).await
}

/// Why a desktop isn't enrolled: a code to branch on and a sentence.
pub(crate) type Refusal = (ErrorCode, Message);

/// What enrolment gives the controller.
pub(crate) struct Enrolment {
    /// Where the relay is.
    pub(crate) relay: RelayUrl,
    /// The token; it stands in the keychain now.
    pub(crate) token: SecretString,
}

/// Enrols this desktop at a relay. The settings are the caller's.
pub(crate) async fn enrol<K: KeychainPort>(
    keychain: &K,
    relay: RelayUrl,
    code: &Secret,
) -> Result<Enrolment, Refusal> {
    if code.expose().trim().is_empty() {
        return Err((ErrorCode::BadRequest, Message::new("enrol-code-missing")));
    }
    // A code works once: it isn't spent while there is nowhere to keep what it buys.
    keeps(keychain)
        .await
        .map_err(|problem| (ErrorCode::Keychain, problem.message()))?;
    let client = RelayClient::new(relay.clone(), None, ClientOptions::default())
        .map_err(|error| (ErrorCode::Relay, address_problem(&error)))?;
    let enrolled = client.enrol(code.expose()).await.map_err(|error| {
        tracing::warn!(%error, "the enrolment failed");
        (ErrorCode::Relay, relay_problem(&relay, &error))
    })?;
    let Enrolled {
        token,
        label,
        accounts,
    } = enrolled;
    tracing::info!(relay = %relay.host(), accounts = accounts.len(), "enrolled");
    tracing::debug!(label, "enrolled as");
    let token = SecretString::from(token);
    let kept = token::kept(&relay, &token);
    keychain.set(TOKEN, kept).await.map_err(|problem| {
        tracing::error!(?problem, "the new token can't be stored");
        (ErrorCode::Keychain, Message::new("enrol-token-not-stored"))
    })?;
    Ok(Enrolment { relay, token })
}

/// The sentence for an address that can't be used.
pub(crate) fn address_problem(error: &SetupError) -> Message {
    match error {
        SetupError::Address(_) => Message::new("enrol-address-bad"),
        SetupError::Plain => Message::new("enrol-address-plain"),
        SetupError::Http(why) => Message::new("enrol-http-setup").with("why", why),
    }
}

fn relay_problem(relay: &RelayUrl, error: &ClientError) -> Message {
    let id = match error {
        ClientError::Refused { problem, .. } if error.problem_name() == Some(problem::CODE_INVALID) => {
            match problem.reason.as_deref() {
                Some("mistyped") => "enrol-code-mistyped",
                Some("used") => "enrol-code-used",
                Some("expired" | "revoked") => "enrol-code-expired",
                _ => "enrol-code-invalid",
            }
        }
        ClientError::Refused { problem, .. } if problem.status == 429 => "enrol-too-many",
        ClientError::Refused { .. } => "enrol-refused",
        ClientError::Tls { .. } => "enrol-tls",
        ClientError::Unreachable { .. } => "enrol-unreachable",
        ClientError::TimedOut | ClientError::Interrupted { .. } => "enrol-no-answer",
        ClientError::NotARelay { .. } | ClientError::Unreadable { .. } => "enrol-not-a-relay",
    };
    Message::new(id).with("host", relay.host())
}
