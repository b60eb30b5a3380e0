//! Starting: what is told, what is raised, and what can't be started.

#[cfg(target_os = "linux")]
use std::path::Path;
use std::process::Output;

#[cfg(unix)]
use crate::support_process::Process;
#[cfg(target_os = "linux")]
use crate::support_process::command;
use crate::support_process::{MAKES_A_DATABASE, refused, run, succeed};

fn damaged(output: Output) {
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(65), "{told}");
    for part in ["is damaged", "backup", "move all three away"] {
        assert!(told.contains(part), "{part:?} is missing in {told:?}");
    }
}

#[test]
fn a_damaged_database_is_told_as_such_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let file = data.join("relay.db");

    let nonsense = "no database ".repeat(1000);
    std::fs::write(&file, &nonsense).unwrap();
    damaged(refused(data));
    damaged(run(data, &["token", "list"]));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), nonsense);

    // One of which only the first page is left.
    std::fs::remove_file(&file).unwrap();
    succeed(data, &MAKES_A_DATABASE);
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(&file, &bytes).unwrap();
    damaged(refused(data));
    damaged(run(data, &["enrol", "list"]));
    let doctor = run(data, &["doctor"]);
    let told = String::from_utf8(doctor.stdout).unwrap();
    assert!(
        told.contains("FAILED   store") && told.contains("is damaged"),
        "{told}"
    );
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

/// A relay that starts without its tokens tells every desktop that it was revoked.
#[test]
fn it_doesnt_start_when_the_tokens_cant_be_read() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &MAKES_A_DATABASE);
    let database = rusqlite::Connection::open(folder.path().join("relay.db")).unwrap();
    database
        .execute_batch("ALTER TABLE token RENAME TO away")
        .unwrap();
    assert_eq!(refused(folder.path()).status.code(), Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_missing_and_who_may_read_the_secrets_is_warned_of() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (_, log) = Process::serve(&folder.path().join("bare"), &[], &[]).stop();
    let warned = |log: &str, part: &str| {
        log.lines()
            .any(|line| line.contains("WARN") && line.contains(part))
    };
    assert!(
        warned(&log, "public_url isn't set") && warned(&log, "no platform key"),
        "{log}"
    );

    let key = folder.path().join("key");
    std::fs::write(&key, "a-key").unwrap();
    for (mode, is_told) in [(0o644, true), (0o600, false)] {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        let environment = [("CENTREX_RELAY_PLATFORM_API_KEY_FILE", key.to_str().unwrap())];
        let public = ["--public-url", "https://relay.example.org"];
        let (_, log) = Process::serve(&folder.path().join("data"), &public, &environment).stop();
        assert_eq!(warned(&log, "chmod 600"), is_told, "{log}");
        assert!(
            !log.contains("public_url") && !log.contains("no platform key"),
            "{log}"
        );
        assert!(!log.contains("a-key"), "{log}");
    }
}

/// A relay under limits of open files that a shell sets first.
#[cfg(target_os = "linux")]
fn under(limits: &str, data: &Path) -> Process {
    let mut plain = command(data);
    plain.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ]);
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", &format!("{limits} && exec \"$@\""), "sh"])
        .arg(plain.get_program())
        .args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    Process::start(&mut shell)
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn as_many_files_may_be_open_as_the_system_allows() {
    let folder = tempfile::tempdir().unwrap();
    let relay = under("ulimit -Sn 256", folder.path());
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", relay.id())).unwrap();
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))
        .unwrap();
    let numbers: Vec<&str> = line["Max open files".len()..].split_whitespace().collect();
    assert_eq!(numbers[0], numbers[1], "{line}");
    assert_ne!(numbers[0], "256");
    relay.stop();

    let (_, log) = under("ulimit -n 256", folder.path()).stop();
    assert!(
        log.contains("fewer open files") && log.contains("limit=256"),
        "{log}"
    );
}

