//! The connection to the relay: one subscription, what the relay can do, and how far its history was read.
//!
//! The subscription keeps itself alive; here its updates become the companion's events. A position is kept only once
//! everything before it is known: after a gap the lists of `/v1/calls` come first.

use std::time::Duration;

use companion::event::{Event, Link as LinkState, LinkProblem, Origin};
use companion::journal::Position;
use jiff::Timestamp;
use relay_api::wire::{CallList, Event as RelayEvent, EventBody, EventId, Me};
use relay_api::{
    ClientError, ClientOptions, DownReason, RelayClient, RelayUrl, SetupError, SubscribeOptions,
    Subscription, ThreadJitter, Update,
};
use secrecy::SecretString;
use telephony::Call;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use crate::controller::Input;
use crate::journal::{AskError, JournalHandle};
use crate::now::Now;

/// A connection may stand for weeks: what the relay can do, and whether the token is old, is asked again after so long.
const LOOK_AGAIN: Duration = Duration::from_secs(24 * 3600);
/// Between two tries of a request that the stream's own back-off doesn't cover.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// Lines that a desktop serves at most; a whole company's have some hundreds.
const MOST_ACCOUNTS: usize = 1_000;
/// Longest id of a call or an account, in bytes: a relay takes no longer one from the platform.
const LONGEST_ID: usize = 256;

/// What the link's tasks tell the controller.
pub(crate) enum News {
    /// Where the subscription starts.
    From(Begin),
    /// Of the subscription.
    Update(Update),
    /// Of `GET /v1/me`.
    Me(Result<Me, ClientError>),
    /// Of `GET /v1/calls`.
    Calls(Result<CallList, ClientError>),
}

/// Where a subscription starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// After the position kept from last time.
    After(EventId),
    /// With what is live: this is the first connection ever.
    First,
    /// With what is live: the journal, which knows better, can't be opened for now. What was before is left for when it can.
    Blind,
}

/// What the controller does about some news, in order.
#[derive(Default)]
pub(crate) struct Heard {
    /// For the companion.
    pub(crate) events: Vec<Event>,
    /// Goes into the journal together with what the events change.
    pub(crate) position: Option<Position>,
    /// A list of past calls came, and this says whether older ones were left out of it.
    pub(crate) history_cut: Option<bool>,
    /// The relay says that the token should be renewed.
    pub(crate) is_token_old: bool,
    /// The relay doesn't accept the token any more.
    pub(crate) is_turned_away: bool,
}

impl Begin {
    fn after(self) -> Option<EventId> {
        match self {
            Self::After(event) => Some(event),
            Self::First | Self::Blind => None,
        }
    }
}

