//! Writing a file whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why a file was not written.
#[derive(Debug)]
pub(crate) enum NotWritten {
    /// It is no longer what was read.
    Changed,
    /// The system refused.
    Failed(io::Error),
}

impl std::fmt::Display for NotWritten {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NotWritten::Changed => f.write_str("left alone, because it changed while it was being checked"),
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
/// target is written; mode and owner stay.
pub(crate) fn replace(path: &Path, before: &str, after: &str) -> Result<(), NotWritten> {
    let target = fs::canonicalize(path)?;
    if fs::read(&target)? != before.as_bytes() {
        return Err(NotWritten::Changed);
    }
    let meta = fs::metadata(&target)?;
    if is_shared(&meta) {
        return Ok(in_place(&target, after)?);
    }
    match beside(&target, &meta, after) {
        Ok(made) => fs::rename(&made, &target).map_err(|error| {
            let _ = fs::remove_file(&made);
            NotWritten::Failed(error)
        }),
        // a folder that takes no file, or an owner that cannot be kept
        Err(_) => Ok(in_place(&target, after)?),
    }
}

/// Writes a new file, or another in the place of one, without a moment in which it is half there.
pub(crate) fn create(path: &Path, text: &str) -> io::Result<()> {
    match fs::canonicalize(path).and_then(|target| Ok((fs::metadata(&target)?, target))) {
        // a device, a pipe: not a file to be replaced
        Ok((meta, _)) if !meta.is_file() => fs::write(path, text),
        Ok((meta, target)) => match beside(&target, &meta, text) {
            Ok(made) => fs::rename(made, target),
            Err(_) => in_place(&target, text),
        },
        Err(_) => fs::write(path, text),
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

fn in_place(target: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).truncate(true).open(target)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// Writes the text to a new file in the same folder, with the same mode and owner.
fn beside(target: &Path, meta: &fs::Metadata, text: &str) -> io::Result<PathBuf> {
    let (made, mut file) = new_beside(target)?;
    let filled = fill(&mut file, &made, meta, text);
    drop(file);
    match filled {
        Ok(()) => Ok(made),
        Err(error) => {
            let _ = fs::remove_file(&made);
            Err(error)
        }
    }
}

fn new_beside(target: &Path) -> io::Result<(PathBuf, File)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for attempt in 0..16 {
        let made = target.with_file_name(format!(".{name}.privlint-{}-{attempt}", std::process::id()));
        match OpenOptions::new().write(true).create_new(true).open(&made) {
            Ok(file) => return Ok((made, file)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no free name for a temporary file"))
}

fn fill(file: &mut File, made: &Path, meta: &fs::Metadata, text: &str) -> io::Result<()> {
    file.write_all(text.as_bytes())?;
    keep_owner(made, meta)?;
    // after the owner: changing the owner takes setuid bits away
    fs::set_permissions(made, meta.permissions())?;
    file.sync_all()
}

#[cfg(unix)]
fn keep_owner(made: &Path, meta: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let is = fs::metadata(made)?;
    if (is.uid(), is.gid()) == (meta.uid(), meta.gid()) {
        return Ok(());
    }
    std::os::unix::fs::chown(made, Some(meta.uid()), Some(meta.gid()))
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// A folder that is gone when the test is over.
    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn folder(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("privlint-write-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    #[test]
    fn a_file_that_changed_is_left_alone() {
        let folder = folder("changed");
        let file = folder.0.join("a");
        fs::write(&file, "now").unwrap();
        assert!(matches!(replace(&file, "then", "after"), Err(NotWritten::Changed)));
        assert_eq!(fs::read_to_string(&file).unwrap(), "now");
        replace(&file, "now", "after").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "after");
        assert!(matches!(
            replace(&folder.0.join("b"), "", "x"),
            Err(NotWritten::Failed(_))
        ));
        assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_with_two_names_keeps_both() {
        let folder = folder("names");
        let (one, two) = (folder.0.join("one"), folder.0.join("two"));
        fs::write(&one, "before").unwrap();
        fs::hard_link(&one, &two).unwrap();
        replace(&one, "before", "after").unwrap();
        assert_eq!(fs::read_to_string(&two).unwrap(), "after");
    }
}
