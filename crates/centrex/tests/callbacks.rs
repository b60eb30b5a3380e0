//! Callbacks as the guide has them, and as they may come.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

use centrex::callback::ODD_PARAMETERS;
use centrex::{Callback, Event, Problem, parse};
use proptest::prelude::*;
use telephony::{AccountId, CallId, E164, Party};

fn read(query: &str) -> Callback {
    parse(query.as_bytes(), None)
}

fn number(text: &str) -> Option<Party> {
    Some(Party::Number(E164::parse(text).unwrap()))
}

fn other(text: &str) -> Option<Party> {
    Some(Party::Other(text.to_owned()))
}

#[test]
fn the_four_documented_events() {
    for (name, event) in [
        ("outgoing_call_start", Event::OutgoingCallStart),
        ("incoming_call_start", Event::IncomingCallStart),
    ] {
        let callback = read(&format!(
            "call_id=c-1&event={name}&calling_number=33199001234&called_number=33142685300&account_id=acc1"
        ));
        assert_eq!(callback.event, event);
        assert_eq!(callback.event.as_str(), name);
        assert_eq!(callback.call_id, Some(CallId("c-1".to_owned())));
        assert_eq!(callback.account_id, Some(AccountId("acc1".to_owned())));
        assert_eq!(callback.calling_number, number("+33199001234"));
        assert_eq!(callback.called_number, number("+33142685300"));
        assert_eq!((callback.problems.len(), callback.extra.len()), (0, 0));
    }
    let callback = read("call_id=c-1&event=call_connected");
    assert_eq!(
        (callback.event, callback.account_id, callback.problems.len()),
        (Event::CallConnected, None, 0)
    );
    // The guide lists call_id twice for this one.
    let callback = read("call_id=c-1&event=call_end&call_id=c-1&status=ANSWERED&billable_duration=65");
    assert_eq!(callback.event, Event::CallEnd);
    assert_eq!(callback.status.as_deref(), Some("ANSWERED"));
    assert_eq!(callback.billable_duration, Some(65));
    assert_eq!((callback.problems.len(), callback.extra.len()), (0, 0));
}

#[test]
fn numbers_are_read_in_every_form_of_e164() {
    for value in [
        "33199001234",
        "+33199001234",
        "%2B33199001234",
        "%2b33199001234",
        "%2033199001234",
        "0033199001234",
        "0199001234",
    ] {
        let callback = read(&format!("calling_number={value}"));
        assert_eq!(callback.calling_number, number("+33199001234"), "{value}");
        let form = parse(b"", Some(format!("calling_number={value}").as_bytes()));
        assert_eq!(form.calling_number, number("+33199001234"), "{value}");
    }
    for value in ["204", "3639", "118218", "accueil", "*21*0199001234#"] {
        assert_eq!(
            read(&format!("calling_number={value}")).calling_number,
            other(value),
            "{value}"
        );
    }
}

#[test]
fn withheld_numbers_are_none_and_the_word_is_kept() {
    for query in ["", "calling_number", "calling_number=", "calling_number=%20"] {
        assert_eq!(read(query).calling_number, None, "{query}");
    }
    let callback = read("calling_number=Anonymous&called_number=33142685300");
    assert_eq!(callback.calling_number, None);
    assert_eq!(
        callback.extra.get("calling_number").map(String::as_str),
        Some("Anonymous")
    );
}

#[test]
fn unforeseen_parameters_cause_no_disturbance_and_are_kept() {
    let callback = read("call_id=c&event=call_end&queue=Accueil+2&cause=16&empty=&flag");
    let extra: Vec<_> = callback
        .extra
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        extra,
        [
            ("cause", "16"),
            ("empty", ""),
            ("flag", ""),
            ("queue", "Accueil 2")
        ]
    );
    assert!(callback.problems.is_empty());
}

