//! `doctor`: what it asks of others, and what it remembers of them.

use std::path::Path;
use std::process::Command;

use axum::Router;
use axum::routing::any;
use http::header;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::dial::Platform;
use crate::support::SECRET;
use crate::support::{client, code, http, start_of};
use crate::support_process::{Process, command, run, succeed};

/// The state and detail of a check. Asked off the runtime that others of the test need.
async fn found(mut command: Command, what: &str) -> (String, String) {
    command.args(["doctor", "--json"]);
    let output = tokio::task::spawn_blocking(move || command.output())
        .await
        .unwrap()
        .unwrap();
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let one = all.iter().find(|one| one["what"] == what);
    let one = one.unwrap_or_else(|| panic!("{what} in {all:?}"));
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&one["state"]), text(&one["detail"]))
}

/// A command whose platform isn't there.
fn alone(data: &Path) -> Command {
    let mut command = command(data);
    command.env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api");
    command
}

fn set_aside(data: &Path) -> String {
    succeed(data, &["unmatched", "list", "--json"])
}

#[tokio::test]
async fn the_way_in_is_tried_and_nothing_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let look = async |address: &str| {
        let mut command = alone(data);
        command.args(["--public-url", address]);
        found(command, "way in").await
    };
    let (state, detail) = look("http://127.0.0.1:9").await;
    assert_eq!(state, "untried", "{detail}");
    let relay = Process::serve(data, &[], &[]);
    let (state, detail) = look(&relay.base).await;
    assert_eq!(state, "good", "{detail}");
    for (address, words) in [
        (
            format!("{}/elsewhere", relay.base),
            "the proxy sends it elsewhere",
        ),
        (
            "http://127.0.0.1:9".to_owned(),
            "can't be reached from this machine",
        ),
        // No TLS is spoken there.
        (relay.base.replace("http:", "https:"), "no trusted connection"),
    ] {
        let (state, detail) = look(&address).await;
        assert!(state == "failed" && detail.contains(words), "{address}: {detail}");
        assert!(!detail.contains(SECRET), "{detail}");
    }
    let mut other = alone(data);
    other
        .args(["--public-url", &relay.base])
        .env("CENTREX_RELAY_CALLBACK_SECRET", "another-secret-0123456789");
    let (state, detail) = found(other, "way in").await;
    assert!(state == "failed" && detail.contains("another secret"), "{detail}");
    assert_eq!(set_aside(data), "");
    let (state, detail) = found(alone(data), "callbacks").await;
    assert!(state == "warning" && detail.starts_with("none yet"), "{detail}");
}

#[tokio::test]
async fn a_relay_that_isnt_ready_is_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    let mut ready = alone(folder.path());
    ready.args(["--admin-listen", relay.admin.trim_start_matches("http://")]);
    let (state, detail) = found(ready, "relay").await;
    assert!(state == "good" && detail == "runs and is ready", "{detail}");
    let mut other = alone(folder.path());
    other.args(["--admin-listen", relay.base.trim_start_matches("http://")]);
    let (state, detail) = found(other, "relay").await;
    assert!(
        state == "failed" && detail.contains("check admin_listen"),
        "{detail}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_was_refused_or_taken_is_remembered() {
    let refusing = Platform::start((http::StatusCode::UNAUTHORIZED, ""), true).await;
    let accepting = Platform::start((http::StatusCode::OK, "{}"), true).await;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let doctor = async |key: &str| {
        let mut command = alone(data);
        command.env("CENTREX_RELAY_PLATFORM_API_KEY", key);
        found(command, "platform key").await
    };
    for (platform, press, state, words) in [
        (&refusing, "one", "failed", "(401)"),
        (&accepting, "two", "good", "took it at 20"),
    ] {
        let environment = [
            ("CENTREX_RELAY_PLATFORM_URL", platform.url.as_str()),
            ("CENTREX_RELAY_PLATFORM_API_KEY", "canary-key"),
        ];
        let relay = Process::serve(data, &[], &environment);
        let token = client(&relay.base, "none")
            .enrol(&code(data, &["1001"]))
            .await
            .unwrap()
            .token;
        let order = serde_json::json!({"account_id": "1001", "number": "+33199000012"});
        let press = http()
            .post(format!("{}/v1/calls", relay.base))
            .bearer_auth(&token)
            .header("Idempotency-Key", press)
            .json(&order);
        press.send().await.unwrap();
        let (found, detail) = doctor("canary-key").await;
        assert!(found == state && detail.contains(words), "{detail}");
        assert!(!detail.contains("canary"), "{detail}");
        assert_eq!(doctor("a-newer-key").await.0, "untried");
    }
    // A command that used it as well.
    let mut set = alone(data);
    set.args(["callback", "set", "--yes", "--public-url", "https://relay.test"])
        .env("CENTREX_RELAY_PLATFORM_URL", other_function(401).await)
        .env("CENTREX_RELAY_PLATFORM_API_KEY", "canary-key");
    let output = tokio::task::spawn_blocking(move || set.output())
        .await
        .unwrap()
        .unwrap();
    assert!(!output.status.success());
    assert_eq!(doctor("canary-key").await.0, "failed");
}

