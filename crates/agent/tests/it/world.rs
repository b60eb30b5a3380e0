//! The world of a test: its office, and agents with a fake desktop.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use centrex_sim::Sim;
use centrex_tray::controller::{Controller, Limits, Setup};
use centrex_tray::desktop::DesktopEvent;
use centrex_tray::desktop::notifications::Server;
use centrex_tray::paths::Paths;
use companion::effect::Notification;
use companion::words::Language;
use control::profile::Profile;
use control::protocol::{Answer, Change, ConnectionState, Request, SettingsChange, Snapshot};
use control::transport::{self, Address, Changes, Client};
use tempfile::TempDir;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::fakes::{FakeClocks, FakeDesktop, FakeKeychain, FakeLinks, Recorder, Seen};

pub use crate::office::*;

/// What a person keeps when the agent ends: files and keychain.
#[derive(Clone)]
pub struct Desk {
    folder: Arc<TempDir>,
    pub keychain: FakeKeychain,
    /// Who shows notifications, when somebody asks.
    pub notification_server: Result<Option<Server>, String>,
    pub links: FakeLinks,
    pub clocks: FakeClocks,
    pub limits: Limits,
}

impl Desk {
    pub fn new() -> Self {
        Self {
            folder: Arc::new(folder()),
            keychain: FakeKeychain::default(),
            notification_server: Ok(Some(Server {
                name: "Test 1.0".into(),
                has_buttons: true,
            })),
            links: FakeLinks::default(),
            clocks: FakeClocks::default(),
            limits: Limits::default(),
        }
    }

    pub fn settings_file(&self) -> PathBuf {
        self.path().join("config/settings.toml")
    }

