//! What `doctor` finds of the desktop while no agent runs.

use crate::daemons::dunst;
use crate::presence::program;
use crate::tray::Host;
use crate::world::{World, session_test};

/// Results and words for tray and notifications.
fn doctor(world: &World) -> [(String, String); 2] {
    let output = program(world, &["doctor", "--json"]).output().unwrap();
    let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    ["tray_host", "notifications"].map(|name| {
        let checks = found["checks"].as_array().unwrap();
        let check = checks.iter().find(|check| check["name"] == name);
        let check = check.unwrap_or_else(|| panic!("no check {name}: {found}"));
        let text = |key: &str| check[key].as_str().unwrap().to_owned();
        (text("result"), text("text"))
    })
}

session_test! {
    display
    /// Both are looked for on the bus, and found once they are there.
    async fn tray_and_notifications_are_looked_for_without_an_agent(mut world: World) {
        let results = |found: &[(String, String); 2]| found.clone().map(|(result, _)| result);
        assert_eq!(results(&doctor(&world)), ["warning", "failed"]);
        let _host = Host::start().await;
        dunst(&mut world).await;
        let found = doctor(&world);
        assert_eq!(results(&found), ["ok", "ok"]);
        assert!(found[0].1.contains("est prête à afficher l’icône"), "{found:?}");
        assert!(found[1].1.contains("dunst"), "{found:?}");
    }
}
