//! The link against a real control socket.

use std::sync::atomic::{AtomicBool, Ordering};

use control::protocol::{Answer, Request, ServerLine, Settings};
use control::transport::{Connection as Line, Incoming, Server};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::*;

/// What the link did to the window.
#[derive(Debug, PartialEq)]
enum Did {
    Forward(Option<Point>),
    Theme(Theme),
    Leave,
}

struct Recorder {
    did: mpsc::UnboundedSender<Did>,
    visible: Arc<AtomicBool>,
}

impl Window for Recorder {
    fn come_forward(&self, anchor: Option<Point>) {
        let _ = self.did.send(Did::Forward(anchor));
    }
    fn is_visible(&self) -> bool {
        self.visible.load(Ordering::SeqCst)
    }
    fn set_theme(&self, theme: Theme) {
        let _ = self.did.send(Did::Theme(theme));
    }
    fn leave(&self) {
        let _ = self.did.send(Did::Leave);
    }
}

struct Bench {
    folder: TempDir,
    pages: mpsc::Sender<Page>,
    client: watch::Receiver<Option<Arc<Client>>>,
    did: mpsc::UnboundedReceiver<Did>,
    visible: Arc<AtomicBool>,
    running: JoinHandle<()>,
}

fn address(folder: &TempDir) -> Address {
    Address::within(&folder.path().join("run"), &Default::default())
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (pages, coming) = mpsc::channel(1);
        let (client, current) = watch::channel(None);
        let (did_sender, did) = mpsc::unbounded_channel();
        let visible = Arc::new(AtomicBool::new(true));
        let window = Recorder {
            did: did_sender,
            visible: Arc::clone(&visible),
        };
        let link = Link::new(address(&folder), window, client, Place::Pad, Theme::System);
        let running = tokio::spawn(link.run(coming));
        Self {
            folder,
            pages,
            client: current,
            did,
            visible,
            running,
        }
    }

    fn agent(&self) -> Server {
        Server::bind(&address(&self.folder)).unwrap()
    }

    async fn page(&self) -> mpsc::UnboundedReceiver<News> {
        let (sender, news) = mpsc::unbounded_channel();
        let page: Page = Box::new(move |what| {
            let _ = sender.send(what);
        });
        self.pages.send(page).await.unwrap();
        news
    }
}

/// Takes the window's connection and its subscription.
async fn subscribed(server: &mut Server, theme: &str) -> Line {
    let mut line = server.accept().await.unwrap();
    let Some(Incoming::Request {
        id,
        request: Request::Subscribe { window: true },
    }) = line.requests.next().await
    else {
        panic!("the window subscribes first");
    };
    let result = Ok(Answer::Snapshot {
        snapshot: Box::new(snapshot(theme)),
    });
    line.outgoing
        .send(&ServerLine::Reply { id, result })
        .await
        .unwrap();
    line
}

async fn tell(line: &mut Line, change: Change) {
    line.outgoing.send(&ServerLine::Change { change }).await.unwrap();
}

fn snapshot(theme: &str) -> Snapshot {
    Snapshot {
        settings: Settings {
            theme: theme.into(),
            ..Settings::default()
        },
        ..Snapshot::default()
    }
}

fn link(link: State) -> News {
    News::Link { link, message: None }
}

