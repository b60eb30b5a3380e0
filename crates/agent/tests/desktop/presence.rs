//! The whole program on a real desktop, while the machine sleeps, the screen is locked, the network or the notification daemon
//! goes, and the program itself is killed: nothing missed, nothing told twice.

use std::process::{Command, Stdio};
use std::time::Instant;

use centrex_sim::Sim;
use control::profile::Profile;
use control::protocol::{Change, ConnectionState, Request, SettingsChange, Snapshot};
use control::transport::{Address, Changes, Client};

use crate::daemons::dunst;
use crate::keychain::keyring;
use crate::lock::{OURS, lock, logind};
use crate::notifications::{Onlooker, Shown};
use crate::office::{Relay, missed_call, platform};
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
    command.envs(
        world
            .window
            .iter()
            .map(|window| ("CENTREX_TRAY_WINDOW_BIN", window)),
    );
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
    let mut agent = Agent::start(world).await;
    let enrol = Request::Enrol {
        relay: relay.url(),
        code: relay.code().into(),
    };
    agent.client.request(enrol).await.unwrap();
    agent.is(ConnectionState::Live).await;
    (sim, relay, daemon, onlooker, agent)
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
    missed_call(sim).await;
    let rings = onlooker.shown().await;
    assert!(rings.title.starts_with("Appel de "), "{}", rings.title);
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
    /// A daemon that ends takes nothing away for good, and a relay that ends is told and found again.
    async fn of_services_that_come_back_loses_nothing(mut world: World) {
        let network = zbus::connection::Builder::system().unwrap();
        let network = network.name("org.freedesktop.NetworkManager").unwrap().build().await.unwrap();
        let (sim, mut relay, daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let missed = hears_a_call(&sim, &mut onlooker).await;
        world.kill(daemon);
        dunst(&mut world).await;
        let again = onlooker.shown().await;
        assert_eq!((again.title, again.replaces), (missed.title, 0));

        relay.stop().await;
        agent.is(ConnectionState::Down).await;
        relay.resume().await;
        let nm = "org.freedesktop.NetworkManager";
        network.emit_signal(None::<&str>, "/org/freedesktop/NetworkManager", nm, "StateChanged", &70_u32).await.unwrap();
        agent.is(ConnectionState::Live).await;
        hears_a_call(&sim, &mut onlooker).await;
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
