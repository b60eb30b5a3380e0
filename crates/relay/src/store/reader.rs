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
    turns: Semaphore,
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
                turns: Semaphore::new(CONNECTIONS),
                only: Some(Arc::clone(connection)),
            }),
        }
    }

    pub(super) fn new(path: &Path) -> Self {
        Self {
            shared: Arc::new(Shared {
                path: path.to_owned(),
                idle: Mutex::default(),
                turns: Semaphore::new(CONNECTIONS),
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
        let _turn = self
            .shared
            .turns
            .acquire()
            .await
            .map_err(|_| StoreError::Closed)?;
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.query(query))
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
