//! What else mounts the same host paths: the other containers of the file, and of the other files of
//! its tree.

use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use crate::container::{Container, Hole, Mount, PieceKind, Syntax, Text};
use crate::fix::Label;
use crate::front::{Kind, Reading};
use crate::rules::NeighbourMount;

/// The files of a tree, given its root, that are read for context, with the kind of each.
pub type ListTree<'a> = dyn Fn(&Path) -> Vec<(PathBuf, Kind)> + Sync + 'a;

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
    /// A path of the tree. The folder that a file stands in is taken for where its commands run.
    Tree,
    /// The user's home.
    Home,
    /// A variable that nothing here gives a value. The same name means the same in one file only.
    Variable(String),
}

/// A bind mount of a container of some file.
#[derive(Clone, Debug)]
pub(super) struct MountUse {
    path: HostPath,
    /// As messages name it.
    file: String,
    /// From the root of the file system: a file may be named from there, or from where the run started.
    whole: Arc<str>,
    syntax: Syntax,
    called: String,
    named: bool,
    index: usize,
    pod: Option<String>,
    mount: Mount,
    label: Label,
    line: u32,
}

/// The mounts of trees already read, by root.
#[derive(Debug, Default)]
pub struct TreeCache {
    trees: Mutex<BTreeMap<PathBuf, Arc<Mounts>>>,
}

/// The mounts of one tree, once they are read.
type Mounts = OnceLock<Arc<Vec<MountUse>>>;

impl TreeCache {
    /// The mounts of a tree; `read` is asked once for each root.
    pub(super) fn tree(&self, root: &Path, read: impl FnOnce() -> Vec<MountUse>) -> Arc<Vec<MountUse>> {
        let slot = match self.trees.lock() {
            Ok(mut trees) => Arc::clone(trees.entry(root.to_owned()).or_default()),
            Err(_) => Arc::default(),
        };
        Arc::clone(slot.get_or_init(|| Arc::new(read())))
    }
}

