//! Windows and macOS: tray-icon and muda on tao's event loop, the three that Tauri uses. Windows gives the loop a thread of
//! its own; macOS wants it on the process's main thread.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use companion::tray::{MenuAction, MenuItem, Tray};
use tao::event::{Event, StartCause};
use tao::event_loop::{ControlFlow, EventLoop, EventLoopProxy};
use tao::platform::run_return::EventLoopExtRunReturn;
use tokio::sync::mpsc::UnboundedSender;
use tray_icon::menu::{IsMenuItem, Menu, MenuEvent, MenuId, PredefinedMenuItem};
use tray_icon::{Icon, MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};

use super::drawing;
use crate::desktop::{APP_ID, DesktopError, DesktopEvent, TrayPort};

/// What the loop is told from outside.
enum Wish {
    /// From now on this listens.
    Listen(UnboundedSender<DesktopEvent>),
    /// Show this.
    Show(Tray),
    /// The agent ended.
    #[cfg(target_os = "macos")]
    End,
}

type Door = Mutex<EventLoopProxy<Wish>>;

/// See [`TrayPort`].
pub struct TrayHandle {
    door: Door,
}

impl TrayHandle {
    pub(in crate::desktop) fn open(
        _profile: &str,
        events: UnboundedSender<DesktopEvent>,
    ) -> Result<Self, DesktopError> {
        let handle = Self { door: door()? };
        handle.tell(Wish::Listen(events));
        Ok(handle)
    }

    fn tell(&self, wish: Wish) {
        // It fails only once the loop has ended, and the agent with it.
        let _ = self
            .door
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send_event(wish);
    }
}

impl TrayPort for TrayHandle {
    fn show(&self, tray: Tray) {
        self.tell(Wish::Show(tray));
    }
}

#[cfg(target_os = "windows")]
fn door() -> Result<Door, DesktopError> {
    use tao::event_loop::EventLoopBuilder;
    use tao::platform::windows::EventLoopBuilderExtWindows;

    let (opened, door) = std::sync::mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("tray".to_owned())
        .spawn(move || {
            let mut event_loop = EventLoopBuilder::with_user_event().with_any_thread(true).build();
            if opened.send(Mutex::new(event_loop.create_proxy())).is_ok() {
                turn(&mut event_loop);
            }
        })?;
    door.recv().map_err(|_| DesktopError::NoEventLoop)
}

/// The tray's thread is Windows' business alone: the main thread is free.
#[cfg(target_os = "windows")]
pub(in crate::desktop) fn run<T: Send + 'static>(
    agent: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DesktopError> {
    Ok(agent())
}

/// The way to the main thread's loop, once [`run`] has made it.
#[cfg(target_os = "macos")]
static DOOR: std::sync::OnceLock<Door> = std::sync::OnceLock::new();

#[cfg(target_os = "macos")]
fn door() -> Result<Door, DesktopError> {
    let door = DOOR.get().ok_or(DesktopError::NoEventLoop)?;
    Ok(Mutex::new(
        door.lock().unwrap_or_else(PoisonError::into_inner).clone(),
    ))
}

#[cfg(target_os = "macos")]
pub(in crate::desktop) fn run<T: Send + 'static>(
    agent: impl FnOnce() -> T + Send + 'static,
) -> Result<T, DesktopError> {
    use tao::event_loop::EventLoopBuilder;
    use tao::platform::macos::{ActivationPolicy, EventLoopExtMacOS};

    let mut event_loop = EventLoopBuilder::<Wish>::with_user_event().build();
    // In the menu bar only: no icon in the Dock, no menu of its own.
    event_loop.set_activation_policy(ActivationPolicy::Accessory);
    let ended = event_loop.create_proxy();
    let _ = DOOR.set(Mutex::new(event_loop.create_proxy()));
    let agent = std::thread::Builder::new()
        .name("agent".to_owned())
        .spawn(move || {
            let result = agent();
            let _ = ended.send_event(Wish::End);
            result
        })?;
    turn(&mut event_loop);
    agent.join().map_err(|_| DesktopError::NoEventLoop)
}

/// What the menu's lines do, by the ids that the system knows them by.
type Actions = Arc<Mutex<HashMap<MenuId, MenuAction>>>;

