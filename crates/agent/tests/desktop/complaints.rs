//! What people complain about in programs of this kind, held against the whole program on a real desktop; numbered as in
//! `docs/complaints.md`.

use std::process::Output;
use std::time::Instant;

use centrex_sim::{HangUp, HangUpBy, Ring, Sim};
use control::protocol::{
    Change, ConnectionState, ContactDraft, ContactsRequest, DraftNumber, Hole, HoleState, Request,
    SettingsChange,
};
use control::transport::{Changes, Client};
use jiff::{SignedDuration, Timestamp};

use crate::daemons::{dunst, dunstctl};
use crate::hotkey::{press, select};
use crate::keychain::keyring;
use crate::notifications::{Onlooker, Shown};
use crate::office::{ACCOUNT, OTHER, OTHER_SHOWN, Relay, missed_call, platform};
use crate::presence::{Agent, at_work, enrolled, hears_a_call, program, time};
use crate::programs::{Written, script};
use crate::tray::{Host, item, tooltip};
use crate::way::Way;
use crate::world::{LIMIT, World, session_test, within};

pub async fn rings(sim: &Sim, from: &str) -> String {
    let ring = Ring {
        to: ACCOUNT.into(),
        from: Some(from.into()),
        ..Ring::default()
    };
    sim.ring(ring).await.unwrap()
}

pub async fn gives_up(sim: &Sim, call: &str) {
    let how = HangUp {
        call_id: Some(call.into()),
        by: HangUpBy::OtherParty,
    };
    sim.hang_up(ACCOUNT, how).await.unwrap();
}

async fn set(agent: &Agent, changes: SettingsChange) {
    let changes = Box::new(changes);
    agent
        .client
        .request(Request::ChangeSettings { changes })
        .await
        .unwrap();
}

/// What the pad's field is filled with next.
async fn filled((_client, changes): &mut (Client, Changes)) -> String {
    within("the field is filled", async {
        loop {
            let change = changes.next().await.unwrap();
            if let Change::Show { fill: Some(fill), .. } = change {
                break fill;
            }
        }
    })
    .await
}

fn says(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout.clone()).unwrap()
}

