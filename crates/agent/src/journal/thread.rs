//! The journal's thread: jobs in their order, and between them the long ones, a slice at a time, so that a call is written
//! at once whatever else goes on.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use companion::dialled::Dialled;
use companion::event::CallKey;
use companion::journal::{Change, Hearing, Journal, JournalError, Keeping, Opened, Position, Row};
use jiff::Timestamp;
use tokio::sync::{mpsc, oneshot, watch};

use super::writer::Writer;
use super::{JournalOpened, RECENT, STACK, Trouble, UNREAD};
use crate::controller::Input;

/// What isn't to be kept is looked for so often.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
/// What couldn't be written is tried again so often, besides with everything new.
const RETRY_EVERY: Duration = Duration::from_secs(30);
/// Calls that one slice of a long job changes. Taking one out of the search index takes up to some milliseconds.
pub(super) const SLICE: usize = 5;

/// Something short with the journal; `None`: there is none in this run.
pub(super) type Short = Box<dyn FnOnce(Option<&mut Journal>) + Send>;
/// A slice of something long; gives whether more is to be done.
pub(super) type Slice = Box<dyn FnMut(Option<&mut Journal>) -> bool + Send>;

pub(super) enum Job {
    Apply(Vec<Change>, Option<Position>, Timestamp),
    Coverage(Hearing),
    Locate(String, oneshot::Sender<Option<String>>),
    Forget(String),
    Flush(oneshot::Sender<()>),
    Keep {
        days: u32,
        withheld: bool,
    },
    Short(Short),
    Long(Slice),
    /// What the check of the whole journal found.
    Checked(Result<(), JournalError>),
}

pub(super) fn open(path: &Path) -> (Option<Journal>, JournalOpened) {
    let opened = path
        .parent()
        .map_or(Ok(()), companion::private::make_folder)
        .map_err(JournalError::from)
        .and_then(|()| Journal::open(path, Timestamp::now()));
    let (journal, opened) = match opened {
        Ok((journal, opened)) => (Some(journal), Ok(opened)),
        Err(error) => (None, Err(error)),
    };
    with_recent(journal, opened)
}

/// Reads what the companion knows from the start; a journal in which even that can't be read isn't used.
fn with_recent(
    journal: Option<Journal>,
    opened: Result<Opened, JournalError>,
) -> (Option<Journal>, JournalOpened) {
    let without = |opened| JournalOpened {
        opened,
        rows: Vec::new(),
        dialled: Vec::new(),
    };
    let Some(journal) = journal else {
        return (None, without(opened));
    };
    match known(&journal) {
        Ok((rows, dialled)) => (
            Some(journal),
            JournalOpened {
                opened,
                rows,
                dialled,
            },
        ),
        Err(error) if error.is_damage() => match journal.replace_damaged(Timestamp::now()) {
            Ok((journal, opened)) => (Some(journal), without(Ok(opened))),
            Err(error) => (None, without(Err(error))),
        },
        Err(error) => (None, without(Err(error))),
    }
}

/// The calls that are shown or counted from the start, newest first, and what was dialled of late.
fn known(journal: &Journal) -> Result<(Vec<Row>, Vec<Dialled>), JournalError> {
    let mut rows = journal.recent(RECENT)?;
    let recent: HashSet<CallKey> = rows.iter().map(|row| CallKey::of(&row.call)).collect();
    let unread = journal.unread(UNREAD)?.into_iter();
    rows.extend(unread.filter(|row| !recent.contains(&CallKey::of(&row.call))));
    Ok((rows, journal.dialled(Timestamp::now())?))
}

/// Reads the whole journal on a thread of its own, which tells the journal's thread what it found.
pub(super) fn check_beside(path: PathBuf, jobs: Sender<Job>) {
    let check = move || {
        let found = Journal::check_whole(&path);
        // Fails when the journal's thread has ended, which is fine.
        let _ = jobs.send(Job::Checked(found));
    };
    let begun = std::thread::Builder::new()
        .name("journal-check".to_owned())
        .stack_size(STACK)
        .spawn(check);
    if let Err(error) = begun {
        tracing::warn!(%error, "the journal isn't checked in this run");
    }
}

/// Overwrites what was deleted with everything, by and by.
pub(super) fn erase() -> Slice {
    Box::new(
        |journal| match journal.map(|journal| journal.erase(Timestamp::now())) {
            Some(Ok(more)) => more,
            Some(Err(error)) => {
                tracing::error!(%error, "deleted calls can't be overwritten; it is tried again at the next start");
                false
            }
            None => false,
        },
    )
}

/// Works until every handle is dropped. Without a journal the jobs are answered all the same: the app works, and remembers
/// nothing.
pub(super) fn work(
    journal: Option<Journal>,
    inbox: &Receiver<Job>,
    trouble: watch::Sender<Option<Trouble>>,
    inputs: mpsc::Sender<Input>,
) {
    let mut worker = Worker {
        writer: journal.map(|journal| Writer::new(journal, trouble)),
        // What an earlier run left.
        long: VecDeque::from([erase()]),
        inputs,
        keep: None,
        tidied: Instant::now(),
    };
    loop {
        match worker.next(inbox) {
            Next::Job(job) => worker.take(job),
            Next::Slice => worker.slice(),
            Next::Wake => worker.wake(),
            // What is left of long jobs is done again the next time.
            Next::Over => return,
        }
    }
}

