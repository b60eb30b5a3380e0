//! What the machine must have, how to see whether it has it, and how to get it.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::run::{command, on_path, run, say};

/// What something is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Building the programs.
    Build,
    /// The desktop of the headless demo.
    Desktop,
    /// The tests of tray, notifications, keychain and clipboard, beside what the desktop has.
    Services,
    /// The window's pages in a real browser.
    Browser,
    /// The servers that address books, directories and certificates are tested with, and a client for the relay.
    Servers,
    /// Packing for Debian.
    Package,
    /// Recording what the agent runs.
    Order,
    /// What the relay is measured beside.
    Peer,
    /// Fetching programs from PyPI: Node.js, when the machine has none that is recent enough, and schemathesis.
    PyPi,
}

/// How to see whether it is there.
#[derive(Clone, Copy, Debug)]
enum Sign {
    /// A program on the PATH.
    Program(&'static str),
    /// A library that pkg-config knows.
    Library(&'static str),
    /// One of these files or folders.
    File(&'static [&'static str]),
}

/// One thing, and the package that brings it: on Debian and Ubuntu, on Fedora, on Arch.
struct Need {
    purpose: Purpose,
    sign: Sign,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
}

const fn need(
    purpose: Purpose,
    sign: Sign,
    debian: &'static str,
    fedora: &'static str,
    arch: &'static str,
) -> Need {
    Need {
        purpose,
        sign,
        debian,
        fedora,
        arch,
    }
}

/// Where distributions put pip.
const PIP: &[&str] = &[
    "/usr/lib/python3/dist-packages/pip",
    "/usr/bin/pip3",
    "/usr/bin/pip",
];

#[rustfmt::skip]
const NEEDS: &[Need] = &[
    need(Purpose::Build, Sign::Program("cc"), "gcc", "gcc", "gcc"),
    need(Purpose::Build, Sign::Program("pkg-config"), "pkg-config", "pkgconf-pkg-config", "pkgconf"),
    need(Purpose::Build, Sign::Library("webkit2gtk-4.1"), "libwebkit2gtk-4.1-dev", "webkit2gtk4.1-devel", "webkit2gtk-4.1"),
    need(Purpose::Desktop, Sign::Program("Xvfb"), "xvfb", "xorg-x11-server-Xvfb", "xorg-server-xvfb"),
    need(Purpose::Desktop, Sign::Program("xdotool"), "xdotool", "xdotool", "xdotool"),
    need(Purpose::Desktop, Sign::Program("dbus-daemon"), "dbus", "dbus-daemon", "dbus"),
    need(Purpose::Desktop, Sign::Program("openbox"), "openbox", "openbox", "openbox"),
    need(Purpose::Desktop, Sign::Program("gnome-keyring-daemon"), "gnome-keyring", "gnome-keyring", "gnome-keyring"),
    need(Purpose::Desktop, Sign::Program("secret-tool"), "libsecret-tools", "libsecret", "libsecret"),
    need(Purpose::Desktop, Sign::Program("xfce4-panel"), "xfce4-panel", "xfce4-panel", "xfce4-panel"),
    need(Purpose::Desktop, Sign::File(crate::NOTIFYD), "xfce4-notifyd", "xfce4-notifyd", "xfce4-notifyd"),
    need(Purpose::Desktop, Sign::Program("dunstctl"), "dunst", "dunst", "dunst"),
    need(Purpose::Desktop, Sign::File(&["/usr/lib/x86_64-linux-gnu/xfce4/xfconf/xfconfd", "/usr/lib/aarch64-linux-gnu/xfce4/xfconf/xfconfd", "/usr/lib64/xfce4/xfconf/xfconfd", "/usr/lib/xfce4/xfconf/xfconfd"]), "xfconf", "xfconf", "xfconf"),
    need(Purpose::Desktop, Sign::Program("xclip"), "xclip", "xclip", "xclip"),
    need(Purpose::Desktop, Sign::Program("desktop-file-validate"), "desktop-file-utils", "desktop-file-utils", "desktop-file-utils"),
    need(Purpose::Desktop, Sign::File(&["/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher"]), "at-spi2-core", "at-spi2-core", "at-spi2-core"),
    need(Purpose::Desktop, Sign::File(&["/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/dejavu-sans-fonts", "/usr/share/fonts/TTF"]), "fonts-dejavu-core", "dejavu-sans-fonts", "ttf-dejavu"),
    need(Purpose::Desktop, Sign::File(&["/usr/share/icons/Adwaita"]), "adwaita-icon-theme", "adwaita-icon-theme", "adwaita-icon-theme"),
    need(Purpose::Services, Sign::Program("dunst"), "dunst", "dunst", "dunst"),
    need(Purpose::Services, Sign::File(&["/usr/lib/mate-notification-daemon/mate-notification-daemon", "/usr/libexec/mate-notification-daemon"]), "mate-notification-daemon", "mate-notification-daemon", "mate-notification-daemon"),
    need(Purpose::Services, Sign::File(&["/usr/lib/x86_64-linux-gnu/notify-osd", "/usr/lib/aarch64-linux-gnu/notify-osd", "/usr/libexec/notify-osd", "/usr/lib/notify-osd/notify-osd"]), "notify-osd", "notify-osd", "notify-osd"),
    need(Purpose::Services, Sign::Program("gsettings"), "libglib2.0-bin", "glib2", "glib2"),
    need(Purpose::Services, Sign::File(&["/usr/share/glib-2.0/schemas/org.gnome.desktop.notifications.gschema.xml"]), "gsettings-desktop-schemas", "gsettings-desktop-schemas", "gsettings-desktop-schemas"),
    need(Purpose::Services, Sign::File(&["/usr/libexec/dconf-service", "/usr/lib/dconf-service"]), "dconf-service", "dconf", "dconf"),
    need(Purpose::Services, Sign::File(&["/usr/lib/x86_64-linux-gnu/gio/modules/libdconfsettings.so", "/usr/lib/aarch64-linux-gnu/gio/modules/libdconfsettings.so", "/usr/lib64/gio/modules/libdconfsettings.so", "/usr/lib/gio/modules/libdconfsettings.so"]), "dconf-gsettings-backend", "dconf", "dconf"),
    need(Purpose::Services, Sign::Program("xdg-open"), "xdg-utils", "xdg-utils", "xdg-utils"),
    need(Purpose::Services, Sign::Program("kill"), "procps", "procps-ng", "procps-ng"),
    need(Purpose::Services, Sign::Program("dbus-send"), "dbus-bin", "dbus-tools", "dbus"),
    need(Purpose::Services, Sign::Program("xclip"), "xclip", "xclip", "xclip"),
    need(Purpose::Browser, Sign::Program("chromium"), "chromium", "chromium", "chromium"),
    need(Purpose::Servers, Sign::File(&["/usr/sbin/slapd", "/usr/libexec/slapd", "/usr/bin/slapd"]), "slapd", "openldap-servers", "openldap"),
    need(Purpose::Servers, Sign::Program("pebble"), "pebble", "pebble", "pebble"),
    need(Purpose::Servers, Sign::Program("curl"), "curl", "curl", "curl"),
    need(Purpose::Servers, Sign::Program("python3"), "python3", "python3", "python"),
    need(Purpose::Servers, Sign::File(PIP), "python3-pip", "python3-pip", "python-pip"),
    need(Purpose::Package, Sign::Program("dpkg-shlibdeps"), "dpkg-dev", "dpkg-dev", "dpkg"),
    need(Purpose::Order, Sign::Program("valgrind"), "valgrind", "valgrind", "valgrind"),
    need(Purpose::Peer, Sign::File(&["/usr/sbin/nginx"]), "nginx", "nginx", "nginx"),
    need(Purpose::Peer, Sign::File(&["/usr/lib/nginx/modules/ngx_nchan_module.so"]), "libnginx-mod-nchan", "nginx-mod-nchan", "nginx-mod-nchan"),
    need(Purpose::PyPi, Sign::Program("python3"), "python3", "python3", "python"),
    need(Purpose::PyPi, Sign::File(PIP), "python3-pip", "python3-pip", "python-pip"),
];

impl Need {
    fn is_met(&self) -> bool {
        match self.sign {
            Sign::Program(name) => on_path(name),
            Sign::Library(name) => succeeds("pkg-config", &["--exists", name]),
            Sign::File(paths) => paths.iter().any(|path| Path::new(path).exists()),
        }
    }
}

/// A family of systems, by its package manager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Family {
    Debian,
    Fedora,
    Arch,
}

