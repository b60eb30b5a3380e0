//! Folders that are nobody else's business: who was called, whom a person silenced.

use std::path::Path;

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
