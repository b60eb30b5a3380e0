//! The connection to the relay, and calls placed through it or straight to the platform.

use std::time::Duration;

use companion::event::{DialId, DialReason, Event, Link, LinkProblem};
use companion::settings::{Change, Key, Mode};
use control::protocol::{Answer, Error};
use futures_util::future::{Either, ready};
use relay_api::RelayUrl;
use relay_api::wire::PlaceCall;
use secrecy::{ExposeSecret as _, SecretString};
use telephony::{AccountId, E164};

use super::turned_away::{Cause, TurnedAway};
use super::{Controller, Input, keychain};
use crate::dial::{self, DialOutcome};
use crate::enrol::{Enrolment, Note, Refusal};
use crate::outbox::Reply;
use crate::ports::Ports;
use crate::relay_link::{News, RelayLink};
use crate::renew;
use crate::token;
use crate::view;

/// A machine that is awake for so long after it said that it would sleep doesn't sleep, and forgot to say so.
const SLEEPLESS: Duration = Duration::from_secs(30);

/// Between two renewals of the token.
const RENEW_AGAIN: Duration = Duration::from_secs(3600);

impl<P: Ports> Controller<P> {
    /// Starts a connection with this token to the relay of the settings.
    pub(super) fn connect(&mut self, token: SecretString) {
        let Some(url) = self.companion.settings().relay_url.clone() else {
            return;
        };
        self.links += 1;
        let me = self.link.take().and_then(RelayLink::into_me);
        let link = RelayUrl::parse(url.as_str()).and_then(|relay| {
            RelayLink::start(
                self.links,
                relay,
                token,
                me,
                self.limits.relay_silence,
                self.journal.clone(),
                self.own.clone(),
            )
        });
        match link {
            Ok(link) => {
                self.link = Some(link);
                self.turned_away = TurnedAway::default();
            }
            Err(error) => {
                tracing::error!(%error, "the relay can't be used");
                self.feed(Event::Link(Link::Down(LinkProblem::Unreachable)));
            }
        }
    }

    /// Ends the connection; the settings decide what is said about it.
    pub(super) fn disconnect(&mut self) {
        self.link = None;
        self.feed(Event::Link(Link::None));
    }

    /// The machine sleeps in a moment. What the connection brings from now on would be told when it is old: the relay tells it
    /// again after sleep, as what was missed.
    pub(super) fn fall_asleep(&mut self) {
        let Some(link) = self.link.as_mut().filter(|link| !link.is_over()) else {
            return;
        };
        self.links += 1;
        link.deafen(self.links);
        self.wakes_at = Some(self.now.moment + SLEEPLESS);
        self.feed(Event::Link(Link::Down(LinkProblem::Lost)));
    }

    /// After sleep or on another network: the old connection and those kept open beside it aren't trusted.
    pub(super) fn reconnect(&mut self) {
        self.wakes_at = None;
        self.ask_turned_away(Cause::Machine);
        let token = self
            .link
            .as_ref()
            .filter(|link| !link.is_over())
            .map(|link| link.token().clone());
        if let Some(token) = token {
            self.connect(token);
        }
    }

    /// What the relay told before is to be told again: the connection that stands is made anew.
    pub(super) fn forget_history(&mut self) {
        if let Some(relay) = token::relay(self.companion.settings()) {
            self.journal.forget_position(relay.as_str().to_owned());
        }
        self.reconnect();
    }

    pub(super) fn on_link(&mut self, generation: u64, news: News) {
        let Some(link) = self.link.as_mut().filter(|link| link.generation() == generation) else {
            return;
        };
        let heard = link.on(news, self.now);
        self.history_cut = heard.history_cut.unwrap_or(self.history_cut);
        if heard.is_token_old {
            self.renew_token();
        }
        if heard.is_turned_away {
            self.on_turned_away();
        }
        self.feed_all(heard.events, heard.position);
    }

    /// Has the token renewed, in the background; a relay that calls each new token old is asked once in a while all the same.
    fn renew_token(&mut self) {
        let now = self.now.moment;
        let Some(link) = &self.link else { return };
        if self.renewed_at.is_some_and(|at| now < at + RENEW_AGAIN) {
            return;
        }
        self.renewed_at = Some(now);
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        let (client, old) = (link.client().clone(), link.token().clone());
        tokio::spawn(async move {
            if let Some(token) = renew::renew(&*keychain, client, old.clone()).await {
                // Fails only when the controller has ended.
                let _ = own.send(Input::Renewed { old, token }).await;
            }
        });
    }

