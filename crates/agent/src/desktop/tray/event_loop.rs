//! Windows and macOS.

use companion::tray::Tray;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use crate::desktop::{DesktopError, DesktopEvent, TrayPort};

/// See [`TrayPort`].
pub struct TrayHandle {}

impl TrayHandle {
    pub(in crate::desktop) fn open(
        _profile: &str,
        _runtime: &Handle,
        _events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        Ok(Self {})
    }
}

impl TrayPort for TrayHandle {
    fn show(&self, _tray: Tray) {}
}

pub(in crate::desktop) fn run<T: Send + 'static>(
    agent: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DesktopError> {
    Ok(agent())
}
