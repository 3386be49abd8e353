//! Where host paths of a tree lead: through symbolic links, and up from a script's own folder.

use std::path::{Component, Path, PathBuf};

use crate::container::{Hole, Mount, PieceKind, Syntax, Text};
use crate::front::Reading;
use crate::source::Span;

use super::host_path::folder_of;
use super::host_path::path_from;

/// Links that one path may lead through.
const MOST: usize = 16;

/// Says of each mount of the tree below `root` where it leads.
pub(super) fn follow(reading: &mut Reading, root: &Path) {
    let own = folder_of(&reading.source().path);
    let root = folder_of(&root.join("file"));
    for container in &mut reading.containers {
        // a script is run where it stands, or at the root of the tree
        let folders: &[&Vec<String>] = match container.syntax {
            Syntax::Compose => &[&own],
            _ => &[&own, &root],
        };
        for written in &mut container.mounts {
            if written.value.is_bind() {
                look(&mut written.value, folders, &root);
            }
        }
    }
}

fn look(mount: &mut Mount, folders: &[&Vec<String>], root: &[String]) {
    let Some(path) = mount.path().filter(|path| may_be_of_tree(path)).cloned() else {
        return;
    };
    let from_script = mount.leads_to.is_some() && path.leading_hole() == Some(&Hole::ScriptDirectory);
    for (nth, folder) in folders.iter().enumerate() {
        let Some(whole) = path_from(&path, folder) else { return };
        let names = names_of(Path::new(&whole));
        let below = names.starts_with(root);
        if nth == 0 && from_script && below {
            mount.in_tree = true;
        }
        if !below {
            continue;
        }
        if let Some(target) = target(&names, root.len()) {
            mount.in_tree = names_of(&target).starts_with(root);
            let target = target.to_string_lossy().into_owned();
            mount.leads_to = Some(Text::cooked(target, Span::default()));
            return;
        }
    }
}

/// True for a path that begins in the folder of a file, or where its commands run.
fn may_be_of_tree(path: &Text) -> bool {
    let Some(first) = path.pieces().first() else {
        return false;
    };
    match &first.kind {
        PieceKind::Hole(hole) => matches!(hole, Hole::WorkingDirectory | Hole::ScriptDirectory),
        _ => !first.text.starts_with(['/', '~']),
    }
}

/// What a path comes to once the links on it are followed; `None` where none of its names below the
/// root of the tree is one.
fn target(names: &[String], root: usize) -> Option<PathBuf> {
    let mut path = PathBuf::from("/");
    let mut rest: Vec<String> = names.iter().rev().cloned().collect();
    let mut at = 0;
    let mut followed = 0;
    while let Some(name) = rest.pop() {
        path.push(&name);
        at += 1;
        if at <= root && followed == 0 {
            continue;
        }
        let Ok(to) = std::fs::read_link(&path) else { continue };
        followed += 1;
        if followed > MOST {
            break;
        }
        path.pop();
        let whole = tidy(&path.join(to));
        rest.extend(names_of(&whole).into_iter().rev());
        path = PathBuf::from("/");
    }
    (followed > 0).then_some(path)
}

/// The path without `.` and `..`.
fn tidy(path: &Path) -> PathBuf {
    let mut out = PathBuf::from("/");
    for part in path.components() {
        match part {
            Component::Normal(name) => out.push(name),
            Component::ParentDir => drop(out.pop()),
            _ => {}
        }
    }
    out
}

fn names_of(path: &Path) -> Vec<String> {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    names.collect()
}
