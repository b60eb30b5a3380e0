//! Names from the network: the address books on a server, and the company directory.

use std::time::Duration;

use companion::event::{CredentialKind, Event, KeychainProblem};
use companion::known::Known;
use companion::settings::{CardDav, Key, Ldap, Settings};
use companion::words::Message;
use contacts::sync::{Kind, SourceId};
use contacts::{Card, Numbering};
use control::protocol as wire;
use secrecy::{ExposeSecret, SecretString};
use sources::carddav::Account;
use sources::ldap::Config;
use telephony::E164;
use tokio::sync::mpsc;

use super::Controller;
use super::contacts::numbering;
use crate::people::{self, CardDavPlan, CardDavSource, DirectoryNews, DirectorySource, Shown, answer};
use crate::ports::Ports;

/// What of the network names callers.
pub(super) struct Directories {
    books: Option<Running<CardDav, CardDavSource>>,
    directory: Option<Running<(Ldap, Numbering), DirectorySource>>,
    tell: mpsc::UnboundedSender<DirectoryNews>,
    /// What directories tell.
    pub news: mpsc::UnboundedReceiver<DirectoryNews>,
}

/// What came of a question to the company directory.
pub(super) enum Asked {
    /// What it has said, now or of late; nothing while there is none.
    Said(Option<Known>),
    /// It is being asked: its answer follows.
    Awaited,
}

/// A source, and what it was started with.
struct Running<S, T> {
    settings: S,
    password: Option<SecretString>,
    source: T,
}

impl<S: PartialEq, T> Running<S, T> {
    fn is(&self, settings: &S, password: Option<&SecretString>) -> bool {
        let exposed = |password: Option<&SecretString>| password.map(|one| one.expose_secret().to_owned());
        self.settings == *settings && exposed(self.password.as_ref()) == exposed(password)
    }
}

impl Directories {
    pub(super) fn new() -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        Self {
            books: None,
            directory: None,
            tell,
            news,
        }
    }
}

impl<P: Ports> Controller<P> {
    /// The settings may lead somewhere else now; at the start they do.
    pub(super) fn fill_from_directories(&mut self, before: Option<&Settings>) {
        let settings = self.companion.settings();
        let (carddav, ldap) = (settings.carddav.clone(), settings.ldap.clone());
        let numbers = numbering(settings);
        let account = |carddav: &CardDav| (carddav.url.clone(), carddav.user.clone());
        if before.is_none_or(|before| account(&before.carddav) != account(&carddav)) {
            // Dropped first: what it may still be reading would come back.
            self.directories.books = None;
            // Another server or user: what stands is somebody else's.
            let had_none = before.is_none_or(|before| before.carddav.url.is_none());
            self.keep_books_of(carddav.url.clone().filter(|_| had_none));
        }
        if before.is_some_and(|before| before.ldap == ldap && numbering(before) != numbers) {
            // The same one, whose numbers are read by other rules now.
            if let Some(running) = self.directories.directory.take() {
                self.start_directory(running.password);
            }
        } else if before.is_none_or(|before| before.ldap != ldap) {
            self.directories.directory = None;
            self.keep_directory_of(ldap.url.clone());
            // Nobody has to sign in: it needs no word of the keychain.
            if ldap.url.is_some() && ldap.user.is_empty() {
                self.start_directory(None);
            }
        }
    }

    /// What directories of before have left goes.
    pub(super) fn keep_directories(&self) {
        let settings = self.companion.settings();
        self.keep_books_of(settings.carddav.url.clone());
        self.keep_directory_of(settings.ldap.url.clone());
    }

    fn keep_books_of(&self, server: Option<url::Url>) {
        self.keep_sources(Key::CardDavUrl, Kind::CardDav, move |name| {
            let name = url::Url::parse(name).ok();
            let origin = |url: &url::Url| url.origin();
            server.is_some() && name.as_ref().map(origin) == server.as_ref().map(origin)
        });
    }

    fn keep_directory_of(&self, server: Option<url::Url>) {
        self.keep_sources(Key::LdapUrl, Kind::Ldap, move |name| {
            server.as_ref().is_some_and(|url| url.as_str() == name)
        });
    }

    /// The keychain answered about a password of theirs.
    pub(super) fn directory_secret(
        &mut self,
        kind: CredentialKind,
        result: &Result<Option<SecretString>, KeychainProblem>,
    ) {
        let settings = self.companion.settings();
        let (kind, url, id) = match kind {
            CredentialKind::CardDavPassword => (
                Kind::CardDav,
                &settings.carddav.url,
                "carddav-trouble-no-password",
            ),
            CredentialKind::LdapPassword => (Kind::Ldap, &settings.ldap.url, "ldap-trouble-no-password"),
            CredentialKind::RelayToken | CredentialKind::ApiKey | CredentialKind::AccountPassword => return,
        };
        let Some(url) = url else { return };
        let message = match result {
            Ok(Some(password)) => {
                let password = password.clone();
                return match kind {
                    Kind::CardDav => self.start_books(password),
                    _ => self.start_directory(Some(password)),
                };
            }
            Ok(None) => Message::new(id).with("host", url.host_str().unwrap_or_default()),
            // It is asked again by itself; what runs goes on.
            Err(problem) => problem.message(),
        };
        if result.is_ok() {
            match kind {
                Kind::CardDav => self.directories.books = None,
                _ => self.directories.directory = None,
            }
        }
        let source = SourceId {
            kind,
            name: url.as_str().to_owned(),
        };
        let noted = answer(self.people.writer().trouble(source, message));
        tokio::spawn(async move {
            if let Err(error) = noted.await {
                tracing::warn!(%error, "that a password is missing can't be noted");
            }
        });
    }

