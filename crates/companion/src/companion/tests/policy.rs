//! When a person is told, when not, and what others may read.

use super::*;
use crate::event::DeskState;
use crate::known::Known;
use crate::testing::started;

fn with(change: impl FnOnce(&mut Settings)) -> Companion {
    let mut settings = relay_settings();
    change(&mut settings);
    let mut companion = Companion::new(settings, Language::Fr, at(0));
    companion.on(live(), at(0));
    companion
}

fn screen(companion: &mut Companion, locked: bool, dnd: bool, now: i64) -> Vec<Effect> {
    companion.on(Event::Desk(DeskState { locked, dnd }), at(now))
}

fn told(effects: &[Effect]) -> Vec<&str> {
    notifications(effects)
        .iter()
        .map(|note| note.title.as_str())
        .collect()
}

fn named(number: &str, name: &str) -> Event {
    Event::Named {
        number: E164::parse(number).unwrap(),
        known: Some(Known {
            name: name.into(),
            company: None,
            label: None,
            source: "carnet".into(),
            since: at(0),
            contact: "1".into(),
            ambiguous: true,
            shared: true,
            several: false,
        }),
    }
}

#[test]
fn of_several_people_in_a_directory_none_is_named_and_that_is_said() {
    let mut companion = companion();
    let effects = tell(&mut companion, incoming("a"), 0);
    let alert = told(&effects)[0].to_owned();
    let Event::Named { number, known } = named(CALLER, "") else {
        panic!("a name is told")
    };
    let known = known.map(|known| Known {
        several: true,
        ..known
    });
    let effects = companion.on(Event::Named { number, known }, at(1));
    assert!(told(&effects).iter().all(|title| *title == alert), "{effects:?}");
    let line = companion.live().remove(0);
    assert_eq!(line.name, None);
    assert!(line.ambiguous, "the person may say who it is");
    let why = line.why.unwrap();
    assert_eq!(
        (why.id.as_str(), why.args["source"].as_str()),
        ("party-several", "carnet")
    );
    for lang in [Language::Fr, Language::En] {
        assert!(say(lang, &why).contains("carnet"));
    }
}

/// Everything that is due up to then.
fn until(companion: &mut Companion, second: i64) -> Vec<Effect> {
    let mut effects = Vec::new();
    while let Some(due) = companion.next_deadline().filter(|due| *due <= at(second)) {
        effects.extend(companion.on(Event::Tick, due));
    }
    effects
}

#[test]
fn do_not_disturb_holds_alerts_back_and_tells_of_missed_calls_afterwards() {
    for respects in [true, false] {
        let mut companion = with(|settings| settings.respect_dnd = respects);
        screen(&mut companion, false, true, 0);
        let rings = tell(&mut companion, incoming("a"), 0);
        let missed = tell(&mut companion, ended(incoming("a"), 9), 9);
        assert_eq!(
            (told(&rings).len(), told(&missed).len()),
            if respects { (0, 0) } else { (1, 1) }
        );
        assert!(told(&until(&mut companion, 500)).is_empty());
        assert_eq!(companion.missed(), 1, "the tray says it all the while");
        screen(&mut companion, false, false, 600);
        assert_eq!(told(&until(&mut companion, 602)).len(), usize::from(respects));
    }
}

