//! The world of a test: a simulated platform, a real relay, and agents with a fake desktop.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use centrex_relay::enrolment;
use centrex_relay::server::{Running, prepare};
use centrex_relay::settings::{Sources, load};
use centrex_sim::{Config, HangUp, HangUpBy, Ring, Sim, Timing};
use centrex_tray::controller::{Controller, Setup};
use centrex_tray::desktop::DesktopEvent;
use centrex_tray::desktop::notifications::Server;
use centrex_tray::paths::Paths;
use companion::effect::Notification;
use companion::words::Language;
use control::profile::Profile;
use control::protocol::{Answer, Change, ConnectionState, Request, SettingsChange, Snapshot};
use control::transport::{self, Address, Changes, Client};
use jiff::{SignedDuration, Timestamp};
use telephony::AccountId;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use crate::fakes::{FakeDesktop, FakeKeychain, Recorder, Seen};

/// The key of the simulated platform: it must turn up in no log and no file.
pub const API_KEY: &str = "canary-key-5f1d";
/// The account's SIP password there.
pub const PASSWORD: &str = "canary-password-77";
/// The account of the tests, and its number.
pub const ACCOUNT: &str = "1001";
pub const LINE: &str = "+33199000011";
/// Somebody outside.
pub const OTHER: &str = "+33199000042";
pub const OTHER_SHOWN: &str = "01\u{a0}99\u{a0}00\u{a0}00\u{a0}42";

const SECRET: &str = "0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
/// Nothing here takes so long; what does has failed.
const LIMIT: Duration = Duration::from_secs(30);

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    timeout(LIMIT, future)
        .await
        .unwrap_or_else(|_| panic!("not within {LIMIT:?}: {what}"))
}

/// A folder that goes with the test. It stays on Windows, where a file that is open can't go: a test doesn't wait for the
/// end of what it started.
fn folder() -> TempDir {
    tempfile::Builder::new()
        .disable_cleanup(cfg!(windows))
        .tempdir()
        .unwrap()
}

/// A platform whose people do nothing by themselves.
pub async fn platform() -> Sim {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut config = Config::new(API_KEY).account(ACCOUNT, PASSWORD, LINE).unwrap();
    config.timing = Timing {
        pickup_after: None,
        answer_after: None,
        talk: None,
        ring_for: None,
    };
    Sim::start(config).await.unwrap()
}

/// A relay that can be stopped and started again on its data and its address.
pub struct Relay {
    folder: TempDir,
    platform: String,
    extra: Vec<(&'static str, String)>,
    running: Option<Running>,
    pub address: SocketAddr,
}

impl Relay {
    pub async fn start(sim: &Sim) -> Self {
        Self::start_with(sim, true, &[]).await
    }

    /// `dials`: it holds the platform's key.
    pub async fn start_with(sim: &Sim, dials: bool, extra: &[(&'static str, &str)]) -> Self {
        let mut extra: Vec<_> = extra
            .iter()
            .map(|(key, value)| (*key, (*value).to_owned()))
            .collect();
        if dials {
            extra.push(("platform.api_key", API_KEY.to_owned()));
        }
        let folder = folder();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut relay = Self {
            folder,
            platform: sim.api_base(),
            extra,
            running: None,
            address,
        };
        relay.resume().await;
        sim.set_callback_url(Some(&format!("{}/callback/{SECRET}", relay.url())))
            .await
            .unwrap();
        relay
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub async fn resume(&mut self) {
        let mut environment: std::collections::BTreeMap<String, String> = [
            ("CENTREX_RELAY_CALLBACK_SECRET".to_owned(), SECRET.to_owned()),
            ("CENTREX_RELAY_PLATFORM_URL".to_owned(), self.platform.clone()),
            (
                "CENTREX_RELAY_DATA_DIR".to_owned(),
                self.folder.path().display().to_string(),
            ),
            ("CENTREX_RELAY_LISTEN".to_owned(), self.address.to_string()),
        ]
        .into();
        for (key, value) in &self.extra {
            environment.insert(centrex_relay::settings::variable(key), value.clone());
        }
        let settings = load(&Sources {
            environment,
            ..Sources::default()
        })
        .unwrap();
        let public = TcpListener::bind(self.address).await.unwrap();
        self.address = public.local_addr().unwrap();
        let admin = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        self.running = Some(prepare(&settings).unwrap().start(public, admin).unwrap());
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await;
    }

    pub fn code(&self) -> String {
        let desk = enrolment::Desk {
            label: "Accueil".into(),
            accounts: [AccountId(ACCOUNT.into())].into(),
        };
        let expires = SignedDuration::from_hours(1);
        let made = enrolment::create(
            self.folder.path(),
            &[desk],
            expires,
            Timestamp::now(),
            &mut rand::rng(),
        )
        .unwrap();
        made[0].0.reveal()
    }

    /// Takes every token back.
    pub fn revoke_all(&self) {
        for token in enrolment::tokens(self.folder.path(), Timestamp::now()).unwrap() {
            assert!(enrolment::revoke_token(self.folder.path(), &token.id, Timestamp::now()).unwrap());
        }
    }
}

/// What a person keeps when the agent ends: files and keychain.
#[derive(Clone)]
pub struct Desk {
    folder: Arc<TempDir>,
    pub keychain: FakeKeychain,
    /// Who shows notifications, when somebody asks.
    pub notification_server: Result<Option<Server>, String>,
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

/// Somebody calls and gives up, while the agent may not be listening.
pub async fn missed_call(sim: &Sim) {
    sim.ring(Ring {
        to: ACCOUNT.into(),
        from: Some(OTHER.into()),
        ..Ring::default()
    })
    .await
    .unwrap();
    sim.hang_up(
        ACCOUNT,
        HangUp {
            call_id: None,
            by: HangUpBy::OtherParty,
        },
    )
    .await
    .unwrap();
    sim.settled().await.unwrap();
}

/// A running agent, watched through its control socket and its desktop.
pub struct Agent {
    pub client: Client,
    pub desktop: mpsc::UnboundedSender<DesktopEvent>,
    changes: Changes,
    state: Snapshot,
    seen: mpsc::UnboundedReceiver<Seen>,
    address: Address,
    thread: std::thread::JoinHandle<()>,
    _desk: Desk,
}

impl Agent {
    async fn start(desk: &Desk) -> Self {
        let profile = Profile::default();
        let address = Address::within(&desk.path().join("run"), &profile);
        let (desktop, events) = mpsc::unbounded_channel();
        let (recorder, seen) = mpsc::unbounded_channel();
        let ports = FakeDesktop {
            recorder: Recorder(recorder),
            keychain: Arc::new(desk.keychain.clone()),
            notification_server: desk.notification_server.clone(),
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
            show: None,
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
            thread,
            _desk: desk.clone(),
        }
    }

    /// Another client of the same agent.
    pub async fn connect(&self) -> Client {
        Client::connect_to(&self.address).await.unwrap()
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
        self.ask(Request::Quit).await;
        within("the agent ends", async {
            while self.changes.next().await.is_some() {}
        })
        .await;
        drop(self.client);
        let thread = self.thread;
        within(
            "its thread ends",
            tokio::task::spawn_blocking(move || thread.join().unwrap()),
        )
        .await
        .unwrap();
        std::iter::from_fn(|| self.seen.try_recv().ok()).collect()
    }
}
