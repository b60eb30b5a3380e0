//! A running relay: the parts put together, listening and stopping.

use std::io::ErrorKind;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use ipnet::IpNet;
use jiff::Timestamp;
use metrics_exporter_prometheus::PrometheusHandle;
use rand::Rng as _;
use rand::seq::SliceRandom as _;
use steady::Clock;
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::task::{AbortHandle, JoinHandle};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::acme;
use crate::address::Noted;
use crate::dial::{self, Dialler};
use crate::forward::{self, Forwarder};
use crate::http::{self, App, Shared, admin::Admin, guesses::Guesses};
use crate::hub::Hub;
use crate::ingest::Intake;
use crate::listener;
use crate::lock::{DataLock, LockError};
use crate::measures;
use crate::secret::callback::{CallbackSecret, CallbackSecretError};
use crate::secret::rotation::CallbackSecrets;
use crate::sessions::{Publication, Sessions};
use crate::settings::{self, Settings};
use crate::store::kinds::answered::Mark;
use crate::store::{self, StoreError, Writer, WriterOptions, integrity};
use crate::tls::{self, Certificates, TlsError};
use crate::upkeep::Upkeep;

/// The relay can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another relay uses the data folder.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The callback secret.
    #[error(transparent)]
    CallbackSecret(#[from] CallbackSecretError),
    /// The platform's address.
    #[error("platform.url can't be used: {0}")]
    Platform(#[from] centrex::ConfigError),
    /// Forwards.
    #[error(transparent)]
    Forward(#[from] forward::ClientError),
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Metrics.
    #[error("the metrics could not be set up: {0}")]
    Metrics(String),
    /// A listener.
    #[error("{key}: can't listen on {address}: {cause}; {}", advice(cause))]
    Listen {
        /// Which setting.
        key: &'static str,
        /// Where.
        address: SocketAddr,
        /// The system's error.
        cause: std::io::Error,
    },
}

impl StartError {
    /// The database is damaged.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_damage())
    }

    /// The configuration is to blame, not the moment.
    pub fn is_configuration(&self) -> bool {
        let store = match self {
            Self::CallbackSecret(_) | Self::Platform(_) | Self::Tls(_) => return true,
            Self::Listen { cause, .. } => return cause.kind() == ErrorKind::AddrNotAvailable,
            Self::Store(error) | Self::Lock(LockError::Folder(error)) => error,
            _ => return false,
        };
        matches!(store, StoreError::Folder { .. } | StoreError::Newer { .. })
    }
}

fn advice(cause: &std::io::Error) -> &'static str {
    match cause.kind() {
        ErrorKind::AddrNotAvailable => {
            "this machine has no such address; 0.0.0.0 or [::] stands for all that it has"
        }
        ErrorKind::PermissionDenied => "ports below 1024 need a right that the unit gives, or another port",
        _ => "is another program using it?",
    }
}

/// A relay whose store is open and whose parts are ready; nothing listens yet.
pub struct Prepared {
    app: App,
    certificates: Option<Arc<Certificates>>,
    acme: Option<acme::Settings>,
    tls: Option<listener::Door>,
    places: Arc<listener::Places>,
    upkeep: Upkeep,
    drain: Duration,
    grace: Duration,
    metrics: PrometheusHandle,
    data_dir: PathBuf,
    lock: DataLock,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prepared")
    }
}

/// A relay that listens. Dropping it stops it without grace; [`Running::stop`] drains.
#[derive(Debug)]
pub struct Running {
    /// The public listener's address.
    pub address: SocketAddr,
    /// The admin listener's address.
    pub admin: SocketAddr,
    /// The address with TLS, if there is one.
    pub tls: Option<SocketAddr>,
    app: App,
    certificates: Option<Arc<Certificates>>,
    ready: Arc<AtomicBool>,
    stop_admin: CancellationToken,
    drain: Duration,
    grace: Duration,
    servers: Vec<JoinHandle<()>>,
    health: Health,
    /// Before the lock: what isn't there any more is written down nowhere.
    _noted: Noted,
    _lock: DataLock,
}

