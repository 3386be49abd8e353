//! The file that a new text goes to before it takes the place of the old one.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use super::{NotWritten, attributes};

/// How the names of temporary files begin. `.privlint-baseline.json` is no such name.
const PREFIX: &str = ".privlint-writing-";
/// Letters that follow the prefix.
const LETTERS: usize = 8;

/// A new file in the folder of `target` with the text safely on the disk, and with everything that is
/// kept about `old`. It is gone when it is dropped.
pub(super) fn filled(target: &Path, old: Option<&File>, text: &str) -> Result<NamedTempFile, NotWritten> {
    let folder = folder_of(target);
    sweep(folder);
    let mut builder = Builder::new();
    builder.prefix(PREFIX).rand_bytes(LETTERS);
    #[cfg(unix)]
    if old.is_none() {
        use std::os::unix::fs::PermissionsExt;
        // what a new file gets is for the user's mask to say
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let mut made = builder.tempfile_in(folder)?;
    lock(made.as_file());
    if let Some(old) = old {
        // before the text: nobody who may not read the file sees it in its new place
        attributes::keep(old, made.as_file()).map_err(NotWritten::Attributes)?;
    }
    made.write_all(text.as_bytes())?;
    made.as_file().sync_all()?;
    Ok(made)
}

/// True when a file has this text.
pub(super) fn still_is(path: &Path, text: &str) -> io::Result<bool> {
    let Some(file) = crate::discover::open_regular(path)? else {
        return Ok(false);
    };
    let mut bytes = Vec::new();
    file.take(text.len() as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes == text.as_bytes())
}

/// Puts the new file in the place of the old one. Where the system can exchange two names, what came
/// out is compared with what was read, so that an edit of the last moment is put back.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
pub(super) fn exchange(
    made: NamedTempFile,
    target: &Path,
    old: &File,
    before: &str,
    after: &str,
) -> Result<(), NotWritten> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    // the old file bears the temporary name for a moment, and nobody may sweep it away meanwhile
    lock(old);
    let swap = || renameat_with(CWD, made.path(), CWD, target, RenameFlags::EXCHANGE);
    if swap().is_err() {
        // a file system that cannot: the last look was just now
        return rename(made, target);
    }
    if still_is(made.path(), before).unwrap_or(false) {
        return Ok(());
    }
    let back = swap();
    if back.is_ok() && still_is(made.path(), after).unwrap_or(false) {
        return Err(NotWritten::Changed);
    }
    // a text that is neither what was read nor ours is somebody's: it stays
    let (_, kept) = made.keep().map_err(|failed| failed.error)?;
    let safe = kept.with_file_name(format!("privlint-kept{}", suffix(&kept)));
    let at = if std::fs::rename(&kept, &safe).is_ok() {
        safe
    } else {
        kept
    };
    Err(NotWritten::Kept(at))
}

/// Puts the new file in the place of the old one.
#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
pub(super) fn exchange(
    made: NamedTempFile,
    target: &Path,
    _old: &File,
    _before: &str,
    _after: &str,
) -> Result<(), NotWritten> {
    rename(made, target)
}

fn rename(made: NamedTempFile, target: &Path) -> Result<(), NotWritten> {
    made.persist(target)
        .map(drop)
        .map_err(|failed| NotWritten::Failed(failed.error))
}

#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn suffix(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.strip_prefix(PREFIX)
        .map_or_else(String::new, |rest| format!("-{rest}"))
}

/// The folder that a file stands in.
fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes the new name last through a loss of power.
#[cfg(unix)]
pub(super) fn sync_folder(target: &Path) -> io::Result<()> {
    match File::open(folder_of(target))?.sync_all() {
        // some file systems know no such thing
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        done => done,
    }
}

#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Marks a file as one that a running process holds; the mark goes with the process.
#[cfg(unix)]
fn lock(file: &File) {
    // a file system without locks only means that a sweep leaves the file alone
    let _ = rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockShared);
}

#[cfg(not(unix))]
fn lock(_: &File) {}

/// Takes away what a run that was killed left in a folder: our names, our own files, held by nobody.
#[cfg(unix)]
pub(super) fn sweep(folder: &Path) {
    use std::os::unix::fs::MetadataExt;
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let ours = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if !ours.is_some_and(|rest| rest.len() == LETTERS && rest.bytes().all(|b| b.is_ascii_alphanumeric())) {
            continue;
        }
        let path = entry.path();
        // a link of that name is nothing that we made
        let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
        let Ok(Some(file)) = (if is_file {
            crate::discover::open_regular(&path)
        } else {
            Ok(None)
        }) else {
            continue;
        };
        let own = rustix::process::geteuid().as_raw();
        let free = rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive).is_ok();
        if free && file.metadata().is_ok_and(|meta| meta.uid() == own) {
            let _ = std::fs::remove_file(&path);
        }
    }
}

#[cfg(not(unix))]
pub(super) fn sweep(_: &Path) {}
