//! Writing a file whole or not at all.
//!
//! The new text goes to a file beside the old one, onto the disk, and only then into its place. Where
//! that cannot be, the file is left alone: a text is never cut short to make room for another.

mod attributes;
mod beside;
mod hold;
#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

pub(crate) use hold::Hold;

/// Why a file was not written.
#[derive(Debug)]
pub(crate) enum NotWritten {
    /// It is no longer what was read.
    Changed,
    /// It changed in the very moment of writing; what was there then is kept under another name.
    Kept(PathBuf),
    /// It has several names, and replacing one would part them.
    Shared,
    /// It is a pipe, a device or a folder.
    NotAFile,
    /// What the system keeps about it could not be given to the new text.
    Attributes(io::Error),
    /// The system refused.
    Failed(io::Error),
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotWritten::Changed => f.write_str("left alone, because it changed while it was being checked"),
            NotWritten::Kept(at) => write!(
                f,
                "changed by somebody else while it was written; their text is in {}",
                crate::source::shown_path(at)
            ),
            NotWritten::Shared => f.write_str("left alone, because it has several names (hard links)"),
            NotWritten::NotAFile => f.write_str("left alone, because it is not a regular file"),
            NotWritten::Attributes(error) => write!(
                f,
                "left alone, because its owner or attributes cannot be kept: {}",
                crate::discover::reason(error)
            ),
            NotWritten::Failed(error) => write!(f, "not written: {}", crate::discover::reason(error)),
        }
    }
}

impl From<io::Error> for NotWritten {
    fn from(error: io::Error) -> NotWritten {
        NotWritten::Failed(error)
    }
}

/// Replaces a file's text by another, if it still is what was read. A symbolic link stays, its
/// target is written; mode, owner, access lists and attributes stay.
pub(crate) fn replace(path: &Path, before: &str, after: &str) -> Result<(), NotWritten> {
    let target = fs::canonicalize(path)?;
    let old = open_regular(&target)?;
    let meta = old.metadata()?;
    if is_shared(&meta) {
        return Err(NotWritten::Shared);
    }
    let made = beside::filled(&target, Some(&old), after)?;
    if !beside::still_is(&target, before)? {
        return Err(NotWritten::Changed);
    }
    beside::exchange(made, &target, &old, before, after)?;
    Ok(beside::sync_folder(&target)?)
}

/// Writes a new file, or another in the place of one, without a moment in which it is half there.
pub(crate) fn create(path: &Path, text: &str) -> Result<(), NotWritten> {
    let (target, old) = match fs::canonicalize(path) {
        Ok(target) if fs::metadata(&target)?.is_file() => {
            let old = open_regular(&target)?;
            (target, Some(old))
        }
        // a device or a pipe is no file to be replaced: the text goes through it
        Ok(target) => return Ok(File::options().write(true).open(target)?.write_all(text.as_bytes())?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => (path.to_path_buf(), None),
        Err(error) => return Err(error.into()),
    };
    if let Some(old) = &old
        && is_shared(&old.metadata()?)
    {
        return Err(NotWritten::Shared);
    }
    let made = beside::filled(&target, old.as_ref(), text)?;
    made.persist(&target).map_err(|failed| failed.error)?;
    Ok(beside::sync_folder(&target)?)
}

/// Opens a regular file without waiting for whoever may stand at the other end of a pipe.
fn open_regular(path: &Path) -> Result<File, NotWritten> {
    let file = crate::discover::open_regular(path)?;
    match file {
        Some(file) => Ok(file),
        None => Err(NotWritten::NotAFile),
    }
}

/// True for a file with several names: replacing it would leave the others behind.
#[cfg(unix)]
fn is_shared(meta: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    meta.nlink() > 1
}

#[cfg(not(unix))]
fn is_shared(_: &fs::Metadata) -> bool {
    false
}
