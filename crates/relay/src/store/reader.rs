//! Reading beside the writer.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::{StoreError, schema, sqlite};

/// How many reads run at a time.
const CONNECTIONS: usize = 4;

/// A few connections that only read. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reader {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
    turns: Arc<Semaphore>,
    /// Of a simulation: its one connection, used at once and on the caller's thread.
    #[cfg(test)]
    only: Option<Arc<Mutex<Connection>>>,
}

impl Reader {
    #[cfg(test)]
    pub(super) fn in_memory(connection: &Arc<Mutex<Connection>>) -> Self {
        Self {
            shared: Arc::new(Shared {
                path: PathBuf::new(),
                idle: Mutex::default(),
                turns: Arc::new(Semaphore::new(CONNECTIONS)),
                only: Some(Arc::clone(connection)),
            }),
        }
    }

    pub(super) fn new(path: &Path) -> Self {
        Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                idle: Mutex::default(),
                turns: Arc::new(Semaphore::new(CONNECTIONS)),
                #[cfg(test)]
                only: None,
            }),
        }
    }

    /// Runs queries against one consistent state of the database, off the async threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error> + Send + 'static,
    ) -> Result<T, StoreError> {
        #[cfg(test)]
        if let Some(only) = &self.shared.only {
            let connection = only.lock().unwrap_or_else(PoisonError::into_inner);
            return query(&connection).map_err(sqlite(&self.shared.path));
        }
        let turn = Arc::clone(&self.shared.turns).acquire_owned();
        let turn = turn.await.map_err(|_| StoreError::Closed)?;
        let shared = Arc::clone(&self.shared);
        // The turn is the query's: it runs to its end even when whoever asked has gone.
        tokio::task::spawn_blocking(move || {
            let read = shared.query(query);
            drop(turn);
            read
        })
        .await
        .map_err(|_| StoreError::Closed)?
    }
}

impl Shared {
    fn query<T>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>,
    ) -> Result<T, StoreError> {
        let in_file = sqlite(&self.path);
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_read_only(&self.path).map_err(&in_file)?,
        };
        let snapshot = connection.unchecked_transaction().map_err(&in_file)?;
        let result = query(&snapshot).map_err(&in_file)?;
        drop(snapshot);
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(connection);
        Ok(result)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use futures_util::poll;
    use jiff::Timestamp;

    use super::*;

    /// Otherwise each request that is given up would let one more query run beside those that still do.
    #[tokio::test]
    async fn a_query_keeps_its_turn_when_whoever_asked_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let (connection, path) = schema::open(folder.path(), Timestamp::UNIX_EPOCH).unwrap();
        let reader = Reader::new(&path);
        let (begun, runs) = channel();
        let mut gates = Vec::new();
        for _ in 0..CONNECTIONS {
            let (gate, opened) = channel::<()>();
            let begun = begun.clone();
            let mut query = Box::pin(reader.run(move |_| {
                let _ = begun.send(());
                let _ = opened.recv();
                Ok(())
            }));
            assert!(poll!(&mut query).is_pending());
            runs.recv().unwrap();
            gates.push(gate);
            drop(query);
        }
        assert_eq!(reader.shared.turns.available_permits(), 0);
        drop(gates);
        assert_eq!(reader.run(|_| Ok(7)).await.unwrap(), 7);
        drop(connection);
    }
}
