//! `shared-memory-mount`: the host's `/dev/shm` is mounted.

use crate::container::{Key, Mount, Namespace};
use crate::fix::{Finding, Label};

use super::Scene;
use super::common::{shortened, spelled, who};
use super::namespaces::of_host;

pub(super) fn check(scene: &Scene) -> Vec<Finding> {
    let container = scene.container;
    // with the host's shared memory it has this one anyway
    if of_host(container, Namespace::Ipc).is_some() {
        return Vec::new();
    }
    let shared = container.mounts.iter().filter(|w| is_shared_memory(&w.value));
    shared
        .map(|written| {
            let deed = if written.value.read_only {
                "read"
            } else {
                "read and write"
            };
            let verb = if written.certain { "can" } else { "may" };
            let message = format!(
                "{} {verb} {deed} the shared memory of the host's programs",
                who(container)
            );
            let label = Label::new(&written.place, "the host's `/dev/shm`");
            let mut finding = Finding::new("shared-memory-mount", message, label);
            let target = written.value.target.as_ref();
            finding.helps.push(match target {
                Some(target) if !target.is("/dev/shm") => {
                    format!(
                        "for fast temporary files, give it memory of its own: a tmpfs at `{}`",
                        shortened(&target.shown())
                    )
                }
                _ => format!(
                    "if it only needs more of it, a container's own /dev/shm can be larger: {}",
                    spelled(container, Key::ShmSize, "1g")
                ),
            });
            finding
        })
        .collect()
}

fn is_shared_memory(mount: &Mount) -> bool {
    let source = mount.path().and_then(|path| path.known());
    mount.is_bind() && source.is_some_and(|path| matches!(path.trim_end_matches('/'), "/dev/shm" | "/run/shm"))
}
