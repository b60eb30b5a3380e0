//! What happens around us that breaks connections or ends an absence: sleep, unlock, another network.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "none.rs"]
mod imp;

pub(super) use imp::watch;
