//! The text that is selected on the screen.

use control::protocol::Secret;

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

/// What is selected now, cut like every text for the pad; `None`: nothing. Waits for the program that holds the
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
        Ok(text) => Ok(taken(&text)),
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
fn taken(text: &str) -> Option<Secret> {
    let text = crate::links::pad_text(text);
    (!text.is_empty()).then(|| Secret::from(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selection_is_cut_like_every_text_for_the_pad() {
        let text = |text: &str| taken(text).map(|text| text.expose().to_owned());
        assert_eq!(
            text(" Tél. : 01 42 68\u{a0}53 00 \r\n").unwrap(),
            "Tél. : 01 42 68\u{a0}53 00"
        );
        let two = "01 99 00 00 01\n01 99 00 00 02";
        assert_eq!(text(two).unwrap(), two);
        assert_eq!(text(" \n "), None);
        assert_eq!(text(&"9".repeat(1_000_000)).unwrap().len(), 500);
    }
}
