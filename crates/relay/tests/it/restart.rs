//! Starting on a database that holds very much.

use std::time::{Duration, Instant};

use crate::support::{SECRET, http, start_of};
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

/// `EVENTS` says how many, else ten million (some 5 GB and minutes to make).
#[tokio::test]
#[ignore = "takes minutes and gigabytes; cargo xtask soak runs it"]
async fn with_ten_million_events_it_accepts_within_a_second() {
    let events = std::env::var("EVENTS").map_or(10_000_000, |text| text.parse().unwrap());
    let took = accepts_within(events).await;
    println!("{events} events: accepts after {took:?}");
    assert!(took < Duration::from_secs(1), "{took:?}");
}
