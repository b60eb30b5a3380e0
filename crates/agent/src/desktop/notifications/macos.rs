//! The Notification Centre. It serves programs that were started from a bundle, and asks the person first.

use std::collections::HashMap;
use std::io;

use companion::effect::{Notification, NotificationKind};
use companion::event::{NoteAction, NoteKey};
use mac_usernotifications::{Action, check_bundle, close_delivered, request_auth};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};

use super::{Order, action_name, action_of, printable};
use crate::desktop::DesktopEvent;

#[expect(clippy::unnecessary_wraps, reason = "Windows' half can fail")]
pub(super) fn start(
    runtime: &Handle,
    _profile: &str,
    inbox: UnboundedReceiver<Order>,
    events: UnboundedSender<DesktopEvent>,
) -> io::Result<()> {
    runtime.spawn(serve(inbox, events));
    Ok(())
}

async fn serve(mut inbox: UnboundedReceiver<Order>, events: UnboundedSender<DesktopEvent>) {
    // The centre replaces what has the same identifier, so the key is the identifier.
    let mut shown: HashMap<NoteKey, String> = HashMap::new();
    while let Some(order) = inbox.recv().await {
        match order {
            Order::Show(note) => {
                let key = note.key.clone();
                match show(note, &events).await {
                    Ok(id) => drop(shown.insert(key, id)),
                    Err(words) => {
                        tracing::warn!(words, "a notification can't be shown");
                        let _ = events.send(DesktopEvent::NotifyFailed(words));
                    }
                }
            }
            Order::Withdraw(key) => {
                if let Some(id) = shown.remove(&key) {
                    close_delivered(&id).await;
                }
            }
            Order::WithdrawAll(done) => {
                for (_, id) in shown.drain() {
                    close_delivered(&id).await;
                }
                let _ = done.send(());
            }
        }
    }
}

/// Shows it and leaves a task that waits for its button; its identifier.
async fn show(note: Notification, events: &UnboundedSender<DesktopEvent>) -> Result<String, String> {
    check_bundle().map_err(|error| error.to_string())?;
    if !request_auth().await.map_err(|error| error.to_string())? {
        return Err("notifications are turned off for Centrex Tray in System Settings".to_owned());
    }
    let id = identifier(&note.key);
    let mut wanted = mac_usernotifications::Notification::new()
        .id(&id)
        .title(printable(&note.title))
        .message(printable(&note.body));
    for (action, words) in note
        .actions
        .iter()
        .filter(|(action, _)| *action != NoteAction::Open)
    {
        wanted = wanted.action(Action::button(action_name(*action), printable(words)));
    }
    if note.sound && note.kind != NotificationKind::Info {
        wanted = wanted.default_sound();
    }
    let handle = wanted.send().await.map_err(|error| error.to_string())?;
    let events = events.clone();
    tokio::spawn(async move {
        let Ok(response) = handle.response().await else {
            return;
        };
        let action = if response.is_default_action() {
            Some(NoteAction::Open)
        } else {
            action_of(&response.action_identifier)
        };
        if let Some(action) = action {
            let _ = events.send(DesktopEvent::NoteAction(note.key, action));
        }
    });
    Ok(id)
}

/// What the centre knows a notification by. A call's holds a slash, so that none is taken for another.
fn identifier(key: &NoteKey) -> String {
    match key {
        NoteKey::Call(key) => format!("{}/{}", key.account, key.call),
        NoteKey::Record => "record".to_owned(),
        NoteKey::Silence => "silence".to_owned(),
    }
}
