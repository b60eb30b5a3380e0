//! A desktop that records what it is asked to show, and a keychain in memory that can fail.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use centrex_tray::desktop::links::{LinkOpener, LinksError, NumberLinks, Takeover};
use centrex_tray::desktop::notifications::Server;
use centrex_tray::desktop::{HotkeyProblem, KeychainPort, NotifyPort, SecretName, TrayPort};
use centrex_tray::now::Now;
use centrex_tray::ports::Ports;
use companion::effect::Notification;
use companion::event::{KeychainProblem, NoteKey};
use companion::hotkey::Hotkey;
use companion::tray::Tray;
use companion::words::Language;
use secrecy::SecretString;
use tokio::sync::mpsc::UnboundedSender;

/// What a person at this desktop would have seen.
#[derive(Clone, Debug)]
pub enum Seen {
    Tray(Tray),
    Notify(Notification),
    Withdraw(NoteKey),
    AllWithdrawn,
    Copied,
    #[cfg_attr(
        not(target_os = "linux"),
        expect(dead_code, reason = "only the tests with a directory's server look at it")
    )]
    Opened(url::Url),
    Ran,
    Autostart(bool),
    Hotkey(Option<Hotkey>),
}

pub struct Recorder(pub UnboundedSender<Seen>);

impl Recorder {
    fn saw(&self, seen: Seen) {
        // A test that has ended doesn't look any more.
        let _ = self.0.send(seen);
    }
}

impl TrayPort for Recorder {
    fn show(&self, tray: Tray) {
        self.saw(Seen::Tray(tray));
    }
}

impl NotifyPort for Recorder {
    fn show(&self, notification: Notification) {
        self.saw(Seen::Notify(notification));
    }
    fn withdraw(&self, key: NoteKey) {
        self.saw(Seen::Withdraw(key));
    }
    async fn withdraw_all(&self) {
        self.saw(Seen::AllWithdrawn);
    }
}

/// A keychain; clones are the same one, as it outlives the agent.
#[derive(Clone, Default)]
pub struct FakeKeychain(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    secrets: HashMap<SecretName, SecretString>,
    problem: Option<KeychainProblem>,
    /// Whatever is written, now.
    refuses: Option<KeychainProblem>,
    asked: u32,
    looked: tokio::sync::watch::Sender<u32>,
    /// What happens as soon as something was stored under this name.
    then: Option<(SecretName, Box<dyn Fn() + Send>)>,
}

impl FakeKeychain {
    pub fn fail(&self, problem: Option<KeychainProblem>) {
        self.0.lock().unwrap().problem = problem;
    }
    /// It still answers what it holds.
    pub fn refuse_writing(&self, problem: KeychainProblem) {
        self.0.lock().unwrap().refuses = Some(problem);
    }
    pub fn holds(&self, name: &SecretName) -> Option<SecretString> {
        self.0.lock().unwrap().secrets.get(name).cloned()
    }
    /// From now on something happens as soon as a secret of this name was stored, before whoever stored it goes on.
    pub fn once_stored(&self, name: SecretName, happens: impl Fn() + Send + 'static) {
        self.0.lock().unwrap().then = Some((name, Box::new(happens)));
    }
    /// How often a secret was asked for, stored or forgotten.
    pub fn asked(&self) -> u32 {
        self.0.lock().unwrap().asked
    }
    /// Waits until somebody looks whether it is open.
    pub async fn looked_at(&self) {
        let mut looked = self.0.lock().unwrap().looked.subscribe();
        looked.changed().await.unwrap();
    }
    fn ask(&self) -> Result<std::sync::MutexGuard<'_, Kept>, KeychainProblem> {
        let mut kept = self.0.lock().unwrap();
        kept.asked += 1;
        kept.problem.map_or(Ok(kept), Err)
    }
}

impl KeychainPort for FakeKeychain {
    async fn get(&self, name: SecretName) -> Result<Option<SecretString>, KeychainProblem> {
        Ok(self.ask()?.secrets.get(&name).cloned())
    }
    async fn set(&self, name: SecretName, secret: SecretString) -> Result<(), KeychainProblem> {
        let mut kept = self.ask()?;
        if let Some(problem) = kept.refuses {
            return Err(problem);
        }
        kept.secrets.insert(name.clone(), secret);
        if let Some((_, happens)) = kept.then.as_ref().filter(|(of, _)| *of == name) {
            happens();
        }
        Ok(())
    }
    async fn is_open(&self) -> bool {
        let kept = self.0.lock().unwrap();
        kept.looked.send_modify(|times| *times += 1);
        kept.problem != Some(KeychainProblem::Locked)
    }
    async fn delete(&self, name: SecretName) -> Result<(), KeychainProblem> {
        self.ask()?.secrets.remove(&name);
        Ok(())
    }
}

