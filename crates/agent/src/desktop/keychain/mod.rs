//! The OS keychain, on a thread of its own.
//!
//! Keychain calls block, and a keychain that hangs would take a runtime thread with it. So one plain thread does them, one
//! after the other, and whoever asks waits for a bounded time. keyring's own `Entry` isn't used: it decides once in a
//! process's life whether there is a keychain, and one that is started later would never be found.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod imp;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod imp;

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::Duration;

use companion::event::{CredentialKind, KeychainProblem};
use keyring_core::{CredentialStore, Entry, Error};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::oneshot;

use super::{APP_ID, APP_NAME, DesktopError, KeychainPort, SecretName};

/// How long a keychain may take to answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// See [`KeychainPort`].
///
/// A request that isn't answered within 8 s fails, and so do all others at once until the keychain has returned from it:
/// no queue of requests builds up behind a keychain that hangs or waits for a person.
pub struct Keychain {
    jobs: mpsc::Sender<Job>,
    stuck: Stuck,
}

/// Why requests are refused at once, as long as the thread hasn't returned from one that took too long.
type Stuck = Arc<Mutex<Option<KeychainProblem>>>;

struct Job {
    name: SecretName,
    work: Work,
    reply: oneshot::Sender<Result<Option<SecretString>, KeychainProblem>>,
}

enum Work {
    Get,
    Set(SecretString),
    Delete,
}

impl Keychain {
    pub(super) fn open(profile: &str) -> Result<Self, DesktopError> {
        let (jobs, inbox) = mpsc::channel();
        let stuck = Stuck::default();
        let mut worker = Worker {
            service: service(profile),
            store: None,
        };
        let returned = stuck.clone();
        std::thread::Builder::new()
            .name("keychain".to_owned())
            .spawn(move || {
                for Job { name, work, reply } in inbox {
                    // Nobody waits any more: they were told that it failed, so it must not happen behind their back.
                    if !reply.is_closed() {
                        let result = worker.work(&name, &work);
                        *lock(&returned) = None;
                        let _ = reply.send(result);
                    }
                }
            })?;
        Ok(Self { jobs, stuck })
    }

    async fn ask(&self, name: SecretName, work: Work) -> Result<Option<SecretString>, KeychainProblem> {
        let refused = *lock(&self.stuck);
        if let Some(problem) = refused {
            return Err(problem);
        }
        let (reply, answer) = oneshot::channel();
        self.jobs
            .send(Job { name, work, reply })
            .map_err(|_| KeychainProblem::Failed)?;
        let mut answer = std::pin::pin!(answer);
        match tokio::time::timeout(PATIENCE, &mut answer).await {
            Ok(result) => result.map_err(|_| KeychainProblem::Failed)?,
            Err(_) => {
                *lock(&self.stuck) = Some(KeychainProblem::NoAnswer);
                let problem = imp::why_no_answer().await;
                let mut stuck = lock(&self.stuck);
                // It may have returned while we looked.
                if stuck.is_some() {
                    *stuck = Some(problem);
                }
                Err(problem)
            }
        }
    }
}

impl KeychainPort for Keychain {
    async fn get(&self, name: SecretName) -> Result<Option<SecretString>, KeychainProblem> {
        match self.ask(name, Work::Get).await {
            // Locked, some keychains don't know what they hold.
            Ok(None) => match imp::is_locked().await {
                Some(true) => Err(KeychainProblem::Locked),
                // "Nothing is stored" would be taken for a desk that was never set up.
                None => Err(KeychainProblem::NoAnswer),
                Some(false) => Ok(None),
            },
            result => result,
        }
    }

    async fn set(&self, name: SecretName, secret: SecretString) -> Result<(), KeychainProblem> {
        self.ask(name, Work::Set(secret)).await.map(drop)
    }

    async fn is_open(&self) -> bool {
        imp::is_open().await
    }