/// The service manager, as sd_notify(3) describes it.
#[cfg(target_os = "linux")]
#[test]
fn the_service_manager_is_told_of_start_life_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let manager = std::os::unix::net::UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    // Read at once, as a manager does: the system keeps ten messages and refuses more.
    let (told, messages) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut message = [0; 512];
        while let Ok(length) = manager.recv(&mut message) {
            if told.send(message[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    let heard = || String::from_utf8(messages.recv_timeout(crate::support::PATIENCE).unwrap()).unwrap();
    let environment = [
        ("NOTIFY_SOCKET", path.to_str().unwrap()),
        ("WATCHDOG_USEC", "100000"),
    ];
    let relay = Process::serve(&folder.path().join("data"), &[], &environment);
    let ready = heard();
    assert!(ready.starts_with("READY=1\n"), "{ready}");
    let address = relay.base.strip_prefix("http://").unwrap();
    assert!(
        ready.contains(&format!("STATUS=listening on {address}")),
        "{ready}"
    );
    // Again and again, and not only once.
    assert_eq!((heard(), heard(), heard()), {
        let life = "WATCHDOG=1".to_owned();
        (life.clone(), life.clone(), life)
    });
    let (ended_well, log) = relay.stop();
    assert!(ended_well, "{log}");
    let last = loop {
        let message = heard();
        if message != "WATCHDOG=1" {
            break message;
        }
    };
    assert!(last.starts_with("STOPPING=1\n"), "{last}");
}

/// The unit that we offer, as systemd itself reads it.
#[cfg(target_os = "linux")]
#[test]
fn the_systemd_unit_is_understood() {
    let unit = include_str!("../../packaging/centrex-relay.service");
    let line = "ExecStart=/usr/local/bin/centrex-relay serve\n";
    assert!(unit.contains(line) && unit.contains("RestartPreventExitStatus=65 78\n"));
    assert!(unit.contains("Type=notify\n") && unit.contains("WatchdogSec=30s\n"));
    // What is offered behind a # must be understood as well.
    let unit: String = unit
        .lines()
        .map(|line| {
            let setting = line
                .strip_prefix('#')
                .filter(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
            setting.unwrap_or(line).to_owned() + "\n"
        })
        .collect();
    assert!(unit.contains("\nLoadCredential=platform.api_key:") && unit.contains("\nAmbientCapabilities="));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("centrex-relay.service");
    // The program stands elsewhere here, and systemd looks for it.
    let here = format!("ExecStart={} serve\n", env!("CARGO_BIN_EXE_centrex-relay"));
    std::fs::write(&file, unit.replace(line, &here)).unwrap();
    let verify = std::process::Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .arg(&file)
        .output();
    match verify {
        Ok(verify) => {
            let told = String::from_utf8_lossy(&verify.stderr);
            // A key that isn't known is only told, with success.
            assert!(
                verify.status.success() && !told.contains("centrex-relay"),
                "{told}"
            );
        }
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
    }
}

/// A crowd that comes back at once: whose request for a connection is dropped asks again a second later.
#[cfg(target_os = "linux")]
#[test]
fn a_thousand_may_wait_at_the_door() {
    use std::io::{Read as _, Write as _};
    use std::net::{SocketAddr, TcpStream};
    use std::time::Duration;

    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    let address: SocketAddr = relay.base.strip_prefix("http://").unwrap().parse().unwrap();
    let systems = std::fs::read_to_string("/proc/sys/net/core/somaxconn").unwrap();
    let count = systems.trim().parse::<usize>().unwrap().min(1000);
    // It accepts nobody now; the system lets wait as many as it was told.
    relay.signal("STOP");
    let mut waiting: Vec<TcpStream> = (0..count)
        .map(|number| {
            TcpStream::connect_timeout(&address, Duration::from_secs(10))
                .unwrap_or_else(|error| panic!("connection {number}: {error}"))
        })
        .collect();
    relay.signal("CONT");
    let last = waiting.last_mut().unwrap();
    last.write_all(b"GET /v1/me HTTP/1.1\r\nHost: relay\r\n\r\n")
        .unwrap();
    let mut heard = [0; 12];
    last.read_exact(&mut heard).unwrap();
    assert_eq!(&heard[..9], b"HTTP/1.1 ");
}
