//! The address books on a server: what is in them are contacts, and goes with them.

use std::time::Duration;

use companion::words::Message;
use contacts::sync::{Kind, SourceId, SourceState, Synced};
use sources::Trouble;
use sources::carddav::{Account, Book, Client};
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;

use super::shown::host;
use super::{Lease, PeopleError, Writer, answer};
use crate::apart::apart;

/// A server that couldn't be reached, or that asks for patience, is asked again after so long.
const AGAIN: Duration = Duration::from_secs(5 * 60);

/// Reads a person's address books on a server, until dropped.
#[derive(Debug)]
pub struct CardDavSource {
    now: mpsc::Sender<()>,
    _lease: Lease,
    _task: AbortOnDropHandle<()>,
}

/// Which books are read, and how often.
#[derive(Clone, Debug)]
pub struct CardDavPlan {
    /// Those of these names; empty: all.
    pub books: Vec<String>,
    /// After so long again; `None`: on request alone.
    pub every: Option<Duration>,
}

/// Why books weren't read.
enum Failed {
    /// The server.
    Server(Trouble),
    /// Some of them, which have been told; the others were read.
    Books(Trouble),
    /// Our own book, which has said so in the log.
    Own(PeopleError),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Self::Server(trouble)
    }
}

impl From<PeopleError> for Failed {
    fn from(error: PeopleError) -> Self {
        Self::Own(error)
    }
}

impl CardDavSource {
    /// Reads them now and from now on. Must be called within a tokio runtime.
    pub fn start(account: Account, plan: CardDavPlan, writer: Writer) -> Self {
        let (now, asked) = mpsc::channel(1);
        let (writer, lease) = writer.leased();
        Self {
            now,
            _lease: lease,
            _task: AbortOnDropHandle::new(tokio::spawn(work(account, plan, writer, asked))),
        }
    }

    /// Reads them once more, now.
    pub fn sync(&self) {
        // One that waits already is enough.
        let _ = self.now.try_send(());
    }
}

async fn work(account: Account, plan: CardDavPlan, writer: Writer, mut asked: mpsc::Receiver<()>) {
    let address = account.url.as_str().to_owned();
    loop {
        let wait = match read_apart(&account, &plan, &writer).await {
            None => again(true, plan.every),
            Some(Ok(())) => plan.every,
            Some(Err(Failed::Own(error))) => {
                tracing::error!(%error, "the address books' contacts can't be kept");
                plan.every
            }
            Some(Err(Failed::Books(trouble))) => again(trouble.passes(), plan.every),
            Some(Err(Failed::Server(trouble))) => {
                tracing::warn!(%trouble, "the address books can't be read");
                note(&writer, &address, trouble_message("carddav", &trouble, &address)).await;
                match trouble.is_refusal() {
                    // Asking again may lock the account: the person acts first.
                    true => None,
                    false => again(trouble.passes(), plan.every),
                }
            }
        };
        let more = match wait {
            Some(wait) => tokio::time::timeout(wait, asked.recv()).await.unwrap_or(Some(())),
            None => asked.recv().await,
        };
        if more.is_none() {
            return;
        }
    }
}

/// When to ask a server again that couldn't be read. Also one whose trouble doesn't pass by itself: perhaps it wasn't the server
/// that answered, but a network that wants a sign-in first.
fn again(passes: bool, every: Option<Duration>) -> Option<Duration> {
    match (passes, every) {
        (true, every) => Some(every.map_or(AGAIN, |every| every.min(AGAIN))),
        (false, every) => every,
    }
}

/// What is wrong with one book doesn't keep the others from being read.
fn is_of_one_book(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Forbidden | Trouble::Refused { .. } | Trouble::NotOne | Trouble::TooLarge => true,
        Trouble::Insecure
        | Trouble::Unreachable
        | Trouble::TimedOut
        | Trouble::Certificate
        | Trouble::Password
        | Trouble::Elsewhere { .. }
        | Trouble::NoBook
        | Trouble::NoBase
        | Trouble::Filter => false,
    }
}

/// All books, on a thread of their own: what a server says may be long, and is read whole. `None`: the system gives no thread.
async fn read_apart(account: &Account, plan: &CardDavPlan, writer: &Writer) -> Option<Result<(), Failed>> {
    let (account, plan, writer) = (account.clone(), plan.clone(), writer.clone());
    let work = move || async move { read(&account, &plan, &writer).await };
    apart("address books", work).await
}

/// All books, one after the other.
async fn read(account: &Account, plan: &CardDavPlan, writer: &Writer) -> Result<(), Failed> {
    let client = Client::new(account.clone(), &sources::Trust::default())?;
    let books = client.books(&plan.books).await?;
    let names: Vec<String> = books.iter().map(|book| book.url.as_str().to_owned()).collect();
    answer(writer.keep_only(Kind::CardDav, move |name| names.iter().any(|one| one == name))).await?;
    let mut failed = None;
    for book in &books {
        let synced = match read_book(&client, book, writer).await {
            Err(Failed::Server(trouble)) if is_of_one_book(&trouble) => {
                tracing::warn!(%trouble, "an address book can't be read");
                let message = trouble_message("carddav", &trouble, account.url.as_str());
                answer(writer.trouble(source_of(book), message)).await?;
                failed = Some(trouble);
                continue;
            }
            read => read?,
        };
        tracing::debug!(
            added = synced.added,
            updated = synced.updated,
            removed = synced.removed,
            unreadable = synced.rejected.len(),
            "an address book was read"
        );
    }
    match failed {
        Some(trouble) => Err(Failed::Books(trouble)),
        None => Ok(()),
    }
}

