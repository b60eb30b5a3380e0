//! The callback address: rotated, restricted, told.

use std::process::Stdio;

use centrex_sim::{Config, Kind, Sim};

use crate::support::{Relay, SECRET, http, problem, start_of};
use crate::support_process::{Process, command, run};

const PUBLIC: &str = "https://relay.bureau.test";

/// A command without a secret that was given.
fn own(data: &std::path::Path, arguments: &[&str]) -> std::process::Command {
    let mut command = command(data);
    command
        .env_remove("CENTREX_RELAY_CALLBACK_SECRET")
        .args(arguments);
    command
}

fn url(data: &std::path::Path) -> String {
    let output = own(data, &["callback", "url", "--public-url", PUBLIC])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    said.trim().strip_prefix(PUBLIC).unwrap().to_owned()
}

async fn status(base: &str, path: &str) -> u16 {
    let address = format!("{base}{path}?{}", start_of("c1", "1001"));
    http().get(address).send().await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_addresses_are_good_while_the_operator_changes_over() {
    let (folder, sim) = (
        tempfile::tempdir().unwrap(),
        Sim::start(Config::new("a-key")).await.unwrap(),
    );
    let data = folder.path();
    let relay = Process::start(&mut own(
        data,
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ],
    ));
    let first = url(data);
    assert_eq!(status(&relay.base, &first).await, 200);
    // Nothing is done without a yes.
    let asked = own(data, &["callback", "rotate", "--public-url", PUBLIC])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!asked.status.success());
    assert_eq!(url(data), first);

    let mut rotate = own(
        data,
        &["callback", "rotate", "--set", "--yes", "--public-url", PUBLIC],
    );
    rotate
        .env("CENTREX_RELAY_PLATFORM_URL", sim.api_base())
        .env("CENTREX_RELAY_PLATFORM_API_KEY", "a-key");
    let rotated = tokio::task::spawn_blocking(move || rotate.output())
        .await
        .unwrap()
        .unwrap();
    assert!(
        rotated.status.success(),
        "{}",
        String::from_utf8_lossy(&rotated.stderr)
    );
    sim.await_event(|entry| entry.kind == Kind::CallbackUrlSet)
        .await
        .unwrap();
    let second = url(data);
    assert_ne!(first, second);
    // At once, both, without a restart.
    assert_eq!(status(&relay.base, &second).await, 200);
    assert_eq!(status(&relay.base, &first).await, 200);
    let doctor = |data: &std::path::Path| {
        let output = own(data, &["doctor", "--public-url", PUBLIC]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let said = doctor(data);
    assert!(
        said.contains("the operator was told it at") && said.contains("good until"),
        "{said}"
    );
    for secret in [&first, &second].map(|path| path.trim_start_matches("/callback/")) {
        assert!(!said.contains(secret));
    }
    // One more leaves the first one behind, and the operator with an address that isn't the present one.
    let once_more = own(data, &["callback", "rotate", "--yes", "--public-url", PUBLIC])
        .output()
        .unwrap();
    assert!(once_more.status.success());
    let third = url(data);
    assert_eq!(status(&relay.base, &third).await, 200);
    assert_eq!(status(&relay.base, &second).await, 200);
    assert_eq!(status(&relay.base, &first).await, 404);
    assert!(doctor(data).contains("run: centrex-relay callback set"));
}

/// The operator couldn't be told; whoever tries again must not end the address that the operator still uses.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rotation_that_could_not_be_told_is_finished_and_not_begun_again() {
    let (folder, sim) = (
        tempfile::tempdir().unwrap(),
        Sim::start(Config::new("a-key")).await.unwrap(),
    );
    let data = folder.path().to_owned();
    let relay = Process::start(&mut own(
        &data,
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ],
    ));
    let first = url(&data);
    let run = async |words: &[&str], key: &str| {
        let mut command = own(&data, &["callback"]);
        command
            .args(words)
            .args(["--yes", "--public-url", PUBLIC])
            .env("CENTREX_RELAY_PLATFORM_URL", sim.api_base())
            .env("CENTREX_RELAY_PLATFORM_API_KEY", key);
        let output = tokio::task::spawn_blocking(move || command.output());
        let output = output.await.unwrap().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    let (is_done, said) = run(&["rotate", "--set"], "another-key").await;
    assert!(
        !is_done && said.contains("run: centrex-relay callback set"),
        "{said}"
    );
    let second = url(&data);
    assert_ne!(first, second);
    for _ in 0..2 {
        let (is_done, _) = run(&["rotate", "--set"], "another-key").await;
        assert!(!is_done);
        assert_eq!(url(&data), second, "no third secret is made");
        assert_eq!(status(&relay.base, &first).await, 200, "the operator's is good");
    }
    // Without --set neither: the operator would be left behind just the same.
    let (is_done, said) = run(&["rotate"], "a-key").await;
    assert!(!is_done && said.contains("nothing was changed"), "{said}");
    assert_eq!(url(&data), second);

    let (is_done, said) = run(&["rotate", "--set"], "a-key").await;
    assert!(is_done && said.contains("no other is made"), "{said}");
    sim.await_event(|entry| entry.kind == Kind::CallbackUrlSet)
        .await
        .unwrap();
    assert_eq!(url(&data), second);
    // Once it was told, the next one is one.
    let (is_done, said) = run(&["rotate", "--set"], "a-key").await;
    assert!(is_done, "{said}");
    assert_ne!(url(&data), second);
    assert_eq!(status(&relay.base, &second).await, 200);
}

