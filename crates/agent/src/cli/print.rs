//! What a command prints: results on standard output, reasons on standard error.

use std::io::{self, Write};

/// A line of the result. A reader that has gone (`| head`) is no failure of ours.
pub(super) fn line(text: &str) {
    let _ = writeln!(io::stdout().lock(), "{text}");
}

/// What is to be known beside the result.
pub(super) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Why the command failed.
pub(super) fn error(text: &str) {
    let _ = writeln!(io::stderr().lock(), "centrex-tray: {text}");
}
