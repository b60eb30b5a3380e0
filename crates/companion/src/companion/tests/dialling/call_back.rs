//! The button that calls back.

use super::*;

fn missed_call() -> Companion {
    let mut companion = companion();
    tell(&mut companion, ended(incoming("a"), 5), 5);
    companion
}

#[test]
fn a_call_back_dials_and_settles_the_missed_call() {
    let mut companion = missed_call();
    let effects = on(&mut companion, button("a", NoteAction::CallBack, 1), 10);
    assert_eq!(effects[0], Effect::Withdraw(note_key("a")));
    assert!(matches!(&effects[1], Effect::Record { unread: false, .. }));
    let number = telephony::E164::parse(CALLER).unwrap();
    assert!(matches!(&effects[2], Effect::PlaceCall { number: called, .. } if *called == number));
    assert_eq!((companion.missed(), effects.len()), (0, 3));
    // A daemon that reports the button twice doesn't ring twice.
    assert_eq!(
        places(&companion.on(button("a", NoteAction::CallBack, 1), at(10))),
        0
    );
}

#[test]
fn a_call_back_that_fails_says_so_and_takes_it_back_when_the_call_comes() {
    let mut companion = missed_call();
    companion.on(button("a", NoteAction::CallBack, 1), at(10));
    let effects = fails(&mut companion, 1, DialReason::Timeout, true, 20);
    let [Effect::Notify(note)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (note.kind, note.title.as_str(), &note.key),
        (NotificationKind::Info, "Rappel impossible", &note_key("a"))
    );
    assert!(
        note.body
            .starts_with("Le relais de votre entreprise n’a pas eu de réponse à temps."),
        "{}",
        note.body
    );
    let effects = tell(&mut companion, outgoing("b", CALLER, 21), 21);
    assert_eq!(effects[0], Effect::Withdraw(note_key("a")));
}

#[test]
fn a_call_back_that_cannot_be_tried_says_why() {
    let mut companion = missed_call();
    companion.on(Event::Link(Link::Refused), at(8));
    let effects = companion.on(button("a", NoteAction::CallBack, 1), at(10));
    let notes = notifications(&effects);
    assert_eq!(
        (places(&effects), notes.len(), notes[0].kind),
        (0, 1, NotificationKind::Info)
    );
    assert!(notes[0].body.contains("code d’inscription"), "{}", notes[0].body);
}

#[test]
fn a_call_back_to_a_premium_number_opens_the_question() {
    let mut companion = companion();
    let call = Call {
        calling_number: Some(Party::from("+33892701234".to_owned())),
        ..incoming("a")
    };
    tell(&mut companion, ended(call, 5), 5);
    let effects = companion.on(button("a", NoteAction::CallBack, 1), at(10));
    assert!(effects.contains(&Effect::OpenWindow(Place::Pad)) && places(&effects) == 0);
    assert_eq!(stage(&companion).0, DialStage::Question);
}
