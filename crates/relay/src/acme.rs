//! A certificate from an ACME server (RFC 8555), Let's Encrypt unless another one is named, proved by TLS-ALPN-01 (RFC 8737):
//! the server connects to port 443 of each domain, where this relay answers with a certificate made for that question.
//!
//! What comes of it is a file like any other certificate's, so everything else ([`crate::tls`], `doctor`) is the same:
//!
//! | file in `data_dir/acme` | |
//! |---|---|
//! | `certificate.pem` | the private key, then the certificate and its chain, in PEM |
//! | `account.json` | the account at the server: `directory`, `contact`, and instant-acme's credentials |
//! | `last-failure` | when the last try failed, and why; gone after a success |
//!
//! Nothing here ends the relay: without a certificate its other listener goes on, and it is tried again.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use jiff::{SignedDuration, Timestamp};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::CertifiedKey;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::secret::file;
use crate::time::to_the_second;
use crate::tls::{self, Certificates, Files};

/// The folder in the data folder.
const FOLDER: &str = "acme";
const ACCOUNT: &str = "account.json";
const CERTIFICATE: &str = "certificate.pem";
const FAILURE: &str = "last-failure";

/// The longest that one try may take.
const PATIENCE: Duration = Duration::from_secs(300);
/// How long the server may take to look at the domains, and to sign.
const RETRIES: RetryPolicy = RetryPolicy::new()
    .initial_delay(Duration::from_millis(500))
    .backoff(1.5)
    .timeout(Duration::from_secs(120));
/// After a failure it is tried again so much later, each time twice as late: servers count failures.
const FIRST_REST: Duration = Duration::from_secs(2 * 60);
/// But never later than this.
const LONGEST_REST: Duration = Duration::from_secs(6 * 60 * 60);
/// How often the clock is looked at while the certificate is good: it may jump, and machines sleep.
const LOOK: Duration = Duration::from_secs(60 * 60);

/// What is asked for, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The server's directory.
    pub directory: Url,
    /// The names for the certificate; at least one.
    pub domains: Vec<String>,
    /// An address for the server's warnings, if somebody wants them.
    pub contact: Option<String>,
    /// `acme` in the data folder.
    pub folder: PathBuf,
}

impl Settings {
    /// With the files in a data folder.
    pub fn new(data_dir: &Path, directory: Url, domains: Vec<String>, contact: Option<String>) -> Self {
        Self {
            directory,
            domains,
            contact,
            folder: data_dir.join(FOLDER),
        }
    }

    /// Where the certificate is, or will be.
    pub fn files(&self) -> Files {
        let file = self.folder.join(CERTIFICATE);
        Files {
            certificate: file.clone(),
            key: file,
        }
    }

    /// When the last try failed and why, if there was no success since.
    pub fn last_failure(&self) -> Option<String> {
        let text = std::fs::read_to_string(self.folder.join(FAILURE)).ok()?;
        Some(text.trim().to_owned())
    }
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}")]
    Server(#[from] instant_acme::Error),
    #[error("the server doesn't confirm {domain}: {why}")]
    Refused { domain: String, why: String },
    #[error("the server offers no TLS-ALPN-01 for {0}; use another one, or a proxy")]
    NoChallenge(String),
    #[error("{}: {cause}", path.display())]
    File { path: PathBuf, cause: std::io::Error },
    #[error("what came can't be used: {0}")]
    Unusable(String),
    #[error("it took longer than {} s", PATIENCE.as_secs())]
    Late,
}

impl Failure {
    /// The server doesn't know the account (any more).
    fn is_about_the_account(&self) -> bool {
        let Self::Server(instant_acme::Error::Api(problem)) = self else {
            return false;
        };
        let kind = problem.r#type.as_deref().unwrap_or_default();
        kind == "urn:ietf:params:acme:error:accountDoesNotExist"
    }
}

/// An account, as it is kept.
#[derive(Deserialize, Serialize)]
struct Kept {
    directory: String,
    contact: Option<String>,
    credentials: AccountCredentials,
}

/// Gets the certificate when there is none that is good for long, and again in time, until cancelled.
pub(crate) async fn keep(settings: Settings, certificates: Arc<Certificates>, ended: CancellationToken) {
    let mut rest = FIRST_REST;
    loop {
        let wait = if is_due(&certificates, &settings.domains, Timestamp::now()) {
            let Some(done) = ended.run_until_cancelled(attempt(&settings, &certificates)).await else {
                return;
            };
            match done {
                Ok(()) => {
                    rest = FIRST_REST;
                    LOOK
                }
                Err(failure) => {
                    if failure.is_about_the_account() {
                        // The next try makes another one.
                        let _ = std::fs::remove_file(settings.folder.join(ACCOUNT));
                    }
                    tell(&settings, &failure, rest);
                    let now = rest;
                    rest = (rest * 2).min(LONGEST_REST);
                    now
                }
            }
        } else {
            LOOK
        };
        if ended
            .run_until_cancelled(tokio::time::sleep(wait))
            .await
            .is_none()
        {
            return;
        }
    }
}

/// A third of its time before it ends, or when the domains are others.
fn is_due(certificates: &Certificates, domains: &[String], now: Timestamp) -> bool {
    certificates.present(|identity| {
        identity.is_none_or(|identity| {
            let validity = identity.validity();
            let whole: SignedDuration = validity.not_after.duration_since(validity.not_before);
            let others = domains.iter().any(|domain| !identity.is_for(domain));
            others || validity.not_after.duration_since(now) < whole / 3
        })
    })
}

