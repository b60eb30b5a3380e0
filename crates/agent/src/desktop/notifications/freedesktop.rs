//! The Desktop Notifications Specification 1.3, as far as we speak it.
//!
//! notify-rust isn't used here: it opens a bus connection for each notification and needs a thread to hear of its buttons,
//! and GNOME Shell tells a button only to the connection that sent the notification. One connection for all does both.

use std::collections::HashMap;
use std::path::PathBuf;

use companion::effect::{Notification, NotificationKind};
use companion::event::NoteAction;
use zbus::zvariant::Value;

use super::{action_name, escaped, printable};
use crate::desktop::picture::Picture;
use crate::desktop::{APP_ID, APP_NAME};

pub(super) const NAME: &str = "org.freedesktop.Notifications";

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
pub(super) trait Daemon {
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
}

/// What the daemon that runs now can do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Abilities {
    /// The body is read as markup.
    pub markup: bool,
    /// Buttons are drawn.
    pub actions: bool,
    /// The body's press is drawn as a button of its own, which wants words.
    pub default_is_a_button: bool,
    /// A notification may be shown until somebody closes it.
    pub endless: bool,
}

impl Abilities {
    /// From `GetCapabilities` and the name of `GetServerInformation`.
    pub fn new(capabilities: &[String], server: &str) -> Self {
        let has = |name: &str| capabilities.iter().any(|capability| capability == name);
        Self {
            markup: has("body-markup"),
            actions: has("actions"),
            // No capability tells it: seen with xfce4-notifyd 0.7.
            default_is_a_button: server == "Xfce Notify Daemon",
            // Nor this: notify-osd 1.0 makes a dialog of it, which takes the focus and can't be withdrawn.
            endless: server != "notify-osd",
        }
    }
}

/// The arguments of `Notify`.
pub(super) type NotifyArguments<'a> = (
    &'a str,
    u32,
    &'a str,
    String,
    String,
    Vec<String>,
    HashMap<&'a str, Value<'a>>,
    i32,
);

/// Shown until somebody closes it.
const NEVER: i32 = 0;
/// As long as the daemon thinks fit.
const DAEMONS_CHOICE: i32 = -1;

/// A notification as `Notify` takes it; `replaces` is the id of the one to change in place, or 0.
/// `picture` goes with it where the icon theme doesn't know ours.
pub(super) fn arguments(
    note: &Notification,
    replaces: u32,
    abilities: &Abilities,
    picture: Option<&Picture>,
) -> NotifyArguments<'static> {
    let body = printable(&note.body);
    (
        APP_NAME,
        replaces,
        APP_ID,
        printable(&note.title),
        if abilities.markup { escaped(&body) } else { body },
        if abilities.actions {
            actions(note, abilities)
        } else {
            Vec::new()
        },
        hints(note, picture),
        match note.kind {
            NotificationKind::Incoming | NotificationKind::Missed if abilities.endless => NEVER,
            _ => DAEMONS_CHOICE,
        },
    )
}

/// The picture of a notification, unless the icon theme has ours (then the daemon finds it by its name, in the right size):
/// a program that runs from where it was built isn't installed.
pub(super) fn picture() -> Option<Picture> {
    let home = std::env::var_os("XDG_DATA_HOME").map(PathBuf::from);
    let folders = std::env::var("XDG_DATA_DIRS").unwrap_or_else(|_| "/usr/local/share:/usr/share".to_owned());
    let installed = home
        .into_iter()
        .chain(std::env::split_paths(&folders))
        .map(|folder| folder.join("icons/hicolor"))
        .flat_map(|theme| {
            [
                theme.join("scalable/apps/centrex-tray.svg"),
                theme.join("48x48/apps/centrex-tray.png"),
            ]
        })
        .any(|file| file.exists());
    if installed {
        return None;
    }
    Picture::decode(include_bytes!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../icons/64x64.png"
    )))
}

/// Pairs of name and words.
fn actions(note: &Notification, abilities: &Abilities) -> Vec<String> {
    note.actions
        .iter()
        .filter(|(action, words)| {
            *action != NoteAction::Open || !abilities.default_is_a_button || !words.is_empty()
        })
        .flat_map(|(action, words)| [action_name(*action).to_owned(), printable(words)])
        .collect()
}