/// Turns until the agent ends.
fn turn(event_loop: &mut EventLoop<Wish>) {
    let actions = Actions::default();
    let mut events = None;
    let mut icon: Option<TrayIcon> = None;
    // A click on a link starts the program, and comes before anybody listens.
    let mut early = Vec::new();
    event_loop.run_return(move |event, _, flow| {
        *flow = ControlFlow::Wait;
        match event {
            Event::NewEvents(StartCause::Init) => tracing::debug!("the tray's event loop turns"),
            Event::UserEvent(Wish::Listen(to)) => {
                listen(&to, &actions);
                for link in early.drain(..) {
                    let _ = to.send(link);
                }
                events = Some(to);
            }
            // macOS alone: elsewhere a link starts the program with it.
            Event::Opened { urls } => {
                for url in urls {
                    let link = DesktopEvent::LinkOpened(String::from(url).into());
                    match &events {
                        Some(events) => drop(events.send(link)),
                        None => early.push(link),
                    }
                }
            }
            Event::UserEvent(Wish::Show(tray)) => {
                let was_shown = icon.is_some();
                let shown = show(&mut icon, &tray, &actions);
                if let Err(error) = &shown {
                    tracing::warn!(%error, "the tray doesn't take the icon");
                }
                if let Some(events) = &events
                    && was_shown != shown.is_ok()
                {
                    let _ = events.send(DesktopEvent::TrayShown(shown.is_ok()));
                }
            }
            #[cfg(target_os = "macos")]
            Event::UserEvent(Wish::End) => *flow = ControlFlow::Exit,
            _ => {}
        }
    });
}

/// Clicks and menu lines go to `events` from now on.
fn listen(events: &UnboundedSender<DesktopEvent>, actions: &Actions) {
    let clicked = events.clone();
    TrayIconEvent::set_event_handler(Some(move |event| {
        if let TrayIconEvent::Click {
            button: MouseButton::Left,
            button_state: MouseButtonState::Up,
            position,
            ..
        } = event
        {
            let point = (position.x.round() as i32, position.y.round() as i32);
            let _ = clicked.send(DesktopEvent::TrayClicked(Some(point)));
        }
    }));
    let (chosen, actions) = (events.clone(), actions.clone());
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        let actions = actions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(action) = actions.get(&event.id) {
            let _ = chosen.send(DesktopEvent::Menu(action.clone()));
        }
    }));
}

/// Why an icon can't be shown.
#[derive(Debug, thiserror::Error)]
enum ShowError {
    #[error("the picture is broken")]
    Picture,
    #[error(transparent)]
    BadIcon(#[from] tray_icon::BadIcon),
    #[error(transparent)]
    Tray(#[from] tray_icon::Error),
    #[error(transparent)]
    Menu(#[from] tray_icon::menu::Error),
}

fn show(icon: &mut Option<TrayIcon>, tray: &Tray, actions: &Actions) -> Result<(), ShowError> {
    // Both systems scale down better than up.
    let picture = drawing::pictures(tray.icon).pop().ok_or(ShowError::Picture)?;
    let drawing = Icon::from_rgba(picture.rgba, picture.side, picture.side)?;
    let menu = menu(&tray.menu, actions)?;
    match icon {
        Some(shown) => {
            shown.set_icon(Some(drawing))?;
            shown.set_tooltip(Some(&tray.tooltip))?;
            shown.set_menu(Some(Box::new(menu)));
        }
        None => {
            let built = TrayIconBuilder::new()
                .with_id(APP_ID)
                .with_icon(drawing)
                .with_tooltip(&tray.tooltip)
                .with_menu(Box::new(menu))
                // The left click opens the pad; the menu is on the right one.
                .with_menu_on_left_click(false)
                .build()?;
            *icon = Some(built);
        }
    }
    Ok(())
}

fn menu(lines: &[MenuItem], actions: &Actions) -> Result<Menu, ShowError> {
    let mut known = HashMap::new();
    let menu = Menu::new();
    for line in lines {
        let item: Box<dyn IsMenuItem> = match line {
            MenuItem::Separator => Box::new(PredefinedMenuItem::separator()),
            MenuItem::Text(words) => Box::new(tray_icon::menu::MenuItem::new(label(words), false, None)),
            MenuItem::Action { label: words, action } => {
                let item = tray_icon::menu::MenuItem::new(label(words), true, None);
                known.insert(item.id().clone(), action.clone());
                Box::new(item)
            }
        };
        menu.append(&*item)?;
    }
    *actions.lock().unwrap_or_else(PoisonError::into_inner) = known;
    Ok(menu)
}

/// In a menu's label one ampersand marks the access key, two are an ampersand.
fn label(words: &str) -> String {
    words.replace('&', "&&")
}
