//! X11: the keys are grabbed on the root window, on a thread and a connection of their own.

use std::sync::Arc;
use std::thread::JoinHandle;

use companion::hotkey::{Hotkey, Key};
use tokio::sync::mpsc::UnboundedSender;
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectionError, ReplyError, ReplyOrIdError};
use x11rb::protocol::xproto::{
    ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, ModMask, Window,
    WindowClass,
};
use x11rb::protocol::{ErrorKind, Event};
use x11rb::rust_connection::RustConnection;

use super::{HotkeyProblem, selected};
use crate::desktop::DesktopEvent;

/// A key that is held repeats; presses within so many milliseconds are one.
const ONE_PRESS: u32 = 700;
/// Keysyms (X11/keysymdef.h): what Num Lock and F1 give.
const NUM_LOCK: u32 = 0xff7f;
const F1: u32 = 0xffbe;

/// Works until it is shut.
pub(super) struct Running {
    thread: JoinHandle<()>,
    /// Its connection and window, once there is one: what wakes it.
    door: Arc<std::sync::Mutex<Door>>,
}

#[derive(Default)]
struct Door {
    open: Option<(Arc<RustConnection>, Window)>,
    shut: bool,
}

pub(super) fn obstacle() -> Option<HotkeyProblem> {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    // With Xwayland the keys would come only while an X11 window has the focus, which is worse than not at all.
    is_set("WAYLAND_DISPLAY").then_some(HotkeyProblem::Wayland)
}

pub(super) fn start(
    hotkey: Hotkey,
    former: Option<Running>,
    events: UnboundedSender<DesktopEvent>,
) -> Option<Running> {
    let door = Arc::new(std::sync::Mutex::new(Door::default()));
    let entry = Arc::clone(&door);
    let say = events.clone();
    let work = move || {
        if let Some(former) = former {
            former.end();
        }
        if let Err(problem) = obstacle()
            .map_or(Ok(()), Err)
            .and_then(|()| serve(hotkey, &entry, &events))
        {
            tracing::warn!(%problem, "the hotkey doesn't work");
            // Fails only when the controller has ended.
            let _ = events.send(DesktopEvent::Hotkey(Err(problem)));
        }
    };
    match std::thread::Builder::new().name("hotkey".to_owned()).spawn(work) {
        Ok(thread) => Some(Running { thread, door }),
        Err(error) => {
            let problem = HotkeyProblem::Display(error.to_string());
            let _ = say.send(DesktopEvent::Hotkey(Err(problem)));
            None
        }
    }
}

impl Running {
    /// Lets the keys go, soon.
    pub fn shut(&self) {
        let mut door = lock(&self.door);
        door.shut = true;
        if let Some((display, window)) = door.open.take() {
            // Goes to whoever made the window; fails when the display has gone, and the thread with it.
            let wake = ClientMessageEvent::new(32, window, 1_u32, [0_u32; 5]);
            if display
                .send_event(false, window, EventMask::NO_EVENT, wake)
                .is_ok()
            {
                let _ = display.flush();
            }
        }
    }

    /// Waits until the keys are free.
    fn end(self) {
        self.shut();
        // A panic of it is in the log.
        let _ = self.thread.join();
    }
}

fn lock(door: &std::sync::Mutex<Door>) -> std::sync::MutexGuard<'_, Door> {
    door.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// Grabs the keys and tells each press, until the door is shut.
fn serve(
    hotkey: Hotkey,
    door: &std::sync::Mutex<Door>,
    events: &UnboundedSender<DesktopEvent>,
) -> Result<(), HotkeyProblem> {
    let (display, screen) =
        RustConnection::connect(None).map_err(|error| HotkeyProblem::Display(error.to_string()))?;
    let display = Arc::new(display);
    let root = display
        .setup()
        .roots
        .get(screen)
        .map(|screen| screen.root)
        .ok_or_else(|| HotkeyProblem::Display("no screen".to_owned()))?;
    let window = own_window(&display, root)?;
    {
        let mut door = lock(door);
        if door.shut {
            return Ok(());
        }
        door.open = Some((Arc::clone(&display), window));
    }
    let mut place = Place::of(&display, hotkey)?;
    grab(&display, root, hotkey, &place)?;
    let _ = events.send(DesktopEvent::Hotkey(Ok(())));
    let mut last = None;
    loop {
        match display.wait_for_event()? {
            Event::KeyPress(press) => {
                let again = last.is_some_and(|last| press.time.wrapping_sub(last) < ONE_PRESS);
                last = Some(press.time);
                if !again {
                    tell_selected(events);
                }
            }
            // The keyboard changed: the key may stand elsewhere now. Mostly it doesn't (another keyboard was used last), and then
            // nothing is let go: a press in between would be lost.
            Event::MappingNotify(_) => {
                let now = Place::of(&display, hotkey)?;
                if now != place {
                    display.ungrab_key(0_u8, root, ModMask::ANY)?;
                    grab(&display, root, hotkey, &now)?;
                    place = now;
                }
            }
            Event::ClientMessage(_) if lock(door).shut => return Ok(()),
            _ => {}
        }
    }
}

