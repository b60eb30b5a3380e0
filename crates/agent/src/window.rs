//! The window's process: started when somebody wants the window, told to come forward while it lives.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use control::WINDOW_LINGER_ENV;
use control::protocol::{Change, Place, Point};
use tokio::process::Command;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::controller::Input;

/// Overrides which program is started as the window.
pub const WINDOW_BIN_ENV: &str = "CENTREX_TRAY_WINDOW_BIN";
/// Makes WebKitGTK render without DMA buffers. They are for handing pictures from a GPU to the screen; where the CPU draws, they
/// only cost memory (measured: 243 MB against 188 MB for one window).
#[cfg(target_os = "linux")]
const NO_DMABUF_ENV: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
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

/// What a window that is started has to know before it hears us.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Start<'a> {
    /// Whose agent it asks.
    pub(crate) profile: &'a str,
    /// Seconds that its process stays after it was closed.
    pub(crate) linger_s: u32,
    /// `fr` or `en`: its first paint is in the right language.
    pub(crate) language: &'a str,
    /// `system`, `light` or `dark`: and in the right theme.
    pub(crate) theme: &'a str,
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
    /// What it was started for and isn't told by its command line, which every program on the machine may read.
    first: Option<Wish>,
    /// What a listening window was last told, and when.
    told: Option<(Wish, Instant)>,
}

impl Window {
    /// A process was started and hasn't ended.
    pub(crate) fn is_running(&self) -> bool {
        self.running.is_some()
    }

    /// A window listens: this was sent to it.
    pub(crate) fn was_told(&mut self, wish: Wish, now: Instant) {
        self.told = Some((wish, now));
    }

    /// No window listens. Starts one, or has the one that starts told once it listens.
    pub(crate) fn want(
        &mut self,
        wish: Wish,
        start: Start<'_>,
        inputs: &mpsc::Sender<Input>,
    ) -> Result<(), WindowError> {
        if self.is_running() {
            self.waiting = Some(wish);
            return Ok(());
        }
        let path = program();
        let mut child = command(&path, &wish, start).spawn().map_err(|error| {
            if error.kind() == std::io::ErrorKind::NotFound {
                WindowError::Missing(path)
            } else {
                WindowError::Start { path, error }
            }
        })?;
        self.first = wish.fill.is_some().then_some(wish);
        let inputs = inputs.clone();
        self.running = Some(tokio::spawn(async move {
            let end = child.wait().await;
            // Fails only when the controller has ended.
            let _ = inputs.send(Input::WindowEnded(end)).await;
        }));
        Ok(())
    }

    /// A window listens now: what it still has to be told.
    pub(crate) fn listens(&mut self) -> Option<Wish> {
        let first = self.first.take();
        self.waiting.take().or(first)
    }

    /// The process has ended. Gives the wish that it took along, if it was already leaving when it was told.
    pub(crate) fn ended(&mut self, now: Instant) -> Option<Wish> {
        self.running = None;
        // Whatever ended it would end the next one too.
        self.first = None;
        let lost = self
            .told
            .take()
            .filter(|(_, at)| now.saturating_duration_since(*at).as_secs() < LEAVING_S)
            .map(|(wish, _)| wish);
        self.waiting.take().or(lost)
    }
}

/// Says in the log how the window ended. Only what nobody wished is a warning: its crash costs the person a click.
pub(crate) fn note_end(end: &std::io::Result<ExitStatus>) {
    match end {
        Ok(status) if status.success() => tracing::debug!("the window has ended"),
        Ok(status) if was_asked_to(*status) => tracing::info!(%status, "the window was ended from outside"),
        Ok(status) => tracing::warn!(%status, "the window ended badly; the next click starts it again"),
        Err(error) => tracing::warn!(%error, "the window's end can't be observed"),
    }
}

/// Ended by one of the signals with which sessions and people end programs; the session's own end reaches the window and
/// us in any order.
#[cfg(unix)]
fn was_asked_to(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    use tokio::signal::unix::SignalKind;

    [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ]
    .into_iter()
    .any(|kind| status.signal() == Some(kind.as_raw_value()))
}

#[cfg(not(unix))]
fn was_asked_to(_status: ExitStatus) -> bool {
    false
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

fn command(path: &std::path::Path, wish: &Wish, start: Start<'_>) -> Command {
    let mut command = Command::new(path);
    let place = match wish.place {
        Place::Pad => "pad",
        Place::Calls => "calls",
        Place::Contacts => "contacts",
        Place::Settings => "settings",
    };
    command
        .args(["--profile", start.profile, "--place", place])
        .args(["--language", start.language, "--theme", start.theme])
        .stdin(Stdio::null());
    if let Some(Point { x, y }) = wish.anchor {
        // One word: a coordinate may be negative, and would read as an option.
        command.arg(format!("--anchor={x},{y}"));
    }
    if std::env::var_os(WINDOW_LINGER_ENV).is_none() {
        command.env(WINDOW_LINGER_ENV, start.linger_s.to_string());
    }
    #[cfg(target_os = "linux")]
    if std::env::var_os(NO_DMABUF_ENV).is_none() && !has_gpu(std::path::Path::new("/dev/dri")) {
        command.env(NO_DMABUF_ENV, "1");
    }
    command
}

/// Whether the kernel offers a GPU to programs: a render node in this folder. Without one, Mesa draws on the CPU.
#[cfg(target_os = "linux")]
fn has_gpu(nodes: &std::path::Path) -> bool {
    std::fs::read_dir(nodes).is_ok_and(|nodes| {
        nodes
            .flatten()
            .any(|node| node.file_name().as_encoded_bytes().starts_with(b"renderD"))
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_is_known_by_its_render_node() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_gpu(&folder.path().join("dri")));
        // A display without a GPU, as in many virtual machines.
        std::fs::write(folder.path().join("card0"), "").unwrap();
        assert!(!has_gpu(folder.path()));
        std::fs::write(folder.path().join("renderD128"), "").unwrap();
        assert!(has_gpu(folder.path()));
    }

    #[test]
    fn only_a_wished_end_is_no_crash() {
        use std::os::unix::process::ExitStatusExt;

        let by_signal = |signal| was_asked_to(ExitStatus::from_raw(signal));
        // SIGHUP, SIGINT, SIGTERM; SIGABRT, SIGKILL, SIGSEGV.
        assert_eq!([1, 2, 15].map(by_signal), [true; 3]);
        assert_eq!([6, 9, 11].map(by_signal), [false; 3]);
        let exit_15 = ExitStatus::from_raw(15 << 8);
        assert!(exit_15.code() == Some(15) && !was_asked_to(exit_15));
    }
}