/// Whether the parts live that nothing works without; for whoever would start the relay again.
#[derive(Clone, Debug)]
pub struct Health {
    writer: Weak<Writer>,
    upkeep: AbortHandle,
    draining: CancellationToken,
}

impl Health {
    /// Always so for a relay that stops: it is on its way out.
    pub fn is_well(&self) -> bool {
        let writes = self.writer.upgrade().is_some_and(|writer| writer.is_alive());
        self.draining.is_cancelled() || (writes && !self.upkeep.is_finished())
    }
}

/// Opens the store and checks everything that can be checked without a port.
///
/// # Errors
/// [`StartError`]
pub fn prepare(settings: &Settings) -> Result<Prepared, StartError> {
    let now = Timestamp::now();
    let metrics = metrics_handle()?;
    let certificates = settings.tls.as_ref().map(certificates).transpose()?;
    let lock = DataLock::take(&settings.data_dir)?;
    let callback_secrets = callback_secrets(settings)?;
    let dialler = Dialler::new(platform(settings)?, settings.rules.clone());
    let hub = Arc::new(Hub::new(settings.events.bounds));
    let sessions = Arc::new(Sessions::default());
    let committed = Publication::new(Arc::clone(&sessions), Arc::clone(&hub));
    let options = WriterOptions {
        committed: Box::new(committed),
    };
    let (writer, reader, begun) = Writer::start(&settings.data_dir, options, now)?;
    hub.begin(begun.head);
    let clock = Arc::new(Clock::new(begun.last_written, now));
    let writer = Arc::new(writer);
    let forwarder = Arc::new(Forwarder::new(settings.forwards.clone(), Arc::clone(&clock)));
    let app = App(Arc::new(Shared {
        intake: Intake::new(Arc::clone(&writer), Arc::clone(&forwarder)),
        writer,
        reader,
        hub,
        sessions,
        callback_secrets: Arc::new(callback_secrets),
        dialler: Arc::new(dialler),
        limits: Arc::new(http::limits::Limits::new(settings.budgets)),
        guesses: Mutex::new(Guesses::new(
            settings.budgets.codes_per_minute,
            settings.budgets.codes_in_all,
        )),
        proxies: Arc::new(settings.proxies.clone()),
        sources: settings.callback_sources.clone().into(),
        forwarder,
        clock,
        renew_after: settings.renew_after,
        heartbeat: settings.events.heartbeat,
        draining: CancellationToken::new(),
        tasks: TaskTracker::new(),
    }));
    Ok(Prepared {
        app,
        certificates,
        acme: settings.tls.as_ref().and_then(|tls| tls.acme.clone()),
        tls: None,
        places: listener::Places::new(settings.connections, known(settings)),
        upkeep: Upkeep {
            limits: settings.limits,
            keep: settings.keep,
        },
        drain: settings.events.drain,
        grace: settings.shutdown_grace,
        metrics,
        data_dir: settings.data_dir.clone(),
        lock,
    })
}

/// The networks that stand for many, or are the operator's: one address of theirs may have every connection.
fn known(settings: &Settings) -> Vec<IpNet> {
    let mut known = settings.proxies.trusted.clone();
    known.extend(&settings.callback_sources);
    known
}

/// Those of files must be right; those by ACME may still have to be had.
fn certificates(tls: &settings::Tls) -> Result<Arc<Certificates>, StartError> {
    let Some(acme) = &tls.acme else {
        return Ok(Certificates::open(tls.files.clone())?);
    };
    store::make_folder(&acme.folder)?;
    Ok(Certificates::expected(tls.files.clone()))
}

/// The callback secret that the settings give, or the data folder's, made when there is none.
///
/// # Errors
/// [`CallbackSecretError`]
pub fn callback_secret(settings: &Settings) -> Result<CallbackSecret, CallbackSecretError> {
    match &settings.callback_secret {
        Some(given) => CallbackSecret::given(given),
        None => {
            // Before the first start, too; a folder that can't be made is told by the file that it is to hold.
            let _ = store::make_folder(&settings.data_dir);
            CallbackSecret::kept(&settings.data_dir, &mut rand::rng())
        }
    }
}

