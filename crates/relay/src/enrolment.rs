//! Making, trading and revoking enrolment codes.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use rand::RngCore;
use secrecy::SecretString;
use telephony::AccountId;
use url::Url;

use crate::secret::code::Code;
use crate::secret::{Hash, new_id, new_token, token_hash};
use crate::store::kinds::enrolment::{self, Enrolment, Standing};
use crate::store::kinds::token::{self, Renewal, Token};
use crate::store::{Reader, StoreError, Writer, change, direct, look};
use crate::time::to_the_second;

/// What one desktop will be called and hear.
#[derive(Clone, Debug)]
pub struct Desk {
    /// For lists.
    pub label: String,
    /// Whose calls.
    pub accounts: BTreeSet<AccountId>,
    /// Whether it may place calls too.
    pub may_dial: bool,
}

/// Makes one code for each desk, all or none; works beside a running relay.
///
/// # Errors
/// [`StoreError`]
pub fn create(
    data_dir: &Path,
    desks: &[Desk],
    expires: SignedDuration,
    now: Timestamp,
    chance: &mut dyn RngCore,
) -> Result<Vec<(Code, Enrolment)>, StoreError> {
    let made: Vec<(Code, Enrolment)> = desks
        .iter()
        .map(|desk| {
            let code = Code::new(chance);
            let enrolment = Enrolment {
                id: new_id("enr", chance),
                hash: code.hash(),
                label: desk.label.clone(),
                accounts: desk.accounts.clone(),
                may_dial: desk.may_dial,
                created_at: now,
                expires_at: to_the_second(now.saturating_add(expires).unwrap_or(Timestamp::MAX)),
                used_at: None,
                revoked_at: None,
                token: None,
            };
            (code, enrolment)
        })
        .collect();
    direct(data_dir, now, |db| {
        made.iter().try_for_each(|(_, one)| enrolment::insert(db, one))
    })?;
    Ok(made)
}

/// What a code was traded for.
#[derive(Debug)]
pub struct Traded {
    /// The new bearer token.
    pub token: SecretString,
    /// Its label.
    pub label: String,
    /// Its accounts.
    pub accounts: Vec<AccountId>,
}

/// Why a code can't be traded.
#[derive(Debug)]
pub enum Worthless {
    /// Never made here.
    Unknown,
    /// Used, revoked or expired.
    No(Standing),
}

/// Whether a code may be traded. Looked up before it is: whoever tries wrong codes costs a read, never a write that callbacks
/// wait behind.
///
/// # Errors
/// [`StoreError`]
pub async fn look_up(
    reader: &Reader,
    code: Hash,
    now: Timestamp,
) -> Result<Result<(), Worthless>, StoreError> {
    let found = reader.run(move |db| enrolment::by_hash(db, &code)).await?;
    Ok(open(found, now).map(drop))
}

/// Trades a code for a token, once.
///
/// # Errors
/// [`StoreError`]
pub async fn redeem(
    writer: &Writer,
    code: Hash,
    now: Timestamp,
) -> Result<Result<Traded, Worthless>, StoreError> {
    let bearer = new_token(&mut rand::rng());
    let id = new_id("tok", &mut rand::rng());
    let hash = token_hash(&bearer);
    writer
        .run(move |batch| {
            let found = match open(enrolment::by_hash(batch.db(), &code)?, now) {
                Ok(found) => found,
                Err(worthless) => return Ok(Err(worthless)),
            };
            let token = Token {
                id,
                hash,
                label: found.label.clone(),
                accounts: found.accounts.clone(),
                may_dial: found.may_dial,
                created_at: now,
                issued_at: now,
                next: None,
                last_used_at: None,
                revoked_at: None,
            };
            token::insert(batch.db(), &token)?;
            enrolment::set_used(batch.db(), &found.id, &token.id, now)?;
            batch.tokens_changed();
            tracing::info!(token = token.id, "a desktop enrolled");
            Ok(Ok(Traded {
                token: bearer,
                label: found.label,
                accounts: found.accounts.into_iter().collect(),
            }))
        })
        .await
}

/// Makes a new bearer token for a desktop that has one. The old one stays good until the new one is used; a renewal that
/// was never used is forgotten. `None` when the desktop's token was revoked meanwhile.
///
/// # Errors
/// [`StoreError`]
pub async fn renew(
    writer: &Writer,
    token: String,
    now: Timestamp,
) -> Result<Option<SecretString>, StoreError> {
    let bearer = new_token(&mut rand::rng());
    let next = Renewal {
        hash: token_hash(&bearer),
        issued_at: now,
    };
    let renewed = writer
        .run(move |batch| {
            let renewed = token::renew(batch.db(), &token, &next)?;
            if renewed {
                batch.tokens_changed();
                tracing::info!(token, "a desktop was given a new token in place of its old one");
            }
            Ok(renewed)
        })
        .await?;
    Ok(renewed.then_some(bearer))
}

/// A renewed bearer token was used for the first time: the old one is worth nothing from now on.
///
/// # Errors
/// [`StoreError`]
pub async fn promote(writer: &Writer, token: String, hash: Hash) -> Result<(), StoreError> {
    writer
        .run(move |batch| {
            if token::promote(batch.db(), &token, &hash)? {
                batch.tokens_changed();
                tracing::info!(token, "a renewed token took the old one's place");
            }
            Ok(())
        })
        .await
}

/// A code that may be traded, or why it may not.
fn open(found: Option<Enrolment>, now: Timestamp) -> Result<Enrolment, Worthless> {
    let found = found.ok_or(Worthless::Unknown)?;
    match found.standing(now) {
        Standing::Open => Ok(found),
        standing => Err(Worthless::No(standing)),
    }
}

/// All codes ever made, oldest first.
///
/// # Errors
/// [`StoreError`]
pub fn list(data_dir: &Path) -> Result<Vec<Enrolment>, StoreError> {
    look(data_dir, enrolment::list)
}

/// Revokes an open code by its public name; false when there is no open one of that name.
///
/// # Errors
/// [`StoreError`]
pub fn revoke(data_dir: &Path, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    change(data_dir, now, |db| enrolment::revoke(db, id, now))
}

/// All tokens ever made, oldest first.
///
/// # Errors
/// [`StoreError`]
pub fn tokens(data_dir: &Path) -> Result<Vec<Token>, StoreError> {
    look(data_dir, token::list)
}

/// Revokes a token by its public name; a running relay cuts its streams within a second. False when there is none in force
/// of that name.
///
/// # Errors
/// [`StoreError`]
pub fn revoke_token(data_dir: &Path, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    change(data_dir, now, |db| token::revoke(db, id, now))
}

/// The address that enrols a desktop when it is opened on it.
pub fn link(relay: &Url, code: &Code) -> String {
    let pairs = [("relay", relay.as_str()), ("code", &code.reveal())];
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("centrex-tray://enrol?{query}")
}
