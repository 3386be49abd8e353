//! What git tracks, from its index; git itself is never run.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use super::{Contents, read_up_to};

/// Bytes of an index that is read: about three million files.
const INDEX_CAP: u64 = 256 * 1024 * 1024;
/// Bytes of the files that say where a folder of git is.
const POINTER_CAP: u64 = 4096;

/// The regular files that git tracks in a repository, relative to its root; `None` where its index
/// cannot be read.
pub(super) fn tracked(root: &Path) -> Option<Vec<PathBuf>> {
    let Ok(Contents::Bytes(bytes)) = read_up_to(&folder(root).join("index"), INDEX_CAP) else {
        return None;
    };
    // the parser is somebody else's, and a broken index must not end the run
    catch_unwind(AssertUnwindSafe(|| paths(&bytes))).ok().flatten()
}

fn paths(bytes: &[u8]) -> Option<Vec<PathBuf>> {
    use gix_index::entry::Mode;
    let options = gix_index::decode::Options {
        thread_limit: Some(1),
        alloc_limit_bytes: usize::try_from(4 * INDEX_CAP).ok(),
        ..Default::default()
    };
    let none = filetime::FileTime::zero();
    let (state, _) = gix_index::State::from_bytes(bytes, none, gix_index::hash::Kind::Sha1, options).ok()?;
    let files = state
        .entries()
        .iter()
        .filter(|entry| matches!(entry.mode, Mode::FILE | Mode::FILE_EXECUTABLE));
    Some(files.filter_map(|entry| name(entry.path(&state).as_ref())).collect())
}

/// A path of the index that stays below the root.
fn name(bytes: &[u8]) -> Option<PathBuf> {
    #[cfg(unix)]
    let path = {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
    };
    #[cfg(not(unix))]
    let path = PathBuf::from(std::str::from_utf8(bytes).ok()?);
    let stays = |part| matches!(part, std::path::Component::Normal(_));
    path.components().all(stays).then_some(path)
}

/// The file with the globs that only this copy of the repository ignores.
pub(super) fn excludes(root: &Path) -> PathBuf {
    let own = folder(root);
    let common = pointer(&own.join("commondir"), "").map_or(own.clone(), |at| own.join(at));
    common.join("info/exclude")
}

/// The folder of git's own files: `.git`, or where a file of that name says.
fn folder(root: &Path) -> PathBuf {
    let git = root.join(".git");
    pointer(&git, "gitdir:").map_or(git, |at| root.join(at))
}

fn pointer(file: &Path, before: &str) -> Option<PathBuf> {
    let Ok(Contents::Bytes(bytes)) = read_up_to(file, POINTER_CAP) else {
        return None;
    };
    let text = String::from_utf8(bytes).ok()?;
    Some(PathBuf::from(text.strip_prefix(before)?.trim()))
}
