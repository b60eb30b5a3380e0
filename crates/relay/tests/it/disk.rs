//! A disk that takes nothing more: full, or failing. Nothing acknowledged is lost, it is said, and it passes by itself.

use std::path::Path;
use std::process::Command;

use relay_api::Subscription;
use relay_api::wire::{EventBody, EventId, PlaceCall};
use telephony::AccountId;

use crate::support::{PATIENCE, SECRET, call_of, client, code, http, next_event, start_of, subscribe};
use crate::support_process::{Process, command};

async fn send(relay: &Process, call: &str) -> u16 {
    let filler = "x".repeat(3000);
    let url = format!(
        "{}/callback/{SECRET}?{}&filler={filler}",
        relay.base,
        start_of(call, "1001")
    );
    http().get(url).send().await.unwrap().status().as_u16()
}

async fn ready(relay: &Process) -> (u16, String) {
    let answer = http()
        .get(format!("{}/readyz", relay.admin))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// Sends callbacks until one is refused and the relay says why; gives those that were taken, and what it said. With the last
/// bytes of a disk a small write may still succeed after a larger one has failed.
async fn fill(relay: &Process) -> (Vec<String>, String) {
    let mut taken = Vec::new();
    for number in 0..20_000 {
        let call = format!("c{number}");
        match send(relay, &call).await {
            200 => taken.push(call),
            status => {
                assert_eq!(status, 503);
                if let (503, why) = ready(relay).await {
                    return (taken, why);
                }
            }
        }
    }
    panic!("the disk was never full");
}

/// The calls of the next events.
async fn heard(events: &mut Subscription, count: usize) -> Vec<String> {
    let mut calls = Vec::new();
    while calls.len() < count {
        calls.push(call_of(&next_event(events).await).0);
    }
    calls
}

async fn token(relay: &Process, data: &Path) -> String {
    let code = code(data, &["1001"]);
    client(&relay.base, "none").enrol(&code).await.unwrap().token
}

/// What `doctor` says.
async fn doctor(relay: &Process, data: &Path) -> String {
    let mut doctor = command(data);
    doctor
        .args([
            "doctor",
            "--admin-listen",
            relay.admin.trim_start_matches("http://"),
        ])
        .env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api");
    let output = tokio::task::spawn_blocking(move || doctor.output())
        .await
        .unwrap();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

/// How `health` ends, and what it says of an illness.
async fn health(relay: &Process, data: &Path) -> (Option<i32>, String) {
    let mut health = command(data);
    health.args([
        "health",
        "--admin-listen",
        relay.admin.trim_start_matches("http://"),
    ]);
    let output = tokio::task::spawn_blocking(move || health.output())
        .await
        .unwrap()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// All that holds while nothing can be written, and afterwards.
async fn goes_through(mut relay: Process, data: &Path, words: &[&str], relieve: impl FnOnce(&Process)) {
    let token = token(&relay, data).await;
    let mut events = subscribe(client(&relay.base, &token), None);
    let first = next_event(&mut events).await;
    let (taken, why) = fill(&relay).await;
    assert!(
        words.iter().any(|word| why.contains(word)) && why.contains("streams go on"),
        "{why}"
    );
    let doctor = doctor(&relay, data).await;
    let line = doctor
        .lines()
        .find(|line| line.contains("runs, but it is not ready: "));
    assert!(
        line.is_some_and(|line| words.iter().any(|word| line.contains(word))),
        "{doctor}"
    );
    let (code, told) = health(&relay, data).await;
    assert!(
        code == Some(1) && words.iter().any(|word| told.contains(word)),
        "{told}"
    );
    // Reading goes on: the streams of those who listen, of those who come, and the list.
    assert_eq!(heard(&mut events, taken.len()).await, taken);
    let mut again = subscribe(client(&relay.base, &token), Some(first.id));
    assert_eq!(heard(&mut again, taken.len()).await, taken);
    assert!(client(&relay.base, &token).calls().await.unwrap().live.len() >= taken.len().min(100));
    // What is true of a press is told, although the audit trail can't be written.
    let press = PlaceCall {
        number: "112".to_owned(),
        account_id: AccountId("1001".to_owned()),
        confirmed: false,
    };
    let refused = client(&relay.base, &token)
        .place_call(&press, "press")
        .await
        .unwrap_err();
    assert_eq!(refused.problem_name(), Some("dial-unavailable"));
    assert!(!refused.may_have_rung());

    relieve(&relay);
    let by_itself = async { while ready(&relay).await.0 != 200 {} };
    tokio::time::timeout(PATIENCE, by_itself)
        .await
        .expect("it recovers by itself");
    assert_eq!(health(&relay, data).await, (Some(0), String::new()));
    assert_eq!(send(&relay, "after").await, 200);
    assert_eq!(heard(&mut events, 1).await, ["after"]);
    relay.kill();

    let relay = Process::serve(data, &[], &[]);
    let mut events = subscribe(client(&relay.base, &token), Some(first.id));
    let mut position: EventId = first.id;
    for wanted in taken.iter().map(String::as_str).chain(["after"]) {
        let event = next_event(&mut events).await;
        let EventBody::Call { call } = &event.body else {
            panic!("{event:?}")
        };
        assert!(event.id > position);
        position = event.id;
        assert_eq!(
            call.call_id.0, wanted,
            "nothing acknowledged is lost, nothing refused is told"
        );
    }
}

/// A file system of its own, gone when dropped.
struct Mount(tempfile::TempDir);

impl Mount {
    fn tmpfs(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=0700"), "none"])
            .arg(folder.path())
            .output();
        match mount {
            Ok(output) if output.status.success() => Some(Self(folder)),
            _ => None,
        }
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[tokio::test]
async fn a_full_disk_refuses_callbacks_says_so_and_recovers_when_there_is_room() {
    let Some(mount) = Mount::tmpfs("3m") else {
        eprintln!(
            "skipped: this user may mount no tmpfs; the test beside this one has the same by a limit of file sizes"
        );
        return;
    };
    let data = mount.0.path();
    let ballast = data.join("ballast");
    std::fs::write(&ballast, vec![b'x'; 1 << 20]).unwrap();
    let relay = Process::serve(data, &[], &[]);
    goes_through(relay, data, &["the disk is full"], |_| {
        std::fs::remove_file(&ballast).unwrap()
    })
    .await;
}

/// Without rights of one's own: the system refuses to let the files grow.
#[tokio::test]
async fn files_that_may_not_grow_refuse_callbacks_and_recover() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut plain = command(data);
    plain.args([
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--admin-listen",
        "127.0.0.1:0",
    ]);
    let mut shell = Command::new("sh");
    // In units of 512 bytes; the signal would end the program instead of failing the write.
    shell
        .args(["-c", "trap '' XFSZ; ulimit -S -f 1200; exec \"$@\"", "sh"])
        .arg(plain.get_program())
        .args(plain.get_args());
    for (name, value) in plain.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let relay = Process::start(&mut shell);
    let lift = |relay: &Process| {
        let lifted = Command::new("prlimit")
            .args(["--fsize=unlimited:", "--pid", &relay.id().to_string()])
            .status();
        assert!(lifted.unwrap().success(), "prlimit of util-linux");
    };
    goes_through(relay, data, &["I/O error", "the disk is full"], lift).await;
}