#[test]
fn quiet_hours_end_with_one_summary() {
    // The tests' clock begins on a Friday at 09:00 in Paris.
    let mut companion = with(|settings| settings.quiet = "08:00-10:00 fri".parse().ok());
    companion.on(Event::Zone(TimeZone::get("Europe/Paris").unwrap()), at(0));
    for n in 0..3 {
        let call = started(incoming(&format!("{n}")), n * 60);
        assert!(told(&tell(&mut companion, call.clone(), n * 60)).is_empty());
        assert!(told(&tell(&mut companion, ended(call, n * 60 + 9), n * 60 + 9)).is_empty());
    }
    let effects = until(&mut companion, 3602);
    let [note] = notifications(&effects)[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(note.title, "3 appels manqués");
    assert_eq!(note.body, "01\u{a0}99\u{a0}00\u{a0}00\u{a0}01 (3)");
    assert_eq!(
        note.actions[0],
        (NoteAction::CallBack, "Rappeler".into()),
        "one party: it can be called back"
    );
    // In UTC it would be quiet from now on.
    let call = started(incoming("now"), 3700);
    assert_eq!(told(&tell(&mut companion, call, 3700)).len(), 1);
}

#[test]
fn what_was_missed_behind_the_lock_is_one_summary_that_goes_on() {
    let mut companion = with(|settings| settings.sound = true);
    screen(&mut companion, true, false, 0);
    for (n, from) in ["+33199000001", "+33199000002"].iter().enumerate() {
        let second = i64::try_from(n).unwrap() * 60;
        let call = Call {
            calling_number: Some(Party::from((*from).to_owned())),
            ..started(incoming(&format!("{n}")), second)
        };
        assert_eq!(
            told(&tell(&mut companion, call.clone(), second)).len(),
            1,
            "a ringing phone is told"
        );
        assert!(told(&tell(&mut companion, ended(call, second + 9), second + 9)).is_empty());
    }
    screen(&mut companion, false, false, 200);
    let effects = until(&mut companion, 202);
    assert_eq!(told(&effects), ["2 appels manqués pendant votre absence"]);
    let summary = notifications(&effects)[0].key.clone();
    // Another absence joins it; what is dealt with leaves it.
    screen(&mut companion, true, false, 300);
    tell(&mut companion, ended(started(incoming("later"), 310), 319), 319);
    screen(&mut companion, false, false, 400);
    let effects = until(&mut companion, 402);
    assert_eq!(told(&effects), ["3 appels manqués pendant votre absence"]);
    assert_eq!(notifications(&effects)[0].key, summary);
    let effects = tell(&mut companion, connected(outgoing("back", CALLER, 410), 415), 415);
    let note = *notifications(&effects).last().unwrap();
    assert_eq!(
        (note.title.as_str(), note.sound),
        ("Appel manqué de 01\u{a0}99\u{a0}00\u{a0}00\u{a0}02", false)
    );
    let effects = companion.on(
        Event::NoteAction {
            key: summary.clone(),
            action: NoteAction::CallBack,
            press: press(1),
        },
        at(420),
    );
    assert!(
        effects.contains(&Effect::Withdraw(summary)) && places(&effects) == 1,
        "{effects:?}"
    );
    assert_eq!(companion.missed(), 0);
}

#[test]
fn a_locked_screen_tells_neither_name_nor_number_and_shows_them_again_in_place() {
    let mut companion = with(|settings| {
        settings.discreet_when_locked = true;
        settings.sound = true;
    });
    companion.on(named(CALLER, "Personne"), at(0));
    let open = told(&tell(&mut companion, incoming("a"), 0)).join("");
    assert_eq!(open, "Appel de Personne");
    let effects = screen(&mut companion, true, false, 1);
    let note = notifications(&effects)[0];
    assert_eq!((note.title.as_str(), note.sound), ("Appel entrant", false));
    assert_eq!(
        note.body,
        "Ligne appelée\u{a0}: 01\u{a0}99\u{a0}00\u{a0}00\u{a0}99"
    );
    assert_eq!(note.actions, [(NoteAction::Open, "Afficher".into())]);
    let effects = screen(&mut companion, false, false, 2);
    let note = notifications(&effects)[0];
    assert_eq!((note.title.as_str(), note.sound), ("Appel de Personne", false));
    assert!(
        screen(&mut companion, false, false, 3).is_empty(),
        "nothing changed"
    );
    // Unless it is asked for, everything stays in sight.
    let mut companion = with(|_| {});
    tell(&mut companion, incoming("a"), 0);
    assert!(screen(&mut companion, true, false, 1).is_empty());
}

#[test]
fn a_name_comes_in_place_and_says_when_it_is_not_sure() {
    let mut companion = with(|settings| settings.sound = true);
    let effects = tell(&mut companion, incoming("a"), 0);
    assert!(notifications(&effects)[0].sound);
    let effects = companion.on(named(CALLER, "Personne"), at(1));
    let [Effect::Notify(note)] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (note.key.clone(), note.title.as_str(), note.sound),
        (note_key("a"), "Appel de Personne", false)
    );
    assert!(
        note.body.ends_with("Plusieurs contacts ont ce numéro"),
        "{}",
        note.body
    );
    assert_eq!(companion.on(named(CALLER, "Personne"), at(2)), []);
    assert!(companion.live()[0].ambiguous);
    // Asked once a number, and again when the contacts changed.
    let number = E164::parse(CALLER).unwrap();
    let again = companion.on(
        Event::Call {
            call: Box::new(started(incoming("b"), 5)),
            origin: Origin::Relay,
            age_s: 0,
        },
        at(5),
    );
    assert!(!again.contains(&Effect::LookUp(number.clone())));
    assert_eq!(
        companion.on(Event::ContactsChanged, at(6)),
        [Effect::LookUpAgain(vec![number.clone()])]
    );
    let Event::Named { known, .. } = named(CALLER, "Une Autre") else {
        panic!("a name is told")
    };
    let other = E164::parse("+33199000099").unwrap();
    let effects = companion.on(
        Event::NamedAgain(vec![(other, None), (number.clone(), known)]),
        at(7),
    );
    let told = notifications(&effects);
    assert!(
        !told.is_empty() && told.iter().all(|note| note.title.contains("Une Autre")),
        "{effects:?}"
    );
    assert_eq!(companion.name_of(&number).unwrap().name, "Une Autre");
}

