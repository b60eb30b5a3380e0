//! A desktop gets its token, and keeps it in the keychain.

use centrex_tray::desktop::SecretName;
use companion::event::{CredentialKind, KeychainProblem};
use control::protocol::{
    Answer, Change, ConnectionState, CredentialKind as WireKind, ErrorCode, Mode, Place, Request,
    SettingsChange,
};
use control::transport::RequestError;
use secrecy::ExposeSecret;

use crate::world::{ACCOUNT, Desk, Relay, enrolled, platform, started, within};

const TOKEN: SecretName = SecretName {
    kind: CredentialKind::RelayToken,
    account: None,
};

fn refusal(answer: Result<Answer, RequestError>) -> (ErrorCode, String) {
    match answer {
        Err(RequestError::Refused(error)) => (error.code, error.message.id),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_link_asks_first_and_a_yes_leads_to_calls_that_are_heard() {
    let (_sim, relay, desk, mut agent) = started().await;
    let code = relay.code();
    // No window program lies beside the tests; the link waits all the same.
    let _ = agent.client.request(open(&relay.url(), &code)).await;
    let state = agent
        .until("the link waits", |state| state.pending_enrolment.is_some())
        .await;
    let pending = state.pending_enrolment.unwrap();
    assert_eq!(pending.host, relay.address.to_string());
    assert_eq!(
        (state.mode, desk.keychain.holds(&TOKEN).is_none()),
        (Mode::Unset, true),
        "nothing happened yet"
    );
    let shown = serde_json::to_string(&agent.client.snapshot().await.unwrap()).unwrap();
    assert!(
        shown.contains(&pending.relay) && !shown.contains(&code),
        "{shown}"
    );

    agent
        .ask(Request::AcceptEnrolment {
            relay: pending.relay,
            id: pending.id,
        })
        .await;
    let state = agent.live().await;
    assert_eq!((state.mode, state.pending_enrolment), (Mode::Relay, None));
    assert_eq!(
        state
            .accounts
            .iter()
            .map(|account| account.id.as_str())
            .collect::<Vec<_>>(),
        [ACCOUNT]
    );
    assert_eq!(state.cannot_dial, None);
    let kept = desk.keychain.holds(&TOKEN).unwrap();
    let (issuer, token) = kept.expose_secret().split_once(' ').unwrap();
    assert_eq!(issuer, format!("{}/", relay.url()));
    agent.quit().await;
    for file in walk(desk.path()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let secret = token.as_bytes();
        assert!(
            !bytes.windows(secret.len()).any(|part| part == secret),
            "the token stands in {file:?}"
        );
    }
}

fn open(relay: &str, code: &str) -> Request {
    let uri = format!("centrex-tray://enrol?relay={relay}&code={code}");
    Request::OpenLink { uri: uri.into() }
}

#[tokio::test]
async fn a_yes_holds_for_the_link_that_was_shown_and_for_no_other() {
    let (_sim, relay, desk, mut agent) = started().await;
    let accept = |relay: &str, id: &str| {
        agent.client.request(Request::AcceptEnrolment {
            relay: relay.to_owned(),
            id: id.to_owned(),
        })
    };
    let waiting = async || agent.client.snapshot().await.unwrap().pending_enrolment.unwrap();
    let changed = (ErrorCode::Failed, "enrol-link-changed".to_owned());
    let shown = format!("{}/", relay.url());
    assert_eq!(refusal(accept(&shown, "").await), changed, "nothing waits");

    let code = relay.code();
    let _ = agent.client.request(open(&relay.url(), &code)).await;
    let seen = waiting().await;
    assert_eq!(seen.relay, shown);
    // Another relay, and the same one with somebody else's code.
    for other in ["https://other.example", &relay.url()] {
        let _ = agent.client.request(open(other, "X")).await;
        assert_eq!(refusal(accept(&shown, &seen.id).await), changed, "{other}");
        assert_eq!(refusal(accept(&shown, "").await), changed, "{other}");
        let pending = waiting().await;
        assert!(
            pending.relay.starts_with(other) && pending.id != seen.id,
            "it still waits"
        );
    }
    assert!(desk.keychain.holds(&TOKEN).is_none());

    // Opened twice it is one question.
    let _ = agent.client.request(open(&relay.url(), &code)).await;
    let seen = waiting().await;
    let _ = agent.client.request(open(&relay.url(), &code)).await;
    assert_eq!(waiting().await, seen);
    accept(&shown, &seen.id).await.unwrap();
    agent.live().await;
}

/// As if it had been killed there: the files as they were at that moment, and the keychain, which has the token by then.
#[tokio::test]
async fn killed_between_the_token_and_the_settings_it_is_enrolled_at_the_next_start() {
    let (sim, relay, desk, mut agent) = started().await;
    let note = |desk: &Desk| desk.path().join("data/enrolment");
    // The first time nothing was set up; the second time it is another relay that the settings name.
    let second = Relay::start(&sim).await;
    for (relay, before) in [(&relay, None), (&second, Some(relay.url()))] {
        let (frozen, from) = (crate::world::folder(), desk.path().to_owned());
        let to = frozen.path().to_owned();
        desk.keychain.once_stored(TOKEN, move || {
            for file in ["config/settings.toml", "data/enrolment"] {
                let copy = to.join(file);
                std::fs::create_dir_all(copy.parent().unwrap()).unwrap();
                match std::fs::copy(from.join(file), copy) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
                    _ => {}
                }
            }
        });
        agent.enrol(relay).await;
        assert!(!note(&desk).exists(), "nothing is left to do");

        let frozen = desk.with_folder(frozen);
        let settings = std::fs::read_to_string(frozen.settings_file()).ok();
        let names = |url: &str| settings.as_ref().is_some_and(|text| text.contains(url));
        assert!(
            !names(&relay.url()) && before.is_none_or(|before| names(&before)),
            "{settings:?}"
        );
        let mut other = frozen.start().await;
        let state = other.live().await;
        assert_eq!(
            (state.mode, state.settings.relay_url),
            (Mode::Relay, Some(format!("{}/", relay.url())))
        );
        assert!(!note(&frozen).exists());
        other.quit().await;
    }
    agent.quit().await;
}

#[tokio::test]
async fn what_the_person_chose_since_an_interrupted_enrolment_holds() {
    let (_sim, relay, desk, agent) = enrolled().await;
    agent.quit().await;
    let note = desk.path().join("data/enrolment");
    std::fs::write(&note, format!("{}/", relay.url())).unwrap();
    // The keychain doesn't answer, so nothing is finished yet.
    desk.keychain.fail(Some(KeychainProblem::NoAnswer));
    std::fs::remove_file(desk.settings_file()).unwrap();
    let agent = desk.start().await;
    agent
        .change(SettingsChange {
            mode: Some(Mode::Direct),
            ..SettingsChange::default()
        })
        .await;
    assert!(!note.exists());
    agent.quit().await;
    desk.keychain.fail(None);
    let agent = desk.start().await;
    let state = agent.client.snapshot().await.unwrap();
    assert_eq!((state.mode, state.settings.relay_url), (Mode::Direct, None));
    agent.quit().await;
}

#[tokio::test]
async fn a_note_of_an_enrolment_without_its_token_changes_nothing() {
    let (_sim, relay, desk, agent) = enrolled().await;
    agent.quit().await;
    let note = desk.path().join("data/enrolment");
    std::fs::write(&note, "https://other.example/").unwrap();
    let mut agent = desk.start().await;
    let state = agent.live().await;
    assert_eq!(state.settings.relay_url, Some(format!("{}/", relay.url())));
    assert!(!note.exists());
    agent.quit().await;
}

#[tokio::test]
async fn a_code_is_not_spent_while_the_settings_cannot_be_changed() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let company = desk.path().join("company.toml");
    std::fs::write(&company, "mode = \"direct\"\n").unwrap();
    let mut agent = desk.start().await;
    let code = relay.code();
    let enrol = || {
        agent.client.request(Request::Enrol {
            relay: relay.url(),
            code: code.clone().into(),
        })
    };
    let refused = |id: &str| (ErrorCode::Settings, id.to_owned());
    assert_eq!(refusal(enrol().await), refused("settings-change-locked"));
    std::fs::remove_file(&company).unwrap();
    std::fs::create_dir_all(desk.settings_file().parent().unwrap()).unwrap();
    std::fs::write(desk.settings_file(), "mode =\n").unwrap();
    assert_eq!(refusal(enrol().await), refused("settings-change-broken"));
    assert!(desk.keychain.holds(&TOKEN).is_none());

    std::fs::write(desk.settings_file(), "# mine\n").unwrap();
    enrol().await.unwrap();
    agent.live().await;
}

