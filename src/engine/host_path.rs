//! Files, folders and mounted paths from the root of the file system, however they are named.

use std::path::{Component, Path};

use crate::container::{Base, Container, Hole, Mount, PieceKind, Syntax, Text, ViaKind};

/// A host path, as far as two of them can be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostPath {
    pub(super) root: Root,
    pub(super) parts: Vec<String>,
}

/// Where a host path begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// An absolute path.
    Slash,
    /// A path of the tree. The folder that a file stands in is taken for where its commands run.
    Tree,
    /// A folder that a script went to, which is not known.
    Somewhere,
    /// The user's home.
    Home,
    /// A variable that nothing here gives a value. The same name means the same in one file only.
    Variable(String),
}

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

/// The file that a text names, from the root of the file system; `None` where it cannot be known.
pub(super) fn path_from(text: &Text, folder: &[String]) -> Option<String> {
    let path = host_path(text, folder, None)?;
    let known = matches!(path.root, Root::Slash | Root::Tree) && !path.parts.iter().any(|p| p.contains('\u{0}'));
    known.then(|| format!("/{}", path.parts.join("/")))
}

/// The path of a mount, given the folder of its file, and after it those that it may be as well.
pub(super) fn paths_of(mount: &Mount, folder: &[String], container: &Container) -> Vec<HostPath> {
    let levels = match mount.base {
        Base::Beside | Base::Nowhere => 0..=0,
        Base::Above(up) => up..=up,
        Base::Open(most) => 0..=most,
    };
    let from = |up: usize| {
        host_path(
            mount.path()?,
            &folder[..folder.len().saturating_sub(up)],
            Some(container),
        )
    };
    if let Some(path) = below_somewhere(mount) {
        return vec![path];
    }
    let mut paths: Vec<HostPath> = levels.filter_map(from).collect();
    for path in paths
        .iter_mut()
        .filter(|path| mount.in_tree && path.root == Root::Slash)
    {
        path.root = Root::Tree;
    }
    paths
}

/// The path below the folder that a script went to, where nothing tells which that is.
fn below_somewhere(mount: &Mount) -> Option<HostPath> {
    let to = mount.leads_to.as_ref()?;
    let relative = to.leading_hole() == Some(&Hole::Other) && !to.pieces().iter().skip(1).any(|p| p.is_hole());
    let rest: String = to.pieces().iter().skip(1).map(|p| p.text.as_str()).collect();
    let names = rest.split('/').filter(|name| !matches!(*name, "" | "."));
    let parts: Vec<String> = names.map(str::to_owned).collect();
    let known = relative && !parts.is_empty() && !parts.iter().any(|part| part == "..");
    known.then_some(HostPath {
        root: Root::Somewhere,
        parts,
    })
}

/// The path that a mount's source names, dots resolved as far as the text allows. `folder` is that of
/// the file it is written in. Nobody knows the folder of a Compose file that a script writes out: its
/// relative paths are those of its own services only.
fn host_path(source: &Text, folder: &[String], container: Option<&Container>) -> Option<HostPath> {
    let mut pieces = source.pieces().iter();
    let first = pieces.next()?;
    let (root, mut rest) = match &first.kind {
        PieceKind::Hole(Hole::WorkingDirectory | Hole::ScriptDirectory) => (Root::Tree, String::new()),
        PieceKind::Hole(Hole::Home) => (Root::Home, String::new()),
        PieceKind::Hole(Hole::Variable(name)) => (Root::Variable(name.clone()), String::new()),
        PieceKind::Hole(Hole::Other) => return None,
        PieceKind::Literal | PieceKind::Cooked | PieceKind::Assumed => {
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
    let service = container.filter(|c| c.syntax == Syntax::Compose);
    let written_out = service.and_then(|c| c.via.iter().find(|v| v.kind == ViaKind::Embedded));
    let root = match (root, written_out) {
        (Root::Tree, Some(step)) => Root::Variable(format!("\u{0}{}", step.span.start)),
        (root, _) => root,
    };
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
