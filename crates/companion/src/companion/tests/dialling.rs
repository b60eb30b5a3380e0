use super::*;
use crate::effect::Route;

/// Dialled by relay, taken by the platform at second 1.
fn picking_up() -> Companion {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    companion
}

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
fn the_stages_follow_what_the_platform_says() {
    let mut companion = picking_up();
    assert_eq!(stage(&companion), (DialStage::PickUp, "dial-pick-up".into()));
    let call = outgoing("a", TARGET, 8);
    assert!(notifications(&tell(&mut companion, call.clone(), 8)).is_empty());
    assert_eq!(stage(&companion), (DialStage::Calling, "dial-calling".into()));
    tell(&mut companion, connected(call.clone(), 12), 12);
    assert_eq!(stage(&companion), (DialStage::Talking, "dial-talking".into()));
    assert_eq!(card(&companion).connected_at, Some(at(12)));
    tell(&mut companion, ended(connected(call, 12), 60), 60);
    assert_eq!(stage(&companion), (DialStage::Ended, "dial-ended".into()));
    assert_eq!(card(&companion).ended_at, Some(at(60)));
    assert_eq!(companion.next_deadline(), None);
    companion.on(Event::DialDismissed, at(61));
    assert_eq!(companion.dial(), None);
}

#[test]
fn a_start_that_comes_before_the_answer_counts() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    tell(&mut companion, outgoing("a", TARGET, 0), 0);
    assert_eq!(stage(&companion).0, DialStage::Calling);
    // The answer, good or bad, takes nothing back.
    companion.on(
        Event::DialOutcome(press(1), failure(DialReason::Timeout, true)),
        at(5),
    );
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn a_call_announced_without_its_number_is_known_by_the_answers_id() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    tell(
        &mut companion,
        Call {
            called_number: None,
            ..outgoing("a", TARGET, 0)
        },
        0,
    );
    assert_eq!(stage(&companion).0, DialStage::Asking);
    companion.on(Event::DialOutcome(press(1), Ok(Some(CallId("a".into())))), at(1));
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn calls_to_others_or_from_other_lines_or_times_are_not_the_dialled_one() {
    let others = [
        outgoing("a", "+33199000003", 5),
        Call {
            account_id: AccountId("1002".into()),
            ..outgoing("a", TARGET, 5)
        },
        incoming("a"),
    ];
    for call in others {
        let mut companion = picking_up();
        tell(&mut companion, call, 5);
        assert_eq!(stage(&companion).0, DialStage::PickUp);
    }
    for (started, now, age_s) in [(-60, 5, 65), (121, 121, 0)] {
        let mut companion = picking_up();
        let call = Box::new(outgoing("a", TARGET, started));
        companion.on(
            Event::Call {
                call,
                origin: Origin::Relay,
                age_s,
            },
            at(now),
        );
        assert_eq!(stage(&companion).0, DialStage::PickUp, "{started}");
    }
}

#[test]
fn silence_of_a_listening_relay_is_a_failure_that_a_late_start_corrects() {
    let mut companion = picking_up();
    assert_eq!(companion.next_deadline(), Some(at(61)));
    companion.on(Event::Tick, at(60));
    assert_eq!(stage(&companion).0, DialStage::PickUp);
    companion.on(Event::Tick, at(61));
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-nothing-rang".into())
    );
    tell(&mut companion, outgoing("a", TARGET, 90), 90);
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn silence_of_a_lost_relay_claims_nothing() {
    let mut companion = picking_up();
    companion.on(Event::Link(Link::Down(LinkProblem::Lost)), at(10));
    assert_eq!(
        stage(&companion),
        (DialStage::PickUp, "dial-pick-up-unheard".into())
    );
    companion.on(Event::Tick, at(61));
    assert_eq!(stage(&companion), (DialStage::Ended, "dial-ended-unseen".into()));
    // Back again, the relay tells.
    companion.on(live(), at(80));
    let call = Box::new(connected(outgoing("a", TARGET, 9), 20));
    companion.on(
        Event::Call {
            call,
            origin: Origin::Relay,
            age_s: 60,
        },
        at(80),
    );
    assert_eq!(stage(&companion).0, DialStage::Talking);
}

