//! The real programs: the one for the console and its twin without one, and what the system knows of them.

use std::os::windows::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use control::protocol::Snapshot;
use tempfile::TempDir;
use windows_registry::CURRENT_USER;

const CONSOLE: &str = env!("CARGO_BIN_EXE_centrex-tray");
const WINDOWLESS: &str = env!("CARGO_BIN_EXE_centrex-trayw");

/// An agent with folders of its own, ended with the test.
struct Agent {
    folder: TempDir,
    process: Option<Child>,
}

impl Agent {
    /// Starts the twin, as the system would, and returns once it answers.
    fn start() -> Self {
        let mut agent = Self {
            folder: tempfile::tempdir().unwrap(),
            process: None,
        };
        agent.process = Some(agent.command(WINDOWLESS, &["--hidden"]).spawn().unwrap());
        agent.until("the agent answers", || {
            (agent.run(&["status"]).status.code() == Some(0)).then_some(())
        });
        agent
    }

    fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut command = Command::new(program);
        command
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, folder) in [
            ("CENTREX_TRAY_CONFIG_DIR", "config"),
            ("CENTREX_TRAY_DATA_DIR", "data"),
            ("CENTREX_TRAY_RUNTIME_DIR", "run"),
        ] {
            command.env(name, self.folder.path().join(folder));
        }
        // None can be shown here, whatever lies beside the program.
        command.env(
            "CENTREX_TRAY_WINDOW_BIN",
            self.folder.path().join("no-window.exe"),
        );
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(CONSOLE, words).output().unwrap()
    }

    fn status(&self) -> Snapshot {
        serde_json::from_slice(&self.run(&["status", "--json"]).stdout).unwrap()
    }

    /// Looks until it is there.
    fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(Instant::now() < deadline, "not within a minute: {what}");
        }
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// The default value of one of the person's keys.
fn registered(key: &str, name: &str) -> Option<String> {
    CURRENT_USER.open(key).ok()?.get_string(name).ok()
}

#[test]
fn links_reach_the_agent_and_are_taken_back() {
    let mut agent = Agent::start();
    let command = |class: &str| registered(&format!(r"Software\Classes\{class}\shell\open\command"), "");
    let own = agent.until("our own links are registered", || command("centrex-tray"));
    // Which drive stands for cargo's folder is Wine's business.
    assert!(
        own.ends_with(r#"\centrex-trayw.exe" dial -- "%1""#),
        "the twin without a console: {own}"
    );
    // Numbers, as Windows' settings find them.
    let capabilities = agent.until("the application is registered", || {
        registered(r"Software\RegisteredApplications", "Centrex Tray")
    });
    for scheme in ["tel", "callto", "sip"] {
        let class = registered(&format!(r"{capabilities}\URLAssociations"), scheme).unwrap();
        assert_eq!(command(&class), Some(own.clone()), "{scheme}");
        assert_eq!(command(scheme), None, "{scheme} is the person's choice");
    }
    // As Windows runs the command. Wine's shell looks for links among those of the whole machine only.
    let link = "centrex-tray://enrol?relay=https%3A%2F%2Frelay.example&code=canary-code";
    let line = own.replace("%1", link);
    let (program, rest) = line[1..].split_once("\" ").unwrap();
    let _ = agent.command(program, &[]).raw_arg(rest).status().unwrap();
    let pending = agent.until("the link waits for the person's yes", || {
        agent.status().pending_enrolment
    });
    assert_eq!(pending.host, "relay.example");

    assert_eq!(agent.run(&["unregister"]).status.code(), Some(0));
    assert_eq!(
        agent.run(&["unregister"]).status.code(),
        Some(0),
        "nothing is left"
    );
    assert_eq!(command("centrex-tray"), None);
    assert_eq!(
        registered(r"Software\RegisteredApplications", "Centrex Tray"),
        None
    );
    assert!(CURRENT_USER.open(&capabilities).is_err());
    assert_eq!(agent.run(&["quit"]).status.code(), Some(0));
    assert!(agent.process.take().unwrap().wait().unwrap().success());
}

#[test]
fn what_the_system_starts_opens_no_console() {
    // Values of `Subsystem` in the optional header (PE format).
    let (windows, console) = (2, 3);
    assert_eq!(subsystem(Path::new(WINDOWLESS)), windows);
    assert_eq!(subsystem(Path::new(CONSOLE)), console);
}

fn subsystem(program: &Path) -> u16 {
    let bytes = std::fs::read(program).unwrap();
    let header = usize::try_from(u32::from_le_bytes(bytes[0x3c..0x40].try_into().unwrap())).unwrap();
    assert_eq!(&bytes[header..header + 4], b"PE\0\0");
    let field = header + 4 + 20 + 68;
    u16::from_le_bytes(bytes[field..field + 2].try_into().unwrap())
}
