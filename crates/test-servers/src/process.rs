//! A server's process.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// No server takes so long to start.
const LIMIT: Duration = Duration::from_secs(60);
/// Ports that are tried; another program may take one between its choice and the server's start.
const TRIES: usize = 5;

/// Ended and reaped when dropped.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Fails when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts a server on a free port and waits for the line of its standard error that says it is ready.
pub(crate) fn start(ready: &str, command: impl Fn(u16) -> Command) -> (Process, u16) {
    let mut last = String::new();
    for _ in 0..TRIES {
        let port = free_port();
        match once(ready, command(port)) {
            Ok(process) => return (process, port),
            Err(said) => last = said,
        }
    }
    panic!("a test's server doesn't start: {last}");
}

/// Starts a server on this port.
pub(crate) fn start_on(ready: &str, command: Command) -> Process {
    once(ready, command).unwrap_or_else(|said| panic!("a test's server doesn't start again: {said}"))
}

fn once(ready: &str, mut command: Command) -> Result<Process, String> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut process = match child {
        Ok(child) => Process(child),
        Err(error) => panic!("{command:?}: {error}; `cargo xtask test` installs what is missing"),
    };
    let lines = BufReader::new(process.0.stderr.take().expect("a pipe"));
    let (tell, told) = mpsc::channel();
    let ready = ready.to_owned();
    // Reads to the end: a server whose pipe is full would stand still.
    std::thread::spawn(move || {
        let mut said = String::new();
        for line in lines.lines().map_while(Result::ok) {
            if line.contains(&ready) {
                let _ = tell.send(Ok(()));
            }
            if said.len() < 4_096 {
                said.push_str(&line);
                said.push('\n');
            }
        }
        let _ = tell.send(Err(said));
    });
    match told.recv_timeout(LIMIT) {
        Ok(Ok(())) => Ok(process),
        Ok(Err(said)) => Err(said),
        Err(_) => Err(format!("not ready within {LIMIT:?}")),
    }
}

/// A port of the loopback interface that nobody uses at present.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("a free port")
        .port()
}
