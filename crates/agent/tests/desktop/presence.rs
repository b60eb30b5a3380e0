//! The whole program on a real desktop, while the machine sleeps, the screen is locked, the network or the notification daemon
//! goes, and the program itself is killed: nothing missed, nothing told twice.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::Instant;

use centrex_sim::{Ring, Sim};
use control::profile::Profile;
use control::protocol::{
    Answer, CallQuery, Change, ConnectionState, Hole, HoleState, JournalRequest, Request, SettingsChange,
    Snapshot,
};
use control::transport::{Address, Changes, Client};
use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::complaints::{gives_up, rings};
use crate::daemons::dunst;
use crate::keychain::keyring;
use crate::lock::{OURS, lock, logind, logind_that_waits};
use crate::notifications::{Onlooker, Shown};
use crate::office::{ACCOUNT, OTHER, Relay, missed_call, platform};
use crate::world::{LIMIT, World, session_test, within};

/// The program, with these words and folders of its own.
pub fn program(world: &World, words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_centrex-tray"));
    command.args(words).env("LC_ALL", "fr_FR.UTF-8");
    for (name, folder) in [
        ("CENTREX_TRAY_CONFIG_DIR", "tray/config"),
        ("CENTREX_TRAY_DATA_DIR", "tray/data"),
        ("CENTREX_TRAY_RUNTIME_DIR", "tray/run"),
    ] {
        command.env(name, world.home().join(folder));
    }
    if let Some(window) = &world.window {
        command.env("CENTREX_TRAY_WINDOW_BIN", window);
    }
    if let Some(seconds) = world.watchdog_s {
        command.env("CENTREX_TRAY_WATCHDOG_S", seconds.to_string());
    }
    command
}

/// The running program, watched through its control socket.
pub struct Agent {
    id: u32,
    address: Address,
    pub client: Client,
    pub changes: Changes,
    state: Snapshot,
}

impl Agent {
    pub async fn start(world: &mut World) -> Self {
        let (hidden, mut status) = (program(world, &["--hidden"]), program(world, &["status"]));
        status.stdout(Stdio::null()).stderr(Stdio::null());
        let address = Address::within(&world.home().join("tray/run"), &Profile::default());
        let id = world.start(hidden);
        let deadline = Instant::now() + LIMIT;
        while !status.status().unwrap().success() {
            assert!(Instant::now() < deadline, "the agent doesn't answer");
        }
        let client = Client::connect_to(&address).await.unwrap();
        let (state, changes) = client.subscribe(false).await.unwrap();
        Self {
            id,
            address,
            client,
            changes,
            state,
        }
    }

    /// Subscribes as the window does.
    pub async fn as_window(&self) -> (Client, Changes) {
        let client = Client::connect_to(&self.address).await.unwrap();
        let (_, changes) = client.subscribe(true).await.unwrap();
        (client, changes)
    }

    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Snapshot) -> bool) {
        let waiting = async {
            while !wanted(&self.state) {
                match self.changes.next().await {
                    Some(Change::Snapshot { snapshot }) => self.state = *snapshot,
                    Some(_) => {}
                    None => panic!("the agent has gone"),
                }
            }
        };
        within(what, waiting).await;
    }

    /// When no call could be heard, newest first.
    pub async fn holes(&self) -> Vec<Hole> {
        let query = CallQuery::default();
        let ask = JournalRequest::Search { query };
        match self.client.request(Request::Journal { ask }).await.unwrap() {
            Answer::Calls { page } => page.holes,
            other => panic!("another answer: {other:?}"),
        }
    }

    pub async fn is(&mut self, connection: ConnectionState) {
        let what = format!("{connection:?}");
        self.until(&what, |state| state.connection.state == connection)
            .await;
    }
}

/// A desk at work: dunst, a keychain, and an agent that hears calls.
pub async fn at_work(world: &mut World) -> (Sim, Relay, u32, Onlooker, Agent) {
    let daemon = dunst(world).await;
    keyring(world).await;
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let onlooker = Onlooker::new(world).await;
    let agent = enrolled(world, &relay, relay.url()).await;
    (sim, relay, daemon, onlooker, agent)
}

/// An agent that hears calls of a relay, to which this address leads.
pub async fn enrolled(world: &mut World, relay: &Relay, url: String) -> Agent {
    let mut agent = Agent::start(world).await;
    let enrol = Request::Enrol {
        relay: url,
        code: relay.code().into(),
    };
    agent.client.request(enrol).await.unwrap();
    agent.is(ConnectionState::Live).await;
    agent
}

