//! What happens around us that breaks connections or ends an absence: sleep, unlock, another network.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "none.rs"]
mod imp;

use std::any::Any;
use std::fmt;
use std::sync::Arc;

pub(super) use imp::watch;

/// Keeps the machine awake as long as it lives (for the few seconds that the system grants): what has to be done before a
/// sleep is done by then. Empty where the system doesn't wait.
#[derive(Clone, Default)]
pub struct SleepDelay(Option<Arc<dyn Any + Send + Sync>>);

impl SleepDelay {
    /// The machine waits as long as the system sees `held`.
    pub fn until_dropped(held: impl Any + Send + Sync) -> Self {
        Self(Some(Arc::new(held)))
    }
}

impl fmt::Debug for SleepDelay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SleepDelay").field(&self.0.is_some()).finish()
    }
}

/// It says nothing of what happened.
impl PartialEq for SleepDelay {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
