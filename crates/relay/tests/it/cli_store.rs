//! The commands that show and save what the relay keeps: `tail` and `backup`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use relay_api::wire::EventBody;
use serde_json::Value;
use telephony::CallState;

use crate::support::{Relay, SECRET, call_of, http, next_event, start_of, subscribe};
use crate::support_process::{MAKES_A_DATABASE, Process, command, run, succeed};

/// The commands that only look.
const LOOKS: [&[&str]; 8] = [
    &["tail"],
    &["tail", "--follow"],
    &["token", "list"],
    &["enrol", "list"],
    &["dials", "list"],
    &["unmatched", "list"],
    &["unmatched", "show", "1"],
    &["forward", "list"],
];

#[test]
fn who_looks_makes_no_database_and_brings_none_up() {
    let place = tempfile::tempdir().unwrap();
    let data = place.path().join("data");
    let told = |words: &[&str]| {
        let output = run(&data, words);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{words:?}: {told}");
        told
    };
    let takes = [&["token", "revoke", "tok_1"][..], &["enrol", "revoke", "enr_1"]];
    for words in LOOKS.into_iter().chain(takes) {
        let told = told(words);
        assert!(
            told.contains("no database yet") && told.contains("centrex-relay serve"),
            "{words:?}: {told}"
        );
    }
    let doctor = || {
        let mut doctor = command(&data);
        // Nothing listens there.
        doctor.env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/api");
        String::from_utf8(doctor.arg("doctor").output().unwrap().stdout).unwrap()
    };
    let line = doctor();
    assert!(
        line.contains("warning  store: there is no database yet"),
        "{line}"
    );
    assert!(!data.exists());

    std::fs::create_dir(&data).unwrap();
    let file = data.join("relay.db");
    let old = rusqlite::Connection::open(&file).unwrap();
    old.execute_batch(include_str!("../../src/store/former/9.sql"))
        .unwrap();
    old.execute_batch("INSERT INTO history (only, floor, head) VALUES (1, 0, 0); PRAGMA user_version = 9")
        .unwrap();
    drop(old);
    let before = std::fs::read(&file).unwrap();
    for words in LOOKS {
        let told = told(words);
        assert!(
            told.contains("version 9") && told.contains("starting the relay brings it up"),
            "{words:?}: {told}"
        );
    }
    let line = doctor();
    assert!(
        line.contains("warning  store: ") && line.contains("version 9"),
        "{line}"
    );
    assert!(std::fs::read(&file).unwrap() == before, "it was changed");
    let others = std::fs::read_dir(&data).unwrap().count();
    assert_eq!(others, 1);
    // Who writes brings it up.
    succeed(&data, &MAKES_A_DATABASE);
    assert!(succeed(&data, &["enrol", "list"]).contains("Accueil"));
}

async fn callback(relay: &Process, query: &str) {
    let url = format!("{}/callback/{SECRET}?{query}", relay.base);
    assert_eq!(http().get(url).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn live_calls_are_shown_with_masked_numbers_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    callback(&relay, &format!("{}&note=33199000012", start_of("c1", "1001"))).await;
    callback(&relay, &start_of("gone", "1001")).await;
    callback(&relay, "event=call_end&call_id=gone").await;
    for arguments in [&["tail"][..], &["tail", "--json"]] {
        let shown = succeed(folder.path(), arguments);
        assert!(shown.contains("c1") && shown.contains("…12"), "{shown}");
        assert!(!shown.contains("33199") && !shown.contains("gone"), "{shown}");
        let shown = succeed(folder.path(), &[arguments, &["--show-numbers"]].concat());
        assert!(shown.contains("+33199000012"), "{shown}");
    }
    let json: Value = serde_json::from_str(&succeed(folder.path(), &["tail", "--json"])).unwrap();
    assert_eq!(
        (&json["account_id"], &json["state"]),
        (&"1001".into(), &"ringing".into())
    );
}

#[tokio::test]
async fn calls_are_followed_as_they_go_until_nobody_reads() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    callback(&relay, &start_of("before", "1001")).await;
    let mut tail = command(folder.path())
        .args(["tail", "--follow"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(tail.stdout.take().unwrap());
    let mut next = || {
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        line
    };
    assert!(next().starts_with("TIME "));
    assert!(next().contains("before"));
    for (query, word) in [
        (&start_of("c1", "1002")[..], "ringing"),
        ("event=call_connected&call_id=c1", "connected"),
        ("event=call_end&call_id=c1", "ended"),
    ] {
        callback(&relay, query).await;
        let line = next();
        for part in ["c1", "1002", "…12", word] {
            assert!(line.contains(part), "{part}: {line}");
        }
        assert!(!line.contains("33199"), "{line}");
    }
    drop(out);
    callback(&relay, &start_of("c2", "1001")).await;
    assert!(tail.wait().unwrap().success(), "it ends when nobody reads");
}

#[tokio::test]
async fn a_backup_of_a_running_relay_is_one_to_go_on_from() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let file = place.path().join("relay.db");
    let to = ["backup", "--to", file.to_str().unwrap()];
    assert_eq!(
        run(folder.path(), &to).status.code(),
        Some(1),
        "there is nothing to copy"
    );
    assert!(
        !folder.path().join("relay.db").exists(),
        "nothing is made by trying"
    );
    let relay = Process::serve(folder.path(), &[], &[]);
    let code = crate::support::code(folder.path(), &["1001"]);
    let token = crate::support::client(&relay.base, "none")
        .enrol(&code)
        .await
        .unwrap()
        .token;
    callback(&relay, &start_of("c1", "1001")).await;
    let made = succeed(folder.path(), &[&to[..], &["--json"]].concat());
    let made: Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made["bytes"], std::fs::metadata(&file).unwrap().len());
    // What happens after the backup is lost with the database, but not at the desktops.
    let mut events = subscribe(crate::support::client(&relay.base, &token), None);
    next_event(&mut events).await;
    callback(&relay, &start_of("later", "1001")).await;
    let lost = next_event(&mut events).await;
    let again = run(folder.path(), &to);
    assert_eq!(again.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&again.stderr).contains("isn't overwritten"));
    let files: Vec<_> = std::fs::read_dir(place.path()).unwrap().collect();
    assert_eq!(files.len(), 1, "{files:?}");

    // A relay on the copy knows the desktop and the call.
    let restored = Relay::on(place.path(), &[]).await;
    let mut events = subscribe(restored.client(&token), None);
    let EventBody::Snapshot { calls } = next_event(&mut events).await.body else {
        panic!("a snapshot")
    };
    assert_eq!(
        calls
            .iter()
            .map(|call| call.call_id.0.as_str())
            .collect::<Vec<_>>(),
        ["c1"]
    );
    restored.callback("event=call_end&call_id=c1").await;
    let ended = next_event(&mut events).await;
    assert_eq!(call_of(&ended), ("c1".to_owned(), CallState::Ended));
    // Who knew more than the backup does is told so, and nothing new stands where something lost stood.
    assert!(ended.id > lost.id);
    let mut events = subscribe(restored.client(&token), Some(lost.id));
    assert_eq!(next_event(&mut events).await.body, EventBody::Gap);
}
