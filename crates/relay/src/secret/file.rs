//! Files that hold one secret: read with a bound, and looked at for who else may read them.

use std::fs::File;
use std::io::{Error, ErrorKind, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::owner;

/// The longest file that is taken for a secret, in bytes. Anything longer is another file, named by mistake.
const LONGEST: u64 = 8 * 1024;

/// Reads a secret's file.
///
/// # Errors
/// The system's, or [`ErrorKind::InvalidData`] for one that is too long or no UTF-8; never with any of its contents.
pub(crate) fn read(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    // One byte more than fits tells a file that is just long enough from one that goes on.
    File::open(path)?.take(LONGEST + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LONGEST {
        let what = format!("it is longer than {LONGEST} bytes; it must hold the secret and nothing else");
        return Err(Error::new(ErrorKind::InvalidData, what));
    }
    Ok(text)
}

/// Writes a file that only its owner can read, durably, in place of the one that is there: whoever reads it reads all of the
/// one or the other.
///
/// # Errors
/// The system's.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::rename(draft(path, text)?, path)?;
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Writes such a file where there is none yet.
///
/// # Errors
/// [`ErrorKind::AlreadyExists`] when there is one, which stays; else the system's.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), Error> {
    let draft = draft(path, text)?;
    // A hard link fails when the name exists; a rename would replace it.
    let linked = std::fs::hard_link(&draft, path);
    std::fs::remove_file(&draft)?;
    linked
}

/// Writes the file whole under a name of its own beside its place.
fn draft(path: &Path, text: &str) -> Result<PathBuf, Error> {
    let draft = path.with_extension(format!("{}.new", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    writeln!(file, "{text}")?;
    file.sync_all()?;
    owner::like_its_folder(&draft)?;
    Ok(draft)
}

/// What to do about a secret's file that every user of this machine may read, or that others than its owner may change;
/// `None` when all is well, or when it isn't known.
pub(crate) fn exposure(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let meta = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
        let mode = meta.permissions().mode() & 0o777;
        // A group that may read is somebody's decision (root:centrex-relay, 0640).
        (mode & 0o026 != 0).then(|| {
            let file = path.display();
            format!(
                "{file} holds a secret, and others than the relay's user may read or change it (mode {mode:04o}): chmod 600 {file}"
            )
        })
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

/// What to do about a data folder in which others than its owner may put files in the place of the relay's; `None` when all is
/// well, or when it isn't known.
pub(crate) fn open_folder(path: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(path).ok()?.permissions().mode() & 0o7777;
        (mode & 0o022 != 0).then(|| {
            let folder = path.display();
            format!(
                "others than its owner may change the data folder {folder} (mode {mode:04o}), and put a database or a callback \
                 secret of their own in its place: chmod 700 {folder}"
            )
        })
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_long_is_no_secret_and_is_never_quoted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        let fits = "x".repeat(LONGEST as usize);
        std::fs::write(&path, &fits).unwrap();
        assert_eq!(read(&path).unwrap(), fits);
        std::fs::write(&path, format!("{fits}x")).unwrap();
        let error = read(&path).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert!(error.to_string().contains("8192") && !error.to_string().contains("xx"));
    }

    /// It has no end: without the bound this would never return.
    #[cfg(unix)]
    #[test]
    fn an_endless_file_is_given_up() {
        assert_eq!(
            read(Path::new("/dev/zero")).unwrap_err().kind(),
            ErrorKind::InvalidData
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_read_or_change_is_told_with_the_fix() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "secret").unwrap();
        for (mode, is_told) in [
            (0o600, false),
            (0o640, false),
            (0o644, true),
            (0o602, true),
            (0o660, true),
        ] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let told = exposure(&path);
            assert_eq!(told.is_some(), is_told, "{mode:o}");
            let fix = format!("chmod 600 {}", path.display());
            assert!(told.is_none_or(|text| text.ends_with(&fix)));
        }
        assert_eq!(exposure(&folder.path().join("none")), None);
    }
}
