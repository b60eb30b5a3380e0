//! systemd-logind's `LockedHint` of our session, which GNOME, KDE, Xfce and others set when they lock.

use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use zbus::Connection;
use zbus::zvariant::OwnedObjectPath;

use super::imp::Word;
use crate::desktop::bus;

const LOGIND: &str = "org.freedesktop.login1";
const SESSION: &str = "org.freedesktop.login1.Session";

/// Tells [`Word::Hint`] until the bus ends.
pub(super) async fn follow(words: &UnboundedSender<Word>) -> zbus::Result<()> {
    let bus = bus::system().await?;
    let changes = bus::signal("org.freedesktop.DBus.Properties", "PropertiesChanged")?
        .sender(LOGIND)?
        .add_arg(SESSION)?
        .build();
    let mut signals = bus::listen(&bus, vec![changes, bus::owner_changes(LOGIND)?]).await?;
    let mut session = our_session(&bus).await;
    loop {
        let hint = match &session {
            Some(session) => bus::flag(&bus, LOGIND, session.as_str(), SESSION, "LockedHint").await,
            None => None,
        };
        if words.send(Word::Hint(hint)).is_err() {
            return Ok(());
        }
        loop {
            let Some(signal) = signals.next().await else {
                return Ok(());
            };
            if bus::owner_change(&signal).is_some() {
                session = our_session(&bus).await;
                break;
            }
            // Sessions of other people have their own locks.
            let about = signal.header().path().map(|path| path.as_str().to_owned());
            if about.is_some() && about.as_deref() == session.as_ref().map(|session| session.as_str()) {
                break;
            }
        }
    }
}

async fn our_session(bus: &Connection) -> Option<OwnedObjectPath> {
    bus::owner(bus, LOGIND).await?;
    // "auto" is the session we run in, or the one with our person's display: desktops start us as a service of the person's,
    // outside every session. Before systemd 243 only the environment tells.
    let named = std::env::var("XDG_SESSION_ID").ok();
    for id in ["auto"].into_iter().chain(named.as_deref()) {
        let path = "/org/freedesktop/login1";
        let manager = Some("org.freedesktop.login1.Manager");
        let answer = bus
            .call_method(Some(LOGIND), path, manager, "GetSession", &id)
            .await;
        if let Ok(session) = answer.and_then(|answer| answer.body().deserialize()) {
            return Some(session);
        }
    }
    None
}
