//! systemd-logind and NetworkManager, on the system bus. Where they aren't, nothing is told, and the connection's own
//! heartbeat has to notice.

use std::collections::HashMap;

use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{MatchRule, Message};

use crate::desktop::{DesktopEvent, bus};

const LOGIND: &str = "org.freedesktop.login1";
const NETWORK: &str = "org.freedesktop.NetworkManager";
/// `NM_STATE_CONNECTED_LOCAL` of NetworkManager's `NMState`: from here on something may be reachable.
const CONNECTED: u32 = 50;

/// Tells [`DesktopEvent::Asleep`] and [`DesktopEvent::Woke`] from now on.
pub(in crate::desktop) fn watch(runtime: &Handle, events: UnboundedSender<DesktopEvent>) {
    runtime.spawn(async move {
        if let Err(error) = follow(&events).await {
            tracing::info!(%error, "the system bus doesn't tell of sleep and network changes");
        }
    });
}

async fn follow(events: &UnboundedSender<DesktopEvent>) -> zbus::Result<()> {
    let bus = bus::system().await?;
    let mut signals = bus::listen(&bus, rules()?).await?;
    while let Some(signal) = signals.next().await {
        if let Some(event) = meaning(&signal)
            && events.send(event).is_err()
        {
            break;
        }
    }
    Ok(())
}

fn rules() -> zbus::Result<Vec<MatchRule<'static>>> {
    let changes = || bus::signal("org.freedesktop.DBus.Properties", "PropertiesChanged");
    let session = "org.freedesktop.login1.Session";
    let sleep = bus::signal("org.freedesktop.login1.Manager", "PrepareForSleep")?;
    Ok(vec![
        sleep.sender(LOGIND)?.build(),
        bus::signal(session, "Unlock")?.sender(LOGIND)?.build(),
        changes()?.sender(LOGIND)?.add_arg(session)?.build(),
        bus::signal(NETWORK, "StateChanged")?.sender(NETWORK)?.build(),
        changes()?.sender(NETWORK)?.add_arg(NETWORK)?.build(),
    ])
}

/// What a signal says, if it says that the machine goes or is back, the session is unlocked, or the network is another one.
fn meaning(signal: &Message) -> Option<DesktopEvent> {
    let body = signal.body();
    let back = match signal.header().member()?.as_str() {
        // True before the machine sleeps, false when it is back.
        "PrepareForSleep" => match body.deserialize::<bool>().ok()? {
            true => return Some(DesktopEvent::Asleep),
            false => true,
        },
        "Unlock" => true,
        "StateChanged" => body.deserialize::<u32>().ok()? >= CONNECTED,
        "PropertiesChanged" => {
            let (_, changed, _): (String, HashMap<String, OwnedValue>, Vec<String>) =
                body.deserialize().ok()?;
            let unlocked = changed
                .get("LockedHint")
                .is_some_and(|locked| **locked == Value::from(false));
            // Another access point, a cable, a VPN: connections of the old one are dead without a word.
            unlocked || changed.contains_key("PrimaryConnection")
        }
        _ => false,
    };
    back.then_some(DesktopEvent::Woke)
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
    fn only_sleep_and_what_may_have_broken_connections_is_told() {
        let table = [
            (signal("PrepareForSleep", &true), Some(DesktopEvent::Asleep)),
            (signal("PrepareForSleep", &false), Some(DesktopEvent::Woke)),
            (signal("Unlock", &()), Some(DesktopEvent::Woke)),
            (signal("Lock", &()), None),
            (signal("StateChanged", &20_u32), None),
            (signal("StateChanged", &70_u32), Some(DesktopEvent::Woke)),
            (
                signal("PropertiesChanged", &changed("LockedHint", Value::from(true))),
                None,
            ),
            (
                signal("PropertiesChanged", &changed("LockedHint", Value::from(false))),
                Some(DesktopEvent::Woke),
            ),
            (
                signal(
                    "PropertiesChanged",
                    &changed("PrimaryConnection", Value::from("/1")),
                ),
                Some(DesktopEvent::Woke),
            ),
            (
                signal(
                    "PropertiesChanged",
                    &changed("ActivatingConnection", Value::from("/1")),
                ),
                None,
            ),
            (signal("StateChanged", &"not a number"), None),
        ];
        for (signal, expected) in table {
            assert_eq!(meaning(&signal), expected, "{signal:?} {:?}", signal.body());
        }
    }
}
