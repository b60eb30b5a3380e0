//! Listening and asking on D-Bus, for what the desktop's services tell.

use std::time::Duration;

use futures_util::{Stream, StreamExt};
use zbus::names::OwnedUniqueName;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, Message, MessageStream};

/// How long a service may take to answer before it counts as silent.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// Signals kept while the listener is busy; more than a service sends in a burst.
const QUEUE: usize = 64;

/// The session's bus.
pub(super) async fn session() -> zbus::Result<Connection> {
    zbus::connection::Builder::session()?
        .method_timeout(PATIENCE)
        .build()
        .await
}

/// The machine's bus.
pub(super) async fn system() -> zbus::Result<Connection> {
    zbus::connection::Builder::system()?
        .method_timeout(PATIENCE)
        .build()
        .await
}

/// A rule for signals of this name.
pub(super) fn signal<'a>(interface: &'a str, member: &'a str) -> zbus::Result<zbus::match_rule::Builder<'a>> {
    MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .interface(interface)?
        .member(member)
}

/// A rule for changes of who owns `name`: its service starts, ends or is replaced.
pub(super) fn owner_changes(name: &str) -> zbus::Result<MatchRule<'_>> {
    Ok(signal("org.freedesktop.DBus", "NameOwnerChanged")?
        .sender("org.freedesktop.DBus")?
        .add_arg(name)?
        .build())
}

/// The name and the new owner (empty when there is none any more), of a signal that [`owner_changes`] lets through.
pub(super) fn owner_change(signal: &Message) -> Option<(String, String)> {
    if signal.header().member()?.as_str() != "NameOwnerChanged" {
        return None;
    }
    let (name, _, owner): (String, String, String) = signal.body().deserialize().ok()?;
    Some((name, owner))
}

/// Everything that these rules let through, from now on. Ends with the connection.
pub(super) async fn listen(
    bus: &Connection,
    rules: Vec<MatchRule<'_>>,
) -> zbus::Result<impl Stream<Item = Message> + Unpin + use<>> {
    let mut streams = Vec::with_capacity(rules.len());
    for rule in rules {
        streams.push(MessageStream::for_match_rule(rule.into_owned(), bus, Some(QUEUE)).await?);
    }
    Ok(futures_util::stream::select_all(streams).filter_map(|message| std::future::ready(message.ok())))
}

/// Who owns `name`, without starting a service for it.
pub(super) async fn owner(bus: &Connection, name: &'static str) -> Option<OwnedUniqueName> {
    let names = zbus::fdo::DBusProxy::new(bus).await.ok()?;
    let name = zbus::names::BusName::try_from(name).ok()?;
    names.get_name_owner(name).await.ok()
}

/// A property that is true or false; `None` when the service doesn't have it or doesn't answer.
pub(super) async fn flag(
    bus: &Connection,
    service: &str,
    path: &str,
    interface: &str,
    property: &str,
) -> Option<bool> {
    let properties = Some("org.freedesktop.DBus.Properties");
    let reply = bus
        .call_method(Some(service), path, properties, "Get", &(interface, property))
        .await
        .ok()?;
    let value: OwnedValue = reply.body().deserialize().ok()?;
    bool::try_from(value).ok()
}
