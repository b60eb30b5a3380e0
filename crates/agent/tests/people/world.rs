//! A book in a folder of its own.

use std::path::PathBuf;
use std::time::Duration;

use centrex_tray::people::{Lookup, News, PeopleHandle};
use contacts::Numbering;
use tempfile::TempDir;
use tokio::sync::mpsc;

/// Nothing here takes so long; what does has failed.
pub const LIMIT: Duration = Duration::from_secs(30);

pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, future)
        .await
        .unwrap_or_else(|_| panic!("not within {LIMIT:?}: {what}"))
}

pub struct World {
    pub folder: TempDir,
    pub people: PeopleHandle,
    pub news: mpsc::UnboundedReceiver<News>,
    pub lookup: Lookup,
}

impl World {
    pub async fn new() -> Self {
        // What is watched or open can't be removed on Windows.
        let folder = tempfile::Builder::new()
            .disable_cleanup(cfg!(windows))
            .tempdir()
            .unwrap();
        let (tell, mut news) = mpsc::unbounded_channel();
        let path = folder.path().join("contacts.db");
        let people = PeopleHandle::start(path, Numbering::default(), tell).unwrap();
        let lookup = match within("the book opens", news.recv()).await {
            Some(News::Opened(lookup)) => *lookup,
            other => panic!("{other:?}"),
        };
        Self {
            folder,
            people,
            news,
            lookup,
        }
    }

    /// A file in the world's folder.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Waits until contacts have changed.
    pub async fn changed(&mut self) {
        within("contacts change", async {
            while !matches!(self.news.recv().await, Some(News::Changed)) {}
        })
        .await;
    }
}
