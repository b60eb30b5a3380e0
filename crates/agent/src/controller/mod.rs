//! The one owner of the app's state.
//!
//! Everything that happens comes through one channel ([`Input`]; the desktop's own events beside it) and is handled to its
//! end before the next: no lock, no shared state. What must wait (network, keychain, disk) runs in tasks that send an input
//! when done.

mod contacts;
mod credentials;
mod effects;
mod everything;
mod journal;
mod link;
mod requests;
mod settings;

use std::collections::HashMap;
use std::sync::Arc;

use companion::Companion;
use companion::event::{DeskState, DialId, Event, KeychainProblem, Origin};
use companion::journal::Row;
use companion::settings::{Loaded, Store};
use companion::tray::{MenuAction, Tray};
use companion::words::{Language, Message};
use control::profile::Profile;
use control::protocol::{self as wire, Change, Place, Point, Secret};
use control::transport::Server;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use crate::control_server::{ClientId, ClientInput, serve};
use crate::desktop::{DesktopEvent, NotifyPort, SecretName, TrayPort};
use crate::dial::DialOutcome;
use crate::enrol::{Enrolment, Refusal};
use crate::journal::{AskError, JournalHandle, JournalOpened, Trouble};
use crate::links::{self, EnrolmentLink};
use crate::outbox::{Outbox, Reply};
use crate::paths::Paths;
use crate::people::{FolderSource, Lookup, News as PeopleNews, PeopleHandle};
use crate::ports::Ports;
use crate::relay_link::{News, RelayLink};
use crate::settings_file::SettingsWatch;
use crate::view::{self, Around};
use crate::window::{self, Window, Wish};
use credentials::Credentials;

/// Inputs that wait for the controller; whoever sends more waits too.
const INPUTS: usize = 256;
/// What follows the disappearance of the window or of clients when the agent ends.
const FAREWELL: std::time::Duration = std::time::Duration::from_secs(2);

/// Everything that the controller is told, the desktop's events excepted.
pub(crate) enum Input {
    /// From the control socket.
    Client(ClientId, ClientInput),
    /// From the link to the relay with this generation.
    Link(u64, News),
    /// What became of a call that was asked for.
    Dialled(DialId, DialOutcome),
    /// What the keychain said, and whom it answers besides us.
    Secret(SecretName, Result<Option<SecretString>, KeychainProblem>),
    /// A secret was stored or forgotten on a client's wish.
    SecretChanged(SecretName, Result<(), KeychainProblem>, Reply),
    /// What became of an enrolment.
    Enrolled(Result<Enrolment, Refusal>, Reply),
    /// A step of a connection test ended.
    TestStep(wire::Check),
    /// The journal was opened.
    Journal(Box<JournalOpened>),
    /// The journal did what a client asked, or not; to be worded and sent.
    JournalAnswered(Box<Result<journal::JournalAnswer, AskError>>, Reply),
    /// The call whose record a client wants.
    RecordWanted(Result<Option<Box<Row>>, AskError>, Reply),
    /// The settings file may have changed.
    SettingsTouched,
    /// The window's process has ended: how, as far as the system tells.
    WindowEnded(std::io::Result<std::process::ExitStatus>),
    /// The session or the person ends us.
    Quit,
}

/// What a controller starts with.
pub struct Setup {
    /// The profile.
    pub profile: Profile,
    /// Its files.
    pub paths: Paths,
    /// The system's language.
    pub system: Language,
    /// Shown as soon as everything stands: nothing for `--hidden`.
    pub show: Option<Start>,
}

/// What a person who starts the app wants to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Start {
    /// The pad, as it is.
    Pad,
    /// The pad with a number or a URI.
    Fill(String),
    /// An enrolment link.
    Link(Secret),
}

impl Start {
    /// What a text stands for that came as an argument or a link.
    pub fn of(text: String) -> Self {
        if links::is_own(&text) {
            Self::Link(text.into())
        } else {
            Self::Fill(text)
        }
    }
}

/// Sends the controller's own inputs from outside: signals.
#[derive(Clone)]
pub struct Handle(mpsc::Sender<Input>);

impl Handle {
    /// Ends the agent in good order.
    pub async fn quit(&self) {
        // Fails only when it has ended already.
        let _ = self.0.send(Input::Quit).await;
    }
}

