//! What the desktop tells: clicks, presses, links, sleep and presence.

use companion::event::{DeskState, Event};
use companion::tray::MenuAction;
use control::protocol::{Place, Point};

use super::{Controller, Start, effects, new_press, requests};
use crate::desktop::DesktopEvent;
use crate::ports::Ports;
use crate::window::Wish;

impl<P: Ports> Controller<P> {
    pub(super) fn on_desktop(&mut self, event: DesktopEvent) {
        match event {
            DesktopEvent::TrayClicked(point) => {
                let anchor = point.map(|(x, y)| Point { x, y });
                self.show_or_log(Wish {
                    place: Place::Pad,
                    anchor,
                    fill: None,
                });
            }
            DesktopEvent::Menu(MenuAction::Open(place)) => {
                self.show_or_log(Wish::place(effects::place(place)))
            }
            DesktopEvent::Menu(MenuAction::FillPad(number)) => {
                self.show_or_log(Wish {
                    place: Place::Pad,
                    anchor: None,
                    fill: Some(number.into()),
                });
            }
            DesktopEvent::Menu(MenuAction::Quit) => self.quitting = true,
            DesktopEvent::TrayShown(shown) => {
                tracing::info!(shown, "tray icon");
                self.tray_shown = shown;
            }
            DesktopEvent::NoteAction(key, action) => {
                self.ask_keychain_again();
                self.feed(Event::NoteAction {
                    key,
                    action,
                    press: new_press(),
                });
            }
            DesktopEvent::NotifyFailed(why) => {
                tracing::warn!(why, "a notification can't be shown");
                self.notify_problem = Some(why);
            }
            DesktopEvent::LinkOpened(link) => self.show_start(Start::of(link.expose().to_owned())),
            DesktopEvent::Hotkey(works) => {
                self.hotkey_works = Some(works.map_err(|problem| problem.message()));
            }
            DesktopEvent::HotkeyPressed(selected) => {
                self.ask_keychain_again();
                match selected {
                    Some(text) => self.show_or_log(requests::fill(text.expose())),
                    None => self.show_or_log(Wish::place(Place::Pad)),
                }
            }
            DesktopEvent::SessionEnded => {
                tracing::info!("the session has ended");
                self.quitting = true;
            }
            DesktopEvent::Asleep(delay) => {
                tracing::info!("the machine goes to sleep");
                self.fall_asleep();
                drop(delay);
            }
            DesktopEvent::Presence(presence) => {
                tracing::debug!(?presence, "presence");
                self.feed(Event::Desk(DeskState {
                    locked: presence.locked.unwrap_or_default(),
                    dnd: presence.dnd.unwrap_or_default(),
                }));
            }
            DesktopEvent::RecordOpened(way) => self.feed(Event::RecordOpened(way)),
            DesktopEvent::OpenFailed(problem) => self.feed(Event::RecordFailed(problem.into())),
            DesktopEvent::ProgramFailed(problem) => self.feed(Event::RecordFailed(problem.into())),
            DesktopEvent::Woke => self.wake_up(),
        }
    }

    /// The machine slept, the screen was unlocked, or the network is another one.
    pub(super) fn wake_up(&mut self) {
        self.ask_keychain_again();
        self.reconnect();
        // Whoever slept may have travelled.
        self.look_at_zone();
        self.feed(Event::Tick);
    }
}
