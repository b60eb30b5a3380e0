//! Debian packages, laid out here and packed by `dpkg-deb`: `centrex-tray` for the desktop, `centrex-relay` for the server.

use std::fmt::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::layout::{
    DESKTOP, RELAY_UNIT, copy, copy_program, desktop_papers, empty, relay_papers, share, write,
};
use crate::install::{self, Purpose};
use crate::run::{command, read, root, run};

/// Who answers for the packages.
const MAINTAINER: &str = "The Centrex Tray contributors <centrex-tray@packages.invalid>";

/// What makes one package differ from the other.
struct Package {
    name: &'static str,
    section: &'static str,
    programs: &'static [&'static str],
    /// Beyond the libraries that the programs are linked to.
    depends: &'static str,
    recommends: &'static str,
    /// One line, then the longer text as a control file wants it.
    description: &'static str,
    /// Maintainer scripts: name and content.
    scripts: &'static [(&'static str, &'static str)],
    /// Lays out what belongs to this package alone.
    more: fn(&Path) -> Result<()>,
}

const PACKAGES: &[Package] = &[
    Package {
        name: "centrex-tray",
        section: "comm",
        programs: DESKTOP,
        depends: "default-dbus-session-bus | dbus-session-bus",
        recommends: "gnome-keyring | kwalletmanager | keepassxc, notification-daemon, xdg-utils",
        description: "desktop companion for a Centrex line
 Dials numbers from the desktop through a hosted telephone system (Centrex),
 announces incoming and missed calls as notifications, and opens tel:,
 callto: and sip: links. It lives in the tray.",
        scripts: &[],
        more: desktop,
    },
    Package {
        name: "centrex-relay",
        section: "net",
        programs: &["centrex-relay"],
        depends: "adduser",
        recommends: "",
        description: "relay between a Centrex platform and its desktops
 Receives the call events of a hosted telephone system (Centrex) for a whole
 company, and streams to each enrolled desktop those of its own lines. TLS
 comes from a proxy in front of it, from certificate files, or by ACME.",
        scripts: &[
            ("postinst", include_str!("../../bundle/centrex-relay.postinst")),
            ("prerm", include_str!("../../bundle/centrex-relay.prerm")),
            ("postrm", include_str!("../../bundle/centrex-relay.postrm")),
        ],
        more: server,
    },
];

/// Packs those whose programs were built; gives the files.
pub fn packages(bundle: &Path, built: &Path, licences: &str) -> Result<Vec<PathBuf>> {
    install::ensure(&[Purpose::Package])?;
    let is_built = |package: &&Package| package.programs.iter().all(|name| built.join(name).exists());
    PACKAGES
        .iter()
        .filter(is_built)
        .map(|package| {
            pack(package, bundle, built, licences).with_context(|| format!("the package {}", package.name))
        })
        .collect()
}

fn pack(package: &Package, bundle: &Path, built: &Path, licences: &str) -> Result<PathBuf> {
    let stage = bundle.join(format!("{}.debian", package.name));
    empty(&stage)?;
    for program in package.programs {
        copy_program(built, program, &stage.join("usr/bin"))?;
    }
    (package.more)(&stage)?;
    papers(package, &stage, licences)?;
    let architecture = read(&mut command("dpkg", ["--print-architecture"]))?;
    let architecture = architecture.trim();
    let control = control(package, &stage, architecture)?;
    write(&stage.join("DEBIAN/control"), control)?;
    for (name, script) in package.scripts {
        write(&stage.join("DEBIAN").join(name), script)?;
    }
    let sums = "cd \"$1\" && find usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums";
    run(command("sh", ["-c", sums, "sh"]).arg(&stage))?;
    set_modes(&stage, package)?;
    let file = bundle.join(format!("{}_{}_{architecture}.deb", package.name, version()));
    run(command("dpkg-deb", ["--build", "--root-owner-group"])
        .arg(&stage)
        .arg(&file)
        // Files are as old as the commit, so that the same sources make the same package.
        .env("SOURCE_DATE_EPOCH", read(&mut last_commit("%ct"))?.trim()))?;
    std::fs::remove_dir_all(&stage)?;
    Ok(file)
}

