//! The book's two threads: one writes, one searches.

use std::collections::HashMap;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Weak;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use contacts::export::Whose;
use contacts::import::{LARGEST_FILE, Unreadable};
use contacts::{ContactsError, Numbering, Reader, Store};
use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedSender;

use super::{Format, Lookup, News, PeopleError};

/// SQLite and the readers of cards need less than the usual 2 MiB.
const STACK: usize = 1024 * 1024;

/// A book that can't be opened is tried again so often,
const RETRY_EVERY: Duration = Duration::from_secs(30);
/// and at most so often when somebody wants something of it.
const OPEN_AGAIN: Duration = Duration::from_millis(250);

/// The entity tags of a source's resources.
pub type Etags = HashMap<String, Option<String>>;

/// Something to be done with the book.
pub(super) type Write = Box<dyn FnOnce(&mut Book) + Send>;

/// Something short that is asked of the book.
type Question = Box<dyn FnOnce(Option<&Reader>) + Send>;

/// For the thread that searches.
pub(super) enum Ask {
    /// From now on ask this one.
    Use(Reader),
    /// There is none to ask, or none newer than the last.
    Nobody,
    /// A question: before the first of the two above it waits for them, without a book it is the writer's.
    Question(Question),
}

/// The writer's own.
pub(super) struct Book {
    path: PathBuf,
    store: Option<Store>,
    /// When opening it was tried last; `None`: it is open, or never will be by this version.
    tried: Option<Instant>,
    pub numbering: Numbering,
    pub news: UnboundedSender<News>,
    readers: Sender<Ask>,
}

impl Book {
    /// Opens it. Why that can't be done is told once.
    fn open(&mut self) {
        let is_first = self.tried.is_none();
        match Store::open(&self.path, self.numbering.clone(), Timestamp::now()) {
            Ok((store, opened)) => {
                tracing::debug!(?opened, "contacts");
                self.store = Some(store);
                self.tried = None;
            }
            Err(error) => {
                // One of a newer version waits for that version.
                self.tried = (!matches!(error, ContactsError::Newer { .. })).then(Instant::now);
                if !is_first {
                    return;
                }
                tracing::error!(%error, "contacts can't be used");
                self.tell(News::Failed(error.into()));
            }
        }
        self.hand_out();
    }

    /// The next thing to do, or the time to try again.
    fn next(&mut self, inbox: &Receiver<Write>) -> Result<Write, RecvTimeoutError> {
        let Some(tried) = self.tried else {
            return inbox.recv().map_err(|_| RecvTimeoutError::Disconnected);
        };
        let next = inbox.recv_timeout(RETRY_EVERY.saturating_sub(tried.elapsed()));
        let is_time = match &next {
            Ok(_) => tried.elapsed() >= OPEN_AGAIN,
            Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        };
        if is_time {
            self.open();
        }
        next
    }

    /// The book, when there is one.
    pub fn store(&mut self) -> Result<&mut Store, PeopleError> {
        self.store.as_mut().ok_or(PeopleError::NotKept)
    }

    /// Fails only when nobody listens any more.
    pub fn tell(&self, news: News) {
        let _ = self.news.send(news);
    }

    pub fn set_numbering(&mut self, numbering: Numbering) {
        let Some(store) = &mut self.store else {
            self.numbering = numbering;
            return;
        };
        match store.set_numbering(numbering.clone()) {
            Ok(()) => {
                self.numbering = numbering;
                self.hand_out();
            }
            Err(error) => tracing::error!(%error, "contacts keep the numbering from before"),
        }
    }

    /// Those who ask get readers that know the numbering of now.
    fn hand_out(&self) {
        let Some(store) = &self.store else {
            let _ = self.readers.send(Ask::Nobody);
            return;
        };
        let readers = store.reader().and_then(|reader| Ok((reader, store.reader()?)));
        match readers {
            Ok((search, lookup)) => {
                // Fails only when the handle is gone.
                let _ = self.readers.send(Ask::Use(search));
                self.tell(News::Opened(Box::new(Lookup::new(lookup))));
            }
            Err(error) => {
                let _ = self.readers.send(Ask::Nobody);
                self.tell(News::Failed(error.into()));
            }
        }
    }
}

