//! Contacts: the address book on threads of its own, and where it is filled from.
//!
//! Two threads: the writer owns the book ([`contacts::Store`]); a second one searches, so that nobody who types waits for an
//! import; while the book can't be opened, the first answers for it, and tries again. Files are read and written beside both, each on a thread for as long as it takes. Who calls is looked up by
//! neither: the controller has a [`Lookup`] of its own, which answers in less than a millisecond; many numbers at once are
//! looked up by the second thread. All are told as [`News`] what happens.

mod carddav;
mod directory;
mod error;
mod folder;
mod import;
mod lookup;
mod shown;
mod thread;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

use companion::known::Known;
use companion::words::{Language, Message};
use contacts::export::TableOptions;
use contacts::import::{Undone, Watch};
use contacts::marks::TakenMarks;
use contacts::sync::{Kind, Resource, SourceId, SourceState, Synced};
use contacts::{BatchId, Card, Contact, ContactId, Draft, Found, Match, Numbering, Reader};
use control::protocol::ContactDraft;
use jiff::Timestamp;
use telephony::E164;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

pub use carddav::{CardDavPlan, CardDavSource};
pub use directory::{DEADLINE, DirectoryNews, DirectorySource};
pub use error::PeopleError;
pub use folder::FolderSource;
pub use import::{Imported, Imports, Previewed};
pub use lookup::Lookup;
pub use shown::{Shown, count, directory_id, id, number_of, source_state};
pub use thread::Etags;
use thread::{Ask, Book, Write};

/// Most contacts of one answer.
pub const MOST: usize = 200;

/// What the threads tell of themselves.
#[derive(Debug)]
pub enum News {
    /// The book is open, or its numbers are read by other rules now.
    Opened(Box<Lookup>),
    /// It can't be opened: names are unknown until it can, which is tried again.
    Failed(PeopleError),
    /// Contacts came, went or changed.
    Changed,
    /// What [`PeopleHandle::name_all`] was asked for: what the book knows of each number.
    Named(Vec<(E164, Option<Known>)>),
}

/// How contacts are written to a file.
#[derive(Clone, Copy, Debug)]
pub enum Format {
    /// vCard 4.0.
    Vcard,
    /// The same without those of address books on servers, which come from there again.
    KeptVcard,
    /// No contacts: favourites, and which of several is meant.
    Marks,
    /// For spreadsheets.
    Table(TableOptions),
}

/// The way to the threads. Its answers come in order; the threads end once it is dropped.
#[derive(Debug)]
pub struct PeopleHandle {
    writer: Writer,
    asker: Asker,
    news: UnboundedSender<News>,
}

/// The way to the book's owner, for those that fill it.
#[derive(Clone, Debug)]
pub struct Writer {
    writes: Arc<mpsc::Sender<Write>>,
    /// Whose writing it is, when that may end before its writer does.
    lease: Option<Arc<AtomicBool>>,
}

/// As long as it is held, what its writer is told to do is done. A source that works on another thread may be in the middle of
/// something when it is dropped: what it still has written then doesn't count.
#[derive(Debug)]
struct Lease(Arc<AtomicBool>);

impl Drop for Lease {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

/// The way to the book's readers.
#[derive(Debug)]
struct Asker(mpsc::Sender<Ask>);

/// An answer that comes later; it doesn't borrow from the handle.
type Later<T> = oneshot::Receiver<Result<T, PeopleError>>;

/// Waits for an answer.
///
/// # Errors
/// [`PeopleError::NotKept`] also when the thread has ended.
pub async fn answer<T>(later: Later<T>) -> Result<T, PeopleError> {
    later.await.unwrap_or(Err(PeopleError::NotKept))
}

impl PeopleHandle {
    /// Starts the threads; how the book opened comes as [`News::Opened`] or [`News::Failed`].
    ///
    /// # Errors
    /// When the system gives no more threads.
    pub fn start(path: PathBuf, numbering: Numbering, news: UnboundedSender<News>) -> std::io::Result<Self> {
        let (writes, inbox) = mpsc::channel();
        let (asks, questions) = mpsc::channel();
        let writes = Arc::new(writes);
        let to_writer = (Arc::downgrade(&writes), inbox);
        thread::start(
            path,
            numbering,
            news.clone(),
            to_writer,
            (asks.clone(), questions),
        )?;
        Ok(Self {
            writer: Writer { writes, lease: None },
            asker: Asker(asks),
            news,
        })
    }