#[test]
fn a_secret_that_was_given_is_not_rotated_here() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        folder.path(),
        &["callback", "rotate", "--yes", "--public-url", PUBLIC],
    );
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && said.contains("callback.previous_secret_file"),
        "{said}"
    );
    assert!(!said.contains(SECRET));
}

#[tokio::test]
async fn two_secrets_that_were_given_are_both_good() {
    let former = "canary-former-secret-0123456789";
    let relay = Relay::with(&[("CENTREX_RELAY_CALLBACK_PREVIOUS_SECRET", former)]).await;
    assert_eq!(status(&relay.base, &format!("/callback/{SECRET}")).await, 200);
    assert_eq!(status(&relay.base, &format!("/callback/{former}")).await, 200);
    assert_eq!(
        status(&relay.base, "/callback/canary-other-secret-0123456789").await,
        404
    );
    assert!(
        relay
            .measured("callbacks_admitted_total{secret=\"previous\"}")
            .await
            > 0.0
    );
}

#[test]
fn setting_the_address_says_what_it_replaces_and_offers_to_pass_callbacks_on() {
    let folder = tempfile::tempdir().unwrap();
    let set = |more: &[&str]| {
        let mut command = own(folder.path(), &["callback", "set", "--public-url", PUBLIC]);
        command
            .args(more)
            .env("CENTREX_RELAY_PLATFORM_API_KEY", "a-key")
            .stdin(Stdio::null());
        let output = command.output().unwrap();
        // Nobody is there to be asked.
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let said = set(&[]);
    assert!(said.contains("add --yes"), "{said}");
    assert!(
        said.contains("CRM") && said.contains("[[forward]]") && said.contains("nothing was changed"),
        "{said}"
    );
    let file = folder.path().join("with.toml");
    std::fs::write(&file, "[[forward]]\nurl = \"http://127.0.0.1:9/in?key=canary\"\n").unwrap();
    let said = set(&["--config", file.to_str().unwrap()]);
    assert!(
        said.contains("passes every callback on to: 127.0.0.1") && !said.contains("canary"),
        "{said}"
    );
}

#[tokio::test]
async fn callbacks_come_from_the_networks_that_are_listed_as_trusted_proxies_tell() {
    let send = async |relay: &Relay, forwarded: Option<&str>| {
        let mut request = http().get(relay.callback_url(&start_of("c1", "1001")));
        if let Some(address) = forwarded {
            request = request.header("x-forwarded-for", address);
        }
        request.send().await.unwrap()
    };
    let open = Relay::configured("[callback]\nsources = [\"127.0.0.0/8\", \"192.0.2.0/24\"]\n", &[]).await;
    assert_eq!(send(&open, None).await.status(), 200);
    // A header that nobody trusted wrote isn't believed, either way.
    assert_eq!(send(&open, Some("203.0.113.1")).await.status(), 200);

    let text = "[callback]\nsources = [\"192.0.2.0/24\"]\n[proxies]\ntrusted = [\"127.0.0.1\"]\n";
    let behind = Relay::configured(text, &[]).await;
    assert_eq!(send(&behind, Some("192.0.2.7")).await.status(), 200);
    assert_eq!(send(&behind, Some("192.0.2.7, 203.0.113.1")).await.status(), 403);
    assert_eq!(
        problem(send(&behind, None).await).await,
        (403, "forbidden".to_owned())
    );
    // Who doesn't know the secret learns nothing of it.
    let wrong = http()
        .get(format!("{}/callback/wrong", behind.base))
        .send()
        .await
        .unwrap();
    assert_eq!(problem(wrong).await, (404, "not-found".to_owned()));
    assert!(
        behind
            .measured("callbacks_refused_total{reason=\"source\"}")
            .await
            > 0.0
    );
}
