//! StatusNotifierItem over D-Bus (ksni): the only way on Linux to be told of a left click.
//!
//! One task owns the item, on a thread of its own: the icon is the first thing that people see of a start, and waits for
//! nothing else that happens in it. While no host shows it, the task waits for one to appear on the bus, and looks again by itself
//! now and then for the hosts that appear without a word.

use std::time::Duration;

use companion::tray::{MenuItem, Tray, TrayIcon};
use futures_util::StreamExt;
use ksni::TrayMethods;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::fdo::DBusProxy;

use super::drawing;
use crate::desktop::{APP_ID, APP_NAME, DesktopError, DesktopEvent, TrayPort};

/// The name under which a tray host waits for items.
pub(super) const WATCHER: &str = "org.kde.StatusNotifierWatcher";
/// How long to wait before looking again for a host; each later wait is twice as long.
const RETRY: Duration = Duration::from_secs(5);
/// The longest such wait while nobody has the name: the bus tells when somebody takes it.
const LONGEST_FOR_NOBODY: Duration = Duration::from_secs(600);
/// The longest such wait for a host that is there and doesn't show us yet.
const LONGEST_FOR_HOST: Duration = Duration::from_secs(60);

/// See [`TrayPort`].
pub struct TrayHandle {
    wanted: UnboundedSender<Tray>,
}

impl TrayHandle {
    pub(in crate::desktop) fn open(
        profile: &str,
        events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        let (wanted, updates) = unbounded_channel();
        let own = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let shown = keep_shown(profile.to_owned(), updates, events);
        std::thread::Builder::new()
            .name("tray".to_owned())
            .spawn(move || own.block_on(shown))?;
        Ok(Self { wanted })
    }
}

impl TrayPort for TrayHandle {
    fn show(&self, tray: Tray) {
        // The task ends with this handle only.
        let _ = self.wanted.send(tray);
    }
}

/// On Linux the main thread is free: the tray lives on the bus.
pub(in crate::desktop) fn run<T: Send + 'static>(
    agent: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DesktopError> {
    Ok(agent())
}

/// What ksni asks; it lives inside ksni's service.
#[derive(Clone)]
struct Item {
    profile: String,
    tray: Tray,
    /// The pictures of `tray.icon`: ksni and the host ask for them many times.
    pixmaps: Vec<ksni::Icon>,
    events: UnboundedSender<DesktopEvent>,
    /// Tells the owning task that the host refused us and the item must be made anew.
    lost: UnboundedSender<()>,
}

impl Item {
    fn show(&mut self, tray: Tray) {
        if tray.icon != self.tray.icon {
            self.pixmaps = pixmaps(tray.icon);
        }
        self.tray = tray;
    }

    fn tell(&self, event: DesktopEvent) {
        let _ = self.events.send(event);
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        APP_ID.to_owned()
    }

    fn title(&self) -> String {
        if self.profile == "default" {
            APP_NAME.to_owned()
        } else {
            format!("{APP_NAME} ({})", self.profile)
        }
    }

    fn category(&self) -> ksni::Category {
        ksni::Category::Communications
    }

    fn status(&self) -> ksni::Status {
        match self.tray.icon {
            TrayIcon::Ringing => ksni::Status::NeedsAttention,
            TrayIcon::InCall | TrayIcon::Missed | TrayIcon::NotConnected | TrayIcon::Idle => {
                ksni::Status::Active
            }
        }
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.pixmaps.clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        if self.tray.icon == TrayIcon::Ringing {
            self.pixmaps.clone()
        } else {
            Vec::new()
        }
    }

    fn tool_tip(&self) -> ksni::ToolTip {
        // Hosts may read the description as markup and the title as plain text: all of it goes into the title.
        ksni::ToolTip {
            title: self.tray.tooltip.clone(),
            ..ksni::ToolTip::default()
        }
    }

    fn activate(&mut self, x: i32, y: i32) {
        // Some hosts can't tell where the click was and say 0,0 (or less): that corner is worse than no place at all.
        self.tell(DesktopEvent::TrayClicked((x > 0 || y > 0).then_some((x, y))));
    }

    fn menu(&self) -> Vec<ksni::MenuItem<Self>> {
        self.tray.menu.iter().map(menu_item).collect()
    }

    fn watcher_online(&self) {
        self.tell(DesktopEvent::TrayShown(true));
    }

    fn watcher_offline(&self, reason: ksni::OfflineReason) -> bool {
        self.tell(DesktopEvent::TrayShown(false));
        match reason {
            // The host went; ksni registers again when it returns.
            ksni::OfflineReason::No => true,
            // The host is there and refused us. ksni would leave it at that.
            reason => {
                tracing::info!(?reason, "the tray host refused the icon; trying again");
                let _ = self.lost.send(());
                false
            }
        }
    }
}

fn menu_item(item: &MenuItem) -> ksni::MenuItem<Item> {
    match item {
        MenuItem::Separator => ksni::MenuItem::Separator,
        MenuItem::Text(words) => ksni::menu::StandardItem {
            label: label(words),
            enabled: false,
            ..Default::default()
        }
        .into(),
        MenuItem::Action { label: words, action } => {
            let action = action.clone();
            ksni::menu::StandardItem {
                label: label(words),
                activate: Box::new(move |item: &mut Item| item.tell(DesktopEvent::Menu(action.clone()))),
                ..Default::default()
            }
            .into()
        }
    }
}

/// In a menu's label one underscore marks the access key, two are an underscore.
fn label(words: &str) -> String {
    words.replace('_', "__")
}

