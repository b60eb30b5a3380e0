use telephony::E164;

use super::*;
use crate::testing::{CALLER, at, connected, ended, incoming, key, on_account, outgoing, started};
use crate::view::Outcome;

fn tell(board: &mut Board, call: Call, age_s: i64, now: i64) -> Vec<News> {
    board.take(call, Origin::Relay, age_s, at(now))
}

/// The news without ids: of one call they are always the same.
fn kinds(news: &[News]) -> Vec<&'static str> {
    let kind = |news: &News| match news {
        News::Rings(_) => "rings",
        News::Quiet(_) => "quiet",
        News::Placed(_) => "placed",
        News::Answered { fresh: true, .. } => "answered",
        News::Answered { fresh: false, .. } => "answered late",
        News::Missed { fresh: true, .. } => "missed",
        News::Missed { fresh: false, .. } => "missed late",
        News::Settled(_) => "settled",
        News::Over(_) => "over",
        News::Changed(_) => "changed",
    };
    news.iter().map(kind).collect()
}

#[test]
fn a_call_rings_once_however_often_it_is_told() {
    let mut board = Board::default();
    assert_eq!(
        kinds(&tell(&mut board, incoming("a"), 0, 0)),
        ["rings", "changed"]
    );
    for _ in 0..3 {
        assert_eq!(tell(&mut board, incoming("a"), 1, 1), []);
    }
    assert_eq!(board.live(), [key("a")]);
}

#[test]
fn an_answer_ends_the_ringing() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    let news = tell(&mut board, connected(incoming("a"), 5), 0, 5);
    assert_eq!(kinds(&news), ["quiet", "answered", "changed"]);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Talking));
    let news = tell(&mut board, ended(connected(incoming("a"), 5), 9), 0, 9);
    assert_eq!(kinds(&news), ["over", "changed"]);
    assert_eq!(
        (board.outcome(&key("a")), board.missed()),
        (Some(Outcome::Answered), 0)
    );
}

#[test]
fn an_end_without_an_answer_is_a_missed_call() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    let news = tell(&mut board, ended(incoming("a"), 20), 0, 20);
    assert_eq!(kinds(&news), ["quiet", "missed", "over", "changed"]);
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
        kinds(&tell(&mut board, lost, 0, 100)),
        ["quiet", "over", "changed"]
    );
    assert_eq!(
        (board.outcome(&key("a")), board.missed()),
        (Some(Outcome::Unknown), 0)
    );
    // The true end comes after all.
    let news = tell(&mut board, ended(incoming("a"), 20), 5, 110);
    assert_eq!(kinds(&news), ["missed", "changed"]);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Missed));
}

#[test]
fn news_of_a_ringing_phone_is_fresh_for_thirty_seconds() {
    for (age, rings) in [(-5, true), (30, true), (31, false), (86_400, false)] {
        let mut board = Board::default();
        let news = kinds(&tell(&mut board, incoming("a"), age, 0)).contains(&"rings");
        assert_eq!(news, rings, "{age} s");
    }
}

#[test]
fn a_lost_end_stops_ringing_after_two_minutes_from_the_start() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 10, 10);
    assert_eq!(board.next_deadline(), Some(at(120)));
    assert_eq!(board.tick(at(119)), []);
    assert_eq!(kinds(&board.tick(at(120))), ["quiet", "over"]);
    assert_eq!((board.live().len(), board.next_deadline()), (0, None));
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Unknown));
    // Told again, it stays silent; an answer after all brings it back.
    assert_eq!(tell(&mut board, incoming("a"), 0, 130), []);
    tell(&mut board, connected(incoming("a"), 131), 0, 131);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Talking));
}

#[test]
fn an_end_before_its_start_never_rings() {
    let mut board = Board::default();
    let news = tell(&mut board, ended(incoming("a"), 3), 0, 3);
    assert_eq!(kinds(&news), ["missed", "over", "changed"]);
    assert_eq!(tell(&mut board, incoming("a"), 3, 3), []);
    // The answer in between comes last: it wasn't missed.
    let news = tell(&mut board, connected(incoming("a"), 2), 1, 4);
    assert_eq!(kinds(&news), ["answered", "settled", "changed"]);
    assert_eq!(
        (board.outcome(&key("a")), board.missed()),
        (Some(Outcome::Answered), 0)
    );
}

