//! The hotkey: set, said, pressed.

use centrex_tray::desktop::{DesktopEvent, HotkeyProblem};
use control::protocol::{Answer, Change, CheckResult, Place, Request, SettingsChange};

use crate::fakes::Seen;
use crate::world::{Agent, Desk, within};

async fn set(agent: &mut Agent, keys: &str) -> Option<String> {
    let changes = SettingsChange {
        dial_hotkey: Some(keys.into()),
        ..SettingsChange::default()
    };
    agent.change(changes).await;
    let set = agent.sees("a hotkey", |seen| match seen {
        Seen::Hotkey(hotkey) => Some(hotkey),
        _ => None,
    });
    set.await.map(|hotkey| hotkey.to_string())
}

async fn doctor(agent: &Agent) -> (CheckResult, String) {
    let Answer::Checks { checks } = agent.ask(Request::Doctor).await else {
        panic!("another answer")
    };
    let check = checks.into_iter().find(|check| check.name == "hotkey").unwrap();
    (check.result, check.message.id)
}

#[tokio::test]
async fn a_hotkey_is_set_with_the_settings_and_said_when_it_does_not_work() {
    let desk = Desk::new();
    let mut agent = desk.start().await;
    // None is set, and the fake desktop is one of Wayland's: its own settings are the way.
    assert_eq!(
        doctor(&agent).await,
        (CheckResult::Skipped, "hotkey-wayland".into())
    );
    assert_eq!(set(&mut agent, "alt+ctrl+d").await.as_deref(), Some("Ctrl+Alt+D"));
    assert_eq!(
        doctor(&agent).await,
        (CheckResult::Skipped, "doctor-hotkey-asked".into())
    );
    let taken = HotkeyProblem::Taken("Ctrl+Alt+D".parse().unwrap());
    agent.desktop.send(DesktopEvent::Hotkey(Err(taken))).unwrap();
    let state = agent
        .until("it is said", |state| state.hotkey_problem.is_some())
        .await;
    assert_eq!(state.hotkey_problem.unwrap().id, "hotkey-taken");
    assert_eq!(state.settings.dial_hotkey, "Ctrl+Alt+D");
    assert_eq!(
        doctor(&agent).await,
        (CheckResult::Warning, "hotkey-taken".into())
    );

    assert_eq!(set(&mut agent, "Ctrl+Alt+E").await.as_deref(), Some("Ctrl+Alt+E"));
    agent.desktop.send(DesktopEvent::Hotkey(Ok(()))).unwrap();
    agent
        .until("it works", |state| state.hotkey_problem.is_none())
        .await;
    assert_eq!(doctor(&agent).await, (CheckResult::Ok, "doctor-hotkey-ok".into()));
    assert_eq!(set(&mut agent, "").await, None);
}

#[tokio::test]
async fn what_is_selected_fills_the_pad_and_calls_nobody() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let window = agent.connect().await;
    let (_, mut told) = window.subscribe(true).await.unwrap();
    let text = "01 99 00 00 42 ou 01 99 00 00 43";
    for selected in [Some(text), None] {
        let event = DesktopEvent::HotkeyPressed(selected.map(|text| text.to_owned().into()));
        assert!(!format!("{event:?}").contains("99"), "numbers stand in no log");
        agent.desktop.send(event).unwrap();
        let shown = within("the window comes forward", async {
            loop {
                if let Some(Change::Show { place, fill, .. }) = told.next().await {
                    return (place, fill);
                }
            }
        });
        assert_eq!(shown.await, (Place::Pad, selected.map(ToOwned::to_owned)));
    }
    assert_eq!(agent.client.snapshot().await.unwrap().dial, None);
}
