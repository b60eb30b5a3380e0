//! Invariant 1: no callback that was answered 2xx is lost, whenever the relay dies.

use std::collections::HashSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;

use centrex_relay::store;
use relay_api::wire::{EventBody, EventId};
use telephony::CallState;
use tokio::sync::watch;

use crate::support::{PATIENCE, SECRET, client, code, http, page, start_of};
use crate::support_process::{Process, command};

/// How often the relay is killed, unless the environment's `KILLS` says otherwise.
const KILLS: usize = 50;
/// How many callbacks are on their way at a time.
const SENDERS: usize = 8;

/// Sends callbacks until the relay is gone; notes those that were answered 200.
async fn burst(base: String, round: usize, sender: usize, acknowledged: Arc<watch::Sender<HashSet<String>>>) {
    let http = http();
    for number in 0.. {
        let call = format!("r{round}-s{sender}-n{number}");
        let url = format!("{base}/callback/{SECRET}?{}", start_of(&call, "1001"));
        match http.get(url).send().await {
            Ok(answer) if answer.status() == 200 => {
                acknowledged.send_modify(|calls| {
                    calls.insert(call);
                });
            }
            Ok(answer) => panic!("status {}", answer.status()),
            Err(_) => return,
        }
    }
}

/// As many events that are to be forgotten come back before each burst.
const OLD: u32 = 2_000;

/// Adds events of long ago below all others, as a relay that was off for months would find them.
fn add_old_events(data: &Path) {
    let database = rusqlite::Connection::open(data.join("relay.db")).unwrap();
    database.busy_timeout(PATIENCE).unwrap();
    database
        .execute_batch(&format!(
            "WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {OLD})
             INSERT INTO event (id, account, at, body)
             SELECT (SELECT coalesce(max(id), 0) FROM event WHERE at < 100) + id, '1001', 1, '{{}}' FROM n"
        ))
        .unwrap();
}

fn old_events(data: &Path) -> u32 {
    let database = rusqlite::Connection::open(data.join("relay.db")).unwrap();
    database
        .query_row("SELECT count(*) FROM event WHERE at < 100", [], |row| row.get(0))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_in_a_burst_again_and_again_it_loses_nothing_that_it_acknowledged() {
    let kills = std::env::var("KILLS").map_or(KILLS, |text| text.parse().expect("KILLS is a number"));
    let (folder, place) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let data = folder.path();
    let mut whole_backups = 0;
    let mut token = String::new();
    let mut position = None;
    let mut heard: Vec<(EventId, String)> = Vec::new();
    let acknowledged = Arc::new(watch::Sender::new(HashSet::new()));
    for round in 0..=kills {
        let mut relay = Process::serve(data, &["--log-format", "json"], &[("CENTREX_RELAY_LOG", "error")]);
        if round == 0 {
            token = client(&relay.base, "none")
                .enrol(&code(data, &["1001"]))
                .await
                .unwrap()
                .token;
            position = Some(page(&relay.base, &token, None).await.next);
        }
        // Everything since the last time, in pages: nothing may have been lost or changed its place.
        loop {
            let told = page(&relay.base, &token, position).await;
            for event in &told.events {
                let EventBody::Call { call } = &event.body else {
                    panic!("a gap after a kill: {event:?}")
                };
                assert!(Some(event.id) > position, "positions never repeat or go back");
                position = Some(event.id);
                // One that rings for minutes is closed meanwhile, in a long run.
                if call.state == CallState::Ringing {
                    heard.push((event.id, call.call_id.0.clone()));
                }
            }
            if told.events.is_empty() {
                break;
            }
        }
        if round == kills {
            break;
        }
        // The relay forgets while it takes callbacks, and a backup is made: whatever is under way, it may die.
        add_old_events(data);
        let copy = place.path().join(format!("{round}.db"));
        let mut backup = command(data)
            .args(["backup", "--to"])
            .arg(&copy)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Another moment each round, from the very first requests to the middle of the burst.
        let wanted = acknowledged.borrow().len() + (1 + 7 * round) % 61;
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                tokio::spawn(burst(
                    relay.base.clone(),
                    round,
                    sender,
                    Arc::clone(&acknowledged),
                ))
            })
            .collect();
        let mut told = acknowledged.subscribe();
        let enough = told.wait_for(|calls| calls.len() >= wanted);
        drop(
            tokio::time::timeout(PATIENCE, enough)
                .await
                .expect("the burst goes on")
                .unwrap(),
        );
        relay.kill();
        backup.kill().unwrap();
        backup.wait().unwrap();
        if copy.exists() {
            whole_backups += 1;
            store::verify(&copy).unwrap();
            std::fs::remove_file(&copy).unwrap();
        }
        for sender in senders {
            sender.await.unwrap();
        }
    }
    let calls: HashSet<&str> = heard.iter().map(|(_, call)| call.as_str()).collect();
    assert_eq!(calls.len(), heard.len(), "each call was told once");
    let acknowledged = acknowledged.borrow();
    let lost: Vec<_> = acknowledged
        .iter()
        .filter(|call| !calls.contains(call.as_str()))
        .collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(acknowledged.len() > kills, "there was a burst each time");
    let left = old_events(data);
    assert!(
        (left as usize) < OLD as usize * kills,
        "nothing was ever forgotten: {left}"
    );
    println!(
        "{kills} kills: {} acknowledged, {whole_backups} backups were whole, {left} old events left",
        acknowledged.len()
    );
}