fn hints(note: &Notification, picture: Option<&Picture>) -> HashMap<&'static str, Value<'static>> {
    // 1 is "normal" for all of them: "critical" would break through do-not-disturb, which is the person's to decide.
    let mut hints = HashMap::from([
        ("desktop-entry", Value::from(APP_ID)),
        ("urgency", Value::from(1_u8)),
    ]);
    let (category, sound) = match note.kind {
        NotificationKind::Incoming => (Some("call.incoming"), "phone-incoming-call"),
        NotificationKind::Missed => (Some("call.unanswered"), "message-new-instant"),
        NotificationKind::Info => (None, "dialog-information"),
    };
    if let Some(category) = category {
        hints.insert("category", Value::from(category));
    }
    match note.kind {
        // A press on one of its buttons leaves it: it goes when the phone stops ringing.
        NotificationKind::Incoming => drop(hints.insert("resident", Value::from(true))),
        // Worth a glance now, and nothing for the daemon's list.
        NotificationKind::Info => drop(hints.insert("transient", Value::from(true))),
        NotificationKind::Missed => {}
    }
    if let Some(Picture { side, rgba }) = picture {
        let side = side.cast_signed();
        // Width, height, bytes a row, with alpha, bits a channel, channels, pixels.
        hints.insert(
            "image-data",
            Value::from((side, side, 4 * side, true, 8, 4, rgba.clone())),
        );
    }
    if note.sound {
        hints.insert("sound-name", Value::from(sound));
    } else {
        hints.insert("suppress-sound", Value::from(true));
    }
    hints
}

#[cfg(test)]
mod tests {
    use companion::event::{CallKey, NoteKey};
    use telephony::{AccountId, CallId};

    use super::*;

    fn note(kind: NotificationKind) -> Notification {
        Notification {
            key: NoteKey::Call(CallKey {
                account: AccountId("1001".into()),
                call: CallId("c-1".into()),
            }),
            title: "Appel <entrant>\u{0}".into(),
            body: "<b>Accueil</b> & \"Cie\"\nligne 2\u{7}".into(),
            kind,
            actions: vec![
                (NoteAction::Open, String::new()),
                (NoteAction::CallBack, "Rappeler".into()),
                (NoteAction::CopyNumber, "Copier".into()),
            ],
            sound: true,
            news: true,
        }
    }

    fn abilities(capabilities: &[&str], server: &str) -> Abilities {
        let capabilities: Vec<String> = capabilities.iter().map(|name| (*name).to_owned()).collect();
        Abilities::new(&capabilities, server)
    }

    #[test]
    fn the_body_is_escaped_only_where_it_is_markup() {
        let markup = arguments(
            &note(NotificationKind::Incoming),
            0,
            &abilities(&["body-markup"], "dunst"),
            None,
        );
        assert_eq!(
            markup.4,
            "&lt;b&gt;Accueil&lt;/b&gt; &amp; &quot;Cie&quot;\nligne 2"
        );
        let plain = arguments(
            &note(NotificationKind::Incoming),
            0,
            &abilities(&["body"], "plain"),
            None,
        );
        assert_eq!(plain.4, "<b>Accueil</b> & \"Cie\"\nligne 2");
        assert_eq!(plain.3, "Appel <entrant>", "the title is plain text everywhere");
    }

    #[test]
    fn buttons_are_sent_only_to_daemons_that_draw_them() {
        assert_eq!(
            arguments(&note(NotificationKind::Missed), 0, &abilities(&[], "plain"), None).5,
            [""; 0]
        );
        assert_eq!(
            arguments(
                &note(NotificationKind::Missed),
                0,
                &abilities(&["actions"], "dunst"),
                None
            )
            .5,
            ["default", "", "call-back", "Rappeler", "copy-number", "Copier"]
        );
        assert_eq!(
            arguments(
                &note(NotificationKind::Missed),
                0,
                &abilities(&["actions"], "Xfce Notify Daemon"),
                None
            )
            .5,
            ["call-back", "Rappeler", "copy-number", "Copier"],
            "a button without words is worse than none"
        );
    }

    #[test]
    fn none_breaks_through_do_not_disturb() {
        for kind in [
            NotificationKind::Incoming,
            NotificationKind::Missed,
            NotificationKind::Info,
        ] {
            assert_eq!(hints(&note(kind), None).get("urgency"), Some(&Value::from(1_u8)));
        }
    }

    #[test]
    fn our_picture_can_be_sent() {
        let picture = Picture::decode(include_bytes!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../icons/64x64.png"
        )));
        let hints = hints(&note(NotificationKind::Info), picture.as_ref());
        assert_eq!(hints["image-data"].value_signature(), "(iiibiiay)");
    }
}
