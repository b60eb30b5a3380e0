//! Folders and files that are nobody else's business: who was called, whom a person silenced.

use std::path::{Path, PathBuf};

use atomic_write_file::{AtomicWriteFile, OpenOptions};

/// Makes a folder, and those above it that are missing, for this user alone (`0700`). One that is there stays as it is. On
/// Windows the folders of a person are private by themselves.
///
/// # Errors
/// The system's.
pub fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// More links in a row than any system follows.
const MOST_LINKS: usize = 40;

/// Where a file stands or will stand to which this name may be a link: also one that leads to nothing yet.
pub fn behind_links(file: &Path) -> PathBuf {
    if let Ok(there) = std::fs::canonicalize(file) {
        return there;
    }
    let mut at = file.to_path_buf();
    for _ in 0..MOST_LINKS {
        let Ok(to) = std::fs::read_link(&at) else { break };
        at = match at.parent() {
            Some(folder) => folder.join(to),
            None => to,
        };
    }
    at
}

/// How a file is replaced by a whole new one for this user alone (`0600`), whatever it was before. On Windows the person's folder
/// is private by itself.
pub fn replacing() -> OpenOptions {
    #[cfg(unix)]
    {
        use atomic_write_file::unix::OpenOptionsExt as _;
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut options = AtomicWriteFile::options();
        options.preserve_mode(false).mode(0o600);
        options
    }
    #[cfg(not(unix))]
    AtomicWriteFile::options()
}