#[tokio::test]
async fn a_token_is_never_sent_to_another_relay_than_the_one_that_issued_it() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let other = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    other.set_nonblocking(true).unwrap();
    let desk = Desk::new();
    let mut agent = desk.start().await;
    agent.enrol(&relay).await;
    let address = |url: String| SettingsChange {
        relay_url: Some(url),
        ..Default::default()
    };
    let elsewhere = format!("http://{}", other.local_addr().unwrap());
    agent.change(address(elsewhere)).await;
    let state = agent
        .until("down", |state| state.connection.state == ConnectionState::Down)
        .await;
    assert_eq!(state.connection.message.id, "link-down-other-relay");
    assert_eq!(state.cannot_dial.unwrap().id, "cannot-dial-not-enrolled");
    assert!(!state.credentials[0].present, "there is none for this relay");
    let Answer::Checks { checks } = agent.ask(Request::TestConnection).await else {
        panic!("another answer")
    };
    assert_eq!(checks.last().unwrap().message.id, "test-token-other-relay");
    let nobody = other.accept().map(|_| ()).unwrap_err().kind();
    assert_eq!(nobody, std::io::ErrorKind::WouldBlock, "somebody connected");

    agent.change(address(relay.url())).await;
    agent.live().await;
    // One that is set by hand belongs to the relay of the settings, and to no later one.
    agent
        .ask(Request::SetCredential {
            kind: WireKind::RelayToken,
            account: None,
            secret: "t-2".to_owned().into(),
        })
        .await;
    let kept = desk.keychain.holds(&TOKEN).unwrap();
    assert_eq!(kept.expose_secret(), format!("{}/ t-2", relay.url()));
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] })
        .collect()
}

