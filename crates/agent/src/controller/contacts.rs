//! What is asked of contacts, and what they tell.

use std::path::PathBuf;

use companion::event::Event;
use companion::journal::Name;
use companion::known::Known;
use companion::settings::{Key, Settings};
use companion::words::{Language, Message};
use contacts::Numbering;
use contacts::export::TableOptions;
use contacts::sync::Kind;
use control::protocol::{Answer, ContactDraft, ContactFormat, ContactsRequest, Error, ErrorCode};
use jiff::tz::TimeZone;
use telephony::E164;

use super::directories::Asked;
use super::{Callers, Controller};
use crate::control_server::ClientId;
use crate::outbox::Reply;
use crate::people::{self, FolderSource, Format, News, PeopleError, Shown, answer};
use crate::ports::Ports;
use crate::view;

impl<P: Ports> Controller<P> {
    pub(super) fn on_contacts_request(&mut self, client: ClientId, ask: ContactsRequest, reply: Reply) {
        match ask {
            ContactsRequest::Search {
                text,
                favourites,
                limit,
            } => self.search_contacts(text, favourites, limit, reply),
            ContactsRequest::WhoHas { number } => self.who_has(&number, reply),
            ContactsRequest::Sources => {
                later_with(reply, answer(self.people.sources()), |sources| Answer::Sources {
                    sources: sources.iter().map(people::source_state).collect(),
                })
            }
            // They are read beside; what came of it is told by the next snapshot's revision and the sources' states.
            ContactsRequest::Sync => {
                if let Some(folder) = &self.contacts_folder {
                    folder.sync();
                }
                self.sync_directories();
                self.on_contacts_request(client, ContactsRequest::Sources, reply);
            }
            ContactsRequest::Export { path, format, bom } => self.export_contacts(path, format, bom, reply),
            ContactsRequest::Save { contact } => self.save_contact(contact, reply),
            ContactsRequest::Delete { id } => match people::id(&id) {
                Ok(id) => later_with(reply, answer(self.people.delete(id)), |()| Answer::Done),
                Err(problem) => reply.send(Err(refused(&problem))),
            },
            ContactsRequest::Favourite { id, favourite } => match people::id(&id) {
                Ok(id) => later_with(reply, answer(self.people.favourite(id, favourite)), |()| {
                    Answer::Done
                }),
                Err(problem) => reply.send(Err(refused(&problem))),
            },
            ContactsRequest::Choose { number, id } => self.choose(&number, &id, reply),
            ContactsRequest::DeleteAll => {
                later_with(reply, answer(self.people.delete_all()), |count| Answer::Deleted {
                    count: people::count(count),
                });
            }
            ContactsRequest::Preview { path } => self.preview_import(client, path, reply),
            ContactsRequest::Import => self.import(client, reply),
            ContactsRequest::CancelImport => self.cancel_import(client, reply),
            ContactsRequest::UndoImport { batch } => self.undo_import(client, &batch, reply),
            ContactsRequest::UndoLastImport => self.undo_last_import(reply),
        }
    }

    /// How contacts are worded now.
    pub(super) fn contacts_shown(&self) -> Shown {
        Shown {
            language: self.companion.language(),
            zone: TimeZone::system(),
        }
    }

    fn search_contacts(&self, text: String, favourites: bool, limit: u32, reply: Reply) {
        let shown = self.contacts_shown();
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let later = self.people.search(text, favourites, limit);
        later_with(reply, answer(later), move |found| Answer::Contacts {
            contacts: found
                .contacts
                .iter()
                .map(|contact| shown.contact(contact))
                .collect(),
            more: found.more,
        });
    }

    fn who_has(&self, number: &str, reply: Reply) {
        let Some(number) = people::number_of(number) else {
            return reply.send(Err(no_number()));
        };
        let shown = self.contacts_shown();
        let of_directory = self.several_of_directory(&number, &shown);
        let later = self.people.who_has(number);
        later_with(reply, answer(later), move |matches| Answer::Contacts {
            // A directory is asked only for whom no contact names.
            contacts: match matches.is_empty() {
                true => of_directory,
                false => (0..)
                    .zip(&matches)
                    .map(|(index, one)| shown.matched(index, one))
                    .collect(),
            },
            more: false,
        });
    }