enum Next {
    Job(Job),
    Slice,
    Wake,
    Over,
}

struct Worker {
    writer: Option<Writer>,
    /// The first one is under way.
    long: VecDeque<Slice>,
    /// How many days calls are kept, and whether withheld numbers are.
    keep: Option<(u32, bool)>,
    tidied: Instant,
    inputs: mpsc::Sender<Input>,
}

impl Worker {
    fn next(&self, inbox: &Receiver<Job>) -> Next {
        if !self.long.is_empty() {
            return match inbox.try_recv() {
                Ok(job) => Next::Job(job),
                Err(TryRecvError::Empty) => Next::Slice,
                Err(TryRecvError::Disconnected) => Next::Over,
            };
        }
        let wait = if self.writer.as_ref().is_some_and(Writer::waits) {
            RETRY_EVERY
        } else {
            TIDY_EVERY.saturating_sub(self.tidied.elapsed())
        };
        match inbox.recv_timeout(wait) {
            Ok(job) => Next::Job(job),
            Err(RecvTimeoutError::Timeout) => Next::Wake,
            Err(RecvTimeoutError::Disconnected) => Next::Over,
        }
    }

    /// Its time has come.
    fn wake(&mut self) {
        if let Some(writer) = &mut self.writer {
            writer.write_held();
        }
        if self.tidied.elapsed() >= TIDY_EVERY {
            self.tidy();
        }
    }

    /// Begins to remove what isn't to be kept.
    fn tidy(&mut self) {
        self.tidied = Instant::now();
        let Some((days, withheld)) = self.keep else {
            return;
        };
        let now = Timestamp::now();
        if let Some(writer) = &mut self.writer {
            writer.journal.keep(Keeping::days(days, withheld, now));
        }
        self.long.push_back(Box::new(move |journal| match journal.map(|journal| journal.tidy(now, SLICE)) {
            Some(Ok(more)) => more,
            Some(Err(error)) => {
                tracing::error!(%error, "old calls can't be removed from the journal; it is tried again in an hour");
                false
            }
            None => false,
        }));
    }

    fn slice(&mut self) {
        if let Some(slice) = self.long.front_mut()
            && !slice(self.writer.as_mut().map(|writer| &mut writer.journal))
        {
            self.long.pop_front();
        }
    }

    /// A journal that is damaged somewhere is set aside, and its work goes on in a new one.
    fn checked(&mut self, found: Result<(), JournalError>) {
        match found {
            Ok(()) => return tracing::debug!("the whole journal is sound"),
            Err(error) if error.is_damage() => {
                tracing::error!(%error, "the journal is damaged; it is set aside");
            }
            Err(error) => return tracing::warn!(%error, "the journal can't be checked"),
        }
        let Some(writer) = self.writer.take() else {
            return;
        };
        let (writer, opened) = writer.replace_damaged(Timestamp::now());
        self.writer = writer;
        // Fails only when the controller has ended already.
        let _ = self.inputs.blocking_send(Input::Journal(Box::new(JournalOpened {
            opened,
            rows: Vec::new(),
            dialled: Vec::new(),
        })));
    }

    fn take(&mut self, job: Job) {
        let result = match (job, &mut self.writer) {
            (Job::Apply(changes, position, at), Some(writer)) => {
                writer.apply(changes, position, at);
                Ok(())
            }
            (Job::Coverage(change), Some(writer)) => {
                writer.coverage(change, Timestamp::now());
                Ok(())
            }
            (Job::Apply(..) | Job::Coverage(_), None) => Ok(()),
            (Job::Locate(relay, reply), writer) => {
                let position = writer
                    .as_ref()
                    .map_or(Ok(None), |writer| writer.journal.position(&relay));
                position.map(|position| {
                    // Fails when nobody waits any more, which is fine.
                    let _ = reply.send(position);
                })
            }
            (Job::Forget(relay), writer) => writer.as_mut().map_or(Ok(()), |writer| writer.forget(&relay)),
            (Job::Flush(reply), writer) => {
                if let Some(writer) = writer {
                    writer.write_held();
                }
                let _ = reply.send(());
                Ok(())
            }
            (Job::Keep { days, withheld }, _) => {
                self.keep = Some((days, withheld));
                self.tidy();
                Ok(())
            }
            (Job::Short(short), writer) => {
                if let Some(writer) = writer {
                    writer.write_held();
                }
                short(writer.as_mut().map(|writer| &mut writer.journal));
                Ok(())
            }
            (Job::Long(slice), _) => {
                self.long.push_back(slice);
                Ok(())
            }
            (Job::Checked(found), _) => {
                self.checked(found);
                Ok(())
            }
        };
        if let Err(error) = result {
            tracing::error!(%error, "the journal can't be used: a call may be missing after a restart");
        }
    }
}
