//! Texts in the cells of a table (CSV) that a spreadsheet may open.

use std::borrow::Cow;

/// What a spreadsheet takes for the beginning of a formula (OWASP, "CSV Injection"), full-width signs included.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
/// What some program takes for the end of a cell, whatever separator the table was written with: to one that splits by
/// another, quotation marks within a line quote nothing.
const ENDS: [char; 6] = [',', ';', '\t', '|', '\n', '\r'];
/// What marks a cell as text.
const MARK: char = '\'';

/// Nothing in this text is taken for a formula any more: neither the cell nor, should it be split by another separator, any
/// part of it. Where one would begin, an apostrophe goes before it, in front of spaces and quotation marks. A cell that begins
/// with a tab or a line break gets one, too. [`unguarded_cell`] takes it away again.
pub fn guarded_cell(text: &str) -> Cow<'_, str> {
    let mut guarded = String::new();
    let mut copied = 0;
    for (at, start) in places(text) {
        if is_formula(&text[at..], start) {
            guarded.push_str(&text[copied..at]);
            guarded.push(MARK);
            copied = at;
        }
    }
    whole(text, guarded, copied)
}

/// The text that [`guarded_cell`] was given. Of a text of other origin, apostrophes before formulas go.
pub fn unguarded_cell(text: &str) -> Cow<'_, str> {
    let mut plain = String::new();
    let mut copied = 0;
    for (at, start) in places(text) {
        let Some(rest) = text[at..].strip_prefix(MARK) else {
            continue;
        };
        if is_formula(rest, start) {
            plain.push_str(&text[copied..at]);
            copied = at + MARK.len_utf8();
        }
    }
    whole(text, plain, copied)
}

fn whole(text: &str, mut changed: String, copied: usize) -> Cow<'_, str> {
    if copied == 0 && changed.is_empty() {
        return Cow::Borrowed(text);
    }
    changed.push_str(&text[copied..]);
    Cow::Owned(changed)
}

/// Where a cell may begin; `true`: this one does.
fn places(text: &str) -> impl Iterator<Item = (usize, bool)> {
    let after_ends = text.match_indices(ENDS).map(|(at, end)| (at + end.len(), false));
    std::iter::once((0, true)).chain(after_ends)
}

fn is_formula(text: &str, start: bool) -> bool {
    let skipped = |c: char| c == '"' || c == MARK || (c.is_whitespace() && !ENDS.contains(&c));
    let first = text.chars().find(|c| !skipped(*c));
    first.is_some_and(|c| SIGNS.contains(&c) || (start && matches!(c, '\t' | '\n' | '\r')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_begins_like_a_formula_anywhere_is_marked() {
        for (text, wanted) in [
            ("=1+1", "'=1+1"),
            ("+33142685300", "'+33142685300"),
            ("  -1", "'  -1"),
            ("＠SUM(A1)", "'＠SUM(A1)"),
            ("\tA", "'\tA"),
            ("a;=cmd|'/C calc'!A0;b", "a;'=cmd|'/C calc'!A0;b"),
            ("a,=1", "a,'=1"),
            ("a\t=1", "a\t'=1"),
            ("a|=1", "a|'=1"),
            ("- a\n- b", "'- a\n'- b"),
            ("a;\u{a0}\"=1\"", "a;'\u{a0}\"=1\""),
            ("'=1", "''=1"),
            ("a;'=1", "a;''=1"),
        ] {
            assert_eq!(guarded_cell(text), wanted);
            assert_eq!(unguarded_cell(wanted), text);
        }
        for text in [
            "",
            "a=1",
            "1-2",
            "a; b, c",
            "d'accord",
            "''a",
            "a\n\nb",
            "l’un;'l’autre'",
        ] {
            assert!(matches!(guarded_cell(text), Cow::Borrowed(same) if same == text));
            assert!(matches!(unguarded_cell(text), Cow::Borrowed(same) if same == text));
        }
    }

    proptest! {
        #[test]
        fn no_part_is_a_formula_and_the_text_comes_back(text in "[a=+@＝,;|\\t\\r\\n '\"\u{a0}-]{0,20}") {
            let guarded = guarded_cell(&text);
            for part in guarded.split(ENDS) {
                let begin = part.trim_start_matches(|c: char| c == '"' || c.is_whitespace());
                prop_assert!(!begin.starts_with(SIGNS), "{guarded:?}");
            }
            prop_assert!(!guarded.starts_with(['\t', '\r', '\n']));
            prop_assert_eq!(unguarded_cell(&guarded), text.as_str());
        }
    }
}
