use super::*;
use crate::tray::{MenuAction, MenuItem, TrayIcon};

fn label(item: &MenuItem) -> String {
    match item {
        MenuItem::Separator => "---".into(),
        MenuItem::Text(text) => format!("({text})"),
        MenuItem::Action { label, action } => {
            let action = match action {
                MenuAction::Open(place) => format!("{place:?}"),
                MenuAction::FillPad(number) => number.as_str().to_owned(),
                MenuAction::Quit => "Quit".into(),
            };
            format!("{label} → {action}")
        }
    }
}

fn menu(companion: &Companion) -> Vec<String> {
    companion
        .tray()
        .menu
        .iter()
        .map(|item| label(item).replace('\u{a0}', " "))
        .collect()
}

fn english(companion: &mut Companion) {
    let settings = Settings {
        language: LanguageChoice::Always(Language::En),
        ..companion.settings().clone()
    };
    companion.on(Event::Settings(Box::new(settings)), at(0));
}

#[test]
fn the_icon_shows_what_matters_most() {
    let mut companion = companion();
    let icon = |companion: &Companion| companion.tray().icon;
    assert_eq!(icon(&companion), TrayIcon::Idle);
    companion.on(Event::Link(Link::Down(LinkProblem::Lost)), at(1));
    assert_eq!(icon(&companion), TrayIcon::NotConnected);
    companion.on(live(), at(2));
    tell(&mut companion, ended(incoming("missed"), 3), 3);
    assert_eq!(icon(&companion), TrayIcon::Missed);
    companion.on(Event::Link(Link::Down(LinkProblem::Lost)), at(4));
    assert_eq!(icon(&companion), TrayIcon::NotConnected);
    tell(&mut companion, connected(incoming("talks"), 5), 5);
    tell(&mut companion, incoming("rings"), 6);
    assert_eq!(icon(&companion), TrayIcon::Ringing);
    tell(&mut companion, ended(connected(incoming("rings"), 7), 8), 8);
    assert_eq!(icon(&companion), TrayIcon::InCall);
}

#[test]
fn nothing_set_up_is_not_connected() {
    let icon = |settings: &Settings, key: CredentialState| {
        let mut companion = Companion::new(settings.clone(), Language::Fr, at(0));
        companion.on(Event::Credential(CredentialKind::ApiKey, key), at(0));
        companion.tray().icon
    };
    let unset = Settings::default();
    let direct = Settings {
        mode: Mode::Direct,
        account_id: Some(account()),
        ..Settings::default()
    };
    assert_eq!(icon(&unset, CredentialState::Absent), TrayIcon::NotConnected);
    assert_eq!(icon(&direct, CredentialState::Absent), TrayIcon::NotConnected);
    assert_eq!(icon(&direct, CredentialState::Present), TrayIcon::Idle);
}

#[test]
fn the_tooltip_says_who_rings_and_what_is_wrong() {
    let mut companion = companion();
    let tooltip = |companion: &Companion| companion.tray().tooltip.replace('\u{a0}', " ");
    assert_eq!(
        tooltip(&companion),
        "Centrex Tray – Connecté, les appels sont annoncés"
    );
    tell(&mut companion, incoming("a"), 0);
    assert_eq!(tooltip(&companion), "Centrex Tray – Appel de 01 99 00 00 01");
    companion.on(Event::Link(Link::Down(LinkProblem::Lost)), at(1));
    assert_eq!(
        tooltip(&companion),
        "Centrex Tray – Appel de 01 99 00 00 01 · Non connecté au relais, les appels ne sont pas annoncés"
    );
    english(&mut companion);
    assert_eq!(
        tooltip(&companion),
        "Centrex Tray – Call from +33 1 99 00 00 01 · Not connected to the relay, calls are not announced"
    );
}

