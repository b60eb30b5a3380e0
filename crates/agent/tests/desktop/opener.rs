//! Addresses, opened by the program that the person chose for their scheme.

use centrex_tray::desktop::{DesktopEvent, OpenProblem};
use companion::event::RecordWay;
use url::Url;

use crate::programs::{Written, script};
use crate::world::{World, program, session_test};

session_test! {
    display
    /// A CRM's own scheme and the web, each by a desktop entry; the address arrives as it is, in one piece.
    async fn reach_the_chosen_program(world: World) {
        let mut opened = Written::to(&world.home().join("opened"));
        let handler = script(
            world.home().join("crm"),
            "#!/bin/sh\nprintf '%s %s\\n' \"$#\" \"$1\" > \"${0%/*}/opened\"\n",
        );
        let applications = world.home().join("data/applications");
        std::fs::create_dir_all(&applications).unwrap();
        std::fs::create_dir_all(world.home().join("config")).unwrap();
        let entry = format!(
            "[Desktop Entry]\nType=Application\nName=CRM\nExec={} %u\nMimeType=x-scheme-handler/crm;x-scheme-handler/https;\n",
            handler.display()
        );
        std::fs::write(applications.join("crm.desktop"), entry).unwrap();
        for scheme in ["crm", "https"] {
            let set = program("xdg-mime", "xdg-utils")
                .args(["default", "crm.desktop", &format!("x-scheme-handler/{scheme}")])
                .status()
                .unwrap();
            assert!(set.success());
        }
        let (desktop, mut told) = world.desktop();
        for address in [
            "https://crm.example/fiche?numero=%2B33199001234&nom=L%27%C3%A9t%C3%A9%20%26%20Cie&x=$(touch)`id`;y#haut",
            "crm:appel;$(touch%20x)`id`'&|numero=0199001234",
        ] {
            desktop.opener.open(Url::parse(address).unwrap());
            assert_eq!(opened.line().await, format!("1 {}", Url::parse(address).unwrap()));
            assert_eq!(told.next().await, DesktopEvent::RecordOpened(RecordWay::Address));
        }

        desktop.opener.open(Url::parse("nobody-knows:x").unwrap());
        assert_eq!(told.next().await, DesktopEvent::OpenFailed(OpenProblem::NotOpened));
    }
}