#[test]
fn direct_mode_says_that_it_hears_nothing() {
    let mut companion = direct();
    let effects = on(&mut companion, dial(1, TARGET, false), 0);
    assert!(matches!(
        &effects[..],
        [Effect::PlaceCall {
            route: Route::Direct,
            ..
        }]
    ));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    assert_eq!(
        stage(&companion),
        (DialStage::PickUp, "dial-pick-up-unheard".into())
    );
    let due = companion.next_deadline().unwrap();
    companion.on(Event::Tick, due);
    assert_eq!(stage(&companion), (DialStage::Ended, "dial-ended-unseen".into()));
    assert_eq!(companion.next_deadline(), None);
}

#[test]
fn a_timeout_is_settled_by_the_start() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(
        Event::DialOutcome(press(1), failure(DialReason::Timeout, true)),
        at(10),
    );
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-timeout-by-relay".into())
    );
    assert!(say(Language::Fr, &card(&companion).message).contains("peut-être"));
    tell(&mut companion, outgoing("a", TARGET, 12), 12);
    assert_eq!(stage(&companion).0, DialStage::Calling);
}

#[test]
fn a_refusal_is_settled_and_may_be_tried_again_at_once() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(
        Event::DialOutcome(press(1), failure(DialReason::WrongKey, false)),
        at(1),
    );
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
        companion.on(Event::DialOutcome(press(1), failure(reason, false)), at(1));
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

#[test]
fn an_agent_that_never_reports_does_not_leave_the_card_waiting() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    let due = companion.next_deadline().unwrap();
    companion.on(Event::Tick, due);
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-timeout-by-relay".into())
    );
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
fn closing_the_card_does_not_stop_the_call_and_a_failure_shows_again() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    companion.on(Event::DialDismissed, at(1));
    assert_eq!(companion.dial(), None);
    companion.on(Event::Tick, at(61));
    assert_eq!(
        stage(&companion),
        (DialStage::Failed, "dial-failed-nothing-rang".into())
    );
}

fn missed_call() -> Companion {
    let mut companion = companion();
    tell(&mut companion, ended(incoming("a"), 5), 5);
    companion
}

