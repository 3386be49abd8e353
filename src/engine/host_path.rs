//! Files and folders from the root of the file system, however they are named.

use std::path::{Component, Path};

/// A file from the root of the file system: it may be named from there, or from where the run started.
pub(super) fn whole(file: &Path) -> String {
    let name = file.file_name();
    let name = name.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    format!("/{}/{name}", folder_of(file).join("/"))
}

/// The folder of a file, from the root of the file system, as parts.
pub(super) fn folder_of(file: &Path) -> Vec<String> {
    let full = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    let mut parts = Vec::new();
    for part in full.parent().into_iter().flat_map(Path::components) {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => drop(parts.pop()),
            _ => {}
        }
    }
    parts
}