    pub fn journal_file(&self) -> PathBuf {
        self.path().join("data/journal.db")
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub async fn start(&self) -> Agent {
        Agent::start(self).await
    }

    /// The same keychain, and other files.
    pub fn with_folder(&self, folder: TempDir) -> Self {
        Self {
            folder: Arc::new(folder),
            ..self.clone()
        }
    }
}

/// A platform, its relay, and a desk whose agent runs and isn't enrolled.
pub async fn started() -> (Sim, Relay, Desk, Agent) {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let agent = desk.start().await;
    (sim, relay, desk, agent)
}

/// The same with an agent that is enrolled and hears calls.
pub async fn enrolled() -> (Sim, Relay, Desk, Agent) {
    let (sim, relay, desk, mut agent) = started().await;
    agent.enrol(&relay).await;
    (sim, relay, desk, agent)
}

/// A running agent, watched through its control socket and its desktop.
pub struct Agent {
    pub client: Client,
    pub desktop: mpsc::UnboundedSender<DesktopEvent>,
    changes: Changes,
    state: Snapshot,
    seen: mpsc::UnboundedReceiver<Seen>,
    address: Address,
    thread: Option<std::thread::JoinHandle<()>>,
    _desk: Desk,
}

impl Agent {
    async fn start(desk: &Desk) -> Self {
        let profile = Profile::default();
        let address = Address::within(&desk.path().join("run"), &profile);
        let (desktop, events) = mpsc::unbounded_channel();
        let (recorder, seen) = mpsc::unbounded_channel();
        let ports = FakeDesktop {
            clocks: desk.clocks.clone(),
            recorder: Recorder(recorder),
            keychain: Arc::new(desk.keychain.clone()),
            notification_server: desk.notification_server.clone(),
            links: desk.links.clone(),
        };
        let setup = Setup {
            profile,
            paths: Paths {
                settings: desk.settings_file(),
                company_settings: Some(desk.path().join("company.toml")),
                journal: desk.journal_file(),
                contacts: desk.path().join("data/contacts.db"),
            },
            system: Language::Fr,
            show: false,
            limits: desk.limits,
        };
        let (ready, started) = tokio::sync::oneshot::channel();
        let listens_at = address.clone();
        // As in the program: the agent has a runtime of one thread for itself.
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let server = transport::Server::bind(&listens_at).unwrap();
                let (controller, _handle) = Controller::start(setup, ports, events, server).unwrap();
                ready.send(()).unwrap();
                Box::pin(controller.run()).await;
            });
        });
        started.await.unwrap();
        let client = Client::connect_to(&address).await.unwrap();
        let (state, changes) = client.subscribe(false).await.unwrap();
        Self {
            client,
            desktop,
            changes,
            state,
            seen,
            address,
            thread: Some(thread),
            _desk: desk.clone(),
        }
    }

    /// Another client of the same agent.
    pub async fn connect(&self) -> Client {
        Client::connect_to(&self.address).await.unwrap()
    }

    /// Where it listens.
    #[cfg(unix)]
    pub fn socket(&self) -> PathBuf {
        self.address.socket_file()
    }

    pub async fn ask(&self, request: Request) -> Answer {
        self.client.request(request).await.unwrap()
    }

    /// Enrols at a relay and waits until calls are heard.
    pub async fn enrol(&mut self, relay: &Relay) {
        self.ask(Request::Enrol {
            relay: relay.url(),
            code: relay.code().into(),
        })
        .await;
        self.live().await;
    }

    pub async fn live(&mut self) -> Snapshot {
        self.until("connected", |state| {
            state.connection.state == ConnectionState::Live
        })
        .await
    }

    pub async fn change(&self, changes: SettingsChange) {
        self.ask(Request::ChangeSettings {
            changes: Box::new(changes),
        })
        .await;
    }

    pub async fn dial(&self, input: &str) {
        self.ask(Request::Dial {
            input: input.into(),
            account: None,
            confirmed: false,
        })
        .await;
    }

    /// Waits until the state is as wanted, from the state last seen on.
    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Snapshot) -> bool) -> Snapshot {
        let waiting = async {
            while !wanted(&self.state) {
                match self.changes.next().await {
                    Some(Change::Snapshot { snapshot }) => self.state = *snapshot,
                    Some(_) => {}
                    None => panic!("the agent has gone; last state: {:#?}", self.state),
                }
            }
        };
        if timeout(LIMIT, waiting).await.is_err() {
            panic!("not within {LIMIT:?}: {what}; last state: {:#?}", self.state);
        }
        self.state.clone()
    }

    /// The next thing that the person sees and that fits; what comes before it is skipped.
    pub async fn sees<T>(&mut self, what: &str, mut fits: impl FnMut(Seen) -> Option<T>) -> T {
        let mut skipped = Vec::new();
        let waiting = async {
            loop {
                let seen = self.seen.recv().await.expect("the agent has gone");
                skipped.push(format!("{seen:?}"));
                if let Some(found) = fits(seen) {
                    return found;
                }
            }
        };
        let found = timeout(LIMIT, waiting).await;
        found.unwrap_or_else(|_| panic!("not seen within {LIMIT:?}: {what}; seen: {skipped:#?}"))
    }

    pub async fn sees_notification(&mut self) -> Notification {
        self.sees("a notification", |seen| match seen {
            Seen::Notify(notification) => Some(notification),
            _ => None,
        })
        .await
    }

    /// What was seen so far and not looked at.
    pub fn seen_so_far(&mut self) -> Vec<Seen> {
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }

    /// Quits and waits for the end; gives what was seen meanwhile.
    pub async fn quit(mut self) -> Vec<Seen> {
        self.end().await;
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }

    /// The same; gives what its client was told since the state was last looked at.
    pub async fn quit_told(mut self) -> Vec<Change> {
        self.end().await
    }

    async fn end(&mut self) -> Vec<Change> {
        let mut told = Vec::new();
        self.ask(Request::Quit).await;
        within("the agent ends", async {
            while let Some(change) = self.changes.next().await {
                told.push(change);
            }
        })
        .await;
        let thread = self.thread.take().unwrap();
        within(
            "its thread ends",
            tokio::task::spawn_blocking(move || thread.join().unwrap()),
        )
        .await
        .unwrap();
        told
    }
}
