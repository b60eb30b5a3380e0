//! The relay's own TLS: a certificate and its key from files, which somebody renews or [`crate::acme`] does, looked at again
//! while the relay runs.
//!
//! A new certificate holds for new connections; those that are there, streams above all, keep theirs and notice nothing. One
//! that can't be used is told, and the one before it stays.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp};
use rustls::client::verify_server_name;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::{ClientHello, ParsedCertificate, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{InconsistentKeys, ServerConfig};
use tokio_util::sync::CancellationToken;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::time::to_the_second;

/// How often the files are looked at.
pub(crate) const LOOK: Duration = Duration::from_secs(10);

/// With less than this left, a certificate should have been renewed.
const SOON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The protocols that are offered, the wanted one first (ALPN).
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];
/// Whoever offers this one alone asks for a proof that the relay has the domain, and nothing else (RFC 8737).
pub(crate) const ACME: &[u8] = b"acme-tls/1";

/// Where certificate and key are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Files {
    /// The certificate and those that lead to its authority, in PEM, its own first.
    pub certificate: PathBuf,
    /// Its private key, in PEM.
    pub key: PathBuf,
}

/// Certificate and key can't be used. Says which setting, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read, or holds something else.
    #[error("{setting}: {}: {why}", path.display())]
    File {
        /// The setting that names the file.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong, and the fix. Never any of the file's content.
        why: String,
    },
    /// Each of them is good, but they don't belong together.
    #[error(
        "tls.key: {} isn't the key of the certificate in {}; name the key that the certificate was asked for with",
        .0.key.display(), .0.certificate.display()
    )]
    OtherKey(Files),
    /// The TLS library's complaint.
    #[error("TLS can't be set up: {0}")]
    Library(rustls::Error),
}

/// From when until when a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From when.
    pub not_before: Timestamp,
    /// Until when.
    pub not_after: Timestamp,
}

impl Validity {
    /// Of a certificate; `None` when it is none.
    pub fn of(certificate: &CertificateDer<'_>) -> Option<Self> {
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        let of = |time: x509_parser::time::ASN1Time| Timestamp::from_second(time.timestamp()).ok();
        let validity = parsed.validity();
        Some(Self {
            not_before: of(validity.not_before)?,
            not_after: of(validity.not_after)?,
        })
    }

    /// What is wrong at a time, if anything.
    pub fn trouble(&self, now: Timestamp) -> Option<String> {
        if now < self.not_before {
            let from = to_the_second(self.not_before);
            return Some(format!(
                "the certificate isn't good before {from}: desktops refuse it; check this machine's clock"
            ));
        }
        (self.not_after <= now).then(|| {
            let until = to_the_second(self.not_after);
            format!("the certificate expired at {until}: desktops and the operator refuse it; renew it")
        })
    }

    /// Whether it should have been renewed: fewer than two weeks are left, or of a short-lived one a quarter of its time.
    pub fn ends_soon(&self, now: Timestamp) -> bool {
        let whole = self.not_after.duration_since(self.not_before);
        self.not_after.duration_since(now) < SOON.min(whole / 4)
    }
}

/// A certificate with its key, read and checked.
#[derive(Debug)]
pub struct Identity {
    certified: Arc<CertifiedKey>,
    validity: Validity,
}

impl Identity {
    /// Reads both files.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn read(files: &Files) -> Result<Self, TlsError> {
        let wrong = |why: String| TlsError::File {
            setting: "tls.certificate",
            path: files.certificate.clone(),
            why,
        };
        let chain = CertificateDer::pem_file_iter(&files.certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| wrong(told(&error, "a certificate (-----BEGIN CERTIFICATE-----)")))?;
        let own = chain.first().ok_or_else(|| {
            wrong("it holds no certificate; name the file with the whole chain in PEM".into())
        })?;
        let validity =
            Validity::of(own).ok_or_else(|| wrong("its first certificate is no X.509 certificate".into()))?;
        let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|error| TlsError::File {
            setting: "tls.key",
            path: files.key.clone(),
            why: told(
                &error,
                "a private key without a password (-----BEGIN PRIVATE KEY-----)",
            ),
        })?;
        let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                TlsError::OtherKey(files.clone())
            }
            error => TlsError::Library(error),
        })?;
        Ok(Self {
            certified: Arc::new(certified),
            validity,
        })
    }

    /// From when until when the certificate is good.
    pub fn validity(&self) -> Validity {
        self.validity
    }

    /// Whether the certificate names this host.
    pub fn is_for(&self, host: &str) -> bool {
        let name = ServerName::try_from(host.trim_matches(['[', ']']));
        let own = self.certified.cert.first().map(ParsedCertificate::try_from);
        match (name, own) {
            (Ok(name), Some(Ok(own))) => verify_server_name(&own, &name).is_ok(),
            _ => false,
        }
    }
}

