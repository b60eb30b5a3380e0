//! The icon in the tray: its drawing, tooltip and menu, whatever the system calls the place.

mod drawing;
mod host;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "event_loop.rs"]
mod imp;

pub use host::{Host, host};
pub use imp::TrayHandle;
pub(super) use imp::run;
