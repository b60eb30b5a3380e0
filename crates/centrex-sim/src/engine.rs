//! What moves the world: commands, time, and the answers to callbacks, one after another in one task.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::config::Time;
use crate::deliver::Sender;
use crate::error::SimError;
use crate::record::Record;
use crate::world::{Delivery, Outcome, World};

/// Commands that may wait; whoever sends more waits too.
const COMMANDS: usize = 1_024;

type Job = Box<dyn FnOnce(&mut World) + Send>;

enum Command {
    Do(Job),
    Advance(Duration, oneshot::Sender<()>),
    Settle(oneshot::Sender<()>),
}

/// The way to the world.
#[derive(Clone)]
pub(crate) struct Handle {
    commands: mpsc::Sender<Command>,
    record: Record,
    seed: u64,
    time: Time,
}

impl Handle {
    /// Lets `work` happen in the world, and gives back what it returns.
    pub(crate) async fn with<R: Send + 'static>(
        &self,
        work: impl FnOnce(&mut World) -> R + Send + 'static,
    ) -> Result<R, SimError> {
        let (give, result) = oneshot::channel();
        // Whoever asked may have gone; the work is done all the same.
        let job: Job = Box::new(move |world| drop(give.send(work(world))));
        self.commands
            .send(Command::Do(job))
            .await
            .map_err(|_| SimError::Stopped)?;
        result.await.map_err(|_| SimError::Stopped)
    }

    /// Moves manual time, and returns once everything due by then has happened and every callback is answered.
    pub(crate) async fn advance(&self, by: Duration) -> Result<(), SimError> {
        if self.time == Time::Real {
            return Err(SimError::RealTime);
        }
        let (done, moved) = oneshot::channel();
        self.commands
            .send(Command::Advance(by, done))
            .await
            .map_err(|_| SimError::Stopped)?;
        moved.await.map_err(|_| SimError::Stopped)
    }

    /// Waits until no call is going on and every callback was answered.
    pub(crate) async fn settled(&self) -> Result<(), SimError> {
        let (done, settled) = oneshot::channel();
        self.commands
            .send(Command::Settle(done))
            .await
            .map_err(|_| SimError::Stopped)?;
        settled.await.map_err(|_| SimError::Stopped)
    }

    pub(crate) fn record(&self) -> &Record {
        &self.record
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }
}

/// The task's state.
pub(crate) struct Engine {
    world: World,
    sender: Sender,
    time: Time,
    started: Instant,
    commands: mpsc::Receiver<Command>,
    deliveries: JoinSet<(Delivery, Outcome)>,
    /// Where manual time is to go, and who waits for it.
    advances: VecDeque<(Duration, oneshot::Sender<()>)>,
    target: Option<Duration>,
    /// Who waits for silence.
    settlers: Vec<oneshot::Sender<()>>,
}

impl Engine {
    pub(crate) fn new(world: World, sender: Sender, record: Record, seed: u64, time: Time) -> (Self, Handle) {
        let (send, commands) = mpsc::channel(COMMANDS);
        let engine = Self {
            world,
            sender,
            time,
            started: Instant::now(),
            commands,
            deliveries: JoinSet::new(),
            advances: VecDeque::new(),
            target: None,
            settlers: Vec::new(),
        };
        (
            engine,
            Handle {
                commands: send,
                record,
                seed,
                time,
            },
        )
    }

    /// Runs until the token is cancelled; callbacks still on their way are cut.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            self.turn();
            let next = self.next_instant();
            tokio::select! {
                () = stop.cancelled() => break,
                Some(command) = self.commands.recv() => self.command(command),
                Some(done) = self.deliveries.join_next() => self.delivered(done),
                () = tokio::time::sleep_until(next.unwrap_or(self.started)), if next.is_some() => {}
            }
        }
        self.deliveries.shutdown().await;
    }

    fn command(&mut self, command: Command) {
        match command {
            Command::Do(job) => {
                self.catch_up();
                job(&mut self.world);
            }
            Command::Advance(by, done) => self.advances.push_back((by, done)),
            Command::Settle(done) => self.settlers.push(done),
        }
    }

    fn delivered(&mut self, done: Result<(Delivery, Outcome), tokio::task::JoinError>) {
        self.catch_up();
        match done {
            Ok((delivery, outcome)) => self.world.delivered(delivery, &outcome),
            Err(error) => tracing::error!(%error, "a callback's task broke"),
        }
    }

    /// What is due happens before what comes now.
    fn catch_up(&mut self) {
        if self.time == Time::Real {
            let now = self.started.elapsed();
            while self.world.fire_next(now) {}
            self.world.set_now(now);
        }
    }

    fn turn(&mut self) {
        self.catch_up();
        match self.time {
            Time::Real => while self.send_next() {},
            Time::Manual => self.manual_turn(),
        }
        if !self.settlers.is_empty() && self.deliveries.is_empty() && self.world.is_settled() {
            for settler in self.settlers.drain(..) {
                let _ = settler.send(());
            }
        }
    }

    /// One callback at a time; time moves only when none is on its way.
    fn manual_turn(&mut self) {
        while self.deliveries.is_empty() && !self.send_next() {
            let Some((by, _)) = self.advances.front() else {
                return;
            };
            let target = *self.target.get_or_insert(self.world.now() + *by);
            if !self.world.fire_next(target) {
                self.world.set_now(target);
                self.target = None;
                if let Some((_, done)) = self.advances.pop_front() {
                    let _ = done.send(());
                }
            }
        }
    }

    fn send_next(&mut self) -> bool {
        let Some((delivery, shipment)) = self.world.take_delivery() else {
            return false;
        };
        let sender = self.sender.clone();
        self.deliveries
            .spawn(async move { (delivery, sender.send(shipment).await) });
        true
    }

    fn next_instant(&self) -> Option<Instant> {
        if self.time == Time::Manual {
            return None;
        }
        self.world.next_due().map(|due| self.started + due)
    }
}
