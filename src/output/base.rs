//! Paths as other programs want them: relative to the repository, or as addresses.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::source::shown_path;

/// Where the run started, and the root of its repository; both absolute.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// The folder that shown paths are relative to.
    pub here: PathBuf,
    /// The folder that reported paths are relative to.
    pub root: PathBuf,
}

impl Base {
    /// The path relative to the root, with forward slashes; `None` for one outside of it.
    pub fn relative(&self, path: &Path) -> Option<String> {
        self.below(path).map(|path| shown_path(&path))
    }

    /// The path relative to the root as an address; `None` for one outside of it.
    pub fn address(&self, path: &Path) -> Option<String> {
        self.below(path).map(|path| percent_encoded(&path))
    }

    /// The path as an address of its own.
    pub fn file_address(&self, path: &Path) -> String {
        let whole = percent_encoded(&self.whole(path));
        // a disk of Windows stands behind a third slash
        let whole = whole.replacen("%3A", ":", usize::from(cfg!(windows)));
        format!("file:///{}", whole.trim_start_matches('/'))
    }

    fn below(&self, path: &Path) -> Option<PathBuf> {
        self.whole(path).strip_prefix(&self.root).ok().map(Path::to_path_buf)
    }

    fn whole(&self, path: &Path) -> PathBuf {
        let mut whole = PathBuf::new();
        for part in self.here.join(path).components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    whole.pop();
                }
                part => whole.push(part),
            }
        }
        whole
    }

    /// The path relative to the root where it lies below, and as it was shown elsewhere.
    pub fn path(&self, path: &Path) -> String {
        self.relative(path).unwrap_or_else(|| shown_path(path))
    }
}

/// What means something else in the path of an address: all but letters, digits and `-._~/`.
const OTHERWISE_MEANT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// A path as the relative part of an address: every byte that means something else there is encoded.
pub(super) fn percent_encoded(path: &Path) -> String {
    percent_encode(&bytes(path), OTHERWISE_MEANT).to_string()
}

/// The bytes of a path's name, also where they are not UTF-8.
#[cfg(unix)]
pub(crate) fn bytes(path: &Path) -> Cow<'_, [u8]> {
    use std::os::unix::ffi::OsStrExt;
    let name = path.as_os_str().as_bytes();
    Cow::Borrowed(match name.strip_prefix(b"./") {
        Some(rest) if !rest.is_empty() => rest,
        _ => name,
    })
}

/// The bytes of a path's name, with forward slashes.
#[cfg(not(unix))]
pub(crate) fn bytes(path: &Path) -> Cow<'_, [u8]> {
    Cow::Owned(shown_path(path).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_relative_to_the_root() {
        let base = Base {
            here: "/r/sub".into(),
            root: "/r".into(),
        };
        assert_eq!(base.relative(Path::new("a b.sh")).as_deref(), Some("sub/a b.sh"));
        assert_eq!(base.relative(Path::new("../x.sh")).as_deref(), Some("x.sh"));
        assert_eq!(base.relative(Path::new("../../x.sh")), None);
        #[cfg(unix)]
        assert_eq!(base.file_address(Path::new("../../t mp/x.sh")), "file:///t%20mp/x.sh");
        assert_eq!(
            percent_encoded(Path::new("sub/a b%\u{e9}:.sh")),
            "sub/a%20b%25%C3%A9%3A.sh"
        );
    }
}