/// A client of the control socket.
struct Client {
    outbox: Outbox,
    /// Whether it hears changes, and whether it is the window.
    subscribed: Option<Subscriber>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Subscriber {
    Other,
    Window,
}

/// Who knows callers by their numbers.
enum Callers {
    /// The book isn't open yet; it will be asked once it is.
    Opening,
    /// The book.
    Known(Box<Lookup>),
    /// Nobody: the book can't be opened.
    Unknown,
}

/// See the module.
pub struct Controller<P: Ports> {
    profile: Profile,
    paths: Paths,
    store: Store,
    loaded: Loaded,
    companion: Companion,
    ports: P,
    desktop: mpsc::UnboundedReceiver<DesktopEvent>,
    inputs: mpsc::Receiver<Input>,
    own: mpsc::Sender<Input>,
    clients: HashMap<ClientId, Client>,
    journal: JournalHandle,
    /// What keeps calls from being remembered.
    journal_trouble: watch::Receiver<Option<Trouble>>,
    /// What the journal's opening found, if it is worth a sentence.
    journal_found: Option<Message>,
    people: PeopleHandle,
    people_news: mpsc::UnboundedReceiver<PeopleNews>,
    callers: Callers,
    contacts_folder: Option<FolderSource>,
    /// Grows with every change of the journal.
    journal_revision: u64,
    /// Grows with every change of the contacts.
    contacts_revision: u64,
    link: Option<RelayLink>,
    /// The relay's last list of past calls didn't hold them all.
    history_cut: bool,
    links: u64,
    credentials: Credentials,
    window: Window,
    enrolment_link: Option<EnrolmentLink>,
    tray_shown: bool,
    notify_problem: Option<String>,
    shown: Option<Tray>,
    told: Option<wire::Snapshot>,
    revision: u64,
    reload_at: Option<Instant>,
    /// The machine said that it would sleep: when it counts as awake though it didn't say so.
    wakes_at: Option<Instant>,
    start: Option<Start>,
    quitting: bool,
    _watch: SettingsWatch,
    _server: AbortOnDropHandle<()>,
}

impl<P: Ports> Controller<P> {
    /// Shows the tray at once and starts everything else. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// When the system gives no thread for the journal.
    pub fn start(
        setup: Setup,
        ports: P,
        desktop: mpsc::UnboundedReceiver<DesktopEvent>,
        server: Server,
    ) -> std::io::Result<(Self, Handle)> {
        let Setup {
            profile,
            paths,
            system,
            show,
        } = setup;
        let store = Store::new(paths.settings.clone(), paths.company_settings.clone());
        let loaded = store.load();
        let companion = Companion::new(loaded.settings.clone(), system, Timestamp::now());
        let tray = companion.tray();
        ports.tray().show(tray.clone());
        tracing::debug!("the tray knows what to show");
        let (own, inputs) = mpsc::channel(INPUTS);
        let (people_tell, people_news) = mpsc::unbounded_channel();
        let numbering = contacts::numbering(&loaded.settings);
        let journal = JournalHandle::start(paths.journal.clone(), own.clone())?;
        let controller = Self {
            journal_trouble: journal.watch_trouble(),
            journal_found: None,
            journal,
            people: PeopleHandle::start(paths.contacts.clone(), numbering, people_tell)?,
            people_news,
            callers: Callers::Opening,
            contacts_folder: None,
            journal_revision: 0,
            contacts_revision: 0,
            _watch: SettingsWatch::start(&paths.settings, own.clone()),
            _server: AbortOnDropHandle::new(tokio::spawn(serve(server, own.clone()))),
            profile,
            paths,
            store,
            loaded,
            companion,
            ports,
            desktop,
            inputs,
            clients: HashMap::new(),
            history_cut: false,
            link: None,
            links: 0,
            credentials: Credentials::default(),
            window: Window::default(),
            enrolment_link: None,
            tray_shown: false,
            notify_problem: None,
            shown: Some(tray),
            told: None,
            revision: 0,
            reload_at: None,
            wakes_at: None,
            start: show,
            quitting: false,
            own: own.clone(),
        };
        Ok((controller, Handle(own)))
    }

    /// Works until somebody quits, then takes leave: notifications go, clients are told, the journal is on disk.
    pub async fn run(mut self) {
        self.begin();
        while !self.quitting {
            let deadline = self.next_deadline();
            tokio::select! {
                Some(input) = self.inputs.recv() => self.on_input(input),
                Some(event) = self.desktop.recv() => self.on_desktop(event),
                Some(news) = self.people_news.recv() => self.on_people(news),
                // To be published.
                Ok(()) = self.journal_trouble.changed() => {}
                () = sleep_until(deadline) => self.on_deadline(),
            }
            self.publish();
        }
        self.take_leave().await;
    }

