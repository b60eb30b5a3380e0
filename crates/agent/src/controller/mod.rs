//! The one owner of the app's state.
//!
//! Everything that happens comes through one of five inboxes and is handled to its end before the next: [`Input`] from clients
//! and from our own tasks (bounded: whoever sends more waits), the desktop's events, the book's and the directories' news, and
//! the journal's trouble. What must wait (network, keychain, disk) runs in tasks that send an input when done. Two things are
//! read here all the same: the settings, a few kilobytes of the person's own disk, so that whatever is asked after a change sees
//! it in force; and the name of one number, for a call or what is typed, by the book's index (a tenth of a millisecond of 50,000
//! contacts), so that the first alert has it. The window's process is started from here, too.

mod contacts;
mod credentials;
mod desktop;
mod directories;
mod effects;
mod everything;
mod imports;
mod input;
mod journal;
mod link;
mod publish;
mod requests;
mod settings;
mod start;
mod turned_away;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use companion::Companion;
use companion::event::{DialId, Event};
use companion::settings::{FileState, Loaded, Store};
use companion::tray::Tray;
use companion::words::Message;
use control::profile::Profile;
use control::protocol::{self as wire, Change};
use control::transport::Server;
use jiff::tz::TimeZone;
use relay_api::RelayUrl;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use self::contacts::Naming;
use self::credentials::Credentials;
use self::directories::Directories;
pub(crate) use self::input::Input;
use self::publish::{Client, Subscriber};
use self::settings::Reload;
pub use self::start::{Handle, Limits, Setup, Start};
use self::turned_away::TurnedAway;
use crate::checks::LastingRefusal;
use crate::control_server::{ClientId, ClientInput, serve};
use crate::desktop::{DesktopEvent, NotifyPort, TrayPort};
use crate::enrol::Note;
use crate::journal::{JournalHandle, Trouble};
use crate::links::EnrolmentLink;
use crate::now::Now;
use crate::outbox::Reply;
use crate::paths::Paths;
use crate::people::{FolderSource, Lookup, News as PeopleNews, PeopleHandle};
use crate::ports::Ports;
use crate::relay_link::RelayLink;
use crate::settings_file::SettingsWatch;
use crate::window::Window;

/// Inputs that wait for the controller; whoever sends more waits too.
const INPUTS: usize = 256;
/// What follows the disappearance of the window or of clients when the agent ends.
const FAREWELL: Duration = Duration::from_secs(2);

/// So many looks at the clocks are due while the relay may be silent.
const LOOKS: u32 = 4;

