//! Whoever waits for something long: is told how far it is, and can stop it.

use std::sync::atomic::{AtomicBool, Ordering};

/// How far something long is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// So much is done: bytes of a file that is read, entries of an import or a comparison.
    pub done: usize,
    /// Of so much.
    pub total: usize,
}

/// Of whoever watches nothing.
static NEVER: AtomicBool = AtomicBool::new(false);

/// See the module.
pub struct Watch<'a> {
    progress: Option<&'a mut dyn FnMut(Progress)>,
    cancel: &'a AtomicBool,
    at: Progress,
}

impl<'a> Watch<'a> {
    /// `cancel`: stops what is watched, soon after it becomes true.
    pub fn new(progress: &'a mut dyn FnMut(Progress), cancel: &'a AtomicBool) -> Self {
        Self {
            progress: Some(progress),
            cancel,
            at: Progress { done: 0, total: 0 },
        }
    }

    /// Nobody is told, and nobody stops it.
    pub fn none() -> Self {
        Self {
            progress: None,
            cancel: &NEVER,
            at: Progress { done: 0, total: 0 },
        }
    }

    /// Something begins.
    pub(super) fn begin(&mut self, total: usize) {
        self.at = Progress { done: 0, total };
        self.tell();
    }

    /// It is so far, which isn't worth a word yet.
    pub(super) fn reach(&mut self, done: usize) {
        self.at.done = done.min(self.at.total);
    }

    /// Says how far it is.
    pub(super) fn tell(&mut self) {
        if let Some(progress) = &mut self.progress {
            progress(self.at);
        }
    }

    /// Says that all of it is done.
    pub(super) fn end(&mut self) {
        self.at.done = self.at.total;
        self.tell();
    }

    /// For the threads that help.
    pub(super) fn cancel(&self) -> &'a AtomicBool {
        self.cancel
    }

    /// It is to stop.
    pub(super) fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }
}
