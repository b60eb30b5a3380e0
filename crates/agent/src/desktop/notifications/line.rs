//! The connection to the notification daemon, and what it can do.

use std::io;
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::Select;
use futures_util::{FutureExt, StreamExt};
use tokio::time::timeout;
use zbus::names::OwnedUniqueName;
use zbus::{Connection, MatchRule, Message, MessageStream};

use super::freedesktop::{Abilities, DaemonProxy, NAME, NotifyArguments};
use crate::desktop::bus::{self, PATIENCE};

/// Signals kept while the task is busy; a daemon sends a few for each notification.
const QUEUE: usize = 64;
const PATH: &str = "/org/freedesktop/Notifications";
/// A notification that was shown so late is left to the daemon. Less would not do: a machine that swaps may take minutes.
const LATEST: Duration = Duration::from_secs(600);

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

/// What became of a notification.
pub(super) enum Notified {
    /// It is shown there.
    Shown(Place),
    /// The daemon hasn't answered yet. It may show it all the same: this tells where.
    Late(BoxFuture<'static, zbus::Result<Place>>),
}

impl Line {
    pub async fn connect() -> zbus::Result<Self> {
        patiently(Self::open()).await
    }

    async fn open() -> zbus::Result<Self> {
        let bus = zbus::connection::Builder::session()?
            .method_timeout(LATEST)
            .build()
            .await?;
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
        let name = zbus::names::BusName::try_from(NAME).ok()?;
        let asked = async {
            let bus = zbus::fdo::DBusProxy::new(&self.bus).await?;
            Ok(bus.get_name_owner(name).await?)
        };
        patiently(asked).await.ok().map(|owner| owner.to_string())
    }

    /// What the daemon can do; it is asked once.
    pub async fn abilities(&mut self) -> zbus::Result<Abilities> {
        if let Some(abilities) = &self.abilities {
            return Ok(abilities.clone());
        }
        let daemon = DaemonProxy::new(&self.bus).await?;
        let capabilities = patiently(daemon.get_capabilities()).await?;
        // Only one daemon is known by its name; another that doesn't tell its own is as good.
        let server = patiently(daemon.get_server_information())
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

    pub async fn notify(&self, wanted: NotifyArguments<'static>) -> zbus::Result<Notified> {
        tracing::trace!("a notification goes to the bus");
        let bus = self.bus.clone();
        let mut call = async move {
            let reply = bus
                .call_method(Some(NAME), PATH, Some(NAME), "Notify", &wanted)
                .await?;
            Ok(Place {
                id: reply.body().deserialize()?,
                daemon: reply.header().sender().map(|name| name.to_owned().into()),
            })
        }
        .boxed();
        match timeout(PATIENCE, &mut call).await {
            Ok(shown) => shown.map(Notified::Shown),
            Err(_) => Ok(Notified::Late(call)),
        }
    }

    pub async fn close(&self, id: u32) {
        let closed = async { DaemonProxy::new(&self.bus).await?.close_notification(id).await };
        if let Err(error) = patiently(closed).await {
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

/// The answer of a daemon that takes no longer than it may.
async fn patiently<T>(answer: impl Future<Output = zbus::Result<T>>) -> zbus::Result<T> {
    timeout(PATIENCE, answer).await.unwrap_or_else(|_| Err(silent()))
}

/// What is told of a daemon that doesn't answer.
pub(super) fn silent() -> zbus::Error {
    zbus::Error::FDO(Box::new(zbus::fdo::Error::NoReply(
        io::Error::from(io::ErrorKind::TimedOut).to_string(),
    )))
}

/// The daemon's own words where it has some, otherwise the bus's.
pub(super) fn words(error: &zbus::Error) -> String {
    match error {
        zbus::Error::MethodError(_, Some(words), _) => words.clone(),
        error => error.to_string(),
    }
}