/// The bind mounts of a reading's containers.
pub(super) fn mount_uses(reading: &Reading) -> Vec<MountUse> {
    let mut uses = Vec::new();
    let folder = folder_of(&reading.source().path);
    let whole: Arc<str> = whole(&reading.source().path).into();
    for (index, container) in reading.containers.iter().enumerate() {
        if !container.syntax.is_launch() {
            continue;
        }
        for w in container.mounts.iter().filter(|w| w.value.is_bind()) {
            let Some(path) = w.value.source.as_ref().and_then(|s| host_path(s, &folder)) else {
                continue;
            };
            let source = reading.file(w.place.file);
            uses.push(MountUse {
                path,
                file: reading.source().shown_path(),
                whole: Arc::clone(&whole),
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
pub(super) fn neighbours(reading: &Reading, own: &[MountUse], tree: &[MountUse]) -> Vec<Vec<NeighbourMount>> {
    let mut found: Vec<Vec<NeighbourMount>> = vec![Vec::new(); reading.containers.len()];
    let path = whole(&reading.source().path);
    let here_folder = folder_of(&reading.source().path);
    let mut index = Index::default();
    own.iter().for_each(|u| index.add(u, true));
    tree.iter()
        .filter(|u| *u.whole != *path)
        .for_each(|u| index.add(u, false));
    for (i, container) in reading.containers.iter().enumerate() {
        for (m, w) in container.mounts.iter().enumerate() {
            if found[i].len() >= MOST {
                break;
            }
            if !w.value.is_bind() || !container.syntax.is_launch() {
                continue;
            }
            let Some(here) = w.value.source.as_ref().and_then(|s| host_path(s, &here_folder)) else {
                continue;
            };
            let others = index.near(&here).filter(|(u, same)| meets(&here, u, *same, &path));
            for (other, same_file) in others.take(MOST) {
                let same_file = &same_file;
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

/// Mounts by path, so that those that meet are found without looking at all.
#[derive(Default)]
struct Index<'a> {
    /// By the path itself.
    at: HashMap<String, Vec<(&'a MountUse, bool)>>,
    /// By each path above it.
    below: HashMap<String, Vec<(&'a MountUse, bool)>>,
}

impl<'a> Index<'a> {
    fn add(&mut self, one: &'a MountUse, same_file: bool) {
        let keys = keys(&one.path);
        let Some((own, above)) = keys.split_last() else { return };
        self.at.entry(own.clone()).or_default().push((one, same_file));
        for key in above {
            let list = self.below.entry(key.clone()).or_default();
            if list.len() < 4 * MOST {
                list.push((one, same_file));
            }
        }
    }

    /// The mounts at, above and below a path.
    fn near(&self, path: &HostPath) -> impl Iterator<Item = (&'a MountUse, bool)> + '_ {
        let keys = keys(path);
        let below = keys.last().and_then(|own| self.below.get(own));
        let at: Vec<&Vec<_>> = keys.iter().filter_map(|key| self.at.get(key)).collect();
        at.into_iter().chain(below).flatten().copied()
    }
}

/// A path and those above it, the highest first.
fn keys(path: &HostPath) -> Vec<String> {
    let mut key = match &path.root {
        Root::Slash | Root::Tree => "/".to_owned(),
        Root::Home => "~".to_owned(),
        Root::Variable(name) => format!("${name}"),
    };
    let mut keys = vec![key.clone()];
    for part in path.parts.iter().take(64) {
        key.push('/');
        key.push_str(part);
        keys.push(key.clone());
    }
    keys
}

/// True when the other mount is of the same path. One that lies above or below it counts among the
/// files of one folder; farther away it says nothing of a common project.
fn meets(here: &HostPath, other: &MountUse, same_file: bool, path: &str) -> bool {
    let there = &other.path;
    if here.root != there.root || (!same_file && matches!(here.root, Root::Variable(_))) {
        return false;
    }
    if here.parts == there.parts {
        return true;
    }
    let near = Path::new(path).parent() == Path::new(&*other.whole).parent();
    let shorter = here.parts.len().min(there.parts.len());
    // The root of the host, or a whole home, lies above everything: that says nothing of sharing.
    let trivial = shorter == 0 && here.root != Root::Tree;
    near && !trivial && here.parts.iter().zip(&there.parts).all(|(x, y)| x == y)
}

/// A file from the root of the file system.
fn whole(file: &Path) -> String {
    let name = file
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    format!("/{}/{name}", folder_of(file).join("/"))
}

/// The folder of a file, from the root of the file system, as parts.
fn folder_of(file: &Path) -> Vec<String> {
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

/// True when the other launch is this container again: another branch of a script, another variant
/// of a Compose file in the same folder.
fn same_container(container: &Container, other: &MountUse, same_file: bool, path: &str) -> bool {
    let names = container.name.is_some() && other.named && container.called() == other.called;
    let same_folder = Path::new(path).parent() == Path::new(&*other.whole).parent();
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

/// The path that a mount's source names, dots resolved as far as the text allows. `folder` is that of
/// the file it is written in.
fn host_path(source: &Text, folder: &[String]) -> Option<HostPath> {
    let mut pieces = source.pieces().iter();
    let first = pieces.next()?;
    let (root, mut rest) = match &first.kind {
        PieceKind::Hole(Hole::WorkingDirectory | Hole::ScriptDirectory) => (Root::Tree, String::new()),
        PieceKind::Hole(Hole::Home) => (Root::Home, String::new()),
        PieceKind::Hole(Hole::Variable(name)) => (Root::Variable(name.clone()), String::new()),
        PieceKind::Hole(Hole::Other) => return None,
        PieceKind::Literal | PieceKind::Cooked => {
            let text = &first.text;
            match text.strip_prefix('/') {
                Some(below) => (Root::Slash, below.to_owned()),
                None => (Root::Tree, text.clone()),
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
    let mut parts: Vec<String> = if root == Root::Tree {
        folder.to_vec()
    } else {
        Vec::new()
    };
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
    use crate::front::read;
    use crate::source::Source;

    fn uses(path: &str, source: &str) -> Vec<MountUse> {
        let text = format!(
            "services:\n  {}:\n    image: x\n    volumes:\n      - {source}:/x\n",
            path.len()
        );
        let surroundings = crate::front::Surroundings {
            engine: crate::container::Engine::Unknown,
            project: &[],
            open: &|_| None,
        };
        mount_uses(&read(Kind::Compose, &Arc::new(Source::new(path, text)), &surroundings))
    }

    fn meet(a: (&str, &str), b: (&str, &str)) -> bool {
        let (one, other) = (uses(a.0, a.1), uses(b.0, b.1));
        one.iter()
            .zip(&other)
            .any(|(x, y)| meets(&x.path, y, a.0 == b.0, &x.whole))
    }

    #[test]
    fn a_file_is_the_same_however_it_is_named() {
        let here = std::env::current_dir().unwrap_or_default();
        assert_eq!(whole(Path::new("./a/../c.yaml")), whole(&here.join("c.yaml")));
        assert_ne!(whole(Path::new("a/c.yaml")), whole(Path::new("c.yaml")));
    }

    #[test]
    fn paths_meet_when_one_is_or_holds_the_other() {
        let in_one = |a, b| meet(("c.yaml", a), ("c.yaml", b));
        assert!(in_one("./data", "./data/x/../y"));
        assert!(in_one(".", "./data"));
        assert!(!in_one("./data", "./database"));
        assert!(!in_one("./data", "/data"));
        assert!(!in_one("/", "/etc"));
    }

    #[test]
    fn files_of_other_folders_meet_in_the_same_path_only() {
        assert!(meet(("deploy/c.yaml", "./data"), ("c.yaml", "./deploy/data")));
        assert!(meet(("a/c.yaml", "../data"), ("b/c.yaml", "../data")));
        assert!(!meet(("deploy/c.yaml", "./data"), ("c.yaml", ".")));
    }
}
