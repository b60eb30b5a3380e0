//! The desktop behind traits: what the controller may ask of it, and what it may tell.
//!
//! One folder a concern, one file an operating system (`tray/linux.rs`, `tray/windows.rs`, …). The controller's tests use
//! fakes of these traits; the real ones are tested against real services.

use companion::effect::Notification;
use companion::event::{CallKey, CredentialKind, KeychainProblem, NoteAction};
use companion::tray::{MenuAction, Tray};
use secrecy::SecretString;
use telephony::AccountId;

/// What the desktop tells the controller, through one channel.
#[derive(Clone, Debug, PartialEq)]
pub enum DesktopEvent {
    /// The icon was left-clicked; the point is in physical pixels, when the desktop tells it.
    TrayClicked(Option<(i32, i32)>),
    /// A line of the menu was chosen.
    Menu(MenuAction),
    /// A tray shows our icon, or none does (any more).
    TrayShown(bool),
    /// A notification's button (or body) was pressed.
    NoteAction(CallKey, NoteAction),
    /// A notification can't be shown, and why, in the daemon's words.
    NotifyFailed(String),
    /// The machine woke up, or the network may have changed: look at the connections now.
    Woke,
}

/// The icon in the tray.
pub trait TrayPort: Send {
    /// Shows this from now on. Never blocks; with no tray host it keeps trying by itself and shows the latest.
    fn show(&self, tray: Tray);
}

/// Native notifications.
pub trait NotifyPort: Send {
    /// Shows it, or changes the one with the same key in place. Never blocks; escapes text as the daemon needs.
    fn show(&self, notification: Notification);
    /// Takes it away, if it still stands. Never blocks.
    fn withdraw(&self, key: CallKey);
    /// Takes all of ours away and waits until that is done: before quitting.
    fn withdraw_all(&self) -> impl Future<Output = ()> + Send
    where
        Self: Sized;
}

/// Names one secret of the keychain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretName {
    /// Which kind.
    pub kind: CredentialKind,
    /// Of which account, for the kinds that belong to one.
    pub account: Option<AccountId>,
}

/// The OS keychain. Calls run on a thread of their own and end within a timeout.
pub trait KeychainPort: Send + Sync {
    /// The secret, or `None` when the keychain works and doesn't hold it.
    fn get(&self, name: SecretName) -> impl Future<Output = Result<Option<SecretString>, KeychainProblem>> + Send;
    /// Stores it, replacing an older one.
    fn set(&self, name: SecretName, secret: SecretString) -> impl Future<Output = Result<(), KeychainProblem>> + Send;
    /// Forgets it; fine when it wasn't there.
    fn delete(&self, name: SecretName) -> impl Future<Output = Result<(), KeychainProblem>> + Send;
}