    /// The renewed token stands in the keychain: a connection that has the old one, however often it was made anew, goes over
    /// to it.
    pub(super) fn on_renewed(&mut self, old: &SecretString, token: SecretString) {
        let has_old = |link: &RelayLink| link.token().expose_secret() == old.expose_secret();
        if self.link.as_ref().is_some_and(has_old) {
            self.connect(token);
        }
    }

    /// Asks the relay for a call, once the future is polled.
    pub(super) fn dial_through_relay(
        &self,
        id: DialId,
        call: PlaceCall,
    ) -> impl Future<Output = DialOutcome> + Send + 'static {
        match &self.link {
            Some(link) if link.is_over() => {
                Either::Left(ready(Err(dial::not_sent(DialReason::RelayRefused))))
            }
            Some(link) => Either::Right(dial::through_relay(link.client().clone(), id, call)),
            None => Either::Left(ready(Err(dial::not_sent(DialReason::NotConfigured)))),
        }
    }

    /// Asks the platform for a call, once the future is polled.
    pub(super) fn dial_directly(
        &self,
        number: E164,
        account: AccountId,
    ) -> impl Future<Output = DialOutcome> + Send + 'static {
        let keychain = keychain(&self.ports);
        let settings = self.companion.settings().clone();
        let within = self.limits.platform_answer;
        async move { dial::directly(&*keychain, &settings, within, account, number).await }
    }

    /// The settings that aren't yet as an enrolment at this relay makes them.
    pub(super) fn enrolment_changes(&self, relay: &RelayUrl) -> Vec<Change> {
        let settings = self.companion.settings();
        let mode = (settings.mode != Mode::Relay).then(|| Change::new(Key::Mode, Mode::Relay));
        let stands = token::relay(settings).as_ref() == Some(relay);
        let url = (!stands).then(|| Change::new(Key::RelayUrl, relay.as_str()));
        mode.into_iter().chain(url).collect()
    }

    /// The token stands in the keychain: the settings follow, then the connection.
    pub(super) fn on_enrolled(&mut self, result: Result<Enrolment, Refusal>, reply: Reply) {
        let Enrolment { relay, token } = match result {
            Ok(enrolment) => enrolment,
            Err((code, message)) => {
                return reply.send(Err(Error {
                    code,
                    message: view::message(message),
                }));
            }
        };
        // Another relay's question, come meanwhile, still waits.
        self.enrolment_link
            .take_if(|link| link.pending.relay == relay.as_str());
        self.link_problem = None;
        let changes = self.enrolment_changes(&relay);
        if !changes.is_empty()
            && let Err(error) = self.change_settings(&changes)
        {
            return reply.send(Err(error));
        }
        self.enrolment_follows(&relay);
        self.disconnect();
        self.connect(token);
        self.ask_keychain();
        reply.send(Ok(Answer::Done));
    }

    /// The settings name the relay whose token is in the keychain.
    fn enrolment_follows(&mut self, relay: &RelayUrl) {
        // Another desktop's place in the history, or of other accounts: not ours any more.
        self.journal.forget_position(relay.as_str().to_owned());
        self.unfinished = None;
        Note::within(self.paths.data()).remove();
    }

    /// The last run ended between the new token's way into the keychain and the settings' change. `kept`: what the keychain
    /// holds now.
    pub(super) fn finish_enrolment(&mut self, kept: Option<&SecretString>) {
        let Some(relay) = self.unfinished.take() else {
            return;
        };
        if !kept.is_some_and(|kept| token::is_of(kept, &relay)) {
            // The token never got there.
            return Note::within(self.paths.data()).remove();
        }
        let changes = self.enrolment_changes(&relay);
        if changes
            .iter()
            .any(|change| self.files.locked.contains(&change.key))
        {
            tracing::warn!(
                "the company has fixed another relay since: an enrolment that was interrupted is dropped"
            );
            return Note::within(self.paths.data()).remove();
        }
        tracing::info!(relay = %relay.host(), "an enrolment that was interrupted is brought to its end");
        if !changes.is_empty()
            && let Err(error) = self.change_settings(&changes)
        {
            // Tried again at the next start.
            return tracing::warn!(why = error.message.id, "the settings can't follow");
        }
        self.enrolment_follows(&relay);
    }
}