    /// For those that fill the book.
    pub fn writer(&self) -> Writer {
        self.writer.clone()
    }

    /// Reads numbers by other rules from now on.
    pub fn set_numbering(&self, numbering: Numbering) {
        self.writer.send(move |book| book.set_numbering(numbering));
    }

    /// Contacts that a text finds, best first, and whether there are more.
    pub fn search(&self, text: String, favourites: bool, limit: usize) -> Later<Found> {
        let limit = if limit == 0 { MOST } else { limit.min(MOST) };
        self.asker.ask(move |reader| {
            Ok(match favourites {
                true => reader.favourites(&text, limit)?,
                false => reader.search(&text, limit)?,
            })
        })
    }

    /// Looks many numbers up; answered by [`News::Named`]. Without a book nobody is known.
    pub fn name_all(&self, numbers: Vec<E164>, language: Language) {
        let news = self.news.clone();
        let question = Ask::Question(Box::new(move |reader| {
            let known = |number: E164| {
                let known = reader.and_then(|reader| lookup::known(reader, &number, language));
                (number, known)
            };
            // Fails only when nobody listens any more.
            let _ = news.send(News::Named(numbers.into_iter().map(known).collect()));
        }));
        // Fails when the thread has ended; then names stay as they are.
        let _ = self.asker.0.send(question);
    }

    /// Everyone who has a number, best first.
    pub fn who_has(&self, number: E164) -> Later<Vec<Match>> {
        self.asker.ask(move |reader| Ok(reader.lookup(&number)?))
    }

    /// Writes all contacts to a file, which is replaced once all of it is written. Gives their number.
    pub fn export(&self, path: PathBuf, format: Format) -> Later<usize> {
        self.writer.export(path, format)
    }

    /// Where contacts come from.
    pub fn sources(&self) -> Later<Vec<SourceState>> {
        self.asker.ask(|reader| Ok(reader.sources()?))
    }

    /// Adds a contact of one's own, or changes one.
    pub fn save(&self, id: Option<ContactId>, typed: ContactDraft) -> Later<Contact> {
        self.writer.change(move |book| {
            let store = book.store()?;
            let favourite = typed.favourite;
            let known = id.map(|id| store.read().contact(id)).transpose()?.flatten();
            let draft = shown::draft(typed, known.as_ref().map(|known| &known.card));
            let saved = store.save(id, draft, Timestamp::now())?;
            if saved.favourite == favourite {
                return Ok(saved);
            }
            store.set_favourite(saved.id, favourite)?;
            Ok(Contact { favourite, ..saved })
        })
    }

    /// Makes somebody of a directory a contact of one's own.
    pub fn keep(&self, card: &Card) -> Later<Contact> {
        let draft = Draft::from(card);
        self.writer
            .change(move |book| Ok(book.store()?.save(None, draft, Timestamp::now())?))
    }

    /// Deletes a contact of one's own.
    pub fn delete(&self, id: ContactId) -> Later<()> {
        self.writer.change(move |book| Ok(book.store()?.delete(id)?))
    }

    /// Makes a contact a favourite, or no longer.
    pub fn favourite(&self, id: ContactId, favourite: bool) -> Later<()> {
        self.writer
            .change(move |book| Ok(book.store()?.set_favourite(id, favourite)?))
    }