#[test]
fn more_missed_calls_than_are_remembered_are_that_many_or_more() {
    let mut companion = companion();
    let mut second = 0;
    // As the journal gives them at the start.
    let mut misses = |companion: &mut Companion, count: usize| {
        for _ in 0..count {
            second += 10;
            let call = crate::testing::started(incoming(&format!("c{second}")), second);
            let event = Event::Call {
                call: Box::new(ended(call, second + 5)),
                origin: Origin::Journal { unread: true },
                age_s: 0,
            };
            companion.on(event, at(second + 5));
        }
    };
    misses(&mut companion, 499);
    assert_eq!(companion.missed(), 499);
    assert!(companion.tray().tooltip.contains("499 appels manqués"));
    misses(&mut companion, 1);
    assert_eq!(companion.missed(), 500);
    misses(&mut companion, 600);
    assert_eq!(companion.missed(), 500);
    assert!(companion.tray().tooltip.contains("500 appels manqués ou plus"));
    assert!(menu(&companion).contains(&"Appels (500 manqués ou plus) → Calls".to_owned()));
    english(&mut companion);
    assert!(menu(&companion).contains(&"Calls (500 missed or more) → Calls".to_owned()));
}

#[test]
fn the_menu_in_french() {
    let mut companion = companion();
    assert_eq!(
        menu(&companion),
        [
            "(Connecté, les appels sont annoncés)",
            "---",
            "Composer un numéro… → Pad",
            "Appels → Calls",
            "---",
            "Paramètres → Settings",
            "Quitter → Quit",
        ]
    );
    for (n, number) in [
        "+33199000001",
        "+33199000002",
        "+33199000001",
        "+33199000003",
        "+33199000004",
    ]
    .iter()
    .enumerate()
    {
        let second = i64::try_from(n).unwrap();
        let call = Call {
            calling_number: Some(Party::from((*number).to_owned())),
            ..incoming(&format!("{n}"))
        };
        tell(
            &mut companion,
            ended(crate::testing::started(call, second), second),
            second,
        );
    }
    tell(
        &mut companion,
        crate::testing::started(
            Call {
                calling_number: None,
                ..incoming("rings")
            },
            9,
        ),
        9,
    );
    assert_eq!(
        menu(&companion),
        [
            "(Connecté, les appels sont annoncés)",
            "Appel masqué → Calls",
            "---",
            "Composer un numéro… → Pad",
            "Appels (5 manqués) → Calls",
            "---",
            "(Derniers appelants)",
            "01 99 00 00 04 → +33199000004",
            "01 99 00 00 03 → +33199000003",
            "01 99 00 00 01 → +33199000001",
            "---",
            "Paramètres → Settings",
            "Quitter → Quit",
        ]
    );
}

#[test]
fn the_menu_in_english() {
    let mut companion = companion();
    english(&mut companion);
    companion.on(live(), at(0));
    tell(&mut companion, ended(incoming("a"), 5), 5);
    tell(&mut companion, connected(outgoing("b", TARGET, 6), 8), 8);
    assert_eq!(
        menu(&companion),
        [
            "(Connected, calls are announced)",
            "On the phone with +33 2 61 91 00 01 → Calls",
            "---",
            "Dial a number… → Pad",
            "Calls (1 missed) → Calls",
            "---",
            "(Last callers)",
            "+33 1 99 00 00 01 → +33199000001",
            "---",
            "Settings → Settings",
            "Quit → Quit",
        ]
    );
}

#[test]
fn the_connection_says_what_is_and_since_when() {
    let mut companion = Companion::new(relay_settings(), Language::Fr, at(0));
    let said = |companion: &Companion| {
        let connection = companion.connection();
        (connection.state, connection.message.id, connection.since)
    };
    assert_eq!(
        said(&companion),
        (ConnectionState::Connecting, "link-connecting".into(), at(0))
    );
    companion.on(live(), at(5));
    assert_eq!(
        said(&companion),
        (ConnectionState::Live, "link-live".into(), at(5))
    );
    companion.on(Event::Alive, at(10));
    // Noticed late, it is told with when it was.
    companion.on(Event::Link(Link::Down(LinkProblem::Lost)), at(15));
    companion.on(Event::Link(Link::Connecting { attempt: 2 }), at(20));
    companion.on(Event::Link(Link::Down(LinkProblem::Unreachable)), at(30));
    assert_eq!(
        said(&companion),
        (ConnectionState::Down, "link-down-unreachable".into(), at(10))
    );
    companion.on(Event::Link(Link::Down(LinkProblem::NoToken)), at(40));
    assert_eq!(said(&companion).1, "link-down-no-token");
    let locked = CredentialState::Unavailable(KeychainProblem::Locked);
    companion.on(Event::Credential(CredentialKind::RelayToken, locked), at(41));
    assert_eq!(said(&companion).1, "keychain-locked");
    companion.on(Event::Link(Link::Refused), at(50));
    assert_eq!(
        said(&companion),
        (ConnectionState::Refused, "link-refused".into(), at(50))
    );
    assert_eq!(direct().connection().message.id, "link-direct");
}

