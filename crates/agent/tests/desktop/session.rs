//! Sleeping, waking up, unlocking, another network: told by services that say what systemd-logind and NetworkManager say.

use std::collections::HashMap;

use centrex_tray::desktop::{DesktopEvent, SleepDelay};
use futures_util::StreamExt;
use zbus::zvariant::Value;

use crate::lock::logind;
use crate::world::{World, session_test, within};

async fn service(name: &str) -> zbus::Connection {
    zbus::connection::Builder::system()
        .unwrap()
        .name(name.to_owned())
        .unwrap()
        .build()
        .await
        .unwrap()
}

/// Sees what everybody asks of the bus, from now on.
async fn monitor(world: &World) -> zbus::MessageStream {
    let bus = world.bus().await;
    zbus::fdo::MonitoringProxy::new(&bus)
        .await
        .unwrap()
        .become_monitor(&[], 0)
        .await
        .unwrap();
    zbus::MessageStream::from(bus)
}

/// Waits until the desktop listens: its last rule is in the bus's books.
async fn listens(mut seen: zbus::MessageStream) {
    let desktop_listens = async {
        while let Some(Ok(message)) = seen.next().await {
            let is_rule = message.header().member().is_some_and(|name| name == "AddMatch");
            if is_rule
                && message
                    .body()
                    .deserialize::<String>()
                    .unwrap()
                    .contains("arg0='org.freedesktop.NetworkManager'")
            {
                return;
            }
        }
    };
    within("the desktop's ear", desktop_listens).await;
}

session_test! {
    /// What breaks connections is told. (What isn't told is tested beside the code.)
    async fn is_heard(world: World) {
        let login = logind().await;
        let network = service("org.freedesktop.NetworkManager").await;
        // Before the desktop asks: what it says while nobody looks would be waited for in vain.
        let seen = monitor(&world).await;
        let (_desktop, mut told) = world.desktop();
        listens(seen).await;

        let path = "/org/freedesktop/login1";
        let manager = "org.freedesktop.login1.Manager";
        login.emit_signal(None::<&str>, path, manager, "PrepareForSleep", &true).await.unwrap();
        assert_eq!(told.next().await, DesktopEvent::Asleep(SleepDelay::default()));
        login.emit_signal(None::<&str>, path, manager, "PrepareForSleep", &false).await.unwrap();
        assert_eq!(told.next().await, DesktopEvent::Woke);

        let properties = "org.freedesktop.DBus.Properties";
        let session = "/org/freedesktop/login1/session/_31";
        let changed = HashMap::from([("LockedHint", Value::from(false))]);
        let body = ("org.freedesktop.login1.Session", changed, Vec::<String>::new());
        login.emit_signal(None::<&str>, session, properties, "PropertiesChanged", &body).await.unwrap();
        assert_eq!(told.next().await, DesktopEvent::Woke);

        let path = "/org/freedesktop/NetworkManager";
        let changed = HashMap::from([("PrimaryConnection", Value::from("/"))]);
        let body = ("org.freedesktop.NetworkManager", changed, Vec::<String>::new());
        network.emit_signal(None::<&str>, path, properties, "PropertiesChanged", &body).await.unwrap();
        assert_eq!(told.next().await, DesktopEvent::Woke);
        network
            .emit_signal(None::<&str>, path, "org.freedesktop.NetworkManager", "StateChanged", &70_u32)
            .await
            .unwrap();
        assert_eq!(told.next().await, DesktopEvent::Woke);
    }
}
