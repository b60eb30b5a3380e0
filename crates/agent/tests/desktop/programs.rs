//! Programs that are started for a call: real ones.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use centrex_tray::desktop::programs::AT_ONCE;
use centrex_tray::desktop::{DesktopEvent, ProgramProblem, Programs};
use companion::event::RecordWay;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::world::{program, within};

/// What programs write, line by line, in the order of their writing.
pub struct Written(BufReader<pipe::Receiver>);

impl Written {
    /// A named pipe at `path`, to be made.
    pub fn to(path: &Path) -> Self {
        let made = program("mkfifo", "coreutils").arg(path).status().unwrap();
        assert!(made.success());
        // Open for both, so that it doesn't end with its first writer.
        let pipe = pipe::OpenOptions::new()
            .read_write(true)
            .open_receiver(path)
            .unwrap();
        Self(BufReader::new(pipe))
    }

    pub async fn line(&mut self) -> String {
        let mut line = String::new();
        within("a line of the program", self.0.read_line(&mut line))
            .await
            .unwrap();
        line.trim_end().to_owned()
    }
}

/// An executable file.
pub fn script(path: PathBuf, text: &str) -> PathBuf {
    std::fs::write(&path, text).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    path
}

fn programs() -> (Programs, UnboundedReceiver<DesktopEvent>) {
    let (events, told) = unbounded_channel();
    (Programs::new(events), told)
}

async fn problem(told: &mut UnboundedReceiver<DesktopEvent>) -> ProgramProblem {
    loop {
        match within("a problem", told.recv()).await.unwrap() {
            DesktopEvent::ProgramFailed(problem) => return problem,
            DesktopEvent::RecordOpened(RecordWay::Program) => {}
            event => panic!("{event:?}"),
        }
    }
}

/// The call arrives in the environment, word for word: no shell reads it, and nothing is an argument.
#[tokio::test]
async fn get_the_call_in_their_environment() {
    let home = tempfile::tempdir().unwrap();
    let mut written = Written::to(&home.path().join("out"));
    let pop = script(
        home.path().join("pop"),
        "#!/bin/sh\nprintf '%s|%s|%s|%s\\n' \"$CENTREX_NAME\" \"$CENTREX_NUMBER\" \"$#\" \"${PATH:+inherited}\" > \"${0%/*}/out\"\n",
    );
    let (programs, _told) = programs();
    let name = "$(touch x) `id` ; \"Cie\" \u{0}\nLD_PRELOAD=x";
    let variables = vec![
        ("CENTREX_NAME".to_owned(), name.to_owned()),
        ("CENTREX_NUMBER".to_owned(), "+33199001234".to_owned()),
    ];
    programs.run(pop, variables);
    let expected = "$(touch x) `id` ; \"Cie\" LD_PRELOAD=x|+33199001234|0|inherited";
    assert_eq!(written.line().await, expected);
}

#[tokio::test]
async fn that_cannot_run_are_told_apart() {
    let home = tempfile::tempdir().unwrap();
    let plain = home.path().join("plain");
    std::fs::write(&plain, "#!/bin/sh\n").unwrap();
    // A shell would run it; we don't ask one.
    let formless = script(home.path().join("formless"), "echo\n");
    let (programs, mut told) = programs();
    for (program, expected) in [
        (PathBuf::from("true"), ProgramProblem::NotAbsolute),
        (home.path().join("missing"), ProgramProblem::Missing),
        (plain, ProgramProblem::NotAProgram),
        (home.path().to_owned(), ProgramProblem::NotAProgram),
        (formless, ProgramProblem::NotAProgram),
    ] {
        programs.run(program.clone(), Vec::new());
        assert_eq!(problem(&mut told).await, expected, "{program:?}");
    }
}

/// Hands each line of the log to the test.
#[derive(Clone)]
struct Log(tokio::sync::mpsc::UnboundedSender<String>);

impl std::io::Write for Log {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let _ = self.0.send(String::from_utf8_lossy(line).into_owned());
        Ok(line.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// No more than the limit at once; the place of one that ended is free, and its end is in the log, without the call.
#[tokio::test]
async fn are_limited_in_number() {
    let (lines, mut log) = unbounded_channel();
    let log_writer = Log(lines);
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || log_writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let home = tempfile::tempdir().unwrap();
    let mut written = Written::to(&home.path().join("out"));
    let gate = Written::to(&home.path().join("gate"));
    let pop = script(
        home.path().join("pop"),
        "#!/bin/sh\ncd \"${0%/*}\"\nexec 3< gate\necho started > out\ncat <&3\nexit 7\n",
    );
    let call = || vec![("CENTREX_NUMBER".to_owned(), "+33199001234".to_owned())];
    let (programs, mut told) = programs();
    for _ in 0..AT_ONCE {
        programs.run(pop.clone(), call());
    }
    for _ in 0..AT_ONCE {
        assert_eq!(written.line().await, "started");
    }
    programs.run(pop.clone(), call());
    assert_eq!(problem(&mut told).await, ProgramProblem::TooMany);

    drop(gate);
    let mut ended = 0;
    while ended < AT_ONCE {
        let line = within("the end in the log", log.recv()).await.unwrap();
        assert!(!line.contains("3319900"), "{line}");
        if line.contains("ended") {
            assert!(line.contains("code=7"), "{line}");
            ended += 1;
        }
    }
    let _gate = Written::to(&home.path().join("gate-2"));
    std::fs::rename(home.path().join("gate-2"), home.path().join("gate")).unwrap();
    programs.run(pop, call());
    assert_eq!(written.line().await, "started");
}