/// The callback secrets that let callbacks in.
///
/// # Errors
/// [`CallbackSecretError`]
fn callback_secrets(settings: &Settings) -> Result<CallbackSecrets, CallbackSecretError> {
    let Some(current) = &settings.callback_secret else {
        return CallbackSecrets::kept(&settings.data_dir, &mut rand::rng());
    };
    let previous = settings.previous_callback_secret.as_ref();
    let previous = previous.map(CallbackSecret::given).transpose()?;
    Ok(CallbackSecrets::given(CallbackSecret::given(current)?, previous))
}

/// A client of the platform by the settings.
///
/// # Errors
/// [`centrex::ConfigError`]
pub fn platform_client(settings: &Settings) -> Result<centrex::Client, centrex::ConfigError> {
    let mut config = centrex::Config::new(settings.platform.url.clone());
    config.method = settings.platform.method;
    config.plus = settings.platform.plus;
    config.timeout = settings.platform.timeout;
    config.connect_timeout = config.connect_timeout.min(settings.platform.timeout / 2);
    centrex::Client::new(config)
}

fn platform(settings: &Settings) -> Result<Option<dial::Platform>, centrex::ConfigError> {
    let Some(key) = settings.platform.api_key.clone() else {
        return Ok(None);
    };
    let client = platform_client(settings)?;
    if client.is_cleartext() {
        tracing::warn!("platform.url is http:// to another machine: the API key travels readable");
    }
    Ok(Some(dial::Platform {
        client,
        mark: Mark::of(&key),
        credential: centrex::Credential::ApiKey(key),
    }))
}

/// One recorder a process; tests start several relays in one.
fn metrics_handle() -> Result<PrometheusHandle, StartError> {
    static HANDLE: OnceLock<Result<PrometheusHandle, String>> = OnceLock::new();
    HANDLE
        .get_or_init(measures::install)
        .clone()
        .map_err(StartError::Metrics)
}

impl Prepared {
    /// Lets desktops and callbacks in with TLS as well, by a listener at `tls.listen`. Without a certificate in the settings
    /// it isn't used.
    ///
    /// # Errors
    /// [`StartError::Tls`]
    pub fn with_tls(mut self, listener: TcpListener) -> Result<Self, StartError> {
        if let Some(certificates) = &self.certificates {
            let tls = Some(certificates.config()?.into());
            self.tls = Some(listener::Door { listener, tls });
        }
        Ok(self)
    }

    /// Starts to listen.
    ///
    /// # Errors
    /// [`StartError::Listen`] when a listener's own address can't be read, [`StartError::Forward`] when TLS can't be set up.
    pub fn start(mut self, public: TcpListener, admin: TcpListener) -> Result<Running, StartError> {
        let address = local(&public, "listen")?;
        let admin_address = local(&admin, "admin_listen")?;
        let with_tls = self.tls.as_ref().map(|door| local(&door.listener, "tls.listen"));
        let with_tls = with_tls.transpose()?;
        self.keep_certificates();
        let public = self.let_in(public);
        let (ready, stop_admin) = (Arc::new(AtomicBool::new(true)), CancellationToken::new());
        let admin = self.tell(admin, &ready, stop_admin.clone());
        let Shared {
            forwarder,
            writer,
            reader,
            draining,
            tasks,
            ..
        } = &*self.app;
        forwarder.start(writer, reader, draining, tasks)?;
        let sweeper = tokio::spawn(self.upkeep.run(self.app.clone(), self.metrics));
        let health = Health {
            writer: Arc::downgrade(&self.app.writer),
            upkeep: sweeper.abort_handle(),
            draining: self.app.draining.clone(),
        };
        Ok(Running {
            address,
            admin: admin_address,
            tls: with_tls,
            app: self.app,
            certificates: self.certificates,
            ready,
            stop_admin,
            drain: self.drain,
            grace: self.grace,
            servers: vec![public, sweeper, admin],
            health,
            _noted: Noted::new(&self.data_dir, address),
            _lock: self.lock,
        })
    }

    /// Looks at the certificate's files again and again, and has them made by ACME where that is set.
    fn keep_certificates(&mut self) {
        let (tasks, draining) = (&self.app.tasks, &self.app.draining);
        let Some(certificates) = &self.certificates else {
            return;
        };
        tasks.spawn(Arc::clone(certificates).watch(tls::LOOK, draining.clone()));
        if let Some(acme) = self.acme.take() {
            tasks.spawn(acme::keep(acme, Arc::clone(certificates), draining.clone()));
        }
    }

