use super::*;
use crate::testing::{at, connected, ended, incoming, key, outgoing, started};

const ALL: Policy = Policy {
    incoming: true,
    missed: true,
};

fn tell(board: &mut Board, call: Call, age_s: i64, now: i64) -> Vec<Step> {
    board.take(call, Origin::Relay, age_s, at(now), ALL)
}

#[test]
fn a_call_rings_once_however_often_it_is_told() {
    let mut board = Board::default();
    assert_eq!(
        tell(&mut board, incoming("a"), 0, 0),
        [Step::Ring(key("a")), Step::Record(key("a"))]
    );
    for _ in 0..3 {
        assert_eq!(tell(&mut board, incoming("a"), 1, 1), []);
    }
    assert_eq!(board.live(), [key("a")]);
}

#[test]
fn an_answer_takes_the_alert_away() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    let steps = tell(&mut board, connected(incoming("a"), 5), 0, 5);
    assert_eq!(steps, [Step::Withdraw(key("a")), Step::Record(key("a"))]);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Talking));
    let steps = tell(&mut board, ended(connected(incoming("a"), 5), 9), 0, 9);
    assert_eq!(steps, [Step::Record(key("a"))]);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Answered));
    assert_eq!(board.missed(), 0);
}

#[test]
fn an_end_without_an_answer_is_a_missed_call() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    let steps = tell(&mut board, ended(incoming("a"), 20), 0, 20);
    assert_eq!(
        steps,
        [
            Step::Withdraw(key("a")),
            Step::Missed(key("a")),
            Step::Record(key("a"))
        ]
    );
    assert!(board.unread(&key("a")));
    assert_eq!((board.missed(), board.live().len()), (1, 0));
}

#[test]
fn an_end_that_nobody_saw_is_never_missed() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    let lost = Call {
        end_unknown: true,
        ..ended(incoming("a"), 600)
    };
    assert_eq!(
        tell(&mut board, lost, 0, 100),
        [Step::Withdraw(key("a")), Step::Record(key("a"))]
    );
    assert_eq!(
        (board.outcome(&key("a")), board.missed()),
        (Some(Outcome::Unknown), 0)
    );
    // The true end comes after all.
    let steps = tell(&mut board, ended(incoming("a"), 20), 5, 110);
    assert_eq!(steps, [Step::Missed(key("a")), Step::Record(key("a"))]);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Missed));
}

#[test]
fn news_of_a_ringing_phone_is_fresh_for_thirty_seconds() {
    for (age, rings) in [(-5, true), (30, true), (31, false), (86_400, false)] {
        let mut board = Board::default();
        let steps = tell(&mut board, incoming("a"), age, 0);
        assert_eq!(steps.contains(&Step::Ring(key("a"))), rings, "{age} s");
        assert!(steps.contains(&Step::Record(key("a"))));
    }
}

#[test]
fn a_lost_end_stops_ringing_after_two_minutes_from_the_start() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 10, 10);
    assert_eq!(board.next_deadline(), Some(at(120)));
    assert_eq!(board.tick(at(119)), []);
    assert_eq!(board.tick(at(120)), [Step::Withdraw(key("a"))]);
    assert_eq!((board.live().len(), board.next_deadline()), (0, None));
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Unknown));
    // Told again, it stays silent; an answer after all brings it back.
    assert_eq!(tell(&mut board, incoming("a"), 0, 130), []);
    assert_eq!(board.live().len(), 0);
    tell(&mut board, connected(incoming("a"), 131), 0, 131);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Talking));
}

#[test]
fn an_end_before_its_start_never_rings() {
    let mut board = Board::default();
    let steps = tell(&mut board, ended(incoming("a"), 3), 0, 3);
    assert_eq!(steps, [Step::Missed(key("a")), Step::Record(key("a"))]);
    assert_eq!(tell(&mut board, incoming("a"), 3, 3), []);
    // The answer in between comes last: it wasn't missed.
    let steps = tell(&mut board, connected(incoming("a"), 2), 1, 4);
    assert_eq!(steps, [Step::Withdraw(key("a")), Step::Record(key("a"))]);
    assert_eq!(
        (board.outcome(&key("a")), board.missed()),
        (Some(Outcome::Answered), 0)
    );
}

#[test]
fn two_accounts_of_one_call_are_two_calls() {
    let mut board = Board::default();
    let other = Call {
        account_id: telephony::AccountId("1002".into()),
        ..incoming("a")
    };
    let second = CallKey::of(&other);
    tell(&mut board, incoming("a"), 0, 0);
    assert_eq!(
        tell(&mut board, other, 0, 0),
        [Step::Ring(second.clone()), Step::Record(second)]
    );
}

#[test]
fn live_calls_that_the_relay_does_not_list_are_over() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    tell(&mut board, connected(incoming("b"), 2), 0, 2);
    tell(&mut board, started(incoming("later"), 50), 0, 50);
    let steps = board.reconcile(vec![connected(incoming("b"), 2)], at(40), at(50), ALL);
    assert_eq!(steps, [Step::Withdraw(key("a")), Step::Record(key("a"))]);
    assert_eq!(
        board.live(),
        [key("later"), key("b")],
        "the list is older than the later call"
    );
    let gone = board.call(&key("a")).unwrap();
    assert!(gone.end_unknown && gone.ended_at == Some(at(40)));
    assert_eq!(board.missed(), 0);
}

