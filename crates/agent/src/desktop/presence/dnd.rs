//! Do-not-disturb. No specification has it, so each notification daemon is asked in its own way.

use std::process::Stdio;
use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, Message};

use super::imp::Word;
use crate::desktop::bus;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
const XFCONF: &str = "org.xfce.Xfconf";
const DCONF: &str = "ca.desrt.dconf.Writer";
const CHANNEL: &str = "xfce4-notifyd";

/// Before settings that didn't answer are asked again; each later wait is twice as long.
const FIRST_WAIT: Duration = Duration::from_secs(5);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Where a daemon keeps its do-not-disturb.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    /// A property of the daemon's own object.
    Property {
        interface: &'static str,
        property: &'static str,
    },
    /// Xfce's settings.
    Xfconf,
    /// A key of GSettings.
    Key(Key),
}

/// A key of GSettings, read by GLib's own program: its database has no other stable door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Key {
    schema: &'static str,
    key: &'static str,
    /// The value while do-not-disturb is on.
    on: bool,
    /// Its path in the database, by which changes are told.
    path: &'static str,
}

const GNOME: Key = Key {
    schema: "org.gnome.desktop.notifications",
    key: "show-banners",
    on: false,
    path: "/org/gnome/desktop/notifications/show-banners",
};
const CINNAMON: Key = Key {
    schema: "org.cinnamon.desktop.notifications",
    key: "display-notifications",
    on: false,
    path: "/org/cinnamon/desktop/notifications/display-notifications",
};
const MATE: Key = Key {
    schema: "org.mate.NotificationDaemon",
    key: "do-not-disturb",
    on: true,
    path: "/org/mate/notification-daemon/do-not-disturb",
};

impl Source {
    /// By what `GetServerInformation` says.
    fn of(server: &str, vendor: &str) -> Self {
        match (server, vendor) {
            ("dunst", _) => Self::Property {
                interface: "org.dunstproject.cmd0",
                property: "paused",
            },
            ("Xfce Notify Daemon", _) => Self::Xfconf,
            ("gnome-shell", _) => Self::Key(GNOME),
            ("cinnamon", _) => Self::Key(CINNAMON),
            ("Notification Daemon", "MATE") => Self::Key(MATE),
            // KDE's addition to the specification's interface. Whoever lacks it says so, and nothing is known.
            _ => Self::Property {
                interface: NAME,
                property: "Inhibited",
            },
        }
    }

    /// The database tells of everything that any program writes: what isn't our key is passed over.
    fn may_change_by(self, signal: &Message) -> bool {
        let header = signal.header();
        if header
            .interface()
            .is_none_or(|interface| interface.as_str() != DCONF)
        {
            return true;
        }
        let Ok((folder, names, _)) = signal.body().deserialize::<(String, Vec<String>, String)>() else {
            return false;
        };
        match self {
            Self::Key(key) => names
                .iter()
                .any(|name| key.path.starts_with(&(folder.clone() + name))),
            _ => false,
        }
    }

    /// Whether no answer means that asking failed: a daemon may lack its property, settings have a default.
    fn always_knows(self) -> bool {
        matches!(self, Self::Xfconf | Self::Key(_))
    }

    async fn read(self, bus: &Connection, daemon: &str) -> Option<bool> {
        match self {
            Self::Property { interface, property } => bus::flag(bus, daemon, PATH, interface, property).await,
            Self::Xfconf => xfconf(bus).await,
            Self::Key(key) => key.read().await.map(|value| value == key.on),
        }
    }
}