    fn start_books(&mut self, password: SecretString) {
        let settings = self.companion.settings().carddav.clone();
        let running = self.directories.books.as_ref();
        if running.is_some_and(|running| running.is(&settings, Some(&password))) {
            return;
        }
        let Some(url) = settings.url.clone() else { return };
        let account = Account {
            url,
            user: settings.user.clone(),
            password: password.clone(),
        };
        let minutes = u64::from(settings.every_minutes);
        let plan = CardDavPlan {
            books: settings.books.clone(),
            every: (minutes > 0).then(|| Duration::from_secs(minutes * 60)),
        };
        // The former one ends first.
        self.directories.books = None;
        self.directories.books = Some(Running {
            source: CardDavSource::start(account, plan, self.people.writer()),
            settings,
            password: Some(password),
        });
    }

    fn start_directory(&mut self, password: Option<SecretString>) {
        let settings = self.companion.settings();
        let settings = (settings.ldap.clone(), numbering(settings));
        let running = self.directories.directory.as_ref();
        if running.is_some_and(|running| running.is(&settings, password.as_ref())) {
            return;
        }
        let (ldap, numbering) = settings.clone();
        let Some(url) = ldap.url else { return };
        let config = Config {
            url,
            base: ldap.base,
            user: ldap.user,
            password: password.clone(),
            filter: ldap.filter,
            numbers: ldap.numbers,
            names: ldap.names,
            companies: ldap.companies,
        };
        let (writer, tell) = (self.people.writer(), self.directories.tell.clone());
        self.directories.directory = Some(Running {
            source: DirectorySource::start(config, numbering, writer, tell),
            settings,
            password,
        });
    }

    /// A person wants them read now; also when a password was missing or the keychain locked.
    pub(super) fn sync_directories(&mut self) {
        if let Some(books) = &self.directories.books {
            books.source.sync();
        }
        if let Some(directory) = &mut self.directories.directory {
            directory.source.probe();
        }
        let settings = self.companion.settings();
        let books_wait = settings.carddav.url.is_some() && self.directories.books.is_none();
        if books_wait || (settings.ldap.url.is_some() && self.directories.directory.is_none()) {
            self.ask_keychain();
        }
    }

    /// What the directory has said of a number.
    pub(super) fn said_by_directory(&self, number: &E164) -> Option<Known> {
        let directory = self.directories.directory.as_ref()?;
        directory.source.said(number, self.companion.language())
    }

    /// The people among whom the directory couldn't say who has this number.
    pub(super) fn several_of_directory(&self, number: &E164, shown: &Shown) -> Vec<wire::Contact> {
        let Some(directory) = &self.directories.directory else {
            return Vec::new();
        };
        let origin = directory.source.source();
        let people = directory.source.several(number).iter();
        people.map(|card| shown.of_directory(card, &origin)).collect()
    }

    /// One of them.
    pub(super) fn of_directory(&self, number: &E164, id: &str) -> Option<&Card> {
        let directory = self.directories.directory.as_ref()?;
        let mut people = directory.source.several(number).iter();
        people.find(|card| people::directory_id(card) == id)
    }

    /// What the directory knows of a number that no contact has.
    pub(super) fn ask_directory(&mut self, number: &E164) -> Asked {
        let said = self.said_by_directory(number);
        // For whom it rings, or who is being called. What is long over isn't worth a question.
        let calls = self.companion.has_live_call_with(number);
        let Some(directory) = &mut self.directories.directory else {
            return Asked::Said(None);
        };
        let awaited = calls && directory.source.ask(number, self.now.wall);
        match said {
            None if awaited => Asked::Awaited,
            said => Asked::Said(said),
        }
    }

    /// The directory answered, or didn't in time. Who has the number is told without asking again: a directory that can't say
    /// would be asked for as long as the call lives.
    pub(super) fn on_directory(&mut self, news: DirectoryNews) {
        let source = self
            .directories
            .directory
            .as_mut()
            .map(|running| &mut running.source);
        let number = match news {
            DirectoryNews::Late(number) => {
                tracing::debug!("the directory takes its time");
                number
            }
            DirectoryNews::Found(number, whom, at) => {
                if let Some(source) = source {
                    source.learn(number.clone(), whom, at);
                }
                number
            }
            DirectoryNews::Failed(number, trouble, at) => {
                if let Some(source) = source {
                    source.failed(&number, trouble, at);
                }
                number
            }
            DirectoryNews::Tried(trouble, at) => {
                if let Some(source) = source {
                    source.tried(trouble, at);
                }
                return;
            }
        };
        let known = self.known(&number);
        self.feed(Event::Named { number, known });
    }
}
