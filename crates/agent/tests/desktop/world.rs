//! A desktop session for one test: its own bus, home and display, and the real services that the test starts in it.
//!
//! The code under test finds its bus by the environment, as every desktop program does. So [`session_test!`] runs each test
//! twice: outside, it makes the session and starts the test binary again inside it; inside, the test itself runs.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use centrex_tray::desktop::{Desktop, DesktopEvent, Presence};
use futures_util::StreamExt;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// How long anything may take before a test calls it missing. Not a delay: all waits end as soon as the event comes.
pub const LIMIT: Duration = Duration::from_secs(60);
/// Set inside a session.
const INSIDE: &str = "DESKTOP_TEST_SESSION";

/// Defines a test that runs in a session of its own: `async fn name(mut world: World)`, with `display` before it when its
/// programs draw.
macro_rules! session_test {
    (@ $display:literal, $(#[$attribute:meta])* async fn $name:ident($($world:tt)+) $body:block) => {
        $(#[$attribute])*
        #[test]
        fn $name() {
            // Without the crate's own name: that is how the test binary lists its tests.
            let path = concat!(module_path!(), "::", stringify!($name)).split_once("::").unwrap().1;
            crate::world::in_session(path, $display, async |$($world)+| $body);
        }
    };
    (display $($test:tt)+) => { session_test!(@ true, $($test)+); };
    ($($test:tt)+) => { session_test!(@ false, $($test)+); };
}
pub(crate) use session_test;

/// Runs `test` inside a session, starting this binary again for it.
pub fn in_session(name: &str, display: bool, test: impl AsyncFnOnce(World)) {
    if std::env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(test(World {
            running: Vec::new(),
            window: None,
            watchdog_s: None,
        }));
        return;
    }
    let home = tempfile::Builder::new().prefix("desktop-").tempdir().unwrap();
    let mut running = Running::default();
    let mut inside = Command::new(std::env::current_exe().unwrap());
    inside.args([name, "--exact", "--nocapture", "--test-threads=1"]);
    let bus = format!("unix:path={}", home.path().join("bus").display());
    for (variable, value) in [
        (INSIDE, "1"),
        ("DBUS_SESSION_BUS_ADDRESS", &bus),
        // One bus serves as both: the tests put no name on it twice.
        ("DBUS_SYSTEM_BUS_ADDRESS", &bus),
        ("LC_ALL", "C.UTF-8"),
        // None of the machine's browsers.
        ("BROWSER", "false"),
    ] {
        inside.env(variable, value);
    }
    for (variable, folder) in [
        ("HOME", "."),
        ("XDG_RUNTIME_DIR", "."),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_CACHE_HOME", "cache"),
    ] {
        inside.env(variable, home.path().join(folder));
    }
    inside
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("NEXTEST");
    if display {
        let mut server = program("Xvfb", "xvfb");
        server.args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1280x800x24",
            "-nolisten",
            "tcp",
        ]);
        inside.env("DISPLAY", format!(":{}", running.until_it_speaks(server)));
    }
    let mut bus = bus_daemon(home.path());
    // What the bus starts belongs to the session too, and writes its settings there.
    for (variable, value) in inside.get_envs() {
        match value {
            Some(value) => bus.env(variable, value),
            None => bus.env_remove(variable),
        };
    }
    running.until_it_speaks(bus);
    let output = inside.output().unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        output.status.success(),
        "{name} failed inside its session: see above"
    );
    let passed = String::from_utf8_lossy(&output.stdout).contains("1 passed");
    assert!(passed, "{name} didn't run inside its session");
}

/// A bus that can start only the services which a test allows, none of the machine's.
fn bus_daemon(home: &Path) -> Command {
    let services = home.join("services");
    std::fs::create_dir_all(&services).unwrap();
    let config = home.join("bus.conf");
    std::fs::write(
        &config,
        format!(
            r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
              "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig>
              <type>session</type><listen>unix:path={}</listen><auth>EXTERNAL</auth><servicedir>{}</servicedir>
              <policy context="default">
                <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
              </policy>
            </busconfig>"#,
            home.join("bus").display(),
            services.display()
        ),
    )
    .unwrap();
    let mut daemon = program("dbus-daemon", "dbus");
    daemon
        .arg(format!("--config-file={}", config.display()))
        .args(["--nofork", "--print-address=1"]);
    daemon
}

/// Inside a session: what the test starts there.
pub struct World {
    running: Vec<Child>,
    /// Stands in for the app's window.
    pub window: Option<PathBuf>,
    /// After how many seconds of silence the relay counts as gone, if not as usual.
    pub watchdog_s: Option<u32>,
}

impl World {
    /// The session's home.
    pub fn home(&self) -> PathBuf {
        PathBuf::from(std::env::var_os("HOME").unwrap())
    }