/// Tells [`Word::Dnd`] until the bus ends.
pub(super) async fn follow(bus: &Connection, words: &UnboundedSender<Word>) -> zbus::Result<()> {
    let mut signals = bus::listen(bus, rules()?).await?;
    let mut daemon = bus::owner(bus, NAME).await.map(|owner| owner.to_string());
    let mut source = source(bus, daemon.as_deref()).await;
    let mut wait = FIRST_WAIT;
    loop {
        let dnd = match (source, &daemon) {
            (Some(source), Some(daemon)) => source.read(bus, daemon).await,
            _ => None,
        };
        if words.send(Word::Dnd(dnd)).is_err() {
            return Ok(());
        }
        // Settings that didn't answer may have been busy, as all is while a session begins.
        let is_asked_again = dnd.is_none() && source.is_some_and(Source::always_knows);
        let signal = loop {
            tokio::select! {
                signal = signals.next() => {
                    let Some(signal) = signal else { return Ok(()) };
                    if source.is_none_or(|source| source.may_change_by(&signal)) {
                        break Some(signal);
                    }
                }
                () = tokio::time::sleep(wait), if is_asked_again => {
                    wait = LONGEST_WAIT.min(wait * 2);
                    break None;
                }
            }
        };
        if !is_asked_again {
            wait = FIRST_WAIT;
        }
        if let Some((_, owner)) = signal.as_ref().and_then(bus::owner_change) {
            daemon = Some(owner).filter(|owner| !owner.is_empty());
            source = self::source(bus, daemon.as_deref()).await;
        }
    }
}

/// Everything after which the answer may be another one.
fn rules() -> zbus::Result<Vec<MatchRule<'static>>> {
    let mut rules = vec![
        bus::owner_changes(NAME)?,
        bus::signal("org.freedesktop.DBus.Properties", "PropertiesChanged")?
            .path(PATH)?
            .build(),
    ];
    for member in ["PropertyChanged", "PropertyRemoved"] {
        rules.push(bus::signal(XFCONF, member)?.add_arg(CHANNEL)?.build());
    }
    rules.push(bus::signal(DCONF, "Notify")?.build());
    Ok(rules)
}

/// Asks the daemon what it is; `None` without one.
async fn source(bus: &Connection, daemon: Option<&str>) -> Option<Source> {
    let answer = bus
        .call_method(Some(daemon?), PATH, Some(NAME), "GetServerInformation", &())
        .await
        .ok()?;
    let (server, vendor, ..): (String, String, String, String) = answer.body().deserialize().ok()?;
    Some(Source::of(&server, &vendor))
}

async fn xfconf(bus: &Connection) -> Option<bool> {
    let answer = bus
        .call_method(
            Some(XFCONF),
            "/org/xfce/Xfconf",
            Some(XFCONF),
            "GetProperty",
            &(CHANNEL, "/do-not-disturb"),
        )
        .await;
    match answer {
        Ok(answer) => {
            let value: OwnedValue = answer.body().deserialize().ok()?;
            bool::try_from(value).ok()
        }
        // Never switched on: off.
        Err(zbus::Error::MethodError(error, ..)) if error.ends_with("NotFound") => Some(false),
        Err(_) => None,
    }
}

impl Key {
    async fn read(self) -> Option<bool> {
        let asked = tokio::process::Command::new("gsettings")
            .args(["get", self.schema, self.key])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .output();
        let answer = tokio::time::timeout(bus::PATIENCE, asked).await.ok()?.ok()?;
        str::from_utf8(&answer.stdout).ok()?.trim().parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_the_database_only_our_key_counts() {
        let gnome = Source::of("gnome-shell", "GNOME");
        let folder = "/org/gnome/desktop/notifications/";
        for (prefix, names, ours) in [
            (GNOME.path, vec![""], true),
            (folder, vec!["show-in-lock-screen", "show-banners"], true),
            // All of it was set back.
            ("/org/gnome/", vec![""], true),
            (folder, vec!["show-in-lock-screen"], false),
            ("/org/gnome/desktop/interface/", vec!["font-name"], false),
        ] {
            let signal = Message::signal("/ca/desrt/dconf/Writer/user", DCONF, "Notify")
                .unwrap()
                .build(&(prefix, &names, "tag"))
                .unwrap();
            assert_eq!(gnome.may_change_by(&signal), ours, "{prefix} {names:?}");
            assert!(!Source::of("dunst", "knopwob").may_change_by(&signal));
        }
    }
}
