//! Toasts, under an application id of our own, so that people find us in Windows' notification settings.
//!
//! Straight on WinRT: notify-rust and its toast crate give a toast no tag, and without one it can't be changed or withdrawn.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;

use companion::effect::{Notification, NotificationKind};
use companion::event::{NoteAction, NoteKey};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender};
use windows::Data::Xml::Dom::XmlDocument;
use windows::Foundation::TypedEventHandler;
use windows::UI::Notifications::{ToastActivatedEventArgs, ToastNotification, ToastNotificationManager};
use windows::core::{HSTRING, IInspectable, Interface};
use windows_registry::CURRENT_USER;

use super::{Order, action_name, action_of, escaped, printable};
use crate::desktop::{APP_NAME, DesktopEvent};

/// The application user model id: what Windows knows us by.
const AUMID: &str = "CentrexTray.CentrexTray";
/// All our toasts, so that those of a crashed run go with them.
const GROUP: &str = "calls";

/// A thread of its own talks to Windows, as every call may wait.
pub(super) fn start(
    _runtime: &Handle,
    _profile: &str,
    inbox: UnboundedReceiver<Order>,
    events: UnboundedSender<DesktopEvent>,
) -> io::Result<()> {
    std::thread::Builder::new()
        .name("toasts".to_owned())
        .spawn(move || serve(inbox, &events))?;
    Ok(())
}

fn serve(mut inbox: UnboundedReceiver<Order>, events: &UnboundedSender<DesktopEvent>) {
    let mut registered = false;
    while let Some(order) = inbox.blocking_recv() {
        let result = match order {
            Order::Show(note) => register(&mut registered).and_then(|()| show(note, events.clone())),
            Order::Withdraw(key) => gone(ToastNotificationManager::History().and_then(|history| {
                history.RemoveGroupedTagWithId(&tag(&key), &GROUP.into(), &AUMID.into())
            })),
            Order::WithdrawAll(done) => {
                let removed = gone(
                    ToastNotificationManager::History()
                        .and_then(|history| history.RemoveGroupWithId(&GROUP.into(), &AUMID.into())),
                );
                let _ = done.send(());
                removed
            }
        };
        if let Err(error) = result {
            tracing::warn!(%error, "a toast can't be shown");
            let _ = events.send(DesktopEvent::NotifyFailed(error.to_string()));
        }
    }
}

/// A toast that can't be withdrawn isn't there any more, as far as we can do something about it.
fn gone(removed: windows::core::Result<()>) -> windows::core::Result<()> {
    if let Err(error) = removed {
        tracing::debug!(%error, "a toast was gone before it was withdrawn");
    }
    Ok(())
}

/// Tells Windows our name once in a run; an installer that did the same is not disturbed.
fn register(registered: &mut bool) -> windows::core::Result<()> {
    if !*registered {
        CURRENT_USER
            .create(format!(r"Software\Classes\AppUserModelId\{AUMID}"))?
            .set_string("DisplayName", APP_NAME)?;
        *registered = true;
    }
    Ok(())
}

fn show(note: Notification, events: UnboundedSender<DesktopEvent>) -> windows::core::Result<()> {
    let document = XmlDocument::new()?;
    document.LoadXml(&HSTRING::from(xml(&note)))?;
    let toast = ToastNotification::CreateToastNotification(&document)?;
    toast.SetTag(&tag(&note.key))?;
    toast.SetGroup(&GROUP.into())?;
    // Whether the person closed it can't be known here: in the centre it changes without popping up again.
    toast.SetSuppressPopup(!note.news && note.kind == NotificationKind::Missed)?;
    let key = note.key;
    toast.Activated(&TypedEventHandler::<ToastNotification, IInspectable>::new(
        move |_, pressed| {
            let name = pressed
                .ok()?
                .cast::<ToastActivatedEventArgs>()?
                .Arguments()?
                .to_string();
            if let Some(action) = action_of(&name) {
                let _ = events.send(DesktopEvent::NoteAction(key.clone(), action));
            }
            Ok(())
        },
    ))?;
    ToastNotificationManager::CreateToastNotifierWithId(&AUMID.into())?.Show(&toast)
}

/// What a toast is replaced and withdrawn by: Windows takes 16 characters everywhere, so the key is hashed.
fn tag(key: &NoteKey) -> HSTRING {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    HSTRING::from(format!("{:016x}", hasher.finish()))
}

/// The toast's content (schema "toast", Windows 10).
fn xml(note: &Notification) -> String {
    let behaviour = match note.kind {
        // Stays on the screen, without the alarm's right to break through do-not-disturb.
        NotificationKind::Incoming => "scenario=\"reminder\"",
        NotificationKind::Missed => "duration=\"long\"",
        NotificationKind::Info => "duration=\"short\"",
    };
    let text = |words: &str| escaped(&printable(words));
    let buttons: String = note
        .actions
        .iter()
        .filter(|(action, _)| *action != NoteAction::Open)
        .map(|(action, words)| {
            format!(
                "<action content=\"{}\" arguments=\"{}\"/>",
                text(words),
                action_name(*action)
            )
        })
        .collect();
    format!(
        "<toast {behaviour} launch=\"{}\"><visual><binding template=\"ToastGeneric\"><text>{}</text><text>{}</text>\
         </binding></visual><actions>{buttons}</actions><audio silent=\"{}\"/></toast>",
        action_name(NoteAction::Open),
        text(&note.title),
        text(&note.body),
        !note.sound
    )
}