#[tokio::test]
async fn what_cannot_be_enrolled_is_refused_with_its_reason_and_changes_nothing() {
    let (sim, relay, desk, agent) = started().await;
    let enrol = |relay: &str, code: &str| {
        agent.client.request(Request::Enrol {
            relay: relay.to_owned(),
            code: code.to_owned().into(),
        })
    };
    let used = relay.code();
    agent
        .ask(Request::Enrol {
            relay: relay.url(),
            code: used.clone().into(),
        })
        .await;
    let kept = desk.keychain.holds(&TOKEN).unwrap();
    let url = relay.url();
    // Its last character is another one: the check finds it.
    let last = if used.ends_with('A') { "B" } else { "A" };
    let mistyped = format!("{}{last}", &used[..used.len() - 1]);
    let cases = [
        (
            enrol("http://relay.example", "X").await,
            ErrorCode::Relay,
            "enrol-address-plain",
        ),
        (enrol("relay", "X").await, ErrorCode::Relay, "enrol-address-bad"),
        (
            enrol(&url, " ").await,
            ErrorCode::BadRequest,
            "enrol-code-missing",
        ),
        (enrol(&url, &used).await, ErrorCode::Relay, "enrol-code-used"),
        (
            enrol(&url, &mistyped).await,
            ErrorCode::Relay,
            "enrol-code-mistyped",
        ),
        (
            enrol("http://127.0.0.1:9", "X").await,
            ErrorCode::Relay,
            "enrol-unreachable",
        ),
        (
            enrol(&sim.base_url(), "X").await,
            ErrorCode::Relay,
            "enrol-not-a-relay",
        ),
    ];
    for (answer, code, reason) in cases {
        assert_eq!(refusal(answer), (code, reason.to_owned()));
    }
    assert_eq!(
        desk.keychain.holds(&TOKEN).unwrap().expose_secret(),
        kept.expose_secret()
    );
}

