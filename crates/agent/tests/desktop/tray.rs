//! The icon, seen by a small tray host of our own (a real panel is part of the demo).

use std::collections::HashMap;

use centrex_tray::desktop::{DesktopEvent, TrayPort};
use companion::effect::Place;
use companion::tray::{MenuAction, MenuItem, Tray, TrayIcon};
use futures_util::StreamExt;
use telephony::E164;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::Proxy;
use zbus::zvariant::{OwnedValue, Value};

use crate::world::{World, session_test, within};

/// What a panel runs: the place where icons register.
struct Watcher {
    registered: UnboundedSender<String>,
}

#[zbus::interface(name = "org.kde.StatusNotifierWatcher")]
impl Watcher {
    fn register_status_notifier_item(&self, service: &str) {
        self.registered.send(service.to_owned()).unwrap();
    }

    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> bool {
        true
    }
}

/// A tray host on a connection of its own, until it is dropped.
pub struct Host {
    _bus: zbus::Connection,
    registered: UnboundedReceiver<String>,
}

impl Host {
    pub async fn start() -> Self {
        let (registered, names) = unbounded_channel();
        let bus = zbus::connection::Builder::session()
            .unwrap()
            .serve_at("/StatusNotifierWatcher", Watcher { registered })
            .unwrap()
            .name("org.kde.StatusNotifierWatcher")
            .unwrap()
            .build()
            .await
            .unwrap();
        Self {
            _bus: bus,
            registered: names,
        }
    }

    /// The bus name of the next icon that registers.
    pub async fn icon(&mut self) -> String {
        within("the icon", self.registered.recv()).await.unwrap()
    }

    async fn end(self) {
        self._bus.close().await.unwrap();
    }
}

fn tray(icon: TrayIcon, tooltip: &str) -> Tray {
    Tray {
        icon,
        tooltip: tooltip.into(),
        menu: vec![
            MenuItem::Text("Connecté".into()),
            MenuItem::Separator,
            MenuItem::Action {
                label: "01 99 00 12_34".into(),
                action: MenuAction::FillPad(E164::parse("+33199001234").unwrap()),
            },
            MenuItem::Action {
                label: "Réglages".into(),
                action: MenuAction::Open(Place::Settings),
            },
        ],
    }
}

pub async fn item(bus: &zbus::Connection, name: &str) -> Proxy<'static> {
    proxy(bus, name, "/StatusNotifierItem", "org.kde.StatusNotifierItem").await
}

async fn proxy(bus: &zbus::Connection, name: &str, path: &str, interface: &str) -> Proxy<'static> {
    zbus::proxy::Builder::<Proxy<'static>>::new(bus)
        .destination(name.to_owned())
        .unwrap()
        .path(path.to_owned())
        .unwrap()
        .interface(interface.to_owned())
        .unwrap()
        .cache_properties(zbus::proxy::CacheProperties::No)
        .build()
        .await
        .unwrap()
}

/// Width, height, and the pixels in ARGB32.
type Pixmaps = Vec<(i32, i32, Vec<u8>)>;