#[test]
fn the_same_call_on_two_accounts_is_one_call() {
    let second = on_account(incoming("a"), "1002");
    let other_id = Call {
        call_id: telephony::CallId("b".into()),
        ..on_account(started(incoming("a"), 3), "1002")
    };
    for twin in [second, other_id] {
        let mut board = Board::default();
        let twin_key = CallKey::of(&twin);
        assert_eq!(
            kinds(&tell(&mut board, incoming("a"), 0, 0)),
            ["rings", "changed"]
        );
        assert_eq!(kinds(&tell(&mut board, twin.clone(), 0, 3)), ["changed"]);
        assert_eq!(board.live(), [key("a")]);
        // One account hears its end first: the other one still rings.
        assert_eq!(
            kinds(&tell(&mut board, ended(twin.clone(), 20), 0, 20)),
            ["changed"]
        );
        let news = tell(&mut board, ended(incoming("a"), 20), 0, 20);
        assert_eq!(kinds(&news), ["quiet", "missed", "changed", "changed", "over"]);
        assert_eq!(board.missed(), 1);
        assert!(
            board.unread(&key("a")) && !board.unread(&twin_key),
            "its rows count once"
        );
        assert_eq!(board.past().len(), 1);
    }
}

#[test]
fn a_call_that_a_colleague_answered_is_answered_for_all() {
    let mut board = Board::default();
    let twin = on_account(incoming("a"), "1002");
    tell(&mut board, incoming("a"), 0, 0);
    tell(&mut board, twin.clone(), 0, 0);
    let news = tell(&mut board, connected(twin.clone(), 6), 0, 6);
    assert_eq!(kinds(&news), ["quiet", "answered", "changed"]);
    assert_eq!(
        board.outcome(&key("a")),
        Some(Outcome::Answered),
        "not ringing any more"
    );
    assert_eq!(board.live(), [CallKey::of(&twin)]);
    assert_eq!(
        kinds(&tell(&mut board, ended(incoming("a"), 6), 0, 6)),
        ["changed"]
    );
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Answered));
    assert_eq!(
        kinds(&tell(&mut board, ended(connected(twin, 6), 30), 0, 30)),
        ["over", "changed"]
    );
    assert_eq!(board.missed(), 0);
}

#[test]
fn two_calls_of_one_party_are_two_calls() {
    let far = on_account(started(incoming("b"), 4), "1002");
    let same_account = started(incoming("b"), 1);
    let other_line = Call {
        called_number: Some(telephony::Party::from("+33199000098".to_owned())),
        ..on_account(incoming("b"), "1002")
    };
    let withheld = |id: &str, account: &str| Call {
        calling_number: Some(telephony::Party::from("anonymous".to_owned())),
        ..on_account(incoming(id), account)
    };
    for (one, two) in [
        (incoming("a"), far),
        (incoming("a"), same_account),
        (incoming("a"), other_line),
        (withheld("a", "1001"), withheld("b", "1002")),
    ] {
        let mut board = Board::default();
        assert!(kinds(&tell(&mut board, one, 0, 4)).contains(&"rings"));
        assert!(kinds(&tell(&mut board, two, 0, 4)).contains(&"rings"));
        assert_eq!(board.live().len(), 2);
    }
}

#[test]
fn live_calls_that_the_relay_does_not_list_are_over() {
    let mut board = Board::default();
    tell(&mut board, incoming("a"), 0, 0);
    tell(&mut board, connected(incoming("b"), 2), 0, 2);
    tell(&mut board, started(incoming("later"), 50), 0, 50);
    let news = board.reconcile(vec![connected(incoming("b"), 2)], at(40), at(50));
    assert_eq!(kinds(&news), ["quiet", "over", "changed"]);
    assert_eq!(
        board.live(),
        [key("later"), key("b")],
        "the list is older than the later call"
    );
    let gone = board.call(&key("a")).unwrap();
    assert!(gone.end_unknown && gone.ended_at == Some(at(40)));
    assert_eq!(board.missed(), 0);
    let news = board.reconcile(
        vec![started(incoming("old"), 50), started(incoming("new"), 95)],
        at(100),
        at(100),
    );
    assert_eq!(
        kinds(&news).iter().filter(|kind| **kind == "rings").count(),
        1,
        "only the fresh one"
    );
}

