//! Opens an address in the program that the person chose for its scheme: a caller's record in the browser or in a CRM.

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod imp;

use std::sync::Arc;

use companion::event::{RecordProblem, RecordWay};
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

impl From<OpenProblem> for RecordProblem {
    fn from(problem: OpenProblem) -> Self {
        match problem {
            OpenProblem::NoOpener => Self::NoOpener,
            OpenProblem::NotOpened => Self::NotOpened,
            OpenProblem::TooMany => Self::TooManyAddresses,
        }
    }
}

impl Opener {
    /// How it went is told as [`DesktopEvent::RecordOpened`] or [`DesktopEvent::OpenFailed`].
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
            let told = match opened {
                Ok(()) => DesktopEvent::RecordOpened(RecordWay::Address),
                Err(problem) => {
                    tracing::warn!(?problem, "an address wasn't opened");
                    DesktopEvent::OpenFailed(problem)
                }
            };
            // Fails only when the controller has ended.
            let _ = events.send(told);
            drop(place);
        });
    }
}
