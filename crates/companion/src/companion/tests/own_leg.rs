//! The own phone, ringing for what was dialled, is no caller; and no caller is ever taken for it.

use proptest::prelude::*;
use telephony::Direction;

use super::*;
use crate::dialled::Dialled;

fn from(number: Option<&str>, id: &str) -> Call {
    Call {
        calling_number: number.map(|number| Party::from(number.to_owned())),
        ..incoming(id)
    }
}

/// Dialled by relay; taken by the platform at second 1, with this call's id if any.
fn dialled(answer: Option<&str>) -> Companion {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    let answer = answer.map(|id| CallId(id.into()));
    companion.on(Event::DialOutcome(press(1), Ok(answer)), at(1));
    companion
}

#[test]
fn the_own_phone_is_no_incoming_call() {
    let legs = [
        // The call that the platform named in its answer, whatever it shows.
        (Some("leg"), from(Some(TARGET), "leg")),
        (Some("leg"), from(None, "leg")),
        // A number that calls itself.
        (None, from(Some(OWN), "leg")),
    ];
    for (answer, leg) in legs {
        let mut companion = dialled(answer);
        assert_eq!(tell(&mut companion, leg.clone(), 2), []);
        assert_eq!(tell(&mut companion, connected(leg.clone(), 6), 6), []);
        assert_eq!(tell(&mut companion, ended(leg, 9), 9), []);
        assert_eq!((companion.live().len(), companion.recent(9).len()), (0, 0));
    }
}

#[test]
fn there_is_one_own_phone_and_it_rings_at_once() {
    let rings = |companion: &mut Companion, id: &str, second| {
        let call = crate::testing::started(from(Some(OWN), id), second);
        notifications(&tell(companion, call, second)).len()
    };
    let mut companion = dialled(None);
    assert_eq!(rings(&mut companion, "leg", 2), 0);
    assert_eq!(rings(&mut companion, "another", 3), 1);
    // On another line, long after the press, or once the call itself is over.
    let mut companion = dialled(None);
    let elsewhere = Call {
        account_id: AccountId("1002".into()),
        ..from(Some(OWN), "leg")
    };
    assert_eq!(notifications(&tell(&mut companion, elsewhere, 2)).len(), 1);
    assert_eq!(rings(&mut companion, "late", 40), 1);
    let mut companion = dialled(None);
    tell(&mut companion, ended(outgoing("a", TARGET, 3), 5), 5);
    assert_eq!(rings(&mut companion, "back", 8), 1);
}

#[test]
fn the_person_who_is_dialled_may_be_calling_at_this_very_moment() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    assert_eq!(
        notifications(&tell(&mut companion, from(Some(TARGET), "x"), 0)).len(),
        1
    );
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    assert_eq!(
        notifications(&tell(&mut companion, from(Some(TARGET), "y"), 2)).len(),
        1
    );
    assert_eq!(
        stage(&companion).0,
        DialStage::PickUp,
        "and it isn't the dialled call"
    );
}

#[test]
fn a_call_that_was_told_as_coming_in_and_goes_out_is_the_dialled_one() {
    let mut companion = dialled(None);
    assert_eq!(
        notifications(&tell(&mut companion, from(Some(TARGET), "a"), 2)).len(),
        1
    );
    let effects = tell(&mut companion, outgoing("a", TARGET, 2), 4);
    assert!(effects.contains(&Effect::Withdraw(note_key("a"))), "{effects:?}");
    assert_eq!(
        (stage(&companion).0, companion.live().len()),
        (DialStage::Calling, 1)
    );
}

/// How far the platform is with our call when somebody calls.
fn moment() -> impl Strategy<Value = (Option<Result<Option<CallId>, DialFailure>>, Option<i64>)> {
    let answer = prop_oneof![
        Just(None),
        Just(Some(Ok(None))),
        Just(Some(Ok(Some(CallId("ours".into()))))),
        Just(Some(failure(DialReason::Timeout, true))),
    ];
    (answer, proptest::option::of(0..5i64))
}

proptest! {
    #[test]
    fn no_caller_is_ever_hidden(
        (answer, announced) in moment(),
        callers in prop::collection::vec(
            (
                prop::sample::select(vec![None, Some(TARGET), Some(CALLER), Some("anonymous")]),
                prop::sample::select(vec![None, Some(OWN), Some(CALLER)]),
                any::<bool>(),
                // The same caller on the same line at the same moment is one call on two accounts.
                4..40i64,
            ),
            1..6,
        ),
    ) {
        let mut companion = companion();
        companion.on(dial(1, TARGET, false), at(0));
        if let Some(answer) = answer {
            companion.on(Event::DialOutcome(press(1), answer), at(1));
        }
        if let Some(second) = announced {
            tell(&mut companion, outgoing("ours", TARGET, second), second);
        }
        let mut now = 5;
        for (n, (calling, called, here, wait)) in callers.into_iter().enumerate() {
            now += wait;
            let call = Call {
                called_number: called.map(|number| Party::from(number.to_owned())),
                account_id: AccountId(if here { "1001" } else { "1002" }.into()),
                started_at: at(now),
                ..from(calling, &format!("caller-{n}"))
            };
            prop_assume!(calling.is_none() || calling != called);
            prop_assert_eq!(call.direction, Direction::Incoming);
            let effects = tell(&mut companion, call, now);
            let rings = notifications(&effects)
                .iter()
                .filter(|note| note.kind == NotificationKind::Incoming)
                .count();
            prop_assert_eq!(rings, 1);
        }
    }
}