#[test]
fn what_the_journal_knows_is_no_news() {
    let mut board = Board::default();
    let known = |unread| Origin::Journal { unread };
    for (call, unread) in [
        (ended(incoming("read"), 5), false),
        (ended(started(incoming("new"), 1), 5), true),
        (started(incoming("rings"), 55), false),
    ] {
        assert_eq!(board.take(call, known(unread), 0, at(60)), []);
    }
    assert_eq!((board.missed(), board.live()), (1, vec![key("rings")]));
    // The relay tells the same again, and the same call on another account: the process before has alerted.
    assert_eq!(tell(&mut board, ended(started(incoming("new"), 1), 5), 2, 60), []);
    assert_eq!(tell(&mut board, started(incoming("rings"), 55), 5, 60), []);
    let twin = on_account(started(incoming("rings"), 55), "1002");
    assert_eq!(kinds(&tell(&mut board, twin.clone(), 5, 60)), ["changed"]);
    // And what happened since.
    tell(&mut board, ended(twin, 61), 0, 61);
    let news = tell(&mut board, ended(started(incoming("rings"), 55), 61), 0, 61);
    assert!(kinds(&news).contains(&"missed"));
    let mut board = Board::default();
    let news = board.take(ended(incoming("a"), 5), Origin::History, 0, at(6));
    assert_eq!(
        (kinds(&news), board.missed()),
        (vec!["over", "changed"], 0),
        "seen before this desktop listened"
    );
}

#[test]
fn a_journal_call_that_rang_long_ago_is_silent_at_once() {
    let mut board = Board::default();
    board.take(incoming("a"), Origin::Journal { unread: false }, 0, at(7200));
    assert_eq!(board.next_deadline(), Some(at(120)));
    board.tick(at(7200));
    assert_eq!(board.live().len(), 0);
}

#[test]
fn talking_with_the_caller_or_calling_back_settles_the_missed_call() {
    let ways = [
        (outgoing("b", CALLER, 20), true),
        (connected(outgoing("b", CALLER, 20), 25), true),
        (connected(started(incoming("b"), 20), 25), true),
        (started(incoming("b"), 20), false),
        (outgoing("b", "+33199000077", 20), false),
        // It was under way before the other one was missed.
        (outgoing("b", CALLER, -5), false),
    ];
    for (call, settles) in ways {
        let mut board = Board::default();
        tell(&mut board, ended(incoming("a"), 9), 0, 9);
        let news = tell(&mut board, call.clone(), 0, 25);
        assert_eq!(kinds(&news).contains(&"settled"), settles, "{call:?}");
        assert_eq!(board.missed(), usize::from(!settles));
    }
    let mut board = Board::default();
    let withheld = |id| Call {
        calling_number: None,
        ..incoming(id)
    };
    tell(&mut board, ended(withheld("a"), 9), 0, 9);
    tell(&mut board, connected(started(withheld("b"), 20), 25), 0, 25);
    assert_eq!(board.missed(), 1, "who withholds the number may be anybody");
}

#[test]
fn own_legs_stay_unheard_unless_they_are_the_call_itself() {
    let mut board = Board::default();
    board.ignore_own_leg(&key("a"));
    assert_eq!(tell(&mut board, incoming("a"), 0, 0), []);
    assert_eq!(tell(&mut board, ended(incoming("a"), 9), 0, 9), []);
    assert_eq!(board.call(&key("a")), None);
    let news = tell(&mut board, outgoing("a", "+33199000002", 9), 0, 9);
    assert_eq!(kinds(&news), ["placed", "changed"]);
    // Recognised only after it was told.
    tell(&mut board, started(incoming("late"), 20), 0, 20);
    assert_eq!(kinds(&board.ignore_own_leg(&key("late"))), ["quiet", "over"]);
    let news = tell(&mut board, ended(started(incoming("late"), 20), 29), 0, 29);
    assert_eq!((kinds(&news), board.missed()), (vec![], 0));
    assert_eq!(board.past(), []);
}

#[test]
fn memory_is_bounded_and_keeps_what_matters() {
    let mut board = Board::default();
    let kept = board.last_group + 2;
    tell(&mut board, incoming("rings"), 0, 0);
    for n in 0..2000 {
        let call = ended(started(incoming(&format!("call-{n}")), n), n);
        tell(&mut board, call, 3600, n);
        if n % 3 == 1 {
            board.ignore_own_leg(&key(&format!("call-{n}")));
        }
        board.forget_oldest(|id| id == GroupId(kept));
    }
    assert!(
        board.legs.len() <= 2 * (KEPT + KEPT / 10) + 2,
        "{}",
        board.legs.len()
    );
    assert_eq!(board.legs.len(), board.groups.len());
    let knows = |id: &str| board.call(&key(id)).is_some();
    assert!(knows("rings") && knows("call-1999") && knows("call-0") && !knows("call-1"));
}

