//! Settings, the window, the connection test of relay mode, and clients of the control socket.

use centrex_tray::desktop::DesktopEvent;
use companion::tray::{MenuAction, MenuItem};
use control::protocol::{Answer, Change, CheckResult, ErrorCode, Mode, Place, Request, SettingsChange};
use control::transport::RequestError;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::fakes::Seen;
use crate::world::{Desk, enrolled, within};

#[tokio::test]
async fn settings_are_written_and_in_force_at_once() {
    let desk = Desk::new();
    let mut agent = desk.start().await;
    let change = SettingsChange {
        language: Some("en".into()),
        autostart: Some(true),
        ..Default::default()
    };
    agent.change(change).await;
    let state = agent.until("english", |state| state.language == "en").await;
    assert!(state.settings.autostart);
    agent
        .sees("it starts with the session", |seen| {
            matches!(seen, Seen::Autostart(true)).then_some(())
        })
        .await;
    agent
        .sees("the tray's words change", |seen| match seen {
            Seen::Tray(tray) => tray
                .menu
                .iter()
                .any(|item| matches!(item, MenuItem::Action { label, action: MenuAction::Quit } if label == "Quit"))
                .then_some(()),
            _ => None,
        })
        .await;
    let text = std::fs::read_to_string(desk.settings_file()).unwrap();
    assert!(text.contains("language = \"en\""), "{text}");
    let answer = agent
        .client
        .request(Request::ChangeSettings {
            changes: Box::new(SettingsChange {
                theme: Some("loud".into()),
                ..Default::default()
            }),
        })
        .await;
    assert!(matches!(answer, Err(RequestError::Refused(error)) if error.code == ErrorCode::Settings));
}

