//! The life of a token: renewed, turned away, taken back, found again.

use std::time::Duration;

use centrex_tray::desktop::{DesktopEvent, KeychainPort as _, SecretName};
use companion::event::{CredentialKind, KeychainProblem};
use control::protocol::{
    ConnectionState, CredentialKind as WireKind, Mode, Request, SettingsChange, Snapshot,
};
use secrecy::ExposeSecret;

use crate::world::{Desk, Relay, enrolled, folder, missed_call, platform, within};

const TOKEN: SecretName = SecretName {
    kind: CredentialKind::RelayToken,
    account: None,
};

#[tokio::test]
async fn a_revoked_token_is_told_and_a_new_enrolment_helps() {
    let (_sim, mut relay, _desk, mut agent) = enrolled().await;
    relay.revoke_all();
    relay.stop().await;
    relay.resume().await;
    agent.desktop.send(DesktopEvent::Woke).unwrap();
    agent
        .until("refused", |state| {
            state.connection.state == ConnectionState::Refused
        })
        .await;
    agent.enrol(&relay).await;
}

/// A mistyped folder, a disk that wasn't mounted yet: to a company of 500 it says 401 for a minute.
#[tokio::test]
async fn a_relay_that_takes_the_token_again_is_found_without_a_person() {
    #[derive(Clone, Copy, PartialEq)]
    enum Act {
        Nothing,
        Doctor,
        Test,
        Wake,
    }
    let sim = platform().await;
    let mut relay = Relay::start(&sim).await;
    for act in [Act::Nothing, Act::Doctor, Act::Test, Act::Wake] {
        let mut desk = Desk::new();
        desk.limits.turned_away = match act {
            Act::Nothing => Duration::from_millis(50),
            Act::Doctor | Act::Test | Act::Wake => Duration::from_secs(3600),
        };
        let mut agent = desk.start().await;
        agent.enrol(&relay).await;
        let wrong = folder();
        relay.set_data_dir(Some(wrong.path()));
        relay.stop().await;
        relay.resume().await;
        agent.desktop.send(DesktopEvent::Woke).unwrap();
        let refused = |state: &Snapshot| state.connection.state == ConnectionState::Refused;
        agent.until("refused", refused).await;
        // Nobody is asked for its password but by their own act.
        desk.keychain.fail(Some(KeychainProblem::Locked));
        let asked = desk.keychain.asked();
        relay.set_data_dir(None);
        relay.stop().await;
        relay.resume().await;
        match act {
            Act::Nothing => {}
            Act::Doctor => drop(agent.ask(Request::Doctor).await),
            Act::Test => drop(agent.ask(Request::TestConnection).await),
            Act::Wake => agent.desktop.send(DesktopEvent::Woke).unwrap(),
        }
        agent.live().await;
        if matches!(act, Act::Nothing | Act::Wake) {
            assert_eq!(desk.keychain.asked(), asked);
        }
        agent.quit().await;
    }
}

/// Whoever put it there: the connection test doesn't say one thing and the app another.
#[tokio::test]
async fn a_token_that_came_into_the_keychain_is_taken_when_a_person_tests() {
    let (_sim, _relay, desk, agent) = enrolled().await;
    agent.quit().await;
    let token = desk.keychain.holds(&TOKEN).unwrap();
    desk.keychain.delete(TOKEN).await.unwrap();
    let mut agent = desk.start().await;
    agent
        .until("no token", |state| {
            state.connection.state == ConnectionState::Down
        })
        .await;
    desk.keychain.set(TOKEN, token).await.unwrap();
    agent.ask(Request::TestConnection).await;
    agent.live().await;
}

#[tokio::test]
async fn a_forgotten_token_ends_the_connection() {
    let (_sim, _relay, desk, mut agent) = enrolled().await;
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
    let (_sim, _relay, _desk, mut agent) = enrolled().await;
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

#[tokio::test]
async fn an_old_token_is_renewed_without_anybody_and_nothing_is_missed() {
    let sim = platform().await;
    let relay = Relay::start_with(&sim, true, &[("tokens.renew_after", "1ms")]).await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    agent.enrol(&relay).await;
    // The new one is in force once it was used.
    within("the token is renewed", async {
        loop {
            let (made, issued) = relay.token_made_and_issued();
            if issued > made {
                break;
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    let kept = desk.keychain.holds(&TOKEN).unwrap();
    agent.quit().await;
    // It is the keychain's: with it the next start is let in.
    let mut agent = desk.start().await;
    agent.live().await;
    let (address, token) = kept.expose_secret().split_once(' ').unwrap();
    assert_eq!(address, format!("{}/", relay.url()));
    assert!(token.starts_with("ctr_"));
    agent.quit().await;
}

#[tokio::test]
async fn a_keychain_that_keeps_nothing_leaves_the_old_token_in_use() {
    let sim = platform().await;
    let mut relay = Relay::start(&sim).await;
    let desk = Desk::new();
    let mut agent = desk.start().await;
    agent.enrol(&relay).await;
    let before = desk.keychain.holds(&TOKEN).unwrap();
    relay.stop().await;
    desk.keychain.refuse_writing(KeychainProblem::Locked);
    relay.set("tokens.renew_after", "1ms");
    relay.resume().await;
    agent.live().await;
    missed_call(&sim).await;
    agent.until("missed", |state| state.missed == 1).await;
    let (made, issued) = relay.token_made_and_issued();
    assert_eq!(made, issued);
    let after = desk.keychain.holds(&TOKEN).unwrap();
    assert_eq!(before.expose_secret(), after.expose_secret());
    agent.quit().await;
}