    /// What is asked of the world at the start.
    fn begin(&mut self) {
        let (days, withheld) = (self.loaded.settings.keep_days, self.loaded.settings.keep_private);
        self.journal.keep(days, withheld);
        self.feed(Event::Zone(TimeZone::system()));
        self.ask_keychain();
        self.start_with_session();
        self.fill_contacts();
        if let Some(start) = self.start.take() {
            self.show_start(start);
        }
    }

    /// Shows what the system or a person started us for.
    fn show_start(&mut self, start: Start) {
        match start {
            Start::Pad => self.show_or_log(Wish::place(Place::Pad)),
            Start::Fill(text) => self.show_or_log(requests::fill(&text)),
            Start::Link(uri) => {
                if let Err(error) = self.open_link(&uri) {
                    tracing::warn!(reason = error.message.id, "the link can't be obeyed");
                    self.show_or_log(Wish::place(Place::Settings));
                }
            }
        }
    }

    fn on_input(&mut self, input: Input) {
        match input {
            Input::Client(client, ClientInput::Came(outbox)) => {
                self.clients.insert(
                    client,
                    Client {
                        outbox,
                        subscribed: None,
                    },
                );
            }
            Input::Client(client, ClientInput::Asks(request, reply)) => {
                self.on_request(client, request, reply)
            }
            Input::Client(client, ClientInput::Went) => {
                self.clients.remove(&client);
            }
            Input::Link(generation, news) => self.on_link(generation, news),
            Input::Dialled(id, outcome) => self.feed(Event::DialOutcome(id, outcome)),
            Input::Secret(name, result) => self.on_secret(&name, result),
            Input::SecretChanged(name, result, reply) => self.on_secret_changed(&name, result, reply),
            Input::Enrolled(result, reply) => self.on_enrolled(result, reply),
            Input::TestStep(check) => self.tell(|_| Some(Change::TestStep { check: check.clone() })),
            Input::Journal(opened) => self.on_journal(*opened),
            Input::JournalAnswered(answer, reply) => self.on_journal_answered(*answer, reply),
            Input::RecordWanted(row, reply) => self.on_record_wanted(row, reply),
            Input::SettingsTouched => self.reload_at = Some(Instant::now() + settings::DEBOUNCE),
            Input::WindowEnded(end) => {
                window::note_end(&end);
                if let Some(wish) = self.window.ended() {
                    self.show_or_log(wish);
                }
            }
            Input::Quit => self.quitting = true,
        }
    }

    fn on_desktop(&mut self, event: DesktopEvent) {
        match event {
            DesktopEvent::TrayClicked(point) => {
                let anchor = point.map(|(x, y)| Point { x, y });
                self.show_or_log(Wish {
                    place: Place::Pad,
                    anchor,
                    fill: None,
                });
            }
            DesktopEvent::Menu(MenuAction::Open(place)) => {
                self.show_or_log(Wish::place(effects::place(place)))
            }
            DesktopEvent::Menu(MenuAction::FillPad(number)) => {
                self.show_or_log(Wish {
                    place: Place::Pad,
                    anchor: None,
                    fill: Some(number.into()),
                });
            }
            DesktopEvent::Menu(MenuAction::Quit) => self.quitting = true,
            DesktopEvent::TrayShown(shown) => {
                tracing::info!(shown, "tray icon");
                self.tray_shown = shown;
            }
            DesktopEvent::NoteAction(key, action) => {
                self.ask_keychain_again();
                self.feed(Event::NoteAction {
                    key,
                    action,
                    press: new_press(),
                });
            }
            DesktopEvent::NotifyFailed(why) => {
                tracing::warn!(why, "a notification can't be shown");
                self.notify_problem = Some(why);
            }
            DesktopEvent::LinkOpened(link) => self.show_start(Start::of(link.expose().to_owned())),
            DesktopEvent::Asleep => {
                tracing::info!("the machine goes to sleep");
                self.fall_asleep();
            }
            DesktopEvent::Presence(presence) => {
                tracing::debug!(?presence, "presence");
                self.feed(Event::Desk(DeskState {
                    locked: presence.locked.unwrap_or_default(),
                    dnd: presence.dnd.unwrap_or_default(),
                }));
            }
            DesktopEvent::RecordOpened(way) => self.feed(Event::RecordOpened(way)),
            DesktopEvent::OpenFailed(problem) => self.feed(Event::RecordFailed(problem.into())),
            DesktopEvent::ProgramFailed(problem) => self.feed(Event::RecordFailed(problem.into())),
            DesktopEvent::Woke => {
                self.ask_keychain_again();
                self.reconnect();
                self.feed(Event::Tick);
            }
        }
    }