/// A system's choice of who opens links to numbers; clones are the same one.
#[derive(Clone)]
pub struct FakeLinks(Arc<Mutex<NumberLinks>>);

impl Default for FakeLinks {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(NumberLinks {
            opener: LinkOpener::Nobody,
            takeover: Takeover::Here,
        })))
    }
}

impl FakeLinks {
    pub fn are(&self, opener: LinkOpener, takeover: Takeover) {
        *self.0.lock().unwrap() = NumberLinks { opener, takeover };
    }
}

/// The clocks of a machine that sleeps when a test wants it: whoever looks at them meanwhile stands still, as everything
/// does. Clones are the same one.
#[derive(Clone)]
pub struct FakeClocks(Arc<(Mutex<Sleep>, Condvar)>);

struct Sleep {
    begun: Instant,
    asleep: bool,
    slept: Duration,
}

impl Default for FakeClocks {
    fn default() -> Self {
        let sleep = Sleep {
            begun: Instant::now(),
            asleep: false,
            slept: Duration::ZERO,
        };
        Self(Arc::new((Mutex::new(sleep), Condvar::new())))
    }
}

impl FakeClocks {
    /// Without a word, and at once.
    pub fn fall_asleep(&self) {
        self.0.0.lock().unwrap().asleep = true;
    }

    /// After so long, by the clock that goes on in sleep; that of the timers has stood.
    pub fn wake_after(&self, slept: Duration) {
        let mut sleep = self.0.0.lock().unwrap();
        sleep.slept += slept;
        sleep.asleep = false;
        self.0.1.notify_all();
    }

    fn now(&self) -> Now {
        let (sleep, woken) = &*self.0;
        let sleep = woken
            .wait_while(sleep.lock().unwrap(), |sleep| sleep.asleep)
            .unwrap();
        Now {
            sleepless: Some(sleep.begun.elapsed() + sleep.slept),
            ..Now::here()
        }
    }
}

pub struct FakeDesktop {
    pub clocks: FakeClocks,
    pub recorder: Recorder,
    pub keychain: Arc<FakeKeychain>,
    pub notification_server: Result<Option<Server>, String>,
    pub links: FakeLinks,
}

impl Ports for FakeDesktop {
    type Tray = Recorder;
    type Notify = Recorder;
    type Keychain = FakeKeychain;

    fn tray(&self) -> &Recorder {
        &self.recorder
    }
    fn notify(&self) -> &Recorder {
        &self.recorder
    }
    fn keychain(&self) -> &Arc<FakeKeychain> {
        &self.keychain
    }
    fn notification_server(&self) -> impl Future<Output = Result<Option<Server>, String>> + Send + 'static {
        std::future::ready(self.notification_server.clone())
    }
    fn number_links(&self, lang: Language) -> impl Future<Output = NumberLinks> + Send + 'static {
        let _ = lang;
        let links = self.links.clone();
        async move { links.0.lock().unwrap().clone() }
    }
    fn take_number_links(&self) -> impl Future<Output = Result<(), LinksError>> + Send + 'static {
        let links = self.links.clone();
        async move {
            let mut links = links.0.lock().unwrap();
            match links.takeover {
                Takeover::Here => links.opener = LinkOpener::Us,
                Takeover::SystemSettings => {}
                Takeover::NotInstalled | Takeover::Elsewhere => {
                    return Err(std::io::Error::other("not in the list").into());
                }
            }
            Ok(())
        }
    }
    fn copy(&self, text: String) {
        let _ = text;
        self.recorder.saw(Seen::Copied);
    }
    fn set_hotkey(&self, hotkey: Option<Hotkey>) {
        self.recorder.saw(Seen::Hotkey(hotkey));
    }
    fn hotkey_obstacle(&self) -> Option<HotkeyProblem> {
        Some(HotkeyProblem::Wayland)
    }
    fn open_url(&self, url: url::Url) {
        self.recorder.saw(Seen::Opened(url));
    }
    fn run(&self, program: std::path::PathBuf, environment: Vec<(String, String)>) {
        let _ = (program, environment);
        self.recorder.saw(Seen::Ran);
    }
    fn set_autostart(&self, on: bool) {
        self.recorder.saw(Seen::Autostart(on));
    }
    fn now(&self) -> Now {
        self.clocks.now()
    }
}
