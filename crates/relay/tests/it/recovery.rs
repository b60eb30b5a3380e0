//! Getting a database back: verified backups, restores.

use std::path::{Path, PathBuf};

use relay_api::wire::EventBody;
use serde_json::Value;

use crate::support::{Relay, next_event, start_of, subscribe};
use crate::support_process::{MAKES_A_DATABASE, refused, run, succeed};

/// Files in a folder whose name holds a part, sorted.
fn named(folder: &Path, part: &str) -> Vec<PathBuf> {
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().contains(part))
        .collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_damaged_database_is_set_aside_by_a_restore_and_the_desktops_go_on() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (data, backup) = (folder.path(), place.path().join("backup.db"));
    let relay = Relay::on(data, &[]).await;
    let token = relay.enrol(&["1001"]).await;
    relay.callback(&start_of("c1", "1001")).await;
    succeed(data, &["backup", "--to", backup.to_str().unwrap()]);
    let from = ["restore", "--from", backup.to_str().unwrap(), "--yes"];
    let output = run(data, &from);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("already uses the data folder"));
    relay.callback("event=call_end&call_id=c1").await;
    relay.stop().await;

    let file = data.join("relay.db");
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[4096..].fill(0xff);
    std::fs::write(&file, &bytes).unwrap();
    let told = refused(data);
    assert_eq!(told.status.code(), Some(65));
    assert!(String::from_utf8_lossy(&told.stderr).contains("centrex-relay restore"));

    let told: Value = serde_json::from_str(&succeed(data, &[&from[..], &["--json"]].concat())).unwrap();
    assert_eq!(
        (&told["integrity"], &told["holds"]["tokens"]),
        (&"ok".into(), &1.into())
    );
    let aside = PathBuf::from(told["set_aside"].as_str().unwrap());
    assert_eq!(
        std::fs::read(&aside).unwrap(),
        bytes,
        "what was damaged is kept as it is"
    );
    let relay = Relay::on(data, &[]).await;
    let mut events = subscribe(relay.client(&token), None);
    let EventBody::Snapshot { calls } = next_event(&mut events).await.body else {
        panic!("a snapshot")
    };
    assert_eq!(calls.len(), 1, "as the backup has it");
    relay.stop().await;

    // A second one disturbs nothing that was set aside before.
    succeed(data, &from);
    assert_eq!(std::fs::read(&aside).unwrap(), bytes);
    assert!(named(data, ".aside-").len() >= 2 && named(data, ".restoring").is_empty());
}

#[tokio::test]
async fn only_a_sound_backup_of_a_relay_is_taken_and_nothing_is_touched_otherwise() {
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = folder.path();
    let relay = Relay::on(data, &[]).await;
    for call in 0..200 {
        relay.callback(&start_of(&format!("c{call}"), "1001")).await;
    }
    let good = place.path().join("good.db");
    succeed(data, &["backup", "--to", good.to_str().unwrap()]);
    relay.stop().await;
    let shown = succeed(data, &["backup", "--verify", good.to_str().unwrap()]);
    assert!(
        shown.contains("is sound") && shown.contains("200 calls, 200 events"),
        "{shown}"
    );

    let whole = std::fs::read(&good).unwrap();
    let before = std::fs::read(data.join("relay.db")).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let file = place.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    };
    let mut holed = whole.clone();
    let middle = whole.len() / 2 / 4096 * 4096;
    holed[middle..middle + 4096].fill(0xff);
    let other = place.path().join("other.db");
    rusqlite::Connection::open(&other)
        .unwrap()
        .execute_batch("CREATE TABLE note (text TEXT)")
        .unwrap();
    let newer = write("newer.db", &whole);
    rusqlite::Connection::open(&newer)
        .unwrap()
        .execute_batch("PRAGMA user_version = 1000")
        .unwrap();
    for (file, code, told) in [
        (write("holed.db", &holed), 65, "is no usable backup"),
        (
            write("short.db", &whole[..whole.len() / 2]),
            65,
            "is no usable backup",
        ),
        (
            write("nonsense.db", b"no database".repeat(1000).as_slice()),
            65,
            "is no usable backup",
        ),
        (other, 1, "no relay's"),
        (newer, 1, "install the newer relay"),
        (place.path().join("absent.db"), 1, "no such file"),
    ] {
        for words in [&["backup", "--verify"][..], &["restore", "--yes", "--from"]] {
            let output = run(data, &[words, &[file.to_str().unwrap()]].concat());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(said.contains(told), "{words:?} {}: {said}", file.display());
            assert_eq!(output.status.code(), Some(code), "{said}");
        }
    }
    assert_eq!(std::fs::read(data.join("relay.db")).unwrap(), before);
    assert_eq!(named(data, ".aside-"), Vec::<PathBuf>::new());
}

/// A relay that started on an empty database would tell every desktop that it was revoked.
#[test]
fn no_relay_starts_between_the_two_halves_of_a_restore() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    succeed(data, &MAKES_A_DATABASE);
    let copy = folder.path().join("copy.db");
    succeed(data, &["backup", "--to", copy.to_str().unwrap()]);
    std::fs::rename(data.join("relay.db"), data.join("relay.db.restoring")).unwrap();
    let told = refused(data);
    assert!(String::from_utf8_lossy(&told.stderr).contains("restore was interrupted"));
    assert!(!data.join("relay.db").exists());
    succeed(data, &["restore", "--from", copy.to_str().unwrap()]);
    succeed(data, &["token", "list"]);
}

#[test]
fn a_backup_that_was_killed_is_no_obstacle_to_the_next() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &MAKES_A_DATABASE);
    let file = folder.path().join("copy.db");
    std::fs::write(folder.path().join("copy.db.partial"), "half").unwrap();
    succeed(folder.path(), &["backup", "--to", file.to_str().unwrap()]);
    assert_eq!(named(folder.path(), ".partial"), Vec::<PathBuf>::new());
}
