//! The journal on a thread of its own: SQLite waits for the disk, the controller doesn't.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use companion::journal::{Change, Journal, JournalError, Opened, Position, Row};
use jiff::Timestamp;
use tokio::sync::{mpsc as tokio_mpsc, oneshot};

use crate::controller::Input;

/// Calls that are shown again after a restart.
const RECENT: usize = 200;
/// SQLite and its callers need far less than the usual 2 MiB.
const STACK: usize = 512 * 1024;

/// The way to the journal's thread. What is sent is done in order; the thread ends once every handle is dropped.
#[derive(Clone)]
pub(crate) struct JournalHandle {
    jobs: mpsc::Sender<Job>,
}

enum Job {
    Apply(Vec<Change>, Option<Position>),
    Locate(String, oneshot::Sender<Option<String>>),
    Forget(String),
    Flush(oneshot::Sender<()>),
}

/// What opening the journal gave.
pub(crate) struct JournalOpened {
    /// What was found; an error means that nothing is remembered in this run.
    pub(crate) opened: Result<Opened, JournalError>,
    /// The latest calls, newest first.
    pub(crate) rows: Vec<Row>,
}

impl JournalHandle {
    /// Starts the thread; how the journal opened comes as [`Input::Journal`].
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(crate) fn start(path: PathBuf, inputs: tokio_mpsc::Sender<Input>) -> std::io::Result<Self> {
        let (jobs, inbox) = mpsc::channel();
        std::thread::Builder::new()
            .name("journal".to_owned())
            .stack_size(STACK)
            .spawn(move || {
                let (journal, opened) = open(&path);
                // Fails only when the controller has ended already.
                let _ = inputs.blocking_send(Input::Journal(Box::new(opened)));
                drop(inputs);
                work(journal, &inbox);
            })?;
        Ok(Self { jobs })
    }

    /// Writes changes and the position that they lead to, in one transaction.
    pub(crate) fn apply(&self, changes: Vec<Change>, position: Option<Position>) {
        self.send(Job::Apply(changes, position));
    }

    /// How far a relay's history was read.
    pub(crate) async fn position(&self, relay: String) -> Option<String> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Locate(relay, reply));
        answer.await.ok().flatten()
    }

    /// Forgets how far a relay's history was read.
    pub(crate) fn forget_position(&self, relay: String) {
        self.send(Job::Forget(relay));
    }

    /// Waits until everything sent before is on disk.
    pub(crate) async fn flush(&self) {
        let (reply, done) = oneshot::channel();
        self.send(Job::Flush(reply));
        // Fails only when the thread has ended, and then nothing waits.
        let _ = done.await;
    }

    fn send(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the journal's thread has ended: calls are not remembered");
        }
    }
}

fn open(path: &Path) -> (Option<Journal>, JournalOpened) {
    let opened = path
        .parent()
        .map_or(Ok(()), make_private_folder)
        .map_err(JournalError::from)
        .and_then(|()| Journal::open(path, Timestamp::now()));
    let (journal, opened) = match opened {
        Ok((journal, opened)) => (Some(journal), Ok(opened)),
        Err(error) => (None, Err(error)),
    };
    let rows = journal.as_ref().map(|journal| journal.recent(RECENT));
    match rows.transpose() {
        Ok(rows) => (
            journal,
            JournalOpened {
                opened,
                rows: rows.unwrap_or_default(),
            },
        ),
        Err(error) => (
            None,
            JournalOpened {
                opened: Err(error),
                rows: Vec::new(),
            },
        ),
    }
}

/// Who called whom is nobody else's business.
#[cfg(unix)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(windows)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)
}

/// Without a journal the jobs are answered all the same: the app works, and remembers nothing.
fn work(mut journal: Option<Journal>, inbox: &mpsc::Receiver<Job>) {
    for job in inbox {
        let result = match job {
            Job::Apply(changes, position) => journal
                .as_mut()
                .map_or(Ok(()), |journal| journal.apply(&changes, position.as_ref())),
            Job::Locate(relay, reply) => {
                let position = journal
                    .as_ref()
                    .map_or(Ok(None), |journal| journal.position(&relay));
                position.map(|position| {
                    // Fails when nobody waits any more, which is fine.
                    let _ = reply.send(position);
                })
            }
            Job::Forget(relay) => journal
                .as_mut()
                .map_or(Ok(()), |journal| journal.forget_position(&relay)),
            Job::Flush(reply) => {
                let _ = reply.send(());
                Ok(())
            }
        };
        if let Err(error) = result {
            tracing::error!(%error, "the journal can't be used: a call may be missing after a restart");
        }
    }
}
