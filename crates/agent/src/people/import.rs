//! Imports from files. Each belongs to one client of the control socket: nobody else sees, writes, stops or takes back what it
//! began.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use contacts::import::{Compared, Hint, Preview, Progress, Unreadable, Watch, preview};
use contacts::{BatchId, ContactsError, Numbering, Reader};
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::thread::{self, Book};
use super::{Later, PeopleError, PeopleHandle};

/// What an import did: by what it can be taken back, what it added and changed, and how many entries couldn't be read.
pub type Imported = (BatchId, Compared, usize);

/// Of a preview, the reading takes so much, in percent; the rest is the comparison with the book.
const READING: u64 = 80;

/// What a file would do to the book.
#[derive(Clone, Debug)]
pub struct Previewed {
    /// What was read.
    pub preview: Arc<Preview>,
    /// What of it is new.
    pub compared: Compared,
}

/// The imports of one client, one at a time. What is under way stops when this is dropped, and nothing of it stays.
#[derive(Debug, Default)]
pub struct Imports {
    /// Of what is under way, or was last.
    cancel: Arc<AtomicBool>,
    kept: Arc<Mutex<Kept>>,
}

#[derive(Debug, Default)]
struct Kept {
    /// What was previewed last, and is to be written.
    preview: Option<Arc<Preview>>,
    /// What this client imported.
    batches: Vec<BatchId>,
}

impl Imports {
    /// Reads a file and keeps it for [`Self::import`]; writes nothing. What this client began before stops. `progress` is told
    /// how far it is, in percent, each number once.
    pub fn preview(
        &mut self,
        people: &PeopleHandle,
        path: PathBuf,
        mut progress: impl FnMut(u32) + Send + 'static,
    ) -> Later<Previewed> {
        let cancel = self.begin();
        self.kept().preview = None;
        let kept = Arc::clone(&self.kept);
        let (reply, later) = oneshot::channel();
        let asked = people
            .writer
            .ask(|book| Ok((book.store()?.reader()?, book.numbering.clone())));
        let work = move || {
            let asked = asked.blocking_recv().unwrap_or(Err(PeopleError::NotKept));
            let previewed = asked.and_then(|(reader, numbering)| {
                read_and_compare(&reader, &numbering, &path, &mut progress, &cancel)
            });
            if let Ok(previewed) = &previewed {
                let mut kept = lock(&kept);
                // Asked under the lock: whoever cancels forgets what is kept after saying so.
                if !cancel.load(Ordering::Relaxed) {
                    kept.preview = Some(Arc::clone(&previewed.preview));
                }
            }
            // Fails when nobody waits any more, which is fine.
            let _ = reply.send(previewed);
        };
        // Beside the book's owner, who has more to do than to wait for a file. Without a thread nobody answers, which is an
        // answer too.
        if let Err(error) = thread::spawn("contacts-import", work) {
            tracing::error!(%error, "no thread to read a file on");
        }
        later
    }

    /// Writes what was previewed last; `progress` is told how many entries are written, of how many.
    pub fn import(
        &mut self,
        people: &PeopleHandle,
        mut progress: impl FnMut(Progress) + Send + 'static,
    ) -> Later<Imported> {
        // One of its own, so that a word to stop an earlier one doesn't concern this.
        let cancel = self.begin();
        let preview = self.kept().preview.take();
        let kept = Arc::clone(&self.kept);
        people.writer.change(move |book| {
            let preview = preview.ok_or(PeopleError::NoPreview)?;
            let imported = write(book, &preview, &mut Watch::new(&mut progress, &cancel))?;
            lock(&kept).batches.push(imported.0);
            Ok(imported)
        })
    }

    /// Stops what is under way, and forgets the preview.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.kept().preview = None;
    }

    /// This client made that import.
    pub fn made(&self, batch: BatchId) -> bool {
        self.kept().batches.contains(&batch)
    }

    fn begin(&mut self) -> Arc<AtomicBool> {
        self.cancel.store(true, Ordering::Relaxed);
        self.cancel = Arc::default();
        Arc::clone(&self.cancel)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        lock(&self.kept)
    }
}

impl Drop for Imports {
    fn drop(&mut self) {
        self.cancel.store(true, Ordering::Relaxed);
    }
}

fn lock(kept: &Mutex<Kept>) -> MutexGuard<'_, Kept> {
    // Nothing panics while it holds the lock.
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

/// On a thread of its own.
fn read_and_compare(
    reader: &Reader,
    numbering: &Numbering,
    path: &Path,
    progress: &mut dyn FnMut(u32),
    cancel: &AtomicBool,
) -> Result<Previewed, PeopleError> {
    let mut last = None;
    let mut tell = |from: u64, until: u64, at: Progress| {
        let (done, total) = (at.done as u64, (at.total as u64).max(1));
        let percent = u32::try_from(from + (until - from) * done / total).unwrap_or(100);
        if last != Some(percent) {
            last = Some(percent);
            progress(percent);
        }
    };
    let mut reading = |at| tell(0, READING, at);
    let preview = read(numbering, path, &mut Watch::new(&mut reading, cancel))?;
    let mut comparing = |at| tell(READING, 100, at);
    let compared = reader.compare(&preview, &mut Watch::new(&mut comparing, cancel))?;
    Ok(Previewed {
        preview: Arc::new(preview),
        compared,
    })
}

/// What a file holds.
pub(super) fn read(
    numbering: &Numbering,
    path: &Path,
    watch: &mut Watch<'_>,
) -> Result<Preview, PeopleError> {
    let bytes = thread::read_file(path)?;
    let file = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let hint = Hint {
        file,
        ..Hint::default()
    };
    preview(&bytes, &hint, numbering, watch).map_err(|error| match error {
        Unreadable::Cancelled => ContactsError::Cancelled.into(),
        error => error.into(),
    })
}

/// Writes what a file holds.
pub(super) fn write(
    book: &mut Book,
    preview: &Preview,
    watch: &mut Watch<'_>,
) -> Result<Imported, PeopleError> {
    let imported = book.store()?.import(preview, Timestamp::now(), watch)?;
    Ok((imported.batch, imported.count, preview.rejected.len()))
}