#[test]
fn a_silenced_number_is_heard_of_no_more_and_its_calls_are_kept() {
    let mut companion = with(|settings| settings.sound = true);
    tell(&mut companion, incoming("a"), 0);
    let effects = companion.on(button("a", NoteAction::Silence, 1), at(1));
    let number = E164::parse(CALLER).unwrap();
    let [Effect::Withdraw(withdrawn), Effect::Notify(said), written] = &effects[..] else {
        panic!("{effects:?}");
    };
    assert_eq!(
        (withdrawn, written),
        (
            &note_key("a"),
            &Effect::Silence {
                number,
                silenced: true
            }
        )
    );
    assert_eq!(
        said.title,
        "01\u{a0}99\u{a0}00\u{a0}00\u{a0}01 ne vous alertera plus"
    );
    assert_eq!(said.actions, [(NoteAction::Unsilence, "Annuler".into())]);
    let body = Event::NoteAction {
        key: said.key.clone(),
        action: NoteAction::Open,
        press: press(2),
    };
    let why = Message::new("settings-change-unwritable").with("file", "settings.toml");
    let said_why = companion.on(Event::NotSilenced(why), at(2));
    assert_eq!(notifications(&said_why)[0].key, said.key, "in its place");
    assert_eq!(
        companion.on(body, at(2)),
        [Effect::OpenWindow(Place::Settings)],
        "where both say that it is taken back, and what keeps it from being written"
    );
    let effects = tell(&mut companion, ended(incoming("a"), 9), 9);
    assert!(notifications(&effects).is_empty());
    assert!(
        effects
            .iter()
            .any(|effect| matches!(effect, Effect::Record { unread: false, .. }))
    );
    assert!(notifications(&tell(&mut companion, started(incoming("b"), 60), 60)).is_empty());
    assert_eq!((companion.missed(), companion.live()[0].silenced), (0, true));
    // Undone in the settings.
    companion.on(Event::Settings(Box::new(relay_settings())), at(70));
    assert_eq!(
        notifications(&tell(&mut companion, started(incoming("c"), 80), 80)).len(),
        1
    );
}

