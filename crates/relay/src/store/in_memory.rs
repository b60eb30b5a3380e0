//! The same store without its thread and its file, for tests and simulations.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use relay_api::wire::EventId;
use rusqlite::Connection;

use super::batch::{Batch, write};
use super::job::{Job, once};
use super::kinds::Sql;
use super::kinds::event::StoredEvent;
use super::kinds::token::Token;
use super::writer::{Committed, start};
use super::{Reader, schema};

/// Nobody hears of commits, for tests.
pub(crate) struct Nobody;

impl Committed for Nobody {
    fn events(&self, _: Vec<StoredEvent>) {}
    fn forgotten(&self, _: EventId) {}
    fn tokens(&self, _: Vec<Token>) {}
}

/// The same store without its thread and its file, for simulations: what is written is there when the call returns, and
/// nothing depends on anything but what is called.
pub(crate) struct InMemory {
    connection: Arc<std::sync::Mutex<Connection>>,
    head: EventId,
}

impl InMemory {
    pub(crate) fn new(now: Timestamp) -> Self {
        let connection = schema::in_memory(now).unwrap();
        let connection = Arc::new(std::sync::Mutex::new(connection));
        let mut memory = Self {
            connection,
            head: EventId(0),
        };
        memory.start(now);
        memory
    }

    /// A relay starts on what is there.
    pub(crate) fn start(&mut self, now: Timestamp) -> EventId {
        self.head = start(&mut self.connection.lock().unwrap(), now).unwrap().head;
        self.head
    }

    /// One commit; with its events, which are to be handed out.
    pub(crate) fn commit<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&mut Batch<'_>) -> Sql<T> + Send + 'static,
    ) -> (T, Vec<StoredEvent>) {
        let (job, mut answered) = once(work);
        let events = self.commit_all(vec![job]);
        (answered.try_recv().unwrap().unwrap(), events)
    }

    /// One commit of several jobs.
    pub(super) fn commit_all(&mut self, mut jobs: Vec<Box<dyn Job>>) -> Vec<StoredEvent> {
        let path = Path::new("memory");
        let connection = &mut self.connection.lock().unwrap();
        let (written, outcomes) = write(connection, path, &mut self.head, &mut jobs).unwrap();
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            job.answer(outcome);
        }
        written.events
    }

    /// Runs the work and dies before its commit.
    pub(crate) fn die_before_commit<T>(&mut self, work: impl FnOnce(&mut Batch<'_>) -> Sql<T>) {
        let connection = &mut self.connection.lock().unwrap();
        let tx = connection.transaction().unwrap();
        let mut batch = Batch::new(&tx, self.head);
        work(&mut batch).unwrap();
    }

    pub(crate) fn reader(&self) -> Reader {
        Reader::in_memory(&self.connection)
    }

    /// The newest position.
    pub(crate) fn head(&self) -> EventId {
        self.head
    }

    /// Looks at what was written.
    pub(crate) fn ask<T>(&self, query: impl FnOnce(&Connection) -> Sql<T>) -> Sql<T> {
        query(&self.connection.lock().unwrap())
    }
}