pub(super) fn start(
    path: PathBuf,
    numbering: Numbering,
    news: UnboundedSender<News>,
    (writes, inbox): (Weak<Sender<Write>>, Receiver<Write>),
    (asks, questions): (Sender<Ask>, Receiver<Ask>),
) -> std::io::Result<()> {
    spawn("contacts", move || {
        let mut book = Book {
            path,
            store: None,
            tried: None,
            numbering,
            news,
            readers: asks,
        };
        book.open();
        loop {
            match book.next(&inbox) {
                Ok(write) => write(&mut book),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    })?;
    spawn("contacts-search", move || answer(&questions, &writes))
}

/// Asks the writer, who tries to open a closed book first.
fn ask_writer(question: Question, writes: &Weak<Sender<Write>>) {
    let Some(writes) = writes.upgrade() else {
        return question(None);
    };
    // Fails when the thread has ended; then the answer says so.
    let _ = writes.send(Box::new(move |book| {
        question(book.store.as_ref().map(Store::read));
    }));
}

/// Answers until nobody can ask any more. Who asks while the book is being opened waits for it.
fn answer(questions: &Receiver<Ask>, writes: &Weak<Sender<Write>>) {
    let mut reader = None;
    let mut early = Some(Vec::new());
    while let Ok(ask) = questions.recv() {
        match ask {
            Ask::Question(question) => match &mut early {
                Some(early) => early.push(question),
                None if reader.is_none() => ask_writer(question, writes),
                None => question(reader.as_ref()),
            },
            known @ (Ask::Use(_) | Ask::Nobody) => {
                if let Ask::Use(newer) = known {
                    reader = Some(newer);
                }
                for question in early.take().into_iter().flatten() {
                    question(reader.as_ref());
                }
            }
        }
    }
}

pub(super) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .stack_size(STACK)
        .spawn(work)
        .map(|_| ())
}

/// A whole file, unless it is too large to be contacts.
pub(super) fn read_file(path: &Path) -> Result<Vec<u8>, PeopleError> {
    let file = crate::regular::open(path).map_err(PeopleError::Read)?;
    let mut bytes = Vec::new();
    // One byte more tells that there is more.
    let most = u64::try_from(LARGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most)
        .read_to_end(&mut bytes)
        .map_err(PeopleError::Read)?;
    match bytes.len() > LARGEST_FILE {
        true => Err(Unreadable::TooLarge.into()),
        false => Ok(bytes),
    }
}

/// Writes beside the file and puts it in its place at the end; only this user may read it.
pub(super) fn export(reader: &Reader, path: &Path, format: Format) -> Result<usize, PeopleError> {
    let file = companion::private::replacing()
        .open(path)
        .map_err(PeopleError::Write)?;
    let mut to = BufWriter::new(file);
    let count = match format {
        Format::Vcard => reader.export_vcard(Whose::All, &mut to)?,
        Format::KeptVcard => reader.export_vcard(Whose::Kept, &mut to)?,
        Format::Marks => reader.export_marks(&mut to)?,
        Format::Table(options) => reader.export_csv(false, options, &mut to)?,
    };
    to.flush().map_err(PeopleError::Write)?;
    let file = to
        .into_inner()
        .map_err(|error| PeopleError::Write(error.into_error()))?;
    file.commit().map_err(PeopleError::Write)?;
    Ok(count)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    /// What is asked before these, whether a book was there to answer, in order.
    fn asked_before(known: Vec<Ask>) -> Vec<bool> {
        let (asks, questions) = channel();
        let (answers, answered) = channel();
        for known in known {
            let answers = answers.clone();
            let question = move |reader: Option<&Reader>| answers.send(reader.is_some()).unwrap();
            asks.send(Ask::Question(Box::new(question))).ok().unwrap();
            asks.send(known).ok().unwrap();
        }
        drop((asks, answers));
        answer(&questions, &Weak::new());
        answered.into_iter().collect()
    }

    #[test]
    fn who_asks_before_the_book_is_open_waits_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("contacts.db");
        let (store, _) = Store::open(&path, Numbering::default(), Timestamp::UNIX_EPOCH).unwrap();
        let open = || Ask::Use(store.reader().unwrap());
        assert_eq!(asked_before(vec![open(), open()]), [true, true]);
        assert_eq!(
            asked_before(vec![Ask::Nobody]),
            [false],
            "and isn't left waiting without one"
        );
        assert_eq!(asked_before(vec![open(), Ask::Nobody]), [true, true]);
    }
}
