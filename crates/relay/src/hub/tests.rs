use std::net::Ipv4Addr;

use super::queue::BUFFER_BYTES;
use super::*;

fn hub(bounds: Bounds) -> Arc<Hub> {
    Arc::new(Hub::new(bounds))
}

const ROOMY: Bounds = Bounds {
    buffer: 4,
    recent: 1000,
    all: 100,
    per_token: 100,
    per_address: 100,
};

fn who(token: &str, from: u8) -> Who {
    Who {
        token: token.to_owned(),
        accounts: Arc::new(BTreeSet::from([AccountId("1001".to_owned())])),
        address: Some(Ipv4Addr::new(192, 0, 2, from).into()),
    }
}

fn event(id: u64, length: usize) -> StoredEvent {
    StoredEvent {
        id: EventId(id),
        account: AccountId("1001".to_owned()),
        body: "x".repeat(length).into(),
    }
}

#[test]
fn each_bound_holds_and_a_place_that_is_free_is_given_again() {
    for (bounds, second, full) in [
        (Bounds { all: 1, ..ROOMY }, who("b", 2), Full::All),
        (
            Bounds {
                per_token: 1,
                ..ROOMY
            },
            who("a", 2),
            Full::Token,
        ),
        (
            Bounds {
                per_address: 1,
                ..ROOMY
            },
            who("b", 1),
            Full::Address,
        ),
    ] {
        let hub = hub(bounds);
        let first = hub.listen(who("a", 1)).unwrap();
        assert_eq!(hub.listen(second.clone()).unwrap_err(), full);
        assert!(!first.is_cut(), "nobody makes room");
        drop(first);
        drop(hub.listen(second).unwrap());
        let inner = hub.lock();
        assert!(inner.by_token.0.is_empty() && inner.by_address.0.is_empty() && inner.by_account.is_empty());
    }
    // An address that tells nothing isn't counted.
    let hub = hub(Bounds {
        per_address: 1,
        ..ROOMY
    });
    let nowhere = Who {
        address: None,
        ..who("a", 1)
    };
    let _held = [hub.listen(nowhere.clone()).unwrap(), hub.listen(nowhere).unwrap()];
}

#[test]
fn what_waits_for_one_is_bounded_in_events_and_bytes_and_others_get_all() {
    for (length, fit) in [(10, 4), (BUFFER_BYTES / 2, 2), (BUFFER_BYTES * 2, 1)] {
        let hub = hub(ROOMY);
        let mut slow = hub.listen(who("a", 1)).unwrap();
        let mut quick = hub.listen(who("b", 1)).unwrap();
        for id in 1..=5 {
            hub.publish(vec![event(id, length)]);
            assert_eq!(quick.try_next().unwrap().event.id, EventId(id));
            assert_eq!(slow.is_cut(), id > fit, "{length} {id}");
        }
        assert!(!quick.is_cut());
        let got: Vec<_> = std::iter::from_fn(|| slow.try_next())
            .map(|event| event.event.id.0)
            .collect();
        assert_eq!(got, (1..=fit).collect::<Vec<_>>(), "what fitted was handed over");
    }
}

#[test]
fn who_comes_back_is_told_its_own_accounts_from_memory_until_the_store_forgets() {
    let hub = hub(Bounds {
        recent: 10_000,
        ..ROOMY
    });
    hub.begin(EventId(10));
    let other = StoredEvent {
        account: AccountId("1002".to_owned()),
        ..event(12, 5)
    };
    hub.publish(vec![event(11, 5), other, event(13, 5)]);
    let listener = hub.listen(who("a", 1)).unwrap();
    let told = |after| {
        let page = listener.recent(EventId(after), listener.from)?;
        assert!(page.is_all);
        Some(page.events.iter().map(|event| event.id.0).collect::<Vec<_>>())
    };
    assert_eq!(told(10), Some(vec![11, 13]));
    assert_eq!(told(11), Some(vec![13]));
    assert_eq!(told(9), None, "that was before");
    hub.forget(EventId(11));
    assert_eq!(told(10), None);
    assert_eq!(told(11), Some(vec![13]));
    hub.keep_only(&HashSet::new());
    assert_eq!(told(11), None, "a revoked token is told nothing");
}

#[tokio::test(start_paused = true)]
async fn a_drain_lets_nobody_in_and_ends_all_within_its_window_never_many_at_a_time() {
    for (count, window) in [(1u32, 10_000), (100, 10_000), (5000, 10_000), (5000, 1000)] {
        let window = Duration::from_millis(window);
        let hub = hub(Bounds {
            all: 10_000,
            per_token: 10_000,
            per_address: 10_000,
            ..ROOMY
        });
        let listeners: Vec<_> = (0..count).map(|_| hub.listen(who("a", 1)).unwrap()).collect();
        let begun = Instant::now();
        let ends = listeners.into_iter().map(|mut listener| async move {
            assert!(listener.next().await.is_none());
            let back_in = listener.take_back_in().unwrap();
            assert_eq!(listener.take_back_in(), None, "said once");
            (begun.elapsed(), begun.elapsed() + back_in)
        });
        // Not chance, but as far apart.
        let mut drawn = 0..;
        let jitter = |spread: Duration| spread * drawn.next().unwrap_or_default() / count;
        let (ends, ()) = tokio::join!(
            futures_util::future::join_all(ends),
            hub.drain(window, |ids| ids.reverse(), jitter)
        );
        let (mut ends, mut returns): (Vec<_>, Vec<_>) = ends.into_iter().unzip();
        assert_eq!(hub.listen(who("b", 2)).unwrap_err(), Full::Stopping);
        assert!(ends.is_sorted_by(|a, b| a >= b), "in the order that was given");
        ends.sort();
        assert!(*ends.last().unwrap() <= window + Duration::from_millis(1));
        let most_in_a_second = |moments: &[Duration]| {
            let within = |first: &Duration| {
                let second = *first..*first + Duration::from_secs(1);
                moments.iter().filter(|moment| second.contains(*moment)).count()
            };
            moments.iter().step_by(97).map(within).max().unwrap()
        };
        let most = most_in_a_second(&ends);
        let fair = (1000 / 2).max(count as usize * 1000 / usize::try_from(window.as_millis()).unwrap()) + 2;
        assert!(most <= fair, "{count}: {most} end in one second");
        // They come back when nobody is left, and then no faster.
        returns.sort();
        assert!(returns[0] + Duration::from_millis(2) >= *ends.last().unwrap());
        let most = most_in_a_second(&returns);
        assert!(most <= 500 + 2, "{count}: {most} come back in one second");
    }
}
