//! The clipboard on X11, read by another program, and the session's own start.

use std::process::Stdio;

use centrex_tray::desktop::autostart;

use crate::world::{World, program, session_test};

/// What another program gets when it pastes.
fn pasted() -> String {
    let mut tool = program("xclip", "xclip");
    let output = tool
        .args(["-out", "-selection", "clipboard"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

session_test! {
    display
    /// What was copied can be pasted, as long as we run.
    async fn can_be_pasted_elsewhere(world: World) {
        let (desktop, _told) = world.desktop();
        desktop.clipboard.copy("01 99 00 12 34".into()).await.unwrap();
        assert_eq!(pasted(), "01 99 00 12 34");
        desktop.clipboard.copy("+33 1 99 00 56 78 é".into()).await.unwrap();
        assert_eq!(pasted(), "+33 1 99 00 56 78 é");
    }
}

session_test! {
    /// Without a display it says so instead of pretending.
    async fn without_a_display_fails_in_words(world: World) {
        let (desktop, _told) = world.desktop();
        let error = desktop.clipboard.copy("01 99 00 12 34".into()).await.unwrap_err();
        assert!(error.to_string().starts_with("the clipboard can't be used: "), "{error}");
    }
}

session_test! {
    /// The session's start, by the file that every desktop reads; one entry a profile.
    async fn and_the_start_with_the_session(world: World) {
        assert!(!autostart::is_on("default").unwrap());
        autostart::set("default", false).unwrap();
        autostart::set("default", true).unwrap();
        autostart::set("demo", true).unwrap();
        assert!(autostart::is_on("default").unwrap());
        let folder = world.home().join("config/autostart");
        let text = std::fs::read_to_string(folder.join("centrex-tray-demo.desktop")).unwrap();
        assert!(text.contains("\"--hidden\" \"--profile\" \"demo\""), "{text}");
        let mut judge = program("desktop-file-validate", "desktop-file-utils");
        let verdict = judge.arg(folder.join("centrex-tray.desktop")).output().unwrap();
        assert!(verdict.status.success(), "{}", String::from_utf8_lossy(&verdict.stdout));

        std::fs::write(folder.join("centrex-tray.desktop"), "[Desktop Entry]\nHidden=true\n").unwrap();
        assert!(!autostart::is_on("default").unwrap(), "turned off by the desktop's own settings");
        autostart::set("default", false).unwrap();
        assert!(autostart::is_on("demo").unwrap());
    }
}
