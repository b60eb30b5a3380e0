//! systemd-logind and NetworkManager, on the system bus. Where they aren't, nothing is told, and the connection's own
//! heartbeat has to notice.

use std::collections::HashMap;

use futures_util::{Stream, StreamExt};
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{MatchRule, Message, MessageStream};

use crate::desktop::DesktopEvent;

/// Signals kept while we are busy; more than a burst of NetworkManager's has.
const QUEUE: usize = 64;
/// `NM_STATE_CONNECTED_LOCAL` of NetworkManager's `NMState`: from here on something may be reachable.
const CONNECTED: u32 = 50;

/// Tells [`DesktopEvent::Woke`] from now on.
pub(in crate::desktop) fn watch(runtime: &Handle, events: UnboundedSender<DesktopEvent>) {
    runtime.spawn(async move {
        let bus = match zbus::Connection::system().await {
            Ok(bus) => bus,
            Err(error) => {
                tracing::info!(%error, "no system bus: sleep and network changes aren't told");
                return;
            }
        };
        let mut signals = match signals(&bus).await {
            Ok(signals) => signals,
            Err(error) => {
                tracing::info!(%error, "the system bus refuses to tell of sleep and network changes");
                return;
            }
        };
        while let Some(Ok(signal)) = signals.next().await {
            if is_awakening(&signal) && events.send(DesktopEvent::Woke).is_err() {
                return;
            }
        }
    });
}

async fn signals(bus: &zbus::Connection) -> zbus::Result<impl Stream<Item = zbus::Result<Message>> + use<>> {
    let rules = [
        rule(
            "org.freedesktop.login1",
            "org.freedesktop.login1.Manager",
            "PrepareForSleep",
        )?
        .build(),
        rule(
            "org.freedesktop.login1",
            "org.freedesktop.login1.Session",
            "Unlock",
        )?
        .build(),
        rule(
            "org.freedesktop.login1",
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
        )?
        .add_arg("org.freedesktop.login1.Session")?
        .build(),
        rule(
            "org.freedesktop.NetworkManager",
            "org.freedesktop.NetworkManager",
            "StateChanged",
        )?
        .build(),
        rule(
            "org.freedesktop.NetworkManager",
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
        )?
        .add_arg("org.freedesktop.NetworkManager")?
        .build(),
    ];
    let mut streams = Vec::new();
    for rule in rules {
        streams.push(MessageStream::for_match_rule(rule, bus, Some(QUEUE)).await?);
    }
    Ok(futures_util::stream::select_all(streams))
}

fn rule<'a>(
    sender: &'a str,
    interface: &'a str,
    member: &'a str,
) -> zbus::Result<zbus::match_rule::Builder<'a>> {
    MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(sender)?
        .interface(interface)?
        .member(member)
}

/// Whether a signal says that the machine is back, the session is unlocked, or the network is another one.
fn is_awakening(signal: &Message) -> bool {
    let body = signal.body();
    match signal.header().member().map(|name| name.as_str()) {
        // True before the machine sleeps, false when it is back.
        Some("PrepareForSleep") => body.deserialize::<bool>().is_ok_and(|sleeps| !sleeps),
        Some("Unlock") => true,
        Some("StateChanged") => body.deserialize::<u32>().is_ok_and(|state| state >= CONNECTED),
        Some("PropertiesChanged") => {
            let Ok((_, changed, _)) =
                body.deserialize::<(String, HashMap<String, OwnedValue>, Vec<String>)>()
            else {
                return false;
            };
            let unlocked = changed
                .get("LockedHint")
                .is_some_and(|locked| **locked == Value::from(false));
            // Another access point, a cable, a VPN: connections of the old one are dead without a word.
            unlocked || changed.contains_key("PrimaryConnection")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signal<B: serde::Serialize + zbus::zvariant::DynamicType>(member: &str, body: &B) -> Message {
        Message::signal("/", "org.freedesktop.Any", member)
            .unwrap()
            .build(body)
            .unwrap()
    }

    fn changed<'a>(
        property: &'a str,
        value: Value<'a>,
    ) -> (&'a str, HashMap<&'a str, Value<'a>>, Vec<&'a str>) {
        (
            "org.freedesktop.Any",
            HashMap::from([(property, value)]),
            Vec::new(),
        )
    }

    #[test]
    fn only_what_may_have_broken_connections_is_an_awakening() {
        let table = [
            (signal("PrepareForSleep", &true), false),
            (signal("PrepareForSleep", &false), true),
            (signal("Unlock", &()), true),
            (signal("Lock", &()), false),
            (signal("StateChanged", &20_u32), false),
            (signal("StateChanged", &70_u32), true),
            (
                signal("PropertiesChanged", &changed("LockedHint", Value::from(true))),
                false,
            ),
            (
                signal("PropertiesChanged", &changed("LockedHint", Value::from(false))),
                true,
            ),
            (
                signal(
                    "PropertiesChanged",
                    &changed("PrimaryConnection", Value::from("/1")),
                ),
                true,
            ),
            (
                signal(
                    "PropertiesChanged",
                    &changed("ActivatingConnection", Value::from("/1")),
                ),
                false,
            ),
            (signal("StateChanged", &"not a number"), false),
        ];
        for (signal, expected) in table {
            assert_eq!(is_awakening(&signal), expected, "{signal:?} {:?}", signal.body());
        }
    }
}
