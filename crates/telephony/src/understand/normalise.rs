//! One script, one space, one dash.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Folds what looks alike: every space to U+0020 (line breaks to `\n`, tabs too: they part cells), invisible characters
/// dropped, digits of every script to ASCII, dashes to `-`, full-width signs to ASCII, combining accents dropped. Trims.
pub(super) fn normalise(text: &str) -> String {
    let folded: String = text.chars().filter_map(fold).collect();
    folded.trim().to_owned()
}

fn fold(c: char) -> Option<char> {
    if c.is_ascii() {
        return match c {
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' => Some('\n'),
            c if c.is_ascii_control() => None,
            c => Some(c),
        };
    }
    match c.general_category() {
        GeneralCategory::SpaceSeparator => Some(' '),
        GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => Some('\n'),
        GeneralCategory::Format
        | GeneralCategory::Control
        | GeneralCategory::NonspacingMark
        | GeneralCategory::EnclosingMark => None,
        GeneralCategory::DashPunctuation => Some('-'),
        GeneralCategory::DecimalNumber => Some(fold_digit(c)),
        _ => Some(match c {
            // MINUS SIGN is a mathematical symbol, not a dash.
            '\u{2212}' => '-',
            '\u{2044}' | '\u{2215}' => '/',
            '\u{b7}' | '\u{2022}' | '\u{2024}' | '\u{2219}' | '\u{22c5}' => '.',
            // The full-width forms of the ASCII signs, letters excepted, stand in the same order.
            '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' => {
                char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c)
            }
            '’' => '\'',
            other => other,
        }),
    }
}

/// Decimal digits of a script stand in runs of ten, zero first (Unicode Standard, section 4.6), so the value is the
/// distance to the start of the run.
fn fold_digit(c: char) -> char {
    let before = (1..=u32::from(c))
        .take_while(|back| {
            char::from_u32(u32::from(c) - back)
                .is_some_and(|previous| previous.general_category() == GeneralCategory::DecimalNumber)
        })
        .count();
    u32::try_from(before % 10)
        .ok()
        .and_then(|value| char::from_digit(value, 10))
        .unwrap_or(c)
}

/// Lower case without the accents of French and its neighbours, for comparing words.
pub(super) fn plain(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .map(|c| match c {
            'à' | 'á' | 'â' | 'ä' | 'ã' => 'a',
            'è' | 'é' | 'ê' | 'ë' => 'e',
            'ì' | 'í' | 'î' | 'ï' => 'i',
            'ò' | 'ó' | 'ô' | 'ö' | 'õ' => 'o',
            'ù' | 'ú' | 'û' | 'ü' => 'u',
            'ç' => 'c',
            'ñ' => 'n',
            c => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_every_script_are_folded() {
        assert_eq!(normalise("０١۲৩４"), "01234");
        // Five alphabets of mathematical digits stand back to back.
        assert_eq!(
            normalise("\u{1d7ce}\u{1d7d7}\u{1d7d8}\u{1d7e1}\u{1d7ff}"),
            "09099"
        );
    }

    #[test]
    fn spaces_dashes_and_invisible_characters_are_folded() {
        assert_eq!(
            normalise("\u{feff}\u{202d}01\u{a0}42\u{202f}68\u{2009}53–00\u{202c} "),
            "01 42 68 53-00"
        );
        assert_eq!(normalise("01\u{2212}42\u{2011}68"), "01-42-68");
        assert_eq!(normalise("＋33（0）1"), "+33(0)1");
        assert_eq!(normalise("a\u{301}\r\nb\tc"), "a\n\nb\nc");
    }
}
