//! A journal that can't be opened at the start, and can be later.

use super::*;

/// Takes a folder's place in the file's way: no user's rights help there.
fn block(file: &std::path::Path) -> PathBuf {
    let kept = file.with_extension("kept");
    if file.exists() {
        std::fs::rename(file, &kept).unwrap();
    }
    std::fs::create_dir(file).unwrap();
    kept
}

fn unblock(file: &std::path::Path, kept: &std::path::Path) {
    std::fs::remove_dir(file).unwrap();
    if kept.exists() {
        std::fs::rename(kept, file).unwrap();
    }
}

/// A closed journal that an earlier run wrote: one missed call that nobody saw, heard until then, and a position.
async fn closed() -> (Desk, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("journal.db");
    let (mut journal, _) = Journal::open(&file, now()).unwrap();
    let earlier = [
        Change::Heard(Hearing::Live(now())),
        missed(0),
        Change::Heard(Hearing::Lost(now() + SignedDuration::from_secs(60))),
    ];
    journal.apply(&earlier, position(7).as_ref()).unwrap();
    drop(journal);
    let kept = block(&file);
    (Desk::at(folder, "journal.db").await, kept)
}

async fn told_late(desk: &mut Desk) -> Box<crate::journal::JournalOpened> {
    let Some(Input::Journal(opened)) = desk.inputs.recv().await else {
        panic!("told once it is open");
    };
    assert!(opened.late && opened.opened.is_ok());
    opened
}

async fn unread(desk: &Desk, id: usize) -> bool {
    desk.journal.call(key(id)).await.unwrap().unwrap().unread
}

#[tokio::test]
async fn what_came_meanwhile_is_written_once_it_opens() {
    let (mut desk, kept) = closed().await;
    let journal = desk.journal.clone();
    assert!(matches!(
        journal.position(RELAY.into()).await,
        Err(AskError::NotKept)
    ));
    journal.keep(0, true);
    journal.apply(vec![from_number(1, 0)], position(20), now());
    journal.apply(vec![Change::MarkAllRead], None, now());
    journal.apply(vec![from_number(2, 0)], position(21), now());
    let name = Name {
        display: Some("Aurélie Lecœur".into()),
        ..Name::default()
    };
    journal.set_names(vec![(E164::parse("+33142685300").unwrap(), name)]);
    assert_eq!(journal.trouble().await.unwrap().message.id, "journal-unusable");
    let again = journal.position(RELAY.into()).await.unwrap();
    assert_eq!(
        again.as_deref(),
        Some("21"),
        "a connection that is made anew misses nothing"
    );

    unblock(&desk.path("journal.db"), &kept);
    assert_eq!(journal.trouble().await, None);
    let opened = told_late(&mut desk).await;
    let known: Vec<_> = opened
        .rows
        .iter()
        .map(|row| (&*row.call.call_id.0, row.unread))
        .collect();
    assert_eq!(known, [("0", true)], "what is known from the earlier run");
    let seen = [
        unread(&desk, 0).await,
        unread(&desk, 1).await,
        unread(&desk, 2).await,
    ];
    assert_eq!(seen, [true, false, true], "read is what could be seen");
    while desk.count("lecoeur").await < 2 {}

    // The connection that stands began without the position on disk: the one that takes its place begins there.
    journal.apply(vec![missed(3)], position(22), now());
    let begins = journal.position(RELAY.into()).await.unwrap();
    assert_eq!(begins.as_deref(), Some("7"));
    journal.apply(Vec::new(), position(8), now());
    let reached = journal.position(RELAY.into()).await.unwrap();
    assert_eq!(reached.as_deref(), Some("8"));
    assert_eq!(desk.count("").await, 4);
}

