//! Paths as other programs want them: relative to the repository, or as addresses.

use std::path::{Component, Path, PathBuf};

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
        let inside = whole.strip_prefix(&self.root).ok()?;
        Some(shown_path(inside))
    }

    /// The path relative to the root where it lies below, and as it was shown elsewhere.
    pub fn path(&self, path: &Path) -> String {
        self.relative(path).unwrap_or_else(|| shown_path(path))
    }
}

/// A path as the relative part of an address: every byte that means something else there is encoded.
pub fn percent_encoded(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        let plain = byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/');
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
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
        assert_eq!(percent_encoded("sub/a b%\u{e9}:.sh"), "sub/a%20b%25%C3%A9%3A.sh");
    }
}
