//! The connection to the notification daemon, and what it can do.

use futures_util::stream::Select;
use futures_util::{FutureExt, StreamExt};
use zbus::names::OwnedUniqueName;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::freedesktop::{Abilities, DaemonProxy, NAME, NotifyArguments};
use crate::desktop::bus;

/// Signals kept while the task is busy; a daemon sends a few for each notification.
const QUEUE: usize = 64;
const PATH: &str = "/org/freedesktop/Notifications";

/// The connection, and everything that is said on it to us.
pub(super) struct Line {
    bus: Connection,
    signals: Select<MessageStream, MessageStream>,
    /// Of the daemon that runs now, once it was asked.
    abilities: Option<Abilities>,
}

/// Where a notification is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub id: u32,
    /// Which daemon shows it: a restarted one has forgotten it, and counts its ids anew.
    pub daemon: Option<OwnedUniqueName>,
}

impl Line {
    pub async fn connect() -> zbus::Result<Self> {
        let bus = bus::session().await?;
        let from_daemon = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .interface(NAME)?
            .path(PATH)?
            .build();
        let signals = futures_util::stream::select(
            MessageStream::for_match_rule(from_daemon, &bus, Some(QUEUE)).await?,
            MessageStream::for_match_rule(bus::owner_changes(NAME)?, &bus, Some(QUEUE)).await?,
        );
        Ok(Self {
            bus,
            signals,
            abilities: None,
        })
    }

    /// Tells this bus from every other.
    pub fn bus_id(&self) -> String {
        self.bus.server_guid().to_string()
    }

    /// Who shows notifications now; nobody is started for the question.
    pub async fn daemon(&self) -> Option<String> {
        let bus = zbus::fdo::DBusProxy::new(&self.bus).await.ok()?;
        let name = zbus::names::BusName::try_from(NAME).ok()?;
        let owner = bus.get_name_owner(name).await.ok()?;
        Some(owner.to_string())
    }

    /// What the daemon can do; it is asked once.
    pub async fn abilities(&mut self) -> zbus::Result<Abilities> {
        if let Some(abilities) = &self.abilities {
            return Ok(abilities.clone());
        }
        let daemon = DaemonProxy::new(&self.bus).await?;
        let capabilities = daemon.get_capabilities().await?;
        // Only one daemon is known by its name; another that doesn't tell its own is as good.
        let server = daemon
            .get_server_information()
            .await
            .map(|(name, ..)| name)
            .unwrap_or_default();
        Ok(self
            .abilities
            .insert(Abilities::new(&capabilities, &server))
            .clone())
    }

    /// Another daemon took over: it can do other things.
    pub fn forget_abilities(&mut self) {
        self.abilities = None;
    }

    pub async fn notify(&self, wanted: &NotifyArguments<'_>) -> zbus::Result<Place> {
        tracing::trace!("a notification goes to the bus");
        let reply = self
            .bus
            .call_method(Some(NAME), PATH, Some(NAME), "Notify", wanted)
            .await?;
        Ok(Place {
            id: reply.body().deserialize()?,
            daemon: reply.header().sender().map(|name| name.to_owned().into()),
        })
    }

    pub async fn close(&self, id: u32) {
        let closed = async { DaemonProxy::new(&self.bus).await?.close_notification(id).await };
        if let Err(error) = closed.await {
            // Closed by the person a moment ago, or its daemon is gone: either way it doesn't stand any more.
            tracing::debug!(%error, "a notification was gone before it was withdrawn");
        }
    }

    /// The next thing that the daemon or the bus says; `None` when the bus has closed the connection.
    pub async fn next(&mut self) -> Option<Message> {
        self.signals.next().await.and_then(Result::ok)
    }

    /// What was said already, without waiting for more.
    pub fn waiting(&mut self) -> Option<Message> {
        self.signals.next().now_or_never()?.and_then(Result::ok)
    }
}

/// The daemon's own words where it has some, otherwise the bus's.
pub(super) fn words(error: &zbus::Error) -> String {
    match error {
        zbus::Error::MethodError(_, Some(words), _) => words.clone(),
        error => error.to_string(),
    }
}
