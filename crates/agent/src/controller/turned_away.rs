//! A relay that no longer accepts the token. Most of the time the desktop was revoked, and only a new code helps: that is what is
//! told. But a relay that ran on the wrong database for a minute says the same to a whole company, and so does one whose token
//! another computer with the same home has renewed. So it is asked again, quietly, with the token that the keychain holds now:
//! once in a while, and whenever somebody acts. What is told changes once it is taken.

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

impl TurnedAway {
    pub(super) fn ask_at(&self) -> Option<Instant> {
        self.ask_at
    }

    /// Waits, half of it by chance: a whole company was turned away at the same moment.
    fn wait(&mut self, first: Duration, now: Instant) {
        let wait = first
            .saturating_mul(GROWTH.saturating_pow(self.tries))
            .min(LONGEST_WAIT);
        self.tries += 1;
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

    /// Asks the relay whether it takes the token by now, unless it takes it anyway.
    pub(super) fn ask_turned_away(&mut self) {
        let Some(relay) = token::relay(self.companion.settings()) else {
            return;
        };
        if self.turned_away.asking || !self.link.as_ref().is_some_and(RelayLink::is_over) {
            return;
        }
        self.turned_away.asking = true;
        self.turned_away.ask_at = None;
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        tokio::spawn(async move {
            let token = taken(&*keychain, relay).await;
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

/// The keychain's token, if this relay takes it.
async fn taken<K: KeychainPort>(keychain: &K, relay: RelayUrl) -> Option<SecretString> {
    let kept = keychain.get(TOKEN).await.ok()??;
    let token = token::for_relay(&kept, &relay)?;
    let client = RelayClient::new(relay, Some(token.clone()), ClientOptions::default()).ok()?;
    match client.me().await {
        Ok(_) => Some(token),
        Err(error) => {
            tracing::debug!(%error, "the relay still doesn't accept this computer");
            None
        }
    }
}
