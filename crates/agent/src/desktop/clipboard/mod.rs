//! The clipboard, for the number of a caller.
//!
//! Opened at the first copy and kept from then on: on X11 the program that copied must answer whoever pastes. A thread of its
//! own holds it, as every call waits for the display server.

use std::sync::mpsc;

use tokio::sync::oneshot;

/// Puts text on the clipboard.
#[derive(Default)]
pub struct Clipboard {
    thread: std::sync::Mutex<Option<mpsc::Sender<Job>>>,
}

/// The clipboard can't be used, and why in the display server's words.
#[derive(Debug, thiserror::Error)]
#[error("the clipboard can't be used: {0}")]
pub struct ClipboardError(String);

struct Job {
    text: String,
    reply: oneshot::Sender<Result<(), ClipboardError>>,
}

impl Clipboard {
    /// Puts `text` on the clipboard; it can be pasted once this returns.
    ///
    /// # Errors
    /// No display, or one that refuses.
    pub async fn copy(&self, text: String) -> Result<(), ClipboardError> {
        let gone = || ClipboardError("its thread ended".to_owned());
        let (reply, answer) = oneshot::channel();
        self.thread()?.send(Job { text, reply }).map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }

    fn thread(&self) -> Result<mpsc::Sender<Job>, ClipboardError> {
        let mut thread = self
            .thread
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(jobs) = &*thread {
            return Ok(jobs.clone());
        }
        let (jobs, inbox) = mpsc::channel();
        std::thread::Builder::new()
            .name("clipboard".to_owned())
            .spawn(move || serve(inbox))
            .map_err(|error| ClipboardError(error.to_string()))?;
        Ok(thread.insert(jobs).clone())
    }
}

fn serve(inbox: mpsc::Receiver<Job>) {
    let mut clipboard = None;
    for Job { text, reply } in inbox {
        let result = put(&mut clipboard, text).map_err(|error| {
            // The display server may be gone: the next copy looks for it anew.
            clipboard = None;
            ClipboardError(error.to_string())
        });
        let _ = reply.send(result);
    }
}

fn put(clipboard: &mut Option<arboard::Clipboard>, text: String) -> Result<(), arboard::Error> {
    match clipboard {
        Some(open) => open.set_text(text),
        None => clipboard.insert(arboard::Clipboard::new()?).set_text(text),
    }
}