/// In Debian's order a version with `~` comes before the one without.
fn version() -> String {
    env!("CARGO_PKG_VERSION").replace('-', "~")
}

fn last_commit(format: &str) -> std::process::Command {
    command("git", ["log", "-1", &format!("--format={format}")])
}

fn control(package: &Package, stage: &Path, architecture: &str) -> Result<String> {
    let libraries = libraries(stage, package.programs)?;
    let size = read(command("du", ["--summarize", "--block-size=1024", "--apparent-size"]).arg(stage))?;
    let size = size.split_whitespace().next().context("du says nothing")?;
    let mut control = format!(
        "Package: {}\nVersion: {}\nArchitecture: {architecture}\nMaintainer: {MAINTAINER}\nInstalled-Size: {size}\n\
         Section: {}\nPriority: optional\nDepends: {libraries}, {}\n",
        package.name,
        version(),
        package.section,
        package.depends
    );
    if !package.recommends.is_empty() {
        writeln!(control, "Recommends: {}", package.recommends)?;
    }
    writeln!(control, "Description: {}", package.description)?;
    Ok(control)
}

/// The packages of the libraries that the programs are linked to, with the versions that they need at least.
fn libraries(stage: &Path, programs: &[&str]) -> Result<String> {
    // The tool wants a source package around it.
    let source = tempfile::tempdir()?;
    write(
        &source.path().join("debian/control"),
        "Source: centrex-tray\n\nPackage: centrex-tray\nArchitecture: any\n",
    )?;
    let mut tool = command("dpkg-shlibdeps", ["-O"]);
    tool.current_dir(source.path());
    for program in programs {
        tool.arg("-e").arg(stage.join("usr/bin").join(program));
    }
    let told = read(&mut tool)?;
    let found = told.lines().find_map(|line| line.strip_prefix("shlibs:Depends="));
    Ok(found.context("dpkg-shlibdeps names no libraries")?.to_owned())
}

/// What Debian wants beside every program: the licence, the licences of others, and what changed.
fn papers(package: &Package, stage: &Path, licences: &str) -> Result<()> {
    let doc = stage.join("usr/share/doc").join(package.name);
    write(&doc.join("copyright"), copyright()?)?;
    let date = read(last_commit("%cd").arg("--date=rfc2822"))?;
    let changelog = format!(
        "{} ({}) unstable; urgency=medium\n\n  * What changed is told in CHANGELOG.md.\n\n -- {MAINTAINER}  {}\n",
        package.name,
        version(),
        date.trim()
    );
    for (name, content) in [
        ("changelog", changelog.as_bytes()),
        ("THIRD-PARTY.txt", licences.as_bytes()),
    ] {
        write(&doc.join(name), content)?;
        // Without name and time, so that the same text makes the same file.
        run(command("gzip", ["--best", "--no-name", "--force"]).arg(doc.join(name)))?;
    }
    for paper in ["README.md", "CHANGELOG.md", "SECURITY.md"] {
        copy(&root().join(paper), &doc.join(paper))?;
    }
    Ok(())
}

/// The machine-readable format of Debian, version 1.0.
fn copyright() -> Result<String> {
    let mit = std::fs::read_to_string(root().join("LICENSE-MIT"))?;
    let mut copyright = mit.lines().filter(|line| line.starts_with("Copyright"));
    let holder = copyright.next().context("LICENSE-MIT names no holder")?;
    let holder = holder.replacen("Copyright (c)", "", 1);
    let terms: Vec<String> = mit
        .lines()
        .skip_while(|line| !line.starts_with("Permission"))
        .map(|line| {
            if line.trim().is_empty() {
                " .".to_owned()
            } else {
                format!(" {line}")
            }
        })
        .collect();
    Ok(format!(
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\nUpstream-Name: Centrex Tray\n\
         Comment: The works of others in these programs and their licences are listed in THIRD-PARTY.txt.gz.\n\n\
         Files: *\nCopyright:{holder}\nLicense: MIT or Apache-2.0\n\n\
         License: MIT\n{}\n\n\
         License: Apache-2.0\n On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.\n",
        terms.join("\n")
    ))
}

fn desktop(stage: &Path) -> Result<()> {
    share(&stage.join("usr/share"))?;
    desktop_papers(&stage.join("usr/share/doc/centrex-tray"))
}