/// What is selected is told; without it the pad opens all the same.
fn tell_selected(events: &UnboundedSender<DesktopEvent>) {
    let text = selected().unwrap_or_else(|error| {
        tracing::warn!(%error, "the hotkey was pressed");
        None
    });
    // Fails only when the controller has ended.
    let _ = events.send(DesktopEvent::HotkeyPressed(text));
}

/// Never shown: messages to it wake the thread.
fn own_window(display: &RustConnection, root: Window) -> Result<Window, HotkeyProblem> {
    let window = display.generate_id()?;
    display.create_window(
        0,
        window,
        root,
        0,
        0,
        1,
        1,
        0,
        WindowClass::INPUT_ONLY,
        0,
        &CreateWindowAux::new(),
    )?;
    Ok(window)
}

/// Where a hotkey stands on the keyboard.
#[derive(PartialEq)]
struct Place {
    codes: Vec<u8>,
    num_lock: ModMask,
}

impl Place {
    fn of(display: &RustConnection, hotkey: Hotkey) -> Result<Self, HotkeyProblem> {
        let keyboard = Keyboard::read(display)?;
        let codes = keyboard.codes(keysym(hotkey.key));
        match codes.is_empty() {
            true => Err(HotkeyProblem::NoKey(hotkey)),
            false => Ok(Self {
                codes,
                num_lock: keyboard.num_lock,
            }),
        }
    }
}

/// Takes the keys, whatever the locks of the keyboard are.
fn grab(display: &RustConnection, root: Window, hotkey: Hotkey, place: &Place) -> Result<(), HotkeyProblem> {
    let locks = [
        ModMask::from(0_u16),
        ModMask::LOCK,
        place.num_lock,
        ModMask::LOCK | place.num_lock,
    ];
    for &code in &place.codes {
        for lock in locks {
            let asked = display.grab_key(
                false,
                root,
                modifiers(hotkey) | lock,
                code,
                GrabMode::ASYNC,
                GrabMode::ASYNC,
            )?;
            match asked.check() {
                Ok(()) => {}
                Err(ReplyError::X11Error(error)) if error.error_kind == ErrorKind::Access => {
                    return Err(HotkeyProblem::Taken(hotkey));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

fn modifiers(hotkey: Hotkey) -> ModMask {
    // Alt and Super are these on every usual keyboard.
    [
        (hotkey.ctrl, ModMask::CONTROL),
        (hotkey.alt, ModMask::M1),
        (hotkey.shift, ModMask::SHIFT),
        (hotkey.logo, ModMask::M4),
    ]
    .into_iter()
    .filter(|(held, _)| *held)
    .fold(ModMask::from(0_u16), |all, (_, one)| all | one)
}

/// Letters by their small form, which is what the key gives by itself.
fn keysym(key: Key) -> u32 {
    match key {
        Key::Sign(sign) => u32::from(sign.to_ascii_lowercase()),
        Key::Function(number) => F1 + u32::from(number) - 1,
    }
}

/// What the keys of the keyboard give.
struct Keyboard {
    first: u8,
    /// So many keysyms a key, one key behind the other.
    width: usize,
    keysyms: Vec<u32>,
    num_lock: ModMask,
}

impl Keyboard {
    fn read(display: &RustConnection) -> Result<Self, HotkeyProblem> {
        let setup = display.setup();
        let first = setup.min_keycode;
        let count = setup.max_keycode - first + 1;
        let keys = display.get_keyboard_mapping(first, count)?.reply()?;
        let modifiers = display.get_modifier_mapping()?.reply()?;
        let mut keyboard = Self {
            first,
            width: usize::from(keys.keysyms_per_keycode).max(1),
            keysyms: keys.keysyms,
            num_lock: ModMask::from(0_u16),
        };
        let num_lock = keyboard.codes(NUM_LOCK);
        let each = (modifiers.keycodes.len() / 8).max(1);
        let modifier = modifiers
            .keycodes
            .chunks(each)
            .position(|codes| codes.iter().any(|code| num_lock.contains(code)));
        if let Some(modifier) = modifier {
            keyboard.num_lock = ModMask::from(1_u16 << modifier);
        }
        Ok(keyboard)
    }

    /// The keys that give this: by themselves, else with Shift (digits of a French keyboard), in the first or the second
    /// layout.
    fn codes(&self, keysym: u32) -> Vec<u8> {
        let at = |columns: [usize; 2]| -> Vec<u8> {
            let keys = (self.first..=u8::MAX).zip(self.keysyms.chunks(self.width));
            keys.filter(|(_, gives)| columns.iter().any(|column| gives.get(*column) == Some(&keysym)))
                .map(|(code, _)| code)
                .collect()
        };
        let plain = at([0, 2]);
        if plain.is_empty() { at([1, 3]) } else { plain }
    }
}

impl From<ConnectionError> for HotkeyProblem {
    fn from(error: ConnectionError) -> Self {
        Self::Display(error.to_string())
    }
}

impl From<ReplyError> for HotkeyProblem {
    fn from(error: ReplyError) -> Self {
        Self::Display(error.to_string())
    }
}

impl From<ReplyOrIdError> for HotkeyProblem {
    fn from(error: ReplyOrIdError) -> Self {
        Self::Display(error.to_string())
    }
}