#[test]
fn lists_are_ready_to_show() {
    let mut companion = companion();
    let abroad = Call {
        calling_number: Some(Party::from("+442079460000".to_owned())),
        ..incoming("a")
    };
    tell(&mut companion, abroad, 0);
    tell(&mut companion, ended(outgoing("b", TARGET, 0), 9), 9);
    let live = companion.live();
    assert_eq!(
        (live.len(), live[0].party.as_str()),
        (1, "+44\u{a0}20\u{a0}7946\u{a0}0000")
    );
    assert_eq!(say(Language::Fr, live[0].about.as_ref().unwrap()), "Royaume-Uni");
    assert_eq!(live[0].line, "01\u{a0}99\u{a0}00\u{a0}00\u{a0}99");
    let recent = companion.recent(10);
    assert_eq!(
        (recent[0].party.as_str(), recent[0].outcome),
        (SHOWN, Outcome::NoAnswer)
    );
    assert_eq!(companion.recent(0), []);
}

#[test]
fn the_default_account_comes_first() {
    let settings = Settings {
        default_account: Some(AccountId("1002".into())),
        ..relay_settings()
    };
    let mut companion = Companion::new(settings, Language::Fr, at(0));
    let accounts = vec![account(), AccountId("1002".into())];
    companion.on(
        Event::Link(Link::Live {
            can_dial: true,
            accounts,
        }),
        at(0),
    );
    assert_eq!(companion.accounts(), [AccountId("1002".into()), account()]);
    let effects = on(&mut companion, dial(1, TARGET, false), 1);
    assert!(
        matches!(&effects[..], [Effect::PlaceCall { account, .. }] if account.0 == "1002"),
        "{effects:?}"
    );
}

#[test]
fn understanding_follows_the_language() {
    let mut companion = companion();
    let understood = companion.understand("02 61 91 00 01");
    assert_eq!(
        (understood.verdict, understood.display.as_deref()),
        (Verdict::Dial, Some(SHOWN))
    );
    assert_eq!(
        understood.message,
        Some(Message::new("number-will-dial").with("number", SHOWN))
    );
    english(&mut companion);
    let understood = companion.understand("02 61 91 00 01");
    assert_eq!(
        understood.display.as_deref(),
        Some("+33\u{a0}2\u{a0}61\u{a0}91\u{a0}00\u{a0}01")
    );
}

#[test]
fn languages_are_chosen_by_settings_then_system() {
    assert_eq!(Language::of_locale("fr_FR.UTF-8"), Language::Fr);
    assert_eq!(Language::of_locale("FR-CA"), Language::Fr);
    assert_eq!(Language::of_locale("de_DE@euro"), Language::En);
    assert_eq!(Language::of_locale("frr_DE"), Language::En);
    assert_eq!(Language::of_locale("C"), Language::En);
    let settings = Settings {
        language: LanguageChoice::Always(Language::Fr),
        ..Settings::default()
    };
    assert_eq!(
        Companion::new(settings, Language::En, Timestamp::UNIX_EPOCH).language(),
        Language::Fr
    );
    assert_eq!(
        Companion::new(Settings::default(), Language::En, Timestamp::UNIX_EPOCH).language(),
        Language::En
    );
}
