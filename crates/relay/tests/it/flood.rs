//! Wrong tokens, secrets and codes by the thousand: those who come with the right ones notice nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Instant;

use centrex_relay::secret::code::Code;
use relay_api::wire::EventBody;

use crate::support::{Relay, code, http, next_event, start_of, subscribe};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_floods_is_limited_and_nobody_else_at_the_same_address() {
    let relay = Relay::start().await;
    let token = relay.enrol(&["1001"]).await;
    let desktop = relay.client(&token);
    let mut events = subscribe(relay.client(&token), None);
    next_event(&mut events).await;
    let begun = Instant::now();
    let stop = Arc::new(AtomicBool::new(false));
    let counts: Arc<[AtomicUsize; 3]> = Arc::default();
    let mut flood = tokio::task::JoinSet::new();
    for sender in 0..6 {
        let (base, stop, counts) = (relay.base.clone(), Arc::clone(&stop), Arc::clone(&counts));
        flood.spawn(async move {
            let http = http();
            for number in 0.. {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let request = match sender % 3 {
                    0 => http
                        .get(format!("{base}/v1/me"))
                        .bearer_auth(format!("ctr_wrong{number}")),
                    1 => http.get(format!("{base}/callback/wrong-{number}?event=call_end")),
                    _ => {
                        let guess = Code::new(&mut rand::rng()).reveal();
                        http.post(format!("{base}/v1/enrolments/{guess}"))
                    }
                };
                let status = request.send().await.unwrap().status().as_u16();
                let place = match status {
                    401 | 404 => 0,
                    429 => 1,
                    other => panic!("{other}"),
                };
                counts[place].fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    // From the same address, all the while.
    for number in 0.. {
        let call = format!("c{number}");
        relay.callback(&start_of(&call, "1001")).await;
        let EventBody::Call { call: heard } = next_event(&mut events).await.body else {
            panic!("not a call")
        };
        assert_eq!(heard.call_id.0, call);
        if number % 50 == 0 {
            desktop.me().await.unwrap();
        }
        if number >= 300 && counts[1].load(Ordering::Relaxed) >= 1000 {
            break;
        }
    }
    // A right code is traded in the middle of it.
    let code = code(&relay.data, &["1001"]);
    crate::support::client(&relay.base, "none")
        .enrol(&code)
        .await
        .unwrap();
    stop.store(true, Ordering::Relaxed);
    while let Some(ended) = flood.join_next().await {
        ended.unwrap();
    }
    let told: Vec<usize> = counts.iter().map(|count| count.load(Ordering::Relaxed)).collect();
    // 120 addresses that don't exist and ten codes, and what has been allowed again since: two and a sixth a second.
    let allowed = 200.0 + 2.2 * begun.elapsed().as_secs_f64();
    assert!(
        (told[0] as f64) < allowed,
        "few were told more than that there were too many: {told:?}"
    );
}
