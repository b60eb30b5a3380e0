//! One task and one bus connection for all notifications.

use std::collections::HashMap;
use std::time::Duration;

use companion::effect::Notification;
use companion::event::CallKey;
use futures_util::{FutureExt, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use zbus::names::UniqueName;
use zbus::{MatchRule, MessageStream};

use super::action_of;
use super::freedesktop::{Abilities, DaemonProxy, NAME, arguments, picture};
use crate::desktop::picture::Picture;
use crate::desktop::{DesktopError, DesktopEvent, NotifyPort};

/// How long a daemon may take to answer before it counts as absent.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// Signals kept while the task is busy; a daemon sends a few for each notification.
const QUEUE: usize = 64;

/// See [`NotifyPort`].
pub struct Notifier {
    orders: UnboundedSender<Order>,
}

enum Order {
    Show(Notification),
    Withdraw(CallKey),
    WithdrawAll(oneshot::Sender<()>),
}

impl Notifier {
    pub(in crate::desktop) fn open(
        runtime: &Handle,
        events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        let (orders, inbox) = unbounded_channel();
        runtime.spawn(serve(inbox, events));
        Ok(Self { orders })
    }
}

impl NotifyPort for Notifier {
    fn show(&self, notification: Notification) {
        let _ = self.orders.send(Order::Show(notification));
    }

    fn withdraw(&self, key: CallKey) {
        let _ = self.orders.send(Order::Withdraw(key));
    }

    async fn withdraw_all(&self) {
        let (done, told) = oneshot::channel();
        let _ = self.orders.send(Order::WithdrawAll(done));
        // An error means that the task is gone, and its notifications with it.
        let _ = told.await;
    }
}

async fn serve(mut inbox: UnboundedReceiver<Order>, events: UnboundedSender<DesktopEvent>) {
    let mut board = Board {
        events,
        line: None,
        shown: HashMap::new(),
        picture: picture(),
    };
    // Connecting before the first alert takes its cost out of the alert's way.
    if let Err(error) = board.line().await {
        tracing::info!(%error, "no session bus for notifications yet");
    }
    loop {
        tokio::select! {
            // What the daemon said comes first: an order may build on it.
            biased;
            heard = hear(&mut board.line) => board.heard(heard).await,
            order = inbox.recv() => match order {
                Some(Order::Show(note)) => board.show(note).await,
                Some(Order::Withdraw(key)) => board.withdraw(&key).await,
                Some(Order::WithdrawAll(done)) => {
                    for key in board.shown.keys().cloned().collect::<Vec<_>>() {
                        board.withdraw(&key).await;
                    }
                    let _ = done.send(());
                }
                None => return,
            },
        }
    }
}

/// The next thing that the daemon or the bus says; never, while there is no connection.
async fn hear(line: &mut Option<Line>) -> Option<zbus::Message> {
    match line {
        Some(line) => line.signals.next().await.and_then(Result::ok),
        None => std::future::pending().await,
    }
}

/// The connection, and everything that is said on it to us, in the order of its arrival.
struct Line {
    bus: zbus::Connection,
    signals: futures_util::stream::Select<MessageStream, MessageStream>,
    /// Of the daemon that runs now, once it was asked.
    abilities: Option<Abilities>,
}

/// A notification that stands.
struct Shown {
    id: u32,
    /// Which daemon shows it: a restarted one has forgotten it, and counts its ids anew.
    daemon: Option<UniqueName<'static>>,
    note: Notification,
}

impl Shown {
    /// Whether a signal with this id speaks of it. Any program on the bus can send one: only the daemon that shows it counts,
    /// as a press on a button may place a call.
    fn is(&self, id: u32, sender: Option<&UniqueName<'_>>) -> bool {
        self.id == id && self.daemon.as_ref() == sender
    }
}

struct Board {
    events: UnboundedSender<DesktopEvent>,
    line: Option<Line>,
    shown: HashMap<CallKey, Shown>,
    /// Sent with each, where the icon theme lacks ours.
    picture: Option<Picture>,
}

impl Board {
    async fn line(&mut self) -> zbus::Result<&mut Line> {
        let line = match self.line.take() {
            Some(line) => line,
            None => connect().await?,
        };
        Ok(self.line.insert(line))
    }

    async fn show(&mut self, note: Notification) {
        if let Err(error) = self.try_show(note).await {
            tracing::warn!(%error, "a notification can't be shown");
            let _ = self.events.send(DesktopEvent::NotifyFailed(words(&error)));
            if matches!(error, zbus::Error::InputOutput(_)) {
                // The connection is dead; the next notification makes a new one.
                self.line = None;
            }
        }
    }

    async fn try_show(&mut self, note: Notification) -> zbus::Result<()> {
        let replaces = self.shown.get(&note.key).map_or(0, |shown| shown.id);
        let line = self.line().await?;
        let abilities = match &line.abilities {
            Some(abilities) => abilities.clone(),
            None => line.abilities.insert(ask(&line.bus).await?).clone(),
        };
        let bus = line.bus.clone();
        let wanted = arguments(&note, replaces, &abilities, self.picture.as_ref());
        let reply = bus
            .call_method(
                Some(NAME),
                "/org/freedesktop/Notifications",
                Some(NAME),
                "Notify",
                &wanted,
            )
            .await?;
        let id = reply.body().deserialize()?;
        let daemon = reply.header().sender().map(|name| name.to_owned());
        // What came before the reply concerns the notification that this one replaced.
        while let Some(Some(Ok(earlier))) = line_next(&mut self.line) {
            self.heard(Some(earlier)).await;
        }
        self.shown.insert(note.key.clone(), Shown { id, daemon, note });
        Ok(())
    }

    async fn withdraw(&mut self, key: &CallKey) {
        let Some(shown) = self.shown.remove(key) else {
            return;
        };
        let Some(line) = &self.line else { return };
        let closed = async {
            DaemonProxy::new(&line.bus)
                .await?
                .close_notification(shown.id)
                .await
        };
        if let Err(error) = closed.await {
            // Closed by the person a moment ago, or its daemon is gone: either way it doesn't stand any more.
            tracing::debug!(%error, "a notification was gone before it was withdrawn");
        }
    }

    async fn heard(&mut self, message: Option<zbus::Message>) {
        let Some(message) = message else {
            tracing::info!("the session bus closed its connection");
            self.line = None;
            self.shown.clear();
            return;
        };
        let header = message.header();
        match header.member().map(|name| name.as_str()) {
            Some("ActionInvoked") => {
                let Ok((id, name)) = message.body().deserialize::<(u32, String)>() else {
                    return;
                };
                let pressed = self.shown.iter().find(|(_, shown)| shown.is(id, header.sender()));
                if let (Some((key, _)), Some(action)) = (pressed, action_of(&name)) {
                    let _ = self.events.send(DesktopEvent::NoteAction(key.clone(), action));
                }
            }
            Some("NotificationClosed") => {
                let Ok((id, _reason)) = message.body().deserialize::<(u32, u32)>() else {
                    return;
                };
                self.shown.retain(|_, shown| !shown.is(id, header.sender()));
            }
            Some("NameOwnerChanged") => {
                let Ok((_, _, owner)) = message.body().deserialize::<(String, String, String)>() else {
                    return;
                };
                self.daemon_changed(&owner).await;
            }
            _ => {}
        }
    }

    /// Another daemon took over (or none): it can do other things, and knows nothing of what the last one showed.
    async fn daemon_changed(&mut self, owner: &str) {
        if let Some(line) = &mut self.line {
            line.abilities = None;
        }
        if owner.is_empty() {
            return;
        }
        let forgotten: Vec<CallKey> = self
            .shown
            .iter()
            .filter(|(_, shown)| {
                shown
                    .daemon
                    .as_ref()
                    .is_none_or(|daemon| daemon.as_str() != owner)
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in forgotten {
            if let Some(shown) = self.shown.remove(&key) {
                Box::pin(self.show(shown.note)).await;
            }
        }
    }
}

/// What waits already, without waiting for more.
fn line_next(line: &mut Option<Line>) -> Option<Option<zbus::Result<zbus::Message>>> {
    line.as_mut()?.signals.next().now_or_never()
}

async fn connect() -> zbus::Result<Line> {
    let bus = zbus::connection::Builder::session()?
        .method_timeout(PATIENCE)
        .build()
        .await?;
    let from_daemon = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .interface(NAME)?
        .path("/org/freedesktop/Notifications")?
        .build();
    let daemon_changes = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender("org.freedesktop.DBus")?
        .interface("org.freedesktop.DBus")?
        .member("NameOwnerChanged")?
        .add_arg(NAME)?
        .build();
    let signals = futures_util::stream::select(
        MessageStream::for_match_rule(from_daemon, &bus, Some(QUEUE)).await?,
        MessageStream::for_match_rule(daemon_changes, &bus, Some(QUEUE)).await?,
    );
    Ok(Line {
        bus,
        signals,
        abilities: None,
    })
}

async fn ask(bus: &zbus::Connection) -> zbus::Result<Abilities> {
    let daemon = DaemonProxy::new(bus).await?;
    let capabilities = daemon.get_capabilities().await?;
    // Only one daemon is known by its name; another that doesn't tell its own is as good.
    let server = daemon
        .get_server_information()
        .await
        .map(|(name, ..)| name)
        .unwrap_or_default();
    Ok(Abilities::new(&capabilities, &server))
}

/// The daemon's own words where it has some, otherwise the bus's.
pub(super) fn words(error: &zbus::Error) -> String {
    match error {
        zbus::Error::MethodError(_, Some(words), _) => words.clone(),
        error => error.to_string(),
    }
}
