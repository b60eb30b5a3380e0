//! Text for comparing and searching.

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;

/// Lower case, without accents and ligatures, white space folded: `Cœur  d’Été` → `coeur d'ete`. What is equal so is the same
/// word for whoever searches.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let plain = DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(text.chars())
        .filter(|c| classes.get_u8(*c) == 0);
    for c in plain.flat_map(char::to_lowercase) {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            '’' => folded.push('\''),
            c if c.is_whitespace() => {
                if !folded.is_empty() && !folded.ends_with(' ') {
                    folded.push(' ');
                }
            }
            // `to_lowercase` may yield marks of its own (İ).
            c if classes.get_u8(c) != 0 => {}
            c => folded.push(c),
        }
    }
    folded.truncate(folded.trim_end().len());
    folded
}

/// The words of a folded text: its runs of letters and digits.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_ligatures_case_and_gaps_are_folded() {
        assert_eq!(fold("  Cœur\u{a0} d’ÉTÉ "), "coeur d'ete");
        assert_eq!(fold("E\u{301}lodie ＡＢ İz Straße"), "elodie ab iz strasse");
        assert_eq!(
            words("o'brien & fils-24").collect::<Vec<_>>(),
            ["o", "brien", "fils", "24"]
        );
    }
}
