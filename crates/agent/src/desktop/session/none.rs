//! Not watched yet on Windows and macOS: a sleep is noticed by the controller's clocks there, and a dead connection by its
//! heartbeat.

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use crate::desktop::DesktopEvent;

pub(in crate::desktop) fn watch(_runtime: &Handle, _events: UnboundedSender<DesktopEvent>) {}
