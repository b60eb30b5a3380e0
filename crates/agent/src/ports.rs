//! What the controller needs of a desktop, as one parameter: the real one, or a test's.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use companion::hotkey::Hotkey;
use companion::words::Language;
use control::profile::Profile;
use url::Url;

use crate::desktop::hotkey;
use crate::desktop::links::{self, LinksError, NumberLinks};
use crate::desktop::notifications::{self, Server};
use crate::desktop::{
    Clipboard, Desktop, HotkeyProblem, Hotkeys, Keychain, KeychainPort, Notifier, NotifyPort, Opener,
    Programs, TrayHandle, TrayPort, autostart,
};
use crate::now::Now;

/// A desktop. The controller touches the person's session through this and nothing else.
pub trait Ports: 'static {
    /// The icon.
    type Tray: TrayPort;
    /// Native notifications.
    type Notify: NotifyPort;
    /// The keychain; shared with the tasks that wait for it.
    type Keychain: KeychainPort + 'static;

    /// The icon.
    fn tray(&self) -> &Self::Tray;
    /// Native notifications.
    fn notify(&self) -> &Self::Notify;
    /// The keychain.
    fn keychain(&self) -> &Arc<Self::Keychain>;
    /// Who shows notifications, asked now; `None` where nobody can be asked. An error is the desktop's own words.
    fn notification_server(&self) -> impl Future<Output = Result<Option<Server>, String>> + Send + 'static;
    /// Who opens links to numbers, asked now; another program's name in this language.
    fn number_links(&self, lang: Language) -> impl Future<Output = NumberLinks> + Send + 'static;
    /// Has links to numbers opened by this program, or the system's settings shown where that is chosen.
    fn take_number_links(&self) -> impl Future<Output = Result<(), LinksError>> + Send + 'static;
    /// Puts text on the clipboard.
    fn copy(&self, text: String);
    /// From now on this hotkey works everywhere, or none. Never blocks; whether it does and when it is pressed comes as
    /// [`DesktopEvent`](crate::desktop::DesktopEvent).
    fn set_hotkey(&self, hotkey: Option<Hotkey>);
    /// Why no hotkey could work in this session.
    fn hotkey_obstacle(&self) -> Option<HotkeyProblem>;
    /// Opens an address in the program that the person chose for its scheme. Never blocks; trouble comes as
    /// [`DesktopEvent::OpenFailed`](crate::desktop::DesktopEvent::OpenFailed).
    fn open_url(&self, url: Url);
    /// Starts a program with these variables in its environment, and forgets it. Never blocks; trouble comes as
    /// [`DesktopEvent::ProgramFailed`](crate::desktop::DesktopEvent::ProgramFailed).
    fn run(&self, program: PathBuf, environment: Vec<(String, String)>);
    /// Starts with the session from now on, or no more. Never blocks; what stands already is left alone.
    fn set_autostart(&self, on: bool);
    /// What its clocks say.
    fn now(&self) -> Now {
        Now::here()
    }
}

/// The real desktop.
pub struct RealDesktop {
    tray: TrayHandle,
    notify: Notifier,
    keychain: Arc<Keychain>,
    clipboard: Arc<Clipboard>,
    hotkeys: Hotkeys,
    opener: Opener,
    programs: Programs,
    profile: String,
    autostart: Arc<Autostart>,
}

/// One change of the session's entry at a time, whichever thread comes first; the last wish counts.
#[derive(Default)]
struct Autostart {
    wanted: AtomicBool,
    turn: Mutex<()>,
}

impl RealDesktop {
    /// Takes the desktop that was opened for a profile over.
    pub fn new(desktop: Desktop, profile: &Profile) -> Self {
        let Desktop {
            tray,
            notify,
            keychain,
            clipboard,
            hotkeys,
            opener,
            programs,
        } = desktop;
        Self {
            tray,
            notify,
            keychain: Arc::new(keychain),
            clipboard: Arc::new(clipboard),
            hotkeys,
            opener,
            programs,
            profile: profile.name().to_owned(),
            autostart: Arc::default(),
        }
    }
}

impl Ports for RealDesktop {
    type Tray = TrayHandle;
    type Notify = Notifier;
    type Keychain = Keychain;

    fn tray(&self) -> &TrayHandle {
        &self.tray
    }

    fn notify(&self) -> &Notifier {
        &self.notify
    }

    fn keychain(&self) -> &Arc<Keychain> {
        &self.keychain
    }

    fn notification_server(&self) -> impl Future<Output = Result<Option<Server>, String>> + Send + 'static {
        notifications::server()
    }

    fn number_links(&self, lang: Language) -> impl Future<Output = NumberLinks> + Send + 'static {
        links::numbers(lang)
    }

    fn take_number_links(&self) -> impl Future<Output = Result<(), LinksError>> + Send + 'static {
        links::take_numbers()
    }

    fn copy(&self, text: String) {
        let clipboard = Arc::clone(&self.clipboard);
        tokio::spawn(async move {
            if let Err(error) = clipboard.copy(text).await {
                tracing::warn!(%error, "nothing was copied");
            }
        });
    }

    fn set_hotkey(&self, hotkey: Option<Hotkey>) {
        self.hotkeys.set(hotkey);
    }

    fn hotkey_obstacle(&self) -> Option<HotkeyProblem> {
        hotkey::obstacle()
    }

    fn open_url(&self, url: Url) {
        self.opener.open(url);
    }

    fn run(&self, program: PathBuf, environment: Vec<(String, String)>) {
        self.programs.run(program, environment);
    }

    fn set_autostart(&self, on: bool) {
        let (profile, autostart) = (self.profile.clone(), Arc::clone(&self.autostart));
        autostart.wanted.store(on, Ordering::SeqCst);
        // Files, the registry or a helper program: nothing for the thread that everything else runs on.
        tokio::task::spawn_blocking(move || {
            let _turn = autostart.turn.lock().unwrap_or_else(PoisonError::into_inner);
            let on = autostart.wanted.load(Ordering::SeqCst);
            // An entry that can't be read is written anew.
            let stands = autostart::is_on(&profile).is_ok_and(|is_on| is_on == on);
            if !stands && let Err(error) = autostart::set(&profile, on) {
                tracing::warn!(%error, on, "starting with the session can't be changed");
            }
        });
    }
}
