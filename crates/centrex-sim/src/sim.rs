//! A simulator that runs in this process.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::deliver::Sender;
use crate::engine::{Engine, Handle};
use crate::error::SimError;
use crate::faults::{Exact, Faults};
use crate::record::{Entry, Filter, Record};
use crate::server;
use crate::world::{Dial, HangUp, PhoneStatus, Ring, World, callback_url_from};

/// How long [`Sim::await_event`] waits.
const AWAIT: Duration = Duration::from_secs(20);
/// How many of the last entries its error shows.
const TAIL: usize = 30;

/// A running simulator. Dropped, it stops; [`Sim::shutdown`] also waits for its end.
pub struct Sim {
    handle: Handle,
    address: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sim")
            .field("address", &self.address)
            .field("seed", &self.seed())
            .finish_non_exhaustive()
    }
}

impl Sim {
    /// Starts one and returns once it accepts connections.
    ///
    /// # Errors
    /// [`SimError::Config`] or [`SimError::Faults`] for what can't be used, [`SimError::Listen`] when the address is taken.
    pub async fn start(config: Config) -> Result<Self, SimError> {
        config.check()?;
        let address = config.listen;
        let listen_error = |source| SimError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(listen_error)?;
        let address = listener.local_addr().map_err(listen_error)?;
        let sender = Sender::new(config.callback_timeout)?;
        let seed = config.seed.unwrap_or_else(rand::random);
        let (record, time) = (Record::new(), config.time);
        let world = World::new(config, seed, record.clone());
        let (engine, handle) = Engine::new(world, sender, record, seed, time);
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(engine.run(stop.clone()));
        tasks.spawn(server::serve(listener, handle.clone(), stop.clone()));
        Ok(Self {
            handle,
            address,
            stop,
            tasks,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://ADDRESS`, the front part of the control surface (`/sim/…`).
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// `http://ADDRESS/api`, what stands for the platform's base address.
    #[must_use]
    pub fn api_base(&self) -> String {
        format!("http://{}/api", self.address)
    }

    /// The seed in force.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.handle.seed()
    }

    /// Sets where callbacks go without using the API; `None` turns them off.
    ///
    /// # Errors
    /// [`SimError::Request`] when it is no http or https URL.
    pub async fn set_callback_url(&self, url: Option<&str>) -> Result<(), SimError> {
        let url = url
            .map(callback_url_from)
            .transpose()
            .map_err(|why| SimError::Request(why.to_owned()))?;
        self.handle.with(move |world| world.set_callback_url(url)).await
    }

    /// Replaces the faults.
    ///
    /// # Errors
    /// [`SimError::Faults`]; nothing was changed then.
    pub async fn set_faults(&self, faults: Faults) -> Result<(), SimError> {
        self.handle.with(move |world| world.set_faults(faults)).await?
    }

    /// The faults in force, with those used up gone.
    ///
    /// # Errors
    /// [`SimError::Stopped`].
    pub async fn faults(&self) -> Result<Faults, SimError> {
        self.handle.with(|world| world.faults().clone()).await
    }

    /// Adds exact faults for the next callbacks, behind those that wait.
    ///
    /// # Errors
    /// [`SimError::Faults`]; nothing was changed then.
    pub async fn add_next(&self, exact: Vec<Exact>) -> Result<(), SimError> {
        self.handle.with(move |world| world.add_next(exact)).await?
    }

    /// Somebody calls an account; returns the call's id.
    ///
    /// # Errors
    /// [`SimError::NoSuchAccount`], [`SimError::Request`].
    pub async fn ring(&self, ring: Ring) -> Result<String, SimError> {
        Ok(self.handle.with(move |world| world.ring(&ring)).await??.call_id)
    }

    /// Somebody dials by hand on an account's phone; returns the call's id.
    ///
    /// # Errors
    /// [`SimError::NoSuchAccount`], [`SimError::Request`].
    pub async fn dial(&self, dial: Dial) -> Result<String, SimError> {
        Ok(self.handle.with(move |world| world.dial(&dial)).await??.call_id)
    }

    /// The account's ringing phone is picked up: the oldest call that rings on it.
    ///
    /// # Errors
    /// [`SimError::NotNow`] when none rings.
    pub async fn pick_up(&self, account: &str) -> Result<(), SimError> {
        let account = account.to_owned();
        self.handle
            .with(move |world| world.pick_up(&account, None))
            .await?
    }

    /// Whatever rings next in the account's call is answered: its own phone, or the other party's.
    ///
    /// # Errors
    /// [`SimError::NotNow`] when nothing rings.
    pub async fn answer(&self, account: &str) -> Result<(), SimError> {
        let account = account.to_owned();
        self.handle
            .with(move |world| world.answer(&account, None))
            .await?
    }

    /// Somebody hangs up, refuses or gives up.
    ///
    /// # Errors
    /// [`SimError::NotNow`] when there is no such call.
    pub async fn hang_up(&self, account: &str, how: HangUp) -> Result<(), SimError> {
        let account = account.to_owned();
        self.handle
            .with(move |world| world.hang_up(&account, &how))
            .await?
    }

    /// What each phone is doing.
    ///
    /// # Errors
    /// [`SimError::Stopped`].
    pub async fn phones(&self) -> Result<Vec<PhoneStatus>, SimError> {
        self.handle.with(|world| world.phones()).await
    }

    /// Moves manual time; returns once everything due by then has happened and every callback sent was answered.
    /// Zero only waits for the callbacks.
    ///
    /// # Errors
    /// [`SimError::RealTime`] when time passes by itself.
    pub async fn advance(&self, by: Duration) -> Result<(), SimError> {
        self.handle.advance(by).await
    }

    /// What happened so far.
    #[must_use]
    pub fn record(&self, filter: &Filter) -> Vec<Entry> {
        self.handle.record().read(filter)
    }

    /// The first entry that fits, of what happened or of what will.
    ///
    /// # Errors
    /// [`SimError::NotSeen`] after 20 s.
    pub async fn await_event(&self, fits: impl FnMut(&Entry) -> bool) -> Result<Entry, SimError> {
        self.await_event_after(0, fits).await
    }

    /// The same, of what came after the entry `after`.
    ///
    /// # Errors
    /// [`SimError::NotSeen`] after 20 s.
    pub async fn await_event_after(
        &self,
        after: u64,
        mut fits: impl FnMut(&Entry) -> bool,
    ) -> Result<Entry, SimError> {
        let mut filter = Filter {
            after,
            ..Filter::default()
        };
        let deadline = tokio::time::Instant::now() + AWAIT;
        loop {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            let entries = self.handle.record().wait(&filter, left).await;
            if let Some(found) = entries.iter().find(|entry| fits(entry)) {
                return Ok(found.clone());
            }
            match entries.last() {
                Some(last) => filter.after = last.seq,
                None => {
                    return Err(SimError::NotSeen {
                        waited: AWAIT,
                        tail: self.tail(),
                    });
                }
            }
        }
    }

    /// Waits until no call is going on and every callback was answered. With manual time, only the callbacks' answers
    /// come by themselves.
    ///
    /// # Errors
    /// [`SimError::NotSeen`] after 20 s.
    pub async fn settled(&self) -> Result<(), SimError> {
        let waited = tokio::time::timeout(AWAIT, self.handle.settled()).await;
        waited.unwrap_or_else(|_| {
            Err(SimError::NotSeen {
                waited: AWAIT,
                tail: self.tail(),
            })
        })
    }

    fn tail(&self) -> String {
        let entries = self.record(&Filter::default());
        let from = entries.len().saturating_sub(TAIL);
        let lines = entries[from..]
            .iter()
            .filter_map(|entry| serde_json::to_string(entry).ok());
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Stops it and waits for its end: no callback goes out afterwards, every connection is closed.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
