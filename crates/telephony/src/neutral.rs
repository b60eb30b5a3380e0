//! Text from outside, made harmless.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Text from outside, made harmless to show in one line: no control, no invisible and no direction-changing characters,
/// whitespace folded, at most `longest` characters and then an ellipsis. Markup stays as the text that it is: whoever renders
/// markup escapes it.
pub fn neutralise(text: &str, longest: usize) -> String {
    let visible = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(|c| if c.is_whitespace() { ' ' } else { c });
    let mut clean = String::new();
    let mut count = 0;
    for c in visible {
        if c == ' ' && (clean.is_empty() || clean.ends_with(' ')) {
            continue;
        }
        if count == longest {
            clean.truncate(clean.trim_end().len());
            clean.push('…');
            return clean;
        }
        clean.push(c);
        count += 1;
    }
    clean.truncate(clean.trim_end().len());
    clean
}

/// Control characters other than white space, and Unicode's format characters (general category Cf).
fn is_invisible(c: char) -> bool {
    !c.is_whitespace()
        && matches!(
            c.general_category(),
            GeneralCategory::Control | GeneralCategory::Format
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_direction_or_hides_is_gone_and_length_is_bounded() {
        assert_eq!(neutralise("204\u{202e}321", 40), "204321");
        assert_eq!(neutralise(" a\r\n\tb\u{0}\u{1b}[31mc\u{85}d ", 40), "a b[31mc d");
        assert_eq!(neutralise("<b>Accueil</b>", 40), "<b>Accueil</b>");
        assert_eq!(neutralise("\u{2066}\u{200b}\u{feff}\u{ad}\u{e0041}", 40), "");
        assert_eq!(neutralise("abcd", 4), "abcd");
        assert_eq!(neutralise("abc de", 4), "abc…");
    }
}