    /// Of several contacts with one number, this one is meant.
    pub fn choose(&self, number: E164, id: ContactId) -> Later<()> {
        self.writer
            .change(move |book| Ok(book.store()?.choose(&number, id)?))
    }

    /// Deletes every contact of one's own. Gives how many there were.
    pub fn delete_all(&self) -> Later<usize> {
        self.writer.change(|book| Ok(book.store()?.delete_all()?))
    }

    /// Takes an import back.
    pub fn undo(&self, batch: BatchId) -> Later<Undone> {
        self.writer.change(move |book| Ok(book.store()?.undo(batch)?))
    }

    /// The same for the last one that wasn't yet.
    pub fn undo_last(&self) -> Later<Undone> {
        self.writer.change(|book| Ok(book.store()?.undo_last()?))
    }
}

impl Asker {
    fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&Reader) -> Result<T, PeopleError> + Send + 'static,
    ) -> Later<T> {
        let (reply, later) = oneshot::channel();
        let ask = Ask::Question(Box::new(move |reader| {
            // Fails when nobody waits any more, which is fine.
            let _ = reply.send(reader.ok_or(PeopleError::NotKept).and_then(what));
        }));
        // Fails when the thread has ended; then the answer says so.
        let _ = self.0.send(ask);
        later
    }
}

impl Writer {
    /// As [`PeopleHandle::export`]. On a thread of its own: the disk may be a network's.
    pub fn export(&self, path: PathBuf, format: Format) -> Later<usize> {
        let (reply, later) = oneshot::channel();
        let reader = self.ask(|book| Ok(book.store()?.reader()?));
        let work = move || {
            let reader = reader.blocking_recv().unwrap_or(Err(PeopleError::NotKept));
            // Fails when nobody waits any more, which is fine.
            let _ = reply.send(reader.and_then(|reader| thread::export(&reader, &path, format)));
        };
        // Without a thread nobody answers, which is an answer too.
        if let Err(error) = thread::spawn("contacts-export", work) {
            tracing::error!(%error, "no thread to write a file on");
        }
        later
    }

    /// Reads a file and writes what it holds, in one piece: nobody else's preview comes between.
    pub fn take_in(&self, path: PathBuf) -> Later<Imported> {
        self.change(move |book| {
            let preview = import::read(&book.numbering, &path, &mut Watch::none())?;
            import::write(book, &preview, &mut Watch::none())
        })
    }

    /// Takes favourites and choices from a file; `servers`: whether an address book is one that is read here.
    pub fn take_marks(
        &self,
        path: PathBuf,
        servers: impl Fn(&str) -> bool + Send + 'static,
    ) -> Later<TakenMarks> {
        self.change(move |book| {
            let file = thread::read_file(&path)?;
            Ok(book.store()?.take_marks(&file, servers)?)
        })
    }

    /// The source's contacts become those of these resources.
    pub fn replace_source<I>(
        &self,
        source: SourceId,
        resources: impl FnOnce(&Reader) -> Result<I, PeopleError> + Send + 'static,
    ) -> Later<Synced>
    where
        I: IntoIterator<Item = Result<Resource, contacts::ContactsError>>,
    {
        self.synced(source.clone(), false, move |book| {
            let store = book.store()?;
            let resources = resources(store.read())?;
            Ok(store.replace_source(&source, resources, None, Timestamp::now())?)
        })
    }

    /// Some of the source's contacts change.
    pub fn apply(
        &self,
        source: SourceId,
        upserts: Vec<Resource>,
        removed: Vec<String>,
        token: Option<String>,
    ) -> Later<Synced> {
        // A state of the source that has a name: it was read to its end, which is told each time.
        self.synced(source.clone(), token.is_some(), move |book| {
            let removed = removed.iter().map(String::as_str);
            let now = Timestamp::now();
            Ok(book
                .store()?
                .apply_changes(&source, upserts, removed, token.as_deref(), now)?)
        })
    }

