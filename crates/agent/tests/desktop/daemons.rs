//! The notification daemons that people have, and what suits each.

use std::process::Command;

use centrex_tray::desktop::NotifyPort;
use companion::effect::NotificationKind;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::notifications::{Onlooker, key, note};
use crate::world::{World, owned, program, session_test, within};

/// The name that every daemon takes.
pub const DAEMON: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// dunst, ready; its process id.
pub async fn dunst(world: &mut World) -> u32 {
    let config = world.home().join("dunstrc");
    std::fs::write(&config, "[global]\nmarkup = full\nformat = \"%s\\n%b\"\n").unwrap();
    let mut daemon = program("dunst", "dunst");
    daemon.arg("-conf").arg(config);
    let id = world.start(daemon);
    owned(&world.bus().await, DAEMON).await;
    id
}

pub fn dunstctl(arguments: &[&str]) -> String {
    // dunstctl calls it by its bare name.
    drop(program("dbus-send", "dbus-bin"));
    let output = program("dunstctl", "dunst").args(arguments).output().unwrap();
    assert!(
        output.status.success(),
        "dunstctl {arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Xfce's daemon, ready.
pub async fn xfce(world: &mut World) {
    world.activatable("org.xfce.Xfconf", &program("xfconfd", "xfconf"));
    start(world, program("xfce4-notifyd", "xfce4-notifyd")).await;
}

/// MATE's daemon, ready.
pub async fn mate(world: &mut World) {
    world.activatable("ca.desrt.dconf", &program("dconf-service", "dconf-service"));
    start(
        world,
        program("mate-notification-daemon", "mate-notification-daemon"),
    )
    .await;
}

async fn start(world: &mut World, daemon: Command) {
    world.start(daemon);
    owned(&world.bus().await, DAEMON).await;
}

/// The other side of the bus, for what no daemon of Debian does: it names itself as it likes, reads no markup, draws no
/// buttons, replaces nothing, and knows KDE's property.
pub struct Plain {
    name: &'static str,
    last: u32,
    closed: UnboundedSender<u32>,
    inhibited: bool,
}

#[zbus::interface(name = "org.freedesktop.Notifications")]
impl Plain {
    fn get_capabilities(&self) -> Vec<String> {
        vec!["body".to_owned()]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        (self.name, "", "1", "1.2")
    }

    #[expect(clippy::too_many_arguments, reason = "the specification's")]
    fn notify(
        &mut self,
        _app: &str,
        _replaces: u32,
        _icon: &str,
        _title: &str,
        _body: &str,
        _actions: Vec<String>,
        _hints: std::collections::HashMap<String, zbus::zvariant::OwnedValue>,
        _expires: i32,
    ) -> u32 {
        self.last += 1;
        self.last
    }

    fn close_notification(&self, id: u32) {
        self.closed.send(id).unwrap();
    }

    #[zbus(property)]
    fn inhibited(&self) -> bool {
        self.inhibited
    }
}

/// A connection that serves [`Plain`], and what it is asked to close.
pub async fn plain(name: &'static str) -> (zbus::Connection, UnboundedReceiver<u32>) {
    let (closed, told) = unbounded_channel();
    let daemon = Plain {
        name,
        last: 0,
        closed,
        inhibited: false,
    };
    let bus = zbus::connection::Builder::session()
        .unwrap()
        .serve_at(PATH, daemon)
        .unwrap()
        .name(DAEMON)
        .unwrap()
        .build()
        .await
        .unwrap();
    (bus, told)
}

/// Sets KDE's do-not-disturb.
pub async fn inhibit(bus: &zbus::Connection, inhibited: bool) {
    let daemon = bus.object_server().interface::<_, Plain>(PATH).await.unwrap();
    daemon.get_mut().await.inhibited = inhibited;
    let plain = daemon.get().await;
    plain.inhibited_changed(daemon.signal_emitter()).await.unwrap();
}

session_test! {
    display
    /// Xfce's daemon draws the body's press as a button: it isn't sent without words.
    async fn xfce_draws_no_button_without_words(mut world: World) {
        xfce(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "<i>Accueil</i>"));
        let first = onlooker.shown().await;
        assert_eq!(first.actions, ["call-back", "Rappeler", "copy-number", "Copier le numéro"]);
        assert_eq!(first.body, "&lt;i&gt;Accueil&lt;/i&gt;");
        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "Accueil"));
        let second = onlooker.shown().await;
        assert_eq!((second.replaces, second.id), (first.id, first.id));
        desktop.notify.withdraw(key("c-1"));
        assert_eq!(onlooker.gone().await, (first.id, 3));
    }
}