#[test]
fn a_listed_call_that_is_new_rings_if_it_is_fresh() {
    let mut board = Board::default();
    let steps = board.reconcile(
        vec![incoming("old"), started(incoming("new"), 95)],
        at(100),
        at(100),
        ALL,
    );
    assert_eq!(
        steps,
        [
            Step::Record(key("old")),
            Step::Ring(key("new")),
            Step::Record(key("new"))
        ]
    );
}

#[test]
fn what_the_journal_knows_is_not_shown_again() {
    let mut board = Board::default();
    let known = |unread| Origin::Journal { unread };
    assert_eq!(
        board.take(ended(incoming("read"), 5), known(false), 0, at(60), ALL),
        []
    );
    assert_eq!(
        board.take(ended(incoming("new"), 5), known(true), 0, at(60), ALL),
        []
    );
    assert_eq!(
        board.take(started(incoming("rings"), 55), known(false), 0, at(60), ALL),
        []
    );
    assert_eq!((board.missed(), board.live()), (1, vec![key("rings")]));
    // The relay tells the same again.
    assert_eq!(tell(&mut board, ended(incoming("new"), 5), 2, 60), []);
    assert_eq!(tell(&mut board, started(incoming("rings"), 55), 5, 60), []);
    // And what happened since.
    let steps = tell(&mut board, ended(started(incoming("rings"), 55), 61), 0, 61);
    assert_eq!(steps, [Step::Missed(key("rings")), Step::Record(key("rings"))]);
}

#[test]
fn a_journal_call_that_rang_long_ago_is_silent_at_once() {
    let mut board = Board::default();
    board.take(incoming("a"), Origin::Journal { unread: false }, 0, at(7200), ALL);
    assert_eq!(board.next_deadline(), Some(at(120)));
    assert_eq!(board.tick(at(7200)), []);
    assert_eq!(board.live().len(), 0);
}

#[test]
fn history_from_before_this_desktop_counts_as_seen() {
    let mut board = Board::default();
    let steps = board.take(ended(incoming("a"), 5), Origin::History, 0, at(6), ALL);
    assert_eq!(steps, [Step::Record(key("a"))]);
    assert_eq!(
        (board.missed(), board.unread(&key("a")), board.next_deadline()),
        (0, false, None)
    );
}

#[test]
fn missed_calls_of_an_absence_come_as_one() {
    let mut board = Board::default();
    for (id, start) in [("a", 0), ("b", 100), ("c", 200)] {
        let steps = tell(
            &mut board,
            ended(started(incoming(id), start), start + 9),
            3600 - start,
            3600,
        );
        assert_eq!(steps, [Step::Record(key(id))]);
    }
    assert_eq!(board.next_deadline(), Some(at(3602)));
    let told = [Step::MissedMany(vec![key("c"), key("b"), key("a")])];
    assert_eq!(board.tick(at(3602)), told);
    assert_eq!(
        board.standing(),
        told,
        "said again in another language: still all three"
    );
    assert_eq!((board.missed(), board.next_deadline()), (3, None));
    assert_eq!(board.read_all(), (vec![Step::Withdraw(key("c"))], true));
    assert_eq!((board.missed(), board.read_all()), (0, (vec![], false)));
}

#[test]
fn one_late_missed_call_comes_as_itself() {
    let mut board = Board::default();
    tell(&mut board, ended(incoming("a"), 9), 3600, 3609);
    assert_eq!(board.tick(at(3611)), [Step::Missed(key("a"))]);
}

#[test]
fn talking_with_the_caller_settles_the_missed_call() {
    let mut board = Board::default();
    tell(&mut board, ended(incoming("a"), 9), 0, 9);
    let back = connected(outgoing("b", crate::testing::CALLER, 20), 25);
    let steps = tell(&mut board, back, 0, 25);
    assert_eq!(
        steps,
        [
            Step::Withdraw(key("a")),
            Step::Record(key("a")),
            Step::Record(key("b"))
        ]
    );
    assert_eq!(board.missed(), 0);
}

#[test]
fn own_legs_stay_unheard_unless_they_are_the_call_itself() {
    let mut board = Board::default();
    board.ignore_own_leg(key("a"));
    assert_eq!(tell(&mut board, incoming("a"), 0, 0), []);
    assert_eq!(tell(&mut board, ended(incoming("a"), 9), 0, 9), []);
    assert!(board.call(&key("a")).is_none());
    assert_eq!(
        tell(&mut board, outgoing("a", "+33199000002", 9), 0, 9),
        [Step::Record(key("a"))]
    );
}

#[test]
fn switches_are_obeyed_at_once() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    let quiet = Policy {
        incoming: false,
        missed: false,
    };
    assert_eq!(board.apply_policy(quiet), [Step::Withdraw(key("a"))]);
    assert_eq!(
        board.take(ended(incoming("a"), 9), Origin::Relay, 0, at(9), quiet),
        [Step::Record(key("a"))]
    );
    assert_eq!(
        board.take(incoming("b"), Origin::Relay, 0, at(9), quiet),
        [Step::Record(key("b"))]
    );
    assert_eq!(board.missed(), 1, "still counted, only not told");
}

#[test]
fn memory_is_bounded_and_keeps_what_matters() {
    let mut board = Board::default();
    tell(&mut board, incoming("rings"), 0, 0);
    for n in 0..2000 {
        tell(
            &mut board,
            ended(started(incoming(&format!("call-{n}")), n), n),
            3600,
            n,
        );
    }
    assert!(
        board.entries.len() <= KEPT + KEPT / 10 + 1,
        "{}",
        board.entries.len()
    );
    let knows = |id| board.call(&key(id)).is_some();
    assert!(knows("rings") && knows("call-1999") && !knows("call-0"));
}
