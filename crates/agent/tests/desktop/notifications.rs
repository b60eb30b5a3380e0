//! Notifications, shown by the daemons that people have.

use std::collections::HashMap;

use centrex_tray::desktop::{DesktopEvent, NotifyPort};
use companion::effect::{Notification, NotificationKind};
use companion::event::{CallKey, NoteAction, NoteKey};
use futures_util::StreamExt;
use telephony::{AccountId, CallId};
use zbus::MessageStream;
use zbus::message::Type;
use zbus::zvariant::OwnedValue;

use crate::daemons::{DAEMON, dunst, dunstctl};
use crate::world::{World, session_test, within};

pub fn key(call: &str) -> NoteKey {
    NoteKey::Call(CallKey {
        account: AccountId("1001".into()),
        call: CallId(call.into()),
    })
}

pub fn note(call: &str, kind: NotificationKind, title: &str, body: &str) -> Notification {
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
        news: true,
    }
}

/// A call of `Notify` as the daemon got and answered it.
#[derive(Debug)]
pub struct Shown {
    pub replaces: u32,
    pub title: String,
    pub body: String,
    pub actions: Vec<String>,
    pub hints: HashMap<String, OwnedValue>,
    pub expires: i32,
    pub id: u32,
}

impl Shown {
    /// The desktop's sound was asked for.
    pub fn sounds(&self) -> bool {
        let silent = self.hints.contains_key("suppress-sound");
        assert_ne!(silent, self.hints.contains_key("sound-name"), "one of both");
        !silent
    }
}

/// Sees everything on the bus.
pub struct Onlooker(MessageStream);

impl Onlooker {
    pub async fn new(world: &World) -> Self {
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
    pub async fn shown(&mut self) -> Shown {
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
    pub async fn gone(&mut self) -> (u32, u32) {
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
    /// A daemon that took its time (just started, or on a machine that swaps) shows what nobody waits for any more.
    async fn come_up_late_and_go_all_the_same(mut world: World) {
        let daemon = dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, mut told) = world.desktop();
        desktop.notify.show(note("c-1", NotificationKind::Incoming, "Appel entrant", "1"));
        onlooker.shown().await;

        // One call is over before it is shown, another still rings then.
        for (call, is_over) in [("c-2", true), ("c-3", false)] {
            world.stop(daemon);
            desktop.notify.show(note(call, NotificationKind::Incoming, "Appel entrant", call));
            assert!(matches!(told.next().await, DesktopEvent::NotifyFailed(_)), "it is given up");
            if is_over {
                desktop.notify.withdraw(key(call));
            }
            world.resume(daemon);
            let late = onlooker.shown().await;
            assert_eq!(late.body, call);
            if !is_over {
                desktop.notify.withdraw(key(call));
            }
            assert_eq!(onlooker.gone().await, (late.id, 3));
        }

        // Nor does anything stay behind when the app ends.
        world.stop(daemon);
        desktop.notify.show(note("c-4", NotificationKind::Incoming, "Appel entrant", "c-4"));
        assert!(matches!(told.next().await, DesktopEvent::NotifyFailed(_)));
        world.resume(daemon);
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
    /// A daemon that crashes and comes back shows what still stands: once, without sound, and no mere information.
    async fn survive_a_restart_of_the_daemon(mut world: World) {
        let daemon = dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, mut told) = world.desktop();
        let ringing = |call| note(call, NotificationKind::Incoming, "Appel entrant", call);
        desktop.notify.show(ringing("c-1"));
        onlooker.shown().await;
        desktop.notify.show(Notification { sound: true, ..ringing("c-2") });
        assert!(onlooker.shown().await.sounds());
        desktop.notify.show(note("c-3", NotificationKind::Info, "Information", "ligne"));
        assert!(bool::try_from(&onlooker.shown().await.hints["transient"]).unwrap());
        desktop.notify.withdraw(key("c-1"));
        onlooker.gone().await;

        world.kill(daemon);
        dunst(&mut world).await;
        let again = onlooker.shown().await;
        assert_eq!((again.replaces, again.body.as_str()), (0, "c-2"));
        assert!(!again.sounds(), "nothing new has happened");
        // What comes next on the bus is the next alert, not the same one again.
        desktop.notify.show(ringing("c-4"));
        assert_eq!(onlooker.shown().await.body, "c-4");
        assert_eq!(dunstctl(&["count", "displayed"]), "2");
        desktop.notify.withdraw(key("c-4"));
        onlooker.gone().await;
        dunstctl(&["action", "0"]);
        assert_eq!(told.next().await, DesktopEvent::NoteAction(key("c-2"), NoteAction::Open));
    }
}

session_test! {
    display
    /// No daemon: said in words, and shown as soon as one comes, if it still stands then.
    async fn fail_in_words_and_wait_for_a_daemon(mut world: World) {
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, mut told) = world.desktop();
        for call in ["c-1", "c-2"] {
            desktop.notify.show(note(call, NotificationKind::Incoming, "Appel entrant", call));
            let DesktopEvent::NotifyFailed(words) = told.next().await else { panic!("no word of it") };
            assert!(words.contains("org.freedesktop.Notifications"), "{words}");
        }
        desktop.notify.withdraw(key("c-1"));
        dunst(&mut world).await;
        let shown = onlooker.shown().await;
        assert_eq!((shown.replaces, shown.body.as_str()), (0, "c-2"));
        desktop.notify.show(note("c-2", NotificationKind::Missed, "Appel manqué", "c-2"));
        assert_eq!(onlooker.shown().await.replaces, shown.id);
        assert_eq!(dunstctl(&["count", "displayed"]), "1");
    }
}

session_test! {
    display
    /// A name that is found while the phone rings changes the alert in place, without a second sound; who closed the alert
    /// isn't shown it again for that, but is told of the missed call.
    async fn respect_who_closed_them(mut world: World) {
        dunst(&mut world).await;
        let mut onlooker = Onlooker::new(&world).await;
        let (desktop, _told) = world.desktop();
        let loud = |kind, title| Notification { sound: true, ..note("c-1", kind, title, "01 99 00 12 34") };
        let reworded = |kind, title| Notification { news: false, ..loud(kind, title) };
        desktop.notify.show(loud(NotificationKind::Incoming, "01 99 00 12 34"));
        let first = onlooker.shown().await;
        assert!(first.sounds());
        desktop.notify.show(reworded(NotificationKind::Incoming, "Accueil"));
        let named = onlooker.shown().await;
        assert_eq!((named.id, named.sounds()), (first.id, false));

        dunstctl(&["close"]);
        assert_eq!(onlooker.gone().await, (first.id, 2));
        desktop.notify.show(reworded(NotificationKind::Incoming, "Accueil, Cie"));
        desktop.notify.show(loud(NotificationKind::Missed, "Appel manqué"));
        let missed = onlooker.shown().await;
        assert_eq!((missed.title.as_str(), missed.sounds()), ("Appel manqué", true));

        dunstctl(&["close"]);
        assert_eq!(onlooker.gone().await.0, missed.id);
        desktop.notify.show(reworded(NotificationKind::Missed, "Appel manqué de l’accueil"));
        desktop.notify.show(loud(NotificationKind::Missed, "2 appels manqués"));
        assert_eq!(onlooker.shown().await.title, "2 appels manqués");
        // One more, while that still stands: heard like the first.
        desktop.notify.show(loud(NotificationKind::Missed, "3 appels manqués"));
        let more = onlooker.shown().await;
        assert_eq!((more.title.as_str(), more.sounds()), ("3 appels manqués", true));
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
