//! What a file holds and nobody reads: it stays, and is said, for it is often a slip of the pen.

use toml_edit::{Item, Key as Name, Table, TableLike};

use super::Key;
use crate::numbers::neutralise;

/// Longest name from a file that is shown, in characters.
const LONGEST: usize = 60;
/// How alike two names must be, from 0 to 1, for one to be taken for a slip of the other.
const ALIKE: f64 = 0.7;

/// Something without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unknown {
    /// Its path as the file has it: `relay.adress`.
    pub path: String,
    /// Where it stands in the text, in bytes.
    pub offset: Option<usize>,
    /// What was probably meant.
    pub meant: Option<Key>,
}

/// The first of what is no setting in a file, in its order. Not all: what was meant takes its time to find, and a file may
/// hold a hundred thousand of them.
pub(super) fn first(root: &Table, most: usize) -> Vec<Unknown> {
    let mut all = Vec::new();
    for (name, item) in root.iter() {
        // What stands in the place of a setting, or of a table of settings, is judged as that setting.
        if Key::ALL.iter().any(|key| key.path() == name) {
            continue;
        }
        let is_folder = Key::ALL.iter().any(|key| {
            key.path()
                .split_once('.')
                .is_some_and(|(folder, _)| folder == name)
        });
        match item.as_table_like() {
            Some(table) if is_folder || !table.is_empty() => within(name, table, &mut all),
            None if is_folder => {}
            _ => all.push((offset(root, name, item), name.to_owned())),
        }
    }
    all.sort_by_key(|(offset, _)| *offset);
    all.truncate(most);
    all.into_iter()
        .map(|(offset, path)| unknown(path, offset))
        .collect()
}

fn within(folder: &str, table: &dyn TableLike, all: &mut Vec<(Option<usize>, String)>) {
    for (name, item) in table.iter() {
        let path = format!("{folder}.{name}");
        if Key::ALL.iter().all(|key| key.path() != path) {
            all.push((offset(table, name, item), path));
        }
    }
}

fn unknown(path: String, offset: Option<usize>) -> Unknown {
    Unknown {
        meant: meant(&path),
        path: neutralise(&path, LONGEST),
        offset,
    }
}

fn offset(table: &dyn TableLike, name: &str, item: &Item) -> Option<usize> {
    let span = table.key(name).and_then(Name::span).or_else(|| item.span());
    span.map(|span| span.start)
}

/// The setting whose path, or the last word of it, is most like this one.
fn meant(path: &str) -> Option<Key> {
    let last = |path: &str| path.rsplit('.').next().unwrap_or_default().to_owned();
    Key::ALL
        .into_iter()
        .map(|key| {
            let whole = strsim::normalized_damerau_levenshtein(key.path(), path);
            // In the wrong table, or in none.
            let word = strsim::normalized_damerau_levenshtein(&last(key.path()), &last(path));
            (key, whole.max(word))
        })
        .filter(|(_, alike)| *alike >= ALIKE)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(key, _)| key)
}

#[cfg(test)]
mod tests {
    use toml_edit::Document;

    use super::*;

    fn found(text: &str) -> Option<(String, usize, Option<Key>)> {
        let document = Document::parse(text).unwrap();
        let unknown = first(document.as_table(), 1).into_iter().next()?;
        let line = text[..unknown.offset.unwrap()].matches('\n').count() + 1;
        Some((unknown.path, line, unknown.meant))
    }

    #[test]
    fn what_nobody_reads_is_found_with_its_line_and_what_was_meant() {
        let cases = [
            ("laguage = \"fr\"\n", Some(("laguage", 1, Some(Key::Language)))),
            (
                "# mine\n\n[relay]\nulr = \"x\"\n",
                Some(("relay.ulr", 4, Some(Key::RelayUrl))),
            ),
            ("relay.ulr = \"x\"\n", Some(("relay.ulr", 1, Some(Key::RelayUrl)))),
            // In the wrong place.
            ("sound = true\n", Some(("sound", 1, Some(Key::Sound)))),
            (
                "[windows]\nlinger_s = 3\n",
                Some(("windows.linger_s", 2, Some(Key::WindowLinger))),
            ),
            // The first of several, by line.
            ("[zebra]\na = 1\n[apple]\nb = 2\n", Some(("zebra.a", 2, None))),
            ("mode = \"relay\"\nfuture = [1,\n 2]\n", Some(("future", 2, None))),
            ("[[desk]]\n", Some(("desk", 1, None))),
            ("[empty]\n", Some(("empty", 1, None))),
            // Settings, tables of settings, and what is wrong in the place of one.
            ("relay = 3\ntheme.dark = true\n[notify]\n", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(path, line, meant)| (path.to_owned(), line, meant));
            assert_eq!(found(text), expected, "{text}");
        }
    }

    #[test]
    fn every_setting_is_known() {
        let lines: Vec<String> = Key::ALL
            .iter()
            .map(|key| format!("{} = 1\n", key.path()))
            .collect();
        assert_eq!(found(&lines.concat()), None);
    }
}