fn pixmaps(icon: TrayIcon) -> Vec<ksni::Icon> {
    drawing::pictures(icon)
        .into_iter()
        .map(|picture| {
            let side = picture.side.cast_signed();
            ksni::Icon {
                width: side,
                height: side,
                data: picture.into_argb(),
            }
        })
        .collect()
}

/// Shows the latest of `updates` until whoever sends them has gone.
async fn keep_shown(
    profile: String,
    mut updates: UnboundedReceiver<Tray>,
    events: UnboundedSender<DesktopEvent>,
) {
    let Some(mut tray) = updates.recv().await else {
        return;
    };
    let mut told = None;
    let mut search = Search::default();
    loop {
        while let Ok(newer) = updates.try_recv() {
            tray = newer;
        }
        let (lost, mut lost_by) = unbounded_channel();
        let item = Item {
            profile: profile.clone(),
            pixmaps: pixmaps(tray.icon),
            tray: tray.clone(),
            events: events.clone(),
            lost,
        };
        tracing::debug!("the icon is offered to the tray host");
        match item.spawn().await {
            Ok(handle) => {
                tracing::debug!("the tray host has the icon");
                let _ = events.send(DesktopEvent::TrayShown(true));
                told = None;
                search.tries = 0;
                match serve(handle, &mut tray, &mut updates, &mut lost_by).await {
                    Served::Lost => tokio::time::sleep(RETRY).await,
                    Served::Over => return,
                }
            }
            Err(error) => {
                let words = error.to_string();
                if told.as_ref() != Some(&words) {
                    tracing::info!(%error, "no tray shows the icon; waiting for one");
                    let _ = events.send(DesktopEvent::TrayShown(false));
                    told = Some(words);
                }
                // Nobody had the name a moment ago: a host that took it meanwhile must not be missed. A host that is there
                // and didn't want us is left alone for a while.
                let nobody = matches!(error, ksni::Error::Watcher(zbus::fdo::Error::ServiceUnknown(_)));
                search.host_appears(nobody, &mut updates, &mut tray).await;
                if updates.is_closed() {
                    return;
                }
            }
        }
    }
}

/// Why an icon isn't kept up to date any more.
enum Served {
    /// The host doesn't want it any more.
    Lost,
    /// Whoever sends updates has gone, and the icon with it.
    Over,
}

/// Shows the latest of `updates` with an icon that the host has.
async fn serve(
    handle: ksni::Handle<Item>,
    tray: &mut Tray,
    updates: &mut UnboundedReceiver<Tray>,
    lost: &mut UnboundedReceiver<()>,
) -> Served {
    loop {
        tokio::select! {
            newer = updates.recv() => {
                let Some(newer) = newer else {
                    handle.shutdown().await;
                    return Served::Over;
                };
                if newer != *tray {
                    tray.clone_from(&newer);
                    handle.update(move |item| item.show(newer)).await;
                }
            }
            _ = lost.recv() => return Served::Lost,
        }
    }
}

/// Waits for a tray host.
#[derive(Default)]
struct Search {
    /// The connection that listens; kept from one wait to the next.
    bus: Option<zbus::Connection>,
    /// Waits since a host last showed us.
    tries: u32,
}

impl Search {
    /// Returns when a host may be there: its name appeared on the bus, or it is time to look again.
    async fn host_appears(&mut self, nobody: bool, updates: &mut UnboundedReceiver<Tray>, tray: &mut Tray) {
        let again = tokio::time::sleep(wait(nobody, self.tries));
        self.tries += 1;
        let appears = async {
            if let Err(error) = self.name_appears(nobody).await {
                // No bus to listen on: only time can help.
                tracing::debug!(%error, "the bus doesn't tell when a tray appears");
                self.bus = None;
                std::future::pending::<()>().await;
            }
        };
        tokio::pin!(appears, again);
        loop {
            tokio::select! {
                () = &mut appears => return,
                () = &mut again => return,
                newer = updates.recv() => match newer {
                    Some(newer) => *tray = newer,
                    None => return,
                },
            }
        }
    }

    async fn name_appears(&mut self, at_once: bool) -> zbus::Result<()> {
        let bus = match &self.bus {
            Some(bus) => bus.clone(),
            None => self.bus.insert(zbus::Connection::session().await?).clone(),
        };
        let names = DBusProxy::new(&bus).await?;
        let mut changes = names
            .receive_name_owner_changed_with_args(&[(0, WATCHER)])
            .await?;
        if at_once && names.name_has_owner(WATCHER.try_into()?).await? {
            return Ok(());
        }
        while let Some(change) = changes.next().await {
            if change.args()?.new_owner().is_some() {
                return Ok(());
            }
        }
        Err(zbus::Error::Failure("the bus has gone".to_owned()))
    }
}

/// How long until a host is looked for again without having been told of.
fn wait(nobody: bool, tries: u32) -> Duration {
    let longest = if nobody {
        LONGEST_FOR_NOBODY
    } else {
        LONGEST_FOR_HOST
    };
    RETRY.saturating_mul(1 << tries.min(16)).min(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_slows_down_and_goes_on() {
        assert_eq!(wait(true, 0), RETRY);
        assert_eq!(wait(true, 1), RETRY * 2);
        assert_eq!(wait(true, u32::MAX), LONGEST_FOR_NOBODY);
        assert_eq!(wait(false, u32::MAX), LONGEST_FOR_HOST);
    }
}