fn source_of(book: &Book) -> SourceId {
    SourceId {
        kind: Kind::CardDav,
        name: book.url.as_str().to_owned(),
    }
}

/// One book, in pieces: what is there when the server goes away stays, and isn't fetched again.
async fn read_book(client: &Client, book: &Book, writer: &Writer) -> Result<Synced, Failed> {
    let source = source_of(book);
    let (state, known) = answer(writer.known(source.clone())).await?;
    let token = state.and_then(|state| state.token);
    let plan = client.plan(book, token.as_deref(), &known).await?;
    let mut all = Synced::default();
    let mut written = None;
    for piece in plan.pieces() {
        let cards = client.fetch(book, piece).await?;
        // The one before is written while this one travels.
        if let Some(written) = written.take() {
            all.add(answer(written).await?);
        }
        // Without a token: until the end the book is in no state that the server has a name for.
        written = Some(writer.apply(source.clone(), cards, Vec::new(), None));
    }
    if let Some(written) = written {
        all.add(answer(written).await?);
    }
    let nameless = plan.token.is_none();
    all.add(answer(writer.apply(source.clone(), Vec::new(), plan.removed, plan.token)).await?);
    if nameless {
        answer(writer.tell()).await?;
    }
    if let Some(message) = unreadable(&all) {
        answer(writer.trouble(source, message)).await?;
    }
    Ok(all)
}

/// The sentence for cards that can't be read: how many, and the first of them.
pub(super) fn unreadable(synced: &Synced) -> Option<Message> {
    let first = synced.rejected.first()?;
    let file = first
        .href
        .rsplit('/')
        .find(|part| !part.is_empty())
        .unwrap_or_default();
    Some(
        Message::new("contacts-source-unreadable-cards")
            .with("count", synced.rejected.len().to_string())
            .with("name", telephony::neutralise(file, 100))
            .with("line", first.line.to_string()),
    )
}

/// The sentence for what is wrong with a server: `carddav-trouble-…`, `ldap-trouble-…`.
pub(super) fn trouble_message(kind: &str, trouble: &Trouble, address: &str) -> Message {
    let message = Message::new(&format!("{kind}-trouble-{}", trouble.code())).with("host", host(address));
    match trouble {
        Trouble::Elsewhere { host } => message.with("other", telephony::neutralise(host, 100)),
        Trouble::Refused { code } => message.with("code", code.to_string()),
        _ => message,
    }
}

/// Notes what is wrong with every book of the account; with the account itself while it has none.
async fn note(writer: &Writer, address: &str, message: Message) {
    let states = answer(writer.states(Kind::CardDav)).await.unwrap_or_default();
    let mut names: Vec<SourceId> = states
        .into_iter()
        .filter_map(|state: SourceState| state.source)
        .collect();
    if names.is_empty() {
        names.push(SourceId {
            kind: Kind::CardDav,
            name: address.to_owned(),
        });
    }
    for source in names {
        if let Err(error) = answer(writer.trouble(source, message.clone())).await {
            tracing::warn!(%error, "nor can that be noted");
        }
    }
}

#[cfg(test)]
mod tests {
    use contacts::Numbering;
    use contacts::sync::{Content, Resource};

    use super::*;
    use crate::people::PeopleHandle;

    #[tokio::test]
    async fn what_a_source_still_has_written_when_it_is_dropped_does_not_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let (tell, _news) = mpsc::unbounded_channel();
        let path = folder.path().join("contacts.db");
        let people = PeopleHandle::start(path, Numbering::default(), tell).unwrap();
        let (writer, lease) = people.writer().leased();
        let source = || SourceId {
            kind: Kind::CardDav,
            name: "https://cloud.example/book/".to_owned(),
        };
        let card = || Resource {
            href: "/book/1.vcf".to_owned(),
            etag: Some("1".to_owned()),
            content: Content::Cards(
                b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Une\r\nTEL:0199000042\r\nEND:VCARD\r\n".to_vec(),
            ),
        };
        let write = || answer(writer.apply(source(), vec![card()], Vec::new(), None));
        assert_eq!(write().await.unwrap().added, 1);
        drop(lease);
        answer(people.writer().keep_only(Kind::CardDav, |_| false))
            .await
            .unwrap();
        write().await.unwrap_err();
        let states = answer(people.writer().states(Kind::CardDav)).await.unwrap();
        assert_eq!(states.len(), 0, "{states:?}");
    }

    #[test]
    fn only_a_refusal_waits_for_a_person() {
        let hour = Duration::from_secs(3600);
        assert_eq!(again(true, Some(hour)), Some(AGAIN));
        assert_eq!(again(true, None), Some(AGAIN));
        assert_eq!(again(true, Some(AGAIN / 2)), Some(AGAIN / 2));
        assert_eq!(
            again(false, Some(hour)),
            Some(hour),
            "as behind a network that wants a sign-in"
        );
        assert_eq!(again(false, None), None, "read on request alone");
    }
}