#[tokio::test]
async fn what_the_relay_told_a_closed_journal_fills_no_hole() {
    let (mut desk, kept) = closed().await;
    let at = |minutes| now() + SignedDuration::from_mins(minutes);
    let live = vec![
        Change::Heard(Hearing::Live(at(10))),
        Change::Heard(Hearing::Filled),
    ];
    desk.journal.apply(live, position(20), at(10));
    desk.journal.coverage(Hearing::Alive(at(12)));
    unblock(&desk.path("journal.db"), &kept);
    assert!(desk.journal.flush().await);
    told_late(&mut desk).await;
    let heard = desk.journal.coverage_between(now(), at(12)).await.unwrap();
    let pieces: Vec<_> = heard.iter().map(|piece| (piece.from, piece.hole)).collect();
    assert_eq!(
        pieces,
        [
            (at(0), None),
            (at(1), Some(companion::journal::Hole::Open)),
            (at(10), None)
        ]
    );
}

#[tokio::test]
async fn a_position_that_is_forgotten_meanwhile_does_not_come_back() {
    let (desk, kept) = closed().await;
    desk.journal.apply(vec![missed(1)], position(20), now());
    desk.journal.forget_position(RELAY.into());
    assert!(desk.journal.position(RELAY.into()).await.is_err());
    unblock(&desk.path("journal.db"), &kept);
    assert!(desk.journal.flush().await);
    assert_eq!(desk.journal.position(RELAY.into()).await.unwrap(), None);
}

#[tokio::test]
async fn beyond_what_can_be_held_the_next_start_asks_again() {
    let (mut desk, kept) = closed().await;
    desk.journal
        .apply((1..=HELD).map(missed).collect(), position(20), now());
    desk.journal.apply(vec![missed(HELD + 1)], position(21), now());
    unblock(&desk.path("journal.db"), &kept);
    assert!(desk.journal.flush().await);
    told_late(&mut desk).await;
    assert!(desk.journal.call(key(HELD)).await.unwrap().is_some());
    assert!(desk.journal.call(key(HELD + 1)).await.unwrap().is_none());
    for event in [7, 22] {
        let stands = desk.journal.position(RELAY.into()).await.unwrap();
        assert_eq!(stands.as_deref(), Some("7"), "before {event}");
        desk.journal.apply(Vec::new(), position(event), now());
    }
}

/// A file system of its own, gone when dropped.
#[cfg(target_os = "linux")]
struct Mount(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl Mount {
    /// `None`: this user may mount nothing.
    fn tmpfs(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mount = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=0700"), "none"])
            .arg(folder.path())
            .output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        mounted.then_some(Self(folder))
    }

    /// Takes all the room that is left.
    fn fill(&self) -> PathBuf {
        use std::io::Write as _;
        let ballast = self.0.path().join("ballast");
        let mut file = std::fs::File::create(&ballast).unwrap();
        while file.write_all(&[b'x'; 1024]).is_ok() {}
        ballast
    }
}

#[cfg(target_os = "linux")]
impl Drop for Mount {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount")
            .arg("-l")
            .arg(self.0.path())
            .status();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_is_full_at_the_start_keeps_nothing_from_being_remembered() {
    for damaged in [false, true] {
        let Some(mount) = Mount::tmpfs("2m") else {
            return eprintln!(
                "skipped: this user may mount no tmpfs; the tests beside this one block the file"
            );
        };
        let file = mount.0.path().join("journal.db");
        if damaged {
            std::fs::write(&file, [b'x'; 8192]).unwrap();
        }
        let ballast = mount.fill();
        let (inputs, mut from) = mpsc::channel(4);
        let journal = JournalHandle::start(file.clone(), inputs).unwrap();
        let Some(Input::Journal(opened)) = from.recv().await else {
            panic!("told");
        };
        assert!(opened.opened.is_err());
        journal.apply(vec![missed(1)], position(1), now());
        let trouble = journal.trouble().await.unwrap();
        assert_eq!(trouble.message.id, "journal-full-unopened", "{trouble:?}");

        std::fs::remove_file(&ballast).unwrap();
        assert_eq!(journal.trouble().await, None);
        let Some(Input::Journal(opened)) = from.recv().await else {
            panic!("told again");
        };
        match (damaged, &opened.opened) {
            (false, Ok(Opened::Existing | Opened::Fresh)) => {}
            (true, Ok(Opened::SetAside(aside))) => {
                assert_eq!(std::fs::read(aside).unwrap(), [b'x'; 8192]);
            }
            (_, other) => panic!("{other:?}"),
        }
        assert!(journal.call(key(1)).await.unwrap().is_some());
    }
}