const LOGIND: &str = "/org/freedesktop/login1";

async fn sleeps(login: &zbus::Connection, asleep: bool) {
    let manager = "org.freedesktop.login1.Manager";
    login
        .emit_signal(None::<&str>, LOGIND, manager, "PrepareForSleep", &asleep)
        .await
        .unwrap();
}

/// A call that is missed now is told as such, and nothing else comes before it.
pub async fn hears_a_call(sim: &Sim, onlooker: &mut Onlooker) -> Shown {
    let call = rings(sim, OTHER).await;
    // Whoever is only just connected may still be told what was missed: then it rings at the end of that.
    let shown = onlooker.shown().await;
    assert!(shown.title.starts_with("Appel de "), "{}", shown.title);
    gives_up(sim, &call).await;
    let missed = onlooker.shown().await;
    assert!(missed.title.starts_with("Appel manqué de "), "{}", missed.title);
    missed
}

session_test! {
    display
    /// Calls that come while the machine sleeps or the screen is locked wait for the person, and are one summary.
    async fn row_08_of_a_person_who_comes_back_is_one_summary(mut world: World) {
        let login = logind().await;
        let (sim, _relay, _daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        sleeps(&login, true).await;
        agent.is(ConnectionState::Down).await;
        missed_call(&sim).await;
        missed_call(&sim).await;
        sleeps(&login, false).await;
        assert_eq!(onlooker.shown().await.title, "2 appels manqués pendant votre absence");
        agent.is(ConnectionState::Live).await;

        let discreet = SettingsChange { discreet_when_locked: Some(true), ..SettingsChange::default() };
        agent.client.request(Request::ChangeSettings { changes: Box::new(discreet) }).await.unwrap();
        lock(&login, OURS, true).await;
        let hidden = onlooker.shown().await;
        assert!(!hidden.body.contains("01"), "nobody else reads who called: {}", hidden.body);
        missed_call(&sim).await;
        assert_eq!(onlooker.shown().await.title, "Appel entrant");
        agent.until("a third call", |state| state.missed == 3).await;
        lock(&login, OURS, false).await;
        let again = onlooker.shown().await;
        assert!(again.body.contains("01\u{a0}99\u{a0}00\u{a0}00\u{a0}42 (2)"), "{}", again.body);
        let all = onlooker.shown().await;
        assert_eq!((all.title.as_str(), all.replaces), ("3 appels manqués pendant votre absence", again.id));
        agent.is(ConnectionState::Live).await;
        hears_a_call(&sim, &mut onlooker).await;
    }
}

session_test! {
    display
    /// The machine's sleep waits until nothing is listened to any more; awake, the next one will wait as well.
    async fn of_a_machine_that_sleeps_has_it_wait(mut world: World) {
        let (login, mut delays) = logind_that_waits().await;
        dunst(&mut world).await;
        keyring(&mut world).await;
        let sim = platform().await;
        let relay = Relay::start(&sim).await;
        let mut agent = enrolled(&mut world, &relay, relay.url()).await;
        for _ in 0..2 {
            let delay = delays.next().await;
            assert!(delay.is_held());
            sleeps(&login, true).await;
            delay.ends().await;
            assert_eq!(agent.client.snapshot().await.unwrap().connection.state, ConnectionState::Down);
            agent.is(ConnectionState::Down).await;
            sleeps(&login, false).await;
            agent.is(ConnectionState::Live).await;
        }
    }
}

session_test! {
    display
    /// Stopped without a word for longer than its clocks let pass, it tells what came meanwhile as one, and when it heard
    /// nothing. A sleep of the machine, in which the clock of the timers stands still as well, can't be had here: the agent's
    /// own tests play that with its clocks.
    async fn row_06_and_08_of_a_stopped_program_is_one_summary(mut world: World) {
        world.watchdog_s = Some(8);
        dunst(&mut world).await;
        keyring(&mut world).await;
        let sim = platform().await;
        let relay = Relay::start_with(&sim, true, &[("events.heartbeat", "1s")]).await;
        let mut onlooker = Onlooker::new(&world).await;
        let mut agent = enrolled(&mut world, &relay, relay.url()).await;
        hears_a_call(&sim, &mut onlooker).await;

        world.stop(agent.id);
        let stopped = Timestamp::now();
        for from in [OTHER, "+33199000043"] {
            let ring = Ring { to: ACCOUNT.into(), from: Some(from.into()), ring_for_s: Some(6.0), ..Ring::default() };
            sim.ring(ring).await.unwrap();
        }
        sim.settled().await.unwrap();
        let resumed = Timestamp::now();
        world.resume(agent.id);
        assert_eq!(onlooker.shown().await.title, "2 appels manqués pendant votre absence");
        let holes = agent.holes().await;
        let is_the_stop = |hole: &Hole| {
            let until = hole.until.as_deref().is_some_and(|until| time(until) >= resumed);
            hole.state == HoleState::Filled && time(&hole.from) <= stopped && until
        };
        assert!(holes.iter().any(is_the_stop), "{stopped} to {resumed}: {holes:?}");
        agent.is(ConnectionState::Live).await;
        hears_a_call(&sim, &mut onlooker).await;
    }
}

pub fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

session_test! {
    display
    /// A daemon that ends takes nothing away for good, and a relay that ends is told and found again.
    async fn of_services_that_come_back_loses_nothing(mut world: World) {
        let network = zbus::connection::Builder::system().unwrap();
        let network = network.name("org.freedesktop.NetworkManager").unwrap().build().await.unwrap();
        let (sim, mut relay, daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let missed = hears_a_call(&sim, &mut onlooker).await;
        noted(&world, missed.id).await;
        world.kill(daemon);
        dunst(&mut world).await;
        let again = onlooker.shown().await;
        assert_eq!((again.title, again.replaces), (missed.title, 0));

        relay.stop().await;
        // It asks for so much patience that nothing but the news of another network brings a new try within this test.
        let gateway = Gateway::at(relay.address).await;
        agent.until("told to wait", |state| state.connection.message.id == "link-down-busy").await;
        gateway.end().await;
        relay.resume().await;
        let nm = "org.freedesktop.NetworkManager";
        network.emit_signal(None::<&str>, "/org/freedesktop/NetworkManager", nm, "StateChanged", &70_u32).await.unwrap();
        agent.is(ConnectionState::Live).await;
        hears_a_call(&sim, &mut onlooker).await;
    }
}

/// What stands before a relay that is down.
struct Gateway(JoinHandle<()>);

impl Gateway {
    async fn at(address: SocketAddr) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        Self(tokio::spawn(async move {
            loop {
                let (mut caller, _) = listener.accept().await.unwrap();
                let answer = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 300\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
                // A request fits into one read; whoever has gone meanwhile asks again.
                let _ = caller.read(&mut [0; 8192]).await;
                let _ = caller.write_all(answer.as_bytes()).await;
            }
        }))
    }

    /// Its address is free again.
    async fn end(self) {
        self.0.abort();
        assert!(self.0.await.unwrap_err().is_cancelled());
    }
}

/// The agent has taken in the daemon's answer: what it shows is on paper.
async fn noted(world: &World, id: u32) {
    let file = world.home().join("tray/run/control.notifications");
    let noted = async {
        loop {
            let text = std::fs::read_to_string(&file).unwrap_or_default();
            if text.lines().skip(1).any(|line| line == id.to_string()) {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    within("it is noted", noted).await;
}

session_test! {
    display
    /// Killed at any moment, it tells what came meanwhile at its next start, as one, and nothing of what it told before.
    async fn of_a_killed_program_tells_only_what_it_missed(mut world: World) {
        let (sim, _relay, _daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let mut last = hears_a_call(&sim, &mut onlooker).await;
        for round in 1..=2 {
            agent.until("what was told is known", |state| state.missed == 1 + (round - 1) * 4).await;
            noted(&world, last.id).await;
            world.kill(agent.id);
            for _ in 0..3 {
                missed_call(&sim).await;
            }
            agent = Agent::start(&mut world).await;
            // Nobody hears the buttons of what the killed one left.
            while onlooker.gone().await.0 != last.id {}
            assert_eq!(onlooker.shown().await.title, "3 appels manqués pendant votre absence");
            agent.until("all are known", |state| state.missed == 4 + (round - 1) * 4).await;
            agent.is(ConnectionState::Live).await;
            last = hears_a_call(&sim, &mut onlooker).await;
        }
    }
}
