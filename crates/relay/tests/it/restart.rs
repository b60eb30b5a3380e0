//! Starting on a database that holds very much.

use std::time::{Duration, Instant};

use centrex_relay::store;
use jiff::Timestamp;
use telephony::CallState;

use crate::support::{Relay, SECRET, call_of, http, next_event, start_of, subscribe};
use crate::support_process::Process;

#[path = "../../examples/fill.rs"]
#[expect(dead_code, reason = "the program's main")]
mod fill;

/// From exec until the first callback is answered.
async fn accepts_within(events: u64) -> Duration {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    fill::fill(folder.path(), events).unwrap();
    // Dead in the middle of its work, so that there is a log to be read again.
    let mut relay = Process::serve(folder.path(), &[], &[]);
    relay.kill();
    let begun = Instant::now();
    let relay = Process::serve(folder.path(), &[], &[]);
    let url = format!("{}/callback/{SECRET}?{}", relay.base, start_of("first", "1001"));
    assert_eq!(http().get(url).send().await.unwrap().status(), 200);
    begun.elapsed()
}

#[tokio::test]
async fn with_a_hundred_thousand_events_it_accepts_as_quickly_as_with_none() {
    let (few, many) = (accepts_within(1).await, accepts_within(100_000).await);
    println!("with one event {few:?}, with 100,000 {many:?}");
    assert!(many < few + Duration::from_secs(1));
}

/// `EVENTS` says how many, else ten million (some 6 GB, and a minute or two to make).
#[tokio::test]
#[ignore = "takes minutes and gigabytes; cargo xtask soak runs it"]
async fn with_ten_million_events_it_accepts_within_a_second() {
    let events = std::env::var("EVENTS").map_or(10_000_000, |text| text.parse().unwrap());
    let took = accepts_within(events).await;
    println!("{events} events: accepts after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

/// Forgetting takes its time, which nobody who waits has to wait for.
#[tokio::test]
async fn a_call_is_closed_in_time_while_there_is_very_much_to_forget() {
    const MANY: i64 = 100_000;
    let folder = tempfile::tempdir().unwrap();
    let now = Timestamp::now();
    let fill = |db: &rusqlite::Connection| {
        // The newest is of now, so that the clock is believed.
        let events = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
             INSERT INTO event (id, account, at, body) SELECT i, '1001', iif(i = ?1, ?2, 0), '{}' FROM n";
        db.execute(events, [MANY, now.as_millisecond()])
    };
    store::direct(folder.path(), now, fill).unwrap();
    let relay = Relay::on(folder.path(), &[("calls.ringing_limit", "500ms")]).await;
    let mut events = subscribe(relay.client(&relay.enrol(&["1001"]).await), None);
    next_event(&mut events).await;
    relay.callback(&start_of("c1", "1001")).await;
    assert_eq!(call_of(&next_event(&mut events).await).1, CallState::Ringing);
    assert_eq!(call_of(&next_event(&mut events).await).1, CallState::Ended);
    let count = |db: &rusqlite::Connection| {
        let count = "SELECT count(*) FROM event WHERE id < ?1";
        db.query_row(count, [MANY], |row| row.get::<_, i64>(0))
    };
    let left = store::look(folder.path(), count).unwrap();
    assert!(0 < left && left < MANY - 1, "it is under way: {left}");
    relay.stop().await;
}
