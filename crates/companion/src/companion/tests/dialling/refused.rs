//! Calls that aren't placed, and what is said about it.

use super::*;

#[test]
fn what_is_no_number_is_refused_with_its_reason() {
    for (input, id) in [
        ("", "number-refused-empty"),
        ("112", "number-refused-emergency"),
        ("*21*0142685300#", "number-refused-service-code"),
        ("01 42", "number-refused-too-short"),
        ("Tél. : 01 99 00 00 01 / Fax : 01 99 00 00 02", "number-choose"),
    ] {
        let mut companion = companion();
        assert_eq!(companion.on(dial(1, input, true), at(0)), []);
        let (stage, said) = stage(&companion);
        assert_eq!((stage, said.as_str()), (DialStage::Failed, id), "{input}");
        companion.on(Event::DialDismissed, at(1));
        assert_eq!(companion.dial(), None);
    }
}

#[test]
fn a_refused_number_takes_nothing_from_the_call_under_way() {
    let mut companion = picking_up();
    companion.on(dial(2, "112", false), at(2));
    assert_eq!(stage(&companion).0, DialStage::Failed);
    companion.on(Event::DialDismissed, at(3));
    assert_eq!(stage(&companion).0, DialStage::PickUp);
}

#[test]
fn what_prevents_a_call_is_said_before_it_is_tried() {
    let absent = |kind| Event::Credential(kind, CredentialState::Absent);
    let locked = |kind| Event::Credential(kind, CredentialState::Unavailable(KeychainProblem::Locked));
    let elsewhere = |kind| Event::Credential(kind, CredentialState::Elsewhere);
    let told = |mut companion: Companion, event: Event| {
        companion.on(event, at(1));
        companion
    };
    let unset = Companion::new(Settings::default(), Language::Fr, at(0));
    prevents(unset, "dial-failed-not-configured");

    let (token, key) = (CredentialKind::RelayToken, CredentialKind::ApiKey);
    let never_live = Companion::new(relay_settings(), Language::Fr, at(0));
    let may_only_watch = Event::Link(Link::Live {
        can_dial: false,
        accounts: vec![account()],
    });
    let refused = Event::Link(Link::Refused);
    prevents(never_live, "dial-failed-relay-unreachable");
    prevents(told(companion(), may_only_watch), "dial-failed-relay-cannot-dial");
    prevents(told(companion(), refused), "dial-failed-relay-refused");
    prevents(told(companion(), absent(token)), "dial-failed-not-enrolled");
    prevents(told(companion(), locked(token)), "dial-failed-keychain-locked");
    prevents_nothing(companion());
    // The stream is down, the accounts are known: the relay may answer.
    prevents_nothing(told(companion(), Event::Link(Link::Down(LinkProblem::Lost))));

    prevents(told(direct(), absent(key)), "dial-failed-no-credential");
    prevents(told(direct(), elsewhere(key)), "dial-failed-other-platform");
    prevents(told(direct(), locked(key)), "dial-failed-keychain-locked");
    prevents_nothing(told(direct(), absent(CredentialKind::AccountPassword)));
    prevents_nothing(direct());
}

/// It is said before somebody wants to call, and why a call fails then.
#[track_caller]
fn prevents(mut companion: Companion, why: &str) {
    let said = match why {
        "dial-failed-not-configured" | "dial-failed-relay-cannot-dial" => why.to_owned(),
        // Nobody wanted to call yet.
        why => why.replace("dial-failed", "cannot-dial"),
    };
    assert_eq!(companion.cannot_dial().map(|message| message.id), Some(said));
    assert_eq!(places(&companion.on(dial(1, TARGET, false), at(2))), 0);
    assert_eq!(stage(&companion), (DialStage::Failed, why.into()));
}

#[track_caller]
fn prevents_nothing(mut companion: Companion) {
    assert_eq!(companion.cannot_dial(), None);
    assert_eq!(places(&companion.on(dial(1, TARGET, false), at(2))), 1);
}

#[test]
fn a_refusal_is_settled_and_may_be_tried_again_at_once() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    fails(&mut companion, 1, DialReason::WrongKey, false, 1);
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-wrong-key-by-relay".into())
    );
    assert_eq!(places(&companion.on(dial(2, TARGET, false), at(2))), 1);
}

#[test]
fn what_fails_behind_the_relay_sends_nobody_to_a_key_that_this_computer_lacks() {
    let said = |mut companion: Companion, reason| {
        companion.on(dial(1, TARGET, false), at(0));
        fails(&mut companion, 1, reason, false, 1);
        say(Language::Fr, &card(&companion).message)
    };
    for reason in [
        DialReason::WrongKey,
        DialReason::Forbidden,
        DialReason::Unreachable,
        DialReason::Tls,
        DialReason::Platform,
    ] {
        let by_relay = said(companion(), reason);
        assert!(by_relay.contains("relais de votre entreprise"), "{by_relay}");
        assert!(by_relay.contains("révenez votre administrateur"), "{by_relay}");
        assert!(
            !by_relay.contains("paramètres") && !by_relay.contains("Internet"),
            "{by_relay}"
        );
        assert!(!said(direct(), reason).contains("relais"));
    }
}