    /// Which of several is meant: a contact, or somebody of the directory, who becomes one: from then on the number has a name.
    fn choose(&self, number: &str, id: &str, reply: Reply) {
        let Some(number) = people::number_of(number) else {
            return reply.send(Err(no_number()));
        };
        if let Some(card) = self.of_directory(&number, id) {
            return later_with(reply, answer(self.people.keep(card)), |_| Answer::Done);
        }
        match people::id(id) {
            Ok(id) => later_with(reply, answer(self.people.choose(number, id)), |()| Answer::Done),
            Err(problem) => reply.send(Err(refused(&problem))),
        }
    }

    fn save_contact(&self, contact: ContactDraft, reply: Reply) {
        let id = match contact.id.as_deref().map(people::id).transpose() {
            Ok(id) => id,
            Err(problem) => return reply.send(Err(refused(&problem))),
        };
        let shown = self.contacts_shown();
        let later = self.people.save(id, contact);
        later_with(reply, answer(later), move |saved| Answer::Contacts {
            contacts: vec![shown.contact(&saved)],
            more: false,
        });
    }

    fn export_contacts(&self, path: String, format: ContactFormat, bom: bool, reply: Reply) {
        let language = self.companion.language();
        let format = match format {
            ContactFormat::Vcard => Format::Vcard,
            ContactFormat::Csv => Format::Table(TableOptions {
                language,
                separator: separator(language),
                bom,
            }),
        };
        let later = self.people.export(PathBuf::from(path), format);
        later_with(reply, answer(later), |count| Answer::Written {
            count: people::count(count),
        });
    }

    /// Contacts come from where the settings say, and from nowhere else any more.
    pub(super) fn fill_contacts(&mut self) {
        let folder = self.companion.settings().contacts_folder.clone();
        // Dropped first: what it may still be reading would come back.
        self.contacts_folder = None;
        let name = folder.as_ref().map(|folder| folder.display().to_string());
        self.keep_sources(Key::ContactsFolder, Kind::Folder, move |one| {
            Some(one) == name.as_deref()
        });
        let writer = self.people.writer();
        self.contacts_folder = folder.map(|folder| FolderSource::start(folder, writer));
    }

    /// The settings can be read again: what they no longer name goes, as it would have at the start.
    pub(super) fn forget_former_sources(&self) {
        let settings = self.companion.settings();
        let folder = settings.contacts_folder.as_ref();
        let folder = folder.map(|folder| folder.display().to_string());
        self.keep_sources(Key::ContactsFolder, Kind::Folder, move |one| {
            Some(one) == folder.as_deref()
        });
        self.keep_directories();
    }

    /// Forgets the sources of a kind that aren't kept, unless the settings don't tell any more what `key` was: what can't be
    /// read is no wish.
    pub(super) fn keep_sources(&self, key: Key, kind: Kind, kept: impl Fn(&str) -> bool + Send + 'static) {
        if self.files.incomplete || self.files.unusable.contains(&key) {
            return tracing::info!("contacts of former sources stay until the settings can be read");
        }
        let forgotten = answer(self.people.writer().keep_only(kind, kept));
        tokio::spawn(async move {
            if let Err(error) = forgotten.await {
                tracing::warn!(%error, "contacts of a former source can't be forgotten");
            }
        });
    }

    /// The settings may have changed.
    pub(super) fn contacts_settings(&mut self, before: &Settings) {
        let now = self.companion.settings();
        let moved = before.contacts_folder != now.contacts_folder;
        if numbering(before) != numbering(now) {
            self.people.set_numbering(numbering(now));
        }
        if moved {
            self.fill_contacts();
        }
        self.fill_from_directories(Some(before));
    }

    pub(super) fn on_people(&mut self, news: News) {
        match news {
            News::Opened(lookup) => {
                let was_closed = matches!(self.callers, Callers::Unknown);
                self.callers = Callers::Known(lookup);
                self.contacts_problem = None;
                self.contacts_changed();
                if was_closed {
                    // What they had read couldn't be kept.
                    self.fill_contacts();
                    self.sync_directories();
                }
            }
            News::Failed(problem) => {
                tracing::error!(%problem, "callers' names aren't known for now");
                self.callers = Callers::Unknown;
                self.contacts_problem = Some(problem.message());
                self.contacts_changed();
            }
            News::Changed => self.contacts_changed(),
            News::Named(named) => self.on_named_again(named),
        }
    }

    pub(super) fn contacts_changed(&mut self) {
        self.contacts_revision += 1;
        self.feed(Event::ContactsChanged);
    }

