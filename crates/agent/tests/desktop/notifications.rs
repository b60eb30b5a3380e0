//! Notifications, shown by the daemons that people have.

use std::collections::HashMap;
use std::process::Command;

use centrex_tray::desktop::{DesktopEvent, NotifyPort};
use companion::effect::{Notification, NotificationKind};
use companion::event::{CallKey, NoteAction};
use futures_util::StreamExt;
use telephony::{AccountId, CallId};
use zbus::MessageStream;
use zbus::message::Type;
use zbus::zvariant::OwnedValue;

use crate::world::{World, owned, program, session_test, within};

const DAEMON: &str = "org.freedesktop.Notifications";

fn key(call: &str) -> CallKey {
    CallKey {
        account: AccountId("1001".into()),
        call: CallId(call.into()),
    }
}

fn note(call: &str, kind: NotificationKind, title: &str, body: &str) -> Notification {
    Notification {
        key: key(call),
        title: title.into(),
        body: body.into(),
        kind,
        actions: vec![
            (NoteAction::Open, String::new()),
            (NoteAction::CallBack, "Rappeler".into()),
            (NoteAction::CopyNumber, "Copier le numéro".into()),
        ],
        sound: false,
    }
}

/// dunst, ready; its process id.
async fn dunst(world: &mut World) -> u32 {
    let config = world.home().join("dunstrc");
    std::fs::write(&config, "[global]\nmarkup = full\nformat = \"%s\\n%b\"\n").unwrap();
    let mut daemon = program("dunst", "dunst");
    daemon.arg("-conf").arg(config);
    let id = world.start(daemon);
    owned(&world.bus().await, DAEMON).await;
    id
}

fn dunstctl(arguments: &[&str]) -> String {
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

/// A call of `Notify` as the daemon got and answered it.
#[derive(Debug)]
struct Shown {
    replaces: u32,
    title: String,
    body: String,
    actions: Vec<String>,
    hints: HashMap<String, OwnedValue>,
    expires: i32,
    id: u32,
}

/// Sees everything on the bus.
struct Onlooker(MessageStream);

impl Onlooker {
    async fn new(world: &World) -> Self {
        let bus = world.bus().await;
        zbus::fdo::MonitoringProxy::new(&bus)
            .await
            .unwrap()
            .become_monitor(&[], 0)
            .await
            .unwrap();
        Self(MessageStream::from(bus))
    }

    async fn message(&mut self, what: &str) -> zbus::Message {
        within(what, self.0.next()).await.unwrap().unwrap()
    }

    /// The next notification that a daemon took.
    async fn shown(&mut self) -> Shown {
        type Arguments = (
            String,
            u32,
            String,
            String,
            String,
            Vec<String>,
            HashMap<String, OwnedValue>,
            i32,
        );
        let notify = loop {
            let message = self.message("a notification").await;
            if message.header().member().is_some_and(|name| name == "Notify") {
                break message;
            }
        };
        let (app, replaces, _, title, body, actions, hints, expires) =
            notify.body().deserialize::<Arguments>().unwrap();
        assert_eq!(app, "Centrex Tray");
        let serial = Some(notify.primary_header().serial_num());
        loop {
            let answer = self.message("the daemon's answer").await;
            if answer.message_type() == Type::MethodReturn && answer.header().reply_serial() == serial {
                // Serials count for each connection on its own: this one must have gone to the asker.
                if answer.header().destination().map(|name| name.as_str())
                    == notify.header().sender().map(|name| name.as_str())
                {
                    let id = answer.body().deserialize().unwrap();
                    return Shown {
                        replaces,
                        title,
                        body,
                        actions,
                        hints,
                        expires,
                        id,
                    };
                }
            }
        }
    }

    /// The next notification that went, and the specification's reason (3: withdrawn by its program).
    async fn gone(&mut self) -> (u32, u32) {
        loop {
            let message = self.message("the end of a notification").await;
            if message
                .header()
                .member()
                .is_some_and(|name| name == "NotificationClosed")
            {
                return message.body().deserialize().unwrap();
            }
        }
    }
}

session_test! {
    display
    /// One notification a call: shown, changed in place, its button heard, withdrawn.
    async fn live_and_die_with_their_call(mut world: World) {
        dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, mut told) = world.desktop();

        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "01 99 00 12 34"));
        let first = onlooker.shown().await;
        assert_eq!((first.replaces, first.expires), (0, 0), "new, and not going by itself");
        assert_eq!(first.title, "Appel entrant");
        assert_eq!(
            first.actions,
            ["default", "", "call-back", "Rappeler", "copy-number", "Copier le numéro"]
        );
        let hint = |name: &str| String::try_from(first.hints[name].clone()).unwrap();
        assert_eq!((hint("desktop-entry"), hint("category")), ("centrex-tray".into(), "call.incoming".into()));
        assert_eq!(u8::try_from(&first.hints["urgency"]).unwrap(), 1, "do-not-disturb is the person's to decide");
        assert!(bool::try_from(&first.hints["suppress-sound"]).unwrap());

        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "01 99 00 12 34"));
        let second = onlooker.shown().await;
        assert_eq!((second.replaces, second.id), (first.id, first.id), "the same one, changed");
        desktop.notify.show(note("c-2", NotificationKind::Incoming, "Appel entrant", "01 99 00 56 78"));
        let other = onlooker.shown().await;
        assert_ne!(other.id, first.id);
        assert_eq!(dunstctl(&["count", "displayed"]), "2");

        desktop.notify.withdraw(key("c-2"));
        assert_eq!(onlooker.gone().await, (other.id, 3));
        dunstctl(&["action", "0"]);
        assert_eq!(told.next().await, DesktopEvent::NoteAction(key("c-1"), NoteAction::Open));

        // Closed by the person, at the moment when it changes: it is shown again all the same, and not lost track of.
        dunstctl(&["close"]);
        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "encore"));
        assert_eq!(onlooker.gone().await, (first.id, 2));
        assert_eq!(onlooker.shown().await.body, "encore");
        desktop.notify.show(note("c-3", NotificationKind::Info, "Info", "ligne"));
        let info = onlooker.shown().await;
        assert_eq!(info.expires, -1);
        assert_eq!(dunstctl(&["count", "displayed"]), "2");
        desktop.notify.withdraw_all().await;
        assert_eq!(dunstctl(&["count", "displayed"]), "0");
    }
}

