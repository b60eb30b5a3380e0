//! The agent as a process: whether it runs, how it is started.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use control::profile::Profile;
use control::protocol::{Place, Request};
use control::transport::{Client, ConnectError};
use tokio::process::Command;
use tokio::time::{Instant, sleep};

/// How long an agent that was just started may take until it listens.
const STARTS_WITHIN: Duration = Duration::from_secs(10);
/// Nothing tells when another process begins to listen, so it is asked this often.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// Process creation flag of Windows (`winbase.h`): the process gets no console window.
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// The program beside our own, where the bundle installs both; by its bare name when it isn't there.
fn program() -> PathBuf {
    let name = format!("centrex-tray{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe()
        .ok()
        .and_then(|own| own.parent().map(|folder| folder.join(&name)));
    beside
        .filter(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from(name))
}

/// Starts the agent in the tray; it outlives this process.
///
/// # Errors
/// The system's, when the program is missing or can't be run.
pub fn start(profile: &Profile) -> io::Result<()> {
    let mut command = Command::new(program());
    command
        .args(["--profile", profile.name(), "--hidden"])
        .stdin(Stdio::null());
    // Its own group: a Ctrl-C meant for this window isn't meant for the agent.
    #[cfg(unix)]
    command.process_group(0);
    // It is a program for the console too, and would open one for as long as it runs.
    #[cfg(windows)]
    command.creation_flags(CREATE_NO_WINDOW);
    command.spawn().map(drop)
}

/// Asks the agent to show its window, after starting it when it doesn't run. `false` when it can't be reached or can't show
/// one: then this process has to be the window.
pub async fn hand_over(profile: &Profile) -> bool {
    let Some(client) = reach(profile).await else {
        return false;
    };
    match client.request(Request::Show { place: Place::Pad }).await {
        Ok(_) => true,
        Err(error) => {
            tracing::warn!(%error, "the agent can't show its window");
            false
        }
    }
}

async fn reach(profile: &Profile) -> Option<Client> {
    match Client::connect(profile).await {
        Ok(client) => return Some(client),
        Err(ConnectError::NotRunning) => {}
        Err(error) => {
            tracing::warn!(%error, "the agent can't be reached");
            return None;
        }
    }
    if let Err(error) = start(profile) {
        tracing::warn!(%error, "the agent can't be started");
        return None;
    }
    let deadline = Instant::now() + STARTS_WITHIN;
    while Instant::now() < deadline {
        if let Ok(client) = Client::connect(profile).await {
            return Some(client);
        }
        sleep(ASK_EVERY).await;
    }
    tracing::warn!("the agent was started and doesn't answer");
    None
}