/// Title of the tooltip.
pub async fn tooltip(item: &Proxy<'_>) -> String {
    let (_, _, title, description): (String, Pixmaps, String, String) = item
        .get_property::<OwnedValue>("ToolTip")
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(description, "", "hosts read the description as markup");
    title
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

/// The menu's lines: id, label, enabled.
pub async fn menu(bus: &zbus::Connection, name: &str) -> Vec<(i32, String, bool)> {
    let menu = proxy(bus, name, "/MenuBar", "com.canonical.dbusmenu").await;
    let (_, root): (u32, Layout) = menu
        .call("GetLayout", &(0, -1, Vec::<String>::new()))
        .await
        .unwrap();
    root.2
        .into_iter()
        .map(|line| {
            let (id, properties, _): Layout = line.try_into().unwrap();
            let label = properties
                .get("label")
                .map(|v| String::try_from(v.clone()).unwrap())
                .unwrap_or_default();
            let enabled = properties
                .get("enabled")
                .is_none_or(|v| bool::try_from(v).unwrap());
            (id, label, enabled)
        })
        .collect()
}

session_test! {
    /// Icon, tooltip and menu reach the host; click and menu lines come back.
    async fn is_shown_clicked_and_changed(world: World) {
        let bus = world.bus().await;
        let mut host = Host::start().await;
        let (desktop, mut told) = world.desktop();
        desktop.tray.show(tray(TrayIcon::Idle, "Centrex Tray : connecté"));
        let name = host.icon().await;
        assert_eq!(told.next().await, DesktopEvent::TrayShown(true));

        let item = item(&bus, &name).await;
        assert_eq!(item.get_property::<String>("Id").await.unwrap(), "centrex-tray");
        assert_eq!(item.get_property::<String>("Status").await.unwrap(), "Active");
        assert_eq!(tooltip(&item).await, "Centrex Tray : connecté");
        let idle: Pixmaps =
            item.get_property::<OwnedValue>("IconPixmap").await.unwrap().try_into().unwrap();
        assert_eq!(idle.iter().map(|(width, ..)| *width).collect::<Vec<_>>(), [16, 22, 24, 32, 48]);

        item.call_method("Activate", &(1180, 12)).await.unwrap();
        assert_eq!(told.next().await, DesktopEvent::TrayClicked(Some((1180, 12))));
        item.call_method("Activate", &(0, 0)).await.unwrap();
        assert_eq!(told.next().await, DesktopEvent::TrayClicked(None), "some hosts don't know the place");

        let lines = menu(&bus, &name).await;
        assert_eq!(
            lines.iter().map(|(_, label, enabled)| (label.as_str(), *enabled)).collect::<Vec<_>>(),
            [("Connecté", false), ("", true), ("01 99 00 12__34", true), ("Réglages", true)]
        );
        let dbusmenu = proxy(&bus, &name, "/MenuBar", "com.canonical.dbusmenu").await;
        dbusmenu.call_method("Event", &(lines[2].0, "clicked", Value::from(0), 0_u32)).await.unwrap();
        let number = E164::parse("+33199001234").unwrap();
        assert_eq!(told.next().await, DesktopEvent::Menu(MenuAction::FillPad(number)));

        let mut changed = item.receive_signal("NewToolTip").await.unwrap();
        desktop.tray.show(tray(TrayIcon::Ringing, "Appel de 01 99 00 12 34"));
        within("the change", changed.next()).await;
        assert_eq!(item.get_property::<String>("Status").await.unwrap(), "NeedsAttention");
        assert_eq!(tooltip(&item).await, "Appel de 01 99 00 12 34");
        let ringing: Pixmaps =
            item.get_property::<OwnedValue>("IconPixmap").await.unwrap().try_into().unwrap();
        assert_ne!(idle, ringing);
    }
}

session_test! {
    /// At login the panel comes after us: said at once, shown as soon as it is there, with what was wanted last.
    async fn appears_when_the_panel_does(world: World) {
        let bus = world.bus().await;
        let (desktop, mut told) = world.desktop();
        desktop.tray.show(tray(TrayIcon::Idle, "premier"));
        assert_eq!(told.next().await, DesktopEvent::TrayShown(false));
        desktop.tray.show(tray(TrayIcon::Missed, "dernier"));
        let mut host = Host::start().await;
        let name = host.icon().await;
        assert_eq!(told.next().await, DesktopEvent::TrayShown(true));
        assert_eq!(tooltip(&item(&bus, &name).await).await, "dernier");
    }
}

session_test! {
    /// A panel that is restarted gets the icon back, and the app knows that nobody saw it in between.
    async fn survives_a_restart_of_the_panel(world: World) {
        let (desktop, mut told) = world.desktop();
        let mut host = Host::start().await;
        desktop.tray.show(tray(TrayIcon::Idle, "avant"));
        host.icon().await;
        assert_eq!(told.next().await, DesktopEvent::TrayShown(true));
        host.end().await;
        assert_eq!(told.next().await, DesktopEvent::TrayShown(false));
        desktop.tray.show(tray(TrayIcon::Idle, "après"));
        let mut host = Host::start().await;
        let name = host.icon().await;
        assert_eq!(told.next().await, DesktopEvent::TrayShown(true));
        assert_eq!(tooltip(&item(&world.bus().await, &name).await).await, "après");
    }
}