#[test]
fn a_stranger_rings_while_we_dial() {
    let mut companion = dialled(None);
    assert_eq!(notifications(&tell(&mut companion, incoming("a"), 2)).len(), 1);
    let withheld = Call {
        called_number: None,
        ..from(None, "b")
    };
    assert_eq!(notifications(&tell(&mut companion, withheld, 2)).len(), 1);
}

#[test]
fn what_was_told_before_it_was_known_for_the_own_phone_leaves_no_row() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    let leg = from(None, "leg");
    let effects = tell(&mut companion, leg.clone(), 0);
    assert!(
        matches!(effects.last(), Some(Effect::Record { .. })),
        "{effects:?}"
    );
    let named = Ok(Some(CallId("leg".into())));
    let effects = on(&mut companion, Event::DialOutcome(press(1), named), 1);
    assert!(effects.contains(&Effect::Unrecord(key("leg"))), "{effects:?}");
    assert_eq!(tell(&mut companion, connected(leg.clone(), 6), 6), []);
    assert_eq!(tell(&mut companion, ended(leg, 9), 9), []);
    // The outgoing call itself, told under the same id, has its row.
    let effects = tell(&mut companion, ended(outgoing("leg", TARGET, 0), 9), 9);
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Record { .. }))
    );
}

fn tell_late(companion: &mut Companion, call: Call, age_s: i64, now: i64) -> Vec<Effect> {
    let event = Event::Call {
        call: Box::new(call),
        origin: Origin::Relay,
        age_s,
    };
    on(companion, event, now)
}

/// The own phone, which began to ring a second after the press.
fn own_phone() -> Call {
    crate::testing::started(from(Some(OWN), "leg"), 1)
}

#[test]
fn when_the_own_phone_began_to_ring_counts_and_not_when_it_is_told() {
    let leg = own_phone();
    // A slow relay; a connection that was cut for an hour, in which the call went through and was over.
    for (state, age_s, now) in [
        (leg.clone(), 90, 91),
        (connected(leg.clone(), 9), 40, 49),
        (ended(connected(leg.clone(), 9), 50), 3600, 3650),
        (ended(leg, 20), 3600, 3620),
    ] {
        let mut companion = dialled(None);
        if now > 1800 {
            let call = ended(connected(outgoing("out", TARGET, 1), 9), 50);
            tell_late(&mut companion, call, now - 50, now);
        }
        assert_eq!(tell_late(&mut companion, state, age_s, now), [], "told at {now}");
        assert_eq!((companion.live().len(), companion.missed()), (0, 0));
    }
    // Whoever began to call later is no own phone, however late that is told.
    let mut companion = dialled(None);
    let caller = ended(crate::testing::started(from(Some(OWN), "caller"), 40), 60);
    tell_late(&mut companion, caller, 3600, 3660);
    assert_eq!(companion.missed(), 1);
}

#[test]
fn each_press_has_its_own_phone() {
    let mut companion = dialled(None);
    companion.on(dial(2, "+33199000002", false), at(20));
    companion.on(
        Event::DialOutcome(press(2), Ok(Some(CallId("named".into())))),
        at(21),
    );
    let second = crate::testing::started(from(Some(OWN), "second"), 21);
    assert_eq!(tell(&mut companion, second, 21), []);
    assert_eq!(tell_late(&mut companion, own_phone(), 24, 25), []);
    assert_eq!(tell_late(&mut companion, ended(own_phone(), 19), 60, 79), []);
    // Neither press has another one.
    let third = crate::testing::started(from(Some(OWN), "third"), 22);
    assert_eq!(notifications(&tell(&mut companion, third, 22)).len(), 1);
}

#[test]
fn a_press_that_came_to_nothing_has_no_own_phone() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    let refused = failure(DialReason::WrongKey, false);
    let effects = companion.on(Event::DialOutcome(press(1), refused), at(1));
    assert!(effects.contains(&Effect::NotDialled(press(1))), "{effects:?}");
    assert_eq!(notifications(&tell(&mut companion, own_phone(), 1)).len(), 1);
}

/// What a process leaves in the journal of what was dialled.
fn kept(effects: &[Effect]) -> Option<Dialled> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Dialled(dialled) => Some(dialled.clone()),
        _ => None,
    })
}

#[test]
fn the_next_process_knows_the_own_phone_too() {
    for (answer, leg) in [(None, own_phone()), (Some("leg"), from(None, "leg"))] {
        let mut first = companion();
        let mut left = kept(&first.on(dial(1, TARGET, false), at(0)));
        let answer = answer.map(|id| CallId(id.into()));
        left = kept(&first.on(Event::DialOutcome(press(1), Ok(answer)), at(1))).or(left);
        let told = |left: &Option<Dialled>| {
            let mut next = companion();
            next.on(Event::DialledBefore(left.iter().cloned().collect()), at(5));
            let other = crate::testing::started(from(Some(OWN), "another"), 3);
            (
                tell_late(&mut next, ended(leg.clone(), 9), 3600, 3609),
                notifications(&tell(&mut next, other, 3)).len(),
            )
        };
        assert_eq!(told(&left).0, []);
        // It rang before the restart: there is no other one.
        let event = Event::Call {
            call: Box::new(leg.clone()),
            origin: Origin::Relay,
            age_s: 0,
        };
        left = kept(&first.on(event, at(2))).or(left);
        assert_eq!(told(&left), (vec![], 1));
    }
}

#[test]
fn what_was_dialled_is_not_taken_for_a_caller_in_the_past_either() {
    let mut companion = dialled(None);
    let event = Event::Call {
        call: Box::new(ended(own_phone(), 20)),
        origin: Origin::History,
        age_s: 3600,
    };
    assert_eq!(on(&mut companion, event, 3620), []);
}
