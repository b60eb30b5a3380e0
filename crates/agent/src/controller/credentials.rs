//! What the keychain holds: asked at the start, asked again while it can't say, changed on a person's wish.

use std::collections::HashMap;
use std::time::Duration;

use companion::event::{CredentialKind, CredentialState, Event, KeychainProblem, Link, LinkProblem};
use companion::settings::Mode;
use control::protocol::{self as wire, Answer, ErrorCode, Place};
use secrecy::SecretString;
use telephony::AccountId;
use tokio::time::Instant;

use super::{Controller, Input, keychain};
use crate::desktop::{KeychainPort, SecretName};
use crate::enrol::TOKEN;
use crate::outbox::Reply;
use crate::ports::Ports;
use crate::token::{self, SecretPlace};
use crate::view;
use crate::window::Wish;

/// The first wait before a keychain that can't be used is asked again; each later one is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// The longest such wait.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// When to ask the keychain again by ourselves.
#[derive(Default)]
pub(super) struct Credentials {
    ask_at: Option<Instant>,
    failures: u32,
    /// Whose last answer was a problem; a keychain may well give one secret and not the other.
    failed: HashMap<SecretName, KeychainProblem>,
}

impl Credentials {
    pub(super) fn ask_at(&self) -> Option<Instant> {
        self.ask_at
    }

    /// A person was asked to unlock it, and didn't. Asking again would put the same dialog before them.
    fn was_refused(&self) -> bool {
        self.failed
            .values()
            .any(|problem| *problem == KeychainProblem::Locked)
    }

    fn failed(&mut self, name: &SecretName, problem: KeychainProblem, now: Instant) {
        self.failed.insert(name.clone(), problem);
        self.wait(now);
    }

    fn wait(&mut self, now: Instant) {
        let wait = FIRST_WAIT
            .saturating_mul(1 << self.failures.min(16))
            .min(LONGEST_WAIT);
        if self.ask_at.is_none() {
            self.failures += 1;
            self.ask_at = Some(now + wait);
        }
    }

    fn answered(&mut self, name: &SecretName) {
        self.failed.remove(name);
        if self.failed.is_empty() {
            *self = Self::default();
        }
    }

    /// Everything in `wanted` is asked for now; what else failed is of no interest any more.
    fn asks(&mut self, wanted: &[SecretName]) {
        self.ask_at = None;
        self.failed.retain(|name, _| wanted.contains(name));
    }
}

impl<P: Ports> Controller<P> {
    /// Asks for everything that the settings have a use for.
    pub(super) fn ask_keychain(&mut self) {
        let wanted = self.wanted_secrets();
        self.credentials.asks(&wanted);
        for name in wanted {
            let (keychain, own) = (keychain(&self.ports), self.own.clone());
            tokio::spawn(async move {
                let result = keychain.get(name.clone()).await;
                // Fails only when the controller has ended.
                let _ = own.send(Input::Secret(name, result)).await;
            });
        }
    }

    /// The wait is over: it is asked again, unless that would show somebody a dialog that they have closed.
    pub(super) fn keychain_waited(&mut self) {
        if !self.credentials.was_refused() {
            return self.ask_keychain();
        }
        self.credentials.ask_at = None;
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        tokio::spawn(async move {
            let open = keychain.is_open().await;
            // Fails only when the controller has ended.
            let _ = own.send(Input::KeychainLookedAt { open }).await;
        });
    }

    pub(super) fn on_keychain_looked_at(&mut self, open: bool) {
        if !self.credentials.was_refused() {
            // Asked and answered meanwhile.
        } else if open {
            self.ask_keychain();
        } else {
            self.credentials.wait(self.now.moment);
        }
    }

    /// A person acts: perhaps the keychain was unlocked meanwhile.
    pub(super) fn ask_keychain_again(&mut self) {
        if self.credentials.ask_at.is_some() {
            self.ask_keychain();
        }
    }

    /// A person wants to know whether it works: somebody may have put a token into the keychain beside us, and what is told of
    /// that shouldn't differ from what is done.
    pub(super) fn look_for_token(&mut self) {
        if self.link.is_none() {
            self.ask_keychain();
        }
    }

