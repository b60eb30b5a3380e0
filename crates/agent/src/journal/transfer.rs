//! The journal to a file and back, on threads of their own that end with it.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use companion::journal::{Exporter, Format, ImportError, Item, Salvage, Taken, Written, read_export};
use jiff::Timestamp;
use tokio::sync::oneshot;

use super::{AskError, JournalHandle, STACK};

/// Things of an export that are taken in one transaction: a call that comes meanwhile waits a few milliseconds.
const BATCH: usize = 20;

impl JournalHandle {
    /// Writes every call to a file, beside the thread: calls are written on meanwhile.
    pub(crate) async fn export(&self, to: PathBuf, format: Format) -> Result<Written, AskError> {
        if !self.flush().await {
            return Err(AskError::NotKept);
        }
        let journal = self.path.clone();
        aside("journal-export", move || {
            Exporter::open(&journal)
                .and_then(|mut exporter| exporter.write(&to, &format, Timestamp::now()))
                .map_err(AskError::Export)
        })
        .await
    }

    /// Reads an export in JSON. What isn't here yet is added, in small steps between which calls are written; taking a file
    /// again changes nothing.
    pub(crate) async fn import(&self, from: PathBuf) -> Result<Taken, AskError> {
        let handle = self.clone();
        aside("journal-import", move || handle.take_file(&from)).await
    }

    /// Takes what can be read of a journal that was set aside, in small steps, newest first; gives how many calls. Done again
    /// it adds nothing.
    pub(crate) async fn salvage(&self, from: PathBuf) -> Result<u64, AskError> {
        let handle = self.clone();
        aside("journal-salvage", move || handle.take_salvage(&from)).await
    }

    fn take_salvage(&self, from: &Path) -> Result<u64, AskError> {
        let mut salvage = Salvage::open(from)?;
        let mut added = 0;
        loop {
            let items = salvage.next_calls(BATCH);
            if items.is_empty() {
                return Ok(added);
            }
            let file = from.to_owned();
            let answer = self.asked(move |journal| journal.take_salvaged(&file, &items));
            match answer.blocking_recv().unwrap_or(Err(AskError::NotKept))? {
                Some(taken) => added += taken.added,
                None => return Ok(added),
            }
        }
    }

    fn take_file(&self, from: &Path) -> Result<Taken, AskError> {
        let file = crate::regular::open(from).map_err(ImportError::from)?;
        let mut batch = Vec::new();
        let mut total = Taken::default();
        let mut failed = None;
        let read = read_export(BufReader::new(file), &mut |item| {
            batch.push(item);
            if batch.len() < BATCH {
                return true;
            }
            match self.take_batch(std::mem::take(&mut batch)) {
                Ok(taken) => {
                    add(&mut total, taken);
                    true
                }
                Err(error) => {
                    failed = Some(error);
                    false
                }
            }
        });
        match failed {
            Some(error) => return Err(error),
            None => read?,
        }
        add(&mut total, self.take_batch(batch)?);
        Ok(total)
    }

    fn take_batch(&self, items: Vec<Item>) -> Result<Taken, AskError> {
        let answer = self.asked(move |journal| journal.take(&items));
        answer.blocking_recv().unwrap_or(Err(AskError::NotKept))
    }
}

fn add(total: &mut Taken, taken: Taken) {
    total.added += taken.added;
    total.changed += taken.changed;
    total.skipped += taken.skipped;
}

/// Does something that takes its time on a thread that nothing waits for when the agent ends.
async fn aside<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> Result<T, AskError> + Send + 'static,
) -> Result<T, AskError> {
    let (reply, answer) = oneshot::channel();
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(STACK)
        .spawn(move || {
            // Fails when nobody waits any more, which is fine.
            let _ = reply.send(work());
        })
        .map_err(|error| AskError::Export(error.into()))?;
    answer.await.unwrap_or(Err(AskError::NotKept))
}
