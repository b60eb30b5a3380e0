//! The connection to a directory: made when it is needed, kept for the next question, replaced when it broke.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Scope, SearchEntry, SearchOptions};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use tokio::sync::Mutex;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::Config;
use crate::trouble::{Trouble, is_tls};
use crate::trust::Trust;

/// A connection that nobody used for so long is made anew: servers and middle boxes forget it silently.
const IDLE: Duration = Duration::from_secs(60);
/// Most entries that are looked at: who has more people on one number has no name for it.
const MOST: usize = 20;
/// Result codes of RFC 4511, 4.1.9 and appendix A.
const SIZE_LIMIT_EXCEEDED: u32 = 4;
const STRONGER_AUTH_REQUIRED: u32 = 8;
const CONFIDENTIALITY_REQUIRED: u32 = 13;
const NO_SUCH_OBJECT: u32 = 32;
const INVALID_DN_SYNTAX: u32 = 34;
const INVALID_CREDENTIALS: u32 = 49;
const INSUFFICIENT_ACCESS: u32 = 50;

#[derive(Clone)]
pub(super) struct Connections {
    kept: Arc<Mutex<Option<Kept>>>,
    tls: Arc<ClientConfig>,
    encrypted: bool,
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").finish_non_exhaustive()
    }
}

/// A connection on which somebody is signed in.
struct Kept {
    ldap: Ldap,
    used: Instant,
    drive: Arc<AbortOnDropHandle<()>>,
}

impl Connections {
    pub(super) fn new(config: &Config, trust: &Trust) -> Result<Self, Trouble> {
        // What isn't HTTP has no host of the kind that tells this computer from others.
        let host = config.url.host_str().ok_or(Trouble::NotOne)?;
        let here = Url::parse(&format!("http://{host}/")).is_ok_and(|url| loopback::is_loopback(&url));
        Ok(Self {
            kept: Arc::default(),
            tls: Arc::new(trust.config().map_err(|_| Trouble::Certificate)?),
            encrypted: config.url.scheme() == "ldap" && !here,
        })
    }

    pub(super) fn encrypt(&mut self) {
        self.encrypted = true;
    }

    pub(super) async fn search(
        &self,
        config: &Config,
        filter: &str,
        attributes: &[&str],
    ) -> Result<Vec<SearchEntry>, Trouble> {
        let (handle, reused) = self.signed_in(config).await?;
        match search(handle, config, filter, attributes).await {
            // It may have broken long ago, and nobody noticed.
            Err(Trouble::Unreachable) if reused => {
                self.kept.lock().await.take();
                let (handle, _) = self.signed_in(config).await?;
                search(handle, config, filter, attributes).await
            }
            result => result,
        }
    }

    /// A handle of a connection, and whether it was there already.
    async fn signed_in(&self, config: &Config) -> Result<(Handle, bool), Trouble> {
        let mut kept = self.kept.lock().await;
        if let Some(kept) = kept.as_mut()
            && kept.used.elapsed() < IDLE
            && !kept.ldap.is_closed()
            && !kept.drive.is_finished()
        {
            kept.used = Instant::now();
            return Ok((kept.handle(), true));
        }
        *kept = None;
        let fresh = self.connect(config).await?;
        let handle = fresh.handle();
        *kept = Some(fresh);
        Ok((handle, false))
    }

    async fn connect(&self, config: &Config) -> Result<Kept, Trouble> {
        let settings = LdapConnSettings::new()
            .set_config(Arc::clone(&self.tls))
            .set_starttls(self.encrypted);
        let (connection, mut ldap) = LdapConnAsync::from_url_with_settings(settings, &config.url)
            .await
            .map_err(|error| match error {
                // A server that doesn't do StartTLS.
                LdapError::LdapResult { .. } => Trouble::Insecure,
                error => trouble(&error),
            })?;
        let drive = tokio::spawn(async move {
            // Whoever asks is told by their own answer.
            if let Err(error) = connection.drive().await {
                tracing::debug!(%error, "the connection to the directory ended");
            }
        });
        let drive = Arc::new(AbortOnDropHandle::new(drive));
        if let Some(password) = &config.password
            && !config.user.is_empty()
        {
            let bound = ldap.simple_bind(&config.user, password.expose_secret()).await;
            bound
                .and_then(ldap3::LdapResult::success)
                .map_err(|error| trouble(&error))?;
        }
        Ok(Kept {
            ldap,
            used: Instant::now(),
            drive,
        })
    }
}

/// What a question holds on to: the connection lives as long as it.
struct Handle {
    ldap: Ldap,
    _drive: Arc<AbortOnDropHandle<()>>,
}

impl Kept {
    fn handle(&self) -> Handle {
        Handle {
            ldap: self.ldap.clone(),
            _drive: Arc::clone(&self.drive),
        }
    }
}

async fn search(
    mut handle: Handle,
    config: &Config,
    filter: &str,
    attributes: &[&str],
) -> Result<Vec<SearchEntry>, Trouble> {
    let most = i32::try_from(MOST).unwrap_or(i32::MAX);
    let options = SearchOptions::new().sizelimit(most);
    let mut stream = handle
        .ldap
        .with_search_options(options)
        .streaming_search(&config.base, Scope::Subtree, filter, attributes.to_vec())
        .await
        .map_err(|error| trouble(&error))?;
    let mut entries = Vec::new();
    while let Some(entry) = stream.next().await.map_err(|error| trouble(&error))? {
        if entries.len() >= MOST {
            return Ok(entries);
        }
        // A reference to another directory isn't followed.
        if !entry.is_ref() && !entry.is_intermediate() {
            entries.push(SearchEntry::construct(entry));
        }
    }
    let result = stream.finish().await;
    match result.rc {
        0 | SIZE_LIMIT_EXCEEDED => Ok(entries),
        _ => Err(trouble(&LdapError::from(result))),
    }
}

fn trouble(error: &LdapError) -> Trouble {
    let cause: &(dyn Error + 'static) = error;
    match error {
        LdapError::Rustls { .. } | LdapError::DNSName { .. } => Trouble::Certificate,
        _ if is_tls(cause) => Trouble::Certificate,
        LdapError::Timeout { .. } => Trouble::TimedOut,
        LdapError::FilterParsing => Trouble::Filter,
        LdapError::LdapResult { result } => match result.rc {
            INVALID_CREDENTIALS => Trouble::Password,
            NO_SUCH_OBJECT | INVALID_DN_SYNTAX => Trouble::NoBase,
            INSUFFICIENT_ACCESS => Trouble::Forbidden,
            STRONGER_AUTH_REQUIRED | CONFIDENTIALITY_REQUIRED => Trouble::Insecure,
            code => Trouble::Refused { code },
        },
        LdapError::Io { source } if source.kind() == std::io::ErrorKind::Other => Trouble::NotOne,
        _ => Trouble::Unreachable,
    }
}
