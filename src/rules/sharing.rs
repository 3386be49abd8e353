//! For how many containers a label is: who else mounts the same files, and how often one is started.

use crate::container::{Container, Relabel, Starts, Text};
use crate::knowledge::paths;

use super::Scene;

/// The label that fits a mount, and why it may be the wrong one.
///
/// `z` is for what several containers use at once; `Z` takes the files from every other one. What nobody
/// looked at counts as not known, never as nobody.
pub(super) fn label(scene: &Scene, index: usize) -> (Relabel, Option<&'static str>) {
    let container = scene.container;
    // what it starts may be given the same folders
    if container
        .mounts
        .iter()
        .any(|w| paths::engine_socket(&w.value).is_some())
    {
        return (Relabel::Shared, None);
    }
    let mut others = scene.neighbours.iter().filter(|n| n.mount == index && !n.same_pod);
    let lasting = others.clone().any(|n| !n.in_turn);
    if lasting || is_started_together(container, index) || is_nested(container, index) {
        return (Relabel::Shared, None);
    }
    if others.next().is_some() {
        return (
            Relabel::Shared,
            Some("the launches that share it may run one after another, each with a label of its own"),
        );
    }
    if container.starts == Starts::Unknown && !varies(container, index) {
        return (
            Relabel::Private,
            Some("this line may start several containers, and `Z` is for one at a time"),
        );
    }
    if scene.unsearched.contains(&index) {
        return (
            Relabel::Private,
            Some("not every launch of the project could be looked at, and another may mount it too"),
        );
    }
    (Relabel::Private, None)
}

/// True where one launch starts several containers that have this mount at the same time.
pub(super) fn is_started_together(container: &Container, index: usize) -> bool {
    (container.starts == Starts::Many || container.replicas > 1) && !varies(container, index)
}

/// True where each of several containers has another host path here: `./data-$i`, `./$name`.
fn varies(container: &Container, index: usize) -> bool {
    let Some(mount) = container.mounts.get(index) else {
        return false;
    };
    let of_place = container.mounts.iter().filter(|m| m.place.same(&mount.place));
    let paths = of_place.map(|m| m.value.path().map(Text::shown));
    let mut others = paths.filter(|path| *path != mount.value.path().map(Text::shown));
    others.next().is_some() || mount.value.path().is_some_and(paths::has_unknown_part)
}

/// True where another mount of the container lies above or below this one.
fn is_nested(container: &Container, index: usize) -> bool {
    let path = |index: usize| container.mounts.get(index)?.value.path();
    let Some(here) = path(index) else { return false };
    let binds = container.mounts.iter().enumerate().filter(|(_, m)| m.value.is_bind());
    binds
        .filter(|(other, _)| *other != index)
        .any(|(other, _)| path(other).is_some_and(|there| paths::are_nested(here, there)))
}
