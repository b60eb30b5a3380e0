//! The journal on a thread of its own: SQLite waits for the disk, the controller doesn't.

#[cfg(test)]
mod tests;
mod thread;
mod transfer;
mod writer;

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

use companion::dialled::Dialled;
use companion::event::CallKey;
use companion::journal::{
    Change, Cursor, Hearing, ImportError, Journal, JournalError, Name, Opened, Page, Position, Query, Row,
    Stretch,
};
use companion::words::Message;
use jiff::Timestamp;
use telephony::E164;
use tokio::sync::{mpsc as tokio_mpsc, oneshot, watch};

use self::thread::{Job, SLICE, Slice};
use crate::controller::Input;

/// Calls that are shown again after a restart, besides the missed ones that nobody has seen.
const RECENT: usize = 200;
/// Missed calls that nobody has seen and that are counted again after a restart, however old they are.
const UNREAD: usize = companion::view::MOST_MISSED;
/// SQLite and its callers need far less than the usual 2 MiB.
const STACK: usize = 512 * 1024;

/// The way to the journal's thread. What is sent is done in order; the thread ends once every handle is dropped.
#[derive(Clone)]
pub(crate) struct JournalHandle {
    /// Held by the handles alone: the thread, which has a weak way to itself, ends with them.
    jobs: Arc<mpsc::Sender<Job>>,
    path: Arc<Path>,
    trouble: watch::Receiver<Option<Trouble>>,
}

/// What keeps calls from being remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// For people.
    pub(crate) message: Message,
    /// What the system says, where `message` doesn't tell the cause.
    pub(crate) why: Option<String>,
}

impl Trouble {
    /// The journal couldn't be opened.
    fn of_opening(error: &JournalError) -> Self {
        Self {
            message: error.opening_message(),
            why: why(error),
        }
    }

    /// The thread ended.
    fn over() -> Self {
        Self {
            message: Message::new("journal-unusable"),
            why: Some("the journal's thread has ended".to_owned()),
        }
    }
}

impl From<&JournalError> for Trouble {
    fn from(error: &JournalError) -> Self {
        Self {
            message: error.message(),
            why: why(error),
        }
    }
}

fn why(error: &JournalError) -> Option<String> {
    (!error.is_explained()).then(|| error.to_string())
}

/// What opening the journal gave.
pub(crate) struct JournalOpened {
    /// What was found; after an error it is tried again, and what comes meanwhile waits in memory.
    pub(crate) opened: Result<Opened, JournalError>,
    /// The latest calls and the missed ones that nobody has seen, newest first.
    pub(crate) rows: Vec<Row>,
    /// What was dialled here within the last day, oldest first.
    pub(crate) dialled: Vec<Dialled>,
    /// It couldn't be opened at first: others began without what it knows.
    pub(crate) late: bool,
}

/// Why the journal didn't do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AskError {
    /// That call isn't there (any more).
    #[error("that call isn't in the journal")]
    Gone,
    /// It can't be opened now.
    #[error("the journal can't be opened for now")]
    NotKept,
    /// It can't be read or written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The file to be read isn't one that can be.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The file to be written can't be.
    #[error(transparent)]
    Export(JournalError),
}

impl AskError {
    /// The sentence for people.
    pub(crate) fn message(&self) -> Message {
        match self {
            Self::Gone => Message::new("journal-call-gone"),
            Self::NotKept => Message::new("journal-unusable"),
            Self::Journal(error) => error.message(),
            Self::Import(error) => error.message(),
            Self::Export(error) => error.export_message(),
        }
    }
}

impl JournalHandle {
    /// Starts the thread; how the journal opened comes as [`Input::Journal`], and once more when it could be opened only later.
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub(crate) fn start(path: PathBuf, inputs: tokio_mpsc::Sender<Input>) -> std::io::Result<Self> {
        let (jobs, inbox) = mpsc::channel();
        let jobs = Arc::new(jobs);
        let (says, trouble) = watch::channel(None);
        let shared = Arc::from(path.as_path());
        let to_itself = Arc::downgrade(&jobs);
        std::thread::Builder::new()
            .name("journal".to_owned())
            .stack_size(STACK)
            .spawn(move || thread::work(path, to_itself, &inbox, says, inputs))?;
        Ok(Self {
            jobs,
            path: shared,
            trouble,
        })
    }

    /// What keeps calls from being remembered, as it comes and goes: a full disk, for one.
    pub(crate) fn watch_trouble(&self) -> watch::Receiver<Option<Trouble>> {
        self.trouble.clone()
    }

    /// Why calls aren't remembered now: tried, should some wait to be written. `None`: they are.
    pub(crate) async fn trouble(&self) -> Option<Trouble> {
        if !self.flush().await {
            return Some(Trouble::over());
        }
        self.trouble.borrow().clone()
    }

