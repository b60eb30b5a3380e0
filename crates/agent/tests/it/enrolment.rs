//! A desktop gets its token, keeps it in the keychain, and loses it.

use centrex_tray::desktop::SecretName;
use companion::event::{CredentialKind, KeychainProblem};
use control::protocol::{
    ConnectionState, CredentialKind as WireKind, ErrorCode, Mode, Request, SettingsChange,
};
use control::transport::RequestError;
use secrecy::ExposeSecret;

use crate::world::{ACCOUNT, Desk, Relay, platform};

const TOKEN: SecretName = SecretName {
    kind: CredentialKind::RelayToken,
    account: None,
};

fn refusal(answer: Result<control::protocol::Answer, RequestError>) -> (ErrorCode, String) {
    match answer {
        Err(RequestError::Refused(error)) => (error.code, error.message.id),
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn a_link_asks_first_and_a_yes_leads_to_calls_that_are_heard() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    let link = format!("centrex-tray://enrol?relay={}&code={}", relay.url(), relay.code());
    // No window program lies beside the tests; the link waits all the same.
    let _ = agent.client.request(Request::OpenLink { uri: link }).await;
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

    agent
        .ask(Request::Enrol {
            relay: pending.relay,
            code: pending.code,
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
    let token = desk.keychain.holds(&TOKEN).unwrap();
    agent.quit().await;
    for file in walk(desk.path()) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        let secret = token.expose_secret().as_bytes();
        assert!(
            !bytes.windows(secret.len()).any(|part| part == secret),
            "the token stands in {file:?}"
        );
    }
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
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let agent = desk.start().await;
    let enrol = |relay: &str, code: &str| {
        agent.client.request(Request::Enrol {
            relay: relay.to_owned(),
            code: code.to_owned(),
        })
    };
    let used = relay.code();
    agent
        .ask(Request::Enrol {
            relay: relay.url(),
            code: used.clone(),
        })
        .await;
    let kept = desk.keychain.holds(&TOKEN).unwrap();
    let url = relay.url();
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
        (enrol(&url, &used).await, ErrorCode::Relay, "enrol-code-invalid"),
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
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    let code = relay.code();
    let enrol = || {
        agent.client.request(Request::Enrol {
            relay: relay.url(),
            code: code.clone(),
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
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    agent.enrol(&relay).await;
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
async fn a_revoked_token_is_told_and_a_new_enrolment_helps() {
    let sim = platform().await;
    let mut relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    agent.enrol(&relay).await;
    relay.revoke_all();
    relay.stop().await;
    relay.resume().await;
    agent
        .desktop
        .send(centrex_tray::desktop::DesktopEvent::Woke)
        .unwrap();
    agent
        .until("refused", |state| {
            state.connection.state == ConnectionState::Refused
        })
        .await;
    agent.enrol(&relay).await;
}

#[tokio::test]
async fn a_forgotten_token_ends_the_connection() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    agent.enrol(&relay).await;
    agent
        .ask(Request::ForgetCredential {
            kind: WireKind::RelayToken,
            account: None,
        })
        .await;
    let state = agent
        .until("down", |state| state.connection.state == ConnectionState::Down)
        .await;
    assert!(desk.keychain.holds(&TOKEN).is_none());
    assert!(!state.credentials[0].present, "{state:#?}");
}

#[tokio::test]
async fn another_way_of_working_ends_the_connection_and_coming_back_restores_it() {
    let sim = platform().await;
    let relay = Relay::start(&sim).await;
    let mut agent = Desk::new().start().await;
    agent.enrol(&relay).await;
    agent
        .change(SettingsChange {
            mode: Some(Mode::Direct),
            ..Default::default()
        })
        .await;
    agent
        .until("direct", |state| state.connection.state == ConnectionState::None)
        .await;
    agent
        .change(SettingsChange {
            mode: Some(Mode::Relay),
            ..Default::default()
        })
        .await;
    agent.live().await;
}
