//! What clients ask of the journal: it is searched, noted in, deleted from, written out and read back; and it says when calls
//! couldn't be heard.

use control::protocol::{
    Answer, CallBackState, CallFilter, CallPage, CallQuery, CallRef, ConnectionState, ErrorCode, HoleState,
    JournalRequest, Outcome, Request,
};

use centrex_tray::desktop::DesktopEvent;
use control::transport::RequestError;

use crate::contacts::run;
use crate::world::{Agent, enrolled, missed_call, within};

fn ask(ask: JournalRequest) -> Request {
    Request::Journal { ask }
}

async fn search(agent: &Agent, query: CallQuery) -> CallPage {
    match agent.ask(ask(JournalRequest::Search { query })).await {
        Answer::Calls { page } => page,
        other => panic!("{other:?}"),
    }
}

pub async fn all(agent: &Agent) -> CallPage {
    search(agent, CallQuery::default()).await
}

fn found(text: &str) -> CallQuery {
    CallQuery {
        text: text.into(),
        ..CallQuery::default()
    }
}

fn the_call(page: &CallPage) -> CallRef {
    CallRef {
        account: page.calls[0].account.clone(),
        call: page.calls[0].call.clone(),
    }
}

#[tokio::test]
async fn a_missed_call_is_found_noted_ticked_and_deleted_for_good() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;

    let page = search(&agent, found("01 99 00 00 42")).await;
    assert_eq!(page.calls.len(), 1);
    assert_eq!(page.calls[0].outcome, Outcome::Missed);
    assert!(search(&agent, found("04 65 71")).await.calls.is_empty());
    let at = the_call(&page);

    let note = JournalRequest::Note {
        at: at.clone(),
        note: "Rappeler après le café".into(),
    };
    agent.ask(ask(note)).await;
    assert_eq!(
        search(&agent, found("cafe")).await.calls[0].note.as_deref(),
        Some("Rappeler après le café")
    );

    agent
        .ask(ask(JournalRequest::CallBack {
            at: at.clone(),
            wanted: true,
        }))
        .await;
    let to_call_back = CallQuery {
        filter: CallFilter::ToCallBack,
        ..CallQuery::default()
    };
    let page = search(&agent, to_call_back).await;
    assert_eq!(page.calls[0].call_back, CallBackState::Wanted);

    agent.ask(ask(JournalRequest::Delete { at: at.clone() })).await;
    assert!(all(&agent).await.calls.is_empty());
    let state = agent
        .until("no list shows it", |state| state.recent.is_empty())
        .await;
    assert_eq!(state.missed, 0);
    let gone = agent
        .client
        .request(ask(JournalRequest::Note { at, note: "?".into() }))
        .await;
    assert!(
        matches!(gone, Err(RequestError::Refused(error)) if error.code == ErrorCode::Failed),
        "a call that is gone"
    );

    // Nor does it come back with the next start.
    agent.quit().await;
    let mut agent = desk.start().await;
    agent.live().await;
    missed_call(&sim).await;
    let state = agent.until("the next one", |state| state.missed == 1).await;
    assert_eq!(state.recent.len(), 1);
    assert_eq!(all(&agent).await.calls.len(), 1);
}

