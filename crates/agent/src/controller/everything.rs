//! Everything that belongs to the person, out to a folder and back in.
//!
//! The folder holds `journal.json` (calls, notes, call-backs, coverage; the form is documented with the journal's export),
//! `contacts.vcf` (vCard 4.0) and `settings.toml` (a copy of the settings file, which holds no secret). Coming back, calls and
//! contacts are added to what is there; the settings are left as they are, for they belong to a desk.

use std::path::PathBuf;

use companion::journal::Format as CallFormat;
use companion::words::Message;
use control::protocol::{Answer, Error, ErrorCode, Taken};

use super::journal::JournalAnswer;
use super::{Controller, Input};
use crate::journal::AskError;
use crate::outbox::Reply;
use crate::people::{self, Format, PeopleError, answer};
use crate::ports::Ports;
use crate::view;

const CALLS: &str = "journal.json";
const CONTACTS: &str = "contacts.vcf";
const SETTINGS: &str = "settings.toml";

/// Why not everything was written or read.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Calls(#[from] AskError),
    #[error(transparent)]
    Contacts(#[from] PeopleError),
    #[error("the folder can't be used: {0}")]
    Folder(#[from] std::io::Error),
    #[error("the folder holds no export")]
    Nothing,
}

impl Trouble {
    fn message(&self) -> Message {
        match self {
            Self::Calls(error) => error.message(),
            Self::Contacts(error) => error.message(),
            Self::Folder(error) => Message::new("export-folder-unusable").with("why", error.to_string()),
            Self::Nothing => Message::new("import-folder-empty"),
        }
    }
}

impl<P: Ports> Controller<P> {
    pub(super) fn export_all(&self, folder: PathBuf, reply: Reply) {
        let (journal, settings) = (self.journal.clone(), self.paths.settings.clone());
        let people = self.people.writer();
        self.later(reply, async move {
            // Any folder, a network's that hangs as well.
            tokio::fs::create_dir_all(&folder).await?;
            let contacts = people.export(folder.join(CONTACTS), Format::Vcard);
            let calls = journal.export(folder.join(CALLS), CallFormat::Json).await?.calls;
            let contacts = answer(contacts).await?;
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
        let journal = self.journal.clone();
        let (calls, contacts) = (folder.join(CALLS), folder.join(CONTACTS));
        let people = self.people.writer();
        self.later(reply, async move {
            let length = async |file: &PathBuf| tokio::fs::metadata(file).await.ok().map(|file| file.len());
            let has_calls = length(&calls).await.is_some();
            // Whoever has no contact writes an empty file.
            let has_contacts = length(&contacts).await.is_some_and(|length| length > 0);
            let mut taken = Taken {
                batch: None,
                added: 0,
                updated: 0,
                rejected: 0,
            };
            if !has_calls && !has_contacts {
                return Err(Trouble::Nothing);
            }
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
            Ok(Answer::Taken { taken })
        });
    }

    /// What was done goes by the controller, so that every list is read anew.
    fn later(&self, reply: Reply, work: impl Future<Output = Result<Answer, Trouble>> + Send + 'static) {
        let own = self.own.clone();
        tokio::spawn(async move {
            let result = work.await.map_err(|trouble| {
                tracing::warn!(%trouble, "not everything was written or read");
                Error {
                    code: ErrorCode::Failed,
                    message: view::message(trouble.message()),
                }
            });
            let answer = Box::new(Ok(JournalAnswer::Changed(result)));
            // Fails only when the controller has ended.
            let _ = own.send(Input::JournalAnswered(answer, reply)).await;
        });
    }
}