session_test! {
    display
    /// A caller's name is text, whatever it holds.
    async fn show_hostile_text_as_text(mut world: World) {
        dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        let hostile = "<b>gras</b> <img src=\"file:///etc/passwd\"/> <a href='http://[::1]/'>x</a> & %s \u{0}\u{1b}[31m";
        desktop.notify.show(note("c-1", NotificationKind::Incoming, hostile, hostile));
        let shown = onlooker.shown().await;
        assert!(!shown.body.contains('<') && !shown.body.contains('\u{0}'), "{}", shown.body);
        desktop.notify.withdraw(key("c-1"));
        onlooker.gone().await;
        // What dunst drew, in its own words: the markup it got is our text, escaped, and nothing of it was taken for markup.
        let history: serde_json::Value = serde_json::from_str(&dunstctl(&["history"])).unwrap();
        let drawn = history["data"][0][0]["message"]["data"].as_str().unwrap();
        assert!(drawn.contains("&lt;b&gt;gras&lt;/b&gt;") && drawn.contains("& %s") || drawn.contains("&amp; %s"), "{drawn}");
        assert!(!drawn.contains("<b>") && !drawn.contains("<a "), "{drawn}");
    }
}

session_test! {
    display
    /// A daemon that crashes and comes back shows what still stands, once.
    async fn survive_a_restart_of_the_daemon(mut world: World) {
        let daemon = dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, mut told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "01 99 00 12 34"));
        onlooker.shown().await;
        desktop.notify.show(note("c-2", NotificationKind::Incoming, "Appel entrant", "01 99 00 56 78"));
        let second = onlooker.shown().await;
        desktop.notify.withdraw(key("c-1"));
        onlooker.gone().await;

        world.kill(daemon);
        dunst(&mut world).await;
        let again = onlooker.shown().await;
        assert_eq!((again.replaces, &again.body), (0, &second.body));
        assert_eq!(dunstctl(&["count", "displayed"]), "1");
        dunstctl(&["action", "0"]);
        assert_eq!(told.next().await, DesktopEvent::NoteAction(key("c-2"), NoteAction::Open));
    }
}

session_test! {
    display
    /// No daemon: said in words for each alert, and the first one after a daemon came is shown.
    async fn fail_in_words_and_try_again(mut world: World) {
        let (desktop, mut told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "01 99 00 12 34"));
        let DesktopEvent::NotifyFailed(words) = told.next().await else { panic!("no word of it") };
        assert!(words.contains("org.freedesktop.Notifications"), "{words}");
        dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "01 99 00 12 34"));
        assert_eq!(onlooker.shown().await.title, "Appel entrant");
    }
}

session_test! {
    display
    /// Any program can send the signal of a pressed button; only the daemon's own counts, as it may place a call.
    async fn believe_only_their_daemon(mut world: World) {
        dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, mut told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Missed, "Appel manqué", "01 99 00 12 34"));
        let shown = onlooker.shown().await;
        let impostor = world.bus().await;
        impostor
            .emit_signal(None::<&str>, "/org/freedesktop/Notifications", DAEMON, "ActionInvoked", &(shown.id, "call-back"))
            .await
            .unwrap();
        impostor.call_method(Some("org.freedesktop.DBus"), "/", Some("org.freedesktop.DBus.Peer"), "Ping", &()).await.unwrap();
        dunstctl(&["action", "0"]);
        assert_eq!(told.next().await, DesktopEvent::NoteAction(key("c-1"), NoteAction::Open));
    }
}

session_test! {
    display
    /// Xfce's daemon draws the body's press as a button: it isn't sent without words.
    async fn suit_xfce(mut world: World) {
        let services = world.home().join("services");
        let xfconf: Command = program("xfconfd", "xfconf");
        std::fs::write(
            services.join("org.xfce.Xfconf.service"),
            format!("[D-BUS Service]\nName=org.xfce.Xfconf\nExec={}\n", xfconf.get_program().to_str().unwrap()),
        )
        .unwrap();
        world.start(program("xfce4-notifyd", "xfce4-notifyd"));
        owned(&world.bus().await, DAEMON).await;
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