    fn wanted_secrets(&self) -> Vec<SecretName> {
        let settings = self.companion.settings();
        let mut names = Vec::new();
        if settings.relay_url.is_some() || self.unfinished.is_some() {
            names.push(TOKEN);
        }
        if settings.account_id.is_some() {
            for kind in [CredentialKind::ApiKey, CredentialKind::AccountPassword] {
                names.push(SecretName {
                    kind,
                    account: settings.account_id.clone(),
                });
            }
        }
        let directories = [CredentialKind::CardDavPassword, CredentialKind::LdapPassword];
        let places = directories.map(|kind| SecretPlace::of(kind, settings));
        names.extend(places.into_iter().flatten().map(|place| place.name));
        names
    }

    /// The keychain answered. The token starts the link; the secrets of direct mode are dropped here and fetched again for
    /// each call.
    pub(super) fn on_secret(
        &mut self,
        name: &SecretName,
        result: Result<Option<SecretString>, KeychainProblem>,
    ) {
        if *name == TOKEN
            && let Ok(kept) = &result
        {
            self.finish_enrolment(kept.as_ref());
        }
        if !self.wanted_secrets().contains(name) {
            return;
        }
        let mut elsewhere = false;
        let result = match result {
            // One that was kept for another server is none.
            Ok(Some(kept)) => match SecretPlace::of(name.kind, self.companion.settings()) {
                Some(place) => {
                    let taken = place.take(&kept);
                    elsewhere = taken.is_none();
                    Ok(taken)
                }
                None => Ok(Some(kept)),
            },
            result => result,
        };
        let (result, tokenless) = match result {
            Ok(Some(kept)) if name.kind == CredentialKind::RelayToken => {
                let token = self.token_for_our_relay(&kept);
                let tokenless = match token {
                    Some(_) => LinkProblem::NoToken,
                    None => LinkProblem::OtherRelay,
                };
                (Ok(token), tokenless)
            }
            result => (result, LinkProblem::NoToken),
        };
        let state = match &result {
            Ok(Some(_)) => CredentialState::Present,
            Ok(None) if elsewhere => CredentialState::Elsewhere,
            Ok(None) => CredentialState::Absent,
            Err(problem) => CredentialState::Unavailable(*problem),
        };
        tracing::debug!(kind = ?name.kind, ?state, "keychain");
        match &result {
            Ok(_) => self.credentials.answered(name),
            Err(problem) => {
                if self.companion.credential(name.kind) != state {
                    tracing::warn!(?problem, kind = ?name.kind, "the keychain can't be used; it is asked again");
                }
                self.credentials.failed(name, *problem, self.now.moment);
            }
        }
        let absent = state == CredentialState::Absent;
        self.feed(Event::Credential(name.kind, state));
        self.directory_secret(name.kind, &result);
        if name.kind == CredentialKind::RelayToken && self.companion.settings().mode == Mode::Relay {
            match result {
                Ok(Some(token)) if self.link.is_none() => self.connect(token),
                Ok(Some(_)) => {}
                _ if self.link.is_none() => {
                    self.feed(Event::Link(Link::Down(tokenless)));
                    if absent {
                        self.invite();
                    }
                }
                _ => {}
            }
        }
    }

    /// A desk that was prepared for its person, and lacks the code that only they have: a grey icon alone would tell them
    /// nothing. Once, so that whoever closes the window has peace until the next start.
    fn invite(&mut self) {
        if !std::mem::replace(&mut self.invited, true) {
            self.show_or_log(Wish::place(Place::Pad));
        }
    }

    /// The kept token, unless another relay issued it than the one of the settings.
    fn token_for_our_relay(&self, kept: &SecretString) -> Option<SecretString> {
        let token = token::for_relay(kept, &token::relay(self.companion.settings())?);
        if token.is_none() {
            tracing::warn!("the relay's address is not the one that issued the token: it is not sent");
        }
        token
    }

