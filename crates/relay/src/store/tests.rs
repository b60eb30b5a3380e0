//! What holds for every write, seen from beside the writer.

use std::sync::mpsc;

use jiff::Timestamp;
use relay_api::wire::EventId;
use rusqlite::Connection;
use serde_json::json;
use telephony::Call;

use super::kinds::event::StoredEvent;
use super::kinds::token::Token;
use super::*;

/// Tells of each event that is handed out whether another connection finds it in the database.
struct Onlooker {
    path: PathBuf,
    seen: mpsc::Sender<(EventId, bool)>,
}

impl Committed for Onlooker {
    fn events(&self, events: Vec<StoredEvent>) {
        let database = Connection::open(&self.path).unwrap();
        for event in events {
            let id = kinds::column(event.id);
            let count = "SELECT count(*) FROM event WHERE id = ?1";
            let count: i64 = database.query_row(count, [id], |row| row.get(0)).unwrap();
            self.seen.send((event.id, count == 1)).unwrap();
        }
    }

    fn tokens(&self, _: Vec<Token>) {}
}

fn call() -> Call {
    let call = json!({
        "call_id": "c1", "account_id": "1001", "direction": "incoming", "state": "ringing",
        "started_at": Timestamp::UNIX_EPOCH,
    });
    serde_json::from_value(call).unwrap()
}

#[tokio::test]
async fn what_is_handed_out_is_on_disk_and_what_failed_never_is() {
    let folder = tempfile::tempdir().unwrap();
    let (sender, seen) = mpsc::channel();
    let committed = Box::new(Onlooker {
        path: folder.path().join(FILE),
        seen: sender,
    });
    let now = Timestamp::UNIX_EPOCH;
    let (writer, _, head) = Writer::start(folder.path(), WriterOptions { committed }, now).unwrap();
    let write = |fails| {
        writer.run(move |batch| {
            batch.publish(call(), now)?;
            if fails {
                Err(rusqlite::Error::InvalidQuery)
            } else {
                Ok(())
            }
        })
    };
    // Side by side, so that good and bad may share a commit.
    let (first, bad, second) = tokio::join!(write(false), write(true), write(false));
    first.unwrap();
    bad.unwrap_err();
    second.unwrap();
    // An answer comes after the handing out, so all of it is here.
    let seen: Vec<_> = seen.try_iter().collect();
    let wanted = [EventId(head.0 + 1), EventId(head.0 + 2)];
    assert_eq!(seen, wanted.map(|id| (id, true)));
}