#[test]
fn unknown_and_missing_things_are_listed() {
    assert_eq!(read("").problems, [Problem::MissingEvent, Problem::MissingCallId]);
    let callback = read("event=call_parked&call_id=c");
    assert_eq!(callback.event, Event::Unknown("call_parked".to_owned()));
    assert_eq!(callback.problems, [Problem::UnknownEvent]);
    assert_eq!(read("event=call_end&call_id=").problems, [Problem::MissingCallId]);
    assert_eq!(
        read("event=incoming_call_start&call_id=c").problems,
        [Problem::MissingAccountId]
    );
}

#[test]
fn of_repeated_parameters_the_first_that_says_something_counts_and_the_others_are_kept() {
    let callback = read("event=call_end&call_id=&call_id=a&call_id=a&call_id=b&x=1&x=2&call_id=b");
    assert_eq!(callback.call_id, Some(CallId("a".to_owned())));
    assert_eq!(
        callback.problems,
        [Problem::Repeated("call_id".into()), Problem::Repeated("x".into())]
    );
    let extra: Vec<_> = callback
        .extra
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(
        extra,
        [
            ("call_id[4]", "b"),
            ("call_id[5]", "b"),
            ("x", "1"),
            ("x[2]", "2")
        ]
    );
}

#[test]
fn a_duration_that_is_no_number_is_kept_beside() {
    for value in ["-1", "1.5", "abc", "99999999999999999999999"] {
        let callback = read(&format!("event=call_end&call_id=c&billable_duration={value}"));
        assert_eq!(callback.billable_duration, None);
        assert_eq!(callback.problems, [Problem::BadDuration]);
        assert_eq!(
            callback.extra.get("billable_duration").map(String::as_str),
            Some(value)
        );
    }
    let callback = read("event=call_end&call_id=c&billable_duration=");
    assert_eq!((callback.billable_duration, callback.problems.len()), (None, 0));
    assert_eq!(read("billable_duration=0").billable_duration, Some(0));
}

#[test]
fn of_very_many_odd_parameters_some_are_told_and_what_is_missing_always() {
    let query: String = (0..5_000).map(|number| format!("x{number}=%ff&")).collect();
    let callback = read(&query);
    assert_eq!(callback.extra.len(), 5_000);
    let odd = callback
        .problems
        .iter()
        .filter(|one| matches!(one, Problem::InvalidUtf8(_)));
    assert_eq!(odd.count(), ODD_PARAMETERS);
    assert_eq!(
        callback.problems[ODD_PARAMETERS..],
        [Problem::MissingEvent, Problem::MissingCallId]
    );
}

#[test]
fn bytes_that_are_no_utf8_are_kept_so_that_they_can_be_had_back() {
    let callback = parse(b"event=call_end&call_id=c&status=caf%E9%20%25&\xff=1", None);
    assert_eq!(callback.status.as_deref(), Some("caf%E9 %25"));
    assert_eq!(callback.extra.get("%FF").map(String::as_str), Some("1"));
    assert_eq!(
        callback.problems,
        [
            Problem::InvalidUtf8("status".into()),
            Problem::InvalidUtf8("%FF".into())
        ]
    );
}

#[test]
fn a_form_body_is_read_after_the_query() {
    let callback = parse(
        b"event=call_end&call_id=c",
        Some(b"status=NO+ANSWER&billable_duration=0"),
    );
    assert_eq!(callback.status.as_deref(), Some("NO ANSWER"));
    assert_eq!(callback.billable_duration, Some(0));
}

#[test]
fn a_bare_plus_in_an_id_is_a_plus() {
    let callback = read("call_id=a%2Bb+c&account_id=x+y");
    assert_eq!(callback.call_id, Some(CallId("a+b+c".to_owned())));
    assert_eq!(callback.account_id, Some(AccountId("x+y".to_owned())));
}

#[test]
fn a_hundred_kilobytes_are_read_in_one_go() {
    let query = "call_id=c&".repeat(5_000) + &"x=1&x[2]=2&".repeat(5_000);
    let callback = read(&query);
    assert_eq!(callback.extra.len(), 10_000);
    assert_eq!(callback.call_id, Some(CallId("c".to_owned())));
}

