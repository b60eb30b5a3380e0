//! The screen's lock: told by services that say what systemd-logind and the screen savers say.

use std::io::{ErrorKind, PipeReader};
use std::os::fd::OwnedFd;

use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{self, OwnedObjectPath};
use zbus::{Connection, connection};

use crate::world::{Told, World, session_test, within};

pub const OURS: &str = "/org/freedesktop/login1/session/_31";
const OTHERS: &str = "/org/freedesktop/login1/session/_32";

struct Manager {
    delays: UnboundedSender<PipeReader>,
}

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    fn inhibit(&self, what: &str, who: &str, why: &str, mode: &str) -> zbus::fdo::Result<zvariant::OwnedFd> {
        if (what, who, mode) != ("sleep", "Centrex Tray", "delay") || why.is_empty() {
            return Err(zbus::fdo::Error::InvalidArgs(format!(
                "{what} {who} {why} {mode}"
            )));
        }
        let (end, held) = std::io::pipe().unwrap();
        // Not every test looks at it.
        let _ = self.delays.send(end);
        Ok(OwnedFd::from(held).into())
    }

    fn get_session(&self, id: &str) -> zbus::fdo::Result<OwnedObjectPath> {
        match id {
            "auto" => Ok(OURS.try_into().unwrap()),
            _ => Err(zbus::fdo::Error::Failed("no such session".into())),
        }
    }
}

struct Session {
    locked: bool,
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }
}

/// A sleep that logind puts off as long as somebody holds the other end.
pub struct SleepDelay(pipe::Receiver);

impl SleepDelay {
    pub fn is_held(&self) -> bool {
        let read = self.0.try_read(&mut [0]);
        read.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
    }

    pub async fn ends(mut self) {
        let end = within("the end of the delay", self.0.read(&mut [0])).await;
        assert_eq!(end.unwrap(), 0, "nobody writes");
    }
}

/// The delays that were asked for, one after the other.
pub struct SleepDelays(UnboundedReceiver<PipeReader>);

impl SleepDelays {
    pub async fn next(&mut self) -> SleepDelay {
        let end = within("a delay", self.0.recv()).await.unwrap();
        SleepDelay(pipe::Receiver::from_owned_fd(end.into()).unwrap())
    }
}

/// logind, with our session and somebody else's.
pub async fn logind() -> Connection {
    logind_that_waits().await.0
}

/// The same, and who has it wait before a sleep.
pub async fn logind_that_waits() -> (Connection, SleepDelays) {
    let (delays, asked) = unbounded_channel();
    let login = connection::Builder::system()
        .unwrap()
        .serve_at("/org/freedesktop/login1", Manager { delays })
        .unwrap()
        .serve_at(OURS, Session { locked: false })
        .unwrap()
        .serve_at(OTHERS, Session { locked: false })
        .unwrap()
        .name("org.freedesktop.login1")
        .unwrap()
        .build()
        .await
        .unwrap();
    (login, SleepDelays(asked))
}

pub async fn lock(logind: &Connection, session: &str, locked: bool) {
    let session = logind
        .object_server()
        .interface::<_, Session>(session)
        .await
        .unwrap();
    session.get_mut().await.locked = locked;
    let now = session.get().await;
    now.locked_hint_changed(session.signal_emitter()).await.unwrap();
}

struct Saver {
    active: bool,
}

#[zbus::interface(name = "org.gnome.ScreenSaver")]
impl Saver {
    fn get_active(&self) -> bool {
        self.active
    }

    #[zbus(signal)]
    async fn active_changed(emitter: &SignalEmitter<'_>, active: bool) -> zbus::Result<()>;
}

async fn saver(active: bool) -> Connection {
    connection::Builder::session()
        .unwrap()
        .serve_at("/org/gnome/ScreenSaver", Saver { active })
        .unwrap()
        .name("org.gnome.ScreenSaver")
        .unwrap()
        .build()
        .await
        .unwrap()
}

async fn expect(told: &mut Told, locked: Option<bool>) {
    assert_eq!(told.presence().await.locked, locked);
}

session_test! {
    /// Our session's lock and nobody else's, over the end and the return of logind.
    async fn is_told_by_logind(world: World) {
        let login = logind().await;
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(false)).await;
        lock(&login, OURS, true).await;
        expect(&mut told, Some(true)).await;
        lock(&login, OTHERS, true).await;
        lock(&login, OTHERS, false).await;
        lock(&login, OURS, false).await;
        expect(&mut told, Some(false)).await;
        lock(&login, OURS, true).await;
        expect(&mut told, Some(true)).await;

        login.graceful_shutdown().await;
        expect(&mut told, None).await;
        let _login = logind().await;
        expect(&mut told, Some(false)).await;
    }
}

session_test! {
    /// Where no session manager is, the screen saver tells: one that was there before us, one that ends, and one that comes.
    async fn is_told_by_the_screen_saver(world: World) {
        let first = saver(true).await;
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(true)).await;
        for active in [false, true] {
            let screen = first.object_server().interface::<_, Saver>("/org/gnome/ScreenSaver").await.unwrap();
            Saver::active_changed(screen.signal_emitter(), active).await.unwrap();
            expect(&mut told, Some(active)).await;
        }
        first.graceful_shutdown().await;
        expect(&mut told, None).await;
        let _second = saver(false).await;
        expect(&mut told, Some(false)).await;
    }
}
