//! The desktop behind traits: what the controller may ask of it, and what it may tell.
//!
//! One folder a concern, one file an operating system (`tray/linux.rs`, `tray/windows.rs`, …). The controller's tests use
//! fakes of these traits; the real ones are tested against real services.

pub mod autostart;
#[cfg(target_os = "linux")]
mod bus;
pub mod clipboard;
pub mod hotkey;
pub mod keychain;
pub mod links;
pub mod locale;
pub mod notifications;
pub mod opener;
mod picture;
mod presence;
pub(crate) mod program;
pub mod programs;
mod session;
pub mod tray;

use companion::effect::Notification;
use companion::event::{CredentialKind, KeychainProblem, NoteAction, NoteKey, RecordWay};
use companion::tray::{MenuAction, Tray};
use control::protocol::Secret;
use secrecy::SecretString;
use telephony::AccountId;
use tokio::sync::mpsc::UnboundedSender;

pub use clipboard::Clipboard;
pub use hotkey::{HotkeyProblem, Hotkeys};
pub use keychain::Keychain;
pub use notifications::Notifier;
pub use opener::{OpenProblem, Opener};
pub use presence::Presence;
pub use programs::{ProgramProblem, Programs};
pub use session::SleepDelay;
pub use tray::TrayHandle;

/// How the product names itself to the desktop: StatusNotifierItem id, desktop entry, keychain service.
pub const APP_ID: &str = "centrex-tray";
/// How the product names itself to people.
pub const APP_NAME: &str = "Centrex Tray";

/// The real desktop, opened once by [`open`].
pub struct Desktop {
    /// The icon.
    pub tray: TrayHandle,
    /// Native notifications.
    pub notify: Notifier,
    /// The OS keychain.
    pub keychain: Keychain,
    /// The clipboard.
    pub clipboard: Clipboard,
    /// The hotkey, once one is set.
    pub hotkeys: Hotkeys,
    /// Opens addresses.
    pub opener: Opener,
    /// Starts the person's own programs.
    pub programs: Programs,
}

/// Why the desktop can't be opened at all. A missing tray host, notification daemon or keychain isn't one of these: they
/// may come later, and each says so by itself ([`DesktopEvent`], [`KeychainProblem`]).
#[derive(Debug, thiserror::Error)]
pub enum DesktopError {
    /// The system gives no more threads.
    #[error("the system refuses a new thread ({0}): close some programs and start again")]
    Thread(#[from] std::io::Error),
    /// [`open`] was called outside [`run`]: a mistake in the program. Or the desktop's event loop ended at once.
    #[error("the desktop's event loop doesn't run")]
    NoEventLoop,
    /// [`open`] was called outside a Tokio runtime: a mistake in the program.
    #[error("the desktop needs a Tokio runtime")]
    Runtime,
}

/// Opens the desktop for a profile (`default` is the one without a name). Returns at once; everything slow happens behind
/// it, and what happens there comes through `events`. To be called inside a Tokio runtime.
///
/// # Errors
/// See [`DesktopError`].
pub fn open(profile: &str, events: UnboundedSender<DesktopEvent>) -> Result<Desktop, DesktopError> {
    let runtime = tokio::runtime::Handle::try_current().map_err(|_| DesktopError::Runtime)?;
    let tray = TrayHandle::open(profile, events.clone())?;
    session::watch(&runtime, events.clone());
    presence::watch(&runtime, events.clone());
    Ok(Desktop {
        tray,
        notify: Notifier::open(&runtime, profile, events.clone())?,
        keychain: Keychain::open(profile)?,
        clipboard: Clipboard::default(),
        hotkeys: Hotkeys::new(events.clone()),
        opener: Opener::new(events.clone()),
        programs: Programs::new(events),
    })
}

/// The keychain alone, for a command that runs without the agent.
///
/// # Errors
/// When the system gives no thread for it.
pub fn open_keychain(profile: &str) -> Result<Keychain, DesktopError> {
    Keychain::open(profile)
}

/// Runs the agent with the process's main thread as the desktop wants it: on macOS the main thread belongs to the system's
/// event loop and `agent` gets a thread of its own; elsewhere this simply calls `agent`. To be called first in `main`.
///
/// # Errors
/// [`DesktopError::Thread`], on macOS only.
pub fn run<T: Send + 'static>(agent: impl FnOnce() -> T + Send + 'static) -> Result<T, DesktopError> {
    tray::run(agent)
}

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
    NoteAction(NoteKey, NoteAction),
    /// A notification can't be shown, and why, in the daemon's words.
    NotifyFailed(String),
    /// The system hands over a link that a person clicked: a number, or one of our own, which may hold an enrolment code.
    LinkOpened(Secret),
    /// The hotkey that was set works from now on, or why it doesn't.
    Hotkey(Result<(), HotkeyProblem>),
    /// It was pressed; what was selected then, if anything.
    HotkeyPressed(Option<Secret>),
    /// The session's bus has gone, and with it icon, notifications and keychain: the desktop has ended.
    SessionEnded,
    /// The machine goes to sleep once this is dropped, or in a moment: what happens from now on isn't heard.
    Asleep(SleepDelay),
    /// The machine woke up, the screen was unlocked, or the network may have changed: look at the connections now.
    Woke,
    /// What is known of the person's lock and do-not-disturb, whenever it changes; the first time once something is known.
    Presence(Presence),
    /// An address was opened, or a program started.
    RecordOpened(RecordWay),
    /// An address wasn't opened.
    OpenFailed(OpenProblem),
    /// A program wasn't started.
    ProgramFailed(ProgramProblem),
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
    fn withdraw(&self, key: NoteKey);
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
    fn get(
        &self,
        name: SecretName,
    ) -> impl Future<Output = Result<Option<SecretString>, KeychainProblem>> + Send;
    /// Stores it, replacing an older one.
    fn set(
        &self,
        name: SecretName,
        secret: SecretString,
    ) -> impl Future<Output = Result<(), KeychainProblem>> + Send;
    /// Whether it can be asked without a dialog before the person, after it was [`KeychainProblem::Locked`]. Shows none itself;
    /// `false` where it can't be known without.
    fn is_open(&self) -> impl Future<Output = bool> + Send;
    /// Forgets it; fine when it wasn't there.
    fn delete(&self, name: SecretName) -> impl Future<Output = Result<(), KeychainProblem>> + Send;
}
