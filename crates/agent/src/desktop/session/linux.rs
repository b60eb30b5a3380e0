//! systemd-logind and NetworkManager, on the system bus. Where they aren't, nothing is told, and the connection's own
//! heartbeat has to notice.

use std::collections::HashMap;

use futures_util::StreamExt;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;
use zbus::zvariant::{OwnedFd, OwnedValue, Value};
use zbus::{Connection, MatchRule, Message};

use crate::desktop::{APP_NAME, DesktopEvent, SleepDelay, bus};

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
    let mut delay = sleep_delay(&bus).await;
    while let Some(signal) = signals.next().await {
        let told = meaning(&signal);
        let event = match told {
            Some(Told::Sleeps) => Some(DesktopEvent::Asleep(std::mem::take(&mut delay))),
            Some(Told::Woke | Told::Changed) => Some(DesktopEvent::Woke),
            Some(Told::Logind) | None => None,
        };
        if event.is_some_and(|event| events.send(event).is_err()) {
            break;
        }
        if matches!(told, Some(Told::Woke | Told::Logind)) {
            delay = sleep_delay(&bus).await;
        }
    }
    Ok(())
}

/// Has logind wait for us before each sleep (5 s at most, as it is usually set); without, it is a race. Holds nothing where
/// there is no logind.
async fn sleep_delay(bus: &Connection) -> SleepDelay {
    if bus::owner(bus, LOGIND).await.is_none() {
        return SleepDelay::default();
    }
    let manager = Some("org.freedesktop.login1.Manager");
    let ask = ("sleep", APP_NAME, "Notes until when calls were heard", "delay");
    let answer = bus
        .call_method(Some(LOGIND), "/org/freedesktop/login1", manager, "Inhibit", &ask)
        .await;
    match answer.and_then(|answer| answer.body().deserialize::<OwnedFd>()) {
        Ok(held) => SleepDelay::until_dropped(held),
        Err(error) => {
            tracing::info!(%error, "the machine's sleep doesn't wait for us");
            SleepDelay::default()
        }
    }
}

fn rules() -> zbus::Result<Vec<MatchRule<'static>>> {
    let changes = || bus::signal("org.freedesktop.DBus.Properties", "PropertiesChanged");
    let session = "org.freedesktop.login1.Session";
    let sleep = bus::signal("org.freedesktop.login1.Manager", "PrepareForSleep")?;
    Ok(vec![
        bus::owner_changes(LOGIND)?,
        sleep.sender(LOGIND)?.build(),
        bus::signal(session, "Unlock")?.sender(LOGIND)?.build(),
        changes()?.sender(LOGIND)?.add_arg(session)?.build(),
        bus::signal(NETWORK, "StateChanged")?.sender(NETWORK)?.build(),
        changes()?.sender(NETWORK)?.add_arg(NETWORK)?.build(),
    ])
}

/// What a signal says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The machine goes.
    Sleeps,
    /// It is back.
    Woke,
    /// The session is unlocked, or the network is another one.
    Changed,
    /// logind is there, again or at last.
    Logind,
}

fn meaning(signal: &Message) -> Option<Told> {
    let body = signal.body();
    let changed = match signal.header().member()?.as_str() {
        // True before the machine sleeps, false when it is back.
        "PrepareForSleep" => {
            let sleeps = body.deserialize::<bool>().ok()?;
            return Some(if sleeps { Told::Sleeps } else { Told::Woke });
        }
        "NameOwnerChanged" => {
            let (_, owner) = bus::owner_change(signal)?;
            return (!owner.is_empty()).then_some(Told::Logind);
        }
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
    changed.then_some(Told::Changed)
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
            (signal("PrepareForSleep", &true), Some(Told::Sleeps)),
            (signal("PrepareForSleep", &false), Some(Told::Woke)),
            (
                signal("NameOwnerChanged", &(LOGIND, "", ":1.1")),
                Some(Told::Logind),
            ),
            (signal("NameOwnerChanged", &(LOGIND, ":1.1", "")), None),
            (signal("Unlock", &()), Some(Told::Changed)),
            (signal("Lock", &()), None),
            (signal("StateChanged", &20_u32), None),
            (signal("StateChanged", &70_u32), Some(Told::Changed)),
            (
                signal("PropertiesChanged", &changed("LockedHint", Value::from(true))),
                None,
            ),
            (
                signal("PropertiesChanged", &changed("LockedHint", Value::from(false))),
                Some(Told::Changed),
            ),
            (
                signal(
                    "PropertiesChanged",
                    &changed("PrimaryConnection", Value::from("/1")),
                ),
                Some(Told::Changed),
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
