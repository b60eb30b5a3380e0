//! The window's process: started when somebody wants the window, told to come forward while it lives.

use std::path::PathBuf;
use std::process::Stdio;

use control::WINDOW_LINGER_ENV;
use control::protocol::{Change, Place, Point};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::controller::Input;

/// Overrides which program is started as the window.
pub const WINDOW_BIN_ENV: &str = "CENTREX_TRAY_WINDOW_BIN";
/// A window that ends so soon after it was called was already leaving.
const LEAVING_S: u64 = 3;

/// A wish to see the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wish {
    pub(crate) place: Place,
    /// Near this point of the screen.
    pub(crate) anchor: Option<Point>,
    /// Put this into the pad's field.
    pub(crate) fill: Option<String>,
}

impl Wish {
    /// A place and nothing else.
    pub(crate) fn place(place: Place) -> Self {
        Self {
            place,
            anchor: None,
            fill: None,
        }
    }

    /// As the window is told.
    pub(crate) fn change(self) -> Change {
        Change::Show {
            place: self.place,
            anchor: self.anchor,
            fill: self.fill,
        }
    }
}

/// Why no window can be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WindowError {
    /// The program isn't there.
    #[error("{} is not there", .0.display())]
    Missing(PathBuf),
    /// The system refuses to start it.
    #[error("{} can't be started: {error}", path.display())]
    Start {
        path: PathBuf,
        #[source]
        error: std::io::Error,
    },
}

/// The window's process, if we started one.
#[derive(Default)]
pub(crate) struct Window {
    running: Option<JoinHandle<()>>,
    /// Wanted while the process starts and doesn't listen yet.
    waiting: Option<Wish>,
    /// What a listening window was last told, and when.
    told: Option<(Wish, Instant)>,
}

impl Window {
    /// A process was started and hasn't ended.
    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// A window listens: this was sent to it.
    pub(crate) fn was_told(&mut self, wish: Wish) {
        self.told = Some((wish, Instant::now()));
    }

    /// No window listens. Starts one, or has the one that starts told once it listens.
    pub(crate) fn want(
        &mut self,
        wish: Wish,
        profile: &str,
        linger_s: u32,
        inputs: &mpsc::Sender<Input>,
    ) -> Result<(), WindowError> {
        if self.is_running() {
            self.waiting = Some(wish);
            return Ok(());
        }
        let path = program();
        let mut child = command(&path, &wish, profile, linger_s)
            .spawn()
            .map_err(|error| {
                if error.kind() == std::io::ErrorKind::NotFound {
                    WindowError::Missing(path)
                } else {
                    WindowError::Start { path, error }
                }
            })?;
        let inputs = inputs.clone();
        self.running = Some(tokio::spawn(async move {
            watch(&mut child).await;
            // Fails only when the controller has ended.
            let _ = inputs.send(Input::WindowEnded).await;
        }));
        Ok(())
    }

    /// A window listens now: what it still has to be told.
    pub(crate) fn listens(&mut self) -> Option<Wish> {
        self.waiting.take()
    }

    /// The process has ended. Gives the wish that it took along, if it was already leaving when it was told.
    pub(crate) fn ended(&mut self) -> Option<Wish> {
        self.running = None;
        let lost = self
            .told
            .take()
            .filter(|(_, at)| at.elapsed().as_secs() < LEAVING_S)
            .map(|(wish, _)| wish);
        self.waiting.take().or(lost)
    }
}

async fn watch(child: &mut Child) {
    match child.wait().await {
        Ok(status) if status.success() => tracing::debug!("the window has ended"),
        Ok(status) => tracing::warn!(%status, "the window ended badly; the next click starts it again"),
        Err(error) => tracing::warn!(%error, "the window's end can't be observed"),
    }
}

/// Beside our own program, where the bundle installs it.
pub(crate) fn program() -> PathBuf {
    if let Some(path) = std::env::var_os(WINDOW_BIN_ENV).filter(|path| !path.is_empty()) {
        return PathBuf::from(path);
    }
    let name = format!("centrex-tray-window{}", std::env::consts::EXE_SUFFIX);
    let own = std::env::current_exe().ok();
    own.and_then(|own| own.parent().map(|folder| folder.join(&name)))
        .unwrap_or_else(|| PathBuf::from(name))
}

fn command(path: &std::path::Path, wish: &Wish, profile: &str, linger_s: u32) -> Command {
    let mut command = Command::new(path);
    let place = match wish.place {
        Place::Pad => "pad",
        Place::Calls => "calls",
        Place::Settings => "settings",
    };
    command
        .args(["--profile", profile, "--place", place])
        .stdin(Stdio::null());
    if let Some(Point { x, y }) = wish.anchor {
        // One word: a coordinate may be negative, and would read as an option.
        command.arg(format!("--anchor={x},{y}"));
    }
    if let Some(fill) = &wish.fill {
        command.arg(format!("--fill={fill}"));
    }
    if std::env::var_os(WINDOW_LINGER_ENV).is_none() {
        command.env(WINDOW_LINGER_ENV, linger_s.to_string());
    }
    command
}
