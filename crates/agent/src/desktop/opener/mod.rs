//! Opens an address in the program that the person chose for its scheme: a caller's record in the browser or in a CRM.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod imp;

use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::sync::mpsc::UnboundedSender;
use url::Url;

use super::DesktopEvent;

/// Addresses that may be on their way at once. Usually an instant each; a browser that the opening itself starts may keep its
/// place until it is closed.
const AT_ONCE: usize = 8;

/// Opens addresses.
pub struct Opener {
    places: Arc<Semaphore>,
    events: UnboundedSender<DesktopEvent>,
}

/// Why an address wasn't opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OpenProblem {
    /// The desktop's program for opening things is missing (`xdg-open`, of the package xdg-utils).
    NoOpener,
    /// No program is chosen for addresses of this scheme, or it failed.
    NotOpened,
    /// Too many are on their way already.
    TooMany,
}

impl Opener {
    /// What goes wrong is told as [`DesktopEvent::OpenFailed`].
    pub fn new(events: UnboundedSender<DesktopEvent>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            events,
        }
    }

    /// Opens it. Which schemes may be opened is the caller's to decide. Never blocks, never goes through a shell. To be called
    /// inside a Tokio runtime.
    pub fn open(&self, url: Url) {
        let (place, events) = (Arc::clone(&self.places).try_acquire_owned(), self.events.clone());
        tokio::spawn(async move {
            let opened = match &place {
                Ok(_) => imp::open(url).await,
                Err(_) => Err(OpenProblem::TooMany),
            };
            if let Err(problem) = opened {
                tracing::warn!(?problem, "an address wasn't opened");
                // Fails only when the controller has ended.
                let _ = events.send(DesktopEvent::OpenFailed(problem));
            }
            drop(place);
        });
    }
}
