//! The tree that a file belongs to: what may be read beside it.

use std::path::{Component, Path, PathBuf};

/// The nearest folder above a path, or the path itself, that holds `.git`.
pub fn repository_root(from: &Path) -> Option<PathBuf> {
    let from = absolute(from);
    from.ancestors()
        .find(|f| f.join(".git").exists())
        .map(Path::to_path_buf)
}

/// The folder that bounds what belongs to a file: its repository; without one, where the run
/// started, or the file's own folder when it lies elsewhere.
pub fn tree_root(file: &Path) -> PathBuf {
    let file = absolute(file);
    let folder = file.parent().unwrap_or(&file);
    if let Some(root) = repository_root(folder) {
        return root;
    }
    let here = absolute(Path::new("."));
    if folder.starts_with(&here) {
        here
    } else {
        folder.to_path_buf()
    }
}

/// The folder of the project that a file belongs to: its repository; without one, the outermost of
/// `folders` that it lies below, or its own folder.
pub fn project_root(file: &Path, folders: &[PathBuf]) -> PathBuf {
    let file = absolute(file);
    let folder = file.parent().unwrap_or(&file);
    if let Some(root) = repository_root(folder) {
        return root;
    }
    let given = folders.iter().map(|given| absolute(given));
    let above = given.filter(|given| folder.starts_with(given));
    let outermost = above.min_by_key(|given| given.components().count());
    outermost.unwrap_or_else(|| folder.to_path_buf())
}

/// Folders that hold what only tests start.
const TESTS: [&str; 9] = [
    "test",
    "tests",
    "testing",
    "testdata",
    "test-data",
    "test_data",
    "fixtures",
    "__tests__",
    "e2e",
];

/// True for a file in a folder of tests: below the folder that was given, or below its tree's root where the
/// file itself was given.
pub fn is_test(file: &Path, given: &[PathBuf]) -> bool {
    let file = absolute(file);
    let folders = given.iter().map(|path| absolute(path)).filter(|path| *path != file);
    let above = folders.filter(|folder| file.starts_with(folder));
    let outermost = above.min_by_key(|folder| folder.components().count());
    let root = outermost.unwrap_or_else(|| tree_root(&file));
    let below = file.strip_prefix(&root).ok().and_then(Path::parent);
    let names = below.into_iter().flat_map(Path::components);
    let names = names.filter_map(|name| name.as_os_str().to_str());
    names
        .into_iter()
        .any(|name| TESTS.iter().any(|test| name.eq_ignore_ascii_case(test)))
}

/// The text of a file of the tree below `root`: `None` when it does not exist, cannot be read, is
/// not UTF-8, is over the size cap, or lies outside the tree, also by way of a symbolic link.
pub fn open_in(root: &Path, path: &Path) -> Option<String> {
    // most of what is asked for is not there, which one look tells
    if std::fs::symlink_metadata(path).is_err() || !super::leads_inside(root, path) {
        return None;
    }
    super::read_text(path).ok()
}

/// The files of a folder below `root`, in order; none of one that lies outside the tree.
pub fn files_in(root: &Path, folder: &Path) -> Vec<PathBuf> {
    const MOST: usize = 1000;
    if !super::leads_inside(root, folder) {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = entries.flatten().take(MOST).map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// The path from the root of the file system, `.` and `..` taken out by name.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_paths_have_no_dots() {
        let here = absolute(Path::new("."));
        assert!(here.is_absolute());
        assert_eq!(absolute(Path::new("a/../b/./c")), here.join("b/c"));
    }
}
