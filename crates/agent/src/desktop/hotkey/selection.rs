//! The text that is selected on the screen.

use control::protocol::Secret;

/// Longest selection that is taken: more holds no number that anybody meant.
#[cfg(any(target_os = "linux", test))]
const LONGEST: usize = 256;

/// Why nothing selected can be read.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// The display, or the compositor, says no; in its words.
    #[error("what is selected can't be read: {0}")]
    Display(String),
    /// The system has no selection apart from the clipboard, which isn't touched.
    #[error("this system tells nobody what is selected")]
    NotHere,
}

/// What is selected now, in one line and at most 256 characters; `None`: nothing. Waits for the program that holds the
/// selection; to be called where waiting does no harm.
///
/// # Errors
/// See [`SelectionError`].
#[cfg(target_os = "linux")]
pub fn selected() -> Result<Option<Secret>, SelectionError> {
    use arboard::{GetExtLinux as _, LinuxClipboardKind};

    let failed = |error: arboard::Error| SelectionError::Display(error.to_string());
    let mut clipboard = arboard::Clipboard::new().map_err(failed)?;
    match clipboard.get().clipboard(LinuxClipboardKind::Primary).text() {
        Ok(text) => Ok(one_line(&text)),
        // Nothing, or a picture.
        Err(arboard::Error::ContentNotAvailable | arboard::Error::ConversionFailure) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

/// What is selected now.
///
/// # Errors
/// [`SelectionError::NotHere`]
#[cfg(not(target_os = "linux"))]
pub fn selected() -> Result<Option<Secret>, SelectionError> {
    Err(SelectionError::NotHere)
}

#[cfg(any(target_os = "linux", test))]
fn one_line(text: &str) -> Option<Secret> {
    let words: Vec<&str> = text.split_whitespace().take(LONGEST).collect();
    let line: String = words.join(" ").chars().take(LONGEST).collect();
    (!line.is_empty()).then(|| Secret::from(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_over_several_lines_becomes_one_and_stays_short() {
        let line = |text: &str| one_line(text).map(|line| line.expose().to_owned());
        assert_eq!(
            line(" Tél. :\n\t01 42 68\u{a0}53 00 \r\n").unwrap(),
            "Tél. : 01 42 68 53 00"
        );
        assert_eq!(line(" \n "), None);
        assert_eq!(line(&"9".repeat(1_000_000)).unwrap().len(), LONGEST);
    }
}
