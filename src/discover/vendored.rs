//! Folders that hold what other projects wrote: nobody mends it where it lies.

use std::path::{Component, Path, PathBuf};

/// What tools and habit call such folders.
const NAMES: &[&str] = &[
    "vendor",
    "vendored",
    "third_party",
    "third-party",
    "thirdparty",
    "node_modules",
    "bower_components",
    "site-packages",
    "Godeps",
    "Pods",
    "_site",
    ".terraform",
    ".venv",
    "venv",
    ".tox",
];

/// True for the name of such a folder.
pub(super) fn is_name(name: &std::ffi::OsStr) -> bool {
    NAMES.iter().any(|known| name == *known)
}

/// The outermost such folder on the way to a file, as the path is written.
pub(super) fn within(path: &Path) -> Option<PathBuf> {
    let mut folder = PathBuf::new();
    for part in path.parent()?.components() {
        folder.push(part);
        if matches!(part, Component::Normal(name) if is_name(name)) {
            return Some(folder);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_outermost_folder_counts_and_a_file_of_the_name_does_not() {
        let found = |path: &str| within(Path::new(path));
        assert_eq!(found("a/vendor/b/vendor/run.sh"), Some("a/vendor".into()));
        assert_eq!(
            found("web/node_modules/x/compose.yaml"),
            Some("web/node_modules".into())
        );
        assert_eq!(found("a/vendor"), None);
        assert_eq!(found("vendors/run.sh"), None);
    }
}
