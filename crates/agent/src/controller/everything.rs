//! Everything that belongs to the person, out to a folder and back in.
//!
//! The folder holds `journal.json` (calls, notes, call-backs, coverage; the form is documented with the journal's export),
//! `contacts.vcf` (vCard 4.0; those of address books on servers come from there again), `marks.json` (favourites, and which of
//! several contacts is meant; documented in [`contacts::marks`]) and `settings.toml` (a copy of the settings file, which holds
//! no secret). Coming back, calls, contacts, marks and silenced numbers are added to what is there. Of the settings those come
//! over that neither the company fixes nor belong to one desk ([`companion::settings::Carried`]).

use std::path::PathBuf;

use companion::journal::Format as CallFormat;
use companion::settings::{Carried, ChangeError};
use companion::words::Message;
use control::protocol::{Answer, Error, ErrorCode, Taken};
use tokio::sync::oneshot;

use super::journal::JournalAnswer;
use super::{Controller, Input};
use crate::journal::AskError;
use crate::outbox::Reply;
use crate::people::{self, Format, PeopleError, answer};
use crate::ports::Ports;
use crate::view;

const CALLS: &str = "journal.json";
const CONTACTS: &str = "contacts.vcf";
const MARKS: &str = "marks.json";
const SETTINGS: &str = "settings.toml";

/// How many settings were taken over, how many stay as the company fixes them, and which address book is read now; or why
/// nothing was taken.
pub(super) type TakenSettings = Result<(usize, usize, Option<url::Url>), Message>;

/// Why not everything was written or read.
#[derive(Debug, thiserror::Error)]
enum Undone {
    #[error(transparent)]
    Calls(#[from] AskError),
    #[error(transparent)]
    Contacts(#[from] PeopleError),
    #[error("the folder can't be used: {0}")]
    Folder(#[from] std::io::Error),
    #[error("the settings can't be taken over: {}", .0.id)]
    Settings(Message),
    #[error("the folder holds no export")]
    Nothing,
}

impl Undone {
    fn message(&self) -> Message {
        match self {
            Self::Calls(error) => error.message(),
            Self::Contacts(error) => error.message(),
            Self::Folder(error) => Message::new("export-folder-unusable").with("why", error.to_string()),
            Self::Settings(why) => why.clone(),
            Self::Nothing => Message::new("import-folder-empty"),
        }
    }
}

impl<P: Ports> Controller<P> {
    pub(super) fn export_all(&self, folder: PathBuf, reply: Reply) {
        let (journal, settings) = (self.journal.clone(), self.paths.settings.clone());
        let people = self.people.writer();
        self.later(reply, JournalAnswer::Unchanged, async move {
            // Any folder, a network's that hangs as well.
            tokio::fs::create_dir_all(&folder).await?;
            let contacts = people.export(folder.join(CONTACTS), Format::KeptVcard);
            let marks = people.export(folder.join(MARKS), Format::Marks);
            let calls = journal.export(folder.join(CALLS), CallFormat::Json).await?.calls;
            let contacts = answer(contacts).await?;
            answer(marks).await?;
            match tokio::fs::copy(&settings, folder.join(SETTINGS)).await {
                // Nothing was ever set.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                copied => {
                    copied?;
                }
            }
            let count = usize::try_from(calls)
                .unwrap_or(usize::MAX)
                .saturating_add(contacts);
            Ok(Answer::Written {
                count: people::count(count),
            })
        });
    }

    pub(super) fn import_all(&self, folder: PathBuf, reply: Reply) {
        let (journal, own) = (self.journal.clone(), self.own.clone());
        let people = self.people.writer();
        self.later(reply, JournalAnswer::Changed, async move {
            let [calls, contacts, marks, settings] =
                [CALLS, CONTACTS, MARKS, SETTINGS].map(|file| folder.join(file));
            let length = async |file: &PathBuf| tokio::fs::metadata(file).await.ok().map(|file| file.len());
            let has_calls = length(&calls).await.is_some();
            // Whoever has no contact writes an empty file.
            let has_contacts = length(&contacts).await.is_some_and(|length| length > 0);
            let has_marks = length(&marks).await.is_some();
            if !has_calls && !has_contacts && !has_marks && length(&settings).await.is_none() {
                return Err(Undone::Nothing);
            }
            let mut taken = Taken::default();
            // First: a file that can't be read is said before anything changes.
            let file = settings.clone();
            let carried = tokio::task::spawn_blocking(move || Carried::read(&file));
            let carried = carried
                .await
                .map_err(std::io::Error::from)?
                .map_err(Undone::Settings)?;
            if has_calls {
                taken = view::calls_taken(&journal.import(calls).await?);
            }
            if has_contacts {
                let (batch, compared, rejected) = answer(people.take_in(contacts)).await?;
                taken.batch = Some(batch.0.to_string());
                taken.added += people::count(compared.added);
                taken.updated += people::count(compared.updated);
                taken.rejected += people::count(rejected);
            }
            let (done, outcome) = oneshot::channel();
            // Both fail only when the controller has ended, and then nobody waits for the answer.
            let _ = own.send(Input::SettingsCarried(carried, done)).await;
            let outcome = outcome.await.unwrap_or(Ok((0, 0, None)));
            let (took, locked, book) = outcome.map_err(Undone::Settings)?;
            (taken.settings, taken.settings_locked) = (people::count(took), people::count(locked));
            if has_marks {
                // After the settings, which say which address books are read here.
                let is_read = move |name: &str| {
                    let origin = |url: &url::Url| url.origin();
                    let name = url::Url::parse(name).ok();
                    name.is_some_and(|name| book.as_ref().map(origin) == Some(origin(&name)))
                };
                taken.marks = people::count(answer(people.take_marks(marks, is_read)).await?.taken);
            }
            Ok(Answer::Taken { taken })
        });
    }

    /// Settings of another computer come into force.
    pub(super) fn take_over_settings(&mut self, carried: &Carried) -> TakenSettings {
        let taken = self.store.take_over(carried).map_err(|ChangeError(why)| why)?;
        self.put_in_force(taken.loaded);
        let book = self.companion.settings().carddav.url.clone();
        Ok((taken.taken, taken.locked, book))
    }

    /// What was done goes by the controller, so that every list is read anew where `told` says that something changed.
    fn later(
        &self,
        reply: Reply,
        told: fn(Result<Answer, Error>) -> JournalAnswer,
        work: impl Future<Output = Result<Answer, Undone>> + Send + 'static,
    ) {
        let own = self.own.clone();
        tokio::spawn(async move {
            let result = work.await.map_err(|undone| {
                tracing::warn!(%undone, "not everything was written or read");
                Error {
                    code: ErrorCode::Failed,
                    message: view::message(undone.message()),
                }
            });
            let answer = Box::new(Ok(told(result)));
            // Fails only when the controller has ended.
            let _ = own.send(Input::JournalAnswered(answer, reply)).await;
        });
    }
}
