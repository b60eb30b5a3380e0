//! Becomes the agent, or has the one that runs show itself.

use std::num::NonZeroU32;
use std::time::Duration;

use companion::words::{Language, Message, say};
use control::profile::Profile;
use control::transport::{Address, BindError, Server};
use tokio::sync::mpsc;

use super::{DONE, hand_over};
use crate::controller::{Controller, Handle, Limits, Setup, Start};
use crate::data_lock::{DataLock, InUse};
use crate::desktop;
use crate::paths::Paths;
use crate::ports::RealDesktop;

/// Which log lines are written, in the syntax of `tracing_subscriber::filter::Targets`: `info`, `debug`,
/// `centrex_tray=debug,relay_api=trace`.
const LOG_ENV: &str = "CENTREX_TRAY_LOG";
/// After how many seconds of silence the relay counts as gone: for one whose signs of life come at other times than usual.
const WATCHDOG_ENV: &str = "CENTREX_TRAY_WATCHDOG_S";

/// Starts the agent and stays until it ends, or leaves it to the running one; `show`: with the pad.
pub(super) async fn start(
    profile: Profile,
    system: Language,
    lang: Language,
    show: bool,
) -> Result<u8, Message> {
    log();
    tracing::debug!("asked to start");
    let address = Address::of(&profile).map_err(|_| Message::new("cli-no-home"))?;
    let paths = Paths::of(&profile).map_err(|_| Message::new("cli-no-home"))?;
    let server = match Server::bind(&address) {
        Ok(server) => server,
        Err(BindError::AlreadyRunning) if show => return hand_over::to_running(&address, Start::Pad).await,
        Err(BindError::AlreadyRunning) => return Ok(DONE),
        Err(BindError::NotPrivate { folder }) => {
            return Err(Message::new("cli-socket-not-private").with("folder", folder.display().to_string()));
        }
        Err(error @ BindError::Io { .. }) => {
            return Err(Message::new("cli-socket-failed").with("why", error.to_string()));
        }
    };
    // Before anything of it is opened, and until the end.
    let _data = DataLock::take(paths.data()).map_err(|InUse| {
        Message::new("cli-data-in-use")
            .with("profile", profile.name())
            .with("folder", paths.data().display().to_string())
    })?;
    let (events, desktop_events) = mpsc::unbounded_channel();
    let failed = |why: String| Message::new("cli-desktop-failed").with("why", why);
    let desktop = desktop::open(profile.name(), events).map_err(|error| failed(error.to_string()))?;
    let default = profile.is_default();
    let ports = RealDesktop::new(desktop, &profile);
    let setup = Setup {
        profile,
        paths,
        system,
        show,
        limits: limits(),
    };
    let (controller, handle) =
        Controller::start(setup, ports, desktop_events, server).map_err(|error| failed(error.to_string()))?;
    #[cfg(unix)]
    leave_no_core();
    // The icon is on its way by now: people wait for it, and for none of the rest.
    check_session().await?;
    if default {
        offer_links(lang);
    }
    tracing::info!(version = env!("CARGO_PKG_VERSION"), lang = lang.code(), "started");
    tokio::spawn(quit_on_signal(handle));
    // It lives as long as the program; on the stack it would be copied about.
    Box::pin(controller.run()).await;
    Ok(DONE)
}

/// Links find the program where it lies now, from its first start on.
fn offer_links(lang: Language) {
    let about = say(lang, &Message::new("cli-about"));
    tokio::task::spawn_blocking(move || {
        if let Err(error) = desktop::links::register(&about) {
            tracing::warn!(%error, "links of other programs don't open here");
        }
    });
}

fn limits() -> Limits {
    let said = std::env::var(WATCHDOG_ENV).ok();
    let seconds = said.and_then(|text| text.trim().parse::<NonZeroU32>().ok());
    let usual = Limits::default();
    Limits {
        relay_silence: seconds.map_or(usual.relay_silence, |seconds| {
            Duration::from_secs(seconds.get().into())
        }),
        ..usual
    }
}

/// What is in memory is in a core file too: the token, names and numbers. Programs that are started from here may still ask for
/// one of their own.
#[cfg(unix)]
fn leave_no_core() {
    let core = rlimit::Resource::CORE;
    if let Err(error) = core.get().and_then(|(_, hard)| core.set(0, hard)) {
        tracing::warn!(%error, "core files can't be turned off: one of an app that failed would hold secrets");
    }
}

fn log() {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::util::SubscriberInitExt;

    let wanted = std::env::var(LOG_ENV)
        .ok()
        .and_then(|filter| filter.parse::<Targets>().ok());
    let targets = wanted.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // Fails only when there is one already.
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(targets)
        .try_init();
}

/// Tray, notifications and keychain all live on the session bus: without one nothing could ever be shown.
#[cfg(target_os = "linux")]
pub(super) async fn check_session() -> Result<(), Message> {
    match zbus::Connection::session().await {
        Ok(_) => {
            tracing::debug!("there is a session bus");
            Ok(())
        }
        Err(error) => Err(Message::new("cli-no-session-bus").with("why", error.to_string())),
    }
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "Linux has to ask a bus")]
pub(super) async fn check_session() -> Result<(), Message> {
    Ok(())
}

#[cfg(unix)]
async fn quit_on_signal(handle: Handle) {
    use tokio::signal::unix::{SignalKind, signal};

    let signals = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
        signal(SignalKind::hangup()),
    );
    let (Ok(mut terminate), Ok(mut interrupt), Ok(mut hangup)) = signals else {
        tracing::warn!("signals can't be heard: quit from the tray's menu");
        return;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
        _ = hangup.recv() => {}
    }
    handle.quit().await;
}

#[cfg(windows)]
async fn quit_on_signal(handle: Handle) {
    if tokio::signal::ctrl_c().await.is_ok() {
        handle.quit().await;
    }
}