    /// Starts a program and leaves it running until the session ends; its process id.
    pub fn start(&mut self, mut command: Command) -> u32 {
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let id = child.id();
        self.running.push(child);
        id
    }

    /// What programs started from here take for the app's window.
    pub fn windows(&mut self, program: &Path) {
        self.window = Some(program.to_owned());
    }

    /// Keeps a started program until the session ends.
    pub fn keep(&mut self, child: Child) {
        self.running.push(child);
    }

    /// Lets the session's bus start a service.
    pub fn activatable(&self, name: &str, service: &Command) {
        std::fs::write(
            self.home().join(format!("services/{name}.service")),
            format!(
                "[D-BUS Service]\nName={name}\nExec={}\n",
                service.get_program().to_str().unwrap()
            ),
        )
        .unwrap();
    }

    /// Kills a program that was started, and waits until it is gone.
    pub fn kill(&mut self, id: u32) {
        let at = self.running.iter().position(|child| child.id() == id).unwrap();
        let mut child = self.running.remove(at);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Stops a program that was started, as it stands; it goes on with [`Self::resume`].
    pub fn stop(&self, id: u32) {
        kill_process(pid(id), Signal::STOP).unwrap();
        let (_, state) = waitpid(Some(pid(id)), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(state.stopped(), "{state:?}");
    }

    pub fn resume(&self, id: u32) {
        kill_process(pid(id), Signal::CONT).unwrap();
    }

    /// A connection to the session's bus, as an onlooker.
    pub async fn bus(&self) -> zbus::Connection {
        zbus::Connection::session().await.unwrap()
    }

    /// The desktop under test, and what it tells.
    pub fn desktop(&self) -> (Desktop, Told) {
        let (events, told) = unbounded_channel();
        (
            centrex_tray::desktop::open("default", events).unwrap(),
            Told(told),
        )
    }
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(id.cast_signed()).unwrap()
}

impl Drop for World {
    fn drop(&mut self) {
        end(&mut self.running);
    }
}

/// What the desktop told.
pub struct Told(UnboundedReceiver<DesktopEvent>);

impl Told {
    /// The next event, except for what is told of the person's presence.
    pub async fn next(&mut self) -> DesktopEvent {
        loop {
            match self.any("an event of the desktop").await {
                DesktopEvent::Presence(_) => {}
                event => return event,
            }
        }
    }

    /// What is told next of the person's presence.
    pub async fn presence(&mut self) -> Presence {
        loop {
            if let DesktopEvent::Presence(presence) = self.any("the person's presence").await {
                return presence;
            }
        }
    }

    async fn any(&mut self, what: &str) -> DesktopEvent {
        within(what, self.0.recv()).await.unwrap()
    }
}

/// Programs that end with their owner.
#[derive(Default)]
struct Running(Vec<Child>);

impl Running {
    /// Starts a program that says on its first line that it is ready; the line.
    fn until_it_speaks(&mut self, mut command: Command) -> String {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        self.0.push(child);
        assert!(!line.is_empty(), "{command:?} ended before it was ready");
        line.trim().to_owned()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        end(&mut self.0);
    }
}

fn end(running: &mut Vec<Child>) {
    for mut child in running.drain(..).rev() {
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// A command for a program; `package` is Debian's package that has it.
pub fn program(program: &str, package: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Some services are meant to be started by the bus only and live outside PATH.
    let libraries = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let hidden = [
        format!("{libraries}/xfce4/notifyd"),
        format!("{libraries}/xfce4/xfconf"),
        libraries,
        "/usr/lib/mate-notification-daemon".to_owned(),
        "/usr/libexec".to_owned(),
    ];
    let found = std::env::split_paths(&path)
        .chain(hidden.map(PathBuf::from))
        .map(|folder| folder.join(program))
        .find(|file| file.is_file());
    Command::new(found.unwrap_or_else(|| {
        panic!("{program} is not installed: install the Debian package {package}, or run `cargo xtask test`, which does")
    }))
}

/// Waits until somebody owns `name` on the bus.
pub async fn owned(bus: &zbus::Connection, name: &str) {
    let names = zbus::fdo::DBusProxy::new(bus).await.unwrap();
    let mut changes = names
        .receive_name_owner_changed_with_args(&[(0, name)])
        .await
        .unwrap();
    if names.name_has_owner(name.try_into().unwrap()).await.unwrap() {
        return;
    }
    within(&format!("{name} on the bus"), async {
        while changes
            .next()
            .await
            .unwrap()
            .args()
            .unwrap()
            .new_owner()
            .is_none()
        {}
    })
    .await;
}

/// Waits for `what`, and fails with its name when it doesn't come.
pub async fn within<T>(what: &str, event: impl Future<Output = T>) -> T {
    tokio::time::timeout(LIMIT, event)
        .await
        .unwrap_or_else(|_| panic!("{what} didn't come within {} s", LIMIT.as_secs()))
}