#[test]
fn a_flood_of_live_calls_is_bounded_and_their_ends_are_heard() {
    let mut board = Board::default();
    let flood = |n: usize| started(incoming(&format!("call-{n}")), i64::try_from(n).unwrap() * 10);
    let news = board.reconcile((0..3 * LIVE).map(flood).collect(), at(0), at(0));
    assert_eq!(kinds(&news).iter().filter(|kind| **kind == "rings").count(), LIVE);
    assert_eq!((board.live().len(), board.live_count()), (LIVE, LIVE));
    let further = incoming("further");
    assert_eq!(tell(&mut board, further.clone(), 0, 1), []);
    let news = tell(&mut board, ended(further, 9), 0, 9);
    assert_eq!(kinds(&news), ["missed", "over", "changed"], "for the journal");
    tell(&mut board, ended(flood(0), 20), 0, 20);
    tell(&mut board, flood(LIVE), 0, 21);
    assert!(board.has_live_call_with(&E164::parse(CALLER).unwrap()));
    assert_eq!(
        (
            board.call(&key(&format!("call-{LIVE}"))).is_some(),
            board.live_count()
        ),
        (true, LIVE)
    );
    board.reconcile(Vec::new(), at(100_000), at(100_000));
    assert!(!board.has_live_call_with(&E164::parse(CALLER).unwrap()));
    // Beside live calls as well, only so many are kept that are over.
    board.forget_oldest(|_| false);
    assert!(board.legs.len() <= KEPT + KEPT / 10, "{}", board.legs.len());
    for n in 0..=KEPT / 5 {
        let call = ended(started(incoming(&format!("later-{n}")), 100_000), 100_001);
        tell(&mut board, call, 0, 100_001);
    }
    board.read_all();
    board.forget_oldest(|_| false);
    assert_eq!(board.legs.len(), KEPT);
}

#[test]
fn a_missed_call_is_not_forgotten_before_it_is_read() {
    let mut board = Board::default();
    tell(&mut board, ended(incoming("missed"), 9), 0, 9);
    let busy = |board: &mut Board, from: i64| {
        for n in from..from + 2000 {
            let call = outgoing(&format!("call-{n}"), "+33199000002", n * 10);
            tell(
                board,
                ended(connected(call, n * 10 + 1), n * 10 + 9),
                0,
                n * 10 + 9,
            );
            board.forget_oldest(|_| false);
        }
    };
    busy(&mut board, 1);
    assert!(board.missed() == 1 && board.unread(&key("missed")));
    board.read_all();
    busy(&mut board, 2001);
    assert_eq!((board.missed(), board.call(&key("missed"))), (0, None));
}

#[test]
fn a_call_from_the_future_does_not_ring_for_ever() {
    let future: Timestamp = "9999-01-01T00:00:00Z".parse().unwrap();
    let mut board = Board::default();
    let call = Call {
        started_at: future,
        ..incoming("a")
    };
    tell(&mut board, call.clone(), -1, 0);
    assert_eq!(board.next_deadline(), Some(at(120)));
    // A list that may be older than the call says nothing of it, a later one does.
    assert_eq!(board.reconcile(Vec::new(), at(30), at(30)), []);
    let news = board.reconcile(Vec::new(), at(60), at(60));
    assert_eq!(kinds(&news), ["quiet", "over", "changed"]);
    assert_eq!(board.outcome(&key("a")), Some(Outcome::Unknown));

    // One that the journal kept as ringing is silent from the start on.
    let mut board = Board::default();
    board.take(call, Origin::Journal { unread: false }, 0, at(0));
    board.tick(at(0));
    assert_eq!(board.live(), []);
    // A relay whose clock is an hour ahead is believed.
    let ahead = started(incoming("b"), 3600);
    board.take(ahead, Origin::Journal { unread: false }, 0, at(0));
    board.tick(at(0));
    assert_eq!(board.live(), [key("b")]);
}