impl Family {
    fn of_this_machine() -> Option<Self> {
        [
            ("apt-get", Self::Debian),
            ("dnf", Self::Fedora),
            ("pacman", Self::Arch),
        ]
        .into_iter()
        .find_map(|(program, family)| on_path(program).then_some(family))
    }

    fn command(self, packages: &[&str]) -> String {
        let start = match self {
            Self::Debian => "apt-get install -y --no-install-recommends",
            Self::Fedora => "dnf install -y",
            Self::Arch => "pacman -S --needed --noconfirm",
        };
        format!("{start} {}", packages.join(" "))
    }

    fn package(self, need: &Need) -> &'static str {
        match self {
            Self::Debian => need.debian,
            Self::Fedora => need.fedora,
            Self::Arch => need.arch,
        }
    }
}

/// Makes sure that everything for these purposes is there: on Debian and Ubuntu by installing it, after the list was shown.
///
/// # Errors
/// On other Linux systems, and where there is neither root nor sudo: the exact command that a person has to run.
pub fn ensure(purposes: &[Purpose]) -> Result<()> {
    if !cfg!(target_os = "linux") {
        // Xcode's or Visual Studio's tools and the system's own web view: the build itself says which it lacks.
        return Ok(());
    }
    let missing: Vec<&Need> = NEEDS
        .iter()
        .filter(|need| purposes.contains(&need.purpose) && !need.is_met())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let Some(family) = Family::of_this_machine() else {
        let names: Vec<&str> = missing.iter().map(|need| need.debian).collect();
        bail!(
            "these packages are missing, and this system has none of apt-get, dnf and pacman. Debian calls them: {}",
            names.join(" ")
        );
    };
    let packages: Vec<&str> = missing.iter().map(|need| family.package(need)).collect();
    say("Missing packages:");
    for (need, package) in missing.iter().zip(&packages) {
        say(format!("  {package:28} {}", why(need.purpose)));
    }
    let line = family.command(&packages);
    if family != Family::Debian {
        bail!("install them with:\n  sudo {line}\nand run this again");
    }
    install_with_apt(&packages)
        .with_context(|| format!("install them by hand, then run this again:\n  sudo {line}"))?;
    match missing.iter().find(|need| !need.is_met()) {
        Some(need) => bail!(
            "{} was installed, and yet {:?} isn't there",
            need.debian,
            need.sign
        ),
        None => Ok(()),
    }
}

