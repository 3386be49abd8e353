//! What else mounts the same host paths: the other containers of the file, and of the files beside it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::container::{Container, Hole, Mount, PieceKind, Syntax, Text};
use crate::fix::Label;
use crate::front::{Kind, Reading};
use crate::rules::NeighbourMount;

/// The files of one folder that are read for context, with the kind of each.
pub type ListFolder<'a> = dyn Fn(&Path) -> Vec<(PathBuf, Kind)> + Sync + 'a;

/// A host path, as far as two of them can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
struct HostPath {
    root: Root,
    parts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Root {
    /// An absolute path.
    Slash,
    /// The folder that the file stands in, which is taken for where its commands run.
    Folder,
    /// The user's home.
    Home,
    /// A variable that nothing here gives a value. The same name means the same in one file only.
    Variable(String),
}

/// A bind mount of a container of some file.
#[derive(Clone, Debug)]
pub(super) struct MountUse {
    path: HostPath,
    file: String,
    syntax: Syntax,
    called: String,
    named: bool,
    index: usize,
    pod: Option<String>,
    mount: Mount,
    label: Label,
    line: u32,
}

/// The mounts of folders already read, by folder.
#[derive(Debug, Default)]
pub struct FolderCache {
    folders: Mutex<BTreeMap<PathBuf, Arc<Vec<MountUse>>>>,
}

impl FolderCache {
    /// The mounts of a folder; `read` is asked once for each folder, and maybe again by another thread
    /// that asks at the same time.
    pub(super) fn folder(&self, folder: &Path, read: impl FnOnce() -> Vec<MountUse>) -> Arc<Vec<MountUse>> {
        let lock = |f: &Mutex<BTreeMap<PathBuf, Arc<Vec<MountUse>>>>| match f.lock() {
            Ok(guard) => guard.get(folder).cloned(),
            Err(_) => None,
        };
        if let Some(known) = lock(&self.folders) {
            return known;
        }
        let found = Arc::new(read());
        if let Ok(mut guard) = self.folders.lock() {
            guard.insert(folder.to_owned(), Arc::clone(&found));
        }
        found
    }
}

/// The bind mounts of a reading's containers.
pub(super) fn mount_uses(reading: &Reading) -> Vec<MountUse> {
    let mut uses = Vec::new();
    for (index, container) in reading.containers.iter().enumerate() {
        if !container.syntax.is_launch() {
            continue;
        }
        for w in container.mounts.iter().filter(|w| w.value.is_bind()) {
            let Some(path) = w.value.source.as_ref().and_then(host_path) else {
                continue;
            };
            let source = reading.file(w.place.file);
            uses.push(MountUse {
                path,
                file: reading.source().shown_path(),
                syntax: container.syntax,
                called: container.called(),
                named: container.name.is_some(),
                index,
                pod: container.pod.as_ref().map(|p| p.value.shown()),
                mount: w.value.clone(),
                label: Label::new(&w.place, ""),
                line: source.position(w.place.value.start).line,
            });
        }
    }
    uses
}

/// For each container of the reading, the mounts of others over the same host paths.
pub(super) fn neighbours(reading: &Reading, own: &[MountUse], folder: &[MountUse]) -> Vec<Vec<NeighbourMount>> {
    let mut found: Vec<Vec<NeighbourMount>> = vec![Vec::new(); reading.containers.len()];
    let path = reading.source().shown_path();
    let mut by_head: BTreeMap<String, Vec<(&MountUse, bool)>> = BTreeMap::new();
    for u in own {
        by_head.entry(bucket(&u.path)).or_default().push((u, true));
    }
    for u in folder.iter().filter(|u| u.file != path) {
        by_head.entry(bucket(&u.path)).or_default().push((u, false));
    }
    for (i, container) in reading.containers.iter().enumerate() {
        for (m, w) in container.mounts.iter().enumerate() {
            if found[i].len() >= MOST {
                break;
            }
            if !w.value.is_bind() || !container.syntax.is_launch() {
                continue;
            }
            let Some(here) = w.value.source.as_ref().and_then(host_path) else {
                continue;
            };
            let others = by_head.get(&bucket(&here)).map(Vec::as_slice).unwrap_or_default();
            for (other, same_file) in others
                .iter()
                .filter(|(u, same)| meets(&here, &u.path, *same))
                .take(MOST)
            {
                if (*same_file && other.index == i) || same_container(container, other, *same_file, &path) {
                    continue;
                }
                let pod = container.pod.as_ref().map(|p| p.value.shown());
                found[i].push(NeighbourMount {
                    mount: m,
                    container: other.called.clone(),
                    other: other.mount.clone(),
                    place: same_file.then(|| other.label.clone()),
                    at: format!("{}:{}", other.file, other.line),
                    same_pod: pod.is_some() && pod == other.pod,
                });
            }
        }
    }
    found
}

/// Neighbours kept for one container; the first few say all that a reader needs.
const MOST: usize = 16;

/// Two paths that meet share their bucket: the root, and the first part below it.
fn bucket(path: &HostPath) -> String {
    match &path.root {
        Root::Slash => format!("/{}", path.parts.first().map(String::as_str).unwrap_or_default()),
        Root::Folder => "./".to_owned(),
        Root::Home => "~".to_owned(),
        Root::Variable(name) => format!("${name}"),
    }
}

/// True when one path is the other, or lies above or below it.
fn meets(a: &HostPath, b: &HostPath, same_file: bool) -> bool {
    let comparable = a.root == b.root && (same_file || !matches!(a.root, Root::Variable(_)));
    let shorter = a.parts.len().min(b.parts.len());
    // The root itself, or the whole project folder, is over everything: that says nothing of sharing.
    let trivial = shorter == 0 && a.parts.len() != b.parts.len();
    comparable && !trivial && a.parts.iter().zip(&b.parts).all(|(x, y)| x == y)
}

/// True when the other launch is this container again: another branch of a script, another variant
/// of a Compose file in the same folder.
fn same_container(container: &Container, other: &MountUse, same_file: bool, path: &str) -> bool {
    let names = container.name.is_some() && other.named && container.called() == other.called;
    let same_folder = Path::new(path).parent() == Path::new(&other.file).parent();
    match (container.syntax, other.syntax) {
        (Syntax::Compose, Syntax::Compose) => names && same_folder && !same_file,
        (Syntax::Command, Syntax::Command) if same_file && !names => {
            // The same image with the same target, named in neither: an example shown twice, or an
            // engine chosen by a branch.
            let image = container.image.as_ref().map(|w| w.value.shown());
            let unnamed = container.name.is_none() && !other.named;
            unnamed && image.is_some_and(|image| image == other.called)
        }
        _ => names,
    }
}

/// The path that a mount's source names, dots resolved as far as the text allows.
fn host_path(source: &Text) -> Option<HostPath> {
    let mut pieces = source.pieces().iter();
    let first = pieces.next()?;
    let (root, mut rest) = match &first.kind {
        PieceKind::Hole(Hole::WorkingDirectory | Hole::ScriptDirectory) => (Root::Folder, String::new()),
        PieceKind::Hole(Hole::Home) => (Root::Home, String::new()),
        PieceKind::Hole(Hole::Variable(name)) => (Root::Variable(name.clone()), String::new()),
        PieceKind::Hole(Hole::Other) => return None,
        PieceKind::Literal | PieceKind::Cooked => {
            let text = &first.text;
            match text.strip_prefix('/') {
                Some(below) => (Root::Slash, below.to_owned()),
                None => (Root::Folder, text.clone()),
            }
        }
    };
    for piece in pieces {
        if piece.is_hole() {
            // What follows the hole cannot be compared, but the part above it can.
            rest.push_str(&format!("/\u{0}{}", piece.text));
            continue;
        }
        rest.push_str(&piece.text);
    }
    let mut parts: Vec<String> = Vec::new();
    for part in rest.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|p| p != "..") => {
                parts.pop();
            }
            part => parts.push(part.to_owned()),
        }
    }
    Some(HostPath { root, parts })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    fn path(text: &str) -> Option<HostPath> {
        host_path(&Text::literal(text, Span::default()))
    }

    #[test]
    fn paths_meet_when_one_is_or_holds_the_other() {
        let (data, below, other) = (path("./data"), path("data/x/../y"), path("./database"));
        let meet = |a: &Option<HostPath>, b: &Option<HostPath>| {
            a.as_ref().zip(b.as_ref()).is_some_and(|(a, b)| meets(a, b, true))
        };
        assert!(meet(&data, &below));
        assert!(!meet(&data, &other));
        assert!(!meet(&data, &path("/data")));
        assert!(!meet(&path("/"), &path("/etc")));
    }
}