fn told(error: &pem::Error, wanted: &str) -> String {
    match error {
        pem::Error::Io(error) => format!("it can't be read: {error}; the relay's user needs to"),
        // The other kinds quote the file, which may be the key.
        _ => format!("it holds no {}; it must be PEM", wanted.trim_start_matches("a ")),
    }
}

pub(crate) fn provider() -> CryptoProvider {
    ring::default_provider()
}

/// The certificate that is shown at present. One owner for the listener, the watch and `reload`.
#[derive(Debug)]
pub struct Certificates {
    files: Files,
    state: Mutex<State>,
    /// What an ACME server is shown that asks about a domain. None unless one is being asked.
    proofs: Mutex<HashMap<String, Arc<CertifiedKey>>>,
}

#[derive(Debug)]
struct State {
    /// None before the first one was had.
    identity: Option<Identity>,
    /// How the files looked when they were last read.
    seen: Stamps,
}

type Stamps = [Option<(SystemTime, u64)>; 2];

impl Certificates {
    /// Reads the files for the first time.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn open(files: Files) -> Result<Arc<Self>, TlsError> {
        let seen = stamps(&files);
        let identity = Identity::read(&files)?;
        publish(&identity);
        Ok(Self::new(files, Some(identity), seen))
    }

    /// The same of files that come by ACME: there may be none yet, or none that can be used; then handshakes fail until there
    /// are.
    pub(crate) fn expected(files: Files) -> Arc<Self> {
        let seen = stamps(&files);
        let identity = match Identity::read(&files) {
            Ok(identity) => Some(identity),
            Err(error) => {
                if seen[0].is_some() {
                    tracing::warn!(%error, "the certificate of before can't be used; another one is asked for");
                }
                None
            }
        };
        identity.iter().for_each(publish);
        Self::new(files, identity, seen)
    }

    fn new(files: Files, identity: Option<Identity>, seen: Stamps) -> Arc<Self> {
        Arc::new(Self {
            files,
            state: Mutex::new(State { identity, seen }),
            proofs: Mutex::default(),
        })
    }

    /// Looks at the certificate that is shown at present.
    pub(crate) fn present<T>(&self, look: impl FnOnce(Option<&Identity>) -> T) -> T {
        look(self.state().identity.as_ref())
    }

    /// Shows this to an ACME server that asks about a domain.
    pub(crate) fn prove(&self, domain: String, proof: CertifiedKey) {
        self.proofs().insert(domain, Arc::new(proof));
    }

    /// Proves nothing any more.
    pub(crate) fn forget_proofs(&self) {
        self.proofs().clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn proofs(&self) -> MutexGuard<'_, HashMap<String, Arc<CertifiedKey>>> {
        self.proofs.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What connections are accepted with.
    ///
    /// # Errors
    /// [`TlsError::Library`]
    pub fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, TlsError> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Library)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(self) as Arc<dyn ResolvesServerCert>);
        let protocols = PROTOCOLS.into_iter().chain([ACME]);
        config.alpn_protocols = protocols.map(<[u8]>::to_vec).collect();
        Ok(Arc::new(config))
    }

    /// Reads the files again, whatever they look like. With an error, the certificate before it stays.
    ///
    /// # Errors
    /// [`TlsError`]
    pub fn reload(&self) -> Result<Timestamp, TlsError> {
        // Before reading: what is written meanwhile is seen at the next look.
        let seen = stamps(&self.files);
        let read = Identity::read(&self.files);
        let mut state = self.state();
        // A bad one is told once, not at every look.
        state.seen = seen;
        let identity = read?;
        publish(&identity);
        let until = identity.validity.not_after;
        state.identity = Some(identity);
        Ok(until)
    }

    /// Reads the files again if they changed, and tells the log.
    pub(crate) fn look(&self) {
        let seen = self.state().seen;
        if stamps(&self.files) != seen {
            self.reload_and_tell();
        }
    }

    /// [`reload`](Self::reload), told to the log.
    pub(crate) fn reload_and_tell(&self) {
        match self.reload() {
            Ok(until) => tracing::info!(until = %to_the_second(until), "the TLS certificate was read again"),
            Err(error) => {
                metrics::counter!("centrex_relay_tls_reload_failed_total").increment(1);
                tracing::error!(%error, "the new TLS certificate can't be used; the one before it stays");
            }
        }
    }

    /// Looks at the files every so often, until cancelled.
    pub(crate) async fn watch(self: Arc<Self>, every: Duration, ended: CancellationToken) {
        let mut ticks = tokio::time::interval(every);
        while ended.run_until_cancelled(ticks.tick()).await.is_some() {
            self.look();
        }
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if hello
            .alpn()
            .is_some_and(|mut offered| offered.all(|name| name == ACME))
        {
            return self.proofs().get(hello.server_name()?).cloned();
        }
        let state = self.state();
        state
            .identity
            .as_ref()
            .map(|identity| Arc::clone(&identity.certified))
    }
}

