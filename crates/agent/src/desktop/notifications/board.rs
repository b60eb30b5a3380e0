//! Which notifications stand, and where.

use std::collections::HashMap;

use companion::effect::{Notification, NotificationKind};
use companion::event::NoteKey;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt as _, StreamExt as _};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::timeout;
use zbus::Message;

use super::action_of;
use super::freedesktop::{arguments, picture};
use super::ledger::Ledger;
use super::line::{Line, Notified, Place, silent, words};
use crate::desktop::DesktopEvent;
use crate::desktop::bus::{self, PATIENCE};
use crate::desktop::picture::Picture;

/// Everything that shall be shown now.
pub(super) struct Board {
    events: UnboundedSender<DesktopEvent>,
    line: Option<Line>,
    standing: HashMap<NoteKey, Standing>,
    /// Sent with each, where the icon theme lacks ours.
    picture: Option<Picture>,
    ledger: Ledger,
    /// Those that their daemon hasn't answered yet, by number.
    late: FuturesUnordered<BoxFuture<'static, (u64, zbus::Result<Place>)>>,
    numbers: u64,
}

/// What there is to hear.
pub(super) enum Heard {
    /// From the bus; `None` when it has closed the connection.
    Message(Option<Message>),
    /// Where a notification stands whose daemon took its time.
    Late(u64, zbus::Result<Place>),
}

/// A notification that nobody has withdrawn.
struct Standing {
    note: Notification,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    Shown(Place),
    /// No daemon took it. The next one that comes will get it.
    Waiting,
    /// Sent, and not answered yet: the one of this number.
    Late(u64),
}

impl Board {
    pub fn new(ledger: Ledger, events: UnboundedSender<DesktopEvent>) -> Self {
        Self {
            ledger,
            events,
            line: None,
            standing: HashMap::new(),
            picture: picture(),
            late: FuturesUnordered::new(),
            numbers: 0,
        }
    }

    /// Connects, if that works already, and takes away what an agent that was killed left: nobody hears its buttons.
    pub async fn prepare(&mut self) {
        let line = match self.line().await {
            Ok(line) => line,
            Err(error) => return tracing::info!(%error, "no session bus for notifications yet"),
        };
        // Without a daemon there is nothing of ours either.
        let (bus, daemon) = (line.bus_id(), line.daemon().await);
        if let Some(daemon) = daemon {
            for id in self.ledger.left(&bus, &daemon) {
                if let Some(line) = &self.line {
                    line.close(id).await;
                }
            }
        }
        self.ledger.clear();
    }

    /// Notes what stands, for the agent that follows should this one be killed.
    pub fn remember(&mut self) {
        let Some(line) = &self.line else { return };
        let shown = |standing: &Standing| match &standing.state {
            State::Shown(place) => Some((place.daemon.clone()?, place.id)),
            State::Waiting | State::Late(_) => None,
        };
        let mut shown: Vec<_> = self.standing.values().filter_map(shown).collect();
        shown.sort_by_key(|(_, id)| *id);
        let daemon = shown.first().map(|(daemon, _)| daemon.clone());
        let daemon = daemon.as_ref().map(|daemon| daemon.as_str()).unwrap_or_default();
        let ids: Vec<u32> = shown
            .iter()
            .filter(|(owner, _)| owner.as_str() == daemon)
            .map(|(_, id)| *id)
            .collect();
        self.ledger.keep(&line.bus_id(), daemon, &ids);
    }

    async fn line(&mut self) -> zbus::Result<&mut Line> {
        let line = match self.line.take() {
            Some(line) => line,
            None => Line::connect().await?,
        };
        Ok(self.line.insert(line))
    }

    pub async fn show(&mut self, mut note: Notification) {
        let mut replaces = None;
        match self.standing.get(&note.key) {
            Some(standing) if standing.note.kind == note.kind && !note.news => {
                // One sound an alert: a name that was found in the meantime is no new one. More missed calls are.
                note.sound = false;
            }
            // The person closed it, or it went by itself.
            None if !note.news => return,
            _ => {}
        }
        if let Some(State::Shown(place)) = self.standing.get(&note.key).map(|standing| &standing.state) {
            replaces = Some(place.clone());
        }
        self.put_up(note, replaces).await;
    }

    async fn put_up(&mut self, note: Notification, replaces: Option<Place>) {
        let state = match self.notify(&note, replaces.as_ref()).await {
            Ok(Notified::Shown(place)) => State::Shown(place),
            Ok(Notified::Late(answer)) => {
                self.failed(&silent());
                self.numbers += 1;
                let number = self.numbers;
                self.late.push(answer.map(move |place| (number, place)).boxed());
                // What it was to replace stands until then.
                replaces.map_or(State::Late(number), State::Shown)
            }
            Err(error) => {
                self.failed(&error);
                if matches!(error, zbus::Error::InputOutput(_)) {
                    // The connection is dead; the next notification makes a new one.
                    self.line = None;
                }
                replaces.map_or(State::Waiting, State::Shown)
            }
        };
        // What came before the reply concerns the notification that this one replaced.
        let mut owner = None;
        while let Some(earlier) = self.line.as_mut().and_then(Line::waiting) {
            match bus::owner_change(&earlier) {
                Some((_, new)) => owner = Some(new),
                None => self.on_signal(&earlier),
            }
        }
        self.standing.insert(note.key.clone(), Standing { note, state });
        if let Some(owner) = owner {
            Box::pin(self.daemon_changed(&owner)).await;
        }
    }

