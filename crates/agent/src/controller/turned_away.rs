//! A relay that no longer accepts the token. Most of the time the desktop was revoked, and only a new code helps: that is what is
//! told. But a relay that ran on the wrong database for a minute says the same to a whole company, and so does one whose token
//! another computer with the same home has renewed. So it is asked again, quietly, with the token that the keychain holds now:
//! once in a while, when the machine wakes or its network changes, and when a person looks. What is told changes once it is
//! taken. Only for a person the keychain may put up its dialog.

use std::time::Duration;

use relay_api::{ClientOptions, Jitter as _, RelayClient, RelayUrl, ThreadJitter};
use secrecy::SecretString;
use tokio::time::Instant;

use super::{Controller, Input, keychain};
use crate::desktop::KeychainPort;
use crate::enrol::TOKEN;
use crate::ports::Ports;
use crate::relay_link::RelayLink;
use crate::token;

/// Each wait is so many times the one before.
const GROWTH: u32 = 4;
/// The longest wait: what a relay hears of a company that it turned away is no burden to it.
const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);

/// When to ask again.
#[derive(Debug, Default)]
pub(super) struct TurnedAway {
    ask_at: Option<Instant>,
    tries: u32,
    asking: bool,
}

/// Why the relay is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A person looks.
    Person,
    /// The time has come, or the machine is somewhere else.
    Machine,
}

impl TurnedAway {
    pub(super) fn ask_at(&self) -> Option<Instant> {
        self.ask_at
    }

    /// Waits, half of it by chance: a whole company was turned away at the same moment.
    fn wait(&mut self, first: Duration, now: Instant) {
        let wait = first
            .saturating_mul(GROWTH.saturating_pow(self.tries))
            .min(LONGEST_WAIT);
        self.asking = false;
        self.ask_at = Some(now + wait / 2 + ThreadJitter.pick(wait / 2));
    }
}

impl<P: Ports> Controller<P> {
    /// The relay has ended the story.
    pub(super) fn on_turned_away(&mut self) {
        self.turned_away = TurnedAway::default();
        self.turned_away.wait(self.limits.turned_away, self.now.moment);
    }

    /// The time has come to ask by itself.
    pub(super) fn turned_away_waited(&mut self) {
        self.turned_away.tries += 1;
        self.ask_turned_away(Cause::Machine);
    }

    /// Asks the relay whether it takes the token by now, unless it takes it anyway.
    pub(super) fn ask_turned_away(&mut self, cause: Cause) {
        let Some(link) = self.link.as_ref().filter(|link| link.is_over()) else {
            return;
        };
        if std::mem::replace(&mut self.turned_away.asking, true) {
            return;
        }
        self.turned_away.ask_at = None;
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        let (relay, held) = (link.client().base().clone(), link.token().clone());
        tokio::spawn(async move {
            let may_ask = cause == Cause::Person || keychain.is_open().await;
            let kept = match may_ask {
                true => kept(&*keychain, &relay).await,
                false => None,
            };
            let token = taken(relay, kept.unwrap_or(held)).await;
            // Fails only when the controller has ended.
            let _ = own.send(Input::AskedAgain(token)).await;
        });
    }

    /// The token that the relay takes now, if it does.
    pub(super) fn on_asked_again(&mut self, token: Option<SecretString>) {
        if !self.link.as_ref().is_some_and(RelayLink::is_over) {
            // Somebody enrolled meanwhile, or wants no relay any more.
            self.turned_away = TurnedAway::default();
            return;
        }
        match token {
            Some(token) => {
                tracing::info!("the relay accepts this computer again");
                self.connect(token);
            }
            None => self.turned_away.wait(self.limits.turned_away, self.now.moment),
        }
    }
}

/// The keychain's token for this relay, if it gives one.
async fn kept<K: KeychainPort>(keychain: &K, relay: &RelayUrl) -> Option<SecretString> {
    match keychain.get(TOKEN).await {
        Ok(kept) => token::for_relay(&kept?, relay),
        Err(problem) => {
            tracing::info!(?problem, "the keychain can't be asked for a newer token");
            None
        }
    }
}

/// The token, if this relay takes it.
async fn taken(relay: RelayUrl, token: SecretString) -> Option<SecretString> {
    let client = RelayClient::new(relay, Some(token.clone()), ClientOptions::default()).ok()?;
    match client.me().await {
        Ok(_) => Some(token),
        Err(error) => {
            tracing::debug!(%error, "the relay still doesn't accept this computer");
            None
        }
    }
}
