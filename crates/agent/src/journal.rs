//! The journal on a thread of its own: SQLite waits for the disk, the controller doesn't.

use std::path::{Path, PathBuf};
use std::sync::mpsc;

use companion::journal::{Change, Journal, JournalError, Opened, Position, Row};
use jiff::Timestamp;
use tokio::sync::{mpsc as tokio_mpsc, oneshot};

use crate::controller::Input;

/// Calls that are shown again after a restart.
const RECENT: usize = 200;
/// Changes held while the journal can't be written; one takes about a kilobyte.
const HELD: usize = 4096;
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
    Trouble(oneshot::Sender<Option<String>>),
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
                let trouble = opened.opened.as_ref().err().map(ToString::to_string);
                // Fails only when the controller has ended already.
                let _ = inputs.blocking_send(Input::Journal(Box::new(opened)));
                drop(inputs);
                work(journal, trouble, &inbox);
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

    /// Why calls aren't remembered now: tried, should some wait to be written. `None`: they are.
    pub(crate) async fn trouble(&self) -> Option<String> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Trouble(reply));
        answer
            .await
            .unwrap_or_else(|_| Some("the journal's thread has ended".to_owned()))
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

/// Without a journal the jobs are answered all the same: the app works, and remembers nothing. `trouble` says why there is
/// none.
fn work(journal: Option<Journal>, trouble: Option<String>, inbox: &mpsc::Receiver<Job>) {
    let mut writer = journal.map(Writer::new);
    for job in inbox {
        let result = match job {
            Job::Apply(changes, position) => {
                if let Some(writer) = &mut writer {
                    writer.apply(changes, position);
                }
                Ok(())
            }
            Job::Trouble(reply) => {
                let now = match &mut writer {
                    Some(writer) => {
                        writer.write_held();
                        writer.trouble.clone()
                    }
                    None => trouble.clone(),
                };
                // Fails when nobody waits any more, which is fine.
                let _ = reply.send(now);
                Ok(())
            }
            Job::Locate(relay, reply) => {
                let position = writer
                    .as_ref()
                    .map_or(Ok(None), |writer| writer.journal.position(&relay));
                position.map(|position| {
                    // Fails when nobody waits any more, which is fine.
                    let _ = reply.send(position);
                })
            }
            Job::Forget(relay) => writer.as_mut().map_or(Ok(()), |writer| writer.forget(&relay)),
            Job::Flush(reply) => {
                if let Some(writer) = &mut writer {
                    writer.write_held();
                }
                let _ = reply.send(());
                Ok(())
            }
        };
        if let Err(error) = result {
            tracing::error!(%error, "the journal can't be used: a call may be missing after a restart");
        }
    }
}

/// Writes changes in their order. What can't be written is held and goes first the next time, for a position must never
/// stand on disk before the calls that it covers: the relay doesn't tell those again.
struct Writer {
    journal: Journal,
    /// Changes that couldn't be written yet, oldest first.
    held: Vec<Change>,
    /// Where they lead.
    position: Option<Position>,
    /// Some were too many to hold. The position on disk stays where it is for the rest of this run: the next start begins
    /// there, and the relay tells again what is missing.
    overflowed: bool,
    /// Why the last try to write failed, until one succeeds.
    trouble: Option<String>,
}

impl Writer {
    fn new(journal: Journal) -> Self {
        Self {
            journal,
            held: Vec::new(),
            position: None,
            overflowed: false,
            trouble: None,
        }
    }

    fn apply(&mut self, changes: Vec<Change>, position: Option<Position>) {
        if self.held.len() + changes.len() > HELD {
            self.write_held();
        }
        if !self.held.is_empty() && self.held.len() + changes.len() > HELD {
            if !self.overflowed {
                tracing::error!(
                    "too many calls wait to be written: the next start asks the relay for them again"
                );
            }
            self.overflowed = true;
            return;
        }
        self.held.extend(changes);
        if !self.overflowed && position.is_some() {
            self.position = position;
        }
        self.write_held();
    }

    fn write_held(&mut self) {
        if self.held.is_empty() && self.position.is_none() {
            return;
        }
        match self.journal.apply(&self.held, self.position.as_ref()) {
            Ok(()) => {
                self.held.clear();
                self.position = None;
                self.trouble = None;
            }
            Err(error) => {
                let waiting = self.held.len();
                self.trouble = Some(error.to_string());
                tracing::error!(%error, waiting, "the journal can't be written; it is tried again with the next call");
            }
        }
    }

