//! Trades a one-time code for this desktop's token, and puts it into the keychain. The token goes nowhere else.

use std::fs::{File, Metadata};
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

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

/// Bytes of the longest note that is read: longer than any address.
const LONGEST_NOTE: u64 = 4_096;

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

/// A note of the relay whose token is about to be stored, kept until the settings name it too: whoever is killed in between
/// finds at the next start what the token in the keychain is for. Its code can't be used again. No secret is in it.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    file: PathBuf,
}

impl Note {
    /// The note in a folder of data: a file with the relay's address.
    pub(crate) fn within(data: &Path) -> Self {
        Self {
            file: data.join("enrolment"),
        }
    }

    /// The relay of an enrolment that wasn't brought to its end.
    pub(crate) fn read(&self) -> Option<RelayUrl> {
        let mut text = String::new();
        let file = std::fs::metadata(&self.file).ok().filter(Metadata::is_file);
        let file = file.and_then(|_| File::open(&self.file).ok())?;
        file.take(LONGEST_NOTE).read_to_string(&mut text).ok()?;
        RelayUrl::parse(text.trim()).ok()
    }

    fn write(&self, relay: &RelayUrl) {
        let written = companion::private::replacing()
            .open(&self.file)
            .and_then(|mut file| {
                file.write_all(relay.as_str().as_bytes())?;
                file.commit()
            });
        if let Err(error) = written {
            // It is there for a bad moment that hardly ever comes.
            tracing::warn!(%error, "the enrolment isn't noted");
        }
    }

    /// The settings name the relay, or nothing came of it.
    pub(crate) fn remove(&self) {
        match std::fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(%error, "the note of an enrolment can't be removed");
            }
            _ => {}
        }
    }
}

/// Enrols this desktop at a relay. The settings are the caller's, and so is the note's removal once they follow.
pub(crate) async fn enrol<K: KeychainPort>(
    keychain: &K,
    note: &Note,
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
    note.write(&relay);
    keychain.set(TOKEN, kept).await.map_err(|problem| {
        note.remove();
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
