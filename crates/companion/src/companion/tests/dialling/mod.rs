//! Calls that a person places: what is asked of the platform, and how often.

mod call_back;
mod refused;
mod stages;

use super::*;
use crate::effect::Route;

#[test]
fn one_press_is_one_request() {
    let mut companion = companion();
    let effects = on(&mut companion, dial(1, "02 61 91 00 01", false), 0);
    let expected = Effect::PlaceCall {
        id: press(1),
        number: telephony::E164::parse(TARGET).unwrap(),
        account: account(),
        route: Route::Relay,
        confirmed: false,
    };
    assert_eq!(effects, [expected]);
    // The same press again, another press while nothing is answered: nothing.
    assert_eq!(companion.on(dial(1, TARGET, true), at(0)), []);
    assert_eq!(companion.on(dial(2, TARGET, true), at(0)), []);
    assert_eq!(companion.on(dial(3, "+33199000002", true), at(0)), []);
    assert_eq!(stage(&companion), (DialStage::Asking, "dial-asking".into()));
    assert_eq!(card(&companion).display, SHOWN);
    // Nor does the same press count long after its call was taken.
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    assert_eq!(companion.on(dial(1, TARGET, true), at(30)), []);
}

#[test]
fn what_is_typed_is_read_by_the_companys_rules() {
    let number = |typed: &str, settings: &Settings| {
        let companion = Companion::new(settings.clone(), Language::Fr, at(0));
        let understood = companion.understand(typed);
        let number = understood.number.map(|number| number.as_str().to_owned());
        (understood.verdict, number)
    };
    let with = |outside_prefix: &str, prefix: &str, length| Settings {
        outside_prefix: outside_prefix.into(),
        extension_prefix: prefix.into(),
        extension_length: length,
        ..relay_settings()
    };
    let dials = |to: &str| (Verdict::Dial, Some(to.to_owned()));
    let (plain, outside) = (relay_settings(), with("0", "", 0));
    let (inside, length) = (with("", "+3314268", 4), with("", "", 4));
    // The vectors that depend on what the administrator says.
    for (typed, settings, expected) in [
        ("0 01 42 68 53 00", &plain, (Verdict::Incomplete, None)),
        ("0 01 42 68 53 00", &outside, dials("+33142685300")),
        ("00687261234", &outside, dials("+687261234")),
        ("01 42 68 53 00", &outside, dials("+33142685300")),
        ("4207", &plain, (Verdict::Incomplete, None)),
        ("4207", &length, (Verdict::Refuse, None)),
        ("4207", &inside, dials("+33142684207")),
        ("204", &inside, (Verdict::Incomplete, None)),
        ("204", &with("", "+33142685", 3), dials("+33142685204")),
        ("3639", &inside, (Verdict::Refuse, None)),
        ("112", &with("", "+33142685", 3), (Verdict::Refuse, None)),
    ] {
        assert_eq!(number(typed, settings), expected, "{typed} {settings:?}");
    }
    // New settings hold at once, and the call goes to that number.
    let mut companion = companion();
    companion.on(Event::Settings(Box::new(with("0", "+3314268", 4))), at(0));
    let effects = on(&mut companion, dial(1, "poste 4207", false), 0);
    assert!(
        matches!(&effects[..], [Effect::PlaceCall { number, .. }] if number.as_str() == "+33142684207"),
        "{effects:?}"
    );
}

#[test]
fn an_extension_that_was_called_settles_what_was_missed_from_it() {
    let settings = Settings {
        extension_prefix: "+3314268".into(),
        extension_length: 4,
        ..relay_settings()
    };
    let mut companion = Companion::new(settings, Language::Fr, at(0));
    companion.on(live(), at(0));
    let from = |id: &str, party: &str| Call {
        calling_number: Some(Party::from(party.to_owned())),
        // Which extension was told is no relay's to say.
        extension: Some("9999".into()),
        ..incoming(id)
    };
    tell(&mut companion, from("a", "5300"), 0);
    let line = companion.live().remove(0);
    assert_eq!(line.party, "5300");
    assert_eq!(line.number.unwrap().as_str(), "+33142685300");
    assert_eq!(line.about.unwrap().id, "about-extension");
    // The end tells no number any more.
    let end = Call {
        calling_number: None,
        ..ended(from("a", "5300"), 5)
    };
    tell(&mut companion, end, 5);
    assert_eq!(
        (companion.missed(), companion.recent(1)[0].party.as_str()),
        (1, "5300")
    );
    // By its whole number, as the platform may tell it.
    tell(&mut companion, outgoing("b", "+33142685300", 9), 9);
    assert_eq!(companion.missed(), 0);
}