session_test! {
    display
    /// MATE's daemon reads markup, draws buttons, and replaces.
    async fn mate_gets_everything(mut world: World) {
        mate(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel <entrant>", "<i>Accueil</i> & Cie"));
        let first = onlooker.shown().await;
        assert_eq!(first.actions, ["default", "", "call-back", "Rappeler", "copy-number", "Copier le numéro"]);
        assert_eq!((first.title.as_str(), first.body.as_str()), ("Appel <entrant>", "&lt;i&gt;Accueil&lt;/i&gt; &amp; Cie"));
        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "Accueil"));
        let second = onlooker.shown().await;
        assert_eq!((second.replaces, second.id), (first.id, first.id));
        desktop.notify.withdraw(key("c-1"));
        assert_eq!(onlooker.gone().await, (first.id, 3));
    }
}

session_test! {
    display
    /// notify-osd has no buttons: a notification that asks for some, or is to stay, becomes a dialog that can't be withdrawn.
    async fn notify_osd_gets_no_buttons(mut world: World) {
        start(&mut world, program("notify-osd", "notify-osd")).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "Accueil"));
        let first = onlooker.shown().await;
        assert_eq!((first.actions.len(), first.expires), (0, -1));
        assert_ne!(first.id, 0, "a notification, not a dialog");
        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "Accueil"));
        assert_eq!(onlooker.shown().await.id, first.id);
    }
}

session_test! {
    /// A daemon that can do nothing gets plain words, and of two versions of one alert the first is closed.
    async fn a_plain_one_gets_plain_words(world: World) {
        let (_bus, mut closed) = plain("plain").await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "<i>Accueil</i> & Cie"));
        let first = onlooker.shown().await;
        assert_eq!((first.body.as_str(), first.actions.len()), ("<i>Accueil</i> & Cie", 0));
        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "Accueil"));
        let second = onlooker.shown().await;
        assert_eq!(within("the end of the first", closed.recv()).await, Some(first.id));
        desktop.notify.withdraw(key("c-1"));
        assert_eq!(within("the end of the second", closed.recv()).await, Some(second.id));
    }
}

session_test! {
    display
    /// Another daemon takes over: it is asked what it can do, and gets what suits it.
    async fn another_one_is_asked_anew(mut world: World) {
        let dunst = dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "Dupont & Cie"));
        let first = onlooker.shown().await;
        assert_eq!((first.body.as_str(), first.actions.len()), ("Dupont &amp; Cie", 6));
        world.kill(dunst);
        let (_bus, _closed) = plain("plain").await;
        let second = onlooker.shown().await;
        assert_eq!((second.body.as_str(), second.actions.len()), ("Dupont & Cie", 0));
    }
}

/// An agent that was killed withdrew nothing: the next one does, with its daemon, and only its own.
async fn next_agent_takes_away_what_was_left(world: &mut World) {
    let runtime = world.home().join("centrex-tray");
    std::fs::create_dir_all(&runtime).unwrap();
    let mut onlooker = Onlooker::new(world).await;
    // It goes on, and withdraws nothing either.
    let (killed, _told) = world.desktop();
    killed
        .notify
        .show(note("a", NotificationKind::Missed, "Appel manqué", "01"));
    let left = onlooker.shown().await;
    let noted = async {
        while !runtime.join("control.notifications").exists() {
            tokio::task::yield_now().await;
        }
    };
    within("it is noted", noted).await;
    let (next, _told) = world.desktop();
    assert_eq!(onlooker.gone().await.0, left.id);
    next.notify
        .show(note("b", NotificationKind::Missed, "Appel manqué", "02"));
    assert_eq!(onlooker.shown().await.replaces, 0);
    next.notify.withdraw_all().await;
}

session_test! {
    display
    async fn dunst_takes_away_what_a_killed_agent_left(mut world: World) {
        dunst(&mut world).await;
        next_agent_takes_away_what_was_left(&mut world).await;
    }
}

session_test! {
    display
    async fn xfce_takes_away_what_a_killed_agent_left(mut world: World) {
        xfce(&mut world).await;
        next_agent_takes_away_what_was_left(&mut world).await;
    }
}
