//! The clipboard.

/// Puts text on the clipboard.
#[derive(Default)]
pub struct Clipboard {}