    /// Tells that a source was read or tried, also when nothing has changed.
    pub fn tell(&self) -> Later<()> {
        self.change(|_| Ok(()))
    }

    /// Something is wrong with a source; kept until it is read again.
    pub fn trouble(&self, source: SourceId, trouble: Message) -> Later<()> {
        let trouble = shown::kept_trouble(trouble);
        self.change(move |book| Ok(book.store()?.set_trouble(&source, &trouble)?))
    }

    /// Forgets every source of a kind but those of these names, with their contacts.
    pub fn keep_only(&self, kind: Kind, kept: impl Fn(&str) -> bool + Send + 'static) -> Later<()> {
        self.ask(move |book| {
            let store = book.store()?;
            let mut forgotten = false;
            for state in store.read().sources()? {
                if let Some(source) = state.source
                    && source.kind == kind
                    && !kept(&source.name)
                {
                    store.forget_source(&source)?;
                    forgotten = true;
                }
            }
            if forgotten {
                book.tell(News::Changed);
            }
            Ok(())
        })
    }

    /// The sources of a kind, and how they go.
    pub fn states(&self, kind: Kind) -> Later<Vec<SourceState>> {
        self.ask(move |book| {
            let mut states = book.store()?.read().sources()?;
            states.retain(|state| state.source.as_ref().is_some_and(|source| source.kind == kind));
            Ok(states)
        })
    }

    /// What is known of a source: its state, and the entity tags of its resources.
    pub fn known(&self, source: SourceId) -> Later<(Option<SourceState>, Etags)> {
        self.ask(move |book| {
            let reader = book.store()?.read();
            let states = reader.sources()?;
            let state = states
                .into_iter()
                .find(|state| state.source.as_ref() == Some(&source));
            Ok((state, reader.etags(&source)?))
        })
    }

    fn synced(
        &self,
        source: SourceId,
        ends: bool,
        what: impl FnOnce(&mut Book) -> Result<Synced, PeopleError> + Send + 'static,
    ) -> Later<Synced> {
        self.ask(move |book| {
            let states = book.store()?.read().sources()?;
            let state = states.iter().find(|state| state.source.as_ref() == Some(&source));
            // It recovers, or is read for the first time.
            let is_news = state.is_none_or(|state| state.trouble.is_some() || state.synced_at.is_none());
            let synced = what(book)?;
            if is_news || ends || synced.added + synced.updated + synced.removed > 0 {
                book.tell(News::Changed);
            }
            Ok(synced)
        })
    }

    /// As [`Self::ask`], and contacts have changed when it succeeds.
    fn change<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Book) -> Result<T, PeopleError> + Send + 'static,
    ) -> Later<T> {
        self.ask(move |book| {
            let result = what(book)?;
            book.tell(News::Changed);
            Ok(result)
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        what: impl FnOnce(&mut Book) -> Result<T, PeopleError> + Send + 'static,
    ) -> Later<T> {
        let (reply, later) = oneshot::channel();
        self.send(move |book| {
            // Fails when nobody waits any more, which is fine.
            let _ = reply.send(what(book));
        });
        later
    }

    /// The same for a source of contacts: until the lease is dropped.
    fn leased(&self) -> (Self, Lease) {
        let held = Arc::new(AtomicBool::new(true));
        let writer = Self {
            writes: Arc::clone(&self.writes),
            lease: Some(Arc::clone(&held)),
        };
        (writer, Lease(held))
    }

    fn send(&self, write: impl FnOnce(&mut Book) + Send + 'static) {
        let lease = self.lease.clone();
        let write = move |book: &mut Book| {
            // Asked when its turn comes: what was to be done before that was in time. Undone, it is answered by nobody.
            if lease.is_none_or(|held| held.load(Ordering::Acquire)) {
                write(book);
            }
        };
        // Fails when the thread has ended; then the answer says so.
        let _ = self.writes.send(Box::new(write));
    }
}
