use super::*;
use crate::tray::{MenuItem, TrayIcon};

#[test]
fn a_ringing_phone_is_told_with_number_line_and_what_is_known() {
    let mut companion = companion();
    let call = Call {
        calling_number: Some(Party::from("+33162000001".to_owned())),
        ..incoming("a")
    };
    let effects = tell(&mut companion, call.clone(), 0);
    let expected = Notification {
        key: note_key("a"),
        title: "Appel de 01\u{a0}62\u{a0}00\u{a0}00\u{a0}01".into(),
        body: "Ligne appelée\u{a0}: 01\u{a0}99\u{a0}00\u{a0}00\u{a0}99\nDémarchage probable".into(),
        kind: NotificationKind::Incoming,
        actions: vec![
            (NoteAction::CopyNumber, "Copier le numéro".into()),
            (NoteAction::Open, "Afficher".into()),
            (NoteAction::Silence, "Ne plus alerter".into()),
        ],
        sound: false,
        news: true,
    };
    assert_eq!(
        effects,
        [
            Effect::Notify(expected),
            Effect::Record {
                call: Box::new(call),
                unread: false
            },
        ]
    );
}

#[test]
fn a_missed_call_can_be_called_back_and_copied() {
    let mut companion = companion();
    tell(&mut companion, incoming("a"), 0);
    let effects = tell(&mut companion, ended(incoming("a"), 20), 20);
    assert_eq!(effects[0], Effect::Withdraw(note_key("a")));
    let missed = notifications(&effects)[0];
    assert_eq!(
        (missed.kind, missed.title.as_str()),
        (
            NotificationKind::Missed,
            "Appel manqué de 01\u{a0}99\u{a0}00\u{a0}00\u{a0}01"
        )
    );
    let buttons: Vec<_> = missed
        .actions
        .iter()
        .map(|(action, words)| (*action, words.as_str()))
        .collect();
    assert_eq!(
        buttons,
        [
            (NoteAction::CallBack, "Rappeler"),
            (NoteAction::CopyNumber, "Copier le numéro"),
            (NoteAction::Open, "Afficher")
        ]
    );
    assert!(matches!(&effects[2], Effect::Record { unread: true, .. }));
    assert_eq!(companion.missed(), 1);
    let copied = companion.on(button("a", NoteAction::CopyNumber, 1), at(21));
    assert_eq!(copied, [Effect::Copy("0199000001".into())]);
    let opened = companion.on(button("a", NoteAction::Open, 2), at(22));
    assert_eq!(opened, [Effect::OpenWindow(Place::Calls)]);
}

#[test]
fn a_withheld_number_cannot_be_called_back() {
    let mut companion = companion();
    let call = Call {
        calling_number: None,
        ..incoming("a")
    };
    let effects = tell(&mut companion, call.clone(), 0);
    assert_eq!(notifications(&effects)[0].title, "Appel masqué");
    let effects = tell(&mut companion, ended(call, 20), 20);
    let missed = notifications(&effects)[0];
    assert_eq!(missed.title, "Appel manqué, numéro masqué");
    assert_eq!(missed.actions, [(NoteAction::Open, "Afficher".into())]);
    assert_eq!(companion.recent(1)[0].party, "Numéro masqué");
    // A button of some older notification does no harm.
    let effects = companion.on(button("a", NoteAction::CallBack, 1), at(30));
    assert_eq!(effects, [Effect::OpenWindow(Place::Calls)]);
}

#[test]
fn hostile_callers_are_shown_as_harmless_text() {
    let mut companion = companion();
    let text = format!("<a href=x>\u{202e}\u{1b}]0;{}\n&", "y".repeat(10_000));
    let effects = tell(
        &mut companion,
        Call {
            calling_number: Some(Party::Other(text)),
            ..incoming("a")
        },
        0,
    );
    let title = &notifications(&effects)[0].title;
    assert!(
        title.starts_with("Appel de <a href=x>]0;yyy") && title.chars().count() < 60,
        "{title}"
    );
    assert!(!title.chars().any(|c| c.is_control() || c == '\u{202e}'));
    assert!(companion.tray().tooltip.chars().count() < 100);
}

#[test]
fn the_switches_of_the_settings_count() {
    let mut companion = companion();
    let quiet = Settings {
        notify_incoming: false,
        sound: true,
        ..relay_settings()
    };
    companion.on(Event::Settings(Box::new(quiet)), at(0));
    assert!(notifications(&tell(&mut companion, incoming("a"), 0)).is_empty());
    let effects = tell(&mut companion, ended(incoming("a"), 9), 9);
    assert!(notifications(&effects)[0].sound);
    let quiet = Settings {
        notify_missed: false,
        ..relay_settings()
    };
    assert_eq!(
        companion.on(Event::Settings(Box::new(quiet)), at(10)),
        [Effect::Withdraw(note_key("a"))]
    );
    assert_eq!(companion.missed(), 1);
}

