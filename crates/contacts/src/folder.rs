//! A folder of cards: its `*.vcf` files, read again only when they changed.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use crate::import::LARGEST_FILE;
use crate::sync::{Content, Resource};

/// The files of a folder, for [`crate::Store::replace_source`]. They are read one at a time, as they are asked for.
#[derive(Debug)]
pub struct Scan {
    files: std::vec::IntoIter<File>,
    known: HashMap<String, Option<String>>,
    /// Files that aren't looked at, and why.
    pub skipped: Vec<Skipped>,
}

/// A file that isn't looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name, harmless to show.
    pub file: String,
    /// Why.
    pub why: SkippedWhy,
}

/// Why a file isn't looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkippedWhy {
    /// Larger than [`LARGEST_FILE`].
    TooLarge,
    /// Its name isn't Unicode.
    Name,
}

#[derive(Debug)]
struct File {
    path: PathBuf,
    name: String,
    tag: String,
}

/// Looks through a folder, not through the folders in it. `known` are the entity tags of the last time
/// ([`crate::Reader::etags`]): a file whose time and size are as then isn't read.
///
/// # Errors
/// The folder can't be listed; then its contacts should stay as they are.
pub fn scan(folder: &Path, known: HashMap<String, Option<String>>) -> io::Result<Scan> {
    let mut files = Vec::new();
    let mut skipped = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        let is_card = path
            .extension()
            .is_some_and(|extension| extension.eq_ignore_ascii_case("vcf"));
        let shown = entry.file_name().to_string_lossy().into_owned();
        if !is_card || shown.starts_with('.') {
            continue;
        }
        // Follows links. What went away meanwhile is gone; a pipe would never end.
        let Some(metadata) = fs::metadata(&path).ok().filter(Metadata::is_file) else {
            continue;
        };
        let too_large = usize::try_from(metadata.len()).map_or(true, |size| size > LARGEST_FILE);
        let name = entry.file_name().into_string();
        match name {
            Ok(name) if !too_large => files.push(File {
                tag: tag(&metadata),
                path,
                name,
            }),
            _ => skipped.push(Skipped {
                file: telephony::neutralise(&shown, crate::draft::LONGEST_NAME),
                why: match too_large {
                    true => SkippedWhy::TooLarge,
                    false => SkippedWhy::Name,
                },
            }),
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Scan {
        files: files.into_iter(),
        known,
        skipped,
    })
}

/// Time of change in nanoseconds since 1970, and size: `1764000000000000000-512`.
fn tag(metadata: &Metadata) -> String {
    let changed = metadata.modified().ok();
    let changed = changed.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    format!(
        "{}-{}",
        changed.map_or(0, |since| since.as_nanos()),
        metadata.len()
    )
}

impl Iterator for Scan {
    type Item = Resource;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let File { path, name, tag } = self.files.next()?;
            let is_known = self.known.get(&name).and_then(Option::as_deref) == Some(tag.as_str());
            let content = match is_known {
                true => Content::Known,
                false => match fs::read(&path) {
                    Ok(cards) => Content::Cards(cards),
                    // Gone since it was listed.
                    Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                    // The others are read all the same.
                    Err(error) => {
                        tracing::warn!(kind = ?error.kind(), "a file of the folder can't be read");
                        Content::Unreadable
                    }
                },
            };
            return Some(Resource {
                href: name,
                etag: Some(tag),
                content,
            });
        }
    }
}
