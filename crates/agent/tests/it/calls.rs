//! The main job: a call announced, answered, missed, called back; a call placed.

use centrex_sim::{HangUp, HangUpBy, Kind, Ring};
use centrex_tray::desktop::DesktopEvent;
use companion::effect::NotificationKind;
use companion::event::NoteAction;
use companion::tray::TrayIcon;
use control::protocol::{DialStage, Direction, Outcome, Request};

use crate::fakes::Seen;
use crate::world::{ACCOUNT, Agent, Desk, OTHER, OTHER_SHOWN, Relay, enrolled, platform};

fn call_from_outside() -> Ring {
    Ring {
        to: ACCOUNT.into(),
        from: Some(OTHER.into()),
        ..Ring::default()
    }
}

fn other_hangs_up() -> HangUp {
    HangUp {
        call_id: None,
        by: HangUpBy::OtherParty,
    }
}

async fn tray_turns(agent: &mut Agent, icon: TrayIcon) {
    agent
        .sees("the tray's icon", |seen| match seen {
            Seen::Tray(tray) if tray.icon == icon => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test]
async fn a_call_is_announced_answered_and_ends() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    agent.enrol(&relay).await;

    sim.ring(call_from_outside()).await.unwrap();
    let note = agent.sees_notification().await;
    assert_eq!(note.kind, NotificationKind::Incoming);
    assert!(note.title.contains(OTHER_SHOWN), "{note:?}");
    tray_turns(&mut agent, TrayIcon::Ringing).await;
    let state = agent
        .until("the call rings", |state| !state.live.is_empty())
        .await;
    assert_eq!(
        (state.live[0].outcome, state.live[0].direction),
        (Outcome::Ringing, Direction::Incoming)
    );
    assert_eq!(state.live[0].party, OTHER_SHOWN);

    sim.answer(ACCOUNT).await.unwrap();
    let withdrawn = agent
        .sees("the notification goes", |seen| match seen {
            Seen::Withdraw(key) => Some(key),
            _ => None,
        })
        .await;
    assert_eq!(withdrawn, note.key);
    tray_turns(&mut agent, TrayIcon::InCall).await;

    sim.hang_up(ACCOUNT, HangUp::default()).await.unwrap();
    let state = agent
        .until("the call is over", |state| {
            !state.recent.is_empty() && state.live.is_empty()
        })
        .await;
    assert_eq!((state.recent[0].outcome, state.missed), (Outcome::Answered, 0));
    let seen = agent.quit().await;
    assert!(
        seen.iter().any(|seen| matches!(seen, Seen::AllWithdrawn)),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_missed_call_is_told_and_called_back_from_its_notification() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    agent.enrol(&relay).await;

    sim.ring(call_from_outside()).await.unwrap();
    let ringing = agent.sees_notification().await;
    sim.hang_up(ACCOUNT, other_hangs_up()).await.unwrap();
    let missed = agent.sees_notification().await;
    assert_eq!(
        (missed.kind, &missed.key),
        (NotificationKind::Missed, &ringing.key)
    );
    assert!(
        missed
            .actions
            .iter()
            .any(|(action, _)| *action == NoteAction::CallBack),
        "{missed:?}"
    );
    let state = agent
        .until("the missed call counts", |state| state.missed == 1)
        .await;
    assert_eq!(
        (state.recent[0].outcome, state.recent[0].unread),
        (Outcome::Missed, true)
    );
    tray_turns(&mut agent, TrayIcon::Missed).await;

    agent
        .desktop
        .send(DesktopEvent::NoteAction(missed.key, NoteAction::CallBack))
        .unwrap();
    let rings = sim
        .await_event(|entry| entry.kind == Kind::CallRequested)
        .await
        .unwrap();
    assert_eq!(rings.text("number"), Some(&OTHER[1..]));
    let state = agent
        .until("the card says to pick up", |state| {
            stage(state) == Some(DialStage::PickUp)
        })
        .await;
    assert_eq!(state.dial.unwrap().number.as_deref(), Some(OTHER));
}

fn stage(state: &control::protocol::Snapshot) -> Option<DialStage> {
    state.dial.as_ref().map(|dial| dial.stage)
}

#[tokio::test]
async fn a_placed_call_goes_through_its_stages_and_asks_the_platform_once() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    agent.enrol(&relay).await;

    agent.dial("01 99 00 00 42").await;
    agent
        .until("pick up", |state| stage(state) == Some(DialStage::PickUp))
        .await;
    sim.await_event(|entry| entry.kind == Kind::OwnPhoneRings)
        .await
        .unwrap();
    sim.pick_up(ACCOUNT).await.unwrap();
    agent
        .until("calling", |state| stage(state) == Some(DialStage::Calling))
        .await;
    sim.answer(ACCOUNT).await.unwrap();
    agent
        .until("talking", |state| stage(state) == Some(DialStage::Talking))
        .await;
    sim.hang_up(ACCOUNT, HangUp::default()).await.unwrap();
    let state = agent
        .until("ended", |state| stage(state) == Some(DialStage::Ended))
        .await;
    assert_eq!(state.dial.unwrap().display, OTHER_SHOWN);
    agent.ask(Request::DismissDial).await;
    agent
        .until("the card is closed", |state| state.dial.is_none())
        .await;
    agent
        .until("the call is in the list", |state| state.recent.len() == 1)
        .await;

    let requests = sim.record(&centrex_sim::Filter {
        kind: Some(Kind::CallRequested),
        ..Default::default()
    });
    assert_eq!(requests.len(), 1);
    // Our own phone's ringing is no incoming call.
    let alerts = agent.seen_so_far();
    assert!(
        !alerts.iter().any(|seen| matches!(seen, Seen::Notify(_))),
        "{alerts:?}"
    );
}

#[tokio::test]
async fn reading_the_list_clears_the_missed_calls() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    agent.enrol(&relay).await;
    sim.ring(call_from_outside()).await.unwrap();
    agent.until("it rings", |state| !state.live.is_empty()).await;
    sim.hang_up(ACCOUNT, other_hangs_up()).await.unwrap();
    agent.until("missed", |state| state.missed == 1).await;
    agent.ask(Request::MissedRead).await;
    let state = agent.until("seen", |state| state.missed == 0).await;
    assert!(!state.recent[0].unread);
}

