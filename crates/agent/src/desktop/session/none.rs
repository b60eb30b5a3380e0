//! Not watched yet on Windows and macOS: a dead connection is noticed by its heartbeat there.

use tokio::runtime::Handle;
use tokio::sync::mpsc::UnboundedSender;

use crate::desktop::DesktopEvent;

pub(in crate::desktop) fn watch(_runtime: &Handle, _events: UnboundedSender<DesktopEvent>) {}
