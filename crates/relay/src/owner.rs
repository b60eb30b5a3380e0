//! Whose files are whose in the data folder: an administrator's command runs as root, the relay doesn't.

use std::io::Error;
use std::path::Path;

/// Gives a file that root has just made to the owner of the folder that it lies in: the relay couldn't read it otherwise.
///
/// # Errors
/// The system's.
#[cfg(unix)]
pub(crate) fn like_its_folder(path: &Path) -> Result<(), Error> {
    use std::os::unix::fs::{MetadataExt as _, lchown};
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    let (file, folder) = (std::fs::symlink_metadata(path)?, std::fs::metadata(folder)?);
    if file.is_file() && file.uid() == 0 && folder.uid() != 0 {
        lchown(path, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(())
}

#[cfg(not(unix))]
pub(crate) fn like_its_folder(_: &Path) -> Result<(), Error> {
    Ok(())
}

/// An error of the system's about a file, and what to do when the file isn't the relay's.
pub(crate) fn explained(path: &Path, error: &Error) -> String {
    #[cfg(unix)]
    if error.kind() == std::io::ErrorKind::PermissionDenied
        && let Ok(meta) = std::fs::metadata(path)
    {
        use std::os::unix::fs::MetadataExt as _;
        return format!(
            "{error}; it belongs to the user with the number {}, mode {:04o}: give it to the relay's user (`chown centrex-relay {}`), \
             or run this as the user whose it is",
            meta.uid(),
            meta.mode() & 0o7777,
            path.display()
        );
    }
    let _ = path;
    error.to_string()
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, chown};

    use super::*;

    /// Only root can give a file away; another user's files are that user's from the start.
    #[test]
    fn what_root_makes_in_anothers_folder_is_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let own = std::fs::metadata(&file).unwrap().uid();
        like_its_folder(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().uid(), own);
        if own == 0 {
            chown(folder.path(), Some(12345), Some(12345)).unwrap();
            like_its_folder(&file).unwrap();
            let meta = std::fs::metadata(&file).unwrap();
            assert_eq!((meta.uid(), meta.gid()), (12345, 12345));
        }
    }

    #[test]
    fn a_file_of_another_user_is_named_with_the_way_out() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key");
        std::fs::write(&file, "").unwrap();
        let told = explained(&file, &std::io::ErrorKind::PermissionDenied.into());
        let meta = std::fs::metadata(&file).unwrap();
        assert!(
            told.contains(&format!("number {}", meta.uid())) && told.contains("chown"),
            "{told}"
        );
        let told = explained(&file, &std::io::ErrorKind::NotFound.into());
        assert!(!told.contains("chown"), "{told}");
    }
}
