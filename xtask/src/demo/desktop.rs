//! A desktop of real programs on a screen that nobody sees: X server, session bus, window manager, keychain, panel with a
//! tray, notification daemon. Its home is a temporary folder: no setting and no secret of the person is touched.

use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use super::access::Access;
use super::bus::Bus;
use super::process::{self, Launch, Program};
use super::screen::Screen;

/// Longest time any of the desktop's programs gets to be there.
const START: Duration = Duration::from_secs(60);
/// The panel: a tray of 22 px icons at the lower edge, and no clock: at some times of the day its figures have the grey of
/// an icon.
const PANEL: &str = include_str!("xfce4-panel.xml");
/// The desktop; ends with all its programs when dropped.
pub struct Desktop {
    // In the order of dropping: first those that need the others.
    programs: Vec<Program>,
    /// What goes over its session bus.
    pub bus: Bus,
    /// What a screen reader finds; only when asked for, because it costs the measured programs memory.
    pub access: Option<Access>,
    /// What it shows.
    pub screen: Screen,
    env: Vec<(String, String)>,
    home: TempDir,
}

/// What to leave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accessibility {
    /// Buttons can be found by name.
    On,
    /// Nothing but what a plain desktop runs.
    Off,
}

impl Desktop {
    /// Starts all of it; each program's output goes to a file in `logs`.
    ///
    /// # Errors
    /// Names the program that isn't there or doesn't come up.
    pub fn start(logs: &Path, accessibility: Accessibility) -> Result<Self> {
        let home = tempfile::Builder::new()
            .prefix("centrex-demo-")
            .tempdir()
            .context("no temporary folder")?;
        let mut env = environment(home.path())?;
        let mut programs = Vec::new();

        let mut xvfb = run(
            "xvfb",
            &[
                "Xvfb",
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1280x800x24",
                "-nolisten",
                "tcp",
                "-noreset",
            ],
            &env,
            logs,
            None,
        )?;
        let number = xvfb.line("its display's number", START, |line| {
            line.trim().parse::<u32>().ok()
        })?;
        let display = format!(":{number}");
        env.push(("DISPLAY".into(), display.clone()));
        programs.push(xvfb);
        let screen = Screen::open(&display)?;
        screen.paint_root(0x0047_5569)?;

        // The services that the bus starts inherit its environment: the display is known by now.
        let address = format!("unix:path={}/bus", home.path().join("run").display());
        let listen = format!("--address={address}");
        let mut daemon = run(
            "dbus-daemon",
            &[
                "dbus-daemon",
                "--session",
                "--nofork",
                "--nopidfile",
                "--print-address=1",
                &listen,
            ],
            &env,
            logs,
            None,
        )?;
        daemon.line_after("unix:", START)?;
        env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address.clone()));
        programs.push(daemon);
        let bus = Bus::listen(&address, &process::log(logs, process::SESSION_BUS))?;
        let access = match accessibility {
            Accessibility::On => Some(Access::open(bus.connection())?),
            Accessibility::Off => None,
        };

        programs.push(run("openbox", &["openbox", "--sm-disable"], &env, logs, None)?);
        let keyring = [
            "gnome-keyring-daemon",
            "--unlock",
            "--components=secrets",
            "--foreground",
        ];
        programs.push(run("gnome-keyring", &keyring, &env, logs, Some("demo"))?);
        bus.wait_name("org.freedesktop.secrets", START)?;
        let notifyd = crate::NOTIFYD
            .iter()
            .find(|path| Path::new(path).exists())
            .context("xfce4-notifyd isn't installed")?;
        programs.push(run("xfce4-notifyd", &[notifyd], &env, logs, None)?);
        bus.wait_name("org.freedesktop.Notifications", START)?;
        programs.push(run(
            "xfce4-panel",
            &["xfce4-panel", "--disable-wm-check", "--sm-client-disable"],
            &env,
            logs,
            None,
        )?);
        bus.wait_name("org.kde.StatusNotifierWatcher", START)?;
        programs.reverse();
        Ok(Self {
            programs,
            bus,
            access,
            screen,
            env,
            home,
        })
    }

    /// The environment of a program on this desktop.
    pub fn env(&self) -> &[(String, String)] {
        &self.env
    }

    /// Its temporary home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The names of its programs that have ended, which none should.
    ///
    /// # Errors
    /// When the system can't say.
    pub fn ended(&mut self) -> Result<Vec<String>> {
        let mut ended = Vec::new();
        for program in &mut self.programs {
            if let Some(status) = program.ended()? {
                ended.push(format!("{} ({status})", program.name()));
            }
        }
        Ok(ended)
    }
}

fn run(
    name: &str,
    argv: &[&str],
    env: &[(String, String)],
    logs: &Path,
    stdin: Option<&str>,
) -> Result<Program> {
    let argv: Vec<&OsStr> = argv.iter().map(OsStr::new).collect();
    Launch {
        name,
        argv: &argv,
        env,
        logs,
        stdin,
    }
    .start()
}

/// The environment before there is a display and a bus, and the folders that it names.
fn environment(home: &Path) -> Result<Vec<(String, String)>> {
    let run = home.join("run");
    let config = home.join(".config");
    let channels = config.join("xfce4/xfconf/xfce-perchannel-xml");
    for folder in [&run, &channels, &home.join(".local/share"), &home.join(".cache")] {
        std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    }
    std::fs::set_permissions(&run, std::fs::Permissions::from_mode(0o700))?;
    std::fs::write(channels.join("xfce4-panel.xml"), PANEL)?;
    // As an installer would: notifications and the window manager find the app's icon.
    crate::bundle::share(&home.join(".local/share"))?;
    let text = |path: PathBuf| path.display().to_string();
    let path = std::env::var("PATH").unwrap_or_else(|_| "/usr/local/bin:/usr/bin:/bin".into());
    Ok([
        ("PATH", path),
        ("HOME", text(home.to_path_buf())),
        ("XDG_RUNTIME_DIR", text(run)),
        ("XDG_CONFIG_HOME", text(config)),
        ("XDG_DATA_HOME", text(home.join(".local/share"))),
        ("XDG_CACHE_HOME", text(home.join(".cache"))),
        ("XDG_CURRENT_DESKTOP", "XFCE".into()),
        ("XDG_SESSION_TYPE", "x11".into()),
        ("LANG", "C.UTF-8".into()),
        // Their output goes to files.
        ("NO_COLOR", "1".into()),
        ("GDK_BACKEND", "x11".into()),
        // There is no GPU: don't let each program find that out in its own way.
        ("LIBGL_ALWAYS_SOFTWARE", "1".into()),
    ]
    .into_iter()
    .map(|(key, value)| (key.to_owned(), value))
    .collect())
}