    /// Writes changes and the position that they lead to, in one transaction. With a position it is a sign of life of the
    /// stream as well, which came `at` this time: until it is written the disk may take long, and the machine may sleep.
    pub(crate) fn apply(&self, changes: Vec<Change>, position: Option<Position>, at: Timestamp) {
        self.send(Job::Apply(changes, position, at));
    }

    /// Calls can be heard, or no longer. Signs of life may come as often as they like.
    pub(crate) fn coverage(&self, change: Hearing) {
        self.send(Job::Coverage(change));
    }

    /// How long calls are kept (0: always), and whether those from withheld numbers are. Others are removed by and by, at
    /// once and every hour.
    pub(crate) fn keep(&self, days: u32, withheld: bool) {
        self.send(Job::Keep { days, withheld });
    }

    /// How far a relay's history was read, for a connection that begins there now. `None`: never.
    ///
    /// # Errors
    /// [`AskError::NotKept`] when only a journal that can't be opened for now knows.
    pub(crate) async fn position(&self, relay: String) -> Result<Option<String>, AskError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Locate(relay, reply));
        answer.await.unwrap_or(Err(AskError::NotKept))
    }

    /// Forgets how far a relay's history was read.
    pub(crate) fn forget_position(&self, relay: String) {
        self.send(Job::Forget(relay));
    }

    /// Waits until everything sent before is on disk; `false`: the thread has ended, and nothing is written any more.
    pub(crate) async fn flush(&self) -> bool {
        let (reply, done) = oneshot::channel();
        self.send(Job::Flush(reply));
        done.await.is_ok()
    }

    /// A page of calls.
    pub(crate) async fn search(&self, query: Query) -> Result<Page, AskError> {
        self.ask(move |journal| journal.search(&query)).await
    }

    /// One call.
    pub(crate) async fn call(&self, key: CallKey) -> Result<Option<Row>, AskError> {
        self.ask(move |journal| journal.call(&key)).await
    }

    /// Sets a call's note; gives whether the call is there.
    pub(crate) async fn note(&self, key: CallKey, note: String) -> Result<bool, AskError> {
        self.ask(move |journal| journal.set_note(&key, &note)).await
    }

    /// Ticks or unticks "to call back"; gives whether the call is there.
    pub(crate) async fn call_back(&self, key: CallKey, wanted: bool) -> Result<bool, AskError> {
        self.ask(move |journal| journal.set_call_back(&key, wanted, Timestamp::now()))
            .await
    }

    /// Deletes one call; gives whether it was there.
    pub(crate) async fn delete(&self, key: CallKey) -> Result<bool, AskError> {
        self.ask(move |journal| journal.delete(&key, Timestamp::now()))
            .await
    }

    /// Deletes every call: none is found any more when it returns, and they are overwritten by and by.
    pub(crate) async fn delete_all(&self) -> Result<(), AskError> {
        self.ask(|journal| journal.delete_all(Timestamp::now())).await?;
        self.send(Job::Long(thread::erase()));
        Ok(())
    }

    /// When calls were heard between two times, and when not.
    pub(crate) async fn coverage_between(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Stretch>, AskError> {
        self.ask(move |journal| journal.coverage_between(from, until))
            .await
    }

    /// Gives the calls of these parties their names as they are known now, by and by, of each the newest first.
    pub(crate) fn set_names(&self, names: Vec<(E164, Name)>) {
        if names.is_empty() {
            return;
        }
        let mut names = names.into_iter();
        let mut now = names.next();
        let mut before: Option<Cursor> = None;
        let slice: Slice = Box::new(move |journal| {
            let (Some(journal), Some((party, name))) = (journal, &now) else {
                return false;
            };
            before = journal
                .set_name(party, Some(name), before, SLICE)
                .unwrap_or_else(|error| {
                    tracing::warn!(%error, "a name can't be written to the journal");
                    None
                });
            if before.is_none() {
                now = names.next();
            }
            now.is_some()
        });
        self.send(Job::Long(slice));
    }

    /// Does something short with the journal on its thread.
    async fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Journal) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, AskError> {
        self.asked(what).await.unwrap_or(Err(AskError::NotKept))
    }

    fn asked<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Journal) -> Result<T, JournalError> + Send + 'static,
    ) -> oneshot::Receiver<Result<T, AskError>> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Short(Box::new(move |journal| {
            let result = match journal {
                Some(journal) => what(journal).map_err(AskError::from),
                None => Err(AskError::NotKept),
            };
            // Fails when nobody waits any more, which is fine.
            let _ = reply.send(result);
        })));
        answer
    }

    fn send(&self, job: Job) {
        if self.jobs.send(job).is_err() {
            tracing::error!("the journal's thread has ended: calls are not remembered");
        }
    }
}
