//! Do-not-disturb, as each desktop keeps it.

use std::process::Command;

use crate::daemons::{dunst, dunstctl, inhibit, mate, plain, xfce};
use crate::world::{Told, World, program, session_test};

/// Runs a program to its end.
fn run(mut command: Command, arguments: &[&str]) {
    let output = command.args(arguments).output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}

async fn expect(told: &mut Told, dnd: Option<bool>) {
    assert_eq!(told.presence().await.dnd, dnd);
}

session_test! {
    display
    /// dunst's pause. Without a daemon nothing is known.
    async fn is_told_of_dunst(mut world: World) {
        let daemon = dunst(&mut world).await;
        dunstctl(&["set-paused", "true"]);
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(true)).await;
        dunstctl(&["set-paused", "false"]);
        expect(&mut told, Some(false)).await;
        dunstctl(&["set-paused", "toggle"]);
        expect(&mut told, Some(true)).await;
        world.kill(daemon);
        expect(&mut told, None).await;
        dunst(&mut world).await;
        expect(&mut told, Some(false)).await;
    }
}

session_test! {
    display
    /// Xfce's setting; never set and set back to nothing are both off.
    async fn is_told_of_xfce(mut world: World) {
        xfce(&mut world).await;
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(false)).await;
        let query = || program("xfconf-query", "xfconf");
        let setting = ["-c", "xfce4-notifyd", "-p", "/do-not-disturb"];
        run(query(), &[&setting[..], &["-n", "-t", "bool", "-s", "true"]].concat());
        expect(&mut told, Some(true)).await;
        run(query(), &[&setting[..], &["-r"]].concat());
        expect(&mut told, Some(false)).await;
    }
}

session_test! {
    display
    /// MATE's key of GSettings.
    async fn is_told_of_mate(mut world: World) {
        mate(&mut world).await;
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(false)).await;
        for dnd in [true, false] {
            let value = dnd.to_string();
            run(program("gsettings", "libglib2.0-bin"), &["set", "org.mate.NotificationDaemon", "do-not-disturb", &value]);
            expect(&mut told, Some(dnd)).await;
        }
    }
}

session_test! {
    /// GNOME's key of GSettings says the opposite: whether banners are shown.
    async fn is_told_of_gnome(world: World) {
        world.activatable("ca.desrt.dconf", &program("dconf-service", "dconf-service"));
        let (_bus, _closed) = plain("gnome-shell").await;
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(false)).await;
        for banners in [false, true] {
            let value = banners.to_string();
            run(program("gsettings", "libglib2.0-bin"), &["set", "org.gnome.desktop.notifications", "show-banners", &value]);
            expect(&mut told, Some(!banners)).await;
        }
    }
}

session_test! {
    /// KDE's property of the daemon itself.
    async fn is_told_of_kde(world: World) {
        let (bus, _closed) = plain("Plasma").await;
        let (_desktop, mut told) = world.desktop();
        expect(&mut told, Some(false)).await;
        inhibit(&bus, true).await;
        expect(&mut told, Some(true)).await;
        inhibit(&bus, false).await;
        expect(&mut told, Some(false)).await;
    }
}
