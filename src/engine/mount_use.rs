//! The bind mounts of the containers of a file, as neighbours are found by them.

use std::sync::Arc;

use crate::container::{Base, Container, Mount, Starts, Syntax};
use crate::fix::Label;
use crate::front::{Kind, Reading};

use super::host_path::{HostPath, folder_of, paths_of, whole};

/// A bind mount of a container of some file.
#[derive(Clone, Debug)]
pub(super) struct MountUse {
    pub(super) path: HostPath,
    /// True for a path that it may be as well, if the command is run from another folder.
    pub(super) guess: bool,
    /// True where its file may be used from another folder.
    pub(super) strayed: bool,
    /// As messages name it.
    pub(super) file: String,
    /// From the root of the file system: a file may be named from there, or from where the run started.
    pub(super) whole: Arc<str>,
    pub(super) syntax: Syntax,
    pub(super) called: String,
    pub(super) named: bool,
    pub(super) certain: bool,
    /// True where the script takes this path on some of its ways only.
    pub(super) varying: bool,
    pub(super) confined: bool,
    pub(super) passing: bool,
    /// True for a command that is waited for.
    pub(super) awaited: bool,
    /// True for a unit that has ended before others are started.
    pub(super) job: bool,
    pub(super) index: usize,
    pub(super) pod: Option<String>,
    pub(super) mount: Mount,
    pub(super) label: Label,
    pub(super) line: u32,
    /// The file in which the container stands, from the root of the file system.
    pub(super) home: Arc<str>,
}

/// The bind mounts of a reading's containers.
pub(super) fn mount_uses(reading: &Reading) -> Vec<MountUse> {
    let mut uses = Vec::new();
    let folder = folder_of(&reading.source().path);
    let files: Vec<Arc<str>> = reading.sources.iter().map(|s| whole(&s.path).into()).collect();
    let Some(own) = files.first() else { return uses };
    for (index, container) in reading.containers.iter().enumerate() {
        if !container.syntax.is_launch() {
            continue;
        }
        for w in container.mounts.iter().filter(|w| w.value.is_bind()) {
            let source = reading.file(w.place.file);
            let paths = paths_of(&w.value, &folder, container).into_iter().enumerate();
            uses.extend(paths.map(|(nth, path)| MountUse {
                path,
                guess: nth > 0,
                strayed: strayed(&w.value, container),
                file: reading.source().shown_path(),
                whole: Arc::clone(own),
                syntax: container.syntax,
                called: container.called(),
                named: container.name.is_some(),
                certain: container.certain,
                varying: !w.certain,
                confined: container.selinux().confined,
                passing: is_passing(container, reading.kind),
                awaited: is_awaited(container),
                job: is_job(container),
                index,
                pod: container.pod.as_ref().map(|p| p.value.shown()),
                mount: w.value.clone(),
                label: Label::new(&w.place, ""),
                home: Arc::clone(files.get(usize::from(container.file.0)).unwrap_or(own)),
                line: source.position(w.place.value.start).line,
            }));
        }
    }
    uses
}

/// True where only the tree says that a project is run from another folder than its own.
pub(super) fn strayed(mount: &Mount, container: &Container) -> bool {
    matches!(mount.base, Base::Above(_)) && container.syntax.is_service()
}

pub(super) fn is_awaited(container: &Container) -> bool {
    container.syntax == Syntax::Command && !container.stays && container.starts != Starts::Many
}

fn is_job(container: &Container) -> bool {
    container.syntax == Syntax::Quadlet && !container.stays
}

/// True for a command that is waited for and ends: a Makefile's recipes start nothing that stays without `-d`.
pub(super) fn is_passing(container: &Container, kind: Kind) -> bool {
    container.is_passing() || (kind == Kind::Make && is_awaited(container))
}

/// True where one of the two has ended before the other starts: both are waited for, the first of a file is,
/// or a unit is a job that others wait for.
pub(super) fn in_turn(
    (container, index): (&Container, usize),
    passing: bool,
    other: &MountUse,
    same_file: bool,
) -> bool {
    let first_ends = if other.index < index { other.passing } else { passing };
    let in_a_file = same_file && (first_ends || (is_awaited(container) && other.awaited));
    (passing && other.passing) || in_a_file || is_job(container) || other.job
}