/// For the alert on a certificate that nobody renewed.
fn publish(identity: &Identity) {
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below 2^52")]
    let until = identity.validity.not_after.as_second() as f64;
    metrics::gauge!("centrex_relay_tls_expires_timestamp_seconds").set(until);
}

/// Follows links: renewing often replaces only where a link leads.
fn stamps(files: &Files) -> Stamps {
    let stamp = |path: &Path| {
        let found = std::fs::metadata(path).ok()?;
        Some((found.modified().ok()?, found.len()))
    };
    [stamp(&files.certificate), stamp(&files.key)]
}

#[cfg(test)]
pub(crate) mod tests {
    use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
    use rustls::{ClientConfig, RootCertStore};

    use super::*;

    /// An authority of its own.
    pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

    impl Authority {
        pub(crate) fn new() -> Self {
            let mut params = CertificateParams::default();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
        }

        /// A certificate for this machine, good until so many days after the start of 2100, with its key.
        pub(crate) fn issue(&self, folder: &Path, days: u32) -> Files {
            let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
            params.not_before = rcgen::date_time_ymd(2020, 1, 1);
            params.not_after =
                rcgen::date_time_ymd(2100, 1, 1) + Duration::from_secs(u64::from(days) * 86_400);
            let key = KeyPair::generate().unwrap();
            let certificate = params.signed_by(&key, &self.0).unwrap();
            let files = Files {
                certificate: folder.join("chain.pem"),
                key: folder.join("key.pem"),
            };
            std::fs::write(&files.certificate, certificate.pem()).unwrap();
            std::fs::write(&files.key, key.serialize_pem()).unwrap();
            files
        }

        pub(crate) fn trusting(&self) -> ClientConfig {
            let mut roots = RootCertStore::empty();
            roots.add(self.0.der().clone()).unwrap();
            ClientConfig::builder_with_provider(Arc::new(provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth()
        }
    }

    fn until(certificates: &Certificates) -> Timestamp {
        certificates.present(|identity| identity.unwrap().validity.not_after)
    }

    #[tokio::test(start_paused = true)]
    async fn what_changed_is_read_again_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new();
        let certificates = Certificates::open(authority.issue(folder.path(), 10)).unwrap();
        let before = until(&certificates);
        let files = authority.issue(folder.path(), 20);
        // Of another time for certain, whatever the file system's clock is like.
        let file = std::fs::File::options()
            .append(true)
            .open(&files.certificate)
            .unwrap();
        file.set_modified(SystemTime::UNIX_EPOCH).unwrap();
        let ended = CancellationToken::new();
        let watching = Arc::clone(&certificates).watch(LOOK, ended.clone());
        let after = async {
            tokio::time::advance(LOOK).await;
            ended.cancel();
        };
        tokio::join!(watching, after);
        assert_eq!(until(&certificates).duration_since(before).as_hours(), 240);
    }

    #[test]
    fn a_certificate_out_of_its_time_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::read(&Authority::new().issue(folder.path(), 0)).unwrap();
        assert!(identity.is_for("127.0.0.1") && !identity.is_for("relay.example.org"));
        let identity = identity.validity();
        assert_eq!(identity.not_after.to_string(), "2100-01-01T00:00:00Z");
        assert_eq!(identity.trouble("2026-01-01T00:00:00Z".parse().unwrap()), None);
        let late = identity.trouble(identity.not_after).unwrap();
        assert!(late.contains("expired") && late.contains("2100-01-01"), "{late}");
        let days = |days: i64| identity.not_after - SignedDuration::from_hours(24 * days);
        assert!(!identity.ends_soon(days(15)) && identity.ends_soon(days(13)));
        let short = Validity {
            not_before: days(6),
            ..identity
        };
        assert!(!short.ends_soon(days(2)) && short.ends_soon(days(1)));
        let early = identity.trouble("2019-12-31T23:59:59Z".parse().unwrap()).unwrap();
        assert!(early.contains("2020-01-01") && early.contains("clock"), "{early}");
    }
}
