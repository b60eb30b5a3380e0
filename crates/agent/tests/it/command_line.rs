//! The real program.

use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The program with folders of its own and no desktop around it.
struct Program(TempDir);

impl Program {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_centrex-tray"));
        command.args(words).stdin(Stdio::null());
        for (name, folder) in [
            ("CENTREX_TRAY_CONFIG_DIR", "config"),
            ("CENTREX_TRAY_DATA_DIR", "data"),
            ("CENTREX_TRAY_RUNTIME_DIR", "run"),
        ] {
            command.env(name, self.0.path().join(folder));
        }
        let absent = format!("unix:path={}", self.0.path().join("no-bus").display());
        command
            .env("DBUS_SESSION_BUS_ADDRESS", absent)
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY");
        command.env("LC_ALL", "fr_FR.UTF-8");
        command
    }

    fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Sets the language.
    fn speaks(&self, language: &str) {
        let config = self.0.path().join("config");
        std::fs::create_dir_all(&config).unwrap();
        std::fs::write(
            config.join("settings.toml"),
            format!("language = \"{language}\"\n"),
        )
        .unwrap();
    }
}

fn told(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn commands_say_that_nothing_runs_in_the_language_of_the_settings() {
    let program = Program::new();
    program.speaks("fr");
    for words in [&["status"][..], &["status", "--json"], &["quit"]] {
        let output = program.run(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}");
        assert!(
            told(&output).contains("n’est pas en marche"),
            "{words:?}: {}",
            told(&output)
        );
        assert!(output.stdout.is_empty(), "{words:?}");
    }
    program.speaks("en");
    let english = told(&program.run(&["status"]));
    assert!(english.contains("is not running"), "{english}");
}

// Elsewhere the system's language isn't told by a variable.
#[cfg(target_os = "linux")]
#[test]
fn without_a_setting_the_language_is_the_systems() {
    let program = Program::new();
    for (locale, words) in [
        ("fr_FR.UTF-8", "n’est pas en marche"),
        ("en_GB.UTF-8", "is not running"),
    ] {
        let output = program
            .command(&["status"])
            .env("LC_ALL", locale)
            .output()
            .unwrap();
        assert!(told(&output).contains(words), "{}", told(&output));
    }
}

#[test]
fn doctor_checks_what_it_can_while_nothing_runs() {
    let program = Program::new();
    std::fs::create_dir_all(program.0.path().join("config")).unwrap();
    std::fs::write(program.0.path().join("config/settings.toml"), "theme = = 3\n").unwrap();
    let output = program.run(&["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", told(&output));
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let result = |name: &str| {
        let checks = found["checks"].as_array().unwrap().iter();
        let check = checks.clone().find(|check| check["name"] == name);
        check.unwrap_or_else(|| panic!("no check {name}: {found}"))["result"].clone()
    };
    assert_eq!(result("agent"), "failed");
    assert_eq!(result("settings"), "warning");
    // On Linux it needs a session bus, and there is none.
    let keychain = if cfg!(target_os = "linux") { "failed" } else { "ok" };
    assert_eq!(result("keychain"), keychain);
    assert_eq!(result("mode"), "skipped");
    // Neither icon nor notification could come by that bus; elsewhere the system itself shows both.
    let shown = if cfg!(target_os = "linux") {
        ["warning", "failed"]
    } else {
        ["skipped", "skipped"]
    };
    assert_eq!([result("tray_host"), result("notifications")], shown);
    assert_eq!([result("relay"), result("platform")], ["skipped", "skipped"]);
    let first = told(&output);
    assert_eq!(
        first.contains("bus de session"),
        cfg!(target_os = "linux"),
        "the cause is said: {first}"
    );
}

#[test]
fn usage_errors_end_with_2_and_version_and_help_with_0() {
    let program = Program::new();
    for words in [
        &["fly"][..],
        &["dial"],
        &["--profile", "A/B", "status"],
        &["--profile"],
        &["status", "--loud"],
        &["calls", "--from", "hier"],
        &["calls", "--until", "2026-13-01"],
        &["calls", "--from", "2026-11-24", "--until", "2026-11-23"],
        &["calls", "--limit", "0"],
        &["calls", "export", "calls.doc"],
        &["contacts", "export", "contacts"],
        &["contacts", "--limit", "0"],
        &["contacts", "--limit", "201"],
    ] {
        assert_eq!(program.run(words).status.code(), Some(2), "{words:?}");
    }
    let unclear = told(&program.run(&["calls", "--from", "hier"]));
    assert!(unclear.contains("2026-11-24T08:00:00Z"), "{unclear}");
    // What is clear fails for want of an agent only.
    for words in [
        &["calls", "--from", "2026-11-24"][..],
        &["calls", "--from", "2026-11-24", "--until", "2026-11-24"],
        &["calls", "export", "calls.CSV"],
        &["contacts", "--limit", "200"],
    ] {
        assert_eq!(program.run(words).status.code(), Some(1), "{words:?}");
    }
    let version = program.run(&["--version"]);
    assert_eq!(version.status.code(), Some(0));
    assert_eq!(
        String::from_utf8_lossy(&version.stdout).trim(),
        concat!("centrex-tray ", env!("CARGO_PKG_VERSION"))
    );
    let help = program.run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let quits = if cfg!(target_os = "linux") {
        "Quitte l’application"
    } else {
        "app"
    };
    assert!(String::from_utf8_lossy(&help.stdout).contains(quits));
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_session_bus_it_says_so_and_ends_with_1() {
    let output = Program::new().run(&["--hidden"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("bus de session"), "{}", told(&output));
    // Nor does it start an agent for a link.
    let output = Program::new().run(&["dial", "tel:+33199000042"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("bus de session"), "{}", told(&output));
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_whose_agent_does_not_start_says_what_to_do() {
    let program = Program::new();
    let mut bus = with_a_bus::bus();
    // No folder can be made where a file lies.
    std::fs::write(program.0.path().join("run"), "").unwrap();
    let output = program
        .command(&["dial", "tel:+33199000042"])
        .env("DBUS_SESSION_BUS_ADDRESS", &bus.1)
        .output()
        .unwrap();
    bus.0.kill().unwrap();
    bus.0.wait().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("n’a pas démarré"), "{}", told(&output));
}

#[cfg(target_os = "linux")]
mod with_a_bus {
    use std::io::{BufRead, BufReader};
    use std::process::Child;
    use std::time::{Duration, Instant};

    use control::profile::Profile;
    use control::protocol::Change;
    use control::transport::{Address, Changes, Client};

    use super::*;

    /// A session bus and its address.
    pub(super) fn bus() -> (Child, String) {
        let mut bus = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon is installed");
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        (bus, address.trim().to_owned())
    }

    /// A session bus and an agent on it, both ended with the test.
    struct Session {
        program: Program,
        bus: String,
        children: Vec<Child>,
    }

    impl Session {
        fn start() -> Self {
            let (bus, bus_address) = bus();
            Self {
                program: Program::new(),
                bus: bus_address,
                children: vec![bus],
            }
        }

        fn command(&self, words: &[&str]) -> Command {
            let mut command = self.program.command(words);
            command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
            command
        }

        fn run(&self, words: &[&str]) -> Output {
            self.command(words).output().unwrap()
        }

        /// Starts an agent and returns once it answers; gives its place among the children.
        fn agent(&mut self) -> usize {
            let child = self.command(&["--hidden"]).stderr(Stdio::null()).spawn().unwrap();
            self.children.push(child);
            self.answers();
            self.children.len() - 1
        }

        /// Subscribes as the window does.
        fn as_window<T>(&self, listen: impl AsyncFnOnce(&mut Changes) -> T) -> T {
            let address = Address::within(&self.program.0.path().join("run"), &Profile::default());
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let client = Client::connect_to(&address).await.unwrap();
                let (_, mut changes) = client.subscribe(true).await.unwrap();
                tokio::time::timeout(Duration::from_secs(30), listen(&mut changes))
                    .await
                    .expect("the window is told")
            })
        }

        fn answers(&self) {
            let deadline = Instant::now() + Duration::from_secs(30);
            while self.run(&["status"]).status.code() != Some(0) {
                assert!(Instant::now() < deadline, "the agent doesn't answer");
            }
        }
    }

    impl Drop for Session {
        fn drop(&mut self) {
            // One that a command started isn't among the children.
            let _ = self.command(&["quit"]).stderr(Stdio::null()).status();
            for child in self.children.iter_mut().rev() {
                let _ = child.kill();
                let _ = child.wait();
            }
        }
    }

    #[test]
    fn a_running_agent_tells_its_state_and_a_second_start_leaves_it_alone() {
        let mut session = Session::start();
        let agent = session.agent();
        let status = session.run(&["status", "--json"]);
        let snapshot: control::protocol::Snapshot = serde_json::from_slice(&status.stdout).unwrap();
        assert_eq!(
            (snapshot.profile.as_str(), snapshot.language.as_str()),
            ("default", "fr")
        );
        assert!(String::from_utf8_lossy(&session.run(&["status"]).stdout).contains("Aucun appel en cours"));
        assert_eq!(session.run(&["--hidden"]).status.code(), Some(0));
        assert_eq!(
            session.run(&["--profile", "work", "status"]).status.code(),
            Some(1)
        );
        assert!(
            session.children[agent].try_wait().unwrap().is_none(),
            "the first one still runs"
        );
        assert_eq!(session.run(&["quit"]).status.code(), Some(0));
        assert_eq!(session.children[agent].wait().unwrap().code(), Some(0));
        assert_eq!(session.run(&["status"]).status.code(), Some(1));
    }

    #[test]
    fn the_icon_comes_before_everything_else_of_the_start() {
        let mut session = Session::start();
        let log = session.program.0.path().join("log");
        let child = session
            .command(&["--hidden"])
            .env("CENTREX_TRAY_LOG", "centrex_tray=debug")
            .stderr(std::fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        session.children.push(child);
        session.answers();
        assert_eq!(session.run(&["quit"]).status.code(), Some(0));
        let log = std::fs::read_to_string(log).unwrap();
        let line = |words: &str| {
            let found = log.lines().position(|line| line.contains(words));
            found.unwrap_or_else(|| panic!("no line with {words:?}: {log}"))
        };
        let shown = line("the tray knows what to show");
        assert!(line("asked to start") < shown);
        for later in ["there is a session bus", "started version="] {
            assert!(shown < line(later), "{later:?} comes first: {log}");
        }
    }

    #[test]
    fn a_killed_agent_leaves_nothing_that_keeps_the_next_one_from_starting() {
        let mut session = Session::start();
        let agent = session.agent();
        session.children[agent].kill().unwrap();
        session.children[agent].wait().unwrap();
        assert_eq!(session.run(&["status"]).status.code(), Some(1));
        session.agent();
    }

    /// The command lines of the processes that were started in a test's folder.
    fn command_lines(program: &Program) -> Vec<String> {
        let folder = program.0.path().to_str().unwrap();
        let read = |file: std::path::PathBuf| {
            // Processes end meanwhile, and those of others can't be read.
            let bytes = std::fs::read(file).unwrap_or_default();
            String::from_utf8_lossy(&bytes).replace('\0', " ")
        };
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        processes
            .filter(|process| read(process.path().join("environ")).contains(folder))
            .map(|process| read(process.path().join("cmdline")))
            .collect()
    }

    #[test]
    fn what_a_link_says_stands_in_no_command_line_of_the_agent_that_it_started() {
        for (link, secret) in [
            ("tel:+33199000042", "99000042"),
            (
                "centrex-tray://enrol?relay=https%3A%2F%2Frelay.example&code=canary-code",
                "canary",
            ),
        ] {
            let session = Session::start();
            let shown = session.run(&["dial", "--", link]);
            // There is no window to be shown here; the agent is left running all the same.
            assert!(shown.stdout.is_empty(), "{shown:?}");
            let lines = command_lines(&session.program);
            let agents: Vec<_> = lines.iter().filter(|line| line.contains("--hidden")).collect();
            assert_eq!(agents.len(), 1, "{lines:?}");
            assert!(!lines.iter().any(|line| line.contains(secret)), "{lines:?}");
            let status = session.run(&["status", "--json"]);
            let snapshot: control::protocol::Snapshot = serde_json::from_slice(&status.stdout).unwrap();
            let waits = snapshot.pending_enrolment.map(|pending| pending.host);
            assert_eq!(waits.is_some(), link.starts_with("centrex-tray:"), "{waits:?}");
            let words = session.run(&["status"]);
            let words = String::from_utf8_lossy(&words.stdout);
            assert_eq!(words.contains("relay.example"), waits.is_some(), "{words}");
        }
    }

    #[test]
    fn the_window_gets_the_number_by_the_socket_and_nothing_is_dialled() {
        let session = Session::start();
        let words = session.program.0.path().join("words");
        let window = session.program.0.path().join("window");
        // Stands in for the window: tells its words, and stays. The pipe is how the test waits for it.
        std::fs::write(
            &window,
            format!(
                "#!/bin/sh\nprintf '%s\\n' \"$@\" \"$CENTREX_TRAY_WINDOW_LINGER_S\" end > {words}\nread _ < {words}\n",
                words = words.display()
            ),
        )
        .unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&window, mode).unwrap();
        assert!(Command::new("mkfifo").arg(&words).status().unwrap().success());
        let dialled = session
            .command(&["dial", "--", "01", "99", "00", "00", "42"])
            .env("CENTREX_TRAY_WINDOW_BIN", &window)
            .env_remove("CENTREX_TRAY_WINDOW_LINGER_S")
            .env("LC_ALL", "en_GB.UTF-8")
            .output()
            .unwrap();
        assert_eq!(dialled.status.code(), Some(0), "{}", self::told(&dialled));
        let told = std::fs::read_to_string(&words).unwrap();
        assert_eq!(
            told, "--profile\ndefault\n--place\npad\n--language\nen\n--theme\nsystem\n120\nend\n",
            "any program may read the words of another: no number is among them"
        );
        let filled = session.as_window(async |changes| {
            loop {
                let change = changes.next().await.expect("the agent stays");
                if let Change::Show { fill: Some(fill), .. } = change {
                    break fill;
                }
            }
        });
        assert_eq!(filled, "01 99 00 00 42");
        std::fs::write(&words, "go\n").unwrap();
        let status = session.run(&["status", "--json"]);
        let snapshot: control::protocol::Snapshot = serde_json::from_slice(&status.stdout).unwrap();
        assert_eq!(snapshot.dial, None);
    }
}
