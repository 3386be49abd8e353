//! In which folder the relative host paths of a file begin: beside it, unless the tree shows that the
//! file is used from another one.

use std::path::{Component, Path};

use crate::container::{Base, Container, Hole, Mount, PieceKind, Syntax, Text, ViaKind};
use crate::front::{Kind, Reading};

use super::host_path::{folder_of, path_from};

/// Says of each mount of the tree below `root` where its relative host path begins.
pub(super) fn settle(reading: &mut Reading, root: &Path) {
    let own = folder_of(&reading.source().path);
    let root = folder_of(&root.join("file"));
    if !own.starts_with(&root) {
        return;
    }
    let kind = reading.kind;
    let included = reading.source().path.extension().is_some();
    for container in &mut reading.containers {
        let Some(user) = user(container, kind, included) else {
            continue;
        };
        for written in container.mounts.iter_mut().filter(|w| w.value.is_bind()) {
            if let Some(path) = relative(&written.value, user) {
                written.value.base = base(path, &own, &root, user);
            }
        }
    }
}

/// Who takes the relative paths of a container from some folder.
#[derive(Clone, Copy, PartialEq, Eq)]
enum User {
    /// Compose: from the folder of its file, unless another one is said.
    Project,
    /// A shell: from wherever its caller is.
    Caller,
    /// Make: from the folder of its Makefile.
    Make,
    /// The manager of units: from the folder in which the unit is installed.
    Manager,
}

/// `included` where the file has an ending: `rules.mk` is read by a Makefile of any folder.
fn user(container: &Container, kind: Kind, included: bool) -> Option<User> {
    let written_out = container.via.iter().any(|v| v.kind == ViaKind::Embedded);
    match (kind, container.syntax) {
        (Kind::Quadlet, _) => Some(User::Manager),
        // these run commands from folders of their own
        (Kind::Unit | Kind::CloudInit, _) => None,
        (Kind::Compose, Syntax::Compose) if !written_out => Some(User::Project),
        (Kind::Make, Syntax::Command | Syntax::Pod) if !included => Some(User::Make),
        (_, Syntax::Command | Syntax::Pod) => Some(User::Caller),
        _ => None,
    }
}

/// The host path, if it begins in such a folder.
fn relative(mount: &Mount, user: User) -> Option<&Text> {
    let path = mount.path()?;
    let first = path.pieces().first()?;
    let relative = match (&first.kind, user) {
        (PieceKind::Hole(hole), User::Manager) => *hole == Hole::ScriptDirectory,
        (PieceKind::Hole(hole), _) => *hole == Hole::WorkingDirectory,
        (_, User::Project | User::Manager) => !first.text.starts_with(['/', '~', '%']),
        // a path that a shell reads stands behind the folder it is in
        (_, User::Caller | User::Make) => first.text.starts_with('.'),
    };
    relative.then_some(path)
}

fn base(path: &Text, own: &[String], root: &[String], user: User) -> Base {
    let above = own.len() - root.len();
    let found = (0..=above).find(|up| is_there(path, &own[..own.len() - up], root));
    let itself = path_from(path, own).is_some_and(|whole| names(Path::new(&whole)).eq(own.iter().cloned()));
    match (found, user) {
        (_, User::Manager) => Base::Nowhere,
        // the folder of the caller is there wherever that is
        (_, User::Caller) if itself && above > 0 => Base::Open(above),
        (Some(0), _) => Base::Beside,
        (Some(up), _) => Base::Above(up),
        (None, User::Project) if own.iter().skip(root.len()).any(|name| is_of_specimens(name)) => Base::Nowhere,
        (None, User::Caller) if above > 0 => Base::Open(above),
        (None, _) => Base::Beside,
    }
}

/// True where the path, or the folder that is to hold it, is there as seen from a folder of the tree.
fn is_there(path: &Text, folder: &[String], root: &[String]) -> bool {
    let Some(whole) = path_from(path, folder) else {
        return false;
    };
    let whole = Path::new(&whole);
    let is =
        |path: &Path| names(path).take(root.len()).eq(root.iter().cloned()) && std::fs::symlink_metadata(path).is_ok();
    let deep = names(whole).count() > folder.len() + 1;
    is(whole) || (deep && whole.parent().is_some_and(is))
}

fn names(path: &Path) -> impl Iterator<Item = String> {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    })
}

/// True for the name of a folder whose files are copied before they are used, or are read by a test.
fn is_of_specimens(name: &str) -> bool {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    let plain = plain.to_ascii_lowercase();
    let known = [
        "testdata",
        "fixture",
        "fixtures",
        "testfixtures",
        "template",
        "templates",
        "skeleton",
    ];
    known.contains(&plain.as_str()) || ["{{", "{%", "<%"].iter().any(|mark| name.contains(mark))
}
