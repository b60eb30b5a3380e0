use rstest::rstest;
use telephony::{CallState, Direction};

use super::{Desk, call, key, missed, talked, text};
use crate::journal::{CallBack, Filter, LONGEST_NOTE, Query, Why};
use crate::testing::at;

const PARTY: &str = "+33142685300";

fn to_call_back() -> Query {
    Query {
        filter: Filter::ToCallBack,
        ..Query::default()
    }
}

#[test]
fn a_missed_call_is_to_be_called_back_until_its_party_was_talked_to() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    desk.record(missed("other", "+33142685301", 1), true);
    let since = at(0);
    let why = Why::Missed;
    assert_eq!(desk.row("a").call_back, CallBack::Wanted { why, since });
    assert_eq!(desk.found(&to_call_back()), ["other", "a"]);
    // On another line of the house, and the other way round.
    let mut back = talked(call("b", Direction::Outgoing, Some(PARTY), 100), 110);
    back.account_id.0 = "1002".into();
    desk.record(back, false);
    assert_eq!(desk.row("a").call_back, CallBack::Settled { at: at(110) });
    assert_eq!(desk.found(&to_call_back()), ["other"]);
}

#[test]
fn the_order_in_which_calls_are_heard_of_does_not_matter() {
    let mut desk = Desk::new();
    desk.record(
        talked(call("b", Direction::Outgoing, Some(PARTY), 100), 110),
        false,
    );
    desk.record(missed("before", PARTY, 0), true);
    desk.record(missed("after", PARTY, 200), true);
    assert_eq!(desk.row("before").call_back, CallBack::Settled { at: at(110) });
    assert!(desk.row("after").call_back.is_wanted());
}

#[rstest]
#[case::without_an_answer(None)]
#[case::before_it(Some(-50))]
fn nothing_else_settles_it(#[case] connected: Option<i64>) {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    let mut back = call("b", Direction::Outgoing, Some(PARTY), connected.unwrap_or(100));
    if let Some(second) = connected {
        back = talked(back, second);
    }
    desk.record(back, false);
    assert!(desk.row("a").call_back.is_wanted());
}

#[test]
fn a_call_that_was_answered_after_all_is_no_longer_to_be_called_back() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    desk.record(talked(missed("a", PARTY, 0), 5), false);
    assert_eq!(desk.row("a").call_back, CallBack::None);
}

#[rstest]
#[case::seen_already(missed("a", PARTY, 0), false)]
#[case::withheld(call("a", Direction::Incoming, None, 0), true)]
#[case::not_over({ let mut ringing = missed("a", PARTY, 0); ringing.state = CallState::Ringing; ringing }, false)]
#[case::emergency(missed("a", "112", 0), true)]
fn some_calls_never_ask_for_it(#[case] call: telephony::Call, #[case] unread: bool) {
    let mut desk = Desk::new();
    desk.record(call, unread);
    assert_eq!(desk.row("a").call_back, CallBack::None);
}

#[test]
fn ticked_by_hand_only_later_talk_settles_it() {
    let mut desk = Desk::new();
    desk.record(talked(missed("a", PARTY, 0), 5), false);
    assert!(desk.journal.set_call_back(&key("a"), true, at(50)).unwrap());
    let since = at(50);
    let why = Why::Hand;
    assert_eq!(desk.row("a").call_back, CallBack::Wanted { why, since });
    // The same call told again settles nothing, nor does ticking again move the time.
    desk.record(talked(missed("a", PARTY, 0), 5), false);
    assert!(desk.journal.set_call_back(&key("a"), true, at(90)).unwrap());
    assert_eq!(desk.row("a").call_back, CallBack::Wanted { why, since });
    desk.record(talked(missed("b", PARTY, 60), 65), false);
    assert_eq!(desk.row("a").call_back, CallBack::Settled { at: at(65) });
    assert!(desk.journal.set_call_back(&key("a"), false, at(90)).unwrap());
    assert_eq!(desk.row("a").call_back, CallBack::None);
    assert!(
        !desk
            .journal
            .set_call_back(&key("unheard of"), true, at(0))
            .unwrap()
    );
}

#[test]
fn a_note_is_kept_found_and_survives_what_the_call_does() {
    let mut desk = Desk::new();
    desk.record(missed("a", PARTY, 0), true);
    assert!(
        desk.journal
            .set_note(&key("a"), "  Devis\r\nété\u{202e}\u{7}  ")
            .unwrap()
    );
    assert_eq!(desk.row("a").note, "Devis\nété");
    desk.record(missed("a", PARTY, 0), false);
    desk.reopen(at(100));
    assert_eq!(desk.row("a").note, "Devis\nété");
    assert_eq!(desk.found(&text("ete devis")), ["a"]);
    desk.journal.set_note(&key("a"), "").unwrap();
    assert!(desk.found(&text("devis")).is_empty());
    desk.journal.set_note(&key("a"), &"é".repeat(10_000)).unwrap();
    assert_eq!(desk.row("a").note.chars().count(), LONGEST_NOTE);
    assert!(!desk.journal.set_note(&key("unheard of"), "x").unwrap());
}

#[test]
fn a_name_goes_to_every_call_of_its_party_and_to_the_next_one() {
    let mut desk = Desk::new();
    for n in 0..5 {
        desk.record(missed(&format!("{n}"), PARTY, n), false);
    }
    desk.record(missed("other", "+33142685301", 9), false);
    desk.named(PARTY, "Aurélie\u{202e} Lecœur\n", "Société");
    desk.record(missed("next", PARTY, 10), false);
    assert_eq!(
        desk.found(&text("lecoeur aur")),
        ["next", "4", "3", "2", "1", "0"]
    );
    let name = desk.row("0").name.unwrap();
    assert_eq!(name.display.as_deref(), Some("Aurélie Lecœur"));
    desk.named(PARTY, "Benoît", "");
    assert!(desk.found(&text("aurelie")).is_empty());
    assert_eq!(desk.found(&text("beno")).len(), 6);
    let party = telephony::E164::parse(PARTY).unwrap();
    assert_eq!(desk.journal.set_name(&party, None, None, 10).unwrap(), None);
    assert!(desk.found(&text("beno")).is_empty());
    assert_eq!(desk.row("0").name, None);
}

#[test]
fn a_call_whose_end_never_came_is_not_live_for_ever() {
    let mut desk = Desk::new();
    let mut ringing = missed("a", PARTY, 0);
    ringing.state = CallState::Ringing;
    ringing.ended_at = None;
    desk.record(ringing, false);
    desk.reopen(at(3600));
    assert_eq!(desk.row("a").outcome, crate::view::Outcome::Ringing);
    desk.reopen(at(25 * 3600));
    assert_eq!(desk.row("a").outcome, crate::view::Outcome::Unknown);
}