#[tokio::test]
async fn a_time_without_connection_is_a_hole_that_the_relay_fills() {
    let (sim, mut relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("heard", |state| state.missed == 1).await;
    relay.stop().await;
    agent
        .until("not connected", |state| {
            state.connection.state == ConnectionState::Down
        })
        .await;
    let open = all(&agent).await.holes;
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!((open[0].state, &open[0].until), (HoleState::Open, &None));

    relay.resume().await;
    agent.desktop.send(DesktopEvent::Woke).unwrap();
    agent.live().await;
    missed_call(&sim).await;
    agent.until("heard again", |state| state.missed == 2).await;
    let page = all(&agent).await;
    assert_eq!(page.holes.len(), 1, "{:?}", page.holes);
    assert_eq!(page.holes[0].state, HoleState::Filled);
    assert!(page.holes[0].until.is_some());
    assert!(
        search(&agent, found("01 99")).await.holes.is_empty(),
        "a search says nothing of time"
    );
    // On the command line, too, in its place.
    let listed = run(&desk, &["calls"]).await;
    let listed = String::from_utf8(listed.stdout).unwrap();
    let marks: Vec<bool> = listed.lines().map(|line| line.contains("\t×\t")).collect();
    assert_eq!(marks, [false, true, false], "{listed}");
    assert!(
        listed.contains("rattrapé") || listed.contains("caught up"),
        "{listed}"
    );
}

#[tokio::test]
async fn a_page_goes_on_where_the_one_before_ended() {
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    for count in 1..=3 {
        missed_call(&sim).await;
        agent.until("missed", |state| state.missed == count).await;
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = search(
            &agent,
            CallQuery {
                limit: 2,
                after: after.take(),
                ..CallQuery::default()
            },
        )
        .await;
        seen.extend(page.calls.into_iter().map(|call| call.call));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let state = agent.until("all", |state| state.recent.len() == 3).await;
    let known: Vec<_> = state.recent.iter().map(|call| call.call.clone()).collect();
    assert_eq!(seen, known);
    let bad = CallQuery {
        after: Some("nonsense".into()),
        ..CallQuery::default()
    };
    let refused = agent
        .client
        .request(ask(JournalRequest::Search { query: bad }))
        .await;
    assert!(matches!(refused, Err(RequestError::Refused(error)) if error.code == ErrorCode::BadRequest));
}

#[tokio::test]
async fn a_damaged_journal_is_set_aside_and_the_person_is_told_where() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    agent.quit().await;
    // The journal's thread ends by itself; what it has still open would heal the damage.
    let log = desk.journal_file().with_extension("db-wal");
    within("the journal is closed", async {
        while log.exists() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    std::fs::write(desk.journal_file(), "no database any more".repeat(500)).unwrap();

    let mut agent = desk.start().await;
    let state = agent
        .until("it is told", |state| state.journal_problem.is_some())
        .await;
    let told = state.journal_problem.unwrap();
    assert_eq!(told.id, "journal-set-aside");
    assert!(std::path::Path::new(&told.args["file"]).is_file(), "{told:?}");
    agent.live().await;
    let state = agent
        .until("the relay told it again", |state| state.recent.len() == 1)
        .await;
    assert_eq!(state.recent[0].outcome, Outcome::Missed);
}

#[tokio::test]
async fn damage_that_shows_only_in_the_whole_check_is_told_and_the_calls_are_saved() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    let at = the_call(&all(&agent).await);
    let note = JournalRequest::Note {
        at,
        note: "Devis".into(),
    };
    agent.ask(ask(note)).await;
    agent.quit().await;
    let journal = rusqlite::Connection::open(desk.journal_file()).unwrap();
    journal
        .execute_batch("UPDATE search_data SET block = zeroblob(100) WHERE id > 100")
        .unwrap();
    drop(journal);

    let mut agent = desk.start().await;
    let state = agent
        .until("it is told", |state| {
            state
                .journal_problem
                .as_ref()
                .is_some_and(|told| told.id == "journal-set-aside")
        })
        .await;
    let told = state.journal_problem.unwrap();
    assert!(std::path::Path::new(&told.args["file"]).is_file(), "{told:?}");
    agent.live().await;
    let mut page = all(&agent).await;
    // Each answer lets the calls that are taken over go in between.
    while page.calls.iter().all(|call| call.note.is_none()) {
        page = all(&agent).await;
    }
    assert_eq!(page.calls.len(), 1);
    assert_eq!(search(&agent, found("devis")).await.calls.len(), 1);
    missed_call(&sim).await;
    agent.until("the next one", |state| state.recent.len() == 2).await;
    assert_eq!(all(&agent).await.calls.len(), 2);
}
