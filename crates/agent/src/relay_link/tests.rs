//! What the link makes of the relay's news.

use super::*;
use telephony::{AccountId, CallId, CallState, Direction};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
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
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = tempfile::tempdir().unwrap();
    let (inputs, _told) = mpsc::channel(16);
    let journal = JournalHandle::start(folder.path().join("journal.db"), inputs.clone()).unwrap();
    let relay = RelayUrl::parse("http://127.0.0.1:9/").unwrap();
    let mut link = RelayLink::start(1, relay, "token".into(), None, journal, inputs).unwrap();
    link.on(News::From(Some(EventId(3))), at(10));
    link.on(event(0, EventBody::Gap), at(10));
    let ringing = call("ringing", CallState::Ringing);
    let outcome = link.on(event(40, EventBody::Snapshot { calls: vec![ringing] }), at(10));
    assert!(matches!(outcome.events.as_slice(), [Event::LiveCalls { calls, .. }] if calls.len() == 1));
    assert_eq!(outcome.position, None, "not before the list is here");

    // Read before that call began, answered after it.
    let list = CallList {
        at: at(20),
        as_of: EventId(39),
        live: Vec::new(),
        ended: vec![call("ended", CallState::Ended)],
        is_cut: false,
    };
    let outcome = link.on(News::Calls(Ok(list)), at(20));
    let [
        Event::CatchingUp,
        Event::Call { call, origin, .. },
        Event::CaughtUp,
    ] = outcome.events.as_slice()
    else {
        panic!("only what ended comes from the list: {:?}", outcome.events)
    };
    assert_eq!((call.call_id.0.as_str(), *origin), ("ended", Origin::Relay));
    assert_eq!(outcome.history_cut, Some(false));
    assert_eq!(outcome.position.unwrap().event, "40");

    link.on(event(0, EventBody::Gap), at(30));
    let list = CallList {
        at: at(30),
        as_of: EventId(41),
        live: Vec::new(),
        ended: Vec::new(),
        is_cut: true,
    };
    let outcome = link.on(News::Calls(Ok(list)), at(30));
    assert_eq!(outcome.history_cut, Some(true), "and that it isn't whole is told");
}