    async fn delete(&self, name: SecretName) -> Result<(), KeychainProblem> {
        self.ask(name, Work::Delete).await.map(drop)
    }
}

fn lock(stuck: &Stuck) -> std::sync::MutexGuard<'_, Option<KeychainProblem>> {
    stuck.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Under which service the secrets of a profile stand.
fn service(profile: &str) -> String {
    if profile == "default" {
        APP_ID.to_owned()
    } else {
        format!("{APP_ID}:{profile}")
    }
}

/// Under which user a secret stands within the service.
fn user(name: &SecretName) -> String {
    let kind = match name.kind {
        CredentialKind::RelayToken => "relay-token",
        CredentialKind::ApiKey => "api-key",
        CredentialKind::AccountPassword => "account-password",
        CredentialKind::CardDavPassword => "carddav-password",
        CredentialKind::LdapPassword => "ldap-password",
    };
    match &name.account {
        Some(account) => format!("{kind}:{account}"),
        None => kind.to_owned(),
    }
}

/// What the thread keeps.
struct Worker {
    service: String,
    store: Option<Arc<CredentialStore>>,
}

impl Worker {
    fn work(&mut self, name: &SecretName, work: &Work) -> Result<Option<SecretString>, KeychainProblem> {
        let kept = self.store.is_some();
        match self.once(name, work) {
            // The keychain may have been restarted since: its sessions are void then. Each of the three may be done twice.
            Err(Error::PlatformFailure(_)) if kept => self.once(name, work),
            result => result,
        }
        .map_err(|error| {
            let problem = imp::problem(&error);
            // Display only: the Debug form of some errors holds the secret's bytes.
            tracing::warn!(%error, ?problem, "the keychain can't be used");
            problem
        })
    }

    fn once(&mut self, name: &SecretName, work: &Work) -> Result<Option<SecretString>, Error> {
        let result = self.entry(name).and_then(|entry| match work {
            Work::Get => entry
                .get_password()
                .map(|secret| Some(SecretString::from(secret))),
            Work::Set(secret) => entry.set_password(secret.expose_secret()).map(|()| None),
            Work::Delete => entry.delete_credential().map(|()| None),
        });
        match result {
            Err(Error::NoEntry) if !matches!(work, Work::Set(_)) => Ok(None),
            Err(error @ Error::PlatformFailure(_)) => {
                self.store = None;
                Err(error)
            }
            result => result,
        }
    }

    fn entry(&mut self, name: &SecretName) -> Result<Entry, Error> {
        let store = match &self.store {
            Some(store) => store.clone(),
            None => self.store.insert(imp::open()?).clone(),
        };
        let user = user(name);
        let label = format!("{APP_NAME} ({user})");
        store.build(&self.service, &user, Some(&imp::modifiers(&label)))
    }
}

#[cfg(test)]
mod tests {
    use telephony::AccountId;

    use super::*;

    #[test]
    fn entries_have_the_documented_names() {
        assert_eq!(service("default"), "centrex-tray");
        assert_eq!(service("demo"), "centrex-tray:demo");
        let account = Some(AccountId("1001".into()));
        assert_eq!(
            user(&SecretName {
                kind: CredentialKind::RelayToken,
                account: None
            }),
            "relay-token"
        );
        assert_eq!(
            user(&SecretName {
                kind: CredentialKind::ApiKey,
                account: account.clone()
            }),
            "api-key:1001"
        );
        assert_eq!(
            user(&SecretName {
                kind: CredentialKind::AccountPassword,
                account
            }),
            "account-password:1001"
        );
        let directory = Some(AccountId("cn=reader,dc=example".into()));
        assert_eq!(
            user(&SecretName {
                kind: CredentialKind::LdapPassword,
                account: directory.clone()
            }),
            "ldap-password:cn=reader,dc=example"
        );
        assert_eq!(
            user(&SecretName {
                kind: CredentialKind::CardDavPassword,
                account: directory
            }),
            "carddav-password:cn=reader,dc=example"
        );
    }
}