    fn forget(&mut self, relay: &str) -> Result<(), JournalError> {
        self.position.take_if(|position| position.relay == relay);
        self.journal.forget_position(relay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use telephony::{AccountId, Call, CallId, CallState, Direction};

    const RELAY: &str = "https://relay.example/";

    fn missed(id: usize) -> Change {
        let at = Timestamp::from_second(1_800_000_000).unwrap();
        Change::Record {
            call: Box::new(Call {
                call_id: CallId(id.to_string()),
                account_id: AccountId("1001".into()),
                direction: Direction::Incoming,
                state: CallState::Ended,
                calling_number: None,
                called_number: None,
                started_at: at,
                connected_at: None,
                ended_at: Some(at),
                status: None,
                billable_duration: None,
                end_unknown: false,
                extra: Default::default(),
            }),
            unread: true,
        }
    }

    fn position(event: usize) -> Option<Position> {
        Some(Position {
            relay: RELAY.into(),
            event: event.to_string(),
        })
    }

    /// A journal, and a second hand on its file that can make it refuse calls.
    fn journal() -> (tempfile::TempDir, Writer, rusqlite::Connection) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.db");
        let (journal, _) = Journal::open(&file, Timestamp::now()).unwrap();
        (
            folder,
            Writer::new(journal),
            rusqlite::Connection::open(file).unwrap(),
        )
    }

    fn refuse(hand: &rusqlite::Connection) {
        hand.execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON call BEGIN SELECT RAISE(ABORT, 'no room'); END",
        )
        .unwrap();
    }

    fn accept(hand: &rusqlite::Connection) {
        hand.execute_batch("DROP TRIGGER full").unwrap();
    }

    fn stands(writer: &Writer) -> (usize, Option<String>) {
        let calls = writer.journal.recent(HELD * 2).unwrap().len();
        (calls, writer.journal.position(RELAY).unwrap())
    }

    #[test]
    fn a_call_that_could_not_be_written_comes_with_the_next_one() {
        let (_folder, mut writer, hand) = journal();
        refuse(&hand);
        writer.apply(vec![missed(1)], position(1));
        writer.apply(Vec::new(), position(2));
        assert_eq!(stands(&writer), (0, None), "no position without its calls");
        accept(&hand);
        writer.apply(vec![missed(3)], position(3));
        assert_eq!(stands(&writer), (2, Some("3".into())));
    }

    #[test]
    fn the_last_ones_are_written_when_the_journal_is_flushed() {
        let (_folder, mut writer, hand) = journal();
        refuse(&hand);
        writer.apply(vec![missed(1)], position(1));
        accept(&hand);
        writer.write_held();
        assert_eq!(stands(&writer), (1, Some("1".into())));
    }

    #[tokio::test]
    async fn trouble_that_comes_later_is_told_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("journal.db");
        let (inputs, mut opened) = tokio_mpsc::channel(1);
        let journal = JournalHandle::start(file.clone(), inputs).unwrap();
        assert!(matches!(opened.recv().await, Some(Input::Journal(opened)) if opened.opened.is_ok()));
        assert_eq!(journal.trouble().await, None);
        let hand = rusqlite::Connection::open(&file).unwrap();
        refuse(&hand);
        journal.apply(vec![missed(1)], position(1));
        let trouble = journal.trouble().await.unwrap();
        assert!(trouble.contains("no room"), "{trouble}");
        accept(&hand);
        assert_eq!(journal.trouble().await, None, "what waited was written");

        let (inputs, _opened) = tokio_mpsc::channel(1);
        let journal = JournalHandle::start(file.join("journal.db"), inputs).unwrap();
        assert!(journal.trouble().await.is_some(), "it never opened");
    }

    #[test]
    fn a_forgotten_position_does_not_come_back() {
        let (_folder, mut writer, hand) = journal();
        refuse(&hand);
        writer.apply(vec![missed(1)], position(1));
        writer.forget(RELAY).unwrap();
        accept(&hand);
        writer.apply(vec![missed(2)], None);
        assert_eq!(stands(&writer), (2, None));
    }

    #[test]
    fn beyond_what_can_be_held_the_position_stays_for_the_next_start() {
        let (_folder, mut writer, hand) = journal();
        writer.apply(vec![missed(0)], position(1));
        refuse(&hand);
        writer.apply((1..HELD).map(missed).collect(), position(2));
        writer.apply((HELD..HELD + 2).map(missed).collect(), position(3));
        accept(&hand);
        writer.apply(vec![missed(HELD + 2)], position(4));
        assert_eq!(stands(&writer), (HELD + 1, Some("2".into())));
    }
}
