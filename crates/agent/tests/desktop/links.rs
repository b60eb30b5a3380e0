//! Who opens links to numbers, by the real `xdg-mime`, in lists of this session's own.

use centrex_tray::desktop::links::{self, LinkOpener, NumberLinks, Takeover};
use companion::words::Language;

use crate::world::{World, program, session_test};

/// The entry that the packages install.
const ENTRY: &str = include_str!("../../../../xtask/bundle/centrex-tray.desktop");

fn install(world: &World, name: &str, entry: &str) {
    let applications = world.home().join("data/applications");
    std::fs::create_dir_all(&applications).unwrap();
    // A program that isn't there opens nothing, whatever its entry says.
    let entry = entry.replace("Exec=centrex-tray ", "Exec=true ");
    std::fs::write(applications.join(name), entry).unwrap();
}

session_test! {
    display
    /// Row 12 of what people complain about: who opens numbers is told, and changed only on a wish.
    async fn row_12_who_opens_numbers_is_told_and_changed_on_a_wish(world: World) {
        std::fs::create_dir_all(world.home().join("config")).unwrap();
        let now = async || links::numbers(Language::Fr).await;
        let missing = NumberLinks { opener: LinkOpener::Nobody, takeover: Takeover::NotInstalled };
        assert_eq!(now().await, missing);
        assert!(links::take_numbers().await.unwrap_err().why().contains("centrex-tray.desktop"));
        assert_eq!(now().await, missing, "nothing was written");

        // Another program is chosen by hand.
        install(&world, "softphone.desktop",
            "[Desktop Entry]\nType=Application\nName=Softphone\nName[fr]=Téléphone\nExec=true %u\nMimeType=x-scheme-handler/tel;\n");
        let chosen = program("xdg-mime", "xdg-utils")
            .args(["default", "softphone.desktop", "x-scheme-handler/tel"])
            .status()
            .unwrap();
        assert!(chosen.success());
        install(&world, "centrex-tray.desktop", ENTRY);
        let theirs = LinkOpener::Other(Some("Téléphone".into()));
        assert_eq!(now().await, NumberLinks { opener: theirs, takeover: Takeover::Here }, "being installed takes nothing");

        links::take_numbers().await.unwrap();
        assert_eq!(now().await, NumberLinks { opener: LinkOpener::Us, takeover: Takeover::Here });
        for kind in ["tel", "callto"] {
            let said = program("xdg-mime", "xdg-utils")
                .args(["query", "default", &format!("x-scheme-handler/{kind}")])
                .output()
                .unwrap();
            assert_eq!(String::from_utf8(said.stdout).unwrap().trim(), "centrex-tray.desktop", "{kind}");
        }
    }
}
