//! The own phone, ringing for what was dialled, is no caller; and no caller is ever taken for it.

use proptest::prelude::*;
use telephony::Direction;

use super::*;

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
    assert!(effects.contains(&Effect::Withdraw(key("a"))), "{effects:?}");
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
