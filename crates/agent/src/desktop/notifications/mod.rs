//! Native notifications: they obey the desktop's do-not-disturb and its lock screen.

#[cfg(target_os = "linux")]
mod board;
#[cfg(target_os = "linux")]
mod freedesktop;
#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod imp;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod imp;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod imp;
#[cfg(target_os = "linux")]
mod ledger;
#[cfg(target_os = "linux")]
mod line;
mod server;

pub use server::{Server, server};

use companion::effect::Notification;
use companion::event::{NoteAction, NoteKey};
use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;

use crate::desktop::{DesktopError, DesktopEvent, NotifyPort};

/// See [`NotifyPort`]. Behind it works what each system wants: a task, or a thread of its own.
pub struct Notifier {
    orders: UnboundedSender<Order>,
}

/// What the controller wants, one after the other.
enum Order {
    Show(Notification),
    Withdraw(NoteKey),
    /// Answered when it is done.
    WithdrawAll(oneshot::Sender<()>),
}

impl Notifier {
    pub(in crate::desktop) fn open(
        runtime: &Handle,
        profile: &str,
        events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        let (orders, inbox) = unbounded_channel();
        imp::start(runtime, profile, inbox, events)?;
        Ok(Self { orders })
    }

    fn order(&self, order: Order) {
        // An error means that whoever takes orders is gone, and its notifications with it.
        let _ = self.orders.send(order);
    }
}

impl NotifyPort for Notifier {
    fn show(&self, notification: Notification) {
        self.order(Order::Show(notification));
    }

    fn withdraw(&self, key: NoteKey) {
        self.order(Order::Withdraw(key));
    }

    async fn withdraw_all(&self) {
        let (done, told) = oneshot::channel();
        self.order(Order::WithdrawAll(done));
        // As above.
        let _ = told.await;
    }
}

/// The names of the actions on the wire between us and the desktop.
fn action_name(action: NoteAction) -> &'static str {
    match action {
        // The name that the Desktop Notifications Specification gives to a press on the body.
        NoteAction::Open => "default",
        NoteAction::CallBack => "call-back",
        NoteAction::CopyNumber => "copy-number",
        NoteAction::OpenRecord => "open-record",
        NoteAction::Silence => "silence",
        NoteAction::Unsilence => "unsilence",
    }
}

/// The action of a name, if it is one of ours.
fn action_of(name: &str) -> Option<NoteAction> {
    [
        NoteAction::Open,
        NoteAction::CallBack,
        NoteAction::CopyNumber,
        NoteAction::OpenRecord,
        NoteAction::Silence,
        NoteAction::Unsilence,
    ]
    .into_iter()
    .find(|action| action_name(*action) == name)
}

/// Text from outside without the characters that a desktop could stumble on: control characters go, line breaks stay.
fn printable(text: &str) -> String {
    text.chars().filter(|c| *c == '\n' || !c.is_control()).collect()
}

/// The five characters that markup (of a notification's body, of a toast's XML) gives a meaning to.
#[cfg(not(target_os = "macos"))]
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            c => escaped.push(c),
        }
    }
    escaped
}
