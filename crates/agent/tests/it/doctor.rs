//! `doctor`: what works here, tried when a person asks.

use centrex_tray::desktop::DesktopEvent;
use centrex_tray::desktop::notifications::Server;
use companion::event::KeychainProblem;
use control::protocol::{Answer, CheckResult, Request};

use crate::world::{Agent, Desk, enrolled, missed_call};

/// Name, result and sentence of each check.
async fn doctor(agent: &Agent) -> Vec<(String, CheckResult, String)> {
    let Answer::Checks { checks } = agent.ask(Request::Doctor).await else {
        panic!("another answer")
    };
    checks
        .into_iter()
        .map(|check| (check.name, check.result, check.message.id))
        .collect()
}

fn found(checks: &[(String, CheckResult, String)], name: &str) -> (CheckResult, String) {
    let check = checks.iter().find(|(known, ..)| known == name);
    let (_, result, id) = check.unwrap_or_else(|| panic!("no check {name}: {checks:?}"));
    (*result, id.clone())
}

#[tokio::test]
async fn doctor_says_what_was_found() {
    let (_sim, _relay, desk, mut agent) = enrolled().await;
    agent.desktop.send(DesktopEvent::TrayShown(true)).unwrap();
    agent.until("the tray", |state| state.tray_shown).await;
    let checks = doctor(&agent).await;
    for name in [
        "tray_host",
        "notifications",
        "journal",
        "settings",
        "keychain",
        "relay_stream",
        "relay",
    ] {
        assert_eq!(found(&checks, name).0, CheckResult::Ok, "{name}: {checks:?}");
    }
    assert_eq!(found(&checks, "keychain").1, "doctor-keychain-ok");
    let by_relay = (CheckResult::Skipped, "doctor-platform-by-relay".to_owned());
    assert_eq!(found(&checks, "platform"), by_relay);

    // It answers what it holds, and keeps nothing new.
    desk.keychain.refuse_writing(KeychainProblem::Locked);
    std::fs::write(desk.settings_file(), "mode = \"relay\"\nthme = 1\n").unwrap();
    agent
        .until("the file was read", |state| state.settings_problem.is_some())
        .await;
    let checks = doctor(&agent).await;
    let failed = (CheckResult::Failed, "keychain-locked".to_owned());
    assert_eq!(found(&checks, "keychain"), failed);
    assert_eq!(
        found(&checks, "settings"),
        (CheckResult::Warning, "settings-unknown-meant".to_owned())
    );
}

#[tokio::test]
async fn doctor_asks_who_shows_notifications_now() {
    let server = |has_buttons| {
        Ok(Some(Server {
            name: "Test 1.0".into(),
            has_buttons,
        }))
    };
    let cases = [
        (server(true), None, CheckResult::Ok, "doctor-notifications-ok"),
        (
            server(false),
            None,
            CheckResult::Warning,
            "doctor-notifications-no-buttons",
        ),
        (
            server(true),
            Some("full"),
            CheckResult::Warning,
            "doctor-notifications-refused",
        ),
        (
            Err("nobody".to_owned()),
            None,
            CheckResult::Failed,
            "doctor-notifications-failed",
        ),
        (Ok(None), None, CheckResult::Ok, "doctor-notifications-unasked"),
        (
            Ok(None),
            Some("full"),
            CheckResult::Failed,
            "doctor-notifications-failed",
        ),
    ];
    for (server, refused, result, id) in cases {
        let mut desk = Desk::new();
        desk.notification_server = server;
        let mut agent = desk.start().await;
        if let Some(why) = refused {
            agent
                .desktop
                .send(DesktopEvent::NotifyFailed(why.into()))
                .unwrap();
        }
        // Handled after what was sent before it.
        agent.desktop.send(DesktopEvent::TrayShown(true)).unwrap();
        agent.until("heard", |state| state.tray_shown).await;
        let checks = doctor(&agent).await;
        assert_eq!(found(&checks, "notifications"), (result, id.to_owned()));
    }
}

#[tokio::test]
async fn doctor_tells_of_a_journal_that_broke_meanwhile() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    let hand = rusqlite::Connection::open(desk.journal_file()).unwrap();
    hand.execute_batch("CREATE TRIGGER full BEFORE INSERT ON call BEGIN SELECT RAISE(ABORT, 'no room'); END")
        .unwrap();
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    let checks = doctor(&agent).await;
    let failed = (CheckResult::Failed, "doctor-journal-failed".to_owned());
    assert_eq!(found(&checks, "journal"), failed);
    hand.execute_batch("DROP TRIGGER full").unwrap();
    let checks = doctor(&agent).await;
    assert_eq!(found(&checks, "journal").0, CheckResult::Ok, "and was mended");
}

#[tokio::test]
async fn many_who_ask_at_once_share_a_run() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let before = desk.keychain.asked();
    let asked = (0..200).map(|_| agent.ask(Request::Doctor));
    for answer in futures_util::future::join_all(asked).await {
        assert!(matches!(answer, Answer::Checks { checks } if !checks.is_empty()));
    }
    // A run tries the keychain a few times; how many runs there are is up to how fast the questions come.
    let tried = desk.keychain.asked() - before;
    assert!(tried < 200, "the keychain was asked {tried} times");
    found(&doctor(&agent).await, "keychain");
}