    /// Lets callbacks and desktops in, by the plain listener and by that with TLS if there is one.
    fn let_in(&mut self, public: TcpListener) -> JoinHandle<()> {
        let plain = listener::Door {
            listener: public,
            tls: None,
        };
        let doors = std::iter::once(plain).chain(self.tls.take()).collect();
        tokio::spawn(listener::serve(
            doors,
            http::router(self.app.clone()),
            Arc::clone(&self.places),
            listener::Bounds::default(),
            self.app.draining.clone(),
        ))
    }

    /// Tells operators how the relay does, and has the whole database looked at for it.
    fn tell(&self, admin: TcpListener, ready: &Arc<AtomicBool>, stop: CancellationToken) -> JoinHandle<()> {
        let damaged = Arc::new(AtomicBool::new(false));
        look_at_all(self.app.writer.path().to_owned(), Arc::clone(&damaged));
        let state = Admin {
            metrics: self.metrics.clone(),
            writer: Arc::clone(&self.app.writer),
            hub: Arc::clone(&self.app.hub),
            ready: Arc::clone(ready),
            damaged,
        };
        let served =
            axum::serve(admin, http::admin::router(state)).with_graceful_shutdown(stop.cancelled_owned());
        tokio::spawn(async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "the admin listener failed");
            }
        })
    }
}

fn local(listener: &TcpListener, key: &'static str) -> Result<SocketAddr, StartError> {
    let unknown = SocketAddr::from(([0, 0, 0, 0], 0));
    listener.local_addr().map_err(|cause| StartError::Listen {
        key,
        address: unknown,
        cause,
    })
}

/// Reads the whole database in the background. Nobody waits for it, the end of the program neither.
fn look_at_all(path: PathBuf, damaged: Arc<AtomicBool>) {
    let look = move || match integrity::whole(&path) {
        Ok(()) => metrics::gauge!("centrex_relay_store_sound").set(1.0),
        Err(error) => {
            metrics::gauge!("centrex_relay_store_sound").set(0.0);
            damaged.store(error.is_damage(), Ordering::Relaxed);
            tracing::error!(%error, "the look at the whole database failed");
        }
    };
    let started = std::thread::Builder::new()
        .name("integrity".to_owned())
        .spawn(look);
    if let Err(error) = started {
        tracing::warn!(%error, "the whole database isn't looked at: no thread could be started");
    }
}

impl Running {
    /// The database's file.
    pub fn database(&self) -> PathBuf {
        self.app.writer.path().to_owned()
    }

    /// Of its parts, also after it has stopped.
    pub fn health(&self) -> Health {
        self.health.clone()
    }

    /// Reads certificate and key again, at once; what came of it is logged. Otherwise that happens when they change.
    pub fn reload(&self) {
        if let Some(certificates) = &self.certificates {
            certificates.reload_and_tell();
        }
    }

    /// Stops: lets no stream in any more and ends those that are there, spread over the window and with a time to come back
    /// at (`retry:`), so that their subscribers come back elsewhere or later, and not all at once; callbacks are still taken
    /// meanwhile. Then accepts nothing new, finishes what is under way within the grace, and closes the store.
    pub async fn stop(self) {
        self.ready.store(false, Ordering::Relaxed);
        self.app
            .hub
            .drain(
                self.drain,
                |ids| ids.shuffle(&mut rand::rng()),
                |most| most.mul_f64(rand::rng().random::<f64>()),
            )
            .await;
        self.app.draining.cancel();
        self.app.tasks.close();
        let mut servers = self.servers.into_iter();
        let finish = async {
            if let Some(public) = servers.next() {
                let _ = public.await;
            }
            self.app.tasks.wait().await;
        };
        if tokio::time::timeout(self.grace, finish).await.is_err() {
            tracing::warn!("stopped with requests still under way: the grace is over");
        }
        self.stop_admin.cancel();
        for server in servers {
            server.abort();
            let _ = server.await;
        }
    }
}