/// Makes sure that cargo has a command that is a part of Rust and yet not part of each installation: rustup's minimal profile
/// leaves it out.
///
/// # Errors
/// Without rustup: what a person has to install.
pub fn ensure_component(command_of_cargo: &str, component: &str) -> Result<()> {
    if succeeds("cargo", &[command_of_cargo, "--version"]) {
        return Ok(());
    }
    let lacks = || format!("`cargo {command_of_cargo}` isn't here: it is Rust's component {component}");
    if !on_path("rustup") {
        bail!(
            "{}. Install the package of that name where your Rust comes from, then run this again.",
            lacks()
        );
    }
    run(&mut command("rustup", ["component", "add", component])).with_context(lacks)
}

fn why(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Build => "to build",
        Purpose::Desktop => "for the demo's desktop",
        Purpose::Services => "to test what the desktop shows and tells",
        Purpose::Browser => "to test the window's pages",
        Purpose::Servers => "to test address books and directories",
        Purpose::Package => "to pack for Debian",
        Purpose::Order => "to record what the agent runs",
        Purpose::Peer => "to measure the relay beside it",
        Purpose::PyPi => "to fetch programs from PyPI",
    }
}

pub(crate) fn install_with_apt(packages: &[&str]) -> Result<()> {
    let root = succeeds("sh", &["-c", "test \"$(id -u)\" = 0"]);
    if !root && !on_path("sudo") {
        bail!("this needs root, and there is no sudo");
    }
    let apt = |args: &[&str]| {
        let mut words = if root { Vec::new() } else { vec!["sudo"] };
        words.extend(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
        words.extend(args);
        run(&mut command(words[0], &words[1..]))
    };
    apt(&["update", "-q"])?;
    let mut args = vec!["install", "-y", "-q", "--no-install-recommends"];
    args.extend(packages);
    apt(&args)
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    let status = Command::new(program)
        .args(args)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_tell_what_is_there() {
        let sign = |sign| need(Purpose::Build, sign, "", "", "").is_met();
        assert!(sign(Sign::Program("cargo")));
        assert!(!sign(Sign::Program("no-such-program")));
        assert!(sign(Sign::File(&[
            "/no/such/file",
            concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")
        ])));
        assert!(!sign(Sign::File(&["/no/such/file"])));
        assert!(!sign(Sign::Library("no-such-library")));
    }

    #[test]
    fn the_command_names_every_package() {
        assert_eq!(
            Family::Debian.command(&["a", "b"]),
            "apt-get install -y --no-install-recommends a b"
        );
        assert_eq!(Family::Arch.command(&["a"]), "pacman -S --needed --noconfirm a");
    }
}
