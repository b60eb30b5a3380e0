//! Ends, restarts and broken connections: nothing missed, nothing shown twice.

use centrex_sim::{Kind, Ring, Sim};
use centrex_tray::desktop::DesktopEvent;
use companion::effect::NotificationKind;
use companion::journal::{Journal, Position};
use control::protocol::{ConnectionState, Outcome};

use crate::fakes::Seen;
use crate::world::{ACCOUNT, Desk, OTHER, Relay, enrolled, missed_call};

fn notifications(seen: Vec<Seen>) -> Vec<NotificationKind> {
    seen.into_iter()
        .filter_map(|seen| match seen {
            Seen::Notify(notification) => Some(notification.kind),
            _ => None,
        })
        .collect()
}

/// Gives the desk a position from long before anything that the relay keeps.
fn forget_history(desk: &Desk, relay: &Relay) -> Position {
    let kept = Position {
        relay: format!("{}/", relay.url()),
        event: "1".into(),
    };
    let (mut journal, _) = Journal::open(&desk.journal_file(), jiff::Timestamp::now()).unwrap();
    assert!(
        journal.position(&kept.relay).unwrap().is_some(),
        "a position was kept"
    );
    journal.apply(&[], Some(&kept)).unwrap();
    kept
}

/// Somebody calls and waits.
async fn rings(sim: &Sim) {
    let ring = Ring {
        to: ACCOUNT.into(),
        from: Some(OTHER.into()),
        ..Ring::default()
    };
    let call = sim.ring(ring).await.unwrap();
    sim.await_event(|entry| entry.kind == Kind::CallbackAnswered && entry.call_id.as_ref() == Some(&call))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_restart_keeps_the_list_and_shows_nothing_again() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    agent.quit().await;

    let mut agent = desk.start().await;
    let state = agent.live().await;
    assert_eq!((state.missed, state.recent.len()), (1, 1));
    assert_eq!(state.recent[0].outcome, Outcome::Missed);
    // One more call proves that the stream has been read beyond what was known.
    missed_call(&sim).await;
    agent.until("the second one", |state| state.missed == 2).await;
    let shown = notifications(agent.quit().await);
    let missed = shown
        .iter()
        .filter(|kind| **kind == NotificationKind::Missed)
        .count();
    assert_eq!(missed, 1, "{shown:?}");
}

#[tokio::test]
async fn what_happened_while_the_agent_was_off_is_caught_up() {
    let (sim, _relay, desk, agent) = enrolled().await;
    agent.quit().await;
    missed_call(&sim).await;
    missed_call(&sim).await;
    let mut agent = desk.start().await;
    let state = agent
        .until("both are known", |state| state.recent.len() == 2)
        .await;
    assert_eq!(state.missed, 2);
}

#[tokio::test]
async fn a_relay_that_stops_is_told_and_its_return_catches_up() {
    let (sim, mut relay, _desk, mut agent) = enrolled().await;

    relay.stop().await;
    agent
        .until("not connected", |state| {
            state.connection.state == ConnectionState::Down
        })
        .await;
    relay.resume().await;
    // As after sleep: there is no waiting for the next try.
    agent.desktop.send(DesktopEvent::Woke).unwrap();
    agent.live().await;
    missed_call(&sim).await;
    agent.until("heard", |state| state.missed == 1).await;
}

#[tokio::test]
async fn waking_up_reconnects_and_repeats_nothing() {
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    agent.seen_so_far();
    agent.desktop.send(DesktopEvent::Woke).unwrap();
    agent
        .until("reconnecting", |state| {
            state.connection.state != ConnectionState::Live
        })
        .await;
    agent.live().await;
    missed_call(&sim).await;
    agent.until("the second one", |state| state.missed == 2).await;
    let shown = notifications(agent.quit().await);
    assert_eq!(
        shown
            .iter()
            .filter(|kind| **kind == NotificationKind::Missed)
            .count(),
        1,
        "{shown:?}"
    );
}

#[tokio::test]
async fn a_position_that_the_relay_no_longer_keeps_is_made_good_from_its_list() {
    let (sim, relay, desk, agent) = enrolled().await;
    agent.quit().await;
    missed_call(&sim).await;
    let kept = forget_history(&desk, &relay);

    let mut agent = desk.start().await;
    let state = agent.until("made good", |state| state.recent.len() == 1).await;
    assert_eq!((state.recent[0].outcome, state.missed), (Outcome::Missed, 1));
    agent.live().await;
    missed_call(&sim).await;
    agent
        .until("and heard from then on", |state| state.missed == 2)
        .await;
    agent.quit().await;
    let (journal, _) = Journal::open(&desk.journal_file(), jiff::Timestamp::now()).unwrap();
    assert!(journal.position(&kept.relay).unwrap().unwrap() > kept.event);
}

/// The three calls that were missed are one summary, and only the phone that still rings is told as ringing, though all of it
/// happened a moment ago.
#[tokio::test]
async fn a_short_absence_makes_no_burst() {
    let (sim, _relay, desk, agent) = enrolled().await;
    agent.quit().await;
    for _ in 0..3 {
        missed_call(&sim).await;
    }
    rings(&sim).await;
    let mut agent = desk.start().await;
    let told = agent.sees_notification().await;
    assert_eq!(told.kind, NotificationKind::Incoming, "{told:?}");
    let told = agent.sees_notification().await;
    assert_eq!(
        (told.kind, told.title.as_str()),
        (NotificationKind::Missed, "3 appels manqués pendant votre absence")
    );
    agent
        .until("all are known", |state| {
            state.missed == 3 && state.live.len() == 1
        })
        .await;
    assert_eq!(notifications(agent.quit().await), [], "and nothing else");
}

/// The same without the relay's history: it comes from its list.
#[tokio::test]
async fn what_the_list_of_a_gap_brings_makes_no_burst_either() {
    let (sim, relay, desk, agent) = enrolled().await;
    agent.quit().await;
    for _ in 0..3 {
        missed_call(&sim).await;
    }
    rings(&sim).await;
    forget_history(&desk, &relay);
    let mut agent = desk.start().await;
    let told = agent.sees_notification().await;
    assert_eq!(told.kind, NotificationKind::Incoming, "{told:?}");
    let told = agent.sees_notification().await;
    assert_eq!(told.title, "3 appels manqués pendant votre absence");
    assert_eq!(notifications(agent.quit().await), [], "and nothing else");
}

#[tokio::test]
async fn asleep_it_hears_nothing_and_awake_it_is_told_once() {
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    agent.desktop.send(DesktopEvent::Asleep).unwrap();
    agent
        .until("asleep", |state| state.connection.state == ConnectionState::Down)
        .await;
    missed_call(&sim).await;
    missed_call(&sim).await;
    assert_eq!(agent.until("nothing is heard", |_| true).await.missed, 0);
    agent.desktop.send(DesktopEvent::Woke).unwrap();
    let told = agent.sees_notification().await;
    assert_eq!(told.title, "2 appels manqués pendant votre absence");
    assert_eq!(notifications(agent.quit().await), [], "and nothing else");
}
