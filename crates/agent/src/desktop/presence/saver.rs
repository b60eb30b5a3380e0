//! Screen savers and lockers that say on the session's bus when they cover the screen.

use std::collections::HashMap;

use futures_util::StreamExt;
use tokio::sync::mpsc::UnboundedSender;
use zbus::Connection;

use super::imp::Word;
use crate::desktop::bus;

/// Name on the bus and interface at once. KDE has the first.
const SAVERS: [&str; 5] = [
    "org.freedesktop.ScreenSaver",
    "org.gnome.ScreenSaver",
    "org.xfce.ScreenSaver",
    "org.mate.ScreenSaver",
    "org.cinnamon.ScreenSaver",
];

/// Tells [`Word::Saver`] until the bus ends.
pub(super) async fn follow(bus: &Connection, words: &UnboundedSender<Word>) -> zbus::Result<()> {
    let mut rules = Vec::new();
    for saver in SAVERS {
        rules.push(bus::signal(saver, "ActiveChanged")?.sender(saver)?.build());
        rules.push(bus::owner_changes(saver)?);
    }
    let mut signals = bus::listen(bus, rules).await?;
    let mut active = HashMap::new();
    for saver in SAVERS {
        if let Some(owner) = bus::owner(bus, saver).await
            && let Some(is_active) = is_active(bus, saver, owner.as_str()).await
        {
            active.insert(saver, is_active);
        }
    }
    loop {
        let covered = (!active.is_empty()).then(|| active.values().any(|active| *active));
        if words.send(Word::Saver(covered)).is_err() {
            return Ok(());
        }
        let Some(signal) = signals.next().await else {
            return Ok(());
        };
        let change = bus::owner_change(&signal);
        let header = signal.header();
        let about = match &change {
            Some((name, _)) => Some(name.as_str()),
            None => header.interface().map(|interface| interface.as_str()),
        };
        let Some(saver) = SAVERS.into_iter().find(|saver| Some(*saver) == about) else {
            continue;
        };
        let now = match &change {
            Some((_, owner)) if owner.is_empty() => None,
            Some((_, owner)) => is_active(bus, saver, owner).await,
            None => signal.body().deserialize().ok(),
        };
        match now {
            Some(now) => active.insert(saver, now),
            None => active.remove(saver),
        };
    }
}

async fn is_active(bus: &Connection, saver: &str, owner: &str) -> Option<bool> {
    let path = format!("/{}", saver.replace('.', "/"));
    // Some answer at their root alone.
    for path in [path.as_str(), "/"] {
        let answer = bus
            .call_method(Some(owner), path, Some(saver), "GetActive", &())
            .await;
        if let Ok(active) = answer.and_then(|answer| answer.body().deserialize()) {
            return Some(active);
        }
    }
    None
}