#[test]
fn standing_alerts_change_their_language_in_place() {
    let mut companion = companion();
    tell(&mut companion, incoming("a"), 0);
    let english = Settings {
        language: LanguageChoice::Always(Language::En),
        sound: true,
        ..relay_settings()
    };
    let effects = companion.on(Event::Settings(Box::new(english)), at(1));
    let [Effect::Notify(note)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(
        (note.title.as_str(), note.sound),
        ("Call from +33\u{a0}1\u{a0}99\u{a0}00\u{a0}00\u{a0}01", false)
    );
    assert_eq!(note.key, note_key("a"));
}

#[test]
fn several_missed_calls_of_an_absence_are_one_notification() {
    let mut companion = companion();
    for n in 0..6 {
        let call = Call {
            calling_number: Some(Party::from(format!("+3319900000{n}"))),
            ..incoming(&format!("{n}"))
        };
        let call = ended(crate::testing::started(call, n), n + 5);
        companion.on(
            Event::Call {
                call: Box::new(call),
                origin: Origin::Relay,
                age_s: 3600,
            },
            at(3600),
        );
    }
    let due = companion.next_deadline().unwrap();
    let effects = companion.on(Event::Tick, due);
    let [Effect::Notify(note)] = effects.as_slice() else {
        panic!("{effects:?}")
    };
    assert_eq!(note.title, "6 appels manqués pendant votre absence");
    assert_eq!(note.body.lines().count(), 5);
    assert!(note.body.ends_with("et 2 autres"), "{}", note.body);
    let effects = companion.on(Event::MissedRead, at(3700));
    assert_eq!(effects, [Effect::Withdraw(note_key("5")), Effect::MarkAllRead]);
    // The journal may know of more.
    assert_eq!(companion.on(Event::MissedRead, at(3701)), [Effect::MarkAllRead]);
}

#[test]
fn another_relay_ends_what_was_live() {
    let mut companion = companion();
    tell(&mut companion, incoming("a"), 0);
    let other = Settings {
        relay_url: Some("https://other.example".parse().unwrap()),
        ..relay_settings()
    };
    let effects = companion.on(Event::Settings(Box::new(other)), at(5));
    assert_eq!(effects[0], Effect::Withdraw(note_key("a")));
    assert_eq!((companion.live().len(), companion.accounts().len()), (0, 0));
    assert_eq!(companion.recent(1)[0].outcome, Outcome::Unknown);
}

#[test]
fn a_lost_end_is_withdrawn_by_the_deadline() {
    let mut companion = companion();
    tell(&mut companion, incoming("a"), 0);
    let due = companion.next_deadline().unwrap();
    assert_eq!(companion.on(Event::Tick, due), [Effect::Withdraw(note_key("a"))]);
    assert_eq!(companion.next_deadline(), None);
}

#[test]
fn the_relays_list_settles_and_announces() {
    let mut companion = companion();
    tell(&mut companion, incoming("gone"), 0);
    let fresh = crate::testing::started(incoming("fresh"), 95);
    let effects = companion.on(
        Event::LiveCalls {
            calls: vec![fresh],
            at: at(100),
        },
        at(100),
    );
    assert_eq!(
        notifications(&effects)
            .iter()
            .map(|note| &note.key)
            .collect::<Vec<_>>(),
        [&note_key("fresh")]
    );
    assert!(effects.contains(&Effect::Withdraw(note_key("gone"))));
}

#[test]
fn a_phone_that_rings_when_the_connection_breaks_in_the_middle_of_catching_up_is_told_then() {
    let mut companion = companion();
    on(&mut companion, Event::CatchingUp, 1);
    for id in ["rings", "over"] {
        assert!(notifications(&tell(&mut companion, incoming(id), 2)).is_empty());
    }
    tell(&mut companion, connected(incoming("over"), 3), 3);
    let effects = on(&mut companion, Event::Link(Link::Down(LinkProblem::Lost)), 4);
    let told = notifications(&effects);
    assert_eq!(told.len(), 1, "{effects:?}");
    assert_eq!(
        (&told[0].key, told[0].kind),
        (&note_key("rings"), NotificationKind::Incoming)
    );
    let effects = on(&mut companion, Event::CatchingUp, 5);
    assert!(notifications(&effects).is_empty(), "once");
}

#[test]
fn a_flood_of_calls_puts_up_few_notifications() {
    let mut companion = companion();
    let call = |n: u32| Call {
        calling_number: Some(Party::from(format!("+331990{n:05}"))),
        ..incoming(&format!("c{n}"))
    };
    let calls: Vec<Call> = (0..300).map(call).collect();
    let listed = Event::LiveCalls {
        calls: calls.clone(),
        at: at(0),
    };
    let effects = on(&mut companion, listed, 0);
    assert_eq!(notifications(&effects).len(), 10);
    assert_eq!((companion.live().len(), companion.live_count()), (100, 300));
    let tray = companion.tray();
    assert_eq!(tray.icon, TrayIcon::Ringing);
    assert!(tray.tooltip.contains("et 298 autres appels"), "{}", tray.tooltip);
    let labels = |item: &MenuItem| match item {
        MenuItem::Action { label, .. } => Some(label.clone()),
        _ => None,
    };
    let menu: Vec<String> = tray.menu.iter().filter_map(labels).collect();
    assert_eq!(menu[10], "et 290 autres appels");

    // Missed, the first ones are told each, and the others as one.
    let mut alone = 0;
    for call in &calls {
        let effects = tell(&mut companion, ended(call.clone(), 20), 20);
        alone += notifications(&effects).len();
    }
    assert_eq!((alone, companion.missed()), (10, 300));
    let effects = on(&mut companion, Event::Tick, 22);
    let summary: Vec<_> = notifications(&effects)
        .iter()
        .map(|note| note.title.clone())
        .collect();
    assert_eq!(summary, ["290 appels manqués"]);
}
