//! Windows and macOS.

use companion::effect::Notification;
use companion::event::CallKey;
use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use crate::desktop::{DesktopError, DesktopEvent, NotifyPort};

/// See [`NotifyPort`].
pub struct Notifier {}

impl Notifier {
    pub(in crate::desktop) fn open(
        _runtime: &Handle,
        _events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        Ok(Self {})
    }
}

impl NotifyPort for Notifier {
    fn show(&self, _notification: Notification) {}
    fn withdraw(&self, _key: CallKey) {}
    async fn withdraw_all(&self) {}
}
