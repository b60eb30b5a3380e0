//! A desktop: a stream that breaks anywhere, and what it makes of it. Checks what it hears as it hears it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use rand::Rng as _;
use rand::rngs::StdRng;
use relay_api::reading::{Reading, Told};
use relay_api::wire::{EventBody, EventId};
use telephony::{AccountId, Call, CallId, CallState};

use crate::feed::{Feed, Position};
use crate::hub::{Hub, Who};
use crate::store::Reader;

/// The largest event that a desktop reads.
const LIMIT: usize = 1 << 20;

pub(super) struct Desktop {
    pub(super) name: &'static str,
    pub(super) accounts: Arc<BTreeSet<AccountId>>,
    pub(super) calls: BTreeMap<(AccountId, CallId), Call>,
    reading: Reading,
    feed: Option<Feed>,
    /// What the network still holds.
    on_the_way: Vec<u8>,
    /// A gap was told, or nothing is known yet: the list has to be fetched.
    pub(super) wants_list: bool,
    /// The position that the last list was true for.
    listed: Option<EventId>,
    pub(super) gaps: u64,
    pub(super) resumed: u64,
    /// The newest position since the last one that was set anew.
    newest: Option<EventId>,
}

impl Desktop {
    pub(super) fn new(name: &'static str, accounts: &[&str]) -> Self {
        let accounts = accounts.iter().map(|id| AccountId((*id).to_owned())).collect();
        Self {
            name,
            accounts: Arc::new(accounts),
            calls: BTreeMap::new(),
            reading: Reading::new(None, LIMIT),
            feed: None,
            on_the_way: Vec::new(),
            wants_list: false,
            listed: None,
            gaps: 0,
            resumed: 0,
            newest: None,
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.feed.is_some()
    }

    pub(super) fn connect(&mut self, hub: &Arc<Hub>, reader: &Reader, clock: crate::feed::Clock) {
        let who = Who {
            token: self.name.to_owned(),
            accounts: Arc::clone(&self.accounts),
            address: None,
        };
        let position = self.reading.last().map_or(Position::Unnamed, Position::After);
        self.resumed += u64::from(position != Position::Unnamed);
        self.feed = hub
            .listen(who)
            .ok()
            .map(|listener| Feed::new(listener, reader, self.name, position, clock));
        self.reading.reconnected();
        // What the old connection still held is gone with it.
        self.on_the_way.clear();
    }

    /// The connection breaks; what is on the way is lost, in the middle of an event too.
    pub(super) fn cut(&mut self) {
        self.feed = None;
        self.on_the_way.clear();
    }

    /// Takes what the relay has for it, and reads a part of what has come.
    pub(super) fn read(&mut self, rng: &mut StdRng, all: bool) -> Option<Bytes> {
        let mut taken = None;
        if let Some(feed) = &mut self.feed {
            match feed.frames(Duration::from_secs(15)).now_or_never() {
                // Nothing to say now.
                None => {}
                // The relay ended it.
                Some(None) => self.feed = None,
                Some(Some(bytes)) => {
                    self.on_the_way.extend_from_slice(&bytes);
                    taken = Some(bytes);
                }
            }
        }
        let most = self.on_the_way.len();
        let some = if all || most == 0 {
            most
        } else {
            rng.random_range(0..=most)
        };
        let came: Vec<u8> = self.on_the_way.drain(..some).collect();
        self.reading.push(&came);
        while let Some(told) = self.reading.told().expect("what a relay writes can be read") {
            if let Told::Event(event) = told {
                self.hear(event.id, event.body);
                self.reading.handled(event.id);
            }
        }
        taken
    }

    fn hear(&mut self, id: EventId, body: EventBody) {
        let is_listed = self.listed.is_some_and(|as_of| id <= as_of);
        match body {
            // The list knows more already.
            EventBody::Snapshot { .. } if is_listed => self.newest = Some(id),
            EventBody::Call { .. } if is_listed => {
                assert!(Some(id) > self.newest, "{}: positions grow", self.name);
                self.newest = Some(id);
            }
            EventBody::Gap => {
                self.gaps += 1;
                self.wants_list = true;
                self.newest = None;
            }
            EventBody::Snapshot { calls } => {
                // The first thing that a new desktop hears: what is over by now is in the list only.
                self.wants_list |= self.listed.is_none();
                self.newest = Some(id);
                // What isn't in it lives no more.
                self.calls.retain(|_, known| {
                    known.state == CallState::Ended
                        || calls
                            .iter()
                            .any(|call| call.call_id == known.call_id && call.account_id == known.account_id)
                });
                for call in calls {
                    self.check(&call);
                    self.calls
                        .insert((call.account_id.clone(), call.call_id.clone()), call);
                }
            }
            EventBody::Call { call } => {
                assert!(
                    Some(id) > self.newest,
                    "{}: positions grow, and nothing comes twice",
                    self.name
                );
                self.newest = Some(id);
                self.check(&call);
                let known = self
                    .calls
                    .insert((call.account_id.clone(), call.call_id.clone()), call.clone());
                assert!(
                    known.as_ref() != Some(&call),
                    "{}: an event says something new",
                    self.name
                );
                assert!(
                    call.state != CallState::Ringing || known.is_none(),
                    "{}: rings once",
                    self.name
                );
            }
            EventBody::Unknown => panic!("the relay says nothing unknown"),
        }
    }

    fn check(&self, call: &Call) {
        assert!(
            self.accounts.contains(&call.account_id),
            "{}: its own accounts only",
            self.name
        );
        let known = self.calls.get(&(call.account_id.clone(), call.call_id.clone()));
        assert!(
            known.is_none_or(|known| known.state <= call.state),
            "{}: only forward",
            self.name
        );
        let times = [Some(call.started_at), call.connected_at, call.ended_at];
        assert!(
            times.into_iter().flatten().is_sorted(),
            "times never run backwards"
        );
    }

    /// `GET /v1/calls`
    pub(super) fn take_list(&mut self, as_of: EventId, calls: Vec<Call>) {
        self.wants_list = false;
        self.listed = Some(as_of);
        for call in calls {
            self.check(&call);
            self.calls
                .insert((call.account_id.clone(), call.call_id.clone()), call);
        }
    }
}
