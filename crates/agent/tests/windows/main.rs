//! The desktop's parts on Windows, or under Wine as far as it goes.
#![cfg(target_os = "windows")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a panic is a test's failure message"
)]

// The twin without a console is built when asked for.
#[cfg(feature = "windowless")]
mod program;

use std::time::Duration;

use centrex_tray::desktop::{Desktop, DesktopEvent, KeychainPort, NotifyPort, SecretName, TrayPort};
use companion::effect::{Notification, NotificationKind, Place};
use companion::event::{CallKey, CredentialKind, NoteAction, NoteKey};
use companion::tray::{MenuAction, MenuItem, Tray, TrayIcon};
use secrecy::{ExposeSecret, SecretString};
use telephony::{AccountId, CallId};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

fn desktop(profile: &str) -> (Desktop, UnboundedReceiver<DesktopEvent>) {
    let (events, told) = unbounded_channel();
    (centrex_tray::desktop::open(profile, events).unwrap(), told)
}

/// Wine starts a whole Windows with the first program, so this is generous.
async fn next(told: &mut UnboundedReceiver<DesktopEvent>) -> DesktopEvent {
    tokio::time::timeout(Duration::from_secs(60), told.recv())
        .await
        .unwrap()
        .unwrap()
}

/// Credential Manager, real: stored, replaced, seen from outside, forgotten.
#[tokio::test]
async fn the_credential_manager_keeps_and_forgets() {
    let (desktop, _told) = desktop("test");
    let name = || SecretName {
        kind: CredentialKind::ApiKey,
        account: Some(AccountId("1001".into())),
    };
    desktop.keychain.delete(name()).await.unwrap();
    assert!(desktop.keychain.get(name()).await.unwrap().is_none());
    desktop
        .keychain
        .set(name(), SecretString::from("canary-1"))
        .await
        .unwrap();
    desktop
        .keychain
        .set(name(), SecretString::from("canary-2 é"))
        .await
        .unwrap();
    assert_eq!(
        desktop
            .keychain
            .get(name())
            .await
            .unwrap()
            .unwrap()
            .expose_secret(),
        "canary-2 é"
    );
    let other = SecretName {
        kind: CredentialKind::ApiKey,
        account: Some(AccountId("1002".into())),
    };
    assert!(desktop.keychain.get(other).await.unwrap().is_none());
    desktop.keychain.delete(name()).await.unwrap();
    desktop.keychain.delete(name()).await.unwrap();
    assert!(desktop.keychain.get(name()).await.unwrap().is_none());
}

/// The icon is taken by the notification area, told once, and may change.
#[tokio::test]
async fn the_notification_area_takes_the_icon() {
    let (desktop, mut told) = desktop("test");
    let tray = |icon| Tray {
        icon,
        tooltip: "Centrex Tray".into(),
        menu: vec![
            MenuItem::Text("Connecté & prêt".into()),
            MenuItem::Separator,
            MenuItem::Action {
                label: "Réglages".into(),
                action: MenuAction::Open(Place::Settings),
            },
        ],
    };
    desktop.tray.show(tray(TrayIcon::Idle));
    desktop.tray.show(tray(TrayIcon::Ringing));
    assert_eq!(next(&mut told).await, DesktopEvent::TrayShown(true));
}

/// A toast is taken, or refused in words: Wine has none.
#[tokio::test]
async fn toasts_never_fail_in_silence() {
    let (desktop, mut told) = desktop("test");
    let key = NoteKey::Call(CallKey {
        account: AccountId("1001".into()),
        call: CallId("c-1".into()),
    });
    desktop.notify.show(Notification {
        key: key.clone(),
        title: "Appel <entrant>".into(),
        body: "\"Accueil\" & 01 99 00 12 34".into(),
        kind: NotificationKind::Incoming,
        actions: vec![
            (NoteAction::Open, String::new()),
            (NoteAction::CopyNumber, "Copier".into()),
        ],
        sound: false,
        news: true,
    });
    desktop.notify.withdraw(key);
    // All orders before it are done once this one is.
    desktop.notify.withdraw_all().await;
    match told.try_recv() {
        Ok(DesktopEvent::NotifyFailed(words)) => assert!(!words.is_empty()),
        Ok(other) => panic!("not what a toast may cause: {other:?}"),
        Err(_) => {}
    }
}
