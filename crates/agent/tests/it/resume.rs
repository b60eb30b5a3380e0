//! Ends, restarts and broken connections: nothing missed, nothing shown twice.

use std::time::Duration;

use centrex_sim::{Kind, Ring, Sim};
use centrex_tray::desktop::{DesktopEvent, SleepDelay};
use companion::effect::NotificationKind;
use companion::journal::{Change, Journal, Position};
use control::protocol::{ConnectionState, DialStage, HoleState, Outcome, Request};
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

use crate::fakes::Seen;
use crate::journal::all;
use crate::world::{ACCOUNT, Desk, LINE, OTHER, OTHER_SHOWN, Relay, enrolled, missed_call};

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
    let delay = SleepDelay::default();
    agent.desktop.send(DesktopEvent::Asleep(delay)).unwrap();
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

/// The platform may tell that the own phone rings for what was dialled. An agent that ends before, or in the middle of it,
/// leaves word of the press to the next one.
#[tokio::test]
async fn the_own_phone_is_no_caller_for_the_next_agent_either() {
    let (_sim, relay, desk, mut agent) = enrolled().await;
    let tells = |id: &str, event: &str, from: &str| {
        let (from, to) = (&from[1..], &LINE[1..]);
        format!("call_id={id}&event={event}&account_id={ACCOUNT}&calling_number={from}&called_number={to}")
    };
    for (id, is_told_before) in [("first", false), ("second", true)] {
        // Another number each time: the same one at once would be a question.
        agent
            .dial(if is_told_before {
                "01 99 00 00 43"
            } else {
                "01 99 00 00 44"
            })
            .await;
        agent
            .until("pick up", |state| {
                state
                    .dial
                    .as_ref()
                    .is_some_and(|dial| dial.stage == DialStage::PickUp)
            })
            .await;
        let start = tells(id, "incoming_call_start", LINE);
        if is_told_before {
            relay.hears(&start).await;
        }
        agent.quit().await;
        if !is_told_before {
            relay.hears(&start).await;
        }
        relay
            .hears(&format!("call_id={id}&event=call_end&status=x"))
            .await;
        agent = desk.start().await;
        agent.live().await;
    }
    relay.hears(&tells("caller", "incoming_call_start", OTHER)).await;
    relay.hears("call_id=caller&event=call_end&status=x").await;
    let state = agent
        .until("a caller, told after it", |state| state.missed == 1)
        .await;
    assert_eq!(state.recent.len(), 1, "{:?}", state.recent);
    assert_eq!(state.recent[0].party, OTHER_SHOWN);
    agent.quit().await;
    let (journal, _) = Journal::open(&desk.journal_file(), jiff::Timestamp::now()).unwrap();
    assert_eq!(journal.recent(9).unwrap().len(), 1);
}

/// An answered call of a busy week.
fn answered(n: i64) -> Change {
    let started = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(10_000 - n * 30);
    Change::Record {
        call: Box::new(Call {
            call_id: CallId(format!("answered-{n}")),
            account_id: AccountId(ACCOUNT.into()),
            direction: Direction::Incoming,
            state: CallState::Ended,
            calling_number: Some(Party::from(OTHER.to_owned())),
            called_number: Some(Party::from(LINE.to_owned())),
            started_at: started,
            connected_at: Some(started),
            ended_at: Some(started),
            status: None,
            billable_duration: None,
            end_unknown: false,
            extension: None,
            extra: Default::default(),
        }),
        unread: false,
    }
}

#[tokio::test]
async fn row_20_a_missed_call_counts_until_it_is_read_whatever_came_since() {
    let desk = Desk::new();
    let mut calls: Vec<Change> = (0..=300).map(answered).collect();
    let Change::Record { call, unread } = &mut calls[0] else {
        unreachable!()
    };
    call.calling_number = Some(Party::from("+33199000043".to_owned()));
    (call.connected_at, *unread) = (None, true);
    let (mut journal, _) = Journal::open(&desk.journal_file(), jiff::Timestamp::now()).unwrap();
    journal.apply(&calls, None).unwrap();
    drop(journal);
    // Twice: nothing but the person takes it away.
    for _ in 0..2 {
        let mut agent = desk.start().await;
        agent
            .until("the missed call counts", |state| state.missed == 1)
            .await;
        agent.quit().await;
    }
    let mut agent = desk.start().await;
    agent.until("it counts still", |state| state.missed == 1).await;
    agent.ask(Request::MissedRead).await;
    agent.until("it is read", |state| state.missed == 0).await;
    agent.quit().await;
    let (journal, _) = Journal::open(&desk.journal_file(), jiff::Timestamp::now()).unwrap();
    assert_eq!(journal.unread(9).unwrap(), []);
    assert_eq!(journal.recent(999).unwrap().len(), 301);
}

/// Nobody says that the machine sleeps, the connection stands when it wakes, and what it holds is an hour old: the clocks
/// alone tell.
#[tokio::test]
async fn row_06_a_sleep_that_nobody_announces_rings_for_no_call_of_it() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    agent.seen_so_far();
    desk.clocks.fall_asleep();
    let heard = jiff::Timestamp::now();
    missed_call(&sim).await;
    missed_call(&sim).await;
    let woke = jiff::Timestamp::now();
    desk.clocks.wake_after(Duration::from_secs(3600));
    let told = agent.sees_notification().await;
    assert_eq!(told.title, "2 appels manqués pendant votre absence");
    agent.live().await;
    let holes = all(&agent).await.holes;
    let [hole] = holes.as_slice() else {
        panic!("one hole: {holes:?}")
    };
    let time = |text: &str| text.parse::<jiff::Timestamp>().unwrap();
    assert_eq!(hole.state, HoleState::Filled);
    assert!(
        time(&hole.from) <= heard,
        "from the last that was heard: {hole:?}, {heard} to {woke}"
    );
    assert!(time(hole.until.as_ref().unwrap()) >= woke, "{hole:?}, {woke}");
    assert_eq!(notifications(agent.quit().await), [], "and nothing else");
}

// On Windows a file that is open can't be put aside, and the journal's thread ends by itself after its agent.
#[cfg(not(windows))]
#[tokio::test]
async fn a_journal_that_opens_late_brings_what_was_missed_meanwhile_and_before() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    agent.quit().await;
    missed_call(&sim).await;
    // A folder in its place: no user's rights help there.
    let file = desk.journal_file();
    let kept = file.with_extension("kept");
    std::fs::rename(&file, &kept).unwrap();
    std::fs::create_dir(&file).unwrap();

    let mut agent = desk.start().await;
    agent.live().await;
    missed_call(&sim).await;
    let state = agent
        .until("the one of this run", |state| state.missed == 1)
        .await;
    assert_eq!(state.journal_problem.unwrap().id, "journal-unusable");

    std::fs::remove_dir(&file).unwrap();
    std::fs::rename(&kept, &file).unwrap();
    // It is tried again every half minute, and now.
    agent.ask(Request::Doctor).await;
    agent
        .until("all of them", |state| {
            state.missed == 3 && state.journal_problem.is_none()
        })
        .await;
    assert_eq!(all(&agent).await.calls.len(), 3);
    agent.quit().await;

    let mut agent = desk.start().await;
    let state = agent.live().await;
    assert_eq!((state.missed, state.recent.len()), (3, 3));
    missed_call(&sim).await;
    agent.until("one more", |state| state.missed == 4).await;
    assert_eq!(all(&agent).await.calls.len(), 4);
}
