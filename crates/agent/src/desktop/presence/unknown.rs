//! Not told on Windows and macOS: reading either needs calls that only unsafe code can make. Both hold alerts back by
//! themselves while do-not-disturb ("Focus") is on, and hide their text on the lock screen as the person chose there.

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use crate::desktop::DesktopEvent;

pub(in crate::desktop) fn watch(_runtime: &Handle, _events: UnboundedSender<DesktopEvent>) {}
