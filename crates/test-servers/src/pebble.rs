//! Pebble, an ACME server for tests, from Debian, with a name server for which every name is this machine.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Tls;
use crate::process::{self, Process, free_port};

/// Each says this when it is about to listen.
const READY: &str = "ACME directory available at";
const NAMES_READY: &str = "Starting management server";
/// From then until it does.
const LIMIT: Duration = Duration::from_secs(30);

/// A running server.
#[derive(Debug)]
pub struct Pebble {
    port: u16,
    management: u16,
    _process: Process,
    _names: Process,
    _folder: TempDir,
}

impl Pebble {
    /// Starts one that shows this certificate (for 127.0.0.1), and looks for TLS-ALPN-01 at this port of every name.
    pub fn start(tls: &Tls, tls_port: u16) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        fs::write(root.join("server.pem"), &tls.certificate).expect("the certificate");
        fs::write(root.join("server.key"), &tls.key).expect("the key");
        let (names, names_port) = process::start(NAMES_READY, |port| {
            let mut command = shouting("pebble-challtestsrv");
            command
                .args(["-dns01", &format!("127.0.0.1:{port}"), "-defaultIPv6", ""])
                .args([
                    "-http01",
                    "",
                    "-https01",
                    "",
                    "-tlsalpn01",
                    "",
                    "-management",
                    "127.0.0.1:0",
                ]);
            command
        });
        let management = free_port();
        let (process, port) = process::start(READY, |port| {
            let configuration = format!(
                r#"{{"pebble": {{"listenAddress": "127.0.0.1:{port}", "managementListenAddress": "127.0.0.1:{management}",
                "certificate": "{0}/server.pem", "privateKey": "{0}/server.key", "httpPort": 1, "tlsPort": {tls_port},
                "ocspResponderURL": "", "externalAccountBindingRequired": false}}}}"#,
                root.display()
            );
            fs::write(root.join("pebble.json"), configuration).expect("a configuration");
            let mut command = shouting("pebble");
            command
                .arg("-config")
                .arg(root.join("pebble.json"))
                .args(["-dnsserver", &format!("127.0.0.1:{names_port}")])
                // It would wait some seconds before it looks, and refuse good requests now and then.
                .env("PEBBLE_VA_NOSLEEP", "1")
                .env("PEBBLE_WFE_NONCEREJECT", "0");
            command
        });
        for port in [port, management] {
            await_listener(port);
        }
        Self {
            port,
            management,
            _process: process,
            _names: names,
            _folder: folder,
        }
    }

    /// Where ACME begins.
    pub fn directory(&self) -> String {
        format!("https://127.0.0.1:{}/dir", self.port)
    }

    /// Where its root certificate is told, in PEM.
    pub fn root(&self) -> String {
        format!("https://127.0.0.1:{}/roots/0", self.management)
    }
}

/// These write to standard output what others write to standard error.
fn shouting(program: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$@\" 1>&2", "sh", program]);
    command
}

fn await_listener(port: u16) {
    let begun = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(begun.elapsed() < LIMIT, "nothing listens on {port}");
        std::thread::yield_now();
    }
}
