//! The real program, as a process.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::support::SECRET;

/// The program with a clean environment.
pub fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_centrex-relay"));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CENTREX_RELAY_") {
            command.env_remove(name);
        }
    }
    // The example says the defaults: with it, nothing depends on what /etc of this machine holds.
    let defaults = concat!(env!("CARGO_MANIFEST_DIR"), "/relay.example.toml");
    command
        .arg("--data-dir")
        .arg(data)
        .env("CENTREX_RELAY_CONFIG", defaults)
        .env("CENTREX_RELAY_CALLBACK_SECRET", SECRET);
    command
}

/// Runs a command to its end.
pub fn run(data: &Path, arguments: &[&str]) -> Output {
    command(data)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Runs a command that must succeed, and gives its standard output.
pub fn succeed(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// A command that writes: without a relay it makes the database, or brings it up.
pub const MAKES_A_DATABASE: [&str; 6] = ["enrol", "create", "--label", "Accueil", "--account", "1001"];

/// The end of a relay that must not start; one that listens all the same is killed.
pub fn refused(data: &Path) -> Output {
    refused_by(&mut command(data))
}

/// The same, of a command that still lacks its words.
pub fn refused_by(command: &mut Command) -> Output {
    let mut child = command
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    out.read_line(&mut said).unwrap();
    if !said.is_empty() {
        child.kill().unwrap();
    }
    let output = child.wait_with_output().unwrap();
    assert_eq!(said, "", "it listens");
    output
}

/// A relay that accepts. Killed when dropped.
pub struct Process {
    child: Child,
    out: BufReader<ChildStdout>,
    pub base: String,
    pub admin: String,
}

impl Process {
    pub fn serve(data: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut command = command(data);
        command
            .arg("serve")
            .args(["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"])
            .args(arguments)
            .envs(environment.iter().copied());
        Self::start(&mut command)
    }

    /// Starts a command that ends in a relay.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut said = |start: &str| {
            let mut line = String::new();
            out.read_line(&mut line).unwrap();
            line.trim()
                .strip_prefix(start)
                .unwrap_or_else(|| panic!("{line:?}"))
                .to_owned()
        };
        let (base, admin) = (said("listening on "), said("admin on "));
        Self {
            child,
            out,
            base,
            admin,
        }
    }

    /// The address with TLS, of a relay that has some; once only.
    pub fn tls(&mut self) -> String {
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        line.trim()
            .strip_prefix("TLS on ")
            .unwrap_or_else(|| panic!("{line:?}"))
            .to_owned()
    }

    /// Reads the log up to a line that has a word, and gives that line.
    #[cfg(unix)]
    pub fn logs(&mut self, word: &str) -> String {
        let log = self.child.stderr.as_mut().unwrap();
        let mut line = Vec::new();
        loop {
            let mut byte = [0];
            log.read_exact(&mut byte)
                .unwrap_or_else(|error| panic!("{word:?} is never logged: {error}"));
            if byte != *b"\n" {
                line.extend(byte);
                continue;
            }
            let told = String::from_utf8(std::mem::take(&mut line)).unwrap();
            if told.contains(word) {
                return told;
            }
        }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: &str) {
        let arguments = [format!("-{signal}"), self.id().to_string()];
        assert!(Command::new("kill").args(arguments).status().unwrap().success());
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// SIGKILL, or what Windows has for it.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, as a service manager does; gives whether it ended with success, and everything that it logged.
    #[cfg(unix)]
    pub fn stop(self) -> (bool, String) {
        self.signal("TERM");
        self.finish()
    }

    /// Waits for its end; gives whether it was a success, and everything that it logged.
    pub fn finish(mut self) -> (bool, String) {
        let mut log = String::new();
        self.child
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut log)
            .unwrap();
        (self.child.wait().unwrap().success(), log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Gone already, most of the time.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
