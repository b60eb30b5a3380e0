use telephony::{AccountId, Call, CallId, CallState};

use super::{Desk, Row, missed, talked, text};
use crate::journal::{Filter, Query};
use crate::testing::at;
use crate::view::Outcome;

const CALLER: &str = "+33142685300";

fn on(account: &str, call: Call) -> Call {
    Call {
        account_id: AccountId(account.into()),
        ..call
    }
}

fn rows(desk: &Desk, query: &Query) -> Vec<Row> {
    desk.journal.search(query).unwrap().rows
}

/// What the row of a line says.
fn told(desk: &Desk, account: &str) -> (Outcome, Option<String>) {
    let rows = rows(desk, &Query::default());
    let row = rows.into_iter().find(|row| row.call.account_id.0 == account);
    let row = row.unwrap();
    (row.outcome, row.answered_on.map(|account| account.0))
}

#[test]
fn a_call_that_was_answered_on_another_line_is_not_missed_on_this_one() {
    // By the platform's id, or by caller, called line and moment; whichever line is told of first.
    for (id, first) in [("a", true), ("b", true), ("a", false)] {
        let mut desk = Desk::new();
        let here = missed("a", CALLER, 100);
        let other = Call {
            call_id: CallId(id.into()),
            ..missed("a", CALLER, 102)
        };
        let there = on("1002", talked(other, 105));
        let mut both = [here, there];
        if !first {
            both.reverse();
        }
        for call in both {
            desk.record(call, false);
        }
        assert_eq!(told(&desk, "1001"), (Outcome::Answered, Some("1002".to_owned())));
        assert_eq!(told(&desk, "1002"), (Outcome::Answered, None));
        let missed = Query {
            filter: Filter::Missed,
            ..Query::default()
        };
        assert_eq!(rows(&desk, &missed), []);
        assert_eq!(rows(&desk, &text("0142")).len(), 2);
    }
}

#[test]
fn a_withheld_caller_answered_on_another_line_is_known_by_the_id_of_the_call_alone() {
    let withheld = |call: Call| Call {
        calling_number: None,
        ..call
    };
    for (id, outcome, line) in [
        ("a", Outcome::Answered, Some("1002".to_owned())),
        ("b", Outcome::Missed, None),
    ] {
        let mut desk = Desk::new();
        desk.record(withheld(missed("a", CALLER, 100)), false);
        desk.record(on("1002", talked(withheld(missed(id, CALLER, 101)), 105)), false);
        assert_eq!(told(&desk, "1001"), (outcome, line), "{id}");
    }
}

#[test]
fn nothing_is_guessed_of_calls_that_only_look_alike() {
    let talk = |call: Call| talked(call, 110);
    let other_line = |mut call: Call| {
        call.called_number = Some(telephony::Party::from("+33199000098".to_owned()));
        call
    };
    let named = |id: &str, second| missed(id, CALLER, second);
    for other in [
        // Later, by another caller, to another line, and by the same line.
        on("1002", talk(named("b", 104))),
        on("1002", talk(missed("b", "+33142685301", 100))),
        on("1002", talk(other_line(named("b", 100)))),
        talk(named("b", 101)),
        // Nobody answered there either.
        on("1002", named("b", 100)),
    ] {
        let mut desk = Desk::new();
        desk.record(named("a", 100), false);
        desk.record(other.clone(), false);
        let found = rows(&desk, &Query::default());
        let row = found.iter().find(|row| row.call.call_id.0 == "a").unwrap();
        assert_eq!(
            (row.outcome, &row.answered_on),
            (Outcome::Missed, &None),
            "{other:?}"
        );
    }
    // A call whose end nobody told, and that was answered elsewhere.
    let mut desk = Desk::new();
    let lost = Call {
        state: CallState::Ended,
        end_unknown: true,
        ..named("a", 100)
    };
    desk.record(lost, false);
    assert_eq!(told(&desk, "1001"), (Outcome::Unknown, None));
    desk.record(on("1002", talked(named("a", 100), 105)), false);
    assert_eq!(told(&desk, "1001"), (Outcome::Answered, Some("1002".to_owned())));
    assert_eq!(rows(&desk, &Query::default())[0].call.started_at, at(100));
}
