//! `doctor`: what it finds, and that looking changes nothing.

use serde_json::Value;

use crate::support::{SECRET, http, start_of};
use crate::support_process::{Process, command, run};

/// The findings of a check by its name, as `(state, detail)`.
fn findings(command: &mut std::process::Command, what: &str) -> Vec<(String, String)> {
    // Nothing listens there.
    let output = command
        .env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api")
        .args(["doctor", "--json"])
        .output()
        .unwrap();
    let all: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.iter()
        .filter(|one| one["what"] == what)
        .map(|one| (text(&one["state"]), text(&one["detail"])))
        .collect()
}

#[test]
fn it_says_which_file_holds_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let file = folder.path().join("relay.toml");
    std::fs::write(&file, "log = \"warn\"\n").unwrap();
    let mut here = command(&data);
    here.arg("--config")
        .arg(&file)
        .env_remove("CENTREX_RELAY_CALLBACK_SECRET");
    let found = findings(&mut here, "configuration");
    assert!(found[0].1.contains(file.to_str().unwrap()), "{found:?}");
    let mut here = command(&data);
    here.env_remove("CENTREX_RELAY_CALLBACK_SECRET");
    let found = findings(&mut here, "callback secret");
    assert_eq!(found[0].0, "warning", "{found:?}");
    assert_eq!(std::fs::read_dir(&data).unwrap().count(), 0);
}

#[test]
fn an_address_that_stands_for_an_example_fails() {
    let folder = tempfile::tempdir().unwrap();
    for (address, state) in [
        ("https://relay.example.org", "failed"),
        ("https://relay.example", "failed"),
        ("https://relay.test", "good"),
        ("http://relay.test", "warning"),
    ] {
        let found = findings(
            command(folder.path()).args(["--public-url", address]),
            "public address",
        );
        assert_eq!(found[0].0, state, "{address}: {found:?}");
    }
    let found = findings(&mut command(folder.path()), "public address");
    assert_eq!(found[0].0, "warning", "the example file sets none: {found:?}");
}

#[test]
fn a_key_that_wasnt_tried_isnt_called_good() {
    let folder = tempfile::tempdir().unwrap();
    let with = findings(
        command(folder.path()).env("CENTREX_RELAY_PLATFORM_API_KEY", "a-key"),
        "platform key",
    );
    assert_eq!(with[0].0, "untried", "{with:?}");
    let without = findings(&mut command(folder.path()), "platform key");
    assert_eq!(without[0].0, "warning", "{without:?}");
}

#[cfg(unix)]
#[test]
fn a_secret_that_others_may_read_is_found() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "a-key").unwrap();
    let look = |mode| {
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(mode)).unwrap();
        findings(
            command(folder.path()).env("CENTREX_RELAY_PLATFORM_API_KEY_FILE", &key),
            "secret file",
        )
    };
    let found = look(0o644);
    assert!(
        found[0].0 == "warning" && found[0].1.contains("chmod 600"),
        "{found:?}"
    );
    assert_eq!(look(0o600), []);
}

#[tokio::test]
async fn it_says_when_the_last_callback_came() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    let found = findings(&mut command(folder.path()), "callbacks");
    assert!(
        found[0].0 == "warning" && found[0].1.starts_with("none yet"),
        "{found:?}"
    );
    let mut last = String::new();
    // One that tells something, and one that can't be understood: both show that the platform reaches us.
    for query in [&start_of("c1", "1001")[..], "event=call_parked"] {
        let before = jiff::Timestamp::now().as_second();
        let url = format!("{}/callback/{SECRET}?{query}", relay.base);
        assert_eq!(http().get(url).send().await.unwrap().status(), 200);
        let found = findings(&mut command(folder.path()), "callbacks");
        last = found[0].1.rsplit(' ').next().unwrap().to_owned();
        let at: jiff::Timestamp = last.parse().unwrap();
        assert!(found[0].0 == "good" && at.as_second() >= before, "{found:?}");
    }
    let store = findings(&mut command(folder.path()), "store");
    assert!(
        store[0].1.contains("1 events are kept, the oldest of 20"),
        "{store:?}"
    );
    assert!(last.ends_with('Z') && !last.contains('.'), "{last}");
}

#[test]
fn health_is_what_the_relay_says_itself_and_the_exit_code_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut relay = Process::serve(folder.path(), &[], &[]);
    let health = |admin: &str| {
        let output = run(folder.path(), &["health", "--admin-listen", admin]);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let admin = relay.admin.trim_start_matches("http://").to_owned();
    let public = relay.base.trim_start_matches("http://").to_owned();
    let (_, port) = admin.rsplit_once(':').unwrap();
    // As in a container, where it listens on every address.
    for address in [admin.clone(), format!("0.0.0.0:{port}")] {
        assert_eq!(health(&address), (Some(0), "ready\n".to_owned(), String::new()));
    }
    let unwell = |address: &str, words: &str| {
        let (code, said, told) = health(address);
        assert_eq!((code, &said[..]), (Some(1), ""), "{told}");
        assert!(told.contains(words), "{told}");
    };
    unwell(&public, "isn't it (status 404)");
    unwell("127.0.0.1:0", "port isn't fixed");
    relay.kill();
    unwell(&admin, "doesn't answer");
}
