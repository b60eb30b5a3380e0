//! Programs that the demo starts: each in a process group of its own, its output in a file, ended when dropped.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::wait;

/// Longest time a program gets to end by itself after SIGTERM.
const GRACE: Duration = Duration::from_secs(3);

/// Its log is what went over the session bus.
pub const SESSION_BUS: &str = "session-bus";
/// All that write a log on the demo's desktop, by their names: each run begins these anew.
pub const LOGS: [&str; 10] = [
    "xvfb",
    "dbus-daemon",
    SESSION_BUS,
    "openbox",
    "gnome-keyring",
    "xfce4-notifyd",
    "xfce4-panel",
    "simulator",
    "relay",
    "agent",
];

/// Where the log of a program of this name lies.
pub fn log(logs: &Path, name: &str) -> PathBuf {
    logs.join(format!("{name}.log"))
}

/// A started program.
pub struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

/// How a program is started: its environment is exactly `env`.
pub struct Launch<'a> {
    /// Names the log file, and the program in errors.
    pub name: &'a str,
    /// The program with its arguments.
    pub argv: &'a [&'a OsStr],
    /// The whole environment.
    pub env: &'a [(String, String)],
    /// Where `NAME.log` goes.
    pub logs: &'a Path,
    /// Written to its standard input, which is then closed.
    pub stdin: Option<&'a str>,
}

impl Launch<'_> {
    /// Starts it.
    ///
    /// # Errors
    /// When the program isn't there or its log can't be written.
    pub fn start(&self) -> Result<Program> {
        let [program, args @ ..] = self.argv else {
            bail!("nothing to start for {}", self.name)
        };
        let log = log(self.logs, self.name);
        let out = File::options()
            .create(true)
            .append(true)
            .open(&log)
            .with_context(|| format!("can't write {}", log.display()))?;
        let mut child = Command::new(program)
            .args(args)
            .env_clear()
            .envs(self.env.iter().cloned())
            .stdin(if self.stdin.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            })
            .stdout(out.try_clone()?)
            .stderr(out)
            .process_group(0)
            .spawn()
            .with_context(|| format!("can't start {} ({})", self.name, program.to_string_lossy()))?;
        if let (Some(text), Some(mut stdin)) = (self.stdin, child.stdin.take()) {
            stdin.write_all(text.as_bytes())?;
        }
        Ok(Program {
            name: self.name.to_owned(),
            child,
            log,
        })
    }
}

impl Program {
    /// What it is called in logs and errors.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What it and earlier ones of its name wrote so far.
    pub fn log(&self) -> String {
        text(&self.log)
    }

    /// How it ended, if it has.
    ///
    /// # Errors
    /// Only when the system can't say.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
        Ok(self.child.try_wait()?)
    }

    /// Waits until a line of its output holds `marker`, and returns what follows it on that line.
    ///
    /// # Errors
    /// When the program ends first, or the limit passes; the error holds the end of its output.
    pub fn line_after(&mut self, marker: &str, limit: Duration) -> Result<String> {
        let what = format!("“{marker}”");
        self.line(&what, limit, |line| {
            line.split_once(marker).map(|(_, rest)| rest.trim().to_owned())
        })
    }

    /// Waits for the first line of its output that `pick` takes.
    ///
    /// # Errors
    /// When the program ends first, or the limit passes; the error holds the end of its output.
    pub fn line<T>(&mut self, what: &str, limit: Duration, pick: impl Fn(&str) -> Option<T>) -> Result<T> {
        let log = self.log.clone();
        let found = wait::until(limit, &format!("{what} from {}", self.name), || {
            let text = std::fs::read_to_string(&log).unwrap_or_default();
            // Only whole lines: the rest of the last one may still be on its way.
            let whole = text.rfind('\n').map_or("", |end| &text[..end]);
            if let Some(found) = whole.lines().find_map(&pick) {
                return Ok(Some(found));
            }
            match self.child.try_wait()? {
                Some(status) => bail!("{} ended ({status}) before it said {what}", self.name),
                None => Ok(None),
            }
        });
        found.with_context(|| format!("{}:\n{}", log.display(), tail(&log)))
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// When it still runs at the limit.
    pub fn wait_end(&mut self, limit: Duration) -> Result<ExitStatus> {
        wait::until(limit, &format!("the end of {}", self.name), || {
            Ok(self.child.try_wait()?)
        })
    }

    /// Asks it to end, then makes it.
    fn stop(&mut self) {
        let group = Pid::from_raw(self.child.id().cast_signed());
        if killpg(group, Signal::SIGTERM).is_err() {
            return;
        }
        let until = Instant::now() + GRACE;
        while Instant::now() < until {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                break;
            }
            std::thread::sleep(wait::PAUSE);
        }
        // The leader is gone or stuck; what it left behind in its group goes with it.
        let _ = killpg(group, Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.stop();
    }
}

fn text(log: &Path) -> String {
    std::fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

/// The last lines of a log.
pub fn tail(log: &Path) -> String {
    let text = text(log);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(25)..].join("\n")
}

/// Kills a process that isn't a child of ours, at once and without a chance to clean up.
///
/// # Errors
/// When there is no such process.
pub fn kill_hard(pid: u32) -> Result<()> {
    kill(Pid::from_raw(pid.cast_signed()), Signal::SIGKILL)
        .with_context(|| format!("can't kill process {pid}"))
}

/// The living processes whose program file has this name, below a common ancestor.
///
/// # Errors
/// When `/proc` can't be read.
pub fn named(program: &str, started_after: u32) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let entry = entry?;
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        let Ok(exe) = std::fs::read_link(entry.path().join("exe")) else {
            continue;
        };
        if exe.file_name().is_some_and(|name| name == program) && is_below(pid, started_after) {
            found.push(pid);
        }
    }
    found.sort_unstable();
    Ok(found)
}

/// Whether a process descends from another.
fn is_below(pid: u32, ancestor: u32) -> bool {
    let mut at = pid;
    while at > 1 {
        if at == ancestor {
            return true;
        }
        let Ok(stat) = std::fs::read_to_string(format!("/proc/{at}/stat")) else {
            return false;
        };
        // The name in brackets may hold spaces: the parent is the second word after its end.
        let Some(parent) = stat
            .rsplit_once(')')
            .and_then(|(_, rest)| rest.split_whitespace().nth(1))
        else {
            return false;
        };
        let Ok(parent) = parent.parse() else { return false };
        at = parent;
    }
    false
}
