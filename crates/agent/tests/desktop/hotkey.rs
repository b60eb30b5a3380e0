//! The hotkey on a real X server: real key presses, and the selection of another program.

use std::io::Write as _;
use std::process::Stdio;

use centrex_tray::desktop::{DesktopEvent, HotkeyProblem};

use crate::world::{Told, World, program, session_test};

/// What is told next of the hotkey.
async fn told(events: &mut Told) -> DesktopEvent {
    loop {
        let event = events.next().await;
        if matches!(event, DesktopEvent::Hotkey(_) | DesktopEvent::HotkeyPressed(_)) {
            return event;
        }
    }
}

/// Text is selected in another program, which answers for it from then on; the clipboard holds something else.
pub fn select(text: &str, selection: &str) {
    let mut tool = program("xclip", "xclip")
        .args(["-in", "-selection", selection])
        .stdin(Stdio::piped())
        // It goes on in the background, and would keep what waits for our output waiting.
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    tool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    // The first process ends once the selection is held.
    assert!(tool.wait().unwrap().success());
}

pub fn press(keys: &str) {
    let pressed = program("xdotool", "xdotool")
        .args(["key", keys])
        .status()
        .unwrap();
    assert!(pressed.success());
}

fn pressed(event: DesktopEvent) -> Option<String> {
    match event {
        DesktopEvent::HotkeyPressed(text) => text.map(|text| text.expose().to_owned()),
        other => panic!("{other:?}"),
    }
}

session_test! {
    display
    /// Row 14: a hotkey that dials what is selected, everywhere; the clipboard is left as it was.
    async fn row_14_tells_what_is_selected_and_leaves_the_clipboard(world: World) {
        let (desktop, mut events) = world.desktop();
        select("copied before", "clipboard");
        select(" Tél. :\n 01 42 68\u{a0}53 00 ", "primary");
        press("ctrl+alt+d");
        desktop.hotkeys.set("Ctrl+Alt+D".parse().ok());
        assert_eq!(told(&mut events).await, DesktopEvent::Hotkey(Ok(())));
        press("ctrl+alt+d");
        assert_eq!(pressed(told(&mut events).await).unwrap(), "Tél. :\n 01 42 68\u{a0}53 00");
        let pasted = program("xclip", "xclip").args(["-out", "-selection", "clipboard"]).output().unwrap();
        assert_eq!(pasted.stdout, b"copied before");

        // Other keys from now on; the former are free for others.
        desktop.hotkeys.set("Super+F9".parse().ok());
        assert_eq!(told(&mut events).await, DesktopEvent::Hotkey(Ok(())));
        press("ctrl+alt+d");
        select("0123", "primary");
        press("super+F9");
        assert_eq!(pressed(told(&mut events).await).unwrap(), "0123");
        // Off and on again: the same keys are free.
        desktop.hotkeys.set(None);
        desktop.hotkeys.set("Super+F9".parse().ok());
        assert_eq!(told(&mut events).await, DesktopEvent::Hotkey(Ok(())));
    }
}

session_test! {
    display
    /// Caps Lock and Num Lock change nothing; without a selection the pad comes all the same.
    async fn works_whatever_the_locks_and_without_a_selection(world: World) {
        let (desktop, mut events) = world.desktop();
        desktop.hotkeys.set("Ctrl+Shift+7".parse().ok());
        assert_eq!(told(&mut events).await, DesktopEvent::Hotkey(Ok(())));
        press("Caps_Lock");
        press("Num_Lock");
        press("ctrl+shift+7");
        assert_eq!(pressed(told(&mut events).await), None);
    }
}

session_test! {
    display
    /// Keys that another program has are said, and others can be set.
    async fn says_when_another_program_has_the_keys(world: World) {
        let (first, mut first_events) = world.desktop();
        let (second, mut events) = world.desktop();
        let keys = "Ctrl+Alt+D".parse().unwrap();
        first.hotkeys.set(Some(keys));
        assert_eq!(told(&mut first_events).await, DesktopEvent::Hotkey(Ok(())));
        second.hotkeys.set(Some(keys));
        assert_eq!(told(&mut events).await, DesktopEvent::Hotkey(Err(HotkeyProblem::Taken(keys))));
        second.hotkeys.set("Ctrl+Alt+E".parse().ok());
        assert_eq!(told(&mut events).await, DesktopEvent::Hotkey(Ok(())));
    }
}

session_test! {
    /// Without a display it says so.
    async fn without_a_display_is_said(world: World) {
        let (desktop, mut events) = world.desktop();
        desktop.hotkeys.set("Ctrl+Alt+D".parse().ok());
        let event = told(&mut events).await;
        assert!(matches!(event, DesktopEvent::Hotkey(Err(HotkeyProblem::Display(_)))), "{event:?}");
    }
}
