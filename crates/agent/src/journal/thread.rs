//! The journal's thread: jobs in their order, and between them the long ones, a slice at a time, so that a call is written
//! at once whatever else goes on.

use std::collections::{HashSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError};
use std::time::{Duration, Instant};

use companion::dialled::Dialled;
use companion::event::CallKey;
use companion::journal::{Change, Hearing, Journal, JournalError, Keeping, Opened, Position, Row};
use jiff::Timestamp;
use steady::Clock;
use tokio::sync::{mpsc, oneshot, watch};

use super::writer::{HELD, Writer};
use super::{AskError, JournalOpened, RECENT, STACK, Trouble, UNREAD};
use crate::controller::Input;

/// What isn't to be kept is looked for so often.
const TIDY_EVERY: Duration = Duration::from_secs(3600);
/// What couldn't be written is tried again so often, besides with everything new; so is a journal that couldn't be opened.
const RETRY_EVERY: Duration = Duration::from_secs(30);
/// After a try to open the journal in vain, what is new brings no other one for so long: another program that has it locked
/// makes each of them wait.
const OPEN_AGAIN: Duration = Duration::from_secs(1);
/// Calls that one slice of a long job changes. Taking one out of the search index takes up to some milliseconds.
pub(super) const SLICE: usize = 5;

/// Something short with the journal; `None`: it can't be opened now.
pub(super) type Short = Box<dyn FnOnce(Option<&mut Journal>) + Send>;
/// A slice of something long; gives whether more is to be done.
pub(super) type Slice = Box<dyn FnMut(Option<&mut Journal>) -> bool + Send>;