#[tokio::test]
async fn a_later_snapshot_has_a_larger_revision_however_it_comes() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    let first = agent.client.snapshot().await.unwrap();
    agent.enrol(&relay).await;
    let pushed = agent.live().await;
    let fetched = agent.client.snapshot().await.unwrap();
    assert!(first.revision < pushed.revision && pushed.revision < fetched.revision);
}

#[tokio::test]
async fn a_number_that_cannot_be_kept_silenced_is_said() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    sim.ring(call_from_outside()).await.unwrap();
    let ringing = agent.sees_notification().await;
    std::fs::write(desk.settings_file(), "mode = \n").unwrap();
    agent
        .desktop
        .send(DesktopEvent::NoteAction(ringing.key.clone(), NoteAction::Silence))
        .unwrap();
    let said = agent
        .sees("that it isn't kept", |seen| match seen {
            Seen::Notify(note) if note.title.contains("pour l’instant seulement") => Some(note),
            _ => None,
        })
        .await;
    assert_eq!(
        said.title,
        "Plus d’alerte pour ce numéro, mais pour l’instant seulement"
    );
    assert_eq!(said.kind, NotificationKind::Info);
    assert!(said.body.contains("settings.toml"), "{}", said.body);
    assert_ne!(said.key, ringing.key);
}

#[tokio::test]
async fn a_number_that_is_not_kept_is_silent_until_the_settings_are_read_again() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    sim.ring(call_from_outside()).await.unwrap();
    let ringing = agent.sees_notification().await;
    // While nobody knows what the company fixes, nothing is written.
    let company = desk.path().join("company.toml");
    std::fs::write(&company, "mode = \n").unwrap();
    let press = DesktopEvent::NoteAction(ringing.key, NoteAction::Silence);
    agent.desktop.send(press).unwrap();
    agent
        .until("it is silent", |state| state.settings.silenced.len() == 1)
        .await;
    std::fs::remove_file(company).unwrap();
    // Touched, no more: the file says what it said.
    let file = std::fs::read(desk.settings_file()).unwrap();
    std::fs::write(desk.settings_file(), file).unwrap();
    agent
        .until("it is as the file says", |state| {
            state.settings.silenced.is_empty()
        })
        .await;
}
