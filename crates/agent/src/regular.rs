//! Files that a person names.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::path::Path;

/// Opens a regular file. Anything else is refused before it is touched: a pipe would never end, and hold up whoever reads it.
///
/// # Errors
/// The system's; `InvalidInput` for what is no regular file.
pub(crate) fn open(path: &Path) -> std::io::Result<File> {
    if std::fs::metadata(path)?.is_file() {
        File::open(path)
    } else {
        Err(Error::new(ErrorKind::InvalidInput, "not a regular file"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_opened() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("clients.csv");
        std::fs::write(&file, "x").unwrap();
        assert!(open(&file).is_ok());
        assert_eq!(open(folder.path()).unwrap_err().kind(), ErrorKind::InvalidInput);
        assert_eq!(
            open(&folder.path().join("none")).unwrap_err().kind(),
            ErrorKind::NotFound
        );
        #[cfg(unix)]
        {
            let pipe = folder.path().join("pipe");
            let made = std::process::Command::new("mkfifo").arg(&pipe).status().unwrap();
            assert!(made.success());
            assert_eq!(open(&pipe).unwrap_err().kind(), ErrorKind::InvalidInput);
        }
    }
}
