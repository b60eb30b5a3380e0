//! What the link makes of the relay's news.

use super::*;
use telephony::{AccountId, CallId, CallState, Direction};
use tokio::time::Instant;

const LONG: Duration = Duration::from_secs(40);

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn now(second: i64) -> Now {
    Now {
        wall: at(second),
        ..Now::here()
    }
}

/// A link whose relay doesn't matter; the folder is to be kept as long.
fn link() -> (RelayLink, tempfile::TempDir) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (inputs, _told) = mpsc::channel(16);
    let journal = JournalHandle::start(folder.path().join("journal.db"), inputs.clone()).unwrap();
    let relay = RelayUrl::parse("http://127.0.0.1:9/").unwrap();
    let link = RelayLink::start(1, relay, "token".into(), None, LONG, journal, inputs).unwrap();
    (link, folder)
}

fn call(id: &str, state: CallState) -> Call {
    Call {
        call_id: CallId(id.into()),
        account_id: AccountId("1001".into()),
        direction: Direction::Incoming,
        state,
        calling_number: None,
        called_number: None,
        started_at: at(0),
        connected_at: None,
        ended_at: (state == CallState::Ended).then(|| at(5)),
        status: None,
        billable_duration: None,
        end_unknown: false,
        extension: None,
        extra: Default::default(),
    }
}

fn event(id: u64, body: EventBody) -> News {
    News::Update(Update::Event(Box::new(RelayEvent {
        id: EventId(id),
        at: at(10),
        body,
    })))
}

#[tokio::test]
async fn after_a_gap_the_list_ends_no_call_that_the_stream_told_of() {
    let (mut link, _folder) = link();
    link.on(News::From(Begin::After(EventId(3))), now(10));
    link.on(event(0, EventBody::Gap), now(10));
    let ringing = call("ringing", CallState::Ringing);
    let heard = link.on(event(40, EventBody::Snapshot { calls: vec![ringing] }), now(10));
    assert!(matches!(heard.events.as_slice(), [Event::LiveCalls { calls, .. }] if calls.len() == 1));
    assert_eq!(heard.position, None, "not before the list is here");

    // Read before that call began, answered after it.
    let list = CallList {
        at: at(20),
        as_of: EventId(39),
        live: Vec::new(),
        ended: vec![call("ended", CallState::Ended)],
        is_cut: false,
    };
    let heard = link.on(News::Calls(Ok(list)), now(20));
    let [
        Event::CatchingUp,
        Event::Call { call, origin, .. },
        Event::CaughtUp,
    ] = heard.events.as_slice()
    else {
        panic!("only what ended comes from the list: {:?}", heard.events)
    };
    assert_eq!((call.call_id.0.as_str(), *origin), ("ended", Origin::Relay));
    assert_eq!(heard.history_cut, Some(false));
    assert_eq!(heard.position.unwrap().event, "40");

    link.on(event(0, EventBody::Gap), now(30));
    let list = CallList {
        at: at(30),
        as_of: EventId(41),
        live: Vec::new(),
        ended: Vec::new(),
        is_cut: true,
    };
    let heard = link.on(News::Calls(Ok(list)), now(30));
    assert_eq!(heard.history_cut, Some(true), "and that it isn't whole is told");
}

#[tokio::test]
async fn row_06_a_clock_that_is_set_makes_no_call_old_or_new() {
    let (mut link, _folder) = link();
    let start = Instant::now();
    let live = Update::Live {
        clock_skew: Some(jiff::SignedDuration::from_secs(-20)),
    };
    let connected = Now {
        wall: at(30),
        moment: start,
        sleepless: Some(Duration::ZERO),
    };
    link.on(News::Update(live), connected);
    // The relay's clock was at 10 then, and the call changed at 10. Ours is set meanwhile.
    for set in [0, 3600, -3600, 86_400] {
        for passed in [0, 12, 45] {
            let now = Now {
                wall: at(30 + set + passed),
                moment: start + seconds(passed),
                sleepless: Some(seconds(passed)),
            };
            assert_eq!(age_of_a_call(&mut link, now), passed, "set by {set} s");
        }
    }
}

/// What came while the machine slept waits in the socket, and is read before anybody says that there was a sleep.
#[tokio::test]
async fn a_call_grows_old_while_the_machine_sleeps() {
    let connected = |sleepless| Now {
        wall: at(10),
        moment: Instant::now(),
        sleepless,
    };
    // The clock of the timers stands still meanwhile; elsewhere it goes on. The wall's may be set right later.
    let (still, goes_on) = (connected(Some(seconds(500))), connected(None));
    for (connected, woken) in [
        (
            still,
            Now {
                sleepless: Some(seconds(500 + 3600)),
                ..still
            },
        ),
        (
            goes_on,
            Now {
                moment: goes_on.moment + seconds(3600),
                ..goes_on
            },
        ),
    ] {
        let (mut link, _folder) = link();
        link.on(News::Update(Update::Live { clock_skew: None }), connected);
        assert_eq!(age_of_a_call(&mut link, connected), 0);
        assert_eq!(age_of_a_call(&mut link, woken), 3600);
    }
}

fn seconds(seconds: i64) -> Duration {
    Duration::from_secs(seconds.unsigned_abs())
}

/// In seconds, of a call that changed at 10 by the relay's clock.
fn age_of_a_call(link: &mut RelayLink, now: Now) -> i64 {
    let call = call("ringing", CallState::Ringing);
    let heard = link.on(event(40, EventBody::Call { call }), now);
    let [Event::Call { age_s, .. }] = heard.events.as_slice() else {
        panic!("{:?}", heard.events)
    };
    *age_s
}

#[tokio::test]
async fn a_relay_that_names_very_many_lines_leaves_the_state_small() {
    let (mut link, _folder) = link();
    link.on(News::Update(Update::Live { clock_skew: None }), now(0));
    let long = "9".repeat(LONGEST_ID + 1);
    let many = (0..40_000).map(|n| AccountId(n.to_string()));
    let me = Me {
        label: "x".into(),
        accounts: [AccountId(long.clone())].into_iter().chain(many).collect(),
        capabilities: relay_api::wire::Capabilities { dial: true },
        scope: Default::default(),
        renew_after: None,
        version: "1".into(),
        at: at(0),
    };
    let heard = link.on(News::Me(Ok(me)), now(0));
    let Some(Event::Link(LinkState::Live { accounts, .. })) = heard.events.first() else {
        panic!("not live: {:?}", heard.events)
    };
    assert_eq!((accounts.len(), accounts[0].0.as_str()), (MOST_ACCOUNTS, "0"));

    let calls = || vec![call(&long, CallState::Ringing), call("a", CallState::Ringing)];
    let told = link.on(
        event(
            1,
            EventBody::Call {
                call: calls().remove(0),
            },
        ),
        now(1),
    );
    assert!(
        told.events.is_empty() && told.position.is_some(),
        "{:?}",
        told.events
    );
    let told = link.on(event(2, EventBody::Snapshot { calls: calls() }), now(1));
    let Some(Event::LiveCalls { calls, .. }) = told.events.first() else {
        panic!("no list: {:?}", told.events)
    };
    assert_eq!(calls.len(), 1);
}