#[test]
fn a_call_back_dials_and_settles_the_missed_call() {
    let mut companion = missed_call();
    let effects = on(&mut companion, button("a", NoteAction::CallBack, 1), 10);
    assert_eq!(effects[0], Effect::Withdraw(key("a")));
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
    let effects = companion.on(
        Event::DialOutcome(press(1), failure(DialReason::Timeout, true)),
        at(20),
    );
    let [Effect::Notify(note)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (note.kind, note.title.as_str(), &note.key),
        (NotificationKind::Info, "Rappel impossible", &key("a"))
    );
    assert!(
        note.body
            .starts_with("Le relais de votre entreprise n’a pas eu de réponse à temps."),
        "{}",
        note.body
    );
    let effects = tell(&mut companion, outgoing("b", CALLER, 21), 21);
    assert_eq!(effects[0], Effect::Withdraw(key("a")));
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

#[test]
fn what_prevents_a_call_is_said_before_it_is_tried() {
    let absent = |kind| Event::Credential(kind, CredentialState::Absent);
    let locked = |kind| Event::Credential(kind, CredentialState::Unavailable(KeychainProblem::Locked));
    let live_without_dial = Event::Link(Link::Live {
        can_dial: false,
        accounts: vec![account()],
    });
    let cases: Vec<(Companion, Option<Event>, Option<&str>)> = vec![
        (
            Companion::new(Settings::default(), Language::Fr, at(0)),
            None,
            Some("dial-failed-not-configured"),
        ),
        (companion(), None, None),
        (
            companion(),
            Some(live_without_dial),
            Some("dial-failed-relay-cannot-dial"),
        ),
        (
            companion(),
            Some(Event::Link(Link::Refused)),
            Some("dial-failed-relay-refused"),
        ),
        (
            companion(),
            Some(absent(CredentialKind::RelayToken)),
            Some("dial-failed-not-enrolled"),
        ),
        (
            companion(),
            Some(locked(CredentialKind::RelayToken)),
            Some("dial-failed-keychain-locked"),
        ),
        // The stream is down, the accounts are known: the relay may answer.
        (
            companion(),
            Some(Event::Link(Link::Down(LinkProblem::Lost))),
            None,
        ),
        (
            Companion::new(relay_settings(), Language::Fr, at(0)),
            None,
            Some("dial-failed-relay-unreachable"),
        ),
        (direct(), None, None),
        (
            direct(),
            Some(absent(CredentialKind::ApiKey)),
            Some("dial-failed-no-credential"),
        ),
        (direct(), Some(absent(CredentialKind::AccountPassword)), None),
        (
            direct(),
            Some(Event::Credential(
                CredentialKind::ApiKey,
                CredentialState::Elsewhere,
            )),
            Some("dial-failed-other-platform"),
        ),
        (
            direct(),
            Some(locked(CredentialKind::ApiKey)),
            Some("dial-failed-keychain-locked"),
        ),
    ];
    for (n, (mut companion, event, expected)) in cases.into_iter().enumerate() {
        if let Some(event) = event {
            companion.on(event, at(1));
        }
        let why = companion.cannot_dial();
        let said = |id: &str| match id {
            "dial-failed-not-configured" | "dial-failed-relay-cannot-dial" => id.to_owned(),
            // Nobody wanted to call yet.
            id => id.replace("dial-failed", "cannot-dial"),
        };
        assert_eq!(why.map(|message| message.id), expected.map(said), "case {n}");
        let effects = companion.on(dial(1, TARGET, false), at(2));
        assert_eq!(places(&effects), usize::from(expected.is_none()), "case {n}");
        if let Some(expected) = expected {
            assert_eq!(
                stage(&companion),
                (DialStage::Failed, expected.into()),
                "case {n}"
            );
        }
    }
}

#[test]
fn what_the_companys_rules_ask_about_becomes_a_question_and_the_yes_goes_with_the_call() {
    let mut companion = companion();
    companion.on(dial(1, TARGET, false), at(0));
    let asks = Event::DialOutcome(press(1), failure(DialReason::ToConfirm, false));
    let effects = on(&mut companion, asks, 1);
    assert_eq!(effects, []);
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
    companion.on(
        Event::DialOutcome(press(1), failure(DialReason::ToConfirm, false)),
        at(1),
    );
    let effects = on(&mut companion, dial(2, TARGET, true), 2);
    assert!(
        matches!(&effects[..], [Effect::PlaceCall { confirmed: true, .. }]),
        "{effects:?}"
    );
    // And never by itself: a press without the yes asks the relay again.
    companion.on(
        Event::DialOutcome(press(2), failure(DialReason::ToConfirm, false)),
        at(3),
    );
    let effects = on(&mut companion, dial(3, TARGET, false), 4);
    assert!(
        matches!(&effects[..], [Effect::PlaceCall { confirmed: false, .. }]),
        "{effects:?}"
    );
}

#[test]
fn the_card_of_a_request_under_way_can_not_be_closed() {
    let mut companion = companion();
    on(&mut companion, dial(1, TARGET, false), 0);
    companion.on(Event::DialDismissed, at(1));
    assert_eq!(stage(&companion).0, DialStage::Asking);
    // Another press now dials nothing, and the card says why.
    assert_eq!(places(&on(&mut companion, dial(2, CALLER, false), 2)), 0);
    assert_eq!((card(&companion).id, companion.is_asking()), (press(1), true));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(4));
    assert!(!companion.is_asking());
    companion.on(Event::DialDismissed, at(5));
    assert!(companion.dial().is_none());
}