fn server(stage: &Path) -> Result<()> {
    let unit = std::fs::read_to_string(root().join(RELAY_UNIT))?;
    // The words before it are for those who copy it by hand, and so is the path.
    let unit = unit.find("[Unit]").map_or(unit.as_str(), |begin| &unit[begin..]);
    write(
        &stage.join("usr/lib/systemd/system/centrex-relay.service"),
        unit.replace("/usr/local/bin/", "/usr/bin/"),
    )?;
    relay_papers(&stage.join("usr/share/doc/centrex-relay"))
}

/// What the umask of whoever packs must not decide.
fn set_modes(folder: &Path, package: &Package) -> Result<()> {
    let set = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    set(folder, 0o755)?;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            set_modes(&path, package)?;
            continue;
        }
        let script =
            folder.ends_with("DEBIAN") && package.scripts.iter().any(|(name, _)| path.ends_with(name));
        let mode = if script || folder.ends_with("usr/bin") {
            0o755
        } else {
            0o644
        };
        set(&path, mode)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packs a small program in the place of ours, linked to the C library as they are.
    #[test]
    fn packages_hold_what_a_system_needs() {
        let folder = tempfile::tempdir().unwrap();
        let built = folder.path().join("built");
        for program in ["centrex-tray", "centrex-tray-window", "centrex-relay"] {
            copy(Path::new("/usr/bin/true"), &built.join(program)).unwrap();
        }
        let files = packages(folder.path(), &built, "Works of others").unwrap();
        let [tray, relay] = &files[..] else {
            panic!("{files:?}")
        };
        let field =
            |file: &Path, name: &str| read(command("dpkg-deb", ["--field"]).arg(file).arg(name)).unwrap();
        let list = |file: &Path| read(command("dpkg-deb", ["--contents"]).arg(file)).unwrap();

        std::fs::remove_file(built.join("centrex-tray-window")).unwrap();
        let alone = packages(folder.path(), &built, "Works of others").unwrap();
        assert_eq!(
            alone,
            std::slice::from_ref(relay),
            "the relay's needs no other program"
        );

        assert_eq!(field(tray, "Package").trim(), "centrex-tray");
        assert!(field(tray, "Depends").contains("libc6 (>="));
        let held = list(tray);
        for (mode, path) in [
            ("-rwxr-xr-x", "./usr/bin/centrex-tray"),
            ("-rwxr-xr-x", "./usr/bin/centrex-tray-window"),
            ("-rw-r--r--", "./usr/share/applications/centrex-tray.desktop"),
            (
                "-rw-r--r--",
                "./usr/share/icons/hicolor/48x48/apps/centrex-tray.png",
            ),
            ("-rw-r--r--", "./usr/share/doc/centrex-tray/copyright"),
            ("-rw-r--r--", "./usr/share/doc/centrex-tray/THIRD-PARTY.txt.gz"),
        ] {
            let line = held.lines().find(|line| line.ends_with(&format!(" {path}")));
            let line = line.unwrap_or_else(|| panic!("{path} is missing: {held}"));
            assert!(line.starts_with(&format!("{mode} root/root ")), "{line}");
        }
        assert!(
            !held.contains("autostart"),
            "the person's switch, in the settings"
        );

        let unit = folder.path().join("relay");
        run(command("dpkg-deb", ["--extract"]).arg(relay).arg(&unit)).unwrap();
        let unit = unit.join("usr/lib/systemd/system/centrex-relay.service");
        let unit = std::fs::read_to_string(unit).unwrap();
        assert!(unit.contains("ExecStart=/usr/bin/centrex-relay serve"), "{unit}");
        let held = list(relay);
        for paper in [
            "relay.md",
            "metrics.md",
            "examples/prometheus-alerts.yml",
            "examples/relay.example.toml",
        ] {
            assert!(
                held.contains(&format!(" ./usr/share/doc/centrex-relay/{paper}\n")),
                "{paper}: {held}"
            );
        }
        let scripts = read(command("dpkg-deb", ["--info"]).arg(relay)).unwrap();
        for script in ["postinst", "prerm", "postrm"] {
            assert!(scripts.contains(script), "{scripts}");
        }
    }
}