/// Between two looks at the system's time zone.
const ZONE_AGAIN: Duration = Duration::from_secs(3600);

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
    /// What the settings' files say beside the settings, which are the companion's.
    files: FileState,
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
    /// Why the contacts can't be read.
    contacts_problem: Option<Message>,
    people_news: mpsc::UnboundedReceiver<PeopleNews>,
    callers: Callers,
    naming: Naming,
    contacts_folder: Option<FolderSource>,
    directories: Directories,
    /// When what is being handled happened.
    now: Now,
    /// Grows with every change of the journal.
    journal_revision: u64,
    /// Grows with every change of the contacts.
    contacts_revision: u64,
    link: Option<RelayLink>,
    limits: Limits,
    /// The relay's last list of past calls didn't hold them all.
    history_cut: bool,
    links: u64,
    /// When the token was last to be renewed.
    renewed_at: Option<Instant>,
    /// When a relay that no longer accepts the token is asked again.
    turned_away: TurnedAway,
    credentials: Credentials,
    /// Why the platform refused the last call, if that holds for every call: what the doctor can't try without a ring.
    refused: Option<LastingRefusal>,
    window: Window,
    enrolment_link: Option<EnrolmentLink>,
    /// The relay of an enrolment that the last run didn't bring to its end.
    unfinished: Option<RelayUrl>,
    /// Why the last link of our own can't be obeyed.
    link_problem: Option<Message>,
    /// A run of the doctor is under way.
    examining: bool,
    /// Who waits for the next one.
    patients: Vec<Reply>,
    tray_shown: bool,
    notify_problem: Option<String>,
    /// Whether the hotkey of the settings works, once that is known.
    hotkey_works: Option<Result<(), Message>>,
    /// What is shown may have changed since it was last looked at.
    changed: bool,
    shown: Option<Tray>,
    told: Option<wire::Snapshot>,
    revision: u64,
    reload: Option<Reload>,
    /// The machine said that it would sleep: when it counts as awake though it didn't say so.
    wakes_at: Option<Instant>,
    /// When the time zone is looked at again: whoever never sleeps may travel all the same.
    zone_at: Instant,
    /// The pad is to be shown at the start.
    starts_shown: bool,
    /// The window was shown to somebody whose desk lacks its code.
    invited: bool,
    quitting: bool,
    watch: SettingsWatch,
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
            limits,
        } = setup;
        let now = ports.now();
        let store = Store::new(paths.settings.clone(), paths.company_settings.clone());
        let Loaded { settings, files } = store.load();
        let numbering = contacts::numbering(&settings);
        let companion = Companion::new(settings, system, now.wall);
        let tray = companion.tray();
        ports.tray().show(tray.clone());
        tracing::debug!("the tray knows what to show");
        let (own, inputs) = mpsc::channel(INPUTS);
        let (people_tell, people_news) = mpsc::unbounded_channel();
        let journal = JournalHandle::start(paths.journal.clone(), own.clone())?;
        let controller = Self {
            journal_trouble: journal.watch_trouble(),
            journal_found: None,
            journal,
            people: PeopleHandle::start(paths.contacts.clone(), numbering, people_tell)?,
            people_news,
            contacts_problem: None,
            callers: Callers::Opening,
            naming: Naming::default(),
            contacts_folder: None,
            directories: Directories::new(),
            journal_revision: 0,
            contacts_revision: 0,
            watch: SettingsWatch::start(&paths.settings, own.clone()),
            unfinished: Note::within(paths.data()).read(),
            _server: AbortOnDropHandle::new(tokio::spawn(serve(server, own.clone()))),
            profile,
            paths,
            store,
            files,
            companion,
            ports,
            desktop,
            inputs,
            clients: HashMap::new(),
            limits,
            history_cut: false,
            link: None,
            links: 0,
            renewed_at: None,
            turned_away: TurnedAway::default(),
            credentials: Credentials::default(),
            refused: None,
            window: Window::default(),
            enrolment_link: None,
            link_problem: None,
            examining: false,
            patients: Vec::new(),
            tray_shown: false,
            notify_problem: None,
            hotkey_works: None,
            changed: false,
            shown: Some(tray),
            told: None,
            revision: 0,
            reload: None,
            wakes_at: None,
            zone_at: now.moment + ZONE_AGAIN,
            now,
            starts_shown: show,
            invited: false,
            quitting: false,
            own: own.clone(),
        };
        Ok((controller, Handle(own)))
    }

    /// Works until somebody quits, then takes leave: notifications go, clients are told, the journal is on disk.
    pub async fn run(mut self) {
        self.woken().begin();
        while !self.quitting {
            let deadline = self.next_deadline();
            tokio::select! {
                Some(input) = self.inputs.recv() => self.woken().on_inputs(input),
                Some(event) = self.desktop.recv() => self.woken().on_desktop(event),
                Some(news) = self.people_news.recv() => self.woken().on_people(news),
                Some(news) = self.directories.news.recv() => self.woken().on_directory(news),
                // To be published.
                Ok(()) = self.journal_trouble.changed() => {
                    self.woken();
                }
                () = sleep_until(deadline) => self.woken().on_deadline(),
            }
            if self.changed {
                self.publish();
            }
        }
        self.take_leave().await;
    }

    /// Something happened, now. What doesn't say that it changes nothing may have changed what is shown.
    fn woken(&mut self) -> &mut Self {
        self.look();
        self.changed = true;
        self
    }

    /// Reads the clocks. If nothing ran here for a while, the machine slept without a word, or this program was stopped: what
    /// the connection has brought meanwhile is old.
    fn look(&mut self) {
        let last = std::mem::replace(&mut self.now, self.ports.now());
        if self.link.is_none() {
            return;
        }
        if let Some(still) = self
            .now
            .stood_still_since(last, self.limits.relay_silence / LOOKS)
        {
            tracing::info!(still_s = still.as_secs(), "nothing ran for a while: a sleep");
            self.wake_up();
        }
    }

    /// When something is to be done though nothing happens.
    fn next_deadline(&self) -> Option<Instant> {
        let companion = self.companion.next_deadline().map(|at| {
            let wait = at.duration_since(self.now.wall);
            self.now.moment + wait.try_into().unwrap_or_default()
        });
        [
            companion,
            self.reload.map(|reload| reload.at),
            self.wakes_at,
            self.credentials.ask_at(),
            self.turned_away.ask_at(),
            Some(self.zone_at),
            // A sleep is noticed by it.
            self.link
                .as_ref()
                .map(|_| self.now.moment + self.limits.relay_silence / LOOKS),
        ]
        .into_iter()
        .flatten()
        .min()
    }

    fn on_deadline(&mut self) {
        let Now {
            wall, moment: now, ..
        } = self.now;
        if self.reload.is_some_and(|reload| reload.at <= now) {
            self.reload = None;
            // Before they are read: what is changed meanwhile is told again.
            self.watch = SettingsWatch::start(&self.paths.settings, self.own.clone());
            self.reload_settings();
        }
        if self.zone_at <= now {
            self.look_at_zone();
        }
        if self.wakes_at.is_some_and(|at| at <= now) {
            self.reconnect();
        }
        if self.credentials.ask_at().is_some_and(|at| at <= now) {
            self.keychain_waited();
        }
        if self.turned_away.ask_at().is_some_and(|at| at <= now) {
            self.turned_away_waited();
        }
        if self.companion.next_deadline().is_some_and(|at| at <= wall) {
            self.feed(Event::Tick);
        }
    }

    /// Quiet hours and dates are told by the zone of now.
    pub(super) fn look_at_zone(&mut self) {
        self.zone_at = self.now.moment + ZONE_AGAIN;
        self.feed(Event::Zone(TimeZone::system()));
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
                        self.window.ended(self.now.moment);
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