/// The parameters of a query or a form body, decoded in the plainest way.
fn parameters(bytes: &[u8]) -> Vec<(String, String)> {
    let text = |encoded: &[u8], plus: u8| {
        let plain: Vec<u8> = encoded
            .iter()
            .map(|b| if *b == b'+' { plus } else { *b })
            .collect();
        let decoded: Vec<u8> = percent_encoding::percent_decode(&plain).collect();
        String::from_utf8(decoded).unwrap_or_else(|error| {
            let shown = |byte: &u8| match byte {
                b' '..=b'$' | b'&'..=b'~' => char::from(*byte).to_string(),
                other => format!("%{other:02X}"),
            };
            error.as_bytes().iter().map(shown).collect()
        })
    };
    let pairs = bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let mut parts = pair.splitn(2, |byte| *byte == b'=');
            let name = text(parts.next().unwrap_or_default(), b' ');
            let is_id_or_number =
                ["call_id", "account_id", "calling_number", "called_number"].contains(&&*name);
            let value = parts.next().unwrap_or_default();
            (name, text(value, if is_id_or_number { b'+' } else { b' ' }))
        })
        .collect()
}

/// Every value that was sent is in a field or among the extras.
fn assert_nothing_lost(callback: &Callback, query: &[u8], form: Option<&[u8]>) {
    let sent = [Some(query), form].into_iter().flatten().flat_map(parameters);
    for (name, value) in &sent.collect::<Vec<_>>() {
        let found = callback.extra.values().any(|kept| kept == value)
            || value.trim().is_empty()
            || callback.event.as_str() == value
            || callback.call_id.as_ref().is_some_and(|id| id.0 == *value)
            || callback.account_id.as_ref().is_some_and(|id| id.0 == *value)
            || callback.status.as_ref() == Some(value)
            || (name == "billable_duration"
                && callback
                    .billable_duration
                    .is_some_and(|seconds| value.trim().parse() == Ok(seconds)))
            || [&callback.calling_number, &callback.called_number]
                .into_iter()
                .flatten()
                .any(|party| match party {
                    Party::Other(kept) => kept == value.trim(),
                    Party::Number(kept) => {
                        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
                        digits.ends_with(&kept.digits()[2..])
                    }
                });
        assert!(found, "{name}={value} is lost in {callback:?}");
    }
}

fn parameter() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        Just("event".to_owned()),
        Just("call_id".to_owned()),
        Just("account_id".to_owned()),
        Just("calling_number".to_owned()),
        Just("called_number".to_owned()),
        Just("status".to_owned()),
        Just("billable_duration".to_owned()),
        Just("x".to_owned()),
        Just("x[2]".to_owned()),
        Just("call_id[2]".to_owned()),
        "[a-z%+]{0,6}",
    ];
    let value = prop_oneof![
        Just("call_end".to_owned()),
        Just("incoming_call_start".to_owned()),
        Just("anonymous".to_owned()),
        "[0-9]{0,16}",
        "\\+?33[1-9][0-9]{8}",
        "[a-zA-Z0-9%+= .é-]{0,12}",
        "(%[0-9A-F]{2}){0,4}",
    ];
    (name, value, any::<bool>()).prop_map(|(name, value, equals)| match equals || !value.is_empty() {
        true => format!("{name}={value}"),
        false => name,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_and_nothing_is_lost(
        query in prop::collection::vec(any::<u8>(), 0..300),
        form in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
    ) {
        let callback = parse(&query, form.as_deref());
        assert_nothing_lost(&callback, &query, form.as_deref());
    }

    #[test]
    fn any_parameters_in_any_order_are_all_found_again(
        query in prop::collection::vec(parameter(), 0..12),
        form in prop::option::of(prop::collection::vec(parameter(), 0..6)),
    ) {
        let (query, form) = (query.join("&"), form.map(|form| form.join("&")));
        let form = form.as_deref().map(str::as_bytes);
        let callback = parse(query.as_bytes(), form);
        assert_nothing_lost(&callback, query.as_bytes(), form);
    }
}