#[cfg(unix)]
#[tokio::test]
async fn a_change_counts_behind_a_link_and_in_a_folder_that_took_the_others_place() {
    let desk = Desk::new();
    let (file, folder) = (desk.settings_file(), desk.path().join("dotfiles"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let behind = folder.join("tray.toml");
    std::fs::write(&behind, "language = \"en\"\n").unwrap();
    std::os::unix::fs::symlink(&behind, &file).unwrap();
    let mut agent = desk.start().await;
    agent.until("english", |state| state.language == "en").await;
    std::fs::write(&behind, "language = \"fr\"\n").unwrap();
    agent.until("french", |state| state.language == "fr").await;
    std::fs::write(folder.join("next"), "language = \"en\"\n").unwrap();
    std::fs::rename(folder.join("next"), &behind).unwrap();
    agent.until("english", |state| state.language == "en").await;

    let profile = file.parent().unwrap();
    std::fs::rename(profile, profile.with_extension("before")).unwrap();
    // Nothing is set there.
    agent.until("the system's", |state| state.language == "fr").await;
    std::fs::write(&file, "language = \"en\"\n").unwrap();
    agent.until("english again", |state| state.language == "en").await;
}

#[tokio::test]
async fn a_file_changed_by_hand_counts_and_a_broken_one_is_said_and_left_alone() {
    let desk = Desk::new();
    let mut agent = desk.start().await;
    std::fs::write(desk.settings_file(), "language = \"en\"\n").unwrap();
    agent.until("english", |state| state.language == "en").await;
    let broken = "language = \"fr\"\ntheme = = 3\n";
    std::fs::write(desk.settings_file(), broken).unwrap();
    let state = agent
        .until("the problem is said", |state| state.settings_problem.is_some())
        .await;
    assert_eq!(
        state
            .settings_problem
            .unwrap()
            .args
            .get("line")
            .map(String::as_str),
        Some("2")
    );
    assert_eq!(state.language, "en", "what was in force stays");
    let changes = SettingsChange {
        theme: Some("dark".into()),
        ..Default::default()
    };
    let answer = agent
        .client
        .request(Request::ChangeSettings {
            changes: Box::new(changes),
        })
        .await;
    assert!(matches!(answer, Err(RequestError::Refused(error)) if error.code == ErrorCode::Settings));
    assert_eq!(std::fs::read_to_string(desk.settings_file()).unwrap(), broken);
}

#[tokio::test]
async fn what_a_file_says_of_the_start_with_the_session_is_done_at_the_start() {
    let desk = Desk::new();
    std::fs::write(desk.path().join("company.toml"), "autostart = true\n").unwrap();
    let mut agent = desk.start().await;
    agent
        .sees("it starts with the session", |seen| {
            matches!(seen, Seen::Autostart(true)).then_some(())
        })
        .await;
    agent.quit().await;

    let seen = Desk::new().start().await.quit().await;
    let changed = seen.iter().any(|seen| matches!(seen, Seen::Autostart(_)));
    assert!(!changed, "nobody said anything: {seen:?}");
}

#[tokio::test]
async fn the_connection_test_of_a_relay_names_each_step() {
    let (_sim, mut relay, _desk, agent) = enrolled().await;
    let watcher = agent.connect().await;
    let (_, mut changes) = watcher.subscribe(false).await.unwrap();
    let Answer::Checks { checks } = agent.ask(Request::TestConnection).await else {
        panic!("another answer")
    };
    let names: Vec<_> = checks
        .iter()
        .map(|check| (check.name.as_str(), check.result))
        .collect();
    let ok = |name| (name, CheckResult::Ok);
    assert_eq!(
        names,
        [
            "relay_address",
            "relay_reachable",
            "relay_token",
            "relay_stream",
            "relay_dial"
        ]
        .map(ok)
    );
    // The test's relay speaks plain HTTP, as only one on the same computer may.
    assert_eq!(checks[1].message.id, "test-relay-reachable-plain");
    let mut told = Vec::new();
    within("each step is told as it ends", async {
        while told.len() < checks.len() {
            if let Some(Change::TestStep { check }) = changes.next().await {
                told.push(check);
            }
        }
    })
    .await;
    assert_eq!(told, checks);

    relay.stop().await;
    let Answer::Checks { checks } = agent.ask(Request::TestConnection).await else {
        panic!("another answer")
    };
    let last = checks.last().unwrap();
    assert_eq!(
        (last.name.as_str(), last.result),
        ("relay_reachable", CheckResult::Failed)
    );
    assert_eq!(last.message.id, "test-relay-unreachable");
}

#[tokio::test]
async fn a_relay_that_is_too_busy_says_nothing_about_the_token() {
    let (_sim, mut relay, _desk, agent) = enrolled().await;
    relay.stop().await;
    let busy = tokio::net::TcpListener::bind(relay.address).await.unwrap();
    let answering = tokio::spawn(async move {
        let body =
            r#"{"type":"urn:centrex-relay:problem:too-many-requests","title":"Too many","status":429}"#;
        let answer = format!(
            "HTTP/1.1 429 Too Many Requests\r\ncontent-type: application/problem+json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        );
        loop {
            let (mut stream, _) = busy.accept().await.unwrap();
            // One read holds a request without a body; a client that has gone meanwhile asks again.
            let _ = stream.read(&mut [0; 4096]).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    let Answer::Checks { checks } = agent.ask(Request::TestConnection).await else {
        panic!("another answer")
    };
    answering.abort();
    let found: Vec<_> = checks
        .iter()
        .map(|check| (check.name.as_str(), check.message.id.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("relay_address", "test-address-ok"),
            ("relay_reachable", "test-relay-busy")
        ]
    );
}

#[tokio::test]
async fn a_window_that_listens_is_told_to_come_forward() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let window = agent.connect().await;
    let (_, mut changes) = window.subscribe(true).await.unwrap();
    let shown = async |changes: &mut control::transport::Changes| {
        within("the window is told", async {
            loop {
                if let Some(Change::Show { place, anchor, fill }) = changes.next().await {
                    return (place, anchor.map(|point| (point.x, point.y)), fill);
                }
            }
        })
        .await
    };
    agent
        .desktop
        .send(DesktopEvent::TrayClicked(Some((1200, 10))))
        .unwrap();
    assert_eq!(shown(&mut changes).await, (Place::Pad, Some((1200, 10)), None));
    agent
        .ask(Request::FillPad {
            input: " tel:+33199000042\n".into(),
        })
        .await;
    assert_eq!(
        shown(&mut changes).await,
        (Place::Pad, None, Some("tel:+33199000042".into()))
    );
    agent
        .ask(Request::Show {
            place: Place::Settings,
        })
        .await;
    assert_eq!(shown(&mut changes).await, (Place::Settings, None, None));
    agent.quit().await;
    within("the window hears of the end", async {
        loop {
            match changes.next().await {
                Some(Change::Quitting) => return,
                Some(_) => {}
                None => panic!("gone without a word"),
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_menu_quits() {
    let mut agent = Desk::new().start().await;
    agent.desktop.send(DesktopEvent::Menu(MenuAction::Quit)).unwrap();
    agent
        .sees("all notifications go", |seen| {
            matches!(seen, Seen::AllWithdrawn).then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_broken_line_keeps_what_was_in_force_and_a_broken_company_file_forbids_changes() {
    let desk = Desk::new();
    let mut agent = desk.start().await;
    std::fs::write(desk.settings_file(), "mode = \"direct\"\n").unwrap();
    agent.until("direct", |state| state.mode == Mode::Direct).await;
    std::fs::write(desk.settings_file(), "mode = \"drect\"\n").unwrap();
    let state = agent
        .until("the problem is said", |state| state.settings_problem.is_some())
        .await;
    let problem = state.settings_problem.unwrap();
    assert_eq!(
        (problem.id.as_str(), problem.args["line"].as_str(), state.mode),
        ("settings-value-kept", "1", Mode::Direct)
    );
    // A change of something else through the window leaves it so.
    let theme = |theme: &str| SettingsChange {
        theme: Some(theme.into()),
        ..Default::default()
    };
    agent.change(theme("dark")).await;
    let state = agent.until("dark", |state| state.settings.theme == "dark").await;
    assert_eq!(state.mode, Mode::Direct);

    std::fs::write(desk.path().join("company.toml"), "language =\n").unwrap();
    let changes = theme("light");
    let answer = agent
        .client
        .request(Request::ChangeSettings {
            changes: Box::new(changes),
        })
        .await;
    let Err(RequestError::Refused(error)) = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(
        (error.code, error.message.id.as_str()),
        (ErrorCode::Settings, "settings-change-company")
    );
    let state = agent.client.snapshot().await.unwrap();
    assert_eq!(
        (state.settings.theme.as_str(), state.mode),
        ("dark", Mode::Direct)
    );
}
