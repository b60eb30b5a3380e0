//! The link to the agent: one task that subscribes, tells the page and the desktop what changed, and reconnects.

use std::sync::Arc;
use std::time::Duration;

use control::protocol::{Change, Check, Message, Place, Point, Snapshot};
use control::transport::{Address, Changes, Client, RequestError};
use serde::Serialize;
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use crate::look::Theme;

/// First and longest wait before the agent is tried again.
const RETRY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(2));

/// Whether the window hears the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Not yet.
    Connecting,
    /// It does.
    Up,
    /// The agent has gone, or was never there; it goes on trying.
    Lost,
}

/// What the page is told. Mirrors `News` of `ui/src/backend/backend.ts`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum News {
    /// The link changed.
    Link {
        /// How it is.
        link: State,
        /// Why, when the agent answered and refuses this window (it is of another version).
        message: Option<Message>,
    },
    /// The agent's state.
    Snapshot {
        /// It.
        snapshot: Box<Snapshot>,
    },
    /// Somebody asked for the window.
    Show {
        /// Where.
        place: Place,
        /// For the pad's field.
        fill: Option<String>,
    },
    /// A step of the connection test.
    TestStep {
        /// It.
        check: Check,
    },
    /// The reading of a file of contacts goes on.
    PreviewProgress {
        /// How far it is, in percent.
        percent: u32,
    },
    /// An import of contacts goes on.
    ImportProgress {
        /// Entries written so far.
        done: u32,
        /// Of so many.
        total: u32,
    },
}

/// Where news go: the page. Sending to a page that has gone does nothing.
pub type Page = Box<dyn Fn(News) + Send>;

/// What the link needs of the desktop's window.
pub trait Window: Send + 'static {
    /// Shows it and gives it the focus: a person asked for it.
    fn come_forward(&self, anchor: Option<Point>);
    /// Whether a person can see it.
    fn is_visible(&self) -> bool;
    /// For what the page doesn't draw.
    fn set_theme(&self, theme: Theme);
    /// Ends the process.
    fn leave(&self);
}

/// The link's own state.
pub struct Link<W> {
    address: Address,
    window: W,
    page: Option<Page>,
    /// The connection of now, for the page's requests.
    client: watch::Sender<Option<Arc<Client>>>,
    state: State,
    refusal: Option<Message>,
    snapshot: Option<Box<Snapshot>>,
    /// What the page has to be told as soon as it listens.
    show: Option<News>,
    /// What the window wears.
    theme: Theme,
}

/// How a connection ended.
#[derive(PartialEq, Eq)]
enum End {
    /// The agent said goodbye.
    Quitting,
    /// It broke off.
    Lost,
}

impl<W: Window> Link<W> {
    /// A link that isn't running yet; `client` is kept up to date with the connection of now. `theme`: what the window wears.
    pub fn new(
        address: Address,
        window: W,
        client: watch::Sender<Option<Arc<Client>>>,
        place: Place,
        theme: Theme,
    ) -> Self {
        Self {
            address,
            window,
            page: None,
            client,
            state: State::Connecting,
            refusal: None,
            snapshot: None,
            show: Some(News::Show { place, fill: None }),
            theme,
        }
    }

    /// Runs until the agent quits, or has gone while nobody sees the window. `pages` brings each page that begins to listen.
    pub async fn run(mut self, mut pages: mpsc::Receiver<Page>) {
        let mut wait = RETRY.0;
        loop {
            if let Some((client, changes)) = self.connect().await {
                wait = RETRY.0;
                self.client.send_replace(Some(client));
                let end = self.hear(changes, &mut pages).await;
                self.client.send_replace(None);
                if end == End::Quitting || !self.window.is_visible() {
                    break;
                }
            }
            self.set_state(State::Lost);
            let pause = sleep(wait);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    Some(page) = pages.recv() => self.follow(page),
                }
            }
            wait = (wait * 2).min(RETRY.1);
        }
        self.window.leave();
    }

    async fn connect(&mut self) -> Option<(Arc<Client>, Changes)> {
        let client = match Client::connect_to(&self.address).await {
            Ok(client) => client,
            Err(error) => {
                tracing::debug!(%error, "no link to the agent");
                return None;
            }
        };
        match client.subscribe(true).await {
            Ok((snapshot, changes)) => {
                self.refusal = None;
                self.set_state(State::Up);
                self.take(Box::new(snapshot));
                Some((Arc::new(client), changes))
            }
            Err(error) => {
                tracing::warn!(%error, "the agent refuses the window");
                if let RequestError::Refused(error) = error {
                    self.refusal = Some(error.message);
                }
                None
            }
        }
    }

    async fn hear(&mut self, mut changes: Changes, pages: &mut mpsc::Receiver<Page>) -> End {
        loop {
            tokio::select! {
                change = changes.next() => match change {
                    Some(Change::Snapshot { snapshot }) => self.take(snapshot),
                    Some(Change::Show { place, anchor, fill }) => {
                        self.window.come_forward(anchor);
                        self.tell_show(News::Show { place, fill });
                    }
                    Some(Change::TestStep { check }) => self.tell(News::TestStep { check }),
                    Some(Change::PreviewProgress { percent }) => {
                        self.tell(News::PreviewProgress { percent });
                    }
                    Some(Change::ImportProgress { done, total }) => {
                        self.tell(News::ImportProgress { done, total });
                    }
                    Some(Change::Quitting) => return End::Quitting,
                    None => return End::Lost,
                },
                Some(page) = pages.recv() => self.follow(page),
            }
        }
    }

    /// A page begins to listen: it gets all that it missed.
    fn follow(&mut self, page: Page) {
        page(News::Link {
            link: self.state,
            message: self.refusal.clone(),
        });
        if let Some(snapshot) = &self.snapshot {
            page(News::Snapshot {
                snapshot: snapshot.clone(),
            });
        }
        if let Some(show) = self.show.take() {
            page(show);
        }
        self.page = Some(page);
    }

    fn set_state(&mut self, state: State) {
        if self.state != state {
            self.state = state;
            self.tell(News::Link {
                link: state,
                message: self.refusal.clone(),
            });
        }
    }

    fn take(&mut self, snapshot: Box<Snapshot>) {
        let theme = Theme::of(&snapshot.settings.theme);
        if self.theme != theme {
            self.theme = theme;
            self.window.set_theme(theme);
        }
        self.tell(News::Snapshot {
            snapshot: snapshot.clone(),
        });
        self.snapshot = Some(snapshot);
    }

    fn tell_show(&mut self, show: News) {
        if self.page.is_none() {
            self.show = Some(show);
        } else {
            self.tell(show);
        }
    }

    fn tell(&self, news: News) {
        if let Some(page) = &self.page {
            page(news);
        }
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
