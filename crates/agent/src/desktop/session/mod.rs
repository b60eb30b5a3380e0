//! What the session does around us: sleep, unlock, another network.

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use super::DesktopEvent;

/// Tells [`DesktopEvent::Woke`] from now on.
pub(super) fn watch(_runtime: &Handle, _events: UnboundedSender<DesktopEvent>) {}