/// The running link. Dropping it ends it.
pub(crate) struct RelayLink {
    generation: u64,
    token: SecretString,
    client: RelayClient,
    inputs: mpsc::Sender<Input>,
    me: Option<Me>,
    /// The relay's clock when the connection was made, and our moment of that: our clock may be set meanwhile, and the
    /// machine may sleep.
    clock: Option<(Timestamp, Now)>,
    live: bool,
    /// What was before it isn't asked for.
    blind: bool,
    /// The relay has said that it doesn't accept the token.
    refused: bool,
    /// The last event handled.
    last: Option<EventId>,
    /// Why positions aren't kept yet.
    reconciling: Option<Reconciling>,
    /// `None`: nobody listens, until another link takes this one's place.
    stream: Option<AbortOnDropHandle<()>>,
    asking: [Option<AbortOnDropHandle<()>>; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reconciling {
    /// The first connection ever: what had ended by then, by the relay's clock, is history. The stream tells the rest.
    First(Timestamp),
    /// Events were missed: no position is kept until the lists are here.
    Gap,
}

/// Which request of the link.
#[derive(Clone, Copy)]
enum Ask {
    Me,
    Calls,
}

impl RelayLink {
    /// Starts to connect; `me` is what an earlier link to the same relay knew, `watchdog` how long the relay may say nothing.
    /// News come as [`Input::Link`] with this generation.
    pub(crate) fn start(
        generation: u64,
        relay: RelayUrl,
        token: SecretString,
        me: Option<Me>,
        watchdog: Duration,
        journal: JournalHandle,
        inputs: mpsc::Sender<Input>,
    ) -> Result<Self, SetupError> {
        let client = RelayClient::new(relay, Some(token.clone()), ClientOptions::default())?;
        let options = SubscribeOptions {
            watchdog,
            ..SubscribeOptions::default()
        };
        let stream = follow(generation, client.clone(), options, journal, inputs.clone());
        Ok(Self {
            generation,
            token,
            client,
            inputs,
            me,
            clock: None,
            live: false,
            blind: false,
            refused: false,
            last: None,
            reconciling: None,
            stream: Some(AbortOnDropHandle::new(tokio::spawn(stream))),
            asking: [None, None],
        })
    }

    /// Which start of the link this is: news of an older one don't count.
    pub(crate) fn generation(&self) -> u64 {
        self.generation
    }

    /// For other requests to the same relay.
    pub(crate) fn client(&self) -> &RelayClient {
        &self.client
    }

    /// For a new link after sleep.
    pub(crate) fn token(&self) -> &SecretString {
        &self.token
    }

    /// What is known of the relay, for the link that takes this one's place.
    pub(crate) fn into_me(self) -> Option<Me> {
        self.me
    }

    /// The relay ended the story: the token isn't accepted.
    pub(crate) fn is_over(&self) -> bool {
        self.refused || self.stream.as_ref().is_some_and(AbortOnDropHandle::is_finished)
    }

    /// Listens no more. What was said and isn't handled yet is no news of this `generation`: the relay tells it again.
    pub(crate) fn deafen(&mut self, generation: u64) {
        self.generation = generation;
        self.live = false;
        self.stream = None;
        self.asking = [None, None];
    }

    /// Takes news of this generation.
    pub(crate) fn on(&mut self, news: News, now: Now) -> Heard {
        match news {
            News::From(begin) => {
                self.last = begin.after();
                self.blind = begin == Begin::Blind;
                Heard::default()
            }
            News::Update(update) => self.on_update(update, now),
            News::Me(Ok(me)) => {
                let is_token_old = me.renew_after.is_some_and(|from| from <= me.at);
                self.me = Some(bounded(me));
                self.ask(Ask::Me, LOOK_AGAIN);
                Heard {
                    is_token_old,
                    ..self.state_if_live()
                }
            }
            News::Me(Err(error)) => self.on_me_failed(&error),
            News::Calls(Ok(list)) => self.on_calls(list, now),
            News::Calls(Err(error)) => {
                tracing::warn!(%error, "the relay doesn't give its list of calls");
                if error.is_transient() {
                    self.ask(Ask::Calls, ASK_AGAIN);
                }
                Heard::default()
            }
        }
    }

    fn on_update(&mut self, update: Update, now: Now) -> Heard {
        match update {
            Update::Connecting { attempt } => LinkState::Connecting { attempt }.into(),
            Update::Live { clock_skew } => {
                self.live = true;
                let relay = now.wall.checked_add(clock_skew.unwrap_or_default());
                self.clock = relay.ok().map(|relay| (relay, now));
                self.ask(Ask::Me, Duration::ZERO);
                if self.reconciling.is_some() {
                    self.ask(Ask::Calls, Duration::ZERO);
                }
                let mut heard = Heard::from(Event::CatchingUp);
                heard.events.extend(self.state_if_live().events);
                heard
            }
            Update::Event(event) => self.on_event(*event, now),
            Update::Alive => Event::Alive.into(),
            Update::CaughtUp => Event::CaughtUp.into(),
            Update::Down { reason, retry_in } => {
                self.live = false;
                self.asking = [None, None];
                tracing::info!(%reason, retry_in_s = retry_in.as_secs(), "not connected to the relay");
                LinkState::Down(problem(&reason)).into()
            }
            Update::Refused(_) => {
                self.live = false;
                self.asking = [None, None];
                self.stream = None;
                self.refused = true;
                tracing::warn!("the relay refuses the token: a new enrolment is needed");
                Heard {
                    is_turned_away: true,
                    ..LinkState::Refused.into()
                }
            }
        }
    }

    fn on_event(&mut self, event: RelayEvent, now: Now) -> Heard {
        let events = match event.body {
            EventBody::Call { call } if !is_bounded(&call) => Vec::new(),
            EventBody::Call { call } => {
                let age_s = self.relay_clock(now).duration_since(event.at).as_secs();
                vec![Event::Call {
                    call: Box::new(call),
                    origin: Origin::Relay,
                    age_s,
                }]
            }
            EventBody::Snapshot { mut calls } => {
                calls.retain(is_bounded);
                let first = self.last.is_none();
                self.last = Some(event.id);
                if first && !self.blind && self.reconciling.is_none() {
                    self.reconcile(Reconciling::First(event.at));
                }
                let mut events = vec![Event::LiveCalls { calls, at: event.at }];
                if first {
                    events.extend(self.state_if_live().events);
                }
                events
            }
            EventBody::Gap => {
                tracing::info!(
                    "the relay no longer keeps what happened meanwhile: its list of calls is fetched"
                );
                self.reconcile(Reconciling::Gap);
                return Event::Gap.into();
            }
            EventBody::Unknown => Vec::new(),
        };
        self.last = Some(event.id);
        Heard {
            events,
            position: self.position(),
            ..Heard::default()
        }
    }

    /// The relay's list of what ended while nobody listened.
    fn on_calls(&mut self, list: CallList, now: Now) -> Heard {
        let Some(reason) = self.reconciling.take() else {
            return Heard::default();
        };
        if list.is_cut {
            tracing::warn!(
                listed = list.ended.len(),
                "the relay keeps more past calls than it lists: older ones may be missing here"
            );
        }
        let history_cut = Some(list.is_cut);
        let clock = self.relay_clock(now);
        let ended = |call: Call, origin| {
            let age_s = clock.duration_since(call.last_change()).as_secs();
            Event::Call {
                call: Box::new(call),
                origin,
                age_s,
            }
        };
        let oldest_first = list.ended.into_iter().rev().filter(is_bounded);
        match reason {
            Reconciling::First(since) => {
                let history = oldest_first.filter(|call| call.last_change() <= since);
                let events = history.map(|call| ended(call, Origin::History)).collect();
                Heard {
                    events,
                    position: None,
                    history_cut,
                    ..Heard::default()
                }
            }
            Reconciling::Gap => {
                // What lives, the stream's own snapshot has told, in its place among the events: the list's may be older
                // than events that came before it.
                let missed = oldest_first.map(|call| ended(call, Origin::Relay));
                let events = [Event::CatchingUp].into_iter().chain(missed);
                Heard {
                    events: events.chain([Event::CaughtUp]).collect(),
                    position: self.position(),
                    history_cut,
                    ..Heard::default()
                }
            }
        }
    }

    fn reconcile(&mut self, reason: Reconciling) {
        self.reconciling = Some(reason);
        self.ask(Ask::Calls, Duration::ZERO);
    }

    /// What may be kept now.
    fn position(&self) -> Option<Position> {
        if self.reconciling == Some(Reconciling::Gap) {
            return None;
        }
        let event = self.last?.to_string();
        Some(Position {
            relay: self.client.base().as_str().to_owned(),
            event,
        })
    }

    /// The connection counts as live once it is also known where the history is and what the relay can do for us.
    fn state_if_live(&self) -> Heard {
        match &self.me {
            Some(me) if self.live => LinkState::Live {
                can_dial: me.capabilities.dial,
                accounts: me.accounts.clone(),
            }
            .into(),
            _ => Heard::default(),
        }
    }

    fn on_me_failed(&mut self, error: &ClientError) -> Heard {
        tracing::warn!(%error, "the relay doesn't say what it can do");
        if !self.live || error.is_unauthorized() {
            // The stream itself tells what this means, and goes on.
            return Heard::default();
        }
        self.ask(Ask::Me, ASK_AGAIN);
        if error.is_transient() {
            Heard::default()
        } else {
            LinkState::Down(client_problem(error)).into()
        }
    }

    fn relay_clock(&self, now: Now) -> Timestamp {
        let told = self
            .clock
            .and_then(|(relay, then)| relay.checked_add(now.since(then)).ok());
        told.unwrap_or(now.wall)
    }

    /// One request of each kind at a time; a newer one takes the place of an older one.
    fn ask(&mut self, what: Ask, after: Duration) {
        let (client, inputs, generation) = (self.client.clone(), self.inputs.clone(), self.generation);
        let task = tokio::spawn(async move {
            tokio::time::sleep(after).await;
            let news = match what {
                Ask::Me => News::Me(client.me().await),
                Ask::Calls => News::Calls(client.calls().await),
            };
            // Fails only when the controller has ended.
            let _ = inputs.send(Input::Link(generation, news)).await;
        });
        self.asking[what as usize] = Some(AbortOnDropHandle::new(task));
    }
}

impl From<Event> for Heard {
    fn from(event: Event) -> Self {
        Self {
            events: vec![event],
            ..Self::default()
        }
    }
}

impl From<LinkState> for Heard {
    fn from(state: LinkState) -> Self {
        Event::Link(state).into()
    }
}

/// Hands the subscription's updates on, one after the other.
async fn follow(
    generation: u64,
    client: RelayClient,
    options: SubscribeOptions,
    journal: JournalHandle,
    inputs: mpsc::Sender<Input>,
) {
    let begin = match journal.position(client.base().as_str().to_owned()).await {
        Ok(Some(position)) => position.parse().map_or(Begin::First, Begin::After),
        Ok(None) | Err(AskError::Journal(_)) => Begin::First,
        Err(_) => Begin::Blind,
    };
    if inputs
        .send(Input::Link(generation, News::From(begin)))
        .await
        .is_err()
    {
        return;
    }
    let mut updates = Subscription::start(client, begin.after(), options, ThreadJitter);
    while let Some(update) = updates.next().await {
        if inputs
            .send(Input::Link(generation, News::Update(update)))
            .await
            .is_err()
        {
            return;
        }
    }
}

/// What is shown of a relay's accounts: whatever it says, a state of the app stays sendable.
fn bounded(mut me: Me) -> Me {
    let told = me.accounts.len();
    me.accounts.retain(|account| account.0.len() <= LONGEST_ID);
    me.accounts.truncate(MOST_ACCOUNTS);
    let kept = me.accounts.len();
    if kept < told {
        tracing::warn!(
            told,
            kept,
            "the relay names more lines than a desktop serves: the others are left out"
        );
    }
    me
}

/// A call whose ids are as long as an id may be.
fn is_bounded(call: &Call) -> bool {
    let bounded = call.call_id.0.len() <= LONGEST_ID && call.account_id.0.len() <= LONGEST_ID;
    if !bounded {
        tracing::warn!("the relay tells of a call with an absurdly long id: it is left out");
    }
    bounded
}

fn problem(reason: &DownReason) -> LinkProblem {
    match reason {
        DownReason::Ended | DownReason::Silent(_) | DownReason::Nudged => LinkProblem::Lost,
        DownReason::Garbled(_) => LinkProblem::NotARelay,
        DownReason::Failed(error) => client_problem(error),
    }
}

/// What a failed request says about the connection.
pub(crate) fn client_problem(error: &ClientError) -> LinkProblem {
    match error {
        ClientError::Unreachable { .. } => LinkProblem::Unreachable,
        ClientError::Tls { .. } => LinkProblem::Tls,
        ClientError::TimedOut | ClientError::Interrupted { .. } => LinkProblem::Lost,
        ClientError::Refused { problem, .. } if problem.status == 429 || problem.status >= 500 => {
            LinkProblem::Busy
        }
        // A gateway in front of a relay that is down.
        ClientError::NotARelay { status: 502..=504 } => LinkProblem::Busy,
        ClientError::Refused { .. } | ClientError::NotARelay { .. } | ClientError::Unreadable { .. } => {
            LinkProblem::NotARelay
        }
    }
}

#[cfg(test)]
mod tests;