#[tokio::test]
async fn a_code_is_not_spent_while_the_keychain_cannot_keep_the_token() {
    let (_sim, relay, desk, mut agent) = started().await;
    let code = relay.code();
    let enrol = || {
        agent.client.request(Request::Enrol {
            relay: relay.url(),
            code: code.clone().into(),
        })
    };
    desk.keychain.fail(Some(KeychainProblem::Locked));
    assert_eq!(
        refusal(enrol().await),
        (ErrorCode::Keychain, "keychain-locked".to_owned())
    );
    desk.keychain.fail(None);
    enrol().await.unwrap();
    agent.live().await;
}

#[tokio::test]
async fn a_keychain_that_opens_later_is_asked_again_when_the_person_acts() {
    let (_sim, _relay, desk, agent) = enrolled().await;
    agent.quit().await;

    desk.keychain.fail(Some(KeychainProblem::Locked));
    let mut agent = desk.start().await;
    let state = agent
        .until("it says so", |state| state.credentials[0].problem.is_some())
        .await;
    assert_eq!(
        state.credentials[0].problem.as_ref().unwrap().id,
        "keychain-locked"
    );
    assert_eq!(state.connection.state, ConnectionState::Down);
    desk.keychain.fail(None);
    agent.ask(Request::MissedRead).await;
    let state = agent.live().await;
    assert!(state.credentials[0].present && state.credentials[0].problem.is_none());
}

#[tokio::test]
async fn a_prepared_desk_that_lacks_its_code_shows_itself_once() {
    let desk = Desk::new();
    let settings = desk.settings_file();
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(
        &settings,
        "mode = \"relay\"\n[relay]\nurl = \"https://relay.example\"\n",
    )
    .unwrap();
    // Until the window listens.
    desk.keychain.fail(Some(KeychainProblem::Locked));
    let mut agent = desk.start().await;
    let window = agent.connect().await;
    let (_, mut told) = window.subscribe(true).await.unwrap();
    agent
        .until("it says so", |state| state.credentials[0].problem.is_some())
        .await;
    desk.keychain.fail(None);
    agent.ask(Request::MissedRead).await;
    within("the window comes forward", async {
        while !matches!(
            told.next().await,
            Some(Change::Show {
                place: Place::Pad,
                fill: None,
                ..
            })
        ) {}
    })
    .await;
    // Asked again, it has peace.
    agent
        .change(SettingsChange {
            relay_url: Some("https://other.example".to_owned()),
            ..SettingsChange::default()
        })
        .await;
    agent
        .until("the other relay", |state| {
            let relay = state.settings.relay_url.as_deref();
            relay.is_some_and(|relay| relay.contains("other.example"))
        })
        .await;
    let after = agent.quit_told().await;
    assert!(
        !after.iter().any(|change| matches!(change, Change::Show { .. })),
        "{after:?}"
    );
}

#[tokio::test]
async fn a_dialog_of_the_keychain_that_was_closed_does_not_come_back_by_itself() {
    let (_sim, _relay, desk, agent) = enrolled().await;
    agent.quit().await;

    desk.keychain.fail(Some(KeychainProblem::Locked));
    let mut agent = desk.start().await;
    agent
        .until("it says so", |state| state.credentials[0].problem.is_some())
        .await;
    let asked = desk.keychain.asked();
    within("it is looked at", desk.keychain.looked_at()).await;
    assert_eq!(desk.keychain.asked(), asked, "each question shows the dialog");
    // Unlocked elsewhere: the next look finds it.
    desk.keychain.fail(None);
    agent.live().await;
}
