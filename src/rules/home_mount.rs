//! `home-mount`: a whole home directory, writable.

use crate::container::Mount;
use crate::fix::{Finding, Label};
use crate::knowledge::paths::{self, HostPath};

use super::Scene;
use super::common::{host_note, is_privileged, who};
use super::labels::source_of;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    if is_privileged(container) {
        return Vec::new();
    }
    let homes = container.mounts.iter().filter(|w| is_home(&w.value));
    homes
        .map(|written| {
            let verb = if written.certain { "can" } else { "may" };
            let message = format!(
                "{} {verb} change everything in `{}`: ssh keys, the shell's startup files, programs that start at login",
                who(container),
                source_of(&written.value)
            );
            let label = Label::new(&written.place, "a whole home directory, writable");
            let mut finding = Finding::new("home-mount", message, label);
            finding.notes.extend(host_note(container));
            finding
                .helps
                .push("mount the directories it works on, and add `:ro` to those it only reads".to_owned());
            finding
        })
        .collect()
}

/// True for a whole home that may be written to; that of root is `writable-sensitive-path`'s.
fn is_home(mount: &Mount) -> bool {
    let writable = mount.is_bind() && !mount.read_only && !mount.overlay;
    let home = || paths::of_mount(mount) == Some(HostPath::Home);
    writable && home() && mount.path().is_some_and(|path| !paths::is_below(path, "/root"))
}