    fn on_journal(&mut self, opened: JournalOpened) {
        match opened.opened {
            Ok(found) => {
                tracing::debug!(?found, calls = opened.rows.len(), "journal");
                self.journal_found = found.message();
            }
            Err(error) => {
                tracing::error!(%error, "calls are not remembered in this run");
            }
        }
        for row in opened.rows.into_iter().rev() {
            let origin = Origin::Journal { unread: row.unread };
            self.feed(Event::Call {
                call: Box::new(row.call),
                origin,
                age_s: i64::MAX,
            });
        }
    }

    /// When something is to be done though nothing happens.
    fn next_deadline(&self) -> Option<Instant> {
        let companion = self.companion.next_deadline().map(|at| {
            let wait = at.duration_since(Timestamp::now());
            Instant::now() + wait.try_into().unwrap_or_default()
        });
        [
            companion,
            self.reload_at,
            self.wakes_at,
            self.credentials.ask_at(),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn on_deadline(&mut self) {
        let now = Instant::now();
        if self.reload_at.is_some_and(|at| at <= now) {
            self.reload_at = None;
            self.reload_settings();
        }
        if self.wakes_at.is_some_and(|at| at <= now) {
            self.reconnect();
        }
        if self.credentials.ask_at().is_some_and(|at| at <= now) {
            self.ask_keychain();
        }
        if self
            .companion
            .next_deadline()
            .is_some_and(|at| at <= Timestamp::now())
        {
            self.feed(Event::Tick);
        }
    }

    /// Shows what has changed: the tray to the person, the state to whoever subscribed.
    fn publish(&mut self) {
        let tray = self.companion.tray();
        if self.shown.as_ref() != Some(&tray) {
            self.ports.tray().show(tray.clone());
            self.shown = Some(tray);
        }
        if self.clients.values().all(|client| client.subscribed.is_none()) {
            self.told = None;
            return;
        }
        let snapshot = self.snapshot();
        let same = self.told.as_ref().is_some_and(|told| {
            *told
                == wire::Snapshot {
                    at: told.at.clone(),
                    revision: told.revision,
                    ..snapshot.clone()
                }
        });
        if !same {
            self.tell(|_| {
                Some(Change::Snapshot {
                    snapshot: Box::new(snapshot.clone()),
                })
            });
            self.told = Some(snapshot);
        }
    }

    fn snapshot(&mut self) -> wire::Snapshot {
        self.revision += 1;
        let trouble = self
            .journal_trouble
            .borrow()
            .as_ref()
            .map(|trouble| trouble.message.clone());
        let around = Around {
            journal_problem: trouble.or_else(|| self.journal_found.clone()),
            profile: self.profile.name(),
            loaded: &self.loaded,
            settings_file: &self.paths.settings,
            pending_enrolment: self.enrolment_link.as_ref().map(|link| &link.pending),
            tray_shown: self.tray_shown,
            journal_revision: self.journal_revision,
            contacts_revision: self.contacts_revision,
            revision: self.revision,
        };
        view::snapshot(&self.companion, &around, Timestamp::now())
    }

    /// Sends subscribers what `change` gives for each.
    fn tell(&self, change: impl Fn(Subscriber) -> Option<Change>) {
        for client in self.clients.values() {
            if let Some(change) = client.subscribed.and_then(&change) {
                client.outbox.change(change);
            }
        }
    }

    async fn take_leave(mut self) {
        tracing::info!("quitting");
        self.tell(|_| Some(Change::Quitting));
        self.link = None;
        let leave = async {
            tokio::join!(self.ports.notify().withdraw_all(), self.journal.flush());
            for client in self.clients.values() {
                client.outbox.close();
            }
            // The clients' tasks send what waits, and say when their client has gone.
            while !self.clients.is_empty() || self.window.is_running() {
                match self.inputs.recv().await {
                    Some(Input::Client(client, ClientInput::Went)) => {
                        self.clients.remove(&client);
                    }
                    // However it ends: it was told to go.
                    Some(Input::WindowEnded(_)) => {
                        self.window.ended();
                    }
                    Some(_) => {}
                    None => return,
                }
            }
        };
        if tokio::time::timeout(FAREWELL, leave).await.is_err() {
            tracing::warn!("the window or another program did not let go in time");
        }
    }
}

async fn sleep_until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => tokio::time::sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}

/// One press of "call".
fn new_press() -> DialId {
    DialId(Uuid::new_v4())
}

/// Shared with the tasks that wait for the keychain.
fn keychain<P: Ports>(ports: &P) -> Arc<P::Keychain> {
    Arc::clone(ports.keychain())
}
