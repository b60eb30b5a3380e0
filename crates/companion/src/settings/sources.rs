//! Where contacts come from, and where the company's extensions stand in the public numbering.

use std::path::PathBuf;

/// Longest that a path may be, in characters.
const LONGEST_PATH: usize = 4_096;

/// A folder by its whole path; empty: none.
pub(super) fn folder(text: &str) -> Option<Option<PathBuf>> {
    if text.is_empty() {
        return Some(None);
    }
    let path = PathBuf::from(text);
    let usable = path.is_absolute() && !text.contains('\0') && text.chars().count() <= LONGEST_PATH;
    usable.then_some(Some(path))
}

/// How direct numbers begin: `+3314268`; empty: none.
pub(super) fn prefix(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let usable = (2..=13).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    (usable || text.is_empty()).then_some(text)
}

/// How many digits an extension may have; 0: there are none.
pub(super) fn is_length(length: u32) -> bool {
    length == 0 || (2..=8).contains(&length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_named_in_full() {
        let whole = if cfg!(windows) {
            "C:\\contacts"
        } else {
            "/contacts"
        };
        assert_eq!(folder(whole), Some(Some(PathBuf::from(whole))));
        assert_eq!(folder(""), Some(None));
        for wrong in [
            "contacts",
            "./contacts",
            "/con\0tacts",
            &format!("/{}", "x".repeat(5_000)),
        ] {
            assert_eq!(folder(wrong), None, "{wrong:.20}");
        }
    }

    #[test]
    fn extensions_follow_an_international_beginning() {
        assert_eq!((prefix("+3314268"), prefix("")), (Some("+3314268"), Some("")));
        for wrong in [
            "014268",
            "+",
            "+0314268",
            "+33 14268",
            "+3a14268",
            "+33142685300123",
        ] {
            assert_eq!(prefix(wrong), None, "{wrong}");
        }
        let good: Vec<u32> = (0..12).filter(|length| is_length(*length)).collect();
        assert_eq!(good, [0, 2, 3, 4, 5, 6, 7, 8]);
    }
}
