//! Whatever comes, nothing panics, and nothing is made of it that isn't in it. Under `cargo test` a second of inputs, the same
//! each time (`.cargo/config.toml`); a fuzzer looks for others with `cargo bolero test fuzz::NAME -p centrex-relay`.

use std::collections::BTreeMap;

use centrex::callback::parse;
use jiff::{SignedDuration, Timestamp};
use relay_api::wire::{Event, EventBody, EventId};
use telephony::{AccountId, CallId, CallState, Direction};

use crate::correlate::{Limits, Record, Report, Signal, Verdict};
use crate::ingest::{self, Incoming};
use crate::store::InMemory;
use crate::store::kinds::{column, event_id, history};

fn begin() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

/// The parameters that the guide names, and some values that mean something; the rest is the fuzzer's.
const WORDS: [&str; 14] = [
    "event",
    "call_id",
    "account_id",
    "calling_number",
    "called_number",
    "status",
    "billable_duration",
    "incoming_call_start",
    "outgoing_call_start",
    "call_connected",
    "call_end",
    "anonymous",
    "c1",
    "4207001",
];

/// A query of words and of bytes as they come.
fn query_of(parts: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let mut query = Vec::new();
    for (name, value, raw) in parts {
        let word = |number: u8| WORDS.get(usize::from(number) % (2 * WORDS.len()));
        for (word, end) in [(word(*name), b'='), (word(*value), b'&')] {
            query.extend_from_slice(word.map_or(raw, |word| word.as_bytes()));
            query.push(end);
        }
    }
    query
}

#[test]
fn callbacks_of_any_bytes_are_matched_or_set_aside_whole() {
    type Parts = Vec<(u8, u8, Vec<u8>)>;
    bolero::check!()
        .with_type::<(Vec<Parts>, Option<Vec<u8>>)>()
        .for_each(|(callbacks, form)| {
            let mut store = InMemory::new(begin());
            for parts in callbacks {
                let incoming = Incoming {
                    method: "POST",
                    query: query_of(parts),
                    form: form.clone(),
                    content_type: None,
                };
                let callback = parse(&incoming.query, incoming.form.as_deref());
                let call_id = callback.call_id.clone();
                let Ok(report) = ingest::understand(callback) else {
                    continue;
                };
                let (_, events) =
                    store.commit(move |batch| ingest::apply(batch, &report, &incoming, begin()));
                for event in events {
                    let told: Event = serde_json::from_str(&event.body).unwrap();
                    let EventBody::Call { call } = told.body else {
                        panic!("{}", event.body)
                    };
                    assert_eq!((told.id, &call.account_id), (event.id, &event.account));
                    assert_eq!(Some(&call.call_id), call_id.as_ref());
                    assert!(!event.body.contains('\n'), "one line of a stream holds it");
                }
            }
        });
}

#[test]
fn no_order_of_callbacks_and_no_clock_takes_a_call_back() {
    bolero::check!()
        .with_type::<Vec<(u8, u8, i16)>>()
        .for_each(|steps| {
            let (mut record, mut now) = (Record::default(), begin());
            let mut states: BTreeMap<AccountId, CallState> = BTreeMap::new();
            for (what, account, seconds) in steps {
                now = now
                    .saturating_add(SignedDuration::from_secs((*seconds).into()))
                    .unwrap();
                let before = record.clone();
                let changed = if what % 5 == 4 {
                    record.expire(now, &Limits::default())
                } else {
                    let report = Report {
                        call_id: CallId("c".to_owned()),
                        signal: signal(what % 5, account % 3),
                        extra: BTreeMap::new(),
                    };
                    let (verdict, changed) = record.on(&report, now);
                    assert_eq!(verdict == Verdict::Changed, !changed.is_empty());
                    if !matches!(verdict, Verdict::Changed | Verdict::Early) {
                        assert_eq!(record, before);
                    }
                    changed
                };
                for leg in changed {
                    let former = states.insert(leg.account_id.clone(), leg.state);
                    assert!(
                        former.is_none_or(|former| former <= leg.state),
                        "{former:?} {leg:?}"
                    );
                    let times = [Some(leg.started_at), leg.connected_at, leg.ended_at];
                    assert!(times.into_iter().flatten().is_sorted(), "{leg:?}");
                    assert_eq!(leg.ended_at.is_some(), leg.state == CallState::Ended);
                }
            }
        });
}

fn signal(what: u8, account: u8) -> Signal {
    let start = |direction| Signal::Start {
        direction,
        account_id: AccountId(account.to_string()),
        calling_number: None,
        called_number: None,
    };
    match what {
        0 => start(Direction::Incoming),
        1 => start(Direction::Outgoing),
        2 => Signal::Connected,
        _ => Signal::End {
            status: None,
            billable_duration: None,
        },
    }
}

#[test]
fn a_cursor_of_any_text_is_known_or_not_and_never_another_one() {
    let store = InMemory::new(begin());
    let head = store.head();
    bolero::check!()
        .with_type::<(String, u64)>()
        .for_each(|(text, number)| {
            for text in [text.clone(), number.to_string(), format!("{number}{text}")] {
                let Ok(id) = text.trim().parse::<EventId>() else {
                    continue;
                };
                let digits = text.trim().trim_start_matches('+').trim_start_matches('0');
                assert_eq!(id.to_string().trim_start_matches('0'), digits);
                let known = store.ask(|db| history::knows(db, id)).unwrap();
                assert!(!known || id <= head, "nobody was given {id}");
                assert!(id.0 >= 1 << 53 || event_id(column(id)) == id);
            }
        });
}
