//! The one reader of files: regular files only, up to a bound, and errors that say nothing of a text.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::SIZE_CAP;

/// What a file holds, as far as it may be read.
#[derive(Debug)]
pub(crate) enum Contents {
    /// The bytes.
    Bytes(Vec<u8>),
    /// It is larger than the bound: so many bytes.
    TooLarge(u64),
    /// It is a pipe, a device or a folder.
    NotAFile,
}

/// Opens a regular file; `None` for anything else. A pipe without a writer does not hold it up.
///
/// # Errors
/// The file cannot be opened.
pub(crate) fn open_regular(path: &Path) -> io::Result<Option<File>> {
    // looked at before it is opened: opening some devices does something
    if !std::fs::metadata(path)?.is_file() {
        return Ok(None);
    }
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    Ok(file.metadata()?.is_file().then_some(file))
}

/// Reads a regular file of at most [`SIZE_CAP`] bytes.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read(path: &Path) -> io::Result<Contents> {
    read_up_to(path, SIZE_CAP)
}

/// Reads a regular file of at most `cap` bytes.
///
/// # Errors
/// The file cannot be read.
pub(crate) fn read_up_to(path: &Path, cap: u64) -> io::Result<Contents> {
    let Some(file) = open_regular(path)? else {
        return Ok(Contents::NotAFile);
    };
    let length = file.metadata()?.len();
    if length > cap {
        return Ok(Contents::TooLarge(length));
    }
    let mut bytes = Vec::new();
    file.take(cap + 1).read_to_end(&mut bytes)?;
    Ok(match bytes.len() as u64 {
        length if length > cap => Contents::TooLarge(length),
        _ => Contents::Bytes(bytes),
    })
}

/// The text of a file that privlint itself is told to read: a configuration, a baseline.
///
/// # Errors
/// Why it cannot be read, in lower case, without a word of what it holds.
pub(crate) fn read_text(path: &Path) -> Result<String, String> {
    match read(path).map_err(|error| super::reason(&error))? {
        Contents::Bytes(bytes) => String::from_utf8(bytes).map_err(|_| "the file is not UTF-8".to_owned()),
        Contents::TooLarge(_) => Err("larger than 10 MiB".to_owned()),
        Contents::NotAFile => Err("not a regular file".to_owned()),
    }
}

/// True when a path leads into the tree below `root`, whatever links there are on the way.
pub(crate) fn leads_inside(root: &Path, path: &Path) -> bool {
    let (Ok(root), Ok(path)) = (root.canonicalize(), path.canonicalize()) else {
        return false;
    };
    path.starts_with(root)
}