#[tokio::test]
async fn a_page_that_comes_late_gets_all_that_it_missed_and_is_shown_once() {
    let bench = Bench::new();
    let mut server = bench.agent();
    let mut line = subscribed(&mut server, "system").await;
    let anchor = Some(Point { x: 1800, y: 12 });
    tell(
        &mut line,
        Change::Show {
            place: Place::Calls,
            anchor,
            fill: None,
        },
    )
    .await;
    let mut did = bench.did;
    // Its theme is the one that it was started with: nothing to change.
    assert_eq!(did.recv().await, Some(Did::Forward(anchor)));

    let (sender, mut first) = mpsc::unbounded_channel();
    let page: Page = Box::new(move |what| {
        let _ = sender.send(what);
    });
    bench.pages.send(page).await.unwrap();
    assert_eq!(first.recv().await, Some(link(State::Up)));
    assert!(matches!(first.recv().await, Some(News::Snapshot { .. })));
    // The newest wish, not the one of the start.
    assert_eq!(
        first.recv().await,
        Some(News::Show {
            place: Place::Calls,
            fill: None
        })
    );
    tell(
        &mut line,
        Change::Snapshot {
            snapshot: Box::new(snapshot("dark")),
        },
    )
    .await;
    assert!(
        matches!(first.recv().await, Some(News::Snapshot { snapshot }) if snapshot.settings.theme == "dark")
    );
    assert_eq!(did.recv().await, Some(Did::Theme(Theme::Dark)));
}

#[tokio::test]
async fn the_agent_fills_the_field_and_a_reloaded_page_is_not_filled_again() {
    let bench = Bench::new();
    let mut server = bench.agent();
    let mut line = subscribed(&mut server, "system").await;
    let fill = Change::Show {
        place: Place::Pad,
        anchor: None,
        fill: Some("0199001234".into()),
    };
    tell(&mut line, fill).await;
    let mut first = bench.page().await;
    let show = News::Show {
        place: Place::Pad,
        fill: Some("0199001234".into()),
    };
    while first.recv().await != Some(show.clone()) {}
    let mut second = bench.page().await;
    assert_eq!(second.recv().await, Some(link(State::Up)));
    assert!(matches!(second.recv().await, Some(News::Snapshot { .. })));
    assert!(second.try_recv().is_err());
}

#[tokio::test]
async fn an_agent_that_breaks_off_is_found_again_while_the_window_is_seen() {
    let mut bench = Bench::new();
    let mut server = bench.agent();
    let line = subscribed(&mut server, "system").await;
    let mut news = bench.page().await;
    while !matches!(news.recv().await, Some(News::Show { .. })) {}
    assert!(bench.client.wait_for(Option::is_some).await.is_ok());
    drop(line);
    assert_eq!(news.recv().await, Some(link(State::Lost)));
    assert!(bench.client.borrow().is_none());
    let _line = subscribed(&mut server, "system").await;
    assert_eq!(news.recv().await, Some(link(State::Up)));
    assert!(matches!(news.recv().await, Some(News::Snapshot { .. })));
    assert!(bench.client.wait_for(Option::is_some).await.is_ok());
}

#[tokio::test]
async fn a_hidden_window_goes_with_its_agent() {
    let mut bench = Bench::new();
    let mut server = bench.agent();
    let line = subscribed(&mut server, "system").await;
    bench.visible.store(false, Ordering::SeqCst);
    drop(line);
    bench.running.await.unwrap();
    assert_eq!(bench.did.recv().await, Some(Did::Leave));
}

#[tokio::test]
async fn the_window_goes_when_the_agent_says_goodbye() {
    let bench = Bench::new();
    let mut server = bench.agent();
    let mut line = subscribed(&mut server, "system").await;
    tell(&mut line, Change::Quitting).await;
    bench.running.await.unwrap();
}

#[tokio::test]
async fn an_agent_of_another_version_says_so_on_the_page() {
    let bench = Bench::new();
    let mut news = bench.page().await;
    let mut server = bench.agent();
    let mut line = server.accept().await.unwrap();
    let Some(Incoming::Request { id, .. }) = line.requests.next().await else {
        panic!("the window subscribes")
    };
    let message = Message {
        id: "control-version".into(),
        args: Default::default(),
    };
    let error = control::protocol::Error {
        code: control::protocol::ErrorCode::Version,
        message: message.clone(),
    };
    line.outgoing
        .send(&ServerLine::Reply {
            id,
            result: Err(error),
        })
        .await
        .unwrap();
    loop {
        if let Some(News::Link {
            message: Some(said), ..
        }) = news.recv().await
        {
            assert_eq!(said, message);
            break;
        }
    }
}
