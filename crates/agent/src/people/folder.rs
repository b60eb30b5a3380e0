//! The watched folder: its `*.vcf` files are contacts, and go with them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use companion::words::Message;
use contacts::folder::{Scan, scan};
use contacts::sync::{Content, Kind, Resource, SourceId, Synced};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::carddav::unreadable;
use super::{PeopleError, Writer, answer};

/// Files are copied in several steps; they are read once they rest.
const REST: Duration = Duration::from_millis(300);
/// A folder that can't be watched (it isn't there, a network drive) is looked at so often.
const LOOK_AGAIN: Duration = Duration::from_secs(15 * 60);

/// Files are read and written in pieces of so many bytes: a folder of backups may hold more than the memory does.
const PIECE: usize = 16 * 1024 * 1024;

/// Reads a folder whenever it changes, until dropped.
#[derive(Debug)]
pub struct FolderSource {
    now: mpsc::Sender<()>,
    _task: AbortOnDropHandle<()>,
}

impl FolderSource {
    /// Reads it now and from now on. Must be called within a tokio runtime.
    pub fn start(folder: PathBuf, writer: Writer) -> Self {
        let (touched, changes) = mpsc::channel(1);
        let task = tokio::spawn(work(folder, writer, touched.clone(), changes));
        Self {
            now: touched,
            _task: AbortOnDropHandle::new(task),
        }
    }

    /// Reads it once more, now.
    pub fn sync(&self) {
        // One that waits already is enough.
        let _ = self.now.try_send(());
    }
}

async fn work(folder: PathBuf, writer: Writer, touched: mpsc::Sender<()>, mut changes: mpsc::Receiver<()>) {
    let mut watcher: Option<RecommendedWatcher> = None;
    loop {
        // Watched first, so that no change falls between reading and watching.
        if watcher.is_none() {
            let (folder, touched) = (folder.clone(), touched.clone());
            // A network's folder may take its time, and everything else in the agent shares this thread.
            watcher = match tokio::task::spawn_blocking(move || watch(&folder, touched)).await {
                Ok(Ok(watcher)) => Some(watcher),
                Ok(Err(error)) => {
                    tracing::info!(kind = ?error.kind, "the contacts' folder isn't watched");
                    None
                }
                Err(_) => return,
            };
        }
        if !read(&folder, &writer).await {
            // Perhaps another folder will stand in its place.
            watcher = None;
        }
        // Fails never: this task holds a sender itself.
        let _ = tokio::time::timeout(LOOK_AGAIN, changes.recv()).await;
        tokio::time::sleep(REST).await;
        // At most one waits; a folder that never rests is read again and again, and no loop is spent on it.
        let _ = changes.try_recv();
    }
}

/// Gives whether it could be read.
async fn read(folder: &Path, writer: &Writer) -> bool {
    let source = SourceId {
        kind: Kind::Folder,
        name: folder.display().to_string(),
    };
    let known = match answer(writer.known(source.clone())).await {
        Ok((_, etags)) => etags,
        Err(error) => {
            tracing::warn!(%error, "the contacts' folder isn't read");
            return false;
        }
    };
    let path = folder.to_owned();
    let gone = known.keys().cloned().collect();
    // Read here, not while they are written: a network's folder may take its time, and the book has others who want to write.
    let listed = tokio::task::spawn_blocking(move || scan(&path, known)).await;
    let (result, readable) = match listed {
        Ok(Ok(files)) => {
            for skipped in &files.skipped {
                tracing::warn!(why = ?skipped.why, "a file of the contacts' folder isn't read");
            }
            let synced = take(files, gone, &source, writer).await;
            if let Some(message) = synced.as_ref().ok().and_then(unreadable)
                && let Err(error) = answer(writer.trouble(source.clone(), message)).await
            {
                tracing::warn!(%error, "that cards can't be read can't be noted");
            }
            (synced.map_err(|error| error.to_string()), true)
        }
        Ok(Err(error)) => (Err(error.to_string()), false),
        Err(_) => return false,
    };
    match result {
        Ok(synced) => tracing::debug!(
            added = synced.added,
            updated = synced.updated,
            removed = synced.removed,
            "the contacts' folder was read"
        ),
        Err(why) => {
            let message = Message::new("contacts-folder-unreadable").with("why", why);
            if let Err(error) = answer(writer.trouble(source, message)).await {
                tracing::warn!(%error, "the contacts' folder can't be read, nor can that be noted");
            }
        }
    }
    readable
}

/// The source's contacts become those of these files; of those that are known, what isn't among them is gone.
async fn take(
    mut files: Scan,
    mut gone: HashSet<String>,
    source: &SourceId,
    writer: &Writer,
) -> Result<Synced, PeopleError> {
    let mut all = Synced::default();
    loop {
        let read = move || {
            let piece = piece(&mut files, PIECE);
            (files, piece)
        };
        // Fails when the agent ends.
        let (rest, files_read) = tokio::task::spawn_blocking(read)
            .await
            .map_err(|_| PeopleError::NotKept)?;
        files = rest;
        for file in &files_read {
            gone.remove(&file.href);
        }
        // After the last one what is gone goes.
        let is_end = files_read.is_empty();
        let removed = match is_end {
            true => std::mem::take(&mut gone).into_iter().collect(),
            false => Vec::new(),
        };
        all.add(answer(writer.apply(source.clone(), files_read, removed, None)).await?);
        if is_end {
            return Ok(all);
        }
    }
}

/// The next files, of so many bytes together and one more; none at the end.
fn piece(files: &mut impl Iterator<Item = Resource>, bytes: usize) -> Vec<Resource> {
    let mut piece = Vec::new();
    let mut held = 0;
    while held < bytes
        && let Some(file) = files.next()
    {
        if let Content::Cards(cards) = &file.content {
            held += cards.len();
        }
        piece.push(file);
    }
    piece
}

fn watch(folder: &Path, touched: mpsc::Sender<()>) -> notify::Result<RecommendedWatcher> {
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| !event.kind.is_access()) {
            // One that waits already is enough.
            let _ = touched.try_send(());
        }
    })?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_than_a_piece_of_the_folder_is_held() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a", "b", "c", "d", "e"] {
            std::fs::write(folder.path().join(format!("{name}.vcf")), [b' '; 100]).unwrap();
        }
        let mut files = scan(folder.path(), std::collections::HashMap::new()).unwrap();
        let mut sizes = Vec::new();
        loop {
            let piece = piece(&mut files, 150);
            sizes.push(piece.len());
            if piece.is_empty() {
                break;
            }
        }
        assert_eq!(sizes, [2, 2, 1, 0]);
    }
}
