//! Who would show our icon: asked while no icon of ours tries to be shown.

/// What is known of a place for the icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host {
    /// There is one.
    Here,
    /// There is none.
    Nobody,
    /// This system can't be asked: only an icon that tries tells.
    Unknown,
}

/// Asks the session's bus.
#[cfg(target_os = "linux")]
pub async fn host() -> Host {
    use super::imp::WATCHER;
    use crate::desktop::bus;

    let Ok(session) = bus::session().await else {
        return Host::Nobody;
    };
    if bus::owner(&session, WATCHER).await.is_none() {
        return Host::Nobody;
    }
    // Some desktops keep the name when no panel stands behind it.
    let shows = bus::flag(
        &session,
        WATCHER,
        "/StatusNotifierWatcher",
        WATCHER,
        "IsStatusNotifierHostRegistered",
    );
    match shows.await {
        Some(false) => Host::Nobody,
        Some(true) | None => Host::Here,
    }
}

/// Asks nobody: here every system has a place for the icon.
#[cfg(not(target_os = "linux"))]
pub async fn host() -> Host {
    Host::Unknown
}