/// A platform that answers whatever is asked with a status.
async fn other_function(status: u16) -> String {
    serve(Router::new().fallback(move || async move { http::StatusCode::from_u16(status).unwrap() })).await
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/api", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_clock_is_held_against_the_operators() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = [(header::DATE, "Sun, 06 Nov 1994 08:49:37 GMT")];
    let wrong = serve(Router::new().fallback(any(move || async move { wrong }))).await;
    for (url, state, words) in [
        (wrong.as_str(), "failed", "ahead of the operator's"),
        (&other_function(404).await, "good", "agrees"),
        ("http://127.0.0.1:9/api", "untried", "nobody was there"),
    ] {
        let mut command = command(folder.path());
        command.env("CENTREX_RELAY_PLATFORM_URL", url);
        let (found, detail) = found(command, "clock").await;
        assert!(
            found == state && detail.contains(words),
            "{url}: {found} {detail}"
        );
    }
}

#[tokio::test]
async fn calls_that_nobody_hears_and_desktops_that_are_never_called_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let relay = Process::serve(data, &[], &[]);
    let create = |account: &str| {
        let public = ["--public-url", "https://relay.test"];
        let create = ["enrol", "create", "--label", "Accueil", "--account", account];
        let output = run(data, &[&create[..], &public].concat());
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert_eq!(create("42O7001"), "", "before the first call nothing is known");
    let enrol = async |account: &str| {
        client(&relay.base, "none")
            .enrol(&code(data, &[account]))
            .await
            .unwrap()
    };
    enrol("42O7001").await;
    for call in ["c1", "c2"] {
        let url = format!("{}/callback/{SECRET}?{}", relay.base, start_of(call, "4207001"));
        assert_eq!(http().get(url).send().await.unwrap().status(), 200);
    }
    let (state, detail) = found(alone(data), "unheard calls").await;
    assert!(
        state == "warning" && detail.contains("account 4207001 (2)"),
        "{detail}"
    );
    let (state, detail) = found(alone(data), "silent accounts").await;
    assert!(
        state == "warning" && detail.contains("42O7001 (desktop \"Accueil\", or is 4207001 meant?)"),
        "{detail}"
    );
    let warned = create("42O7001");
    assert!(warned.contains("42O7001; is 4207001 meant?"), "{warned}");
    assert!(create("9999999").contains("wait for its first call"));
    assert_eq!(create("4207001"), "");
    let metrics = http()
        .get(format!("{}/metrics", relay.admin))
        .send()
        .await
        .unwrap();
    let metrics = metrics.text().await.unwrap();
    assert!(
        metrics.contains("centrex_relay_events_unheard_total 2\n"),
        "{metrics}"
    );
    enrol("4207001").await;
    let all = run(data, &["doctor", "--json"]);
    assert!(!String::from_utf8(all.stdout).unwrap().contains("unheard calls"));
}
