//! The table of settings that people read, held against the code.

use std::fs;
use std::path::Path;

use companion::settings::{Key, Loaded, Settings, Store};

/// Path and default of each row of the table.
fn rows() -> Vec<(String, String)> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/settings.md");
    let page = fs::read_to_string(page).unwrap();
    let bare = |cell: &str| cell.trim().trim_matches('`').to_owned();
    page.lines()
        .skip_while(|line| !line.starts_with("| key |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.split('|').collect();
            (bare(cells[1]), bare(cells[3]))
        })
        .collect()
}

#[test]
fn the_table_lists_every_setting_and_no_other() {
    let documented: Vec<String> = rows().into_iter().map(|(path, _)| path).collect();
    assert_eq!(documented, Key::ALL.map(|key| key.path().to_owned()));
}

#[test]
fn the_documented_defaults_are_those_in_force() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("settings.toml");
    let lines: Vec<String> = rows()
        .into_iter()
        .map(|(path, default)| format!("{path} = {default}\n"))
        .collect();
    fs::write(&file, lines.concat()).unwrap();
    let Loaded { settings, files } = Store::new(file, None).load();
    assert_eq!((settings, files.problem), (Settings::default(), None));
    assert_eq!(files.given, Key::ALL.into());
}