fn tell(settings: &Settings, failure: &Failure, rest: Duration) {
    metrics::counter!("centrex_relay_tls_reload_failed_total").increment(1);
    let minutes = rest.as_secs() / 60;
    tracing::error!(
        error = %failure,
        directory = %settings.directory,
        "no certificate could be had; it is tried again in {minutes} min. The ACME server must reach this relay on port 443 of each \
         of tls.acme.domains"
    );
    let text = format!("{}: {failure}", to_the_second(Timestamp::now()));
    if let Err(error) = file::replace(&settings.folder.join(FAILURE), &text) {
        tracing::warn!(%error, "that failure can't be written down for `doctor`");
    }
}

async fn attempt(settings: &Settings, certificates: &Certificates) -> Result<(), Failure> {
    tracing::info!(directory = %settings.directory, domains = settings.domains.join(","), "asking for a certificate");
    let done = tokio::time::timeout(PATIENCE, obtain(settings, certificates)).await;
    certificates.forget_proofs();
    done.unwrap_or(Err(Failure::Late))?;
    let until = certificates
        .reload()
        .map_err(|error| Failure::Unusable(error.to_string()))?;
    tracing::info!(until = %to_the_second(until), "there is a new certificate");
    // Where there was no failure there is no file.
    let _ = std::fs::remove_file(settings.folder.join(FAILURE));
    Ok(())
}

async fn obtain(settings: &Settings, certificates: &Certificates) -> Result<(), Failure> {
    let account = account(settings).await?;
    let identifiers: Vec<Identifier> = settings.domains.iter().cloned().map(Identifier::Dns).collect();
    let mut order = account.new_order(&NewOrder::new(&identifiers)).await?;
    prove(&mut order, certificates).await?;
    match order.poll_ready(&RETRIES).await {
        Ok(OrderStatus::Ready) => {}
        Err(error) if order.state().error.is_none() => return Err(error.into()),
        // Some servers say it of the order too, but of no domain.
        _ => return Err(refusal(&mut order).await),
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&RETRIES).await?;
    let path = settings.files().certificate;
    // One file: a key without its certificate is worth nothing.
    file::replace(&path, &format!("{key}\n{chain}")).map_err(|cause| Failure::File { path, cause })
}

/// The account of before, as long as it is one at this server with this contact; else a new one.
async fn account(settings: &Settings) -> Result<Account, Failure> {
    let path = settings.folder.join(ACCOUNT);
    let kept = std::fs::read_to_string(&path).ok();
    let kept: Option<Kept> = kept.and_then(|text| serde_json::from_str(&text).ok());
    if let Some(kept) = kept
        && (kept.directory.as_str(), &kept.contact) == (settings.directory.as_str(), &settings.contact)
    {
        return Ok(Account::builder()?.from_credentials(kept.credentials).await?);
    }
    let contact = settings
        .contact
        .as_ref()
        .map(|address| format!("mailto:{address}"));
    let wanted = NewAccount {
        contact: &contact.iter().map(String::as_str).collect::<Vec<_>>(),
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let made = Account::builder()?.create(&wanted, settings.directory.to_string(), None);
    let (account, credentials) = made.await?;
    let kept = Kept {
        directory: settings.directory.to_string(),
        contact: settings.contact.clone(),
        credentials,
    };
    let text = serde_json::to_string(&kept).map_err(|error| Failure::Unusable(error.to_string()))?;
    file::replace(&path, &text).map_err(|cause| Failure::File { path, cause })?;
    Ok(account)
}

/// Puts the proof for each domain where the server will look for it, and says so.
async fn prove(order: &mut Order, certificates: &Certificates) -> Result<(), Failure> {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        if authorization.status == AuthorizationStatus::Valid {
            continue;
        }
        let domain = authorization.identifier().to_string();
        let Some(mut challenge) = authorization.challenge(ChallengeType::TlsAlpn01) else {
            return Err(Failure::NoChallenge(domain));
        };
        let proof =
            proof(&domain, challenge.key_authorization().digest().as_ref()).map_err(Failure::Unusable)?;
        certificates.prove(domain, proof);
        challenge.set_ready().await?;
    }
    Ok(())
}

/// The certificate that proves it (RFC 8737 section 3): for the domain alone, with the digest in an extension.
fn proof(domain: &str, digest: &[u8]) -> Result<CertifiedKey, String> {
    let key = KeyPair::generate().map_err(|error| error.to_string())?;
    let mut params = CertificateParams::new([domain.to_owned()]).map_err(|error| error.to_string())?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let certificate = params.self_signed(&key).map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let chain = vec![certificate.der().clone()];
    // Not by `from_der`: it would look into the certificate, and stop at the extension, which is critical and none of its own.
    let key = tls::provider()
        .key_provider
        .load_private_key(key)
        .map_err(|error| error.to_string())?;
    Ok(CertifiedKey::new(chain, key))
}

/// What the server has against an order.
async fn refusal(order: &mut Order) -> Failure {
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        // As it is now: what is held is from before.
        let Ok(state) = authorization.refresh().await else {
            continue;
        };
        let domain = state.identifier().to_string();
        let problem = state
            .challenges
            .iter()
            .find_map(|challenge| challenge.error.as_ref());
        if let Some(problem) = problem {
            let why = problem.to_string();
            return Failure::Refused { domain, why };
        }
    }
    let why = order.state().error.as_ref().map(ToString::to_string);
    Failure::Refused {
        domain: "the domains".to_owned(),
        why: why.unwrap_or_else(|| "it doesn't say why".to_owned()),
    }
}
