//! For how many containers a label is: who else mounts the same files, and how often one is started.

use crate::container::{Relabel, Starts, Text};
use crate::knowledge::paths;

use super::Scene;

/// The label that fits a mount, and why it may be the wrong one.
///
/// `z` is for what several containers use at once; `Z` takes the files from every other one. What nobody
/// looked at counts as not known, never as nobody.
pub(super) fn label(scene: &Scene, index: usize) -> (Relabel, Option<&'static str>) {
    let container = scene.container;
    // what it starts may be given the same folders
    if scene.has_engine_socket() {
        return (Relabel::Shared, None);
    }
    let mut others = scene.neighbours_of(index).filter(|n| !n.same_pod);
    let lasting = others.clone().any(|n| !n.in_turn);
    if lasting || is_started_together(scene, index) || scene.is_nested(index) {
        return (Relabel::Shared, None);
    }
    if others.next().is_some() {
        return (
            Relabel::Shared,
            Some("the launches that share it may run one after another, each with a label of its own"),
        );
    }
    if container.starts == Starts::Unknown && !varies(scene, index) {
        return (
            Relabel::Private,
            Some("this line may start several containers, and `Z` is for one at a time"),
        );
    }
    if scene.unsearched.binary_search(&index).is_ok() {
        return (
            Relabel::Private,
            Some("not every launch of the project could be looked at, and another may mount it too"),
        );
    }
    (Relabel::Private, None)
}

/// True where one launch starts several containers that have this mount at the same time.
pub(super) fn is_started_together(scene: &Scene, index: usize) -> bool {
    let container = scene.container;
    (container.starts == Starts::Many || container.replicas > 1) && !varies(scene, index)
}

/// True where each of several containers has another host path here: `./data-$i`, `./$name`.
fn varies(scene: &Scene, index: usize) -> bool {
    let mounts = &scene.container.mounts;
    let Some(mount) = mounts.get(index) else {
        return false;
    };
    let of_place = scene.mounts_at(&mount.place).iter().filter_map(|&i| mounts.get(i));
    let paths = of_place.map(|m| m.value.path().map(Text::shown));
    let mut others = paths.filter(|path| *path != mount.value.path().map(Text::shown));
    others.next().is_some() || mount.value.path().is_some_and(paths::has_unknown_part)
}