    /// Who these are now. Asked on the contacts' own thread: it may be a thousand, and contacts may change again meanwhile.
    pub(super) fn look_up_again(&mut self, numbers: Vec<E164>) {
        match self.callers {
            // Its opening asks again.
            Callers::Opening => {}
            _ if self.naming.begin() => self.people.name_all(numbers, self.companion.language()),
            _ => {}
        }
    }

    fn on_named_again(&mut self, mut named: Vec<(E164, Option<Known>)>) {
        named.retain_mut(|(number, known)| match known {
            Some(_) => true,
            None => match self.ask_directory(number) {
                Asked::Said(said) => {
                    *known = said;
                    true
                }
                Asked::Awaited => false,
            },
        });
        let news = named
            .iter()
            .filter(|(number, known)| known.as_ref() != self.companion.name_of(number))
            .filter_map(|(number, known)| {
                let named = known.as_ref().filter(|known| known.title().is_some())?;
                Some((number.clone(), name(named)))
            })
            .collect();
        self.feed(Event::NamedAgain(named));
        self.journal.set_names(news);
        if self.naming.end() {
            self.feed(Event::ContactsChanged);
        }
    }

    /// Who has a number, as far as that is known here; nobody is asked.
    pub(super) fn known(&self, number: &E164) -> Option<Known> {
        let language = self.companion.language();
        let contact = match &self.callers {
            Callers::Known(lookup) => lookup.known(number, language),
            Callers::Opening | Callers::Unknown => None,
        };
        contact
            .or_else(|| self.said_by_directory(number))
            .and_then(Known::neutralised)
    }

    /// Who has a number, as far as the book knows, else the company directory. Not answered before the book is open, whose
    /// opening asks again; nor while the directory is asked, whose answer does.
    pub(super) fn look_up(&mut self, number: E164) -> Option<Event> {
        let known = match &self.callers {
            Callers::Opening => return None,
            Callers::Known(lookup) => lookup.known(&number, self.companion.language()),
            Callers::Unknown => None,
        };
        let known = match known {
            None => match self.ask_directory(&number) {
                Asked::Said(said) => said,
                Asked::Awaited => return None,
            },
            known => known,
        };
        Some(Event::Named { number, known })
    }
}

/// One look-up of all names at a time: however often contacts change meanwhile, one more follows.
#[derive(Debug, Default)]
pub(super) struct Naming {
    runs: bool,
    again: bool,
}

impl Naming {
    /// Names are to be looked up: whether to begin now.
    fn begin(&mut self) -> bool {
        self.again = self.runs;
        !std::mem::replace(&mut self.runs, true)
    }

    /// They were: whether they are to be once more.
    fn end(&mut self) -> bool {
        self.runs = false;
        std::mem::take(&mut self.again)
    }
}

/// What parts the cells of a table where people speak that language: spreadsheets go by the system's list separator.
pub(super) fn separator(language: Language) -> u8 {
    match language {
        Language::Fr => b';',
        Language::En => b',',
    }
}

/// Answers a request once the book has.
pub(super) fn later_with<T: Send + 'static>(
    reply: Reply,
    later: impl Future<Output = Result<T, PeopleError>> + Send + 'static,
    worded: impl FnOnce(T) -> Answer + Send + 'static,
) {
    tokio::spawn(async move {
        let result = later.await.map(worded);
        reply.send(result.map_err(|problem| refused(&problem)));
    });
}

pub(super) fn refused(problem: &PeopleError) -> Error {
    tracing::info!(
        why = problem.message().id,
        "contacts didn't do what they were asked"
    );
    Error {
        code: ErrorCode::Failed,
        message: view::message(problem.message()),
    }
}

/// A name as the journal keeps it.
pub(super) fn name(known: &Known) -> Name {
    Name {
        display: (!known.name.is_empty()).then(|| known.name.clone()),
        company: known.company.clone(),
        source: known.contact.clone(),
        since: Some(known.since),
    }
}

fn no_number() -> Error {
    Error {
        code: ErrorCode::Number,
        message: view::message(Message::new("contacts-error-not-a-number")),
    }
}

/// How contacts' numbers are read.
pub(super) fn numbering(settings: &Settings) -> Numbering {
    Numbering {
        rules: settings.rules(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_up_once_more_however_often_contacts_change_meanwhile() {
        let mut naming = Naming::default();
        assert!(naming.begin());
        assert!(!naming.end());
        assert!(naming.begin());
        for _ in 0..1_000 {
            assert!(!naming.begin(), "one runs");
        }
        assert!(naming.end() && naming.begin());
        assert!(!naming.end());
    }
}