session_test! {
    display
    /// An alert asks for no more than to be seen: no window is opened, nothing is urgent, and it names the application whose
    /// notifications the system's settings can turn off.
    async fn row_01_and_03_an_alert_takes_no_focus_and_can_be_turned_off(mut world: World) {
        let opened = world.home().join("opened");
        let window = script(world.home().join("window"), &format!("#!/bin/sh\ntouch {}\n", opened.display()));
        world.windows(&window);
        let (sim, _relay, _daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let call = rings(&sim, OTHER).await;
        let shown = onlooker.shown().await;
        assert_eq!(u8::try_from(&shown.hints["urgency"]).unwrap(), 1);
        assert_eq!(String::try_from(shown.hints["desktop-entry"].clone()).unwrap(), "centrex-tray");
        let keys: Vec<&str> = shown.actions.iter().step_by(2).map(String::as_str).collect();
        assert_eq!(keys, ["copy-number", "default", "silence"], "a key or a click too many calls nobody");
        gives_up(&sim, &call).await;
        assert!(onlooker.shown().await.title.starts_with("Appel manqué"));

        set(&agent, SettingsChange { notify_incoming: Some(false), ..SettingsChange::default() }).await;
        missed_call(&sim).await;
        assert!(onlooker.shown().await.title.starts_with("Appel manqué"), "and nothing before it");
        set(&agent, SettingsChange { click_to_call_only: Some(true), ..SettingsChange::default() }).await;
        missed_call(&sim).await;
        agent.until("it is known all the same", |state| state.missed == 3).await;
        let again = SettingsChange { click_to_call_only: Some(false), notify_incoming: Some(true), ..SettingsChange::default() };
        set(&agent, again).await;
        hears_a_call(&sim, &mut onlooker).await;
        assert!(!opened.exists(), "a window came by itself");
    }
}

session_test! {
    display
    /// Each call has its own alert; it has no life time, and goes with its call alone.
    async fn row_02_and_18_each_alert_stays_as_long_as_its_phone_rings(mut world: World) {
        let (sim, _relay, _daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let first = rings(&sim, OTHER).await;
        let shown: Shown = onlooker.shown().await;
        assert_eq!((shown.expires, shown.replaces), (0, 0));
        let second = rings(&sim, "+33199000043").await;
        let other = onlooker.shown().await;
        assert_ne!(other.id, shown.id);
        assert_eq!(dunstctl(&["count", "displayed"]), "2");
        gives_up(&sim, &second).await;
        assert_eq!(onlooker.gone().await.0, other.id);
        agent.until("one still rings", |state| state.live.len() == 1 && state.missed == 1).await;
        gives_up(&sim, &first).await;
        assert_eq!(onlooker.gone().await.0, shown.id);
    }
}

session_test! {
    display
    /// Whom a contact names is announced by that name the first time that their phone rings here, with number and line.
    async fn row_11_and_19_a_first_call_of_a_contact_is_announced_by_name(mut world: World) {
        let (sim, _relay, _daemon, mut onlooker, agent) = at_work(&mut world).await;
        let contact = ContactDraft {
            id: None,
            name: "Personne Une".into(),
            company: String::new(),
            numbers: vec![DraftNumber { label: "work".into(), number: OTHER.into() }],
            note: String::new(),
            favourite: false,
        };
        let ask = ContactsRequest::Save { contact };
        agent.client.request(Request::Contacts { ask }).await.unwrap();
        rings(&sim, OTHER).await;
        let shown = onlooker.shown().await;
        assert!(shown.title.contains("Personne Une"), "{}", shown.title);
        assert!(shown.body.contains(OTHER_SHOWN), "{}", shown.body);
    }
}

session_test! {
    display
    /// The icon says that nothing is heard as soon as it is so, and that it is again.
    async fn row_07_the_icon_tells_the_truth(mut world: World) {
        let mut host = Host::start().await;
        let (sim, mut relay, _daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let icon = host.icon().await;
        let bus = world.bus().await;
        let item = item(&bus, &icon).await;
        assert!(!tooltip(&item).await.contains("ne sont pas annoncés"), "{}", tooltip(&item).await);
        relay.stop().await;
        agent.is(ConnectionState::Down).await;
        assert!(tooltip(&item).await.contains("les appels ne sont pas annoncés"), "{}", tooltip(&item).await);
        relay.resume().await;
        agent.is(ConnectionState::Live).await;
        assert!(!tooltip(&item).await.contains("ne sont pas annoncés"));
        hears_a_call(&sim, &mut onlooker).await;
    }
}

session_test! {
    display
    /// A connection that stands and brings nothing any more is noticed by the watchdog, without anybody's word, and the
    /// journal's mark begins with the last that came.
    async fn row_07_a_silent_connection_is_told_as_lost(mut world: World) {
        world.watchdog_s = Some(6);
        let mut host = Host::start().await;
        dunst(&mut world).await;
        keyring(&mut world).await;
        let sim = platform().await;
        let relay = Relay::start_with(&sim, true, &[("events.heartbeat", "1s")]).await;
        let way = Way::to(relay.address).await;
        let mut onlooker = Onlooker::new(&world).await;
        let mut agent = enrolled(&mut world, &relay, way.url()).await;
        let icon = host.icon().await;
        let bus = world.bus().await;
        let item = item(&bus, &icon).await;
        hears_a_call(&sim, &mut onlooker).await;
        way.go_silent();
        agent.until("the loss", |state| state.connection.state != ConnectionState::Live).await;
        let noticed = Timestamp::now();
        // Between two tries; while one is under way it tells of that.
        let says = async { while !tooltip(&item).await.contains("Non connecté au relais") {} };
        within("the icon's truth", says).await;
        let holes = agent.holes().await;
        let lasts: Vec<&Hole> = holes.iter().filter(|hole| hole.state == HoleState::Open).collect();
        let [hole] = lasts.as_slice() else { panic!("one that lasts: {holes:?}") };
        let heard_nothing = noticed.duration_since(time(&hole.from));
        assert!(heard_nothing >= SignedDuration::from_secs(4), "{heard_nothing} before it was noticed");
        way.open();
        agent.is(ConnectionState::Live).await;
        hears_a_call(&sim, &mut onlooker).await;
    }
}

session_test! {
    display
    /// What a link of a page says reaches the pad as it is, and dials nothing.
    async fn row_12_and_16_a_link_fills_the_pad_and_dials_nothing(mut world: World) {
        let mut words = Written::to(&world.home().join("words"));
        let _stays = Written::to(&world.home().join("stays"));
        let tells = "#!/bin/sh\necho \"$@\" > \"${0%/*}/words\"\nread _ < \"${0%/*}/stays\"\n";
        let window = script(world.home().join("window"), tells);
        world.windows(&window);
        let (sim, _relay, _daemon, _onlooker, agent) = at_work(&mut world).await;
        says(&program(&world, &["dial", "tel:+33-1-99-00-00-42"]).output().unwrap());
        let told = words.line().await;
        assert!(!told.contains("99"), "no number where other programs may read it: {told}");
        assert_eq!(filled(&mut agent.as_window().await).await, "tel:+33-1-99-00-00-42");
        let asked = sim.record(&centrex_sim::Filter::default()).into_iter();
        assert_eq!(asked.filter(|entry| entry.kind == centrex_sim::Kind::CallRequested).count(), 0);
    }
}

session_test! {
    display
    /// A hotkey takes what is selected in any program to the pad and dials nothing; so does the command that a desktop binds
    /// to keys of its own. What isn't clearly one number asks: the companion's list holds that.
    async fn row_14_a_hotkey_fills_the_pad_with_what_is_selected(mut world: World) {
        let mut words = Written::to(&world.home().join("words"));
        let _stays = Written::to(&world.home().join("stays"));
        let tells = "#!/bin/sh\necho \"$@\" > \"${0%/*}/words\"\nread _ < \"${0%/*}/stays\"\n";
        let window = script(world.home().join("window"), tells);
        world.windows(&window);
        let (sim, _relay, _daemon, _onlooker, agent) = at_work(&mut world).await;
        let hotkey = SettingsChange { dial_hotkey: Some("ctrl+alt+d".into()), ..SettingsChange::default() };
        set(&agent, hotkey).await;
        let deadline = Instant::now() + LIMIT;
        let doctor = || program(&world, &["doctor"]).output().unwrap().stdout;
        while !String::from_utf8(doctor()).unwrap().contains("Ctrl+Alt+D met dans Composer") {
            assert!(Instant::now() < deadline, "the hotkey isn't taken");
        }
        select("Tél. 01 99 00 00 42", "primary");
        press("ctrl+alt+d");
        let told = words.line().await;
        assert!(!told.contains("99"), "no number where other programs may read it: {told}");
        let mut window = agent.as_window().await;
        assert_eq!(filled(&mut window).await, "Tél. 01 99 00 00 42");
        select("01 99 00 00 42 ou 01 99 00 00 43", "primary");
        says(&program(&world, &["dial", "--selection"]).output().unwrap());
        assert_eq!(filled(&mut window).await, "01 99 00 00 42 ou 01 99 00 00 43");
        let asked = sim.record(&centrex_sim::Filter::default()).into_iter();
        assert_eq!(asked.filter(|entry| entry.kind == centrex_sim::Kind::CallRequested).count(), 0);

        let bare = SettingsChange { dial_hotkey: Some("D".into()), ..SettingsChange::default() };
        let refused = agent.client.request(Request::ChangeSettings { changes: Box::new(bare) }).await;
        assert!(refused.unwrap_err().to_string().contains("hotkey-no-modifier"));
    }
}

session_test! {
    display
    /// No tray: it says so, alerts all the same, and a second start is the way in.
    async fn row_17_without_a_tray_the_window_is_the_way_in(mut world: World) {
        let mut words = Written::to(&world.home().join("words"));
        let tells = "#!/bin/sh\nprintf '%s ' \"$@\" > \"${0%/*}/words\"\necho > \"${0%/*}/words\"\n";
        let window = script(world.home().join("window"), tells);
        world.windows(&window);
        let (sim, _relay, _daemon, mut onlooker, mut agent) = at_work(&mut world).await;
        let said = says(&program(&world, &["status"]).output().unwrap());
        assert!(said.contains("ouvrez la fenêtre avec «\u{a0}centrex-tray\u{a0}»"), "{said}");
        let doctor = program(&world, &["doctor", "--json"]).output().unwrap();
        let doctor: serde_json::Value = serde_json::from_slice(&doctor.stdout).unwrap();
        let tray = doctor["checks"].as_array().unwrap().iter().find(|check| check["name"] == "tray_host").unwrap();
        assert_eq!(tray["result"], "warning");
        let missed = hears_a_call(&sim, &mut onlooker).await;
        assert!(missed.title.contains(OTHER_SHOWN), "{}", missed.title);
        says(&program(&world, &[]).output().unwrap());
        let told = words.line().await;
        assert!(told.contains("--place pad"), "{told}");

        // A tray that comes later is used.
        let mut host = Host::start().await;
        host.icon().await;
        agent.until("shown", |state| state.tray_shown).await;
        assert!(!says(&program(&world, &["status"]).output().unwrap()).contains("ouvrez la fenêtre"));
    }
}
