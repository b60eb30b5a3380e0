//! Links that the system hands over while the agent runs.

use centrex_tray::desktop::DesktopEvent;
use centrex_tray::desktop::links::{LinkOpener, Takeover};
use control::protocol::{self as wire, Answer, Change, CheckResult, ErrorCode, LinkTakeover, Place, Request};
use control::transport::RequestError;

use crate::contacts::run;
use crate::world::{Desk, platform, within};

#[tokio::test]
async fn a_link_of_the_system_is_shown_and_does_nothing_else() {
    let _sim = platform().await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    let window = agent.connect().await;
    let (_, mut told) = window.subscribe(true).await.unwrap();
    for (link, place, fill) in [
        ("tel:+33199000042", Place::Pad, Some("tel:+33199000042")),
        (
            "centrex-tray://enrol?relay=https://relay.example&code=X",
            Place::Settings,
            None,
        ),
    ] {
        let event = DesktopEvent::LinkOpened(link.to_owned().into());
        assert!(!format!("{event:?}").contains("relay"), "it may hold a code");
        agent.desktop.send(event).unwrap();
        let shown = within("the window comes forward", async {
            loop {
                if let Some(Change::Show { place, fill, .. }) = told.next().await {
                    return (place, fill);
                }
            }
        });
        assert_eq!(shown.await, (place, fill.map(ToOwned::to_owned)));
    }
    let state = agent
        .until("the enrolment waits", |state| state.pending_enrolment.is_some())
        .await;
    assert_eq!(state.pending_enrolment.unwrap().host, "relay.example");
    assert_eq!(state.dial, None);
}

#[tokio::test]
async fn a_link_that_cannot_be_obeyed_is_explained_in_the_window() {
    let desk = Desk::new();
    let mut agent = desk.start().await;
    let window = agent.connect().await;
    let (_, mut told) = window.subscribe(true).await.unwrap();
    let mut settings_come = async || {
        within("the window comes forward", async {
            loop {
                if let Some(Change::Show { place, .. }) = told.next().await {
                    return place;
                }
            }
        })
        .await
    };
    for (link, problem) in [
        ("centrex-tray://fly", "link-unknown"),
        ("centrex-tray://enrol?relay=relais&code=X", "enrol-address-bad"),
        (
            "centrex-tray://enrol?relay=http://relay.example&code=X",
            "enrol-address-plain",
        ),
        (
            "centrex-tray://enrol?relay=https://relay.example",
            "enrol-code-missing",
        ),
    ] {
        // Through the system itself, through the command line's own request, and as a text for the pad.
        let event = DesktopEvent::LinkOpened(link.to_owned().into());
        agent.desktop.send(event).unwrap();
        assert_eq!(settings_come().await, Place::Settings, "{link}");
        agent
            .until("it says why", |state| {
                state.link_problem.as_ref().is_some_and(|why| why.id == problem)
            })
            .await;
        agent.ask(Request::DismissEnrolment).await;
        agent
            .until("it was read", |state| state.link_problem.is_none())
            .await;
        for request in [
            Request::OpenLink {
                uri: link.to_owned().into(),
            },
            Request::FillPad { input: link.into() },
        ] {
            let refused = agent.connect().await.request(request).await;
            let RequestError::Refused(refused) = refused.unwrap_err() else {
                panic!("another error")
            };
            assert_eq!(refused.message.id, problem, "the command line says it too");
            assert_eq!(settings_come().await, Place::Settings, "{link}");
        }
    }
    // A good one takes its place.
    let good = "centrex-tray://enrol?relay=https://relay.example&code=X".to_owned();
    agent.ask(Request::OpenLink { uri: good.into() }).await;
    let state = agent
        .until("the enrolment waits", |state| state.pending_enrolment.is_some())
        .await;
    assert_eq!(state.link_problem, None);
}

#[tokio::test]
async fn the_command_line_says_where_an_enrolment_link_is_answered() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let window = agent.connect().await;
    let (_, _told) = window.subscribe(true).await.unwrap();
    let link = "centrex-tray://enrol?relay=https://relay.example&code=X";
    for (words, waits) in [("tel:+33199000042", false), (link, true)] {
        let dialled = run(&desk, &["dial", words]).await;
        assert!(dialled.status.success(), "{dialled:?}");
        let told = String::from_utf8_lossy(&dialled.stderr);
        assert_eq!(told.contains("relay.example"), waits, "{told}");
        let status = run(&desk, &["status"]).await;
        let told = String::from_utf8_lossy(&status.stdout);
        assert_eq!(told.contains("relay.example"), waits, "{told}");
    }
}

fn links(answer: Answer) -> wire::NumberLinks {
    let Answer::NumberLinks { links } = answer else {
        panic!("another answer")
    };
    links
}

#[tokio::test]
async fn who_opens_numbers_is_told_and_changed_on_a_wish_only() {
    let desk = Desk::new();
    let softphone = LinkOpener::Other(Some("Softphone".into()));
    desk.links.are(softphone, Takeover::Here);
    let agent = desk.start().await;
    let theirs = wire::NumberLinks {
        opener: wire::LinkOpener::Other,
        program: Some("Softphone".into()),
        takeover: LinkTakeover::Here,
    };
    for _ in 0..2 {
        assert_eq!(links(agent.ask(Request::NumberLinks).await), theirs);
    }
    let ours = wire::NumberLinks {
        opener: wire::LinkOpener::Us,
        program: None,
        takeover: LinkTakeover::Here,
    };
    assert_eq!(links(agent.ask(Request::TakeNumberLinks).await), ours);
    assert_eq!(links(agent.ask(Request::NumberLinks).await), ours);

    // Another program took them meanwhile, and ours is no longer installed.
    desk.links.are(LinkOpener::Other(None), Takeover::NotInstalled);
    let refused = agent.connect().await.request(Request::TakeNumberLinks).await;
    let RequestError::Refused(refused) = refused.unwrap_err() else {
        panic!("another error")
    };
    assert_eq!(refused.code, ErrorCode::Failed);
    assert_eq!(refused.message.id, "links-not-taken");
    assert_eq!(refused.message.args["why"], "not in the list");
    let now = links(agent.ask(Request::NumberLinks).await);
    assert_eq!((now.opener, now.program), (wire::LinkOpener::Other, None));
}

#[tokio::test]
async fn doctor_names_who_opens_numbers() {
    let desk = Desk::new();
    let agent = desk.start().await;
    for (opener, result, id) in [
        (LinkOpener::Us, CheckResult::Ok, "doctor-links-us"),
        (
            LinkOpener::Other(Some("Softphone".into())),
            CheckResult::Skipped,
            "doctor-links-other",
        ),
        (
            LinkOpener::Other(None),
            CheckResult::Skipped,
            "doctor-links-another",
        ),
        (LinkOpener::Nobody, CheckResult::Skipped, "doctor-links-nobody"),
        (LinkOpener::Unknown, CheckResult::Skipped, "doctor-links-unknown"),
    ] {
        desk.links.are(opener, Takeover::Here);
        let Answer::Checks { checks } = agent.ask(Request::Doctor).await else {
            panic!("another answer")
        };
        let check = checks.iter().find(|check| check.name == "number_links").unwrap();
        assert_eq!((check.result, check.message.id.as_str()), (result, id));
    }
}
