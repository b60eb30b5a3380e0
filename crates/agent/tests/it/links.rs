//! Links that the system hands over while the agent runs.

use centrex_tray::desktop::DesktopEvent;
use control::protocol::{Change, Place};

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
        ("centrex-tray://fly", Place::Settings, None),
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