    /// Stores or forgets a secret on a client's wish.
    pub(super) fn change_secret(
        &mut self,
        kind: wire::CredentialKind,
        account: Option<String>,
        secret: Option<SecretString>,
        reply: Reply,
    ) {
        let account = account
            .map(AccountId)
            .or_else(|| self.companion.settings().account_id.clone());
        let (kind, account) = match kind {
            wire::CredentialKind::RelayToken => (CredentialKind::RelayToken, None),
            wire::CredentialKind::ApiKey => (CredentialKind::ApiKey, account),
            wire::CredentialKind::AccountPassword => (CredentialKind::AccountPassword, account),
            wire::CredentialKind::CarddavPassword => {
                return self.change_directory_secret(CredentialKind::CardDavPassword, secret, reply);
            }
            wire::CredentialKind::LdapPassword => {
                return self.change_directory_secret(CredentialKind::LdapPassword, secret, reply);
            }
        };
        if kind.is_of_an_account() && account.is_none() {
            return reply.send(Err(super::requests::error(
                ErrorCode::BadRequest,
                "credential-account-missing",
            )));
        }
        let relay = token::relay(self.companion.settings());
        let platform = account
            .clone()
            .and_then(|account| SecretPlace::platform(kind, account, self.companion.settings()));
        let secret = secret.map(|secret| match (kind, relay, platform) {
            (CredentialKind::RelayToken, Some(relay), _) => token::kept(&relay, &secret),
            (_, _, Some(platform)) => platform.keep(&secret),
            _ => secret,
        });
        self.store_secret(SecretName { kind, account }, secret, reply);
    }

    /// Stores or forgets the password of an address book or a directory: it is kept for the server and the user of the settings.
    fn change_directory_secret(&mut self, kind: CredentialKind, secret: Option<SecretString>, reply: Reply) {
        match SecretPlace::of(kind, self.companion.settings()) {
            Some(place) => {
                let kept = secret.map(|secret| place.keep(&secret));
                self.store_secret(place.name, kept, reply);
            }
            None => reply.send(Err(super::requests::error(
                ErrorCode::BadRequest,
                "credential-server-missing",
            ))),
        }
    }

    fn store_secret(&self, name: SecretName, secret: Option<SecretString>, reply: Reply) {
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        tokio::spawn(async move {
            let result = match secret {
                Some(secret) => keychain.set(name.clone(), secret).await,
                None => keychain.delete(name.clone()).await,
            };
            // Fails only when the controller has ended.
            let _ = own.send(Input::SecretChanged(name, result, reply)).await;
        });
    }

    pub(super) fn on_secret_changed(
        &mut self,
        name: &SecretName,
        result: Result<(), KeychainProblem>,
        reply: Reply,
    ) {
        if name.kind == CredentialKind::RelayToken && result.is_ok() {
            // Whatever connection there is, it has another token than the keychain now.
            self.disconnect();
        }
        if result.is_ok() {
            self.refused = None;
        }
        self.ask_keychain();
        reply.send(match result {
            Ok(()) => Ok(Answer::Done),
            Err(problem) => Err(wire::Error {
                code: ErrorCode::Keychain,
                message: view::message(problem.message()),
            }),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_secret_that_is_given_does_not_end_the_wait_for_another() {
        let key = SecretName {
            kind: CredentialKind::ApiKey,
            account: Some(AccountId("1001".into())),
        };
        let now = Instant::now();
        let mut credentials = Credentials::default();
        credentials.asks(&[TOKEN, key.clone()]);
        credentials.failed(&TOKEN, KeychainProblem::NoAnswer, now);
        credentials.answered(&key);
        assert!(
            credentials.ask_at().is_some(),
            "the token is still to be asked for"
        );
        credentials.asks(&[TOKEN, key.clone()]);
        credentials.failed(&TOKEN, KeychainProblem::NoAnswer, now);
        assert_eq!(credentials.failures, 2, "the wait grows");
        credentials.answered(&TOKEN);
        assert_eq!((credentials.ask_at(), credentials.failures), (None, 0));
        credentials.failed(&key, KeychainProblem::NoAnswer, now);
        credentials.asks(&[TOKEN]);
        credentials.answered(&TOKEN);
        assert_eq!(credentials.failures, 0, "the key isn't wanted any more");
    }
}
