//! The table of settings that people read, held against the code.

use std::collections::BTreeSet;
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

#[test]
fn the_page_for_scripts_has_both_names_of_every_setting() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/scripts.md");
    let page = fs::read_to_string(page).unwrap();
    let quoted = |cell: &str| -> Vec<String> {
        let quoted = cell.split('`').skip(1).step_by(2);
        quoted.map(str::to_owned).collect()
    };
    let rows = page
        .lines()
        .skip_while(|line| !line.starts_with("| field | key "))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let mut documented = BTreeSet::new();
    for row in rows {
        let cells: Vec<_> = row.split('|').collect();
        let names = quoted(cells[1]);
        let paths = match cells[2].trim() {
            "the same" => names.clone(),
            other => quoted(other),
        };
        documented.extend(names.into_iter().zip(paths));
    }
    let both = |key: Key| (key.name().to_owned(), key.path().to_owned());
    assert_eq!(documented, BTreeSet::from(Key::ALL.map(both)));
}