#[test]
fn silencing_by_a_button_is_taken_back_by_one() {
    let mut companion = with(|_| {});
    tell(&mut companion, incoming("a"), 0);
    let effects = companion.on(button("a", NoteAction::Silence, 1), at(1));
    let said = notifications(&effects)[0].key.clone();
    let undo = |press| Event::NoteAction {
        key: said.clone(),
        action: NoteAction::Unsilence,
        press,
    };
    let effects = companion.on(undo(press(2)), at(2));
    let number = E164::parse(CALLER).unwrap();
    assert_eq!(effects[0], Effect::Withdraw(said.clone()));
    assert!(effects.contains(&Effect::Silence {
        number,
        silenced: false
    }));
    // Its phone still rings, and the next time it is told again.
    assert!(!companion.live()[0].silenced);
    tell(&mut companion, ended(incoming("a"), 9), 9);
    assert_eq!(
        notifications(&tell(&mut companion, started(incoming("b"), 60), 60)).len(),
        1
    );
    // Twice takes nothing else back.
    assert_eq!(companion.on(undo(press(3)), at(61)), [Effect::Withdraw(said)]);
}

#[test]
fn only_buttons_that_work_are_offered() {
    let mut companion = with(|_| {});
    let can_dial = false;
    companion.on(
        Event::Link(Link::Live {
            can_dial,
            accounts: vec![account()],
        }),
        at(0),
    );
    let effects = tell(&mut companion, ended(incoming("a"), 9), 9);
    let offered = |note: &Notification| note.actions.iter().map(|(action, _)| *action).collect::<Vec<_>>();
    assert_eq!(
        offered(notifications(&effects)[0]),
        [NoteAction::CopyNumber, NoteAction::Open]
    );
    let effects = companion.on(live(), at(10));
    assert_eq!(
        offered(notifications(&effects)[0]),
        [NoteAction::CallBack, NoteAction::CopyNumber, NoteAction::Open],
        "as soon as it can be dialled"
    );
}

#[test]
fn what_is_dialled_here_is_no_call_placed_elsewhere() {
    let mut companion = with(|settings| settings.notify_outgoing = true);
    companion.on(dial(1, TARGET, false), at(0));
    companion.on(Event::DialOutcome(press(1), Ok(None)), at(1));
    assert!(told(&tell(&mut companion, outgoing("a", TARGET, 3), 3)).is_empty());
    let effects = tell(&mut companion, outgoing("b", "+33199000002", 9), 9);
    assert_eq!(told(&effects), ["Appel vers 01\u{a0}99\u{a0}00\u{a0}00\u{a0}02"]);
    let effects = tell(&mut companion, ended(outgoing("b", "+33199000002", 9), 12), 12);
    assert!(effects.contains(&Effect::Withdraw(note_key("b"))));
}

#[test]
fn hostile_names_are_harmless_wherever_they_land() {
    let mut companion = with(|_| {});
    tell(&mut companion, incoming("a"), 0);
    let hostile = format!("<b>\u{202e}\u{0}\r\n{{ $x }}{}", "z".repeat(10_000));
    let effects = companion.on(named(CALLER, &hostile), at(1));
    let note = notifications(&effects)[0];
    let line = companion.live().remove(0);
    let why = say(Language::Fr, &line.why.unwrap());
    let tray = companion.tray();
    let menu = format!("{:?}", tray.menu);
    for text in [
        &note.title,
        &tray.tooltip,
        line.name.as_ref().unwrap(),
        &why,
        &menu.replace("\\u{a0}", " "),
    ] {
        assert!(text.chars().count() < 700, "{text}");
        assert!(
            !text.chars().any(|c| c.is_control() || c == '\u{202e}'),
            "{text:?}"
        );
    }
    assert!(note.title.starts_with("Appel de <b> { $x }zzz"), "{}", note.title);
    assert_eq!(note.title.lines().count(), 1);
}
