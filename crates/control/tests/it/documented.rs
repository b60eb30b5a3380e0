//! The page for those who write scripts, held against the protocol.

use std::collections::BTreeSet;

/// The names in the first column of the table below a heading.
fn documented(page: &str, heading: &str) -> BTreeSet<String> {
    let rows = page
        .lines()
        .skip_while(|line| *line != heading)
        .skip_while(|line| !line.starts_with("| field |"))
        .skip(2)
        .take_while(|line| line.starts_with('|'));
    let names = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(','));
    names
        .map(|name| name.trim().trim_matches('`').to_owned())
        .collect()
}

/// The fields of a type in the bindings for the page.
fn fields(bindings: &str, name: &str) -> BTreeSet<String> {
    let begin = format!("export type {name} = {{");
    let lines = bindings
        .lines()
        .skip_while(|line| !line.starts_with(&begin))
        .skip(1);
    let lines = lines.take_while(|line| !line.starts_with("export "));
    let names = lines.filter_map(|line| line.split_once(':').map(|(name, _)| name));
    let is_name = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    names.filter(is_name).map(str::to_owned).collect()
}

#[test]
fn the_page_for_scripts_names_every_field_and_no_other() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/scripts.md");
    let page = std::fs::read_to_string(page).unwrap().replace("\r\n", "\n");
    let bindings = control::bindings::typescript();
    for (heading, name, some) in [
        ("## `centrex-tray status --json`", "Snapshot", "missed"),
        ("## The settings", "Settings", "keep_days"),
        ("## A call", "CallView", "outcome"),
        ("## `centrex-tray contacts --json`", "Contact", "favourite"),
    ] {
        let fields = fields(&bindings, name);
        assert!(fields.contains(some), "{name}: {fields:?}");
        assert_eq!(documented(&page, heading), fields, "{heading}");
    }
}