    fn failed(&self, error: &zbus::Error) {
        tracing::warn!(%error, "a notification can't be shown");
        let _ = self.events.send(DesktopEvent::NotifyFailed(words(error)));
    }

    async fn notify(&mut self, note: &Notification, replaces: Option<&Place>) -> zbus::Result<Notified> {
        let picture = self.picture.clone();
        let line = self.line().await?;
        let abilities = line.abilities().await?;
        let old = replaces.map_or(0, |place| place.id);
        let notified = line
            .notify(arguments(note, old, &abilities, picture.as_ref()))
            .await?;
        if let Notified::Shown(place) = &notified
            && let Some(replaced) = replaces
            && replaced.daemon == place.daemon
            && replaced.id != place.id
        {
            // This daemon doesn't replace: without us both would stand.
            line.close(replaced.id).await;
        }
        Ok(notified)
    }

    /// A notification came up after all. If it is still wanted it stands now, and goes like any other; or else it goes at once.
    async fn came_up(&mut self, number: u64, place: Place) {
        let mut all = self.standing.values_mut();
        if let Some(standing) = all.find(|standing| standing.state == State::Late(number)) {
            standing.state = State::Shown(place);
            return;
        }
        // One that was to replace another stands in its place.
        let id = place.id;
        let shown = State::Shown(place);
        let stands = self.standing.values().any(|standing| standing.state == shown);
        if let (false, Some(line)) = (stands, &self.line) {
            line.close(id).await;
        }
    }

    pub async fn withdraw(&mut self, key: &NoteKey) {
        if let Some(standing) = self.standing.remove(key)
            && let (State::Shown(place), Some(line)) = (standing.state, &self.line)
        {
            line.close(place.id).await;
        }
    }

    pub async fn withdraw_all(&mut self) {
        for key in self.standing.keys().cloned().collect::<Vec<_>>() {
            self.withdraw(&key).await;
        }
        // Nobody takes away later what comes up now.
        while let Ok(Some((number, place))) = timeout(PATIENCE, self.late.next()).await {
            if let Ok(place) = place {
                self.came_up(number, place).await;
            }
        }
    }

    /// The next thing that the daemon or the bus says; never, while there is no connection.
    pub async fn hear(&mut self) -> Heard {
        let line = &mut self.line;
        let message = async {
            match line {
                Some(line) => line.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            message = message => Heard::Message(message),
            Some((number, place)) = self.late.next() => Heard::Late(number, place),
        }
    }

    pub async fn heard(&mut self, heard: Heard) {
        match heard {
            Heard::Message(Some(message)) => match bus::owner_change(&message) {
                Some((_, owner)) => self.daemon_changed(&owner).await,
                None => self.on_signal(&message),
            },
            Heard::Message(None) => {
                tracing::info!("the session bus closed its connection");
                self.line = None;
                self.standing.clear();
                self.late.clear();
            }
            Heard::Late(number, Ok(place)) => self.came_up(number, place).await,
            Heard::Late(_, Err(error)) => tracing::debug!(%error, "a notification was never shown"),
        }
    }

    /// Any program on the bus can send one: only the daemon that shows a notification counts, as a press on a button may
    /// place a call.
    fn on_signal(&mut self, message: &Message) {
        let (header, body) = (message.header(), message.body());
        let Some(sender) = header.sender() else { return };
        let named = |id: u32, state: &State| {
            matches!(state, State::Shown(place) if place.id == id
                && place.daemon.as_ref().is_some_and(|daemon| daemon.as_str() == sender.as_str()))
        };
        match header.member().map(|name| name.as_str()) {
            Some("ActionInvoked") => {
                let Ok((id, name)) = body.deserialize::<(u32, String)>() else {
                    return;
                };
                let pressed = self
                    .standing
                    .iter()
                    .find(|(_, standing)| named(id, &standing.state));
                if let (Some((key, _)), Some(action)) = (pressed, action_of(&name)) {
                    let _ = self.events.send(DesktopEvent::NoteAction(key.clone(), action));
                }
            }
            Some("NotificationClosed") => {
                let Ok((id, _reason)) = body.deserialize::<(u32, u32)>() else {
                    return;
                };
                self.standing.retain(|_, standing| !named(id, &standing.state));
            }
            _ => {}
        }
    }

    /// Another daemon took over (or none): it can do other things, and knows nothing of what the last one showed.
    async fn daemon_changed(&mut self, owner: &str) {
        if let Some(line) = &mut self.line {
            line.forget_abilities();
        }
        if owner.is_empty() {
            return;
        }
        let mut unseen = Vec::new();
        self.standing.retain(|_, standing| {
            let is_here = match &standing.state {
                State::Waiting | State::Late(_) => false,
                State::Shown(place) => place
                    .daemon
                    .as_ref()
                    .is_some_and(|daemon| daemon.as_str() == owner),
            };
            if !is_here && standing.note.kind != NotificationKind::Info {
                unseen.push(standing.note.clone());
            }
            is_here
        });
        for mut note in unseen {
            // Nothing new has happened.
            note.sound = false;
            self.put_up(note, None).await;
        }
    }
}