pub(super) enum Job {
    Apply(Vec<Change>, Option<Position>, Timestamp),
    Coverage(Hearing),
    Locate(String, oneshot::Sender<Result<Option<String>, AskError>>),
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

fn open(path: &Path) -> (Option<Journal>, JournalOpened) {
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
        late: false,
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
                late: false,
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
fn check_beside(path: PathBuf, jobs: Sender<Job>) {
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

/// Opens the journal, which is told as [`Input::Journal`], and works until every handle is dropped. As long as it can't be
/// opened, jobs are answered all the same, what is to be written waits, and it is tried again; `jobs` is the way to itself.
pub(super) fn work(
    path: PathBuf,
    jobs: Weak<Sender<Job>>,
    inbox: &Receiver<Job>,
    trouble: watch::Sender<Option<Trouble>>,
    inputs: mpsc::Sender<Input>,
) {
    let (journal, opened) = open(&path);
    let mut worker = Worker {
        writer: Writer::new(journal, trouble),
        path,
        jobs,
        // What an earlier run left.
        long: VecDeque::from([erase()]),
        inputs,
        keep: None,
        clock: None,
        tidied: Instant::now(),
        tried: Instant::now(),
    };
    worker.look_at_clock();
    if let Err(error) = &opened.opened {
        worker.writer.tell_closed(error);
    }
    worker.announce(opened);
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
    writer: Writer,
    path: PathBuf,
    jobs: Weak<Sender<Job>>,
    /// The first one is under way; they wait for a journal that is closed.
    long: VecDeque<Slice>,
    /// How many days calls are kept, and whether withheld numbers are.
    keep: Option<(u32, bool)>,
    /// Whether something may be forgotten for its age; known once the journal is open.
    clock: Option<Clock>,
    tidied: Instant,
    /// When opening the journal was tried last.
    tried: Instant,
    inputs: mpsc::Sender<Input>,
}

impl Worker {
    fn next(&self, inbox: &Receiver<Job>) -> Next {
        if !self.long.is_empty() && self.writer.is_open() {
            return match inbox.try_recv() {
                Ok(job) => Next::Job(job),
                Err(TryRecvError::Empty) => Next::Slice,
                Err(TryRecvError::Disconnected) => Next::Over,
            };
        }
        let wait = if self.writer.waits() || !self.writer.is_open() {
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
        self.open_again();
        self.writer.write_held();
        if self.tidied.elapsed() >= TIDY_EVERY {
            self.tidy();
        }
    }

    /// Tries to open a journal that couldn't be: what is known from earlier is told, and what waits is written.
    fn open_again(&mut self) {
        if self.writer.is_open() {
            return;
        }
        let (journal, opened) = open(&self.path);
        self.tried = Instant::now();
        match (journal, &opened.opened) {
            (Some(journal), _) => {
                tracing::info!("the journal could be opened after all");
                self.writer.open(journal);
                self.look_at_clock();
                self.keep_by_clock();
                self.announce(JournalOpened { late: true, ..opened });
            }
            (None, Err(error)) => self.writer.tell_closed(error),
            (None, Ok(_)) => {}
        }
    }

    /// Tells how the journal opened, and has an open one checked.
    fn announce(&self, opened: JournalOpened) {
        // Fails only when the controller has ended already.
        let _ = self.inputs.blocking_send(Input::Journal(Box::new(opened)));
        if self.writer.is_open()
            && let Some(jobs) = self.jobs.upgrade()
        {
            check_beside(self.path.clone(), Sender::clone(&jobs));
        }
    }

    /// Holds the machine's clock against when the journal was last written.
    fn look_at_clock(&mut self) {
        let Some(journal) = self.writer.journal() else {
            return;
        };
        match journal.last_sign_of_life() {
            Ok(last) => self.clock = Some(Clock::new(last, Timestamp::now())),
            Err(error) => tracing::warn!(%error, "nothing of the journal is removed for its age in this run"),
        }
    }

    /// Says what is kept. As long as the clock can't be believed nothing is too old: neither what is there, nor what comes. Gives
    /// the moment by which calls may be removed.
    fn keep_by_clock(&mut self) -> Option<Timestamp> {
        let (days, withheld) = self.keep?;
        let now = Timestamp::now();
        let is_believed = self.clock.as_ref().is_some_and(|clock| clock.is_believed(now));
        if let Some(journal) = self.writer.journal() {
            journal.keep(Keeping::days(if is_believed { days } else { 0 }, withheld, now));
        }
        is_believed.then_some(now)
    }

    /// Begins to remove what isn't to be kept.
    fn tidy(&mut self) {
        self.tidied = Instant::now();
        let Some(now) = self.keep_by_clock() else {
            return;
        };
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
            && !slice(self.writer.journal())
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
        let Some(opened) = self.writer.replace_damaged(Timestamp::now()) else {
            return;
        };
        // Fails only when the controller has ended already.
        let _ = self.inputs.blocking_send(Input::Journal(Box::new(JournalOpened {
            opened,
            rows: Vec::new(),
            dialled: Vec::new(),
            late: false,
        })));
    }

    fn take(&mut self, job: Job) {
        if matches!(job, Job::Flush(_)) || self.tried.elapsed() >= OPEN_AGAIN {
            self.open_again();
        }
        match job {
            Job::Apply(changes, position, at) => self.writer.apply(changes, position, at),
            Job::Coverage(change) => self.writer.coverage(change, Timestamp::now()),
            Job::Locate(relay, reply) => {
                let position = match self.writer.locate(&relay) {
                    Ok(position) => position.ok_or(AskError::NotKept),
                    Err(error) => {
                        tracing::error!(%error, "the journal doesn't say how far the relay's history was read");
                        Err(error.into())
                    }
                };
                // Fails when nobody waits any more, which is fine.
                let _ = reply.send(position);
            }
            Job::Forget(relay) => self.writer.forget(relay),
            Job::Flush(reply) => {
                self.writer.write_held();
                let _ = reply.send(());
            }
            Job::Keep { days, withheld } => {
                self.keep = Some((days, withheld));
                self.tidy();
            }
            Job::Short(short) => {
                self.writer.write_held();
                short(self.writer.journal());
            }
            Job::Long(slice) => self.begin_long(slice),
            Job::Checked(found) => self.checked(found),
        }
    }

    fn begin_long(&mut self, slice: Slice) {
        if !self.writer.is_open() && self.long.len() >= HELD {
            return tracing::warn!("too much waits for the journal: names may be missing in it");
        }
        self.long.push_back(slice);
    }
}