#[test]
fn the_card_names_whom_it_calls_and_of_several_nobody() {
    let number = telephony::E164::parse(TARGET).unwrap();
    let known = |ambiguous| Known {
        name: "Personne".into(),
        company: Some("Société".into()),
        label: None,
        source: "test".into(),
        since: at(0),
        contact: "1".into(),
        ambiguous,
        shared: ambiguous,
        several: false,
    };
    let mut companion = companion();
    let effects = companion.on(dial(1, TARGET, false), at(0));
    assert!(effects.contains(&Effect::LookUp(number.clone())), "{effects:?}");
    assert_eq!(card(&companion).name, None);
    for (ambiguous, name, company) in [(false, Some("Personne"), Some("Société")), (true, None, None)] {
        let known = Some(known(ambiguous));
        let number = number.clone();
        companion.on(Event::Named { number, known }, at(1));
        let card = card(&companion);
        assert_eq!((card.name.as_deref(), card.company.as_deref()), (name, company));
        assert_eq!(card.display, SHOWN, "a name doesn't hide the number");
    }
}

#[test]
fn the_same_number_within_five_seconds_asks() {
    let mut companion = picking_up();
    // A "yes" to another question isn't one to this.
    assert_eq!(companion.on(dial(2, TARGET, true), at(3)), []);
    assert_eq!(stage(&companion), (DialStage::Question, "dial-repeat".into()));
    // Closing the question shows the call again.
    companion.on(Event::DialDismissed, at(3));
    assert_eq!(stage(&companion).0, DialStage::PickUp);
    assert_eq!(companion.on(dial(3, TARGET, false), at(4)), []);
    assert_eq!(places(&companion.on(dial(4, TARGET, true), at(4))), 1);
    // Another number, and the same one later, don't ask.
    companion.on(Event::DialOutcome(press(4), Ok(None)), at(5));
    assert_eq!(places(&companion.on(dial(5, "+33199000002", false), at(6))), 1);
    companion.on(Event::DialOutcome(press(5), Ok(None)), at(6));
    assert_eq!(places(&companion.on(dial(6, "+33199000002", false), at(11))), 1);
}

#[test]
fn a_premium_number_asks_and_is_sent_as_confirmed() {
    let mut companion = companion();
    assert_eq!(on(&mut companion, dial(1, "0892 70 12 34", false), 0), []);
    assert_eq!(
        stage(&companion),
        (DialStage::Question, "number-confirm-premium".into())
    );
    let effects = on(&mut companion, dial(2, "0892 70 12 34", true), 1);
    assert!(matches!(
        &effects[..],
        [Effect::PlaceCall { confirmed: true, .. }]
    ));
}

#[test]
fn what_the_companys_rules_ask_about_becomes_a_question_and_the_yes_goes_with_the_call() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    assert_eq!(fails(&mut companion, 1, DialReason::ToConfirm, false, 1), []);
    assert_eq!(
        stage(&companion),
        (DialStage::Question, "dial-company-asks".into())
    );
    // Another number isn't what was asked about.
    let other = on(&mut companion, dial(2, "+33199000003", true), 2);
    assert!(
        matches!(&other[..], [Effect::PlaceCall { confirmed: false, .. }]),
        "{other:?}"
    );

    let mut companion = self::companion();
    companion.on(dial(1, TARGET, false), at(0));
    fails(&mut companion, 1, DialReason::ToConfirm, false, 1);
    let effects = on(&mut companion, dial(2, TARGET, true), 2);
    assert!(
        matches!(&effects[..], [Effect::PlaceCall { confirmed: true, .. }]),
        "{effects:?}"
    );
    // And never by itself: a press without the yes asks the relay again.
    fails(&mut companion, 2, DialReason::ToConfirm, false, 3);
    let effects = on(&mut companion, dial(3, TARGET, false), 4);
    assert!(
        matches!(&effects[..], [Effect::PlaceCall { confirmed: false, .. }]),
        "{effects:?}"
    );
}
