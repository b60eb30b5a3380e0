//! Programs of the person's own, started for a call. The call goes into their environment: nothing of it is ever part of a
//! command line, and no shell reads it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use companion::event::{RecordProblem, RecordWay};
use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::DesktopEvent;

/// Programs that may run at once. One that never ends must not fill the machine, call by call.
pub const AT_ONCE: usize = 8;

/// Starts programs and forgets them: nobody waits, and they outlive us.
pub struct Programs {
    places: Arc<Semaphore>,
    events: UnboundedSender<DesktopEvent>,
}

/// Why a program wasn't started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProgramProblem {
    /// The path isn't absolute: which program it means would depend on where we were started.
    NotAbsolute,
    /// There is no such file.
    Missing,
    /// The file isn't a program that this person may run. On Windows also batch files: the command processor reads their
    /// variables as commands, and a caller's name is one.
    NotAProgram,
    /// [`AT_ONCE`] of them run already.
    TooMany,
    /// The system refused for another reason (no more processes or memory).
    Refused,
}

impl From<ProgramProblem> for RecordProblem {
    fn from(problem: ProgramProblem) -> Self {
        match problem {
            ProgramProblem::NotAbsolute => Self::ProgramNotAbsolute,
            ProgramProblem::Missing => Self::ProgramMissing,
            ProgramProblem::NotAProgram => Self::NotAProgram,
            ProgramProblem::TooMany => Self::TooManyPrograms,
            ProgramProblem::Refused => Self::ProgramRefused,
        }
    }
}

impl Programs {
    /// Nothing runs yet. How it went is told as [`DesktopEvent::RecordOpened`] or [`DesktopEvent::ProgramFailed`].
    pub fn new(events: UnboundedSender<DesktopEvent>) -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE)),
            events,
        }
    }

    /// Starts `program` with these variables beside our own environment. Never blocks. To be called inside a Tokio runtime.
    pub fn run(&self, program: PathBuf, environment: Vec<(String, String)>) {
        let (place, events) = (Arc::clone(&self.places).try_acquire_owned(), self.events.clone());
        tokio::spawn(async move {
            let started = match place {
                Ok(place) => start(&program, environment, place),
                Err(_) => Err(ProgramProblem::TooMany),
            };
            let told = match started {
                Ok(()) => DesktopEvent::RecordOpened(RecordWay::Program),
                Err(problem) => {
                    tracing::warn!(?problem, "the program for calls wasn't started");
                    DesktopEvent::ProgramFailed(problem)
                }
            };
            // Fails only when the controller has ended.
            let _ = events.send(told);
        });
    }
}

fn start(
    program: &Path,
    environment: Vec<(String, String)>,
    place: OwnedSemaphorePermit,
) -> Result<(), ProgramProblem> {
    if !program.is_absolute() {
        return Err(ProgramProblem::NotAbsolute);
    }
    if cfg!(windows) && is_batch(program) {
        return Err(ProgramProblem::NotAProgram);
    }
    let mut command = detached(program);
    // Names come from outside: a zero byte would keep the program from starting, a line break would forge a second variable
    // in what `env` prints.
    let plain = |value: &str| value.chars().filter(|c| !c.is_control()).collect::<String>();
    command.envs(environment.iter().map(|(name, value)| (name, plain(value))));
    let mut child = command.spawn().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => ProgramProblem::Missing,
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ExecutableFileBusy => {
            ProgramProblem::NotAProgram
        }
        // No known format, told by its number alone: neither a binary nor a script with its `#!` line (8 on Unix, 193 on
        // Windows).
        _ if error.raw_os_error() == Some(if cfg!(windows) { 193 } else { 8 }) => ProgramProblem::NotAProgram,
        _ => ProgramProblem::Refused,
    })?;
    tokio::spawn(async move {
        let end = child.wait().await;
        drop(place);
        match end {
            Ok(end) => tracing::info!(code = end.code(), "the program for calls ended"),
            Err(error) => tracing::info!(%error, "nothing is known of the end of the program for calls"),
        }
    });
    Ok(())
}

/// A program that hears and says nothing here, and doesn't end with us.
pub(super) fn detached(program: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    // Ctrl-C in our terminal is for us.
    #[cfg(unix)]
    command.process_group(0);
    // CREATE_NO_WINDOW: no console window flashes up at each call.
    #[cfg(windows)]
    command.creation_flags(0x0800_0000);
    command
}

fn is_batch(program: &Path) -> bool {
    program.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("bat") || extension.eq_ignore_ascii_case("cmd")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batch_files_are_known_by_their_names() {
        for batch in ["C:/crm/pop.bat", "C:/crm/POP.CMD"] {
            assert!(is_batch(Path::new(batch)), "{batch}");
        }
        for program in ["C:/crm/pop.exe", "/usr/bin/bat", "/usr/bin/pop.cmd.py"] {
            assert!(!is_batch(Path::new(program)), "{program}");
        }
    }
}
